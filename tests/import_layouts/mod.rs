//! Layouts of repositories, and content beside rules.

use std::path::Path;

use serde_json::{Value, json};

use crate::common::{self, Ran, run, write};

const ID: &str = "1a2b3c4d-5e6f-4a1b-8c2d-3e4f5a6b7c8d";

fn project(at: &Path) {
    write(at, "picket.toml", "rules = [\"rules\"]\ncontent = [\"content\"]\n[project]\nname = \"soc\"\n");
    write(at, "rules/README.md", "Rules.\n");
    write(at, "content/README.md", "Content.\n");
}

/// The files that stand below `folder`, with their texts.
fn files(at: &Path, folder: &str) -> String {
    let mut open = vec![at.join(folder)];
    let mut found = Vec::new();
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => found.push(path),
            }
        }
    }
    found.retain(|path| path.extension().is_some_and(|ending| ending != "lock" && ending != "md"));
    found.sort();
    let shown = |path: &std::path::PathBuf| {
        let name = path.strip_prefix(at).unwrap().display().to_string();
        format!("=== {name}\n{}", std::fs::read_to_string(path).unwrap())
    };
    found.iter().map(shown).collect::<Vec<_>>().join("\n")
}

/// Imports `in` twice; what the first said.
fn imported(at: &Path) -> Ran {
    let ran = run(at, &["import", "files", "in"]);
    let again = run(at, &["import", "files", "in"]);
    assert!(!again.out.contains(" written to") || again.out.contains(": 0 written to"), "{}", again.out);
    let checked = run(at, &["check", "--format", "json"]);
    let report: Value = serde_json::from_str(&checked.out).unwrap();
    // A folder in which nothing stands is another matter.
    let is_error = |it: &&Value| it["severity"] == "error" && it["code"] != "PK903";
    let errors: Vec<_> = report["diagnostics"].as_array().unwrap().iter().filter(is_error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    ran
}

fn template(name: &str, parameters: &Value) -> String {
    let resource = json!({
        "type": "Microsoft.OperationalInsights/workspaces/providers/alertRules",
        "name": format!("[concat(parameters('workspace'),'/Microsoft.SecurityInsights/{ID}')]"),
        "kind": "Scheduled",
        "properties": {
            "displayName": name, "description": "Finds what is to be found here.", "severity": "[parameters('severity')]",
            "enabled": true, "query": "SigninLogs", "queryFrequency": "PT1H", "queryPeriod": "PT1H",
            "triggerOperator": "GreaterThan", "triggerThreshold": 5, "suppressionDuration": "PT5H", "suppressionEnabled": false,
        },
    });
    json!({"parameters": parameters, "resources": [resource]}).to_string()
}

#[test]
fn a_repository_of_sentinel_says_what_is_deployed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    project(at);
    let parameters = json!({"workspace": {"type": "string"}, "severity": {"defaultValue": "Low"}});
    write(at, "in/Rules/a.json", template("A", &parameters));
    let given = json!({"parameters": {"severity": {"value": "High"}, "other": {"value": 1}}});
    write(at, "in/Rules/a.parameters.json", given.to_string());
    write(at, "in/Rules/a.parameters-1111.json", given.to_string());
    write(at, "in/Rules/b.bicep", "param workspace string\n");
    write(at, "in/Old/c.json", template("C", &parameters));
    let config = json!({
        "prioritizedcontentfiles": ["Rules/a.json"], "excludecontentfiles": ["Old"],
        "parameterfilemappings": {"1111": {"Rules/a.json": "Rules/a.parameters-1111.json"}},
    });
    write(at, "in/sentinel-deployment.config", config.to_string());
    let ran = imported(at);
    assert_eq!(ran.code, 0, "{ran:?}");
    insta::assert_snapshot!("import_repository", ran.out);
    assert!(std::fs::read_to_string(at.join("rules/imported/a.yaml")).unwrap().contains("severity: High"));
}

