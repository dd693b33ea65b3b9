//! `picket deps` as a person runs it.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "a test fails this way")]

mod common;

use common::{rule_id, run, write};
use serde_json::json;
use tempfile::TempDir;

/// Two rules, a function of the project and a file that is no rule's.
fn project() -> TempDir {
    let folder = TempDir::new().unwrap();
    let rule = |number: u32, name: &str, rest: &str| format!("id: {}\nname: {name}\n{rest}", rule_id(number));
    let first = "requiredDataConnectors:\n  - connectorId: AzureActiveDirectory\n    dataTypes: [SigninLogs]\nquery: |\n  VipSignins\n  | join kind=inner (_Im_Dns) on $left.IPAddress == $right.SrcIpAddr\n";
    write(folder.path(), "rules/a.yaml", rule(1, "'Sign-in of \"vips\" #1'", first));
    write(
        folder.path(),
        "rules/b.yaml",
        rule(2, "Both", "query: union SigninLogs, AuditLogs, Missing_CL | take 5\n"),
    );
    let body = "let vips = _GetWatchlist('vips');\nSigninLogs | where UserPrincipalName in ((vips | project SearchKey))\n";
    write(folder.path(), "kql/VipSignins.kql", body);
    write(folder.path(), "picket.toml", "");
    folder
}

#[test]
fn text_shows_rules_and_what_they_need_both_ways() {
    let ran = run(project().path(), &["deps"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!(ran.out);
}

#[test]
fn json_holds_the_same() {
    let ran = run(project().path(), &["deps", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found["rules"][0]["tables"], json!(["SigninLogs"]));
    assert_eq!(found["rules"][0]["project_functions"], json!(["VipSignins"]));
    assert_eq!(found["tables"], json!({"AuditLogs": [1], "SigninLogs": [0, 1]}));
    assert_eq!(found["watchlists"], json!({"vips": [0]}));
    assert_eq!(found["unknown"], json!({"Missing_CL": [1]}));
    assert_eq!(found["connectors"], json!({"AzureActiveDirectory": [0]}));
}

#[test]
fn graphs_quote_names() {
    let folder = project();
    insta::assert_snapshot!("dot", run(folder.path(), &["deps", "--format", "dot"]).out);
    insta::assert_snapshot!("mermaid", run(folder.path(), &["deps", "--format", "mermaid"]).out);
}

#[test]
fn rules_are_chosen_by_what_they_need() {
    let folder = project();
    let names = |arguments: &[&str]| {
        let ran = run(folder.path(), &[&["deps", "--format", "json"], arguments].concat());
        let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        found["rules"].as_array().unwrap().len()
    };
    assert_eq!(names(&["--uses", "SigninLogs"]), 2);
    assert_eq!(names(&["--uses", "SigninLogs", "--uses", "vips"]), 1);
    assert_eq!(names(&["--uses", "Nothing"]), 0);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_shown() {
    let folder = project();
    write(folder.path(), "rules/c.yaml", [0xff, 0xfe, 0x00, 0x01]);
    let ran = run(folder.path(), &["deps"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("rules/c.yaml") && ran.out.contains("rules/b.yaml"), "{}{}", ran.out, ran.err);
}
