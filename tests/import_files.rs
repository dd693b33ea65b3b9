//! Rules from templates of ARM, and to them and back.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;
mod import_layouts;
mod import_sigma;

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
fn published_rules_come_back_from_what_is_exported_as_they_were() {
    let Some(shared) = common::shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "picket.toml", "rules = [\"rules\"]\n[project]\nname = \"soc\"\n");
    let source = shared.join("rules/azure-sentinel");
    let files = common::yaml_files(&source).len();
    let imported = run(at, &["import", "files", source.to_str().unwrap(), "--out", "rules"]);
    let mut left_out: BTreeMap<&str, usize> = BTreeMap::new();
    for line in imported.out.lines().filter(|line| line.starts_with("left out: ")) {
        let why = if line.contains("the same rule is in ") {
            "the same rule twice"
        } else {
            "an exploration query"
        };
        assert!(
            line.contains("the same rule is in ")
                || line.contains("an exploration query of the investigation graph"),
            "{line}"
        );
        *left_out.entry(why).or_default() += 1;
    }
    let wanted = bodies(&rules_in(&at.join("rules")));
    assert_eq!(wanted.len() + left_out.values().sum::<usize>(), files, "{left_out:?}");
    println!("{} of {files} rule files are rules; left out: {left_out:?}", wanted.len());
    for form in ["arm", "json"] {
        let out = format!("{form}.json");
        assert_eq!(run(at, &["export", form, "--out", &out]).code, 0);
        let back = format!("back-{form}");
        let ran = run(at, &["import", "files", &out, "--out", &back]);
        assert_eq!(ran.code, 0, "{}", ran.out);
        let found = bodies(&rules_in(&at.join(back)));
        assert_eq!(found.len(), wanted.len());
        for (id, body) in &wanted {
            assert_eq!(found.get(id), Some(body), "{form}: {id}");
        }
    }
}

