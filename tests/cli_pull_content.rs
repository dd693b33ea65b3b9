//! `picket pull` of what a project deploys beside rules: watchlists with their items, functions, automation rules, rules
//! of the service, custom detections of Defender.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::server::Server;
use common::{git, run, scheduled_rule, shared, succeeds, write, yaml_files};
use serde_json::{Value, json};
use tempfile::TempDir;

const PULL: [&str; 3] = ["pull", "-w", "stage"];
const DETECTION: &str = "7d0a3f53-0d2b-4d4e-9d0c-1b8f5e1f3c11";

/// Files of every kind, with comments and spellings of people.
const FILES: [(&str, &str); 9] = [
    (
        "content/assets.yaml",
        "# From the CMDB, every night.\n\nalias: HighValueAssets\nname: High value assets # agreed\nsearchKey: Host\n\
         labels: [soc, 'cmdb']\nitems: lists/assets.csv\n",
    ),
    ("content/lists/assets.csv", "Host, Owner\r\nsrv1,Ann\r\n\"srv2\",\"Bo, Finance\"\r\n"),
    (
        "content/recent.kql",
        "// function: RecentEvents(since: timespan = 1d)\n// Owned by the platform team.\nSecurityEvent\n\
         | where TimeGenerated > ago(since)\n",
    ),
    (
        "content/created.kql",
        "// kept\n.create-or-alter function with (folder = \"x\") Latest(count: long) {\n    SecurityEvent\n    \
         | top count by TimeGenerated\n}\n",
    ),
    (
        "content/named.yaml",
        "name: Admins\ndisplayName: Members of the admin group # as in Entra\ncategory: Identity\nbody: |\n  \
         // who they are\n  SecurityEvent\n  | where Account has 'adm'\n",
    ),
    (
        "content/automation.yaml",
        "- id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f\n  name: Close incidents of tests\n  order: 10\n  triggeringLogic:\n    \
         triggersOn: incidents # all of them\n    triggersWhen: Created\n    conditions:\n      - conditionType: Property\n        \
         conditionProperties: { propertyName: IncidentTitle, operator: Contains, propertyValues: [test] }\n  actions:\n    \
         - actionType: ModifyProperties\n      actionConfiguration: { status: closed, classification: Undetermined }\n    \
         - actionType: AddIncidentTask\n      actionConfiguration: { title: Tell the team }\n- name: Second\n  id: second\n  \
         order: 11\n  triggeringLogic: { triggersOn: Alerts, triggersWhen: Created }\n  actions: []\n",
    ),
    (
        "content/service.yaml",
        "kind: Fusion # of the service\nid: BuiltInFusion\nalertRuleTemplateName: f71aba3d-28fb-450b-b192-4e76a83015c8\n---\n\
         kind: ThreatIntelligence\nid: ti\nalertRuleTemplateName: 0dd422ee-e6af-4204-b219-f59ac172e4c6\n---\n\
         kind: MLBehaviorAnalytics\nid: ml\nalertRuleTemplateName: fa118b98-de46-4e94-87f9-8e6d5060b60b\nenabled: false\n---\n\
         kind: MicrosoftSecurityIncidentCreation\nid: incidents\nname: Incidents of Defender for Cloud\n\
         productFilter: Azure Security Center\nseveritiesFilter: [high, Medium]\n",
    ),
    (
        "content/wmi.yaml",
        "id: 7d0a3f53-0d2b-4d4e-9d0c-1b8f5e1f3c11\ndisplayName: Remote process over WMI\nisEnabled: true\nqueryCondition:\n  \
         queryText: | # of the hunters\n    DeviceProcessEvents\n    | where InitiatingProcessFileName == 'WmiPrvSE.exe'\n    \
         | project Timestamp, DeviceId, ReportId, FileName\nschedule:\n  period: \"1H\" # often\ndetectionAction:\n  alertTemplate:\n    \
         title: Remote process over WMI\n    description: A program was started over WMI.\n    severity: high # agreed\n    \
         category: LateralMovement\n    mitreTechniques: [T1047]\n    impactedAssets:\n      \
         - { \"@odata.type\": \"#microsoft.graph.security.impactedDeviceAsset\", identifier: deviceId }\n  responseActions:\n    \
         - { \"@odata.type\": \"#microsoft.graph.security.isolateDeviceResponseAction\", identifier: deviceId, isolationType: full }\n",
    ),
    ("content/f.json", "{\n  \"name\": \"FromJson\",\n  \"body\": \"SecurityEvent\\n| take 5\"\n}\n"),
];

