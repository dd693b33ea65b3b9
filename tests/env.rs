//! Rules as environments have them: what changes, what stays, and where each byte comes from.

#![cfg(feature = "cli")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use picket::diag::Diagnostic;
use picket::env::{Applied, Environment, Exclusion, apply};
use picket::lint::Scope;
use picket::project::Config;
use picket::rule::{self, Rule};
use picket::text::{SourceId, SourceMap, Span, TextRange};
use picket::yaml::{OffsetMap, Scalar, ScalarStyle, Segment};
use proptest::prelude::*;

/// Rules of one file, and the environment `prod` of a picket.toml.
struct Case {
    sources: SourceMap,
    rules: Vec<Rule>,
    environment: Environment,
    scope: Scope,
}

impl Case {
    fn new(rules: &str, settings: &str) -> Self {
        let mut sources = SourceMap::new();
        let source = sources.add("picket.toml", settings);
        let (config, faults) = Config::parse(source, settings);
        assert_eq!(faults, [], "{settings}");
        let environment = config.envs["prod"].environment.clone();
        let file = sources.add("rules/a.yaml", rules);
        let (rules, _) = rule::read(file, rules);
        let scope = Scope { is_whole: true, ..Scope::default() };
        Self { sources, rules, environment, scope }
    }

    fn apply(&mut self) -> Applied {
        apply(&self.environment, self.rules.clone(), &self.scope, &mut self.sources)
    }

    /// A finding as `file:line:column code message`.
    fn said(&self, finding: &Diagnostic) -> String {
        let span = self.sources.real(finding.primary.span);
        let (file, place) = self.sources.locate(span).expect("it has a place");
        let text = self.sources.slice(span).lines().next().unwrap_or_default();
        format!("{file}:{}:{} {} {} [{text}]", place.line, place.column, finding.code, finding.message)
    }
}

fn texts(rules: &[Rule]) -> Vec<String> {
    rules.iter().map(rule::write::rule).collect()
}

fn rule_with(query: &str) -> String {
    let query: String = query.lines().map(|line| format!("  {line}\n")).collect();
    let rule = common::scheduled_rule(1);
    let (before, rest) = rule.split_once("query: |\n").expect("the rule has a query");
    let (_, after) = rest.split_once("entityMappings").expect("and entities");
    format!("{before}query: |\n{query}entityMappings{after}")
}

const QUERY: &str =
    "let Threshold = 10; // picket: parameter\nSecurityEvent\n// picket: exclusions\n| take Threshold";

#[test]
fn later_overrides_win_and_exclusions_add_up() {
    let settings = r#"
[[env.prod.overrides]]
set = { severity = "Low", enabled = false, triggerOperator = "lt" }
name_prefix = "[a] "
exclusions = ["| where A == 1"]
parameters = { Threshold = 20 }
[[env.prod.overrides]]
rules = ["RULE 1"]
set = { severity = "high", suppressionEnabled = true, suppressionDuration = "2h" }
name_prefix = "[b] "
exclusions = ["| where B == 1"]
parameters = { Threshold = 30 }
"#;
    let mut case = Case::new(&rule_with(QUERY), settings);
    let applied = case.apply();
    assert_eq!(applied.findings, []);
    assert_eq!(texts(&applied.own), texts(&case.rules));
    let rule = &applied.rules[0];
    assert_eq!(rule.name.as_ref().unwrap().value, "[b] Rule 1");
    assert_eq!(rule.severity.as_ref().unwrap().value, rule::Severity::High);
    assert!(!rule.is_enabled() && rule.suppression_enabled.as_ref().unwrap().value);
    assert_eq!(
        rule.query.as_ref().unwrap().text(),
        "let Threshold = 30; // picket: parameter\nSecurityEvent\n// picket: exclusions\n| where A == 1\n| where B == 1\n| take Threshold\n"
    );
    let severity = case.sources.real(Span::new(rule.source, rule.severity.as_ref().unwrap().range));
    assert_eq!((severity.source, case.sources.slice(severity)), (case.environment.source, "\"high\""));
}

#[test]
fn selectors_choose_rules() {
    let rules = format!(
        "{}tags:\n  - team: blue\n  - noisy\n---\n{}---\n{}",
        common::scheduled_rule(1),
        common::scheduled_rule(2).replace("Medium", "High"),
        common::hunting_rule(3)
    );
    let names = |selection: &str| -> Vec<String> {
        let mut case = Case::new(&rules, &format!("[env.prod]\n{selection}\n"));
        let applied = case.apply();
        assert_eq!(applied.findings, [], "{selection}");
        applied.rules.iter().map(|rule| rule.display_name().to_owned()).collect()
    };
    assert_eq!(names(""), ["Rule 1", "Rule 2", "Hunt 3"]);
    assert_eq!(names("include = { kinds = ['hunting'] }"), ["Hunt 3"]);
    assert_eq!(names("include = [{ kinds = ['Hunting'] }, { severities = ['high'] }]"), ["Rule 2", "Hunt 3"]);
    assert_eq!(names("include = { kinds = ['Scheduled'], severities = ['Medium'] }"), ["Rule 1"]);
    assert_eq!(names("exclude = { tags = ['noisy'] }"), ["Rule 2", "Hunt 3"]);
    assert_eq!(names("exclude = { tags = ['team: blue'] }"), ["Rule 2", "Hunt 3"]);
    assert_eq!(names(&format!("include = {{ rules = ['{}'] }}", common::rule_id(2))), ["Rule 2"]);
    assert_eq!(
        names("include = { paths = ['rules/*.yaml'] }\nexclude = { rules = ['hunt 3'] }"),
        ["Rule 1", "Rule 2"]
    );
}