#[test]
fn content_comes_back_from_what_is_exported_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let settings = "rules = [\"rules\"]\ncontent = [\"content\"]\n[project]\nname = \"soc\"\n";
    write(at, "picket.toml", settings);
    write(
        at,
        "content/assets.yaml",
        "alias: Assets\nname: High [value] 'assets'\ndescription: Servers that matter\nsearchKey: Host\nitems: Assets.csv\nlabels: [a]\ndefaultDuration: P30D\n",
    );
    write(at, "content/Assets.csv", "Host,Note\nsrv1,\"[a, \"\"b\"\"]\"\n");
    write(
        at,
        "content/Inner.kql",
        "SecurityEvent\n| where Computer in ((_GetWatchlist('Assets') | project Host))\n",
    );
    write(
        at,
        "content/Outer.kql",
        "// function: Outer(since: timespan = 1d)\nInner\n| where TimeGenerated > ago(since)\n",
    );
    write(
        at,
        "content/close.yaml",
        format!(
            "id: {ID}\nname: Close\norder: 10\ntriggeringLogic: {{ triggersOn: Incidents, triggersWhen: Created }}\nactions:\n  - actionType: ModifyProperties\n    actionConfiguration: {{ status: Closed, classification: Undetermined }}\n"
        ),
    );
    write(
        at,
        "content/service.yaml",
        "kind: MicrosoftSecurityIncidentCreation\nid: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e51\nname: Of Defender\nproductFilter: Azure Security Center\n",
    );
    write(
        at,
        "rules/a.yaml",
        "id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e50\nname: A\nkind: NRT\nseverity: High\nquery: Outer(1h) | take 1\n",
    );
    let all = |from: &std::path::Path, form: &str| -> Value {
        let ran = run(from, &["export", form]);
        assert_eq!(ran.code, 0, "{ran:?}");
        serde_json::from_str(&ran.out).unwrap()
    };
    let wanted = all(at, "json");
    let names: Vec<&str> = wanted.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 6, "{names:?}");
    for form in ["arm", "json"] {
        let text = all(at, form).to_string();
        let back = at.join(format!("back-{form}"));
        write(&back, "picket.toml", settings);
        write(&back, "exported.json", text);
        let ran = run(&back, &["import", "files", "exported.json", "--out", "rules", "--content", "content"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(!ran.out.contains("left out"), "{}", ran.out);
        assert_eq!(all(&back, "json"), wanted, "{form}");
    }
    // What a query names comes first.
    let template = all(at, "arm");
    let depends = |name: &str| -> Value {
        let resources = template["resources"].as_array().unwrap();
        let is_it = |it: &&Value| it["name"].as_str().unwrap().ends_with(&format!("/{name}')]"));
        resources.iter().find(is_it).unwrap()["dependsOn"].clone()
    };
    let id = |of: &str, name: &str| {
        format!(
            "[resourceId('Microsoft.OperationalInsights/workspaces/{of}', parameters('workspace'), {name})]"
        )
    };
    let list = id("providers/watchlists", "'Microsoft.SecurityInsights', 'Assets'");
    let function = |name: &str| id("savedSearches", &format!("'{name}'"));
    assert_eq!(depends("0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e50"), json!([list, function("Outer")]));
    assert_eq!(depends("Outer"), json!([list, function("Inner")]));
    assert_eq!(depends("Inner"), json!([list]));
    assert_eq!(depends("Assets"), Value::Null);
    let bicep = run(at, &["export", "bicep"]).out;
    assert!(bicep.contains("  dependsOn: [\n    watchlist_Assets\n    function_Outer\n  ]\n"), "{bicep}");
    let terraform = run(at, &["export", "terraform"]).out;
    assert!(
        terraform.contains("  depends_on = [\n    azapi_resource.watchlist_Assets,\n  ]\n"),
        "{terraform}"
    );
    // With paths, the rules of these alone.
    assert_eq!(run(at, &["export", "json", "rules"]).out.matches("\"apiVersion\"").count(), 1);
    // Custom detections are the tenant's: no template has them.
    write(
        at,
        "content/detection.yaml",
        "displayName: Odd\nqueryCondition: { queryText: \"DeviceEvents | project Timestamp, DeviceId, ReportId\" }\nschedule: { period: 24H }\ndetectionAction:\n  alertTemplate:\n    title: Odd\n    description: Odd\n    severity: high\n    category: Execution\n    impactedAssets:\n      - \"@odata.type\": \"#microsoft.graph.security.impactedDeviceAsset\"\n        identifier: deviceId\n",
    );
    let ran = run(at, &["export", "arm"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("left out: the custom detection `Odd`") && !ran.out.contains("Odd"), "{ran:?}");
    assert!(run(at, &["export", "json"]).out.contains("microsoft.graph.security.detectionRule"));
}

/// What stands in the templates of real solutions: comments, a saved search within the workspace, names with capitals, a
/// variable of the template around an inner one, items that count for a thousand years, and expressions in what is left out.
#[test]
fn templates_of_older_solutions_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "picket.toml", "rules = [\"rules\"]\ncontent = [\"content\"]\n");
    let template = r#"{
  // The workspace with what is in it.
  "variables": { "name": "Of the outer one", "place": "[resourceGroup().location]" },
  "resources": [
    { "type": "Microsoft.Storage/storageAccounts", "name": "s", "location": "[variables('place')]", "properties": {} },
    { "type": "Microsoft.OperationalInsights/workspaces", "name": "w", "resources": [
      { "type": "savedSearches", "name": "hunt", "properties": {
        "Category": "Hunting Queries", "DisplayName": "Hunt", "Query": "SigninLogs // no comment",
        "Tags": [{ "Name": "tactics", "Value": "Persistence" }] /* as the portal wrote it */
      } }
    ] },
    { "type": "Microsoft.OperationalInsights/workspaces/providers/contentTemplates", "name": "c", "properties": { "mainTemplate": {
      "variables": {}, "resources": [{
        "type": "Microsoft.OperationalInsights/workspaces/savedSearches", "name": "two", "location": "[variables('place')]",
        "properties": { "category": "Hunting Queries", "displayName": "[variables('name')]", "query": "SigninLogs" }
      }]
    } } },
    { "type": "Microsoft.OperationalInsights/workspaces/providers/Watchlists", "name": "[concat(parameters('w'), '/Microsoft.SecurityInsights/Old')]",
      "properties": { "displayName": "Old", "watchlistAlias": "Old", "itemsSearchKey": "Host", "rawContent": "Host\nsrv1\n", "contentType": "text/csv",
        "provider": "Microsoft", "source": "Local file", "numberOfLinesToSkip": 0, "defaultDuration": "P1000Y" } }
  ]
}"#;
    write(at, "in/azuredeploy.json", template);
    write(at, "in/Old/Parser/OldLogs.txt", "// What it is for\nSyslog | take 1\n");
    write(at, "in/Old/readme.txt", "No query.\n");
    let ran = run(at, &["import", "files", "in"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    insta::assert_snapshot!("import_older_solutions", ran.out);
    let hunt = std::fs::read_to_string(at.join("rules/imported/hunt.yaml")).unwrap();
    assert!(hunt.contains("SigninLogs // no comment") && hunt.contains("- Persistence"), "{hunt}");
    assert!(at.join("rules/imported/of-the-outer-one.yaml").is_file());
    assert!(at.join("content/imported/functions/OldLogs.yaml").is_file());
    let list = std::fs::read_to_string(at.join("content/imported/watchlists/Old.yaml")).unwrap();
    assert!(list.contains("defaultDuration: 365000d"), "{list}");
}

/// The rules of a folder, in which nothing is to be found.
fn rules_in(folder: &std::path::Path) -> Vec<Rule> {
    let read =
        |path: std::path::PathBuf| picket::rule::read(SourceId(0), &std::fs::read_to_string(path).unwrap()).0;
    common::yaml_files(folder).into_iter().flat_map(read).collect()
}

#[test]
fn rules_are_exported_as_an_environment_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "picket.toml", "rules = [\"rules\"]\n[[env.prod.overrides]]\nset = { severity = \"Low\" }\n");
    let rule = format!(
        "id: {ID}\nname: A\nkind: NRT\nseverity: High\nquery: \"SigninLogs\\n| where UserAgent has \'\\x7f\'\\n\"\n"
    );
    write(at, "rules/a.yaml", rule);
    for form in ["arm", "bicep", "terraform", "json"] {
        let own = run(at, &["export", form]);
        assert_eq!((own.code, own.err.as_str()), (0, ""), "{form}");
        assert!(own.out.contains("High") && !own.out.contains("Low"), "{form}: {}", own.out);
        let of = run(at, &["export", form, "--env", "prod"]);
        assert!(of.out.contains("Low") && !of.out.contains("High"), "{form}: {}", of.out);
        assert_eq!(run(at, &["export", form, "--out", "file"]).code, 0);
        assert_eq!(
            std::fs::read_to_string(at.join("file")).unwrap(),
            own.out,
            "every sign goes through: {form}"
        );
        assert_eq!(run(at, &["export", form, "--env", "none"]).code, 2);
    }
    write(at, "rules/b.yaml", "id: b\nname: B\nkind: NRT\nquery: X\n");
    let ran = run(at, &["export", "json"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("cannot be deployed without severity"), "{}", ran.err);
}
