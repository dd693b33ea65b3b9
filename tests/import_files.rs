//! Rules from templates of ARM, and to them and back.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeMap;

use common::{run, write};
use picket::arm::ResourceKind;
use picket::plan::{Target, desired};
use picket::rule::Rule;
use picket::text::SourceId;
use serde_json::{Value, json};

const ID: &str = "0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f";

/// A template as the portal exports one, with what solutions add to it.
fn template() -> Value {
    json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"workspace": {"type": "String"}, "severity": {"type": "string", "defaultValue": "High"}},
        "variables": {"name": "Failed sign-ins", "title": "[variables('name')]"},
        "resources": [
            {
                "id": format!("[concat(resourceId('Microsoft.OperationalInsights/workspaces/providers', parameters('workspace'), 'Microsoft.SecurityInsights'),'/alertRules/{ID}')]"),
                "name": format!("[concat(parameters('workspace'),'/Microsoft.SecurityInsights/{ID}')]"),
                "type": "Microsoft.OperationalInsights/workspaces/providers/alertRules",
                "kind": "Scheduled",
                "apiVersion": "2022-11-01-preview",
                "properties": {
                    "displayName": "[variables('title')]", "description": "[[not an expression]", "severity": "[parameters('severity')]",
                    "enabled": true, "query": "SigninLogs\n| where ResultType != '0'", "queryFrequency": "PT1H", "queryPeriod": "P1D",
                    "triggerOperator": "GreaterThan", "triggerThreshold": 0, "suppressionDuration": "PT5H", "suppressionEnabled": false,
                    "tactics": ["CredentialAccess"], "techniques": ["T1110"],
                },
            },
            {
                "type": "Microsoft.OperationalInsights/workspaces/providers/contentTemplates",
                "name": "[concat(parameters('workspace'), '/x')]",
                "properties": {"mainTemplate": {"variables": {}, "resources": [{
                    "type": "Microsoft.OperationalInsights/workspaces/savedSearches",
                    "name": "[guid('x')]",
                    "apiVersion": "2022-10-01",
                    "properties": {"displayName": "../../Hunt", "category": "Hunting Queries", "query": "SigninLogs", "version": 2},
                }]}},
            },
            {"type": "Microsoft.Logic/workflows", "name": "playbook", "properties": {}},
        ],
    })
}