#[test]
fn content_beside_rules_becomes_content_files() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    project(at);
    let list = json!({"watchlistAlias": "Assets", "displayName": "Our Assets", "provider": "Custom", "itemsSearchKey": "Host"});
    write(at, "in/Content/Watchlists/Assets/watchlist.json", list.to_string());
    write(at, "in/Content/Watchlists/Assets/data.csv", "\u{feff}Host,Owner\r\na,b\r\n");
    let bare = json!({"watchlistAlias": "Bare", "displayName": "Bare", "itemsSearchKey": "Host"});
    write(at, "in/Content/Watchlists/Bare/watchlist.json", bare.to_string());
    let closes = json!({
        "automationRuleId": ID, "displayName": "Close", "order": 1,
        "triggeringLogic": {"isEnabled": true, "triggersOn": "Incidents", "triggersWhen": "Created", "conditions": []},
        "actions": [{"order": 1, "actionType": "ModifyProperties", "actionConfiguration": {"status": "Active"}}],
    });
    write(at, "in/Content/AutomationRules/close.json", closes.to_string());
    let detection = "displayName: Odd program\nisEnabled: false\nqueryCondition:\n  queryText: |\n    DeviceProcessEvents\n    \
        | project Timestamp, DeviceId, ReportId\n  lastModifiedDateTime: '2026-01-01T00:00:00Z'\nschedule: {period: 1H}\n\
        detectionAction:\n  alertTemplate: {title: Odd, description: Odd., severity: high, category: Execution, \
        impactedAssets: [{'@odata.type': '#microsoft.graph.security.impactedDeviceAsset', identifier: deviceId}]}\n";
    write(at, "in/Content/DefenderCustomDetections/odd.yaml", detection);
    write(
        at,
        "in/Content/DefenderCustomDetections/none.yaml",
        detection.replace("schedule: {period: 1H}\n", ""),
    );
    let graph = json!({"@odata.context": "x", "value": [{
        "@odata.type": "#microsoft.graph.security.detectionRule", "id": "7506", "displayName": "From Graph", "isEnabled": true,
        "createdBy": "a", "queryCondition": {"queryText": "DeviceEvents\n| project Timestamp, DeviceId, ReportId"},
        "schedule": {"period": "24H", "nextRunDateTime": "2026-01-01T00:00:00Z"},
        "detectionAction": {"alertTemplate": {"title": "t", "description": "d", "severity": "low", "category": "Malware",
            "mitreTechniques": [], "impactedAssets": [{"@odata.type": "#microsoft.graph.security.impactedDeviceAsset", "identifier": "deviceId"}]},
            "organizationalScope": null, "responseActions": []},
    }]});
    write(at, "in/export.json", graph.to_string());
    let summary = json!({"name": "Hourly", "query": "T", "binSize": 60, "destinationTable": "T_CL"});
    write(at, "in/Content/SummaryRules/hourly.json", summary.to_string());
    write(
        at,
        "in/Content/Parsers/Signs.yaml",
        "id: Signs\nname: Sign-ins\ncategory: Security\nfunctionAlias: Signs\nquery: |\n  SigninLogs\n",
    );
    let ran = imported(at);
    assert_eq!(ran.code, 0, "{ran:?}");
    insta::assert_snapshot!("import_content", ran.out);
    insta::assert_snapshot!("import_content_files", files(at, "content"));
}

#[test]
fn solutions_bring_parsers_and_watchlists() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    project(at);
    write(
        at,
        "in/Solutions/Box/Analytic Rules/a.yaml",
        format!("id: {ID}\nname: A\nkind: Hunting\nquery: BoxEvents\n"),
    );
    let parser = "---\n  id: x\n  Function:\n    Title: Parser for Box\n    Version: 1.0.0\n  Category: Microsoft Sentinel Parser\n  \
        FunctionName: BoxEvents\n  FunctionAlias: BoxEvents\n  FunctionQuery: >\n    let a = 1;\n    Syslog\n";
    write(at, "in/Solutions/Box/Parsers/BoxEvents.yaml", parser);
    let asim = "Parser: {Title: ASIM}\nParserName: vimBox\nParserParams:\n  - {Name: disabled, Type: bool, Default: false}\n  \
        - {Name: who, Type: string, Default: '*'}\n  - {Name: since, Type: datetime, Default: datetime(null)}\nParserQuery: |\n  Syslog\n  | where not(disabled)\n";
    write(at, "in/Solutions/Box/Parsers/vimBox.yaml", asim);
    write(
        at,
        "in/Solutions/Box/Parsers/BoxPlain.kql",
        "// Reads Box.\nSyslog\n| where ProcessName == 'box'\n",
    );
    write(at, "in/Solutions/Box/Parsers/not a name.kql", "Syslog\n");
    let list = json!({"resources": [{
        "type": "Microsoft.OperationalInsights/workspaces/providers/Watchlists",
        "name": "[concat(parameters('workspace'), '/Microsoft.SecurityInsights/Boxes')]",
        "properties": {"displayName": "Boxes", "provider": "x", "itemsSearchKey": "Box", "contentType": "Text/Csv",
            "numberOfLinesToSkip": 1, "rawContent": "head\r\nBox,Use\r\na,\"b,c\"\r\n"},
    }, {
        "type": "Microsoft.OperationalInsights/workspaces/savedSearches", "name": "BoxOld",
        "properties": {"displayName": "Box, old", "category": "Security", "FunctionAlias": "BoxOld", "query": "Syslog", "version": 1,
            "functionParameters": "disabled:bool=False"},
    }, {
        "type": "Microsoft.OperationalInsights/workspaces/providers/alertRules", "kind": "Fusion",
        "name": format!("[concat(parameters('workspace'), '/Microsoft.SecurityInsights/{ID}')]"),
        "properties": {"enabled": true, "alertRuleTemplateName": ID},
    }], "parameters": {"workspace": {"type": "string"}}});
    write(at, "in/Solutions/Box/Watchlists/boxes.json", list.to_string());
    write(at, "in/Solutions/Box/Package/mainTemplate.json", template("Packaged", &json!({})));
    write(
        at,
        "in/Solutions/Box/Workbooks/box.json",
        json!({"version": "Notebook/1.0", "items": []}).to_string(),
    );
    let ran = imported(at);
    assert_eq!(ran.code, 0, "{ran:?}");
    insta::assert_snapshot!("import_solution", ran.out);
    insta::assert_snapshot!("import_solution_files", files(at, "content"));
    let report =
        run(at, &["import", "files", "in/Solutions/Box/Watchlists", "--dry-run", "--format", "json"]);
    let schema = serde_json::from_str(&picket::cli::rule_schema::imported_text()).unwrap();
    let report = common::valid(schema, &report.out);
    insta::assert_snapshot!(
        "import_solution_json",
        format!("{:#}", json!([report["sources"], report["files"]]))
    );
}

