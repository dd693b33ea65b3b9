//! `picket plan` and `apply` of what a project deploys beside rules.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use std::path::Path;

use common::server::Server;
use common::{rule_id, run, scheduled_rule, succeeds, write};
use serde_json::{Value, json};
use tempfile::TempDir;

const ASSETS: &str = "\
alias: HighValueAssets
name: High value assets
description: Servers that matter
searchKey: Host
items: assets.csv
";

const RECENT: &str = "\
// function: RecentEvents(since: timespan = 1d)
SecurityEvent
| where TimeGenerated > ago(since)
";

const CLOSE: &str = "\
id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
name: Close incidents of tests
order: 10
triggeringLogic:
  triggersOn: Incidents
  triggersWhen: Created
  conditions:
    - conditionType: Property
      conditionProperties: { propertyName: IncidentTitle, operator: Contains, propertyValues: [test] }
actions:
  - actionType: ModifyProperties
    actionConfiguration: { status: closed, classification: Undetermined }
  - actionType: AddIncidentTask
    actionConfiguration: { title: Tell the team }
";

/// Rules of each kind that has no query.
const KINDS: &str = "\
kind: Fusion
id: BuiltInFusion
alertRuleTemplateName: f71aba3d-28fb-450b-b192-4e76a83015c8
---
kind: ThreatIntelligence
id: ti
alertRuleTemplateName: 0dd422ee-e6af-4204-b219-f59ac172e4c6
---
kind: MLBehaviorAnalytics
id: ml
alertRuleTemplateName: fa118b98-de46-4e94-87f9-8e6d5060b60b
enabled: false
---
kind: MicrosoftSecurityIncidentCreation
id: incidents
name: Incidents of Defender for Cloud
productFilter: Azure Security Center
severitiesFilter: [high, Medium]
";

/// A folder with a watchlist, a function, and a rule that uses both; its workspace `stage` is `server`.
fn project(server: &Server) -> TempDir {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(at, "picket.toml", server.settings());
    write(at, "content/assets.yaml", ASSETS);
    write(at, "content/assets.csv", "Host,Owner\nsrv1,Ann\nsrv2,\"Bo, Finance\"\n");
    write(at, "content/recent.kql", RECENT);
    let query = "RecentEvents(1h)\n  | join kind=inner (_GetWatchlist('HighValueAssets') | project Host) on \
                 $left.Computer == $right.Host";
    write(at, "rules/a.yaml", scheduled_rule(1).replace("SecurityEvent\n", &format!("{query}\n")));
    folder
}

fn nothing_to_do(folder: &Path) {
    succeeds(folder, &["plan", "--workspace", "stage", "--detailed-exitcode"]);
}

/// The items of a watchlist in the workspace, sorted.
fn items(server: &Server, alias: &str) -> Vec<String> {
    let list = server.read(&format!("watchlists/{alias}/watchlistItems"));
    let items = list["value"].as_array().unwrap().iter();
    let mut items: Vec<String> = items.map(|item| item["properties"]["itemsKeyValue"].to_string()).collect();
    items.sort();
    items
}

