//! The JSON Schema of rule files is current, accepts what reading accepts, and refuses what it refuses.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails this way")]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use picket::cli::rule_schema;
use picket::rule;
use picket::rule::keys::{self, ValueType};
use picket::text::SourceId;
use picket::yaml::{self, Node, NodeKind};
use serde_json::{Value, json};

fn schema() -> Value {
    serde_json::from_str(&rule_schema::text()).unwrap()
}

fn validator() -> jsonschema::Validator {
    jsonschema::draft7::new(&schema()).unwrap()
}

/// The value of a document under YAML's core schema.
fn to_json(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Sequence(items) => items.iter().map(to_json).collect(),
        NodeKind::Mapping(mapping) => {
            let pair =
                |entry: &yaml::Entry| (entry.key.as_scalar().unwrap().text.clone(), to_json(&entry.value));
            Value::Object(mapping.entries.iter().map(pair).collect())
        }
        NodeKind::Scalar(scalar) if scalar.is_null() => Value::Null,
        NodeKind::Scalar(scalar) => scalar
            .as_bool()
            .map(Value::from)
            .or_else(|| scalar.as_i64().map(Value::from))
            .unwrap_or_else(|| scalar.text.clone().into()),
    }
}

fn document(text: &str) -> Value {
    let (documents, _) = yaml::parse(SourceId(0), text);
    to_json(documents[0].root.as_ref().unwrap())
}

#[test]
fn schema_is_current() {
    let path = common::root().join(rule_schema::PATH);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, rule_schema::text()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), rule_schema::text(), "run `cargo dev schema`");
}

#[test]
fn schema_is_a_schema() {
    assert!(jsonschema::draft7::meta::is_valid(&schema()));
}

#[test]
fn schema_names_every_key() {
    let text = rule_schema::text();
    for key in keys::RULE.nested().into_iter().flat_map(|table| table.keys) {
        assert!(text.contains(key.doc), "{}", key.name);
        for name in key.names() {
            assert!(text.contains(&format!("\"{name}\": {{")), "{name}");
        }
    }
    assert_eq!(schema()["properties"]["techniques"]["deprecated"], json!(true));
}

/// Every published rule that reads without a finding is valid, but for words of the catalog, which
/// reading leaves to lints and the schema names.
#[test]
fn published_rules_that_read_clean_are_valid() {
    let Some(shared) = common::shared() else { return };
    let validator = validator();
    let mut valid = 0;
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    for text in texts(&shared.join("rules")) {
        let (rules, findings) = rule::read(SourceId(0), &text);
        if !findings.is_empty() {
            continue;
        }
        assert_eq!(rules.len(), 1);
        let value = document(&text);
        let errors: Vec<_> = validator.iter_errors(&value).collect();
        valid += usize::from(errors.is_empty());
        for error in errors {
            let path = error.instance_path().to_string();
            let path: Vec<&str> =
                path.split('/').map(|part| if part.parse::<u32>().is_ok() { "*" } else { part }).collect();
            *refused.entry(format!("{} {}", path.join("/"), error.instance())).or_default() += 1;
        }
    }
    let mut out = format!("{valid} valid\n");
    for (error, count) in refused {
        let _ = writeln!(out, "{count} {error}");
    }
    insta::assert_snapshot!(out);
}

fn texts(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(texts(&path));
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            found.push(std::fs::read_to_string(&path).unwrap());
        }
    }
    found
}

const SCHEDULED: &str = "id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
name: Mailbox rule that forwards mail
severity: Low
queryFrequency: 1h
queryPeriod: P1D
triggerOperator: gt
triggerThreshold: 0
query: OfficeActivity
";

#[test]
fn what_people_write_is_valid() {
    let validator = validator();
    let accepted = |rest: &str| {
        let text = format!("{SCHEDULED}{rest}");
        let (_, findings) = rule::read(SourceId(0), &text);
        assert_eq!(findings, [], "{rest}");
        if let Err(error) = validator.validate(&document(&text)) {
            panic!("{rest}: {error} at {}", error.instance_path());
        }
    };
    accepted("");
    accepted("kind: scheduled\ntactics: CommandAndControl\ntechniques: t1219.001\n");
    accepted(
        "tags: [a, b: c, {name: d, value: e}]\nreferences: https://example.org\nmetadata: {any: [1, ~]}\n",
    );
    accepted("falsePositives: [backup, {scenario: s, exclusion: x}]\nsentinelEntitiesMappings: Entities\n");
    accepted("suppressionDuration: 1.02:00:00\nsuppressionEnabled: true\ncustomDetails: {a: A}\n");
    accepted(
        "eventGroupingSettings: {aggregationKind: alertperresult}\nalertDetailsOverride: {alertDynamicProperties: [{alertProperty: AlertLink, value: L}]}\n",
    );
    accepted("entityMappings: [{entityType: IP, fieldMappings: [{identifier: Address, columnName: Ip}]}]\n");
    accepted(
        "incidentConfiguration:\n  createIncident: true\n  groupingConfiguration: {enabled: true, reopenClosedIncident: false, lookbackDuration: PT5H, matchingMethod: Selected, groupByEntities: [IP], groupByAlertDetails: severity, groupByCustomDetails: a}\n",
    );
}