#[test]
fn what_has_no_effect_is_said_where_it_stands() {
    let settings = r#"
[env.prod]
exclude = { paths = ["lab/**"], tags = ["nois"] }
[[env.prod.overrides]]
rules = ["Rule 11", "Hunt 3"]
set = { severity = "High", description = "x", queryFrequency = "1h" }
[[env.prod.overrides]]
kinds = ["NRT"]
[[env.prod.overrides]]
rules = ["Rule 1"]
paths = ["rules/a.yaml"]
severities = ["High"]
[[env.prod.overrides]]
rules = ["Rule 1"]
parameters = { Treshold = 1, Threshold = "many" }
exclusions = ["| where A == ", "where B", "| where C == 1; T", "| where D == 1"]
[[env.prod.overrides]]
rules = ["Rule 2"]
exclusions = ["| where E == 1"]
"#;
    let rules = format!(
        "{}tags: [noisy]\n---\n{}---\n{}",
        rule_with(QUERY),
        common::scheduled_rule(2).replace("Medium", "High"),
        common::hunting_rule(3)
    );
    let mut case = Case::new(&rules, settings);
    let mut findings = case.apply().findings;
    picket::diag::sort(&mut findings);
    let said: Vec<String> = findings
        .iter()
        .map(|finding| format!("{} ({})", case.said(finding), finding.help.join(" | ")))
        .collect();
    insta::assert_snapshot!(said.join("\n"));
    // Of a part of a project it is not known what the rest has.
    case.scope.is_whole = false;
    let codes: Vec<_> = case.apply().findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["PK854", "PK854", "PK854", "PK852", "PK853"]);
}

#[test]
fn a_rule_keeps_what_an_environment_sets_already() {
    let settings = "[[env.prod.overrides]]\nset = { severity = 'Medium' }\nname_prefix = 'Rule'\nparameters = { Threshold = 10 }\n";
    let mut case = Case::new(&rule_with(QUERY), settings);
    let applied = case.apply();
    assert_eq!(texts(&applied.rules), texts(&case.rules));
}

#[derive(Debug, Clone)]
struct Drawn {
    rules: String,
    settings: String,
    file: Option<String>,
}

fn query_lines() -> impl Strategy<Value = Vec<&'static str>> {
    let line = prop::sample::select(vec![
        "T",
        "| where a == 'ä b'",
        "  | where \"c\" == d",
        "// picket: exclusions",
        "    // picket: exclusions because it is noisy",
        "| where e // picket: exclusions",
        "let A = 10; // picket: parameter",
        "let B = \"t\\\"u\"; // picket: parameter",
        "let C = 1h; // picket: parameter",
        "",
    ]);
    prop::collection::vec(line, 1..8)
}

fn in_yaml(lines: &[&str], quoted: bool) -> String {
    if quoted {
        let text = lines.join("\n").replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        return format!("query: \"{text}\"\n");
    }
    let lines: String = lines.iter().map(|line| format!("    {line}\n")).collect();
    format!("query: |2\n{lines}")
}

