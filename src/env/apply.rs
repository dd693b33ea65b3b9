//! From the rules of a project to those of an environment.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::{MALFORMED_EXCLUSION, NO_PLACE, PARAMETER_TYPE, UNKNOWN_PARAMETER, UNUSED_SETTING};
use super::parameter::literal;
use super::select::Words;
use super::splice::{Splice, spliced};
use super::{Environment, Exclusion, Override, ParameterSetting};
use crate::diag::{Diagnostic, nearest};
use crate::kql::markers::{Markers, markers};
use crate::kql::syntax::nodes::ExpressionStatement;
use crate::kql::syntax::{TokenKind, View, lex, parse};
use crate::lint::Scope;
use crate::rule::{Query, Rule, keys};
use crate::text::{Composition, SourceMap, Span, Spanned, TextRange, to_u32};
use crate::yaml::Segment;

/// The rules of an environment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Applied {
    /// The rules as they are deployed.
    pub rules: Vec<Rule>,
    /// Those of them that the environment changes, as their files say them.
    pub own: Vec<Rule>,
    /// What is wrong with the settings.
    pub findings: Vec<Diagnostic>,
}

/// The rules that `environment` has, as it has them. Composed texts of those that it changes are added to `sources`. Where
/// `scope` is a part of the project, nothing is said of settings that have no effect there.
pub fn apply(environment: &Environment, rules: Vec<Rule>, scope: &Scope, sources: &mut SourceMap) -> Applied {
    let paths: Vec<String> = rules.iter().map(|rule| scope.path(sources, rule.source).to_owned()).collect();
    let all: Vec<Words<'_>> = rules.iter().zip(&paths).map(|(rule, path)| Words { rule, path }).collect();
    let kept: Vec<Words<'_>> = all.iter().copied().filter(|words| environment.has(*words)).collect();
    let mut applied = Applied::default();
    if scope.is_whole {
        let selectors = environment.include.iter().chain(&environment.exclude);
        applied.findings.extend(selectors.flat_map(|selector| selector.unmet(environment, &all)));
        let selectors = environment.overrides.iter().map(|it| &it.selector);
        applied.findings.extend(selectors.flat_map(|selector| selector.unmet(environment, &kept)));
    }
    let mut malformed = BTreeSet::new();
    for exclusion in environment.overrides.iter().flat_map(|it| &it.exclusions) {
        if let Some(finding) = fault_of(exclusion) {
            malformed.insert(exclusion.place);
            applied.findings.push(finding);
        }
    }
    let mut change = Change { environment, malformed, met: BTreeSet::new(), mistyped: BTreeSet::new() };
    for words in &kept {
        let overrides: Vec<&Override> =
            environment.overrides.iter().filter(|it| it.selector.selects(*words)).collect();
        match change.rule(words.rule, &overrides, sources, &mut applied.findings) {
            Some(rule) => {
                applied.rules.push(rule);
                applied.own.push(words.rule.clone());
            }
            None => applied.rules.push(words.rule.clone()),
        }
    }
    if scope.is_whole {
        change.report_unmet(&kept, &mut applied.findings);
    }
    applied
}

