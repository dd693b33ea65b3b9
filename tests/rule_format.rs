//! Canonical form keeps rules and comments, and is final: over real rule files and generated ones.

#![allow(clippy::expect_used, reason = "a test fails this way")]

mod common;

use picket::kql;
use picket::rule::keys::{self, Table, ValueType};
use picket::rule::{self, Rule, write};
use picket::text::SourceId;
use picket::yaml::{self, OffsetMap, ScalarStyle, comments};
use proptest::prelude::*;

const SOURCE: SourceId = SourceId(0);

/// A rule as text without its places and spellings, for comparison.
fn meaning(rule: &Rule) -> String {
    let mut rule = rule.clone();
    rule.written.clear();
    rule.kind_range = None;
    if let Some(query) = &mut rule.query {
        query.scalar.map = OffsetMap::default();
        query.scalar.style = ScalarStyle::Plain;
    }
    let debug = format!("{rule:#?}");
    let places = ["start: ", "end: ", "style: "];
    debug.lines().filter(|line| !places.iter().any(|place| line.trim_start().starts_with(place))).collect()
}

fn rules(text: &str) -> Vec<Rule> {
    rule::read(SOURCE, text).0
}

fn meanings(rules: &[Rule]) -> Vec<String> {
    rules.iter().map(meaning).collect()
}

/// All comments of a text, sorted.
fn comments_of(text: &str) -> Vec<String> {
    let (documents, _) = yaml::parse(SOURCE, text);
    let mut end = 0;
    let mut found = Vec::new();
    for document in &documents {
        let before = picket::text::TextRange::new(end, document.range.start);
        for between in [comments::outside(text, before), comments::between(text, document)] {
            let text = |comment: &comments::Comment| comment.range.slice(text).trim_end().to_owned();
            found.extend(between.comments.iter().map(text));
        }
        end = document.range.end;
    }
    found.sort();
    found
}

/// Whether the file uses more of YAML than values, and is therefore kept as it is.
fn decorated(text: &str) -> bool {
    let (documents, _) = yaml::parse(SOURCE, text);
    documents.iter().any(|document| comments::between(text, document).decorated)
}

/// Checks all promises of the formatter over one file; whether it has a canonical form.
fn check(name: &str, text: &str) -> bool {
    let (formatted, diagnostics) = write::format(SOURCE, text);
    let Some(formatted) = formatted else {
        assert!(!diagnostics.is_empty() || rules(text).is_empty(), "{name}: refused without a reason");
        return false;
    };
    let before = rules(text);
    assert_eq!(meanings(&before), meanings(&rules(&formatted)), "{name}\n{text}\n=>\n{formatted}");
    assert_eq!(comments_of(text), comments_of(&formatted), "{name}\n{text}\n=>\n{formatted}");
    let again = write::format(SOURCE, &formatted).0.expect("canonical text parses");
    assert_eq!(again, formatted, "{name}: formatting again changes it");
    if !decorated(text) {
        assert!(formatted.is_empty() || formatted.ends_with('\n') && !formatted.contains('\r'));
    }
    // Without a query, what is left may show no sign of a rule.
    for rule in before.iter().filter(|rule| rule.query.is_some()) {
        let written = write::rule(rule);
        let read = rules(&written);
        assert_eq!(meanings(&read), meanings(std::slice::from_ref(rule)), "{name}\n{written}");
        let canonical = write::format(SOURCE, &written).0;
        assert_eq!(canonical.as_deref(), Some(written.as_str()), "{name}: a new file is not canonical");
    }
    true
}

/// [`write::format_with`] as `picket fmt --queries` does it.
fn with_queries(text: &str) -> Option<String> {
    let mut query =
        |scalar: &yaml::Scalar| kql::format::format(&scalar.text).0.filter(|text| !text.is_empty());
    write::format_with(SOURCE, text, &mut query).0
}

/// Checks all promises of the formatter over the queries of a file. How many of them changed.
fn check_queries(name: &str, text: &str) -> usize {
    let Some(formatted) = with_queries(text) else {
        assert_eq!(write::format(SOURCE, text).0, None, "{name}: queries decide nothing about rules");
        return 0;
    };
    assert_eq!(comments_of(text), comments_of(&formatted), "{name}\n{text}\n=>\n{formatted}");
    assert_eq!(
        with_queries(&formatted).as_deref(),
        Some(formatted.as_str()),
        "{name}: formatting again changes it"
    );
    let (mut before, mut after) = (rules(text), rules(&formatted));
    let queries = |rules: &mut [Rule]| -> Vec<String> {
        rules
            .iter_mut()
            .map(|rule| rule.query.take().map(|query| query.scalar.text).unwrap_or_default())
            .collect()
    };
    let (old, new) = (queries(&mut before), queries(&mut after));
    assert_eq!(meanings(&before), meanings(&after), "{name}: another field changed");
    for (old, new) in old.iter().zip(&new) {
        let (left, found) = kql::syntax::parse(old.as_str());
        let (right, _) = kql::syntax::parse(new.as_str());
        assert!(kql::format::same_tokens(&left, &right), "{name}: another query\n{old}\n=>\n{new}");
        assert!(found.is_empty() || old == new, "{name}: a query that does not parse is left\n{old}");
    }
    assert_eq!(old.len(), new.len(), "{name}");
    old.iter().zip(&new).filter(|(old, new)| old != new).count()
}

