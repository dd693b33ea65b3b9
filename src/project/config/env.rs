//! `[env.NAME]` of picket.toml.

use std::borrow::Cow;

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use super::{CREDENTIAL, Reader, Value, keys, list, range_of, text};
use crate::diag::nearest;
use crate::env::{
    ContentSelector, Environment, Exclusion, Override, ParameterSetting, ParameterValue, Selector,
};
use crate::lint::PathGlobs;
use crate::rule::{self, RuleKind, Severity};
use crate::text::{Span, Spanned, TextRange, to_u32};
use crate::yaml::{Entry, Mapping, Node, NodeKind, OffsetMap, Scalar, ScalarStyle, Segment};

/// `[env.NAME]`
#[derive(Debug, Clone, PartialEq)]
pub struct EnvConfig {
    /// The table's header, for messages.
    pub range: TextRange,
    /// `workspaces`: the names of those that it is deployed to. Absent: the one of the same name.
    pub workspaces: Option<Vec<Spanned<String>>>,
    /// `tenant` of these workspaces: its UUID or domain.
    pub tenant: Option<Spanned<String>>,
    /// `credential`: the kind of credential to use there, as written.
    pub credential: Option<Spanned<String>>,
    /// Its rules, and what it changes of them.
    pub environment: Environment,
}

const SELECTORS: [&str; 5] = ["rules", "paths", "tags", "severities", "kinds"];
/// The key of a selector of content beside rules.
const CONTENT: &str = "content";
const SELECTOR: &str = "include = { paths = [\"rules/lab/**\"] }";
const OVERRIDE: &str = "[[env.prod.overrides]] paths = [\"rules/lab/**\"], set = { severity = \"Low\" }";