#[test]
fn what_is_wrong_is_refused() {
    let validator = validator();
    let refused = |text: &str| assert!(!validator.is_valid(&document(text)), "{text}");
    for rest in [
        "tatcics: [Impact]",
        "Tactics: [Impact]",
        "tactics: [Impackt]",
        "relevantTechniques: [T123]",
        "version: 1",
        "enabled: 'true'",
        "kind: NRTT",
        "suppressionDuration: P5M",
        "suppressionDuration: 1 hour",
        "suppressionDuration: P",
        "suppressionDuration: PT",
        "customDetails: [a]",
        "requiredDataConnectors: {connectorId: A, dataTypes: [B]}",
        "entityMappings: [{entityType: IP, fieldMappings: [{identifier: HostName, columnName: Ip}]}]",
        "entityMappings: [{entityType: IP}]",
        "eventGroupingSettings: {aggregationKind: Some}",
        "tactics:",
    ] {
        refused(&format!("{SCHEDULED}{rest}\n"));
    }
    for line in SCHEDULED.lines().filter(|line| !line.starts_with("queryPeriod")) {
        refused(&SCHEDULED.replace(line, ""));
    }
    refused("name: n\nquery: T\n");
    refused(&format!("{SCHEDULED}kind: Hunting\nid2: x\n"));
    refused("- id: a\n");
    refused("id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11\nname: n\nquery: T\nkind: nrt\n");
}

#[test]
fn each_kind_needs_its_own_keys() {
    let validator = validator();
    let head = "id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11\ndisplayName: n\nquery: T\n";
    let valid = |rest: &str| validator.is_valid(&document(&format!("{head}{rest}")));
    assert!(valid("") && valid("kind: hunting\n") && valid("severity: Low\n"));
    assert!(valid("kind: NRT\nseverity: Low\n") && !valid("kind: NRT\n"));
    assert!(!valid("kind: Scheduled\nseverity: Low\n") && !valid("enabled: true\n"));
}

/// Words of closed sets are those of the service.
#[test]
fn choices_are_those_of_the_service() {
    let enums = picket::catalog::Catalog::builtin().enums();
    for (property, table, key) in [
        ("EventGroupingSettings.aggregationKind", &keys::EVENT_GROUPING, "aggregationKind"),
        ("GroupingConfiguration.matchingMethod", &keys::GROUPING, "matchingMethod"),
        ("GroupingConfiguration.groupByAlertDetails", &keys::GROUPING, "groupByAlertDetails"),
        ("AlertPropertyMapping.alertProperty", &keys::DYNAMIC_PROPERTY, "alertProperty"),
        ("ScheduledAlertRuleProperties.severity", &keys::RULE, "severity"),
    ] {
        let (key, _) = table.find(key).unwrap();
        let (ValueType::Choice(choices) | ValueType::Choices(choices)) = key.value else {
            panic!("{property}")
        };
        let mut ours = choices.words.to_vec();
        let mut theirs: Vec<&str> = enums.values(property).map(|(value, _)| value).collect();
        ours.sort_unstable();
        theirs.sort_unstable();
        assert_eq!(ours, theirs, "{property}");
    }
}

/// The schema of content takes what reading takes, and refuses what lacks a key or has an unknown one.
#[test]
fn content_has_a_schema_that_agrees_with_reading() {
    let schema: Value = serde_json::from_str(&rule_schema::content_text()).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let current = std::fs::read_to_string(common::root().join(rule_schema::CONTENT_PATH)).unwrap_or_default();
    assert_eq!(current, rule_schema::content_text(), "`cargo dev schema` writes it again");
    let good = [
        "alias: A\nname: N\nsearchKey: Host\nitems: a.csv\nlabels: [soc]\n",
        "- { name: F, body: T }\n- { name: G, body: T, parameters: 'a: long' }\n",
        "kind: fusion\nid: BuiltInFusion\nalertRuleTemplateName: f71aba3d-28fb-450b-b192-4e76a83015c8\n",
        "id: one\nname: n\norder: 1\ntriggeringLogic: { triggersOn: incidents, triggersWhen: Created }\n\
         actions: [{ actionType: RunPlaybook, actionConfiguration: {} }]\n",
        "displayName: d\nisEnabled: true\nqueryCondition: { queryText: T }\nschedule: { period: 1H }\n\
         detectionAction: { alertTemplate: { title: t, description: d, severity: low, \
         entityMappings: { hosts: [{ deviceIdColumn: DeviceId }] } } }\n",
    ];
    let bad = [
        "alias: A\nname: N\nitems: a.csv\n",
        "name: F\nbody: T\nbodyy: T\n",
        "id: one\nname: n\norder: 0\ntriggeringLogic: { triggersOn: Incidents, triggersWhen: Created }\n\
         actions: [{ actionType: RunPlaybook, actionConfiguration: {} }]\n",
        "displayName: d\nqueryCondition: { queryText: T }\nschedule: { period: 1H }\n",
    ];
    for (texts, expected) in [(&good[..], true), (&bad[..], false)] {
        for text in texts {
            let (documents, _) = yaml::parse(SourceId(0), text);
            let value = to_json(documents[0].root.as_ref().unwrap());
            assert_eq!(validator.is_valid(&value), expected, "{text}");
            let (_, found) = picket::content::read(SourceId(0), "content/a.yaml", text);
            assert_eq!(found.is_empty(), expected, "{text}{found:?}");
        }
    }
}
