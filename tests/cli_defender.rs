//! `picket plan` and `apply` of custom detections of Defender XDR.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use std::path::Path;

use common::server::Server;
use common::{run, scheduled_rule, shared, succeeds, write, yaml_files};
use serde_json::{Value, json};
use tempfile::TempDir;

const RULES: &str = "v1.0/security/rules/detectionRules";

/// In the dialect of before October 2026.
const WMI: &str = "\
id: 7d0a3f53-0d2b-4d4e-9d0c-1b8f5e1f3c11
displayName: Remote process over WMI
isEnabled: true
queryCondition:
  queryText: |
    DeviceProcessEvents
    | where InitiatingProcessFileName == 'WmiPrvSE.exe'
    | project Timestamp, DeviceId, ReportId, FileName
schedule:
  period: \"1H\"
detectionAction:
  alertTemplate:
    title: Remote process over WMI
    description: A program was started over WMI.
    severity: high
    category: LateralMovement
    mitreTechniques: [T1047]
    impactedAssets:
      - { \"@odata.type\": \"#microsoft.graph.security.impactedDeviceAsset\", identifier: deviceId }
  responseActions:
    - { \"@odata.type\": \"#microsoft.graph.security.isolateDeviceResponseAction\", identifier: deviceId, isolationType: full }
";
const ID: &str = "7d0a3f53-0d2b-4d4e-9d0c-1b8f5e1f3c11";

fn project(server: &Server) -> TempDir {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(at, "picket.toml", server.settings() + "defender = true\n");
    write(at, "rules/a.yaml", scheduled_rule(1));
    write(at, "content/wmi.yaml", WMI);
    folder
}

fn nothing_to_do(folder: &Path) {
    succeeds(folder, &["plan", "--workspace", "stage", "--detailed-exitcode"]);
}

fn rule(server: &Server) -> Value {
    let (status, body) = server.graph("GET", &format!("{RULES}/{ID}"), None);
    assert_eq!(status, 200, "{body}");
    body
}

/// What somebody changes in the portal.
fn edit(server: &Server, change: &Value) {
    let (status, answer) = server.graph("PATCH", &format!("{RULES}/{ID}"), Some(change));
    assert_eq!(status, 200, "{answer}");
}

#[test]
fn a_detection_of_the_older_dialect_is_deployed_in_the_newer_and_owned_by_its_description() {
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    let ran = succeeds(at, &["plan", "--workspace", "stage"]);
    insta::assert_snapshot!("creates", ran.out);
    succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    let there = rule(&server);
    assert_eq!((&there["status"], &there["schedule"]), (&json!("enabled"), &json!({"frequency": "PT1H"})));
    let action = &there["detectionAction"];
    assert_eq!(action["automatedActions"]["isolateDevices"][0]["deviceIdColumn"], "DeviceId", "{there}");
    assert_eq!(
        action["alertTemplate"]["tactics"],
        json!([{"tactic": "LateralMovement", "techniques": [{"technique": "T1047"}]}])
    );
    assert!(there["description"].as_str().unwrap().contains("project="), "{there}");
    assert!(there.get("isEnabled").is_none() && action.get("responseActions").is_none(), "{there}");
    nothing_to_do(at);

    edit(&server, &json!({"status": "disabled"}));
    let ran = run(at, &["drift", "--workspace", "stage"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("Remote process over WMI"), "{}", ran.out);
    let ran = succeeds(at, &["plan", "--workspace", "stage"]);
    insta::assert_snapshot!("portal", ran.out);
    succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    assert_eq!(rule(&server)["status"], "enabled");
    nothing_to_do(at);

    write(at, "content/wmi.yaml", WMI.replace("severity: high", "severity: medium"));
    let ran = succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    assert!(ran.out.ends_with("applied to stage: 1 updated\n"), "{}", ran.out);
    assert_eq!(rule(&server)["detectionAction"]["alertTemplate"]["severity"], "medium");
    nothing_to_do(at);

    std::fs::remove_dir_all(at.join("content")).unwrap();
    let ran = succeeds(at, &["apply", "--workspace", "stage", "--yes", "--prune", "--prune-limit", "100"]);
    assert!(ran.out.ends_with("applied to stage: 1 deleted\n"), "{}", ran.out);
    assert_eq!(server.graph("GET", RULES, None).1["value"], json!([]));
}

#[test]
fn what_somebody_else_made_is_left_alone_until_it_is_adopted() {
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    // Without the mark it is nobody's, and as it should be: it is claimed.
    edit(&server, &json!({"description": "mine"}));
    let ran = run(at, &["apply", "--workspace", "stage", "--yes"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("PK805") && ran.err.contains("the custom detection"), "{}", ran.err);
    edit(&server, &json!({"description": ""}));
    let ran = succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    assert!(ran.out.ends_with("applied to stage: 1 updated\n"), "{}", ran.out);
    nothing_to_do(at);
    edit(&server, &json!({"description": "mine", "status": "disabled"}));
    succeeds(at, &["apply", "--workspace", "stage", "--yes", "--adopt"]);
    assert_eq!(rule(&server)["status"], "enabled");
    nothing_to_do(at);
}

#[test]
fn a_workspace_without_defender_goes_without_and_says_so() {
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    write(at, "picket.toml", server.settings());
    let ran = succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    assert!(ran.err.contains("PK809") && ran.err.contains("defender = true"), "{}", ran.err);
    assert_eq!(server.graph("GET", RULES, None).1["value"], json!([]));
    // The local workspace always has one.
    let ran = succeeds(at, &["apply"]);
    assert!(ran.out.contains("2 created") && !ran.err.contains("PK809"), "{}{}", ran.out, ran.err);
}

#[test]
fn what_defender_would_refuse_is_found_in_the_file() {
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    let wrong = [
        ("\"1H\"", "\"2H\"", "the schedule is none that Defender has"),
        ("severity: high", "severity: severe", "the severity is none that Defender has"),
        ("isolateDeviceResponseAction", "nukeResponseAction", "`responseActions` holds something"),
        ("impactedDeviceAsset", "impactedCarAsset", "`impactedAssets` holds something"),
        ("title: Remote process over WMI", "titel: x", "the alert has no `title`"),
        ("isEnabled", "enabled", "unknown key `enabled`"),
    ];
    for (before, after, message) in wrong {
        write(at, "content/wmi.yaml", WMI.replace(before, after));
        let ran = run(at, &["check"]);
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        assert!(ran.out.contains(message) && ran.out.contains("content/wmi.yaml"), "{}", ran.out);
    }
}

#[test]
fn graph_answers_in_pages_and_refuses_as_the_service_does() {
    let server = Server::start(Path::new("."), &[]);
    let body = |id: Option<&str>, name: &str| {
        let mut body = json!({"displayName": name, "status": "enabled", "queryCondition": {"queryText": "DeviceEvents"},
            "schedule": {"frequency": "PT1H"}, "detectionAction": {"alertTemplate": {"title": name,
            "description": "d", "severity": "low", "entityMappings": {"hosts": [{"deviceIdColumn": "DeviceId"}]}}}});
        if let Some(id) = id {
            body["id"] = id.into();
        }
        body
    };
    let post = |version: &str, body: &Value| {
        server.graph("POST", &format!("{version}/security/rules/detectionRules"), Some(body))
    };
    for number in 0..101 {
        let name = format!("rule-{number:03}");
        assert_eq!(post("v1.0", &body(Some(&name), &name)).0, 201);
    }
    let (_, first) = server.graph("GET", RULES, None);
    assert_eq!(first["value"].as_array().unwrap().len(), 100);
    let next =
        first["@odata.nextLink"].as_str().unwrap().strip_prefix(&format!("{}/", server.endpoint)).unwrap();
    assert_eq!(server.graph("GET", next, None).1["value"].as_array().unwrap().len(), 1);
    assert_eq!(post("v1.0", &body(Some("rule-000"), "other")).0, 409, "the id is taken");
    assert_eq!(post("v1.0", &body(Some("other"), "rule-000")).0, 409, "the name is taken");
    let (status, refusal) = post("v1.0", &body(None, "without"));
    assert_eq!((status, &refusal["error"]["code"]), (400, &json!("BadRequest")), "the client gives the id");
    let mut older = body(None, "older");
    older["isEnabled"] = true.into();
    assert_eq!(post("v1.0", &older).0, 400, "v1.0 has no `isEnabled`");
    let (status, made) = post("beta", &older);
    assert_eq!((status, &made["status"]), (201, &json!("enabled")));
    let path = format!("beta/security/rules/detectionRules/{}", made["id"].as_str().unwrap());
    assert_eq!(server.graph("DELETE", &path, None).0, 204);
    assert_eq!(server.graph("GET", &path, None).0, 404);
}

#[test]
fn every_published_detection_is_deployed_and_needs_nothing_after() {
    let Some(shared) = shared() else { return };
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    let files = yaml_files(&shared.join("rules/sentinel-as-code/Content/DefenderCustomDetections"));
    assert_eq!(files.len(), 33);
    for file in &files {
        let name = format!("content/{}", file.file_name().unwrap().to_str().unwrap());
        write(at, &name, std::fs::read(file).unwrap());
    }
    let ran = succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    assert!(ran.out.ends_with("applied to stage: 35 created\n"), "{}{}", ran.out, ran.err);
    nothing_to_do(at);
}

/// A rule of Sentinel that Defender can run as well.
const TEMP: &str = "\
id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
name: Program from a temporary folder
kind: Scheduled
description: Finds programs that run from a temporary folder.
severity: Low
queryFrequency: 1h
queryPeriod: 4h
triggerOperator: gt
triggerThreshold: 0
tactics: [Execution, Persistence]
relevantTechniques: [T1204.002, T1053]
metadata: { runsIn: [Sentinel, Defender] }
entityMappings:
  - entityType: Account
    fieldMappings:
      - { identifier: FullName, columnName: AccountUpn }
customDetails: { Program: FileName }
query: |
  DeviceProcessEvents
  | where TimeGenerated > ago(4h)
  | where FolderPath has 'Temp'
  | project TimeGenerated, DeviceId, ReportId, FileName, AccountUpn
";

#[test]
fn a_rule_runs_in_both_from_one_file() {
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    write(at, "rules/temp.yaml", TEMP);
    std::fs::remove_file(at.join("content/wmi.yaml")).unwrap();
    let ran = succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    assert!(ran.out.ends_with("applied to stage: 3 created\n"), "{}{}", ran.out, ran.err);
    let id = "3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40";
    let (_, there) = server.graph("GET", &format!("{RULES}/{id}"), None);
    let mut there = there;
    for name in ["createdDateTime", "lastModifiedDateTime", "createdBy", "lastModifiedBy", "description"] {
        there.as_object_mut().unwrap().remove(name);
    }
    insta::assert_json_snapshot!("rule", there);
    let query = server.rule(id).unwrap()["properties"]["query"].to_string();
    assert!(query.contains("project TimeGenerated"), "in Sentinel it is as written: {query}");
    nothing_to_do(at);

    write(at, "rules/temp.yaml", TEMP.replace("[Sentinel, Defender]", "Defender"));
    let ran = succeeds(at, &["apply", "--workspace", "stage", "--yes", "--prune", "--prune-limit", "100"]);
    assert!(ran.out.ends_with("applied to stage: 1 deleted\n"), "{}", ran.out);
    assert!(server.rule(id).is_none());
    nothing_to_do(at);
}

#[test]
fn what_keeps_a_rule_from_running_in_defender_is_found_where_it_stands() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let wrong = [
        ("queryFrequency: 1h", "queryFrequency: 2h", "PK622", "a.yaml:6:17"),
        ("queryPeriod: 4h", "queryPeriod: 5h", "PK622", "a.yaml:7:14"),
        ("triggerThreshold: 0", "triggerThreshold: 5", "PK622", "a.yaml:9:19"),
        ("DeviceId, ReportId,", "DeviceId,", "PK621", "a.yaml:22:5"),
        ("  | where FolderPath has 'Temp'", "  | where TenantId == 'x'", "PK620", "a.yaml:21:11"),
        (
            "  | where FolderPath",
            "  | join (SigninLogs) on $left.AccountUpn == $right.UserPrincipalName | where FolderPath",
            "PK620",
            "a.yaml:21:11",
        ),
    ];
    write(at, "rules/a.yaml", TEMP);
    let ran = run(at, &["check", "--format", "concise"]);
    assert!(!ran.out.contains("PK62"), "{}", ran.out);
    for (before, after, code, place) in wrong {
        let text = TEMP.replace(before, after);
        assert_ne!(text, TEMP);
        write(at, "rules/a.yaml", text);
        let ran = run(at, &["check", "--format", "concise"]);
        let line = ran.out.lines().find(|line| line.contains(code)).unwrap_or_default();
        assert!(line.contains(place), "{before}: {}", ran.out);
    }
}

/// Defender takes no two detections of one name, so the old one has to make room.
#[test]
fn a_detection_that_gets_a_new_id_takes_the_place_of_the_old_one() {
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    let new = "7d0a3f53-0d2b-4d4e-9d0c-1b8f5e1f3c12";
    write(at, "content/wmi.yaml", WMI.replace(ID, new));
    let ran = run(at, &["apply", "--workspace", "stage", "--yes"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("PK813") && ran.err.contains("`--prune` deletes it"), "{}", ran.err);
    let ran = succeeds(at, &["apply", "--workspace", "stage", "--yes", "--prune", "--prune-limit", "100"]);
    assert!(ran.out.ends_with("applied to stage: 1 created, 1 deleted\n"), "{}", ran.out);
    let (_, list) = server.graph("GET", RULES, None);
    let ids: Vec<&Value> = list["value"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    assert_eq!(ids, [new]);
    nothing_to_do(at);
}

/// Where rules pass names round, one of them has to step aside.
#[test]
fn detections_that_swap_names_are_as_the_files_say_after_one_apply() {
    let names = ["Remote process over WMI", "Service from a share", "Task over the network"];
    let id = |number: usize| format!("7d0a3f53-0d2b-4d4e-9d0c-1b8f5e1f3c{number:02}");
    for (count, concurrency) in [(2, "1"), (2, "8"), (3, "8")] {
        let server = Server::start(Path::new("."), &[]);
        let folder = project(&server);
        let at = folder.path();
        std::fs::remove_file(at.join("content/wmi.yaml")).unwrap();
        let all = |shift: usize| {
            for number in 0..count {
                let text = WMI.replace(ID, &id(number)).replace(names[0], names[(number + shift) % count]);
                write(at, &format!("content/{number}.yaml"), text);
            }
        };
        let apply = ["apply", "--workspace", "stage", "--yes", "--concurrency", concurrency];
        all(0);
        succeeds(at, &apply);
        all(1);
        let ran = succeeds(at, &apply);
        assert!(ran.out.ends_with(&format!("applied to stage: {count} updated\n")), "{}", ran.out);
        nothing_to_do(at);
        for number in 0..count {
            let (_, rule) = server.graph("GET", &format!("{RULES}/{}", id(number)), None);
            assert_eq!(rule["displayName"], names[(number + 1) % count]);
            assert_eq!(rule["detectionAction"]["alertTemplate"]["title"], names[(number + 1) % count]);
        }
        // A new one takes the name that another gives up.
        write(at, "content/0.yaml", WMI.replace(ID, &id(0)).replace(names[0], "Another name"));
        write(at, "content/9.yaml", WMI.replace(ID, &id(9)).replace(names[0], names[1 % count]));
        succeeds(at, &apply);
        nothing_to_do(at);
    }
}

#[test]
fn edits_in_defender_come_into_the_rule_file_that_it_was_made_from() {
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    std::fs::remove_file(at.join("content/wmi.yaml")).unwrap();
    let text =
        TEMP.replace("[Sentinel, Defender]", "Defender").replace("severity: Low", "severity: Low # for now");
    write(at, "rules/temp.yaml", &text);
    succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    let path = format!("{RULES}/3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40");
    let (_, there) = server.graph("GET", &path, None);
    let patch = |change: Value| assert_eq!(server.graph("PATCH", &path, Some(&change)).0, 200);
    let mut action = there["detectionAction"].clone();
    action["alertTemplate"]["severity"] = json!("high");
    action["alertTemplate"]["title"] = json!("A program ran from Temp");
    let query = there["queryCondition"]["queryText"].as_str().unwrap().replace("'Temp'", "'Tmp'");
    patch(
        json!({"displayName": "Program from Tmp", "status": "disabled", "schedule": {"frequency": "PT12H"},
        "queryCondition": {"queryText": query}, "detectionAction": action}),
    );
    let ran = succeeds(at, &["pull", "--workspace", "stage"]);
    let pulled = std::fs::read_to_string(at.join("rules/temp.yaml")).unwrap();
    insta::assert_snapshot!("pulled_rule", format!("{}{pulled}", ran.out));
    assert_eq!(succeeds(at, &["pull", "--workspace", "stage"]).out, "Pull: 0 resources pulled\n");
    succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    let (_, now) = server.graph("GET", &path, None);
    assert_eq!((&now["displayName"], &now["status"]), (&json!("Program from Tmp"), &json!("disabled")));
    // Enabled again, and with something that rule files have no word for.
    let mut action = now["detectionAction"].clone();
    action["alertTemplate"]["recommendedActions"] = json!("Ask the owner.");
    patch(json!({"status": "enabled", "detectionAction": action}));
    let ran = run(at, &["pull", "--workspace", "stage"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(
        ran.err.contains("PK807") && ran.err.contains("recommendedActions` was changed in Defender"),
        "{}",
        ran.err
    );
    let pulled = std::fs::read_to_string(at.join("rules/temp.yaml")).unwrap();
    assert!(
        !pulled.contains("enabled: false") && pulled.contains("# recommendedActions: Ask the owner."),
        "{pulled}"
    );
    // What Sentinel runs as well is not changed for both by an edit of one.
    let both = text.replace("runsIn: Defender", "runsIn: [Sentinel, Defender]");
    write(at, "rules/temp.yaml", &both);
    succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    patch(json!({"displayName": "Renamed"}));
    let ran = run(at, &["pull", "--workspace", "stage"]);
    assert!(ran.code == 1 && ran.err.contains("`displayName` was changed in Defender"), "{}", ran.err);
    assert!(
        std::fs::read_to_string(at.join("rules/temp.yaml"))
            .unwrap()
            .contains("\nname: Program from a temporary folder\n")
    );
}
