//! Rules from text, and a stand-in for the service that answers what it was sent in other spellings.

use picket::arm::{ResourceKind, WorkspaceId};
use picket::diag::Diagnostic;
use picket::plan::{self, Action, Actual, Desired, Plan, PlanOptions, Target};
use picket::rule::{self, Rule};
use picket::text::SourceMap;
use serde_json::{Value, json};

/// The target of all tests.
pub(crate) fn target() -> Target {
    Target {
        workspace: WorkspaceId {
            subscription: "d0cfe6b2-9ac0-4464-9919-dccaee2e48c0".into(),
            resource_group: "soc-rg".into(),
            name: "soc-logs".into(),
        },
        project: "soc".into(),
        commit: None,
        environment: None,
    }
}

/// Every rule of `texts`, each a file.
pub(crate) fn rules(texts: &[&str]) -> (SourceMap, Vec<Rule>) {
    let mut sources = SourceMap::new();
    let mut rules = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let source = sources.add(format!("rules/{at}.yaml"), *text);
        rules.extend(rule::read(source, text).0);
    }
    (sources, rules)
}

/// The resources of `texts`, which give no finding.
pub(crate) fn desired(texts: &[&str]) -> Vec<Desired> {
    let (resources, findings) = plan::desired(&rules(texts).1, &target());
    assert_eq!(messages(&findings), [""; 0]);
    resources
}

pub(crate) fn messages(findings: &[Diagnostic]) -> Vec<String> {
    findings.iter().map(|finding| format!("{} {}", finding.code, finding.message)).collect()
}

/// A plan with neither pruning nor adoption.
pub(crate) fn plan_of(desired: &[Desired], actual: &[Actual]) -> Plan {
    plan::plan(desired, actual, &target(), PlanOptions::default())
}

/// `alertRules/x create`, one a change.
pub(crate) fn actions(plan: &Plan) -> Vec<String> {
    let word = |action: &Action| match action {
        Action::Create => "create".to_owned(),
        Action::Update { fields } => {
            let paths: Vec<&str> = fields.iter().map(|field| field.path.as_str()).collect();
            format!("update {}", paths.join(" "))
        }
        Action::Delete => "delete".to_owned(),
        Action::NoOp => "no-op".to_owned(),
        Action::Adopt { owner, .. } => format!("adopt {}", owner.as_deref().unwrap_or("-")),
        Action::Unowned { owner, .. } => format!("unowned {}", owner.as_deref().unwrap_or("-")),
    };
    plan.changes.iter().map(|change| format!("{} {}", change.key, word(&change.action))).collect()
}

/// What the service answers to a put of `desired`: the body with read-only fields, nulls and, when `respell`
/// says so, other spellings of the same.
pub(crate) fn answer(desired: &Desired, respell: bool) -> Actual {
    let mut body = desired.body.clone();
    let fields = body.as_object_mut().expect("bodies are objects");
    fields.insert("id".into(), json!(target().workspace.id_of(&desired.key).to_uppercase()));
    fields.insert("name".into(), json!(desired.key.name));
    fields.insert("type".into(), json!(desired.key.kind.type_name()));
    fields.insert("etag".into(), json!("\"0300bf09\""));
    fields.insert("systemData".into(), json!({"createdBy": "someone"}));
    let properties = fields["properties"].as_object_mut().expect("properties are an object");
    let absent: &[&str] = match desired.key.kind {
        ResourceKind::AlertRule => {
            properties.insert("lastModifiedUtc".into(), json!("2026-11-24T00:00:00Z"));
            &[
                "alertRuleTemplateName",
                "templateVersion",
                "description",
                "customDetails",
                "entityMappings",
                "alertDetailsOverride",
                "techniques",
                "subTechniques",
                "sentinelEntitiesMappings",
            ]
        }
        ResourceKind::Function | ResourceKind::SavedSearch => &["functionAlias", "functionParameters"],
        ResourceKind::CustomDetection => &["recommendedActions"],
        ResourceKind::AutomationRule => &["createdBy"],
        ResourceKind::Watchlist => &["defaultDuration", "createdBy", "updatedBy"],
        ResourceKind::Metadata => &["customVersion", "providers", "icon", "author", "categories"],
    };
    for name in absent {
        properties.entry((*name).to_owned()).or_insert(Value::Null);
    }
    if respell {
        respell_value(&mut body, "");
    }
    Actual { key: desired.key.clone(), etag: Some("\"0300bf09\"".into()), body }
}

