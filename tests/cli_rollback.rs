//! `picket rollback`: a workspace brought back to an older revision.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use common::server::Server;
use common::{git, rule_id, run, scheduled_rule, succeeds, write};
use serde_json::json;
use tempfile::TempDir;

const ROLLBACK: [&str; 4] = ["rollback", "-w", "stage", "HEAD~1"];

/// Two commits, both applied: the second changes rule 1, its watchlist and function, and adds rule 3. The project stands
/// in a folder of its repository.
fn project() -> (TempDir, Server) {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    let at = root.join("detections");
    std::fs::create_dir(&at).unwrap();
    let server = Server::start(&at, &[]);
    let commit = |message: &str| {
        git(root, &["add", "."]);
        git(root, &["commit", "--quiet", "--message", message]);
        succeeds(&at, &["apply", "-w", "stage"]);
    };
    git(root, &["init", "--quiet"]);
    write(root, ".gitignore", ".picket\n");
    write(&at, "picket.toml", format!("content = [\"content\"]\n{}", server.settings()));
    for number in 1..=2 {
        write(&at, &format!("rules/{number}.yaml"), scheduled_rule(number));
    }
    let list = |items: &str| {
        format!("alias: allowed\nname: Allowed\nsearchKey: User\nitems: allowed.csv\n# {items}\n")
    };
    write(&at, "content/allowed.yaml", list("one"));
    write(&at, "content/allowed.csv", "User\nann\n");
    commit("Add rules");
    write(&at, "rules/moved/1.yaml", scheduled_rule(1).replace("severity: Medium", "severity: High"));
    std::fs::remove_file(at.join("rules/1.yaml")).unwrap();
    write(&at, "rules/3.yaml", scheduled_rule(3));
    write(&at, "content/allowed.csv", "User\nann\nbob\n");
    commit("Change rules");
    (folder, server)
}

#[test]
fn an_older_revision_is_planned_and_applied() {
    let (folder, server) = project();
    let at = &folder.path().join("detections");
    let severity = || server.rule(&rule_id(1)).unwrap()["properties"]["severity"].clone();
    let ran = succeeds(at, &[ROLLBACK.as_slice(), &["--dry-run"]].concat());
    let commit = git(folder.path(), &["rev-parse", "HEAD"]);
    insta::assert_snapshot!("rollback_plan", ran.out.replace(&commit[..12], "[COMMIT]"));
    assert_eq!(severity(), json!("High"));
    let ran = succeeds(at, &[ROLLBACK.as_slice(), &["--yes"]].concat());
    assert!(ran.out.contains("2 updated"), "{}", ran.out);
    assert_eq!(severity(), json!("Medium"));
    assert!(server.rule(&rule_id(3)).is_some(), "what came later is left alone");
    // The record says which commit is there, and the next plan is about the way back.
    let drift = run(at, &["drift", "-w", "stage"]);
    assert_eq!(drift.code, 0, "{}", drift.out);
    let plan = succeeds(at, &["plan", "-w", "stage"]);
    assert!(plan.out.contains("severity: \"Medium\" -> \"High\""), "{}", plan.out);
    let ran = succeeds(at, &[ROLLBACK.as_slice(), &["--yes", "--prune", "--prune-limit", "50"]].concat());
    assert!(ran.out.contains("1 deleted"), "{}", ran.out);
    assert!(server.rule(&rule_id(3)).is_none());
}

#[test]
fn a_part_can_be_rolled_back_and_an_unknown_revision_not() {
    let (folder, server) = project();
    let at = &folder.path().join("detections");
    let ran = succeeds(at, &[ROLLBACK.as_slice(), &["--yes", "--target", "rules/2.yaml"]].concat());
    assert!(!ran.out.contains("updated"), "{}", ran.out);
    let ran = succeeds(at, &[ROLLBACK.as_slice(), &["--yes", "--target", "Rule 1"]].concat());
    assert!(ran.out.contains("1 updated"), "{}", ran.out);
    assert_eq!(server.rule(&rule_id(1)).unwrap()["properties"]["severity"], json!("Medium"));
    for revision in ["nowhere", "--all", "HEAD~9"] {
        let ran = run(at, &["rollback", "-w", "stage", "--yes", "--", revision]);
        assert_eq!(ran.code, 2, "{}", ran.out);
        assert!(ran.err.contains(&format!("git knows no revision `{revision}`")), "{}", ran.err);
    }
}