/// What is wrong with an exclusion by itself.
fn fault_of(exclusion: &Exclusion) -> Option<Diagnostic> {
    const INPUT: &str = "T\n";
    let text = &exclusion.scalar.text;
    let at = |range: TextRange| Span::new(exclusion.place.source, exclusion.scalar.range_of(range));
    let blanks = text.len() - text.trim_start().len();
    if lex(text).0.first().is_none_or(|first| first.kind != TokenKind::Bar) {
        let first = TextRange::from_usize(blanks, blanks + text.trim().lines().next().map_or(0, str::len));
        let finding = MALFORMED_EXCLUSION.at(at(first), "an exclusion begins with a pipe");
        return Some(finding.with_help("write it as `| where …`: one operator or more, each behind a pipe"));
    }
    let shift = to_u32(INPUT.len());
    let (tree, mut faults) = parse(format!("{INPUT}{text}"));
    crate::diag::sort(&mut faults);
    if let Some(fault) = faults.first() {
        let range = fault.range();
        let range = TextRange::new(range.start.saturating_sub(shift), range.end.saturating_sub(shift));
        let message = format!("the exclusion is no KQL: {}", fault.message);
        let mut finding = MALFORMED_EXCLUSION.at(at(range), message);
        finding.help.clone_from(&fault.help);
        return Some(finding);
    }
    let statements: Vec<_> =
        tree.root().descendants().filter(|node| ExpressionStatement::cast(*node).is_some()).collect();
    let semicolon = text.rfind(';').filter(|_| statements.len() != 1 || text.trim_end().ends_with(';'));
    semicolon.map(|semicolon| {
        let finding = MALFORMED_EXCLUSION.at(
            at(TextRange::from_usize(semicolon, semicolon + 1)),
            "an exclusion stands inside of a statement and ends none",
        );
        finding.with_help("leave the semicolon out")
    })
}

/// Calls `$then!` with the fields of a rule that an environment can set, each with its key.
macro_rules! for_each_setting {
    ($then:ident) => {
        $then! {
            severity "severity",
            enabled "enabled",
            query_frequency "queryFrequency",
            query_period "queryPeriod",
            trigger_operator "triggerOperator",
            trigger_threshold "triggerThreshold",
            suppression_enabled "suppressionEnabled",
            suppression_duration "suppressionDuration",
        }
    };
}

macro_rules! settings {
    ($($field:ident $key:literal,)*) => {
        /// The keys of a rule that an environment can set.
        const SETTINGS: &[&str] = &[$($key),*];

        /// Takes the values that `from` has and the kind of `rule` knows; `place` gives the bytes of each in the composed text.
        fn take(rule: &mut Rule, from: &Rule, place: &mut dyn FnMut(TextRange, u32) -> TextRange) {
            $(
                if let Some(value) = from.$field.as_ref().filter(|_| means_something($key, rule)) {
                    let anchor = rule.$field.as_ref().map_or(rule.range.start, |own| own.range.start);
                    let range = place(value.range, anchor);
                    rule.$field = Some(Spanned::new(value.value, range));
                    if rule.key($key).is_none() {
                        rule.written.push(Spanned::new($key, range));
                    }
                }
            )*
        }
    };
}

for_each_setting!(settings);

/// Whether the key says something of a rule of this kind.
fn means_something(key: &str, rule: &Rule) -> bool {
    keys::RULE.find(key).is_some_and(|(key, _)| key.is_for(rule.kind))
}

/// Changes rules, and remembers which settings were of use.
struct Change<'e> {
    environment: &'e Environment,
    /// Exclusions that go nowhere.
    malformed: BTreeSet<Span>,
    /// The places of parameters that a rule declares.
    met: BTreeSet<TextRange>,
    /// The places of values that were reported.
    mistyped: BTreeSet<TextRange>,
}