#[test]
fn real_rule_files_keep_the_meaning_of_their_queries() {
    let Some(shared) = common::shared() else { return };
    let mut files = common::yaml_files(&shared.join("rules"));
    files.extend(common::yaml_files(&shared.join("catalogs")));
    let mut changed = 0;
    for path in &files {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        changed += check_queries(&path.display().to_string(), &text);
    }
    println!("{changed} queries in {} files were formatted", files.len());
    assert!(changed >= 500);
}

#[test]
fn real_rule_files_keep_their_rules_and_comments() {
    let Some(shared) = common::shared() else { return };
    let files = common::yaml_files(&shared.join("rules"));
    let mut formatted = 0;
    for path in &files {
        let text = std::fs::read_to_string(path).expect("rule files are UTF-8");
        formatted += usize::from(check(&path.display().to_string(), &text));
    }
    println!("{formatted} of {} files have a canonical form", files.len());
    assert!(files.len() >= 700 && formatted * 10 >= files.len() * 8);
}

/// Marks a line of a block scalar, where no comment can stand; left out in the end.
const CONTENT: char = '\u{1}';

/// A scalar in some style: its text after the indicator, at most one line unless it is a block, whose
/// lines are to be indented.
fn text() -> impl Strategy<Value = Vec<String>> {
    let one = |text: &str| vec![text.to_owned()];
    prop_oneof![
        prop::sample::select(vec![
            "word",
            "two words",
            "'single ''quoted'''",
            "\"double \\\"quoted\\\" \\u00e4\"",
            "1.0",
            "'1.0'",
            "true",
            "'yes'",
            "~",
            "",
            "2026-01-31",
            "a#b",
            "https://example.org/a?b=c#d",
            "T1078, T1110",
            "*.exe",
        ])
        .prop_filter("aliases are left to other tests", |text| !text.starts_with('*'))
        .prop_map(one),
        ("[|>]", "[-+]?", prop::collection::vec("(T|  )?\\| where [a-zä]{1,5}( ==? \"x\\t\")?|", 1..4))
            .prop_map(|(indicator, chomp, lines)| {
                let content = std::iter::once("first").chain(lines.iter().map(String::as_str));
                let header = format!("{indicator}{chomp}");
                std::iter::once(header).chain(content.map(|line| format!("{CONTENT}{line}"))).collect()
            }),
    ]
}

fn of_type(kind: ValueType) -> BoxedStrategy<Vec<String>> {
    let pick = |words: &[&str]| {
        let words: Vec<Vec<String>> = words.iter().map(|word| vec![(*word).to_owned()]).collect();
        prop::sample::select(words).boxed()
    };
    let list = |words: &'static [&'static str]| {
        let item = prop::sample::select(words);
        let block = prop::collection::vec(item.clone(), 0..3).prop_map(|items| {
            let mut lines = vec![if items.is_empty() { "[]".to_owned() } else { String::new() }];
            lines.extend(items.into_iter().map(|item| format!("- {item}")));
            lines
        });
        let flow = prop::collection::vec(item.clone(), 0..3)
            .prop_map(|items| vec![format!("[{}]", items.join(", "))]);
        prop_oneof![block, flow, item.prop_map(|item| vec![item.to_owned()])].boxed()
    };
    match kind {
        ValueType::Bool => pick(&["true", "False", "'yes'", "no", "maybe"]),
        ValueType::Integer => pick(&["0", "'5'", "0x10", "+7", "many"]),
        ValueType::Duration => pick(&["PT1H", "1h", "P1DT2H", "'14d'", "01:30:00", "soon", "PT0S"]),
        ValueType::Choice(choices) | ValueType::Choices(choices) => {
            let mut words: Vec<String> = choices.spellings().map(str::to_owned).collect();
            words.extend(choices.words.iter().map(|word| word.to_uppercase()));
            words.push("unheard-of".to_owned());
            prop::sample::select(words).prop_map(|word| vec![word]).boxed()
        }
        ValueType::Tactics => list(&["Persistence", "'DefenseEvasion'", "A"]),
        ValueType::Techniques => list(&["T1078", "\"T1078.001\"", "T1"]),
        ValueType::TextList | ValueType::EntityTypes | ValueType::Tags => {
            list(&["Account", "'1.0'", "\"x: y\""])
        }
        ValueType::Mapping(table) => mapping(table),
        ValueType::Mappings(table) | ValueType::MappingsOr(table, _) => {
            let items = prop::collection::vec(mapping(table), 1..3).prop_map(|items| {
                let mut lines = vec![String::new()];
                for item in items {
                    let rest = item.iter().skip(1);
                    lines.extend(rest.enumerate().map(|(index, line)| {
                        if index == 0 { format!("- {line}") } else { format!("  {line}") }
                    }));
                }
                lines
            });
            prop_oneof![3 => items, 1 => mapping(table)].boxed()
        }
        ValueType::Names => pick(&["{Host: Computer, 'User': Account}", "{}", "Host"]),
        _ => text().boxed(),
    }
}

