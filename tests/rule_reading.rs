//! Reading rules as people write them.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests fail and speak this way"
)]

use picket::diag::{Applicability, Diagnostic, apply_edits};
use picket::rule::keys::{self, Table, ValueType};
use picket::rule::{self, Rule, RuleKind, Severity, TriggerOperator};
use picket::text::SourceId;
use proptest::prelude::*;
use serde_json::{Value, json};

const HEAD: &str = "id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11\nname: n\nquery: T\n";

/// The one rule of `text` and its findings as `CODE "bytes at fault" message`.
fn read(text: &str) -> (Option<Rule>, Vec<String>) {
    let (mut rules, diagnostics) = rule::read(SourceId(0), text);
    assert!(rules.len() <= 1);
    let findings = diagnostics.iter().map(|finding| describe(text, finding)).collect();
    (rules.pop(), findings)
}

fn describe(text: &str, finding: &Diagnostic) -> String {
    let fix = finding.fix.as_ref().map_or_else(String::new, |fix| {
        format!(" -> {:?} `{}`", fix.applicability, fix.edits[0].replacement)
    });
    format!("{} [{}] {}{fix}", finding.code, finding.range().slice(text), finding.message)
}

/// A rule of [`HEAD`] and `rest` that reads without a finding.
fn clean(rest: &str) -> Rule {
    let (rule, findings) = read(&format!("{HEAD}{rest}"));
    assert_eq!(findings, [""; 0], "{rest}");
    rule.unwrap()
}

/// The findings of [`HEAD`] and `rest`.
fn findings(rest: &str) -> Vec<String> {
    read(&format!("{HEAD}{rest}")).1
}

fn values<T: Clone>(list: &[picket::text::Spanned<T>]) -> Vec<T> {
    list.iter().map(|item| item.value.clone()).collect()
}

#[test]
fn kind_is_read_in_any_case_and_inferred() {
    assert_eq!(clean("kind: nrt\nseverity: HIGH").kind, RuleKind::Nrt);
    assert_eq!(clean("kind: scheduled").kind, RuleKind::Scheduled);
    assert_eq!(clean("kind: HuntingQuery").kind, RuleKind::Hunting);
    assert_eq!(clean("").kind, RuleKind::Hunting);
    assert_eq!(clean("queryFrequency: 1h").kind, RuleKind::Scheduled);
    assert_eq!(clean("customDetails: {a: A}").kind, RuleKind::Scheduled);
    let (rule, found) = read(&format!("{HEAD}severity: Low"));
    assert_eq!(rule.unwrap().kind, RuleKind::Hunting);
    assert_eq!(found, ["PK105 [severity] `severity` means nothing to a hunting query"]);
}

#[test]
fn schedule_is_read_in_every_spelling() {
    let rule = clean(
        "queryFrequency: PT1H\nqueryPeriod: 1.00:00:00\ntriggerOperator: greaterthan\ntriggerThreshold: 0x10\nseverity: medium",
    );
    assert_eq!(rule.query_frequency.unwrap().value.seconds(), 3600);
    assert_eq!(rule.query_period.unwrap().value.seconds(), 86_400);
    assert_eq!(rule.trigger_operator.unwrap().value, TriggerOperator::GreaterThan);
    assert_eq!(rule.trigger_threshold.unwrap().value, 16);
    assert_eq!(rule.severity.unwrap().value, Severity::Medium);
}

#[test]
fn single_texts_are_lists_and_techniques_are_put_together() {
    let rule = clean(
        "tactics: CommandAndControl\ntechniques: T1219\nrelevantTechniques: [T1105]\nsubTechniques:\n- T1071.001",
    );
    assert_eq!(values(&rule.tactics), ["CommandAndControl"]);
    assert_eq!(values(&rule.techniques), ["T1219", "T1105", "T1071.001"]);
}

#[test]
fn words_with_commas_are_a_list_with_exact_places() {
    let text = format!("{HEAD}tactics: 'Execution, Impact'\nrelevantTechniques:\n- T1059, T1485\n");
    let (rule, found) = read(&text);
    let rule = rule.unwrap();
    let places: Vec<_> =
        rule.tactics.iter().chain(&rule.techniques).map(|item| item.range.slice(&text)).collect();
    assert_eq!(places, ["Execution", "Impact", "T1059", "T1485"]);
    assert_eq!(
        found,
        [
            "PK107 ['Execution, Impact'] `tactics` is several words with commas, expected a list -> Safe `[Execution, Impact]`",
            "PK107 [T1059, T1485] an item of `relevantTechniques` is several words with commas, expected a list",
        ]
    );
}