impl Change<'_> {
    /// `rule` with what `overrides` change; nothing where that is nothing.
    fn rule(
        &mut self,
        rule: &Rule,
        overrides: &[&Override],
        sources: &mut SourceMap,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<Rule> {
        if overrides.is_empty() {
            return None;
        }
        let mut changed = rule.clone();
        let mut composition = Composition::new(sources, rule.source);
        let source = self.environment.source;
        for set in overrides.iter().filter_map(|it| it.set.as_ref()) {
            let mut place = |range, anchor| composition.add(sources, Span::new(source, range), anchor);
            take(&mut changed, set, &mut place);
        }
        let prefix = overrides.iter().rev().find_map(|it| it.name_prefix.as_ref());
        if let (Some(prefix), Some(name)) = (prefix, &mut changed.name)
            && !name.value.starts_with(&prefix.value)
        {
            composition.add(sources, Span::new(source, prefix.range), name.range.start);
            name.value.insert_str(0, &prefix.value);
        }
        if let Some(query) = &rule.query {
            let markers = markers(query.text());
            let mut splices =
                self.parameters(rule, query, &markers, overrides, sources, &mut composition, findings);
            let exclusions: Vec<&Exclusion> = overrides
                .iter()
                .flat_map(|it| &it.exclusions)
                .filter(|exclusion| !self.malformed.contains(&exclusion.place))
                .collect();
            match exclusions.first() {
                Some(first) if markers.exclusions.is_empty() => {
                    findings.push(without_place(first, rule, query))
                }
                _ => {}
            }
            for comment in markers.exclusions.iter().filter(|_| !exclusions.is_empty()) {
                splices.extend(inserted(query, *comment, &exclusions, sources, &mut composition));
            }
            if !splices.is_empty() {
                changed.query = Some(Query { scalar: spliced(&query.scalar, splices), range: query.range });
            }
        }
        if composition.is_empty() {
            return None;
        }
        changed.source = sources.add_composed(composition);
        Some(changed)
    }

    /// The literals that take the place of those in the query.
    #[expect(clippy::too_many_arguments, reason = "all of it is of one rule")]
    fn parameters(
        &mut self,
        rule: &Rule,
        query: &Query,
        markers: &Markers,
        overrides: &[&Override],
        sources: &SourceMap,
        composition: &mut Composition,
        findings: &mut Vec<Diagnostic>,
    ) -> Vec<Splice> {
        let all = || overrides.iter().flat_map(|it| &it.parameters);
        let settings: BTreeMap<&str, &ParameterSetting> =
            all().map(|setting| (setting.name.value.as_str(), setting)).collect();
        let mut splices = Vec::new();
        for parameter in &markers.parameters {
            let of_name = all().filter(|setting| setting.name.value == parameter.name);
            self.met.extend(of_name.map(|setting| setting.name.range));
            let Some(setting) = settings.get(parameter.name.as_str()) else { continue };
            let written = parameter.value.slice(query.text());
            let place = query.scalar.range_of(parameter.value);
            match literal(&setting.value.value, parameter.kind, written) {
                Ok(text) if text == written => {}
                Ok(text) => {
                    let piece = Span::new(self.environment.source, setting.value.range);
                    let from = composition.add(sources, piece, place.start);
                    let mut splice = Splice::new(parameter.value);
                    splice.push_made(&text, from);
                    splices.push(splice);
                }
                Err(help) if self.mistyped.insert(setting.value.range) => {
                    let expected = parameter.kind.describe();
                    let message = format!(
                        "the parameter `{}` is {}, expected {expected}",
                        parameter.name,
                        setting.value.value.describe()
                    );
                    findings.push(
                        PARAMETER_TYPE
                            .at(self.environment.at(setting.value.range), message)
                            .with_secondary(Span::new(rule.source, place), format!("{expected} here"))
                            .with_help(help),
                    );
                }
                Err(_) => {}
            }
        }
        splices
    }

    /// Reports what has no effect on any of the rules.
    fn report_unmet(&self, kept: &[Words<'_>], findings: &mut Vec<Diagnostic>) {
        for it in &self.environment.overrides {
            let selected: Vec<&Rule> =
                kept.iter().filter(|words| it.selector.selects(**words)).map(|words| words.rule).collect();
            for key in it.set.iter().flat_map(|set| &set.written) {
                findings.extend(self.unused_setting(key, &selected));
            }
            for setting in it.parameters.iter().filter(|setting| !self.met.contains(&setting.name.range)) {
                if !selected.is_empty() {
                    findings.push(self.unknown_parameter(&setting.name, &selected));
                }
            }
        }
    }

    fn unused_setting(&self, key: &Spanned<&'static str>, selected: &[&Rule]) -> Option<Diagnostic> {
        let at = self.environment.at(key.range);
        if !SETTINGS.contains(&key.value) {
            let names: Vec<String> = SETTINGS.iter().map(|name| format!("`{name}`")).collect();
            let finding = UNUSED_SETTING.at(at, format!("an environment cannot set `{}`", key.value));
            return Some(finding.with_help(format!("it can set {}", names.join(", "))));
        }
        let is_unused = !selected.is_empty() && !selected.iter().any(|rule| means_something(key.value, rule));
        is_unused.then(|| {
            let message = format!("`{}` means nothing to the rules of this override", key.value);
            UNUSED_SETTING.at(at, message).with_help("remove it, or select rules of another kind")
        })
    }

    fn unknown_parameter(&self, name: &Spanned<String>, selected: &[&Rule]) -> Diagnostic {
        let queries = selected.iter().filter_map(|rule| rule.query.as_ref());
        let declared: BTreeSet<String> =
            queries.flat_map(|query| markers(query.text()).parameters).map(|it| it.name).collect();
        let message = format!("no rule of this override has the parameter `{}`", name.value);
        let finding = UNKNOWN_PARAMETER.at(self.environment.at(name.range), message);
        finding.with_help(match nearest(&name.value, declared.iter().map(String::as_str)) {
            Some(near) => format!("the nearest is `{near}`"),
            None => format!("a query declares it: `let {} = …; // picket: parameter`", name.value),
        })
    }
}

fn without_place(exclusion: &Exclusion, rule: &Rule, query: &Query) -> Diagnostic {
    let message = format!("the query of '{}' marks no place for exclusions", rule.display_name());
    let place = rule.key("query").unwrap_or(query.range);
    NO_PLACE
        .at(exclusion.place, message)
        .with_secondary(Span::new(rule.source, place), "in this query")
        .with_help("put the line `// picket: exclusions` into the query where they belong")
        .with_help("or select other rules in this override")
}

/// The exclusions, on lines of their own behind `comment` and as far in; nothing where they stand there already.
fn inserted(
    query: &Query,
    comment: TextRange,
    exclusions: &[&Exclusion],
    sources: &SourceMap,
    composition: &mut Composition,
) -> Option<Splice> {
    let text = query.text();
    let before = TextRange::new(0, comment.start).slice(text);
    let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
    let indent = &line[..line.len() - line.trim_start().len()];
    let lines: Vec<_> =
        exclusions.iter().map(|exclusion| (*exclusion, lines(&exclusion.scalar.text))).collect();
    let wanted: String = lines
        .iter()
        .flat_map(|(exclusion, lines)| lines.iter().map(|line| line.slice(&exclusion.scalar.text)))
        .map(|line| format!("\n{indent}{line}"))
        .collect();
    let rest = &text[comment.end as usize..];
    if rest.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with(['\n', '\r'])) {
        return None;
    }
    let mut splice = Splice::new(TextRange::empty(comment.end));
    let anchor = query.scalar.range_of(comment).end;
    for (exclusion, lines) in lines {
        let Exclusion { place, scalar } = exclusion;
        let at = composition.add(sources, *place, anchor);
        let shift = |offset: u32| offset.saturating_sub(place.range.start) + at.start;
        let shifted = |range: TextRange| TextRange::new(shift(range.start), shift(range.end));
        for line in lines {
            let start = shift(scalar.map.offset(line.start));
            splice.push_made(&format!("\n{indent}"), TextRange::empty(start));
            let segments = scalar.map.part(line).into_iter();
            let segments = segments.map(|segment| Segment { source: shifted(segment.source), ..segment });
            splice.push_copied(line.slice(&scalar.text), segments.collect());
        }
    }
    Some(splice)
}

/// The lines of a text that are not blank, without what all of them are indented by and the blanks at their ends.
fn lines(text: &str) -> Vec<TextRange> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let blanks = line.len() - line.trim_start().len();
        if !line.trim().is_empty() {
            found.push((blanks, TextRange::from_usize(at, at + line.trim_end().len())));
        }
        at += line.len();
    }
    let common = to_u32(found.iter().map(|(blanks, _)| *blanks).min().unwrap_or_default());
    found.into_iter().map(|(_, line)| TextRange::new(line.start + common, line.end)).collect()
}