/// The project of [`fresh`] in git, and applied from there.
fn committed() -> (TempDir, Server) {
    let (folder, server) = fresh();
    let at = folder.path();
    write(at, ".gitignore", ".picket\n");
    git(at, &["init", "--quiet"]);
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "--message", "Add content"]);
    succeeds(at, &["apply", "-w", "stage", "--yes"]);
    (folder, server)
}

/// A project with content of every kind, and the workspace `stage` to which nothing was applied yet.
fn fresh() -> (TempDir, Server) {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let server = Server::start(at, &[]);
    write(at, "picket.toml", server.settings() + "defender = true\n");
    write(at, "rules/1.yaml", scheduled_rule(1));
    for (name, text) in FILES {
        write(at, name, text);
    }
    (folder, server)
}

/// The same after it was applied.
fn project() -> (TempDir, Server) {
    let (folder, server) = fresh();
    succeeds(folder.path(), &["apply", "-w", "stage", "--yes"]);
    (folder, server)
}

/// Every file below the folders of rules and content.
fn texts(at: &Path) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let mut open = vec![at.join("rules"), at.join("content")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(at).unwrap().to_string_lossy().replace('\\', "/");
                texts.insert(name, std::fs::read_to_string(path).unwrap());
            }
        }
    }
    texts
}

