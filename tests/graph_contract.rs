//! Every exchange with Microsoft Graph that a deployment makes, held against the schema of custom detections. Azure's own
//! validator, which `.ci/validate-traffic` runs, does not know Graph.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails and speaks this way"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::server::Server;
use common::{run, scheduled_rule, shared, succeeds, write, yaml_files};
use jsonschema::Validator;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

const RULES: &str = "/v1.0/security/rules/detectionRules";
/// What the service says of a rule, and nobody says to it.
const READ_ONLY: [&str; 4] = ["createdBy", "createdDateTime", "lastModifiedBy", "lastModifiedDateTime"];

/// The schema of what v1.0 has: that of beta without what was to go in October 2026, and with nothing beside it.
fn definitions(shared: &Path) -> Map<String, Value> {
    let text =
        std::fs::read_to_string(shared.join("arm/contract/graph.detectionRules.beta.schema.json")).unwrap();
    let mut document: Value = serde_json::from_str(&text).unwrap();
    let Value::Object(mut all) = document["definitions"].take() else { panic!("no definitions") };
    let parents = |definition: &Value| -> Vec<String> {
        let parents = definition["allOf"].as_array().into_iter().flatten();
        parents.map(|it| it["$ref"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
    };
    let bases: BTreeSet<String> = all.values().flat_map(parents).collect();
    for (name, definition) in &mut all {
        if let Some(properties) = definition.get_mut("properties").and_then(Value::as_object_mut) {
            properties
                .retain(|_, it| !it["description"].as_str().is_some_and(|text| text.contains("Deprecated.")));
        }
        if definition["type"] == "object" && !bases.contains(name) {
            definition["unevaluatedProperties"] = false.into();
        }
    }
    // Each detail is a name of somebody's choice, and a column.
    all["AlertCustomDetails"] = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    all
}

fn validator(definitions: &Map<String, Value>, schema: Value) -> Validator {
    let mut document =
        json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "definitions": definitions });
    document.as_object_mut().unwrap().extend(schema.as_object().unwrap().clone());
    jsonschema::options().should_validate_formats(true).build(&document).unwrap()
}

struct Contract {
    written: Validator,
    changed: Validator,
    rule: Validator,
    page: Validator,
    error: Validator,
}

impl Contract {
    fn new(definitions: &Map<String, Value>) -> Self {
        let mut sent = definitions.clone();
        let properties = sent["DetectionRule"]["properties"].as_object_mut().unwrap();
        properties.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
        let mut answered = definitions.clone();
        answered["DetectionRule"]["properties"]["@odata.context"] = json!({ "type": "string" });
        let rule = json!({ "$ref": "#/definitions/DetectionRule" });
        let mut whole = rule.clone();
        whole["required"] =
            json!(["id", "displayName", "status", "queryCondition", "schedule", "detectionAction"]);
        let mut changed = rule;
        changed["properties"] = json!({ "id": false });
        changed["minProperties"] = 1.into();
        let page = json!({
            "type": "object",
            "properties": {
                "@odata.context": { "type": "string" },
                "@odata.nextLink": { "type": "string", "format": "uri" },
                "value": { "type": "array", "items": { "$ref": "#/definitions/DetectionRule" } },
            },
            "required": ["value"],
            "additionalProperties": false,
        });
        let error = json!({
            "type": "object",
            "properties": { "error": {
                "type": "object",
                "properties": { "code": { "type": "string" }, "message": { "type": "string" } },
                "required": ["code", "message"],
            } },
            "required": ["error"],
        });
        let mut read = whole.clone();
        read["required"].as_array_mut().unwrap().extend(READ_ONLY.map(Value::from));
        Self {
            written: validator(&sent, whole),
            changed: validator(&sent, changed),
            rule: validator(&answered, read),
            page: validator(&answered, page),
            error: validator(&answered, error),
        }
    }

    /// What is wrong with an exchange.
    fn faults(&self, exchange: &Value) -> Vec<String> {
        let method = exchange["method"].as_str().unwrap();
        let (request, response) = (&exchange["request"], &exchange["response"]);
        let status = exchange["status"].as_u64().unwrap();
        let path = exchange["url"].as_str().unwrap().split('?').next().unwrap();
        let is_one = path.len() > RULES.len();
        let mut faults = Vec::new();
        let mut hold = |what: &str, schema: Option<&Validator>, value: &Value| match schema {
            Some(schema) => faults.extend(
                schema.iter_errors(value).map(|error| format!("{what} {}: {error}", error.instance_path())),
            ),
            None if value.is_null() => {}
            None => faults.push(format!("{what}: nothing was to be there")),
        };
        let (sent, answer, wanted) = match (method, is_one) {
            ("GET", false) => (None, Some(&self.page), 200),
            ("POST", false) => (Some(&self.written), Some(&self.rule), 201),
            ("GET", true) => (None, Some(&self.rule), 200),
            ("PATCH", true) => (Some(&self.changed), Some(&self.rule), 200),
            ("DELETE", true) => (None, None, 204),
            other => panic!("{other:?} is no operation of custom detections"),
        };
        hold("request", sent, request);
        if status < 300 {
            hold("response", answer, response);
            if status != wanted {
                faults.push(format!("status {status} instead of {wanted}"));
            }
        } else {
            hold("response", Some(&self.error), response);
        }
        faults.into_iter().map(|fault| format!("{method} {path} {fault}")).collect()
    }
}

/// The exchanges with Graph in a record.
fn exchanges(at: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(at.join("traffic.jsonl")).unwrap();
    let all = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    all.filter(|it| it["url"].as_str().unwrap().starts_with(RULES)).collect()
}

