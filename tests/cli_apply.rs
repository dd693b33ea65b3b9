//! What `picket apply` says of rules that the service does not take.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use std::path::Path;

use common::server::Server;
use common::{Ran, run, scheduled_rule, write};
use tempfile::TempDir;

/// A project that deploys to an emulator started with `arguments`.
fn project(arguments: &[&str]) -> (TempDir, Server) {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), arguments);
    write(folder.path(), "picket.toml", server.settings());
    (folder, server)
}

fn apply(folder: &Path, more: &[&str]) -> Ran {
    run(folder, &[&["apply", "--workspace", "stage"], more].concat())
}

/// Rule `number` with another query.
fn with_query(number: u32, query: &str) -> String {
    let rule = scheduled_rule(number);
    let (head, rest) = rule.split_once("query: |\n").unwrap();
    let (_, tail) = rest.split_once("entityMappings").unwrap();
    format!("{head}query: |\n  {}\nentityMappings{tail}", query.replace('\n', "\n  "))
}

#[test]
fn a_rule_whose_table_is_absent_waits_and_the_others_are_deployed() {
    let (folder, _server) = project(&["--tables", "Heartbeat"]);
    let at = folder.path();
    write(at, "rules/a.yaml", with_query(1, "Heartbeat\n| where Computer == 'x'"));
    write(at, "rules/b.yaml", with_query(2, "SecurityEvent\n| where EventID == 4688"));
    let ran = apply(at, &[]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.out.ends_with("applied to stage: 1 created; 1 pending\n"), "{}", ran.out);
    insta::assert_snapshot!(ran.err);
    let plan = run(at, &["plan", "--workspace", "stage"]);
    assert!(plan.out.contains("Plan: 1 to create"), "{}", plan.out);
    let ran = apply(at, &["--allow-pending"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.ends_with("applied to stage: nothing; 1 pending\n"), "{}", ran.out);
}

#[test]
fn a_column_that_only_this_workspace_lacks_is_shown_where_it_is_used() {
    let (folder, _server) = project(&["--tables", "Heartbeat"]);
    let at = folder.path();
    write(
        at,
        "declarations/h.yaml",
        "tables:\n  - name: Heartbeat\n    columns: {Extra_s: string, TimeGenerated: datetime}\n",
    );
    write(at, "rules/a.yaml", with_query(1, "Heartbeat\n| where Extra_s == 'x'"));
    let ran = apply(at, &[]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("PK810") && ran.err.contains("waiting for column `Extra_s`"), "{}", ran.err);
    let place = ran.err.lines().find(|line| line.contains("rules/a.yaml:")).unwrap();
    let line = std::fs::read_to_string(at.join("rules/a.yaml")).unwrap();
    let line = 1 + line.lines().position(|line| line.contains("Extra_s")).unwrap();
    assert!(place.ends_with(&format!("rules/a.yaml:{line}:11")), "{place}");
}
