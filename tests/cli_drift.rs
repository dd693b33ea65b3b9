//! What `picket drift` says of a workspace that others change.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use std::path::Path;

use common::server::Server;
use common::{git, rule_id, run, scheduled_rule, write};
use serde_json::{Value, json};
use tempfile::TempDir;

const DRIFT: [&str; 3] = ["drift", "-w", "stage"];

/// A project of five rules and the workspace `stage`.
fn project() -> (TempDir, Server) {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let server = Server::start(at, &[]);
    write(at, "picket.toml", server.settings());
    for number in 1..=5 {
        write(at, &format!("rules/{number}.yaml"), scheduled_rule(number));
    }
    (folder, server)
}

fn apply(at: &Path) {
    let ran = run(at, &["apply", "-w", "stage"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn what_others_changed_deleted_or_disabled_is_drift_and_what_git_changed_is_none() {
    let (folder, server) = project();
    let at = folder.path();
    apply(at);
    let edit = |number: u32| {
        let rule = scheduled_rule(number).replace("severity: Medium", "severity: High");
        write(at, &format!("rules/{number}.yaml"), rule);
    };
    edit(5);
    let ran = run(at, &DRIFT);
    assert_eq!((ran.code, ran.out.as_str()), (0, "Drift: 0 drifted, 5 as applied\n"), "{}", ran.err);
    server.edit(&rule_id(1), |rule| rule["properties"]["enabled"] = json!(false));
    server.edit(&rule_id(2), |rule| {
        rule["properties"]["displayName"] = json!("AUTO DISABLED Rule 2");
        rule["properties"]["enabled"] = json!(false);
    });
    server.delete(&rule_id(3));
    // Of a rule that git changed, too, only the digest of what was applied is known.
    edit(4);
    server.edit(&rule_id(4), |rule| rule["properties"]["query"] = json!("SecurityEvent | take 5"));
    let ran = run(at, &DRIFT);
    assert_eq!(ran.code, 1, "{}", ran.err);
    insta::assert_snapshot!("drift_text", ran.out);
    let ran = run(at, &[DRIFT.as_slice(), &["--format", "markdown"]].concat());
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!("drift_markdown", ran.out);
    let ran = run(at, &[DRIFT.as_slice(), &["--format", "json", "--exclude", &rule_id(4)]].concat());
    let json = common::valid(picket::report::drift_json_schema(), &ran.out);
    let hows: Vec<&Value> = json["drifted"].as_array().unwrap().iter().map(|it| &it["how"]).collect();
    assert_eq!(hows, ["changed", "auto-disabled", "deleted"]);
    assert_eq!(
        json["drifted"][0]["fields"],
        json!([{"path": "properties.enabled", "before": true, "after": false}])
    );
    // The next apply puts back what the rules say, and a rule file with faults does not stand in the way. The id of a
    // rule that was just deleted is not to be had again at once.
    let ran = run(at, &["apply", "-w", "stage", "--exclude", &rule_id(3)]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    write(at, "rules/1.yaml", "id: [");
    let ran = run(at, &[DRIFT.as_slice(), &["--exclude", &rule_id(3)]].concat());
    assert_eq!((ran.code, ran.out.as_str()), (0, "Drift: 0 drifted, 4 as applied\n"), "{}", ran.err);
}

#[test]
fn the_commit_on_record_says_what_was_applied_of_rules_that_changed_or_are_gone() {
    let (folder, server) = project();
    let at = folder.path();
    write(at, ".gitignore", ".picket\n");
    git(at, &["init", "--quiet"]);
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "--message", "Add rules"]);
    apply(at);
    for number in 1..=2 {
        server.edit(&rule_id(number), |rule| rule["properties"]["enabled"] = json!(false));
    }
    write(at, "rules/1.yaml", scheduled_rule(1).replace("severity: Medium", "severity: High"));
    std::fs::remove_file(at.join("rules/2.yaml")).unwrap();
    let ran = run(at, &[DRIFT.as_slice(), &["--format", "json"]].concat());
    assert_eq!(ran.code, 1, "{}", ran.err);
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    for number in 0..=1 {
        let fields = &json["drifted"][number]["fields"];
        let enabled = json!([{"path": "properties.enabled", "before": true, "after": false}]);
        assert_eq!(*fields, enabled, "{}", ran.out);
    }
}

#[test]
fn what_cannot_be_found_out_is_no_drift() {
    let (folder, server) = project();
    let at = folder.path();
    apply(at);
    drop(server);
    let ran = run(at, &DRIFT);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    let ran = run(at, &["drift", "--workspace", "stag"]);
    assert!(ran.code == 2 && ran.err.contains("the nearest is `stage`"), "{}", ran.err);
}

/// Times as the service writes them, which no test foresees.
fn without_times(text: &str) -> String {
    let is_time = |word: &str| word.len() == 19 && word.as_bytes()[4] == b'-' && word.as_bytes()[10] == b'T';
    let word = |word: &str| {
        if is_time(word.trim_matches('`')) {
            word.replace(word.trim_matches('`'), "[TIME             ]")
        } else {
            word.to_owned()
        }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn status_says_how_each_rule_fares() {
    let (folder, server) = project();
    let at = folder.path();
    write(at, "rules/hunt.yaml", common::hunting_rule(9));
    let none = run(at, &["status", "-w", "stage"]);
    assert_eq!((none.code, none.out.as_str()), (0, "Status: nothing of the project is in the workspace\n"));
    apply(at);
    server.edit(&rule_id(1), |rule| rule["properties"]["enabled"] = json!(false));
    server.edit(&rule_id(2), |rule| {
        rule["properties"]["displayName"] = json!("AUTO DISABLED Rule 2");
        rule["properties"]["enabled"] = json!(false);
    });
    server.delete(&rule_id(3));
    let ran = run(at, &["status", "-w", "stage"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    insta::assert_snapshot!("status_text", without_times(&ran.out));
    let ran = run(at, &["status", "-w", "stage", "--format", "markdown"]);
    let rows: Vec<&str> = ran.out.lines().filter(|line| line.starts_with("| <code>")).collect();
    assert_eq!(rows.len(), 6, "{}", ran.out);
    assert!(
        rows[0].contains("deleted") && rows[0].contains("Rule 3"),
        "what needs a look is first: {}",
        ran.out
    );
    let ran = run(at, &["status", "-w", "stage", "--format", "json", "--target", "Rule 2"]);
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    let rules = json["resources"].as_array().unwrap();
    assert_eq!(rules.len(), 1);
    assert_eq!(
        (&rules[0]["state"], &rules[0]["sinceApply"]),
        (&json!("disabled-by-azure"), &json!("drifted"))
    );
}