/// A rule that runs in both, with entities and details of each kind that Graph has.
fn both() -> String {
    scheduled_rule(7)
        .replace(
            "severity:",
            "metadata: { runsIn: [Sentinel, Defender] }\ncustomDetails: { Program: FileName }\nseverity:",
        )
        .replace(
            "  SecurityEvent\n  | where EventID == 7\n",
            "  DeviceProcessEvents\n  | project TimeGenerated, DeviceId, \
             ReportId, FileName, AccountUpn, DeviceName\n",
        )
        .replace(
            "columnName: Computer",
            "columnName: DeviceName\n  - entityType: Account\n    fieldMappings:\n      \
             - { identifier: FullName, columnName: AccountUpn }",
        )
}

#[test]
fn every_exchange_with_graph_is_one_of_its_schema() {
    let Some(shared) = shared() else { return };
    let contract = Contract::new(&definitions(&shared));
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let server = Server::start(at, &[]);
    write(at, "picket.toml", server.settings() + "defender = true\n");
    write(at, "rules/7.yaml", both());
    for file in yaml_files(&shared.join("rules/sentinel-as-code/Content/DefenderCustomDetections")) {
        let name = format!("content/{}", file.file_name().unwrap().to_str().unwrap());
        write(at, &name, std::fs::read(file).unwrap());
    }
    let mut seen: BTreeMap<(String, u64), usize> = BTreeMap::new();
    let mut hold = |exchanges: Vec<Value>| {
        for exchange in exchanges {
            assert_eq!(contract.faults(&exchange), [""; 0], "{exchange:#}");
            let method = exchange["method"].as_str().unwrap().to_owned();
            *seen.entry((method, exchange["status"].as_u64().unwrap())).or_default() += 1;
        }
    };
    let go = |arguments: &[&str]| {
        let all = [arguments, &["-w", "stage", "--yes", "--record", "traffic.jsonl"]].concat();
        let ran = run(at, &all);
        assert!(ran.code < 2, "{}{}", ran.out, ran.err);
        exchanges(at)
    };
    hold(go(&["apply"]));
    write(at, "rules/7.yaml", both().replace("Medium", "Low"));
    hold(go(&["apply"]));
    hold(go(&["disable", "rules/7.yaml", "--reason", "noisy", "--now"]));
    let (_, page) = server.graph("GET", &RULES[1..], None);
    for rule in page["value"].as_array().unwrap().iter().take(3) {
        let path = format!("{}/{}", &RULES[1..], rule["id"].as_str().unwrap());
        assert_eq!(server.graph("PATCH", &path, Some(&json!({"description": "mine"}))).0, 200);
    }
    hold(go(&["adopt"]));
    std::fs::remove_dir_all(at.join("content")).unwrap();
    hold(go(&["apply", "--prune", "--prune-limit", "100"]));
    // A name that another rule has, which the service refuses.
    let name = page["value"][0]["displayName"].clone();
    let body = json!({"id": "x", "displayName": name, "status": "enabled", "queryCondition": {"queryText": "DeviceEvents"},
        "schedule": {"frequency": "PT1H"}, "detectionAction": {"alertTemplate": {"title": "x", "description": "d",
        "severity": "low", "entityMappings": {"hosts": [{"deviceIdColumn": "DeviceId"}]}}}});
    for _ in 0..2 {
        let (status, answer) = server.graph("POST", &RULES[1..], Some(&body));
        hold(vec![
            json!({"method": "POST", "url": RULES, "request": body, "status": status, "response": answer}),
        ]);
    }
    let operations: Vec<&str> = seen.keys().map(|(method, _)| method.as_str()).collect();
    assert_eq!(operations, ["DELETE", "GET", "PATCH", "POST", "POST"], "{seen:?}");
    println!("{} exchanges with Graph are valid: {seen:?}", seen.values().sum::<usize>());
}

#[test]
fn the_schema_refuses_what_graph_does_not_have() {
    let Some(shared) = shared() else { return };
    let contract = Contract::new(&definitions(&shared));
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let server = Server::start(at, &[]);
    write(at, "picket.toml", server.settings() + "defender = true\n");
    write(at, "rules/7.yaml", both());
    succeeds(at, &["apply", "-w", "stage", "--yes", "--record", "traffic.jsonl"]);
    let all = exchanges(at);
    let made = all.iter().find(|it| it["method"] == "POST").expect("a rule is made");
    assert_eq!(contract.faults(made), [""; 0]);
    type Change = fn(&mut Value);
    let wrong: [(&str, Change); 8] = [
        ("an older word", |it| it["request"]["isEnabled"] = true.into()),
        ("a deep one", |it| {
            it["request"]["detectionAction"]["alertTemplate"]["category"] = "Execution".into()
        }),
        ("an unknown key", |it| it["request"]["schedule"]["every"] = "PT1H".into()),
        ("a list that is none", |it| {
            it["request"]["detectionAction"]["alertTemplate"]["entityMappings"]["hosts"] = json!({});
        }),
        ("an unknown entity", |it| {
            it["request"]["detectionAction"]["alertTemplate"]["entityMappings"]["cars"] = json!([]);
        }),
        ("what only answers say", |it| it["request"]["createdBy"] = "me".into()),
        ("no duration", |it| it["request"]["schedule"]["frequency"] = "1H".into()),
        ("an answer of no rule", |it| it["response"] = json!({"id": "x"})),
    ];
    for (what, change) in wrong {
        let mut exchange = made.clone();
        change(&mut exchange);
        assert!(!contract.faults(&exchange).is_empty(), "{what} is not found");
    }
}