/// A mapping of `table`: an empty line for the line of its key, then its lines.
fn mapping(table: &'static Table) -> BoxedStrategy<Vec<String>> {
    let entries: Vec<BoxedStrategy<(String, Vec<String>)>> = table
        .keys
        .iter()
        .map(|key| {
            let name = prop::sample::select(key.names().map(str::to_owned).collect::<Vec<_>>());
            (name, of_type(key.value)).boxed()
        })
        .collect();
    let all = prop::sample::subsequence(entries, 1..=table.keys.len().min(6));
    let all = all.prop_flat_map(|entries| entries).prop_shuffle();
    (all, 1..4usize, any::<bool>())
        .prop_map(|(entries, indent, unknown)| {
            let mut lines = vec![String::new()];
            for (name, value) in entries {
                lines.push(format!("{name}: {}", value[0]).trim_end().to_owned());
                let blanks =
                    |line: &String| if line.is_empty() { String::new() } else { " ".repeat(indent) + line };
                lines.extend(value[1..].iter().map(blanks));
            }
            if unknown {
                lines.push("x-own: {a: [1, '1'], b: ~}".to_owned());
            }
            lines
        })
        .boxed()
}

/// A rule file with comments and blank lines in between.
fn file() -> impl Strategy<Value = String> {
    let comment = prop::option::weighted(0.2, (0..8usize, any::<bool>()));
    (mapping(&keys::RULE), prop::collection::vec(comment, 1..30), any::<bool>()).prop_map(
        |(lines, comments, crlf)| {
            let mut out = String::from("# head\n\n");
            if !lines.iter().any(|line| line.starts_with("query:")) {
                out.push_str("query: T\n");
            }
            let after = lines.iter().skip(2).map(String::as_str).chain([""]);
            for (number, (line, next)) in lines.iter().skip(1).zip(after).enumerate() {
                out.push_str(&line.replace(CONTENT, ""));
                match comments[number % comments.len()] {
                    Some((_, true)) if !line.contains(CONTENT) => {
                        out.push_str(&format!(" # comment {number}"))
                    }
                    Some((column, false)) if !next.contains(CONTENT) => {
                        out.push_str(&format!("\n{:column$}# comment {number}", ""));
                    }
                    _ => {}
                }
                out.push('\n');
            }
            if crlf { out.replace('\n', "\r\n") } else { out }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_rule_files_keep_their_rules_and_comments(text in file()) {
        prop_assert!(check("generated", &text), "{}", text);
        check_queries("generated", &text);
    }
}

#[test]
fn writes_the_canonical_form() {
    let text = "\
# Finds things.

query: >-
  T
# which one
Severity: high
tactics: Persistence, Discovery # both
queryFrequency: PT1H
requiredDataConnectors:
- connectorId: 'A'
  # tables
  dataTypes: B
  # - C
triggerOperator: GreaterThan


id: x
";
    let expected = "\
# Finds things.

id: x
# which one
severity: High
requiredDataConnectors:
  - connectorId: A
    # tables
    dataTypes:
      - B
    # - C
queryFrequency: 1h
triggerOperator: gt
tactics: # both
  - Persistence
  - Discovery
query: |-
  T
";
    assert_eq!(write::format(SOURCE, text).0.as_deref(), Some(expected));
}

#[test]
fn leaves_alone_what_it_cannot_write() {
    let broken = "id: x\nquery: @T\n";
    let (formatted, diagnostics) = write::format(SOURCE, broken);
    assert_eq!((formatted, diagnostics[0].code), (None, "PK001"));
    let shared = "id: x\nquery: &q T\ndescription: *q\n";
    assert_eq!(write::format(SOURCE, shared).0.as_deref(), Some(shared));
}

#[test]
fn a_comment_right_behind_a_byte_order_mark_stays() {
    let text = "\u{feff}# the first line\nname: b\nid: a\nquery: T\n";
    let (formatted, _) = write::format(SourceId(0), text);
    let formatted = formatted.unwrap();
    assert!(formatted.contains("# the first line\n"), "{formatted}");
    assert_eq!(write::format(SourceId(0), &formatted).0.unwrap(), formatted);
}