#[test]
fn a_template_gives_its_rules_and_says_what_it_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "picket.toml", "rules = [\"rules\"]\n[project]\nname = \"soc\"\n");
    write(at, "in/portal.json", template().to_string());
    write(at, "in/bad.json", "{");
    write(at, "in/deep.json", format!("{}{}", "[".repeat(100), "]".repeat(100)));
    let ran = run(at, &["import", "files", "in"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    insta::assert_snapshot!("import_arm_report", ran.out);
    let text = std::fs::read_to_string(at.join("rules/imported/failed-sign-ins.yaml")).unwrap();
    insta::assert_snapshot!("import_arm_rule", text);
    assert!(at.join("rules/imported/hunt.yaml").is_file(), "a name does not lead out of the folder");
    let again = run(at, &["import", "files", "in/portal.json"]);
    assert!(again.out.contains("0 written to rules/imported, 2 unchanged"), "{}", again.out);
    assert_eq!(run(at, &["import", "files", "nowhere"]).code, 2);
}

/// The bodies of the content of rules, by id.
fn bodies(rules: &[Rule]) -> BTreeMap<String, Value> {
    let nil = "00000000-0000-0000-0000-000000000000".to_owned();
    let workspace =
        picket::arm::WorkspaceId { subscription: nil, resource_group: "r".into(), name: "w".into() };
    let target = Target { workspace, project: "p".to_owned(), commit: None, environment: None };
    let (resources, _) = desired(rules, &target);
    let content = resources.into_iter().filter(|it| it.key.kind != ResourceKind::Metadata);
    content.map(|it| (it.key.name.to_lowercase(), it.key.kind.normalise(&it.body))).collect()
}

#[test]
fn folders_of_rule_files_and_queries_are_imported() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "picket.toml", "rules = [\"rules\"]\n[project]\nname = \"soc\"\n");
    write(
        at,
        "in/Solution/Analytic Rules/a.yaml",
        format!("id: {ID}\nname: A\nkind: Hunting\nquery: SigninLogs\n"),
    );
    write(at, "in/Solution/Hunting Queries/b.kql", "// Description: Looks.\nSigninLogs\n| take 1\n");
    write(at, "in/Solution/data.json", "{}");
    write(at, "in/workflow.yml", "on: push\n");
    write(at, "in/bomb.yaml", format!("a: &a [x]\nb: [{}]\n", "*a,".repeat(50)));
    let ran = run(at, &["import", "files", "in"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    insta::assert_snapshot!("import_files_report", ran.out);
    assert!(at.join("rules/imported/Solution/Analytic-Rules/a.yaml").is_file());
    assert!(at.join("rules/imported/Solution/Hunting-Queries/b.yaml").is_file());
}

#[test]
fn published_rule_files_come_through_as_they_are() {
    let Some(shared) = common::shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "picket.toml", "rules = [\"rules\"]\n[project]\nname = \"soc\"\n");
    let source = shared.join("rules/azure-sentinel");
    let ran = run(at, &["import", "files", source.to_str().unwrap(), "--out", "rules"]);
    let last = ran.out.lines().last().unwrap_or_default().to_owned();
    let mut wanted: BTreeMap<String, Value> = BTreeMap::new();
    for path in common::yaml_files(&source) {
        let (rules, _) = picket::rule::read(SourceId(0), &std::fs::read_to_string(&path).unwrap());
        for (id, body) in bodies(&rules) {
            wanted.entry(id).or_insert(body);
        }
    }
    let mut found = BTreeMap::new();
    for path in common::yaml_files(&at.join("rules")) {
        found.extend(bodies(&picket::rule::read(SourceId(0), &std::fs::read_to_string(&path).unwrap()).0));
    }
    let lost: Vec<_> =
        wanted.iter().filter(|(id, body)| found.get(*id) != Some(body)).map(|(id, _)| id).collect();
    assert_eq!((lost, wanted.len() > 350), (Vec::new(), true), "{last}");
    println!("{last}");
    let again = run(at, &["import", "files", source.to_str().unwrap(), "--out", "rules"]);
    assert!(again.out.contains(": 0 written to rules"), "{}", again.out);
}

#[test]
fn published_rules_come_back_from_a_template_as_they_were() {
    let Some(shared) = common::shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "picket.toml", "rules = [\"rules\"]\n[project]\nname = \"soc\"\n");
    let mut rules: BTreeMap<String, Rule> = BTreeMap::new();
    let mut files = 0;
    for path in common::yaml_files(&shared.join("rules/azure-sentinel")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let (read, _) = picket::rule::read(SourceId(0), &text);
        files += 1;
        for rule in read {
            let id = rule.id.as_ref().map(|id| id.value.to_lowercase());
            if let Some(id) = id.filter(|id| !rules.contains_key(id)) {
                write(at, &format!("rules/{id}.yaml"), &text);
                rules.insert(id, rule);
            }
        }
    }
    assert!(files >= 400, "{files} files");
    let wanted = bodies(&rules.into_values().collect::<Vec<_>>());
    run(at, &["export", "arm", "--out", "template.json"]);
    let template: Value =
        serde_json::from_str(&std::fs::read_to_string(at.join("template.json")).unwrap()).unwrap();
    assert_eq!(template["resources"].as_array().unwrap().len(), wanted.len());
    let ran = run(at, &["import", "files", "template.json", "--out", "back"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let mut back = Vec::new();
    for path in common::yaml_files(&at.join("back")) {
        let (read, findings) = picket::rule::read(SourceId(0), &std::fs::read_to_string(&path).unwrap());
        assert_eq!(findings, [], "{path:?}");
        back.extend(read);
    }
    let found = bodies(&back);
    assert_eq!(found.len(), wanted.len());
    let differ: Vec<_> =
        wanted.iter().filter(|(id, body)| found.get(*id) != Some(body)).map(|(id, _)| id).collect();
    if let Some(first) = differ.first() {
        panic!("{} differ; of {first} {:#}\nbecame {:#}", differ.len(), wanted[*first], found[*first]);
    }
    println!("{} rules", wanted.len());
}