pub(crate) fn answers(desired: &[Desired], respell: bool) -> Vec<Actual> {
    desired.iter().map(|resource| answer(resource, respell)).collect()
}

/// The same in other words: lists reversed, enumerations in lower case, durations in minutes, line ends of
/// Windows.
fn respell_value(value: &mut Value, name: &str) {
    const WORDS: [&str; 8] = [
        "severity",
        "triggerOperator",
        "aggregationKind",
        "matchingMethod",
        "entityType",
        "tactics",
        "groupByEntities",
        "parentId",
    ];
    match value {
        Value::Object(map) => {
            let reversed: Vec<(String, Value)> = std::mem::take(map).into_iter().rev().collect();
            map.extend(reversed);
            map.iter_mut().for_each(|(name, value)| respell_value(value, name));
        }
        Value::Array(items) => {
            items.reverse();
            items.iter_mut().for_each(|item| respell_value(item, name));
        }
        Value::String(text) if WORDS.contains(&name) => text.make_ascii_lowercase(),
        Value::String(text) if name == "query" || name == "description" => {
            *text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        Value::String(text) if text.starts_with("PT") && text.ends_with('H') => {
            if let Ok(hours) = text[2..text.len() - 1].parse::<u64>() {
                *text = format!("PT{}M", hours * 60);
            }
        }
        _ => {}
    }
}

/// A scheduled rule with every field the API has a place for.
pub(crate) const FULL: &str = r#"
id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
name: Remote tool beacons
version: 1.2.0
kind: Scheduled
description: |
  Finds beacons.
severity: Medium
status: Available
enabled: true
author: Blue Team
references: [https://example.org/a]
requiredDataConnectors:
  - connectorId: MicrosoftThreatProtection
    dataTypes: [DeviceNetworkEvents, DeviceProcessEvents]
  - connectorId: SecurityEvents
queryFrequency: 60m
queryPeriod: 1d
triggerOperator: gt
triggerThreshold: 0
suppressionEnabled: true
suppressionDuration: 300m
tactics: [command and control, Execution]
relevantTechniques: [T1219, T1059.001, t1059.003]
query: |
  DeviceNetworkEvents
  | where RemoteUrl has "beacon"
entityMappings:
  - entityType: Host
    fieldMappings:
      - identifier: FullName
        columnName: DeviceName
sentinelEntitiesMappings:
  - columnName: Entities
customDetails:
  Tool: ToolName
alertDetailsOverride:
  alertDisplayNameFormat: Beacon on {{DeviceName}}
  alertDescriptionFormat: From {{RemoteUrl}}
  alertSeverityColumnName: Sev
  alertTacticsColumnName: Tac
  alertDynamicProperties:
    - alertProperty: AlertLink
      value: Link
eventGroupingSettings:
  aggregationKind: AlertPerResult
incidentConfiguration:
  createIncident: true
  groupingConfiguration:
    enabled: true
    reopenClosedIncident: true
    lookbackDuration: 5h
    matchingMethod: Selected
    groupByEntities: [Host]
    groupByAlertDetails: [DisplayName]
    groupByCustomDetails: [Tool]
alertRuleTemplateName: 65360bb0-8986-4ade-a89d-af3cf44d28aa
templateVersion: 1.0.1
metadata:
  author: {name: Someone else}
  support: {tier: Community}
  categories: {domains: [Security - Network]}
"#;

pub(crate) const NRT: &str = r#"
id: 1a1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
name: Beacon now
kind: NRT
severity: High
tactics: [Impact]
query: DeviceNetworkEvents
"#;

pub(crate) const HUNT: &str = r#"
id: 2b1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
name: Remote tools in use
kind: Hunting
version: 1.0.0
description: Lists remote tools.
tactics: [CommandAndControl, Execution]
relevantTechniques: [T1219, T1059.001]
tags:
  - Tools
query: |
  DeviceNetworkEvents
  | summarize count() by RemoteUrl
"#;

/// A small scheduled rule with the given name, id and query.
pub(crate) fn scheduled(id: &str, name: &str, query: &str) -> String {
    format!(
        "id: {id}\nname: {}\nkind: Scheduled\nseverity: Low\nqueryFrequency: 1h\nqueryPeriod: 1h\n\
         triggerOperator: gt\ntriggerThreshold: 0\ntactics: [Impact]\nquery: {}\n",
        json!(name),
        json!(query)
    )
}