#[test]
fn hostile_content_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    project(at);
    write(at, "secret.csv", "Host\nsecret\n");
    let list = |alias: &str| {
        json!({"watchlistAlias": alias, "displayName": "../../x", "itemsSearchKey": "Host"}).to_string()
    };
    write(at, "in/a.json", list("../secret"));
    write(at, "in/b.json", list("/etc/passwd\0"));
    write(at, "in/c.json", list(&"a".repeat(1 << 20)));
    write(at, "in/deep.json", format!("{}{}", "{\"value\":[".repeat(5_000), "]}".repeat(5_000)));
    let nested = (0..60).fold(json!({"type": "x"}), |inner, _| json!({"resources": [inner]}));
    write(at, "in/nested.json", nested.to_string());
    let rule = |name: &str| {
        json!({"displayName": name, "name": "../../../y", "order": 1, "actions": [], "triggeringLogic":
        {"triggersOn": "Incidents", "triggersWhen": "Created"}})
    };
    write(at, "in/rules.json", json!([rule("../../y"), rule("CON"), rule("../../y"), 1, null, {"queryCondition": 1, "detectionAction": []}]).to_string());
    write(at, "in/Parsers/..kql", "Syslog\n");
    write(
        at,
        "in/bomb.yaml",
        format!("watchlistAlias: &a {}\nx: [{}]\n", "a".repeat(1_000), "*a,".repeat(60_000)),
    );
    write(at, "in/sentinel-deployment.config", json!({"excludecontentfiles": ["../", "", "/"]}).to_string());
    let ran = imported(at);
    let shortened: Vec<String> = ran.out.lines().map(|line| line.chars().take(200).collect()).collect();
    insta::assert_snapshot!("import_hostile_content", shortened.join("\n"));
    let inside = std::fs::read_dir(at).unwrap().count();
    assert_eq!(inside, 5, "picket.toml, secret.csv, in, rules and content, and nothing beside them");
    assert!(!files(at, "content").contains("secret\n"));
}

#[test]
fn the_published_repository_is_accounted_for() {
    let Some(shared) = common::shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    project(at);
    let source = shared.join("rules/sentinel-as-code");
    let ran = run(at, &["import", "files", source.to_str().unwrap(), "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let sources = report["sources"].as_array().unwrap();
    let silent =
        |it: &&Value| it["imported"] == json!([]) && it["leftOut"] == json!([]) && it["fault"].is_null();
    assert_eq!(sources.iter().filter(silent).count(), 0, "a file came to nothing without a reason");
    let written = report["files"].as_array().unwrap();
    let of = |folder: &str| {
        written
            .iter()
            .filter(|it| it["path"].as_str().unwrap().contains(&format!("imported/{folder}")))
            .count()
    };
    assert_eq!(
        ["", "watchlists/", "automation-rules/", "custom-detections/", "functions/"].map(of),
        [263 + 60, 24, 2, 33, 1],
        "{:#?}",
        sources.iter().filter(|it| it["leftOut"] != json!([])).collect::<Vec<_>>()
    );
    let again = run(at, &["import", "files", source.to_str().unwrap()]);
    assert!(again.out.lines().rev().take(2).all(|line| line.contains(": 0 written to")), "{}", again.out);
}