#[test]
fn a_watchlist_and_a_function_are_deployed_with_the_rule_that_uses_them() {
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    let ran = run(at, &["plan", "--workspace", "stage", "--detailed-exitcode"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    insta::assert_snapshot!("creates", ran.out.replace(&rule_id(1), "ID"));
    succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    nothing_to_do(at);
    assert_eq!(items(&server, "HighValueAssets").len(), 2);
    let record = server.read("metadata/picket-parser-RecentEvents");
    assert_eq!(record["properties"]["kind"], "Parser", "{record}");

    write(at, "content/assets.csv", "Host,Owner\r\nsrv1,Ann\r\nsrv3,\r\n");
    let function = RECENT.replace("1d", "2d");
    write(at, "content/recent.kql", function);
    let ran = succeeds(at, &["plan", "--workspace", "stage"]);
    insta::assert_snapshot!("updates", ran.out);
    let ran = succeeds(at, &["apply", "--workspace", "stage", "--yes", "--record", "traffic.jsonl"]);
    assert!(ran.out.ends_with("applied to stage: 2 updated\n"), "{}", ran.out);
    assert_eq!(
        items(&server, "HighValueAssets"),
        [r#"{"Host":"srv1","Owner":"Ann"}"#, r#"{"Host":"srv3","Owner":""}"#],
        "what is no longer in the file is gone"
    );
    nothing_to_do(at);
    let record = Path::new(env!("CARGO_TARGET_TMPDIR")).join("content-traffic.jsonl");
    std::fs::copy(at.join("traffic.jsonl"), record).unwrap();

    std::fs::remove_dir_all(at.join("content")).unwrap();
    std::fs::remove_file(at.join("rules/a.yaml")).unwrap();
    write(at, "rules/b.yaml", scheduled_rule(2));
    let ran = succeeds(at, &["apply", "--workspace", "stage", "--yes", "--prune", "--prune-limit", "100"]);
    assert!(ran.out.ends_with("applied to stage: 1 created, 3 deleted\n"), "{}", ran.out);
    assert_eq!(server.read("watchlists")["value"], Value::Array(Vec::new()));
}

#[test]
fn items_that_were_changed_in_the_portal_are_planned_and_put_back() {
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    let wanted = items(&server, "HighValueAssets");
    let list = server.read("watchlists/HighValueAssets/watchlistItems");
    let named = |host: &str| {
        let mut items = list["value"].as_array().unwrap().iter();
        let item = items.find(|item| item["properties"]["itemsKeyValue"]["Host"] == host).unwrap();
        format!("watchlists/HighValueAssets/watchlistItems/{}", item["name"].as_str().unwrap())
    };
    let item =
        |host: &str, owner: &str| json!({"properties": {"itemsKeyValue": {"Host": host, "Owner": owner}}});
    let edits: [(&str, &dyn Fn()); 3] = [
        ("changed", &|| server.write(&named("srv2"), &item("srv2", "Cy"))),
        ("added", &|| server.write("watchlists/HighValueAssets/watchlistItems/added", &item("srv9", "Di"))),
        ("deleted", &|| {
            let list = server.read("watchlists/HighValueAssets/watchlistItems");
            let name = list["value"][0]["name"].as_str().unwrap();
            server.remove(&format!("watchlists/HighValueAssets/watchlistItems/{name}"));
        }),
    ];
    for (what, edit) in edits {
        edit();
        // The label of the watchlist still says what was uploaded.
        succeeds(at, &["plan", "--workspace", "stage", "--detailed-exitcode", "--skip-items"]);
        assert_eq!(run(at, &["plan", "--workspace", "stage", "--detailed-exitcode"]).code, 1, "{what}");
        let ran = succeeds(at, &["status", "--workspace", "stage", "--format", "json"]);
        let status: Value = serde_json::from_str(&ran.out).unwrap();
        let list = status["resources"].as_array().unwrap().iter().find(|it| it["key"]["kind"] == "watchlist");
        assert!(list.is_some_and(|list| list["sinceApply"] == "drifted"), "{what}: {list:?}");
        // A plan that is kept is of these items, and is refused once they are others.
        succeeds(at, &["plan", "--workspace", "stage", "--out", "plan.json"]);
        server.write("watchlists/HighValueAssets/watchlistItems/later", &item("srv8", "Ed"));
        let ran = run(at, &["apply", "plan.json", "--yes"]);
        assert!(ran.code == 2 && ran.err.contains("the workspace moved"), "{what}: {}{}", ran.out, ran.err);
        let ran = succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
        assert!(ran.out.ends_with("applied to stage: 1 updated\n"), "{what}: {}", ran.out);
        assert_eq!(items(&server, "HighValueAssets"), wanted, "{what}");
        nothing_to_do(at);
    }
}

#[test]
fn what_cannot_be_read_stops_and_is_not_pruned() {
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    write(at, "content/assets.csv", "Server\nsrv1\n");
    let ran = run(at, &["apply", "--workspace", "stage", "--yes", "--prune", "--prune-limit", "100"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("PK921") && ran.err.contains("content/assets.yaml:4"), "{}", ran.err);
    write(at, "content/assets.csv", "Host\nsrv1\n");
    write(at, "content/assets.yaml", "alias: HighValueAssets\n");
    write(at, "picket.toml", format!("{}[lint.levels]\nbad-content = \"off\"\n", server.settings()));
    let ran = run(at, &["apply", "--workspace", "stage", "--yes", "--prune", "--prune-limit", "100"]);
    assert_ne!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(items(&server, "HighValueAssets").len(), 2, "still there");
}

#[test]
fn a_watchlist_that_somebody_else_made_is_left_alone() {
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    let body = serde_json::json!({"properties": {"displayName": "High value assets", "provider": "Microsoft",
        "description": "Servers that matter", "source": "assets.csv", "itemsSearchKey": "Host",
        "contentType": "text/csv", "rawContent": "Host,Owner\nmine,\n"}});
    server.write("watchlists/HighValueAssets", &body);
    let ran = run(at, &["apply", "--workspace", "stage", "--yes"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(
        ran.err.contains("PK805") && ran.err.contains("the watchlist 'High value assets'"),
        "{}",
        ran.err
    );
    assert_eq!(items(&server, "HighValueAssets").len(), 1);
    succeeds(at, &["apply", "--workspace", "stage", "--yes", "--adopt"]);
    assert_eq!(items(&server, "HighValueAssets").len(), 2);
    nothing_to_do(at);
}

#[test]
fn rules_without_a_query_and_automation_rules_are_deployed() {
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    write(at, "content/kinds.yaml", KINDS);
    write(at, "content/close.yaml", CLOSE);
    let ran = succeeds(at, &["plan", "--workspace", "stage"]);
    insta::assert_snapshot!("kinds", ran.out.replace(&rule_id(1), "ID"));
    succeeds(at, &["apply", "--workspace", "stage", "--yes", "--record", "traffic.jsonl"]);
    let record = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kinds-traffic.jsonl");
    std::fs::copy(at.join("traffic.jsonl"), record).unwrap();
    nothing_to_do(at);
    let written = std::fs::read_to_string(at.join("traffic.jsonl")).unwrap();
    let places =
        |part: &str| written.lines().position(|line| line.contains("\"PUT\"") && line.contains(part));
    let order = ["watchlists/HighValueAssets", "savedSearches/RecentEvents", "alertRules/"].map(places);
    assert!(order.is_sorted() && order[0].is_some(), "what a query names comes first: {order:?}");

    write(at, "content/kinds.yaml", KINDS.replace("enabled: false", "enabled: true"));
    write(at, "content/close.yaml", CLOSE.replace("order: 10", "order: 11"));
    let ran = succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    assert!(ran.out.ends_with("applied to stage: 2 updated\n"), "{}", ran.out);
    assert_eq!(server.rule("ml").unwrap()["properties"]["enabled"], true);
    nothing_to_do(at);
    write(at, "content/close.yaml", CLOSE.replace("Incidents", "Incident"));
    let ran = run(at, &["check"]);
    assert!(ran.out.contains("PK920") && ran.out.contains("`Incidents`"), "{}", ran.out);
}

#[test]
fn functions_are_written_before_those_that_call_them_and_deleted_after() {
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    write(at, "content/above.kql", "// function: Above()\nMiddle() | where Computer == 'a'\n");
    write(at, "content/middle.kql", "// function: Middle()\nRecentEvents(2h) | where EventID == 1\n");
    let apply = ["apply", "--workspace", "stage", "--yes", "--concurrency", "8", "--record", "traffic.jsonl"];
    let order = |verb: &str| {
        let written = std::fs::read_to_string(at.join("traffic.jsonl")).unwrap();
        let place = |name: &str| {
            let part = format!("savedSearches/{name}?");
            written.lines().position(|line| line.contains(verb) && line.contains(&part)).unwrap()
        };
        ["RecentEvents", "Middle", "Above"].map(place)
    };
    succeeds(at, &apply);
    assert!(order("\"PUT\"").is_sorted(), "what is called comes first");
    nothing_to_do(at);
    std::fs::remove_dir_all(at.join("content")).unwrap();
    write(at, "rules/a.yaml", scheduled_rule(1));
    succeeds(at, &[&apply[..], &["--prune", "--prune-limit", "100"]].concat());
    assert!(order("\"DELETE\"").iter().rev().is_sorted(), "what calls goes first");

    write(at, "content/one.kql", "// function: One()\nTwo()\n");
    write(at, "content/two.kql", "// function: Two()\nOne()\n");
    let ran = run(at, &["plan", "--workspace", "stage"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let circle = "PK808]: functions call each other in a circle: `One` calls `Two` calls `One`";
    assert!(ran.err.contains(circle), "{}", ran.err);
}

#[test]
fn errors_that_stop_an_apply_are_json_where_json_is_asked_for() {
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    write(at, "rules/b.yaml", scheduled_rule(1));
    for command in [&["apply", "--yes"][..], &["plan"]] {
        let ran = run(at, &[command, &["--workspace", "stage", "--format", "json"]].concat());
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        let document: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(document["diagnostics"][0]["severity"], "error", "{document}");
        assert!(ran.err.contains("the rules are not deployed"), "{}", ran.err);
    }
}

#[test]
fn content_that_is_not_committed_is_of_no_commit() {
    let server = Server::start(Path::new("."), &[]);
    let folder = project(&server);
    let at = folder.path();
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-C"];
        let mut git = std::process::Command::new("git");
        let ran = git.args(identity).arg(at).args(arguments).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "rules"]);
    let commit_of = |name: &str| {
        let record = server.read(&format!("metadata/{name}"));
        record["properties"]["customVersion"].as_str().is_some_and(|text| text.contains("commit="))
    };
    succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    assert!(commit_of("picket-parser-RecentEvents"));
    write(at, "content/recent.kql", RECENT.replace("1d", "3d"));
    succeeds(at, &["apply", "--workspace", "stage", "--yes"]);
    assert!(!commit_of("picket-parser-RecentEvents"), "what was applied is in no commit");
}