fn in_toml(text: &str, style: u8) -> String {
    match style {
        0 => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")),
        1 => format!("'''\n{text}'''"),
        _ => format!("\"\"\"\n  {}\n\"\"\"", text.replace('\\', "\\\\").replace('\n', "\n  ")),
    }
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let exclusion = prop::sample::select(vec![
        "| where x != 'ö'",
        "| where y == 1\n| where z has \"q\"",
        "| where v == @'\\w' // why\n",
    ]);
    let exclusions = prop::collection::vec((exclusion, 0_u8..3), 0..3);
    let values =
        (prop::option::of(-5_i64..50), prop::option::of("[a-zé\"\\\\]{0,4}"), prop::option::of(1_u8..9));
    let rest = (prop::option::of(prop::sample::select(vec!["[prod] ", "é"])), any::<[bool; 4]>());
    (query_lines(), exclusions, values, rest).prop_map(|(lines, exclusions, (a, b, c), (prefix, flags))| {
        let rule = common::scheduled_rule(1);
        let (before, rest) = rule.split_once("query: |\n").unwrap();
        let (_, after) = rest.split_once("entityMappings").unwrap();
        let mut before = before.to_owned();
        if flags[0] {
            before = before.replace("severity: Medium\n", "");
        }
        let rules = format!("{before}{}entityMappings{after}", in_yaml(&lines, flags[1]));
        let mut settings = "[[env.prod.overrides]]\n".to_owned();
        if flags[2] {
            settings.push_str("set = { severity = \"High\", queryPeriod = '3h' }\n");
        }
        if let Some(prefix) = prefix {
            settings.push_str(&format!("name_prefix = '{prefix}'\n"));
        }
        let mut parameters = Vec::new();
        parameters.extend(a.map(|a| format!("A = {a}")));
        parameters.extend(b.map(|b| format!("B = {}", in_toml(&b, 0))));
        parameters.extend(c.map(|c| format!("C = '{c}h'")));
        if !parameters.is_empty() {
            settings.push_str(&format!("parameters = {{ {} }}\n", parameters.join(", ")));
        }
        let texts: Vec<String> = exclusions.iter().map(|(text, style)| in_toml(text, *style)).collect();
        if !texts.is_empty() {
            settings.push_str(&format!("exclusions = [{}]\n", texts.join(", ")));
        }
        let file = flags[3].then(|| "// of a file\n| where f == 1\n".to_owned());
        Drawn { rules, settings, file }
    })
}

fn case_of(drawn: &Drawn) -> Case {
    let mut case = Case::new(&drawn.rules, &drawn.settings);
    if let Some(text) = &drawn.file {
        let source = case.sources.add("exclusions.kql", text.as_str());
        let range = TextRange::from_usize(0, text.len());
        let map = OffsetMap::new(vec![Segment { decoded: range, source: range, copied: true }], range.end);
        let scalar = Scalar { text: text.clone(), style: ScalarStyle::Literal, map };
        case.environment.overrides[0].exclusions.push(Exclusion { place: Span::new(source, range), scalar });
    }
    case
}

/// Where the byte of the query at `offset` stands, in what people wrote.
fn place(sources: &SourceMap, rule: &Rule, offset: usize, length: usize) -> Span {
    let scalar = &rule.query.as_ref().unwrap().scalar;
    let range = scalar.range_of(TextRange::from_usize(offset, offset + length));
    sources.real(Span::new(rule.source, range))
}

proptest! {
    #[test]
    fn an_environment_without_overrides_changes_nothing(drawn in drawn()) {
        let mut case = Case::new(&drawn.rules, "[env.prod]\n");
        let applied = case.apply();
        prop_assert_eq!(applied, Applied { rules: case.rules, ..Applied::default() });
    }

    #[test]
    fn applying_twice_is_applying_once(drawn in drawn()) {
        let mut case = case_of(&drawn);
        let once = case.apply();
        let twice = apply(&case.environment, once.rules.clone(), &case.scope, &mut case.sources);
        prop_assert_eq!(texts(&once.rules), texts(&twice.rules));
    }

    #[test]
    fn every_byte_of_a_query_leads_to_where_it_was_written(drawn in drawn()) {
        let mut case = case_of(&drawn);
        let applied = case.apply();
        let (rule, own) = (&applied.rules[0], &case.rules[0]);
        let (text, own_text) = (rule.query.as_ref().unwrap().text(), own.query.as_ref().unwrap().text());
        prop_assert_eq!(rule.query.as_ref().unwrap().range, own.query.as_ref().unwrap().range);
        // Each character of the file's query occurs in order, at the same place of the file.
        let mut of_file = own_text.char_indices().peekable();
        for (at, char) in text.char_indices() {
            let span = place(&case.sources, rule, at, char.len_utf8());
            let written = case.sources.slice(span);
            if span.source == own.source {
                let expected = loop {
                    // A literal that was replaced is left out.
                    let (at, own_char) = of_file.next().expect("the file has the character");
                    let own_span = place(&case.sources, own, at, own_char.len_utf8());
                    if own_span == span {
                        break own_char;
                    }
                };
                prop_assert_eq!(char, expected);
            } else if span.source == SourceId(0) {
                // Of picket.toml: the character, an escape, or a whole value or line end that stands for it.
                let is_copy = written == char.to_string();
                prop_assert!(is_copy || written.is_empty() || written.starts_with('\\') || is_value(written), "{} is {:?}", char, written);
            } else {
                prop_assert!(written.is_empty() || written == char.to_string(), "{} is {:?}", char, written);
            }
        }
        let composed = applied.rules.iter().filter(|rule| case.sources.is_composed(rule.source)).count();
        prop_assert_eq!(composed, applied.own.len());
    }
}

/// Whether it is a value of picket.toml as a whole.
fn is_value(written: &str) -> bool {
    written.starts_with(['"', '\'', '-']) || written.chars().all(|c| c.is_ascii_digit())
}