#[test]
fn tags_are_texts_pairs_and_named_values() {
    let rule =
        clean("tags:\n- Ignite2021\n- Schema: ASIMDns\n  SchemaVersion: 0.1.2\n- name: team\n  value: soc\n");
    let tags: Vec<_> =
        rule.tags.iter().map(|(name, value)| (name.value.as_str(), value.value.as_str())).collect();
    assert_eq!(
        tags,
        [("Ignite2021", ""), ("Schema", "ASIMDns"), ("SchemaVersion", "0.1.2"), ("team", "soc")]
    );
}

#[test]
fn false_positives_and_whole_entities_may_be_plain_texts() {
    let rule = clean(
        "kind: NRT\nfalsePositives: [Backup job]\nsentinelEntitiesMappings: [Entities, columnName: More]\n",
    );
    assert_eq!(rule.false_positives[0].scenario.as_ref().unwrap().value, "Backup job");
    assert_eq!(values(&rule.sentinel_entities_mappings), ["Entities", "More"]);
}

#[test]
fn loose_values_are_used_and_reported_with_a_fix() {
    let text = format!(
        "{HEAD}queryFrequency: 1h\ntriggerThreshold: '5'\nenabled: yes\nversion: 1.10\nauthor: true\n"
    );
    let (rule, found) = read(&text);
    let rule = rule.unwrap();
    assert_eq!(rule.trigger_threshold.as_ref().unwrap().value, 5);
    assert!(rule.is_enabled() && rule.enabled.is_some());
    assert_eq!(rule.version.unwrap().value, "1.10");
    assert_eq!(
        found,
        [
            "PK107 ['5'] `triggerThreshold` is text, expected a whole number -> Safe `5`",
            "PK107 [yes] `enabled` is text, expected `true` or `false` -> Safe `true`",
            "PK107 [1.10] other YAML readers take `version` for a number -> Safe `\"1.10\"`",
            "PK107 [true] other YAML readers take `author` for true or false -> Safe `\"true\"`",
        ]
    );
}

#[test]
fn unknown_keys_name_the_mapping_and_the_nearest_key() {
    assert_eq!(
        findings(
            "tatcics: [Impact]\nentityMappings:\n- entityTyp: IP\nincidentConfiguration:\n  lookbackDuration: 1h\ncolour: red\n"
        ),
        [
            "PK101 [tatcics] a rule has no key `tatcics` -> Unsafe `tactics`",
            "PK101 [entityTyp] an entity mapping has no key `entityTyp` -> Unsafe `entityType`",
            "PK101 [lookbackDuration] `incidentConfiguration` has no key `lookbackDuration`",
            "PK101 [colour] a rule has no key `colour`",
        ]
    );
    let (_, diagnostics) = rule::read(SourceId(0), &format!("{HEAD}kind: NRT\nlookbackDuration: 1h\n"));
    assert_eq!(
        diagnostics[0].help,
        ["`lookbackDuration` belongs to `incidentConfiguration.groupingConfiguration`"]
    );
    assert_eq!(findings("? [a]\n: b\n"), ["PK101 [[a]] a key of a rule is a list, expected text"]);
}

#[test]
fn keys_in_other_capitals_are_used() {
    let (rule, found) = read(&format!("{HEAD}Tactics: [Impact]\nsubtechniques: T1485.001\n"));
    assert_eq!(values(&rule.as_ref().unwrap().techniques), ["T1485.001"]);
    assert_eq!(
        found,
        [
            "PK102 [Tactics] the key `Tactics` is written `tactics` -> Safe `tactics`",
            "PK102 [subtechniques] the key `subtechniques` is written `subTechniques` -> Safe `subTechniques`",
        ]
    );
}

#[test]
fn one_property_under_two_names_is_reported() {
    let (rule, found) = read(&format!("{HEAD}displayName: other\n"));
    assert_eq!(rule.unwrap().display_name(), "n");
    assert_eq!(found, ["PK108 [displayName] `displayName` is the same as `name`, which is given already"]);
}