/// Each changed file as a patch.
fn patches(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> String {
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut out = String::new();
    for name in names {
        let text = |texts: &BTreeMap<String, String>| texts.get(name).cloned().unwrap_or_default();
        let (old, new) = (text(before), text(after));
        if old != new {
            let diff = similar::TextDiff::from_lines(&old, &new);
            out.push_str(&format!("== {name}\n{}", diff.unified_diff().context_radius(1)));
        }
    }
    out
}

#[track_caller]
fn nothing_to_do(at: &Path) {
    succeeds(at, &["plan", "-w", "stage", "--detailed-exitcode"]);
}

/// What somebody changes in the portal below `Microsoft.SecurityInsights`.
fn edit(server: &Server, path: &str, change: impl FnOnce(&mut Value)) {
    let mut body = server.read(path);
    let properties = body["properties"].as_object_mut().unwrap();
    // Of the service.
    properties.retain(|name, _| !name.starts_with("lastModified") && !name.starts_with("created"));
    change(&mut body["properties"]);
    server.write(path, &body);
}

/// What somebody changes of every kind in the portal.
fn edit_all(server: &Server) {
    let items = server.read("watchlists/HighValueAssets/watchlistItems");
    let item = items["value"].as_array().unwrap().iter();
    for item in item {
        let mut values = item["properties"]["itemsKeyValue"].clone();
        if values["Host"] == "srv2" {
            values["Owner"] = json!("Bea");
            let path =
                format!("watchlists/HighValueAssets/watchlistItems/{}", item["name"].as_str().unwrap());
            server.write(&path, &json!({"properties": {"itemsKeyValue": values}}));
        }
    }
    let added = json!({"properties": {"itemsKeyValue": {"Owner": "Cy", "Host": "srv3"}}});
    server.write("watchlists/HighValueAssets/watchlistItems/a7d9f0c2-0a43-4a1c-9f0e-5a5f0f1f2f3f", &added);
    edit(server, "watchlists/HighValueAssets", |it| it["description"] = json!("Servers that matter"));
    edit(server, "automationRules/0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f", |it| {
        it["order"] = json!(20);
        it["triggeringLogic"]["isEnabled"] = json!(false);
        it["actions"][0]["actionConfiguration"]["classification"] = json!("BenignPositive");
        it["actions"][0]["actionConfiguration"]["classificationReason"] = json!("SuspiciousButExpected");
    });
    edit(server, "automationRules/second", |it| it["displayName"] = json!("The second"));
    edit(server, "alertRules/ml", |it| it["enabled"] = json!(true));
    edit(server, "alertRules/incidents", |it| it["severitiesFilter"] = json!(["High", "Low"]));
    for (name, from, to) in [
        ("RecentEvents", "TimeGenerated >", "TimeGenerated >="),
        ("Latest", "top count", "top count + 1"),
        ("Admins", "has", "contains"),
        ("FromJson", "take 5", "take 6"),
    ] {
        server.edit_search(name, |it| {
            it["query"] = it["query"].as_str().unwrap().replace(from, to).into();
            if name == "Latest" {
                it["functionParameters"] = json!("count: long = 5");
            }
        });
    }
    let (status, rule) = server.graph("GET", &detection_path(), None);
    assert_eq!(status, 200);
    let mut action = rule["detectionAction"].clone();
    action["alertTemplate"]["severity"] = json!("medium");
    action["alertTemplate"]["recommendedActions"] = json!("Ask the owner.");
    let query =
        "DeviceProcessEvents\n| where FileName == 'WmiPrvSE.exe'\n| project Timestamp, DeviceId, ReportId";
    let change = json!({"status": "disabled", "detectionAction": action, "queryCondition": {"queryText": query},
        "schedule": {"frequency": "PT3H"}});
    let (status, answer) = server.graph("PATCH", &detection_path(), Some(&change));
    assert_eq!(status, 200, "{answer}");
}

fn detection_path() -> String {
    format!("v1.0/security/rules/detectionRules/{DETECTION}")
}

#[test]
fn a_pull_over_the_files_changes_no_byte_and_into_nothing_plans_no_change() {
    let (folder, server) = project();
    let at = folder.path();
    nothing_to_do(at);
    let before = texts(at);
    let ran = succeeds(at, &PULL);
    assert_eq!(ran.out, "Pull: 0 resources pulled\n", "{}", ran.err);
    assert_eq!(texts(at), before);
    std::fs::remove_dir_all(at.join("content")).unwrap();
    std::fs::remove_dir_all(at.join("rules")).unwrap();
    std::fs::create_dir(at.join("rules")).unwrap();
    let ran = succeeds(at, &PULL);
    insta::assert_snapshot!("new_files", ran.out);
    let pulled = texts(at);
    let all: String = pulled.iter().map(|(name, text)| format!("== {name}\n{text}")).collect();
    insta::assert_snapshot!("new_texts", all);
    nothing_to_do(at);
    assert_eq!(succeeds(at, &PULL).out, "Pull: 0 resources pulled\n");
    assert_eq!(texts(at), pulled);
    let ran = run(at, &["fmt", "--check"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "new files are in canonical form: {}", ran.err);
    drop(server);
}

#[test]
fn edits_of_the_portal_come_into_the_files_and_comments_stay() {
    let (folder, server) = project();
    let at = folder.path();
    edit_all(&server);
    let before = texts(at);
    let drift = run(at, &["drift", "-w", "stage"]);
    assert!(drift.out.contains("High value assets"), "{}", drift.out);
    let ran = run(at, &[PULL.as_slice(), &["--dry-run"]].concat());
    assert_eq!((ran.code, texts(at)), (0, before.clone()), "{}", ran.err);
    let ran = succeeds(at, &PULL);
    insta::assert_snapshot!("edits_text", ran.out);
    insta::assert_snapshot!("edits_patch", patches(&before, &texts(at)));
    let pulled = texts(at);
    assert_eq!(succeeds(at, &PULL).out, "Pull: 0 resources pulled\n");
    assert_eq!(texts(at), pulled);
    // Only records are of what was applied before, and the mark that a detection carries; the items are read, whatever the
    // label of the watchlist says.
    let ran = run(at, &["plan", "-w", "stage"]);
    assert!(ran.out.contains("0 to create, 1 to update"), "{}", ran.out);
    succeeds(at, &["apply", "-w", "stage", "--yes"]);
    nothing_to_do(at);
}

#[test]
fn what_both_changed_is_marked_or_decided() {
    let (folder, server) = committed();
    let at = folder.path();
    edit_all(&server);
    for (name, from, to) in [
        ("content/lists/assets.csv", "Bo, Finance", "Bob"),
        ("content/lists/assets.csv", "srv1,Ann\r\n", "srv0,Al\r\nsrv1,Ann\r\n"),
        ("content/recent.kql", "ago(since)", "ago(2 * since)"),
        ("content/named.yaml", "'adm'", "'root'"),
        ("content/named.yaml", "category: Identity", "category: People"),
        ("content/automation.yaml", "order: 10", "order: 30"),
        ("content/automation.yaml", "Close incidents of tests", "Close tests"),
        ("content/service.yaml", "[high, Medium]", "[High]"),
        ("content/wmi.yaml", "severity: high", "severity: low"),
        ("content/wmi.yaml", "title: Remote process", "title: A remote process"),
    ] {
        let text = texts(at)[name].replace(from, to);
        assert_ne!(text, texts(at)[name], "{name}: {from}");
        write(at, name, text);
    }
    let before = texts(at);
    let ran = run(at, &PULL);
    assert_eq!(ran.code, 1, "{}", ran.err);
    insta::assert_snapshot!("conflicts", format!("{}{}", ran.out, ran.err));
    let marked = texts(at);
    insta::assert_snapshot!("conflicts_patch", patches(&before, &marked));
    assert_eq!(run(at, &PULL).code, 1);
    assert_eq!(texts(at), marked, "a comment is written once");
    for (name, text) in &before {
        write(at, name, text);
    }
    let ran = succeeds(at, &[PULL.as_slice(), &["--ours"]].concat());
    assert!(!texts(at).values().any(|text| text.contains("picket pull")), "{}", ran.out);
    for (name, text) in &before {
        write(at, name, text);
    }
    succeeds(at, &[PULL.as_slice(), &["--theirs"]].concat());
    insta::assert_snapshot!("theirs_patch", patches(&before, &texts(at)));
}

#[test]
fn a_detection_without_an_id_keeps_it_under_another_name() {
    let (folder, server) = fresh();
    let at = folder.path();
    write(at, "content/wmi.yaml", FILES[7].1.split_once('\n').unwrap().1);
    succeeds(at, &["apply", "-w", "stage", "--yes"]);
    let (_, list) = server.graph("GET", "v1.0/security/rules/detectionRules", None);
    let id = list["value"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("v1.0/security/rules/detectionRules/{id}");
    assert_eq!(server.graph("PATCH", &path, Some(&json!({"displayName": "Renamed"}))).0, 200);
    succeeds(at, &PULL);
    let text = &texts(at)["content/wmi.yaml"];
    assert!(text.starts_with(&format!("id: {id}\ndisplayName: Renamed\nisEnabled: true\n")), "{text}");
    // The mark that it carries is still of what was applied.
    succeeds(at, &["apply", "-w", "stage", "--yes"]);
    nothing_to_do(at);
}

#[test]
fn what_the_portal_made_comes_with_all_and_can_be_adopted() {
    let (folder, server) = project();
    let at = folder.path();
    // Nobody's: the records and the mark are gone, and the content is somewhat different.
    let records = server.read("metadata")["value"].as_array().unwrap().clone();
    for record in &records {
        server.remove(&format!("metadata/{}", record["name"].as_str().unwrap()));
    }
    edit_all(&server);
    assert_eq!(server.graph("PATCH", &detection_path(), Some(&json!({"description": "mine"}))).0, 200);
    let foreign = json!({"properties": {"category": "Team", "displayName": "Made in the portal", "query": "SecurityEvent",
        "functionAlias": "Portal", "version": 2}});
    server.write_search("2f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40", &foreign);
    assert_eq!(succeeds(at, &PULL).out, "Pull: 0 resources pulled\n", "nothing is the project's");
    let before = texts(at);
    let ran = run(at, &["plan", "-w", "stage"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let held = |server: &Server| {
        let mut detection = server.graph("GET", &detection_path(), None).1;
        for name in ["description", "lastModifiedDateTime"] {
            detection.as_object_mut().unwrap().remove(name);
        }
        let lists = ["watchlists", "alertRules", "automationRules"].map(|name| server.read(name));
        (lists, server.searches(), detection)
    };
    let was = held(&server);
    let ran = succeeds(at, &["adopt", "-w", "stage", "--yes"]);
    insta::assert_snapshot!("adopt", ran.out.replace(&common::rule_id(1), "ID"));
    assert_eq!(held(&server), was, "only records and the mark were written");
    let (_, detection) = server.graph("GET", &detection_path(), None);
    let description = detection["description"].as_str().unwrap();
    assert!(description.starts_with("mine\n\n[picket/1 sha256="), "{description}");
    let ran = run(at, &["plan", "-w", "stage"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(!ran.out.contains("portal"), "what differs is for git to bring: {}", ran.out);
    // The other way: what is there comes into files.
    let ran = succeeds(at, &[PULL.as_slice(), &["--all", "--target", "Made in the portal"]].concat());
    let new = texts(at);
    let name = new.keys().find(|name| !before.contains_key(*name)).unwrap_or_else(|| panic!("{}", ran.out));
    assert_eq!(
        new[name],
        "id: 2f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40\nname: Portal\ndisplayName: Made in the portal\ncategory: Team\n\
         body: |\n  SecurityEvent\n"
    );
}

#[test]
fn published_detections_come_back_as_they_were_applied() {
    let Some(shared) = shared() else { return };
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let server = Server::start(at, &[]);
    write(at, "picket.toml", server.settings() + "defender = true\n");
    write(at, "rules/a.yaml", scheduled_rule(1));
    let files = yaml_files(&shared.join("rules/sentinel-as-code/Content/DefenderCustomDetections"));
    for file in &files {
        let name = format!("content/{}", file.file_name().unwrap().to_str().unwrap());
        write(at, &name, std::fs::read(file).unwrap());
    }
    succeeds(at, &["apply", "-w", "stage", "--yes"]);
    let before = texts(at);
    assert_eq!(succeeds(at, &PULL).out, "Pull: 0 resources pulled\n");
    assert_eq!(texts(at), before, "a pull over the original files changes no byte");
    std::fs::remove_dir_all(at.join("content")).unwrap();
    succeeds(at, &PULL);
    assert_eq!(texts(at).len(), files.len() + 1);
    nothing_to_do(at);
}

/// JSON has no comments for a conflict to stand in.
#[test]
fn a_conflict_in_a_json_file_is_told_with_what_both_say() {
    let (folder, server) = committed();
    let at = folder.path();
    server.edit_search("FromJson", |it| it["query"] = json!("SecurityEvent\n| take 6"));
    let text = texts(at)["content/f.json"].replace("take 5", "take 7");
    write(at, "content/f.json", &text);
    let ran = run(at, &PULL);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let said = r#"the file says `"SecurityEvent\n| take 7"`, and the workspace `"SecurityEvent\n| take 6"`; write what is right"#;
    assert!(ran.err.contains(said) && ran.err.contains("content/f.json:3:3"), "{}", ran.err);
    assert!(!ran.err.contains("a comment in the file"), "{}", ran.err);
    assert_eq!(texts(at)["content/f.json"], text);
    succeeds(at, &[PULL.as_slice(), &["--theirs"]].concat());
    assert_eq!(texts(at)["content/f.json"], text.replace("take 7", "take 6"));
}