impl Reader<'_> {
    pub(super) fn env(&mut self, name: &TomlSpanned<Cow<'_, str>>, value: &Value<'_>) -> Option<EnvConfig> {
        let place = format!("[env.{}]", name.get_ref());
        let table = self.table(value, &format!("`{}`", name.get_ref()), &place)?;
        self.only(table, &place, &keys::ENV);
        let workspaces = table
            .contains_key("workspaces")
            .then(|| self.texts(table, "workspaces", "workspaces = [\"prod-eu\", \"prod-us\"]"));
        let tenant = self.text(table, "tenant", "tenant = \"00000000-0000-0000-0000-000000000000\"");
        let credential = self.text(table, "credential", CREDENTIAL);
        let mut environment = Environment {
            name: name.get_ref().to_string(),
            source: self.source,
            include: Vec::new(),
            exclude: Vec::new(),
            include_content: Vec::new(),
            exclude_content: Vec::new(),
            overrides: Vec::new(),
        };
        (environment.include, environment.include_content) = self.selectors(table, "include");
        (environment.exclude, environment.exclude_content) = self.selectors(table, "exclude");
        for (table, range) in self.tables(table, "overrides", OVERRIDE) {
            self.only(table, &format!("[[env.{}.overrides]]", name.get_ref()), &keys::OVERRIDE);
            environment.overrides.push(self.override_of(table, range));
        }
        Some(EnvConfig { range: range_of(name), workspaces, tenant, credential, environment })
    }

    /// A selector, or a list of them: those of rules, and those of content.
    fn selectors(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
    ) -> (Vec<Selector>, Vec<Spanned<ContentSelector>>) {
        let Some(value) = table.get(key) else { return Default::default() };
        let items: Vec<&Value<'_>> = match value.get_ref().as_array() {
            Some(items) => items.iter().collect(),
            None => vec![value],
        };
        let (mut selectors, mut content) = (Vec::new(), Vec::new());
        for item in items {
            let Some(table) = self.table(item, &format!("`{key}`"), SELECTOR) else { continue };
            self.only(table, &format!("`{key}`"), &keys::SELECTOR);
            if table.contains_key(CONTENT) {
                if SELECTORS.iter().any(|key| table.contains_key(*key)) {
                    let help =
                        format!("write a selector of its own: `{key} = [{{ … }}, {{ content = […] }}]`");
                    self.invalid(range_of(item), "`content` is selected by nothing else".to_owned(), &help);
                }
                content.extend(self.content_selectors(table));
                continue;
            }
            if !SELECTORS.iter().any(|key| table.contains_key(*key)) {
                let help = format!("name some of {}", list(&keys::SELECTOR.names()));
                self.invalid(range_of(item), format!("`{key}` selects by nothing"), &help);
            }
            selectors.push(self.selector(table, range_of(item)));
        }
        (selectors, content)
    }

    /// Names of content, and patterns of the paths of its files.
    fn content_selectors(&mut self, table: &DeTable<'_>) -> Vec<Spanned<ContentSelector>> {
        let items = self.texts(table, CONTENT, "content = [\"content/lab/**\", \"HighValueAssets\"]");
        let mut selectors = Vec::new();
        for Spanned { value, range } in items {
            let selector = match value.contains(['/', '*']) {
                true => self.globs(&value, range).map(ContentSelector::Path),
                false => Some(ContentSelector::Name(value)),
            };
            selectors.extend(selector.map(|selector| Spanned::new(selector, range)));
        }
        selectors
    }

    fn globs(&mut self, pattern: &String, range: TextRange) -> Option<PathGlobs> {
        match PathGlobs::new(std::slice::from_ref(pattern)) {
            Ok(globs) => Some(globs),
            Err((_, why)) => {
                let message = format!("`{pattern}` is no pattern of paths: {why}");
                self.invalid(range, message, "write it as `rules/lab/**`");
                None
            }
        }
    }

    fn selector(&mut self, table: &DeTable<'_>, range: TextRange) -> Selector {
        let mut texts = |key: &str, example: &str| match table.contains_key(key) {
            true => self.texts(table, key, example),
            false => Vec::new(),
        };
        let rules = texts("rules", "rules = [\"Rule A\"]");
        let patterns = texts("paths", "paths = [\"rules/lab/**\"]");
        let tags = texts("tags", "tags = [\"noisy\"]");
        let severities = texts("severities", "severities = [\"Medium\", \"High\"]");
        let kinds = texts("kinds", "kinds = [\"Scheduled\"]");
        let mut paths = Vec::new();
        for pattern in patterns {
            let globs = self.globs(&pattern.value, pattern.range);
            paths.extend(globs.map(|globs| Spanned::new(globs, pattern.range)));
        }
        let severities = self.words(severities, "severity", &Severity::ALL, Severity::as_str);
        let kinds = self.words(kinds, "kind", &RuleKind::ALL, RuleKind::as_str);
        Selector { range, rules, paths, tags, severities, kinds }
    }

    /// The words of a closed set, in any case of letters.
    fn words<T: Copy>(
        &mut self,
        written: Vec<Spanned<String>>,
        what: &str,
        all: &[T],
        name: fn(T) -> &'static str,
    ) -> Vec<Spanned<T>> {
        let mut words = Vec::new();
        for word in written {
            match all.iter().find(|it| name(**it).eq_ignore_ascii_case(&word.value)) {
                Some(known) => words.push(Spanned::new(*known, word.range)),
                None => {
                    let names: Vec<&str> = all.iter().map(|it| name(*it)).collect();
                    let help = match nearest(&word.value, names.iter().copied()) {
                        Some(near) => format!("the nearest is `{near}`"),
                        None => format!("use some of {}", list(&names)),
                    };
                    self.invalid(word.range, format!("there is no {what} `{}`", word.value), &help);
                }
            }
        }
        words
    }

    fn override_of(&mut self, table: &DeTable<'_>, range: TextRange) -> Override {
        let exclusions = match table.contains_key("exclusions") {
            true => self.texts(table, "exclusions", "exclusions = [\"| where Account != 'scanner'\"]"),
            false => Vec::new(),
        };
        let exclusions = exclusions.into_iter().map(|exclusion| Exclusion {
            place: Span::new(self.source, exclusion.range),
            scalar: text::scalar(self.text, exclusion.range, &exclusion.value),
        });
        let exclusions = exclusions.collect();
        let exclusion_files = match table.contains_key("exclusion_files") {
            true => self.texts(table, "exclusion_files", "exclusion_files = [\"exclusions/prod.kql\"]"),
            false => Vec::new(),
        };
        Override {
            range,
            selector: self.selector(table, range),
            set: self.set(table),
            name_prefix: self.text(table, "name_prefix", "name_prefix = \"[prod] \""),
            exclusions,
            exclusion_files,
            parameters: self.parameters(table),
        }
    }

    /// `set`, read as a rule file is: what is wrong with a value is said with the same words and codes.
    fn set(&mut self, table: &DeTable<'_>) -> Option<Box<rule::Rule>> {
        let value = table.get("set")?;
        let set = self.table(value, "`set`", "set = { severity = \"High\" }")?;
        let mut entries: Vec<Entry> = set
            .iter()
            .map(|(key, value)| Entry { key: plain(key.get_ref(), range_of(key)), value: self.node(value) })
            .collect();
        entries.sort_by_key(|entry| entry.key.range);
        let (read, found) = rule::lower_part(self.source, &Mapping { entries }, range_of(value));
        for mut finding in found {
            // A fix would write YAML.
            finding.fix = None;
            self.diagnostics.push(finding);
        }
        Some(Box::new(read))
    }

    /// A value as YAML would have it.
    fn node(&self, value: &Value<'_>) -> Node {
        let range = range_of(value);
        let kind = match value.get_ref() {
            DeValue::String(decoded) => NodeKind::Scalar(text::scalar(self.text, range, decoded)),
            DeValue::Array(items) => NodeKind::Sequence(items.iter().map(|item| self.node(item)).collect()),
            DeValue::Table(table) => {
                let entry = |(key, value): (&TomlSpanned<Cow<'_, str>>, &Value<'_>)| Entry {
                    key: plain(key.get_ref(), range_of(key)),
                    value: self.node(value),
                };
                NodeKind::Mapping(Mapping { entries: table.iter().map(entry).collect() })
            }
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
                return plain(&range.slice(self.text).replace('_', ""), range);
            }
        };
        Node { kind, range, tag: None }
    }

    fn parameters(&mut self, table: &DeTable<'_>) -> Vec<ParameterSetting> {
        const EXAMPLE: &str = "parameters = { Threshold = 20 }";
        let Some(value) = table.get("parameters") else { return Vec::new() };
        let Some(named) = self.table(value, "`parameters`", EXAMPLE) else { return Vec::new() };
        let mut parameters = Vec::new();
        for (name, value) in named {
            match parameter_value(value.get_ref()) {
                Some(read) => parameters.push(ParameterSetting {
                    name: Spanned::new(name.get_ref().to_string(), range_of(name)),
                    value: Spanned::new(read, range_of(value)),
                }),
                None => {
                    let what = format!("the parameter `{}`", name.get_ref());
                    self.wrong_type(value, &what, "a value or a list of values", EXAMPLE);
                }
            }
        }
        parameters.sort_by_key(|parameter| parameter.name.range);
        parameters
    }
}

fn parameter_value(value: &DeValue<'_>) -> Option<ParameterValue> {
    Some(match value {
        DeValue::String(text) => ParameterValue::Text(text.to_string()),
        DeValue::Integer(number) => {
            ParameterValue::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()?)
        }
        DeValue::Float(number) => ParameterValue::Float(number.as_str().to_owned()),
        DeValue::Boolean(flag) => ParameterValue::Bool(*flag),
        DeValue::Datetime(time) => ParameterValue::DateTime(time.to_string()),
        DeValue::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(|item| parameter_value(item.get_ref())).collect();
            ParameterValue::List(items?)
        }
        DeValue::Table(_) => return None,
    })
}

/// A scalar without quotes, whose bytes stand for those of `range` as a whole.
fn plain(text: &str, range: TextRange) -> Node {
    let decoded = TextRange::new(0, to_u32(text.len()));
    let map = OffsetMap::new(vec![Segment { decoded, source: range, copied: false }], range.end);
    let scalar = Scalar { text: text.to_owned(), style: ScalarStyle::Plain, map };
    Node { kind: NodeKind::Scalar(scalar), range, tag: None }
}
