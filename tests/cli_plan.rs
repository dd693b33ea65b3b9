//! What `picket plan` says of a workspace that others change, too.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use std::path::Path;

use common::server::Server;
use common::{Ran, rule_id, run, scheduled_rule, write};
use serde_json::{Value, json};
use tempfile::TempDir;

#[track_caller]
fn succeeds(folder: &Path, arguments: &[&str]) -> Ran {
    let ran = run(folder, arguments);
    assert_eq!(ran.code, 0, "{arguments:?}\n{}{}", ran.out, ran.err);
    ran
}

/// A project of three rules, deployed to the workspace `stage`.
fn deployed() -> (TempDir, Server) {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let server = Server::start(at, &[]);
    write(at, "picket.toml", server.settings());
    for number in 1..=3 {
        write(at, &format!("rules/{number}.yaml"), scheduled_rule(number));
    }
    (folder, server)
}

fn git(at: &Path, arguments: &[&str]) -> String {
    let set = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
    let done = std::process::Command::new("git").current_dir(at).args(set).args(arguments).output();
    let done = done.expect("git can be run");
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

const APPLY: [&str; 3] = ["apply", "-w", "stage"];
const PLAN: [&str; 3] = ["plan", "-w", "stage"];

/// Rule 1 changes in git, rule 2 in the portal, rule 3 in both.
fn change_on_both_sides(at: &Path, server: &Server) {
    let edit = |number: u32, from: &str, to: &str| {
        write(at, &format!("rules/{number}.yaml"), scheduled_rule(number).replace(from, to));
    };
    edit(1, "severity: Medium", "severity: High");
    edit(3, "severity: Medium", "severity: Low");
    server.edit(&rule_id(2), |rule| rule["properties"]["enabled"] = json!(false));
    server.edit(&rule_id(3), |rule| rule["properties"]["enabled"] = json!(false));
}

#[test]
fn a_plan_says_which_side_changed() {
    let (folder, server) = deployed();
    let at = folder.path();
    succeeds(at, &APPLY);
    change_on_both_sides(at, &server);
    insta::assert_snapshot!("which_side_changed", succeeds(at, &PLAN).out);
    succeeds(at, &APPLY);
    assert_eq!(run(at, &[PLAN.as_slice(), &["--detailed-exitcode"]].concat()).code, 0);
    server.delete(&rule_id(1));
    let ran = succeeds(at, &PLAN);
    assert!(ran.out.contains("deleted in the portal since the last apply"), "{}", ran.out);
}

#[test]
fn with_git_at_hand_fields_are_told_apart() {
    let (folder, server) = deployed();
    let at = folder.path();
    write(at, ".gitignore", ".picket\n");
    git(at, &["init", "--quiet"]);
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "--message", "Add rules"]);
    let commit = git(at, &["rev-parse", "HEAD"]);
    succeeds(at, &APPLY);
    change_on_both_sides(at, &server);
    let json: Value =
        serde_json::from_str(&succeeds(at, &[PLAN.as_slice(), &["--format", "json"]].concat()).out).unwrap();
    let changes = json["changes"].as_array().unwrap();
    let of = |number: u32| changes.iter().find(|change| change["key"]["name"] == rule_id(number)).unwrap();
    assert_eq!(of(1)["cause"], "git");
    assert_eq!(of(2)["cause"], "portal");
    assert_eq!((&of(3)["cause"], &of(3)["base"]["commit"]), (&json!("both"), &json!(commit)));
    let fields: Vec<(&Value, &Value)> =
        of(3)["fields"].as_array().unwrap().iter().map(|field| (&field["path"], &field["cause"])).collect();
    let (enabled, severity) = (json!("properties.enabled"), json!("properties.severity"));
    assert_eq!(fields, [(&enabled, &json!("portal")), (&severity, &json!("git"))]);
    let markdown = succeeds(at, &[PLAN.as_slice(), &["--format", "markdown"]].concat()).out;
    let short = &commit[..12];
    assert!(markdown.contains(&format!("changed in git and in the portal since {short}")), "{markdown}");
    assert!(markdown.contains("[portal] properties.enabled"), "{markdown}");
}

#[test]
fn a_new_commit_alone_writes_nothing() {
    let (folder, _server) = deployed();
    let at = folder.path();
    git(at, &["init", "--quiet"]);
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "--message", "Add rules"]);
    succeeds(at, &APPLY);
    git(at, &["commit", "--quiet", "--allow-empty", "--message", "Change nothing"]);
    succeeds(at, &[PLAN.as_slice(), &["--detailed-exitcode"]].concat());
}