#[test]
fn values_that_mean_nothing_are_left_out() {
    let text = format!(
        "{HEAD}kind: NRT\nseverity: Critical\nenabled: perhaps\nsuppressionDuration: P5M\ncustomDetails: Account\neventGroupingSettings: SingleAlert\nentityMappings: [IP]\nalertDetailsOverride:\n  alertDynamicProperties:\n  - alertProperty: Alert Link\n    value: [Link]\n"
    );
    let (rule, found) = read(&text);
    let rule = rule.unwrap();
    assert!(rule.severity.is_none() && rule.enabled.is_none() && rule.suppression_duration.is_none());
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn words_that_certainly_mean_one_are_fixed_safely() {
    assert_eq!(
        findings("queryFrequency: 1 hour\ntriggerOperator: '>'\nseverity: Info\nqueryPeriod: PT1D\n"),
        [
            "PK106 [1 hour] `queryFrequency` is no length of time -> Safe `1h`",
            "PK104 ['>'] `triggerOperator` cannot be `>` -> Safe `gt`",
            "PK104 [Info] `severity` cannot be `Info` -> Safe `Informational`",
            "PK106 [PT1D] `queryPeriod` is no length of time -> Safe `P1D`",
        ]
    );
}

#[test]
fn keys_of_other_kinds_are_told() {
    assert_eq!(
        findings("kind: NRT\nqueryFrequency: 1h\n"),
        ["PK105 [queryFrequency] `queryFrequency` means nothing to an NRT rule"]
    );
}

#[test]
fn nothing_is_reported_as_empty() {
    assert_eq!(
        findings("tactics:\nrelevantTechniques: [T1485, ~]\ncustomDetails: {a: }\n"),
        [
            "PK109 [tactics] `tactics` has no value",
            "PK109 [~] an item of `relevantTechniques` has no value",
            "PK109 [a] `a` in `customDetails` has no value",
        ]
    );
}

#[test]
fn a_rule_that_lost_its_query_is_still_a_rule() {
    let (rule, found) = read("id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11\nname: n\nqurey: T\n");
    assert!(rule.is_some_and(|rule| rule.query.is_none()));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("PK101 [qurey]"), "{found:?}");
}

#[test]
fn what_is_no_rule_gets_one_finding() {
    let only = |text: &str| {
        let (rule, found) = read(text);
        assert!(rule.is_none(), "{text}");
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        found[0].clone()
    };
    insta::assert_snapshot!(
        [
            only(""),
            only("# nothing but a comment\n"),
            only("- id: a\n- id: b\n"),
            only("just text"),
            only("displayName: d\nqueryCondition: {queryText: T}\nschedule: {period: 1H}\n"),
            only("Id: a\nDisplayName: d\nInputEntityType: Ip\nquery: T\n"),
            only("kind: fusion\nenabled: true\n"),
            only("kind: Scheduled\nproperties: {query: T}\n"),
            only("version: 2\nservices: {}\n"),
        ]
        .join(
            "
"
        )
    );
}

#[test]
fn every_document_of_a_file_is_read() {
    let text = format!("{HEAD}---\n---\n{HEAD}status: [Low]\n");
    let (rules, diagnostics) = rule::read(SourceId(0), &text);
    assert_eq!(rules.len(), 2);
    assert_eq!(diagnostics.len(), 1);
}

#[test]
fn query_keeps_its_text_and_places() {
    let text = "id: a\nname: n\nquery: |\r\n  T\r\n  | where ü == 1\r\n";
    let (rule, _) = read(text);
    let query = rule.unwrap().query.unwrap();
    assert_eq!(query.text(), "T\n| where ü == 1\n");
    let at = u32::try_from(query.text().find("== 1").unwrap()).unwrap();
    assert_eq!(&text[query.scalar.map.offset(at) as usize..][..4], "== 1");
}

/// A value of each type, texts with a marker made of `path`.
fn sample(value: ValueType, path: &str, markers: &mut Vec<String>) -> Value {
    let mut mark = |text: String| {
        markers.push(format!("{text:?}"));
        Value::String(text)
    };
    match value {
        ValueType::Bool => json!(true),
        ValueType::Integer => json!(7),
        ValueType::Duration => json!("7m"),
        ValueType::Choice(choices) => json!(choices.words[0]),
        ValueType::Choices(choices) => json!(choices.words),
        ValueType::Mapping(table) => sample_table(table, path, markers),
        ValueType::Mappings(table) | ValueType::MappingsOr(table, _) => {
            json!([sample_table(table, path, markers)])
        }
        ValueType::Names => json!({ "name": mark(path.to_owned()) }),
        ValueType::Any => json!({ "any": mark(path.to_owned()) }),
        ValueType::TextList
        | ValueType::Tags
        | ValueType::Tactics
        | ValueType::Techniques
        | ValueType::EntityTypes => {
            json!([mark(format!("{path}[0]")), mark(format!("{path}[1]"))])
        }
        ValueType::Text
        | ValueType::Uuid
        | ValueType::Query
        | ValueType::DateTime
        | ValueType::EntityType
        | ValueType::Identifier => mark(path.to_owned()),
    }
}

fn sample_table(table: &'static Table, path: &str, markers: &mut Vec<String>) -> Value {
    let pairs = table
        .keys
        .iter()
        .map(|key| (key.name.to_owned(), sample(key.value, &format!("{path}/{}", key.name), markers)));
    Value::Object(pairs.collect())
}

/// A key that the table has and the model does not would be accepted and lost.
#[test]
fn every_key_of_the_table_reaches_the_model() {
    let mut markers = Vec::new();
    let text = sample_table(&keys::RULE, "", &mut markers).to_string();
    let (rule, found) = read(&text);
    assert_eq!(found, [""; 0]);
    let debug = format!("{:?}", rule.unwrap());
    for marker in &markers {
        assert!(debug.contains(marker.as_str()), "{marker} is not in the model");
    }
    let count = |is: fn(ValueType) -> bool| {
        keys::RULE.nested().iter().flat_map(|table| table.keys).filter(|key| is(key.value)).count()
    };
    assert_eq!(debug.matches("value: true").count(), count(|value| value == ValueType::Bool));
    assert_eq!(debug.matches("seconds: 420").count(), count(|value| value == ValueType::Duration));
    assert_eq!(debug.matches("value: 7,").count(), count(|value| value == ValueType::Integer));
    assert!(!debug.contains("None"), "a choice is lost: {debug}");
}

/// Keys as people write and miswrite them.
fn any_key() -> impl Strategy<Value = String> {
    let names: Vec<&'static str> =
        keys::RULE.nested().into_iter().flat_map(|table| table.keys).flat_map(|key| key.names()).collect();
    (proptest::sample::select(names), 0..5_u8).prop_map(|(name, how)| match how {
        0 => name.to_uppercase(),
        1 => format!("{name}s"),
        _ => name.to_owned(),
    })
}

fn any_value() -> impl Strategy<Value = String> {
    let scalars = [
        "~",
        "",
        "text",
        "'T1059, T1110'",
        "Impact, Execution",
        "5",
        "'5'",
        "1.0",
        "yes",
        "'true'",
        "1 hour",
        "P5M",
        "PT1D",
        "1h",
        "gt",
        "'>'",
        "Info",
        "high",
        "nrt",
        "Schedule",
        "fusion",
        "ünïcode",
        "\"\\u00e9\\n\"",
        "all-entities",
        "!!str 5",
        "any alert",
    ];
    let leaf = proptest::sample::select(scalars.to_vec()).prop_map(str::to_owned);
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3)
                .prop_map(|items| format!("[{}]", items.join(", "))),
            proptest::collection::vec((any_key(), inner), 0..4).prop_map(|pairs| {
                let pairs: Vec<_> = pairs.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
                format!("{{{}}}", pairs.join(", "))
            }),
        ]
    })
}

#[test]
fn a_kind_that_is_no_rule_is_known_in_any_case() {
    for key in ["kind", "KIND", "Kind"] {
        let (rules, findings) = rule::read(SourceId(0), &format!("query: T\nid: a\n{key}: fusion\n"));
        assert!(rules.is_empty(), "{key}");
        assert_eq!(findings[0].message, "rules of kind `Fusion` have no query", "{key}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Findings and values stand on characters of the file, and safe fixes add no finding.
    #[test]
    fn safe_fixes_never_add_a_finding(entries in proptest::collection::vec((any_key(), any_value()), 0..8)) {
        let mut text = String::from("query: T\n");
        for (key, value) in entries {
            text.push_str(&format!("{key}: {value}\n"));
        }
        let (_, before) = rule::read(SourceId(0), &text);
        for finding in &before {
            prop_assert!(text.get(finding.range().to_usize()).is_some(), "{finding:?}");
        }
        let safe: Vec<_> = before
            .iter()
            .filter_map(|finding| finding.fix.as_ref())
            .filter(|fix| fix.applicability == Applicability::Safe)
            .collect();
        let edits: Vec<_> = safe
            .iter()
            .flat_map(|fix| &fix.edits)
            .map(|edit| (edit.span.range, edit.replacement.as_str()))
            .collect();
        let fixed = apply_edits(&text, &edits).unwrap();
        let (_, after) = rule::read(SourceId(0), &fixed);
        let left = before.len() - safe.len();
        prop_assert_eq!(after.len(), left, "before {:#?}\nafter {:#?}\n{}", before, after, fixed);
    }
}
