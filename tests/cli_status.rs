//! `picket status`: what fired, what is silent, and what is said where that cannot be known.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails this way")]

mod common;

use common::server::Server;
use common::{Ran, hunting_rule, rule_id, run, scheduled_rule, succeeds, write};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A project of three rules and a hunting query, applied to a workspace in which the first fired twice, and the third is
/// disabled.
fn applied(arguments: &[&str]) -> (TempDir, Server) {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let id = Server::start(at, &[]).customer_id();
    let alert = |alert: &str, rule: u32, time: &str| {
        let kind = format!("{id}_{}", rule_id(rule));
        json!({ "SystemAlertId": alert, "AlertType": kind, "TimeGenerated": time }).to_string() + "\n"
    };
    let alerts = [
        alert("1", 1, "2999-01-01T10:00:00Z"),
        alert("1", 1, "2999-01-02T10:00:00Z"),
        alert("2", 1, "2999-01-03T11:22:33.4567Z"),
        // Too long ago for any number of days.
        alert("3", 2, "2001-01-01T10:00:00Z"),
    ];
    let alerts = write(at, "alerts.jsonl", alerts.concat());
    let server = Server::start(at, &[&["--alerts", alerts.to_str().unwrap()], arguments].concat());
    write(at, "picket.toml", server.settings());
    write(at, "rules/1.yaml", scheduled_rule(1));
    write(at, "rules/2.yaml", scheduled_rule(2));
    write(at, "rules/3.yaml", scheduled_rule(3) + "enabled: false\n");
    write(at, "rules/4.yaml", hunting_rule(4));
    (folder, server)
}

/// What status says, without the times at which rules were written.
fn status(folder: &TempDir, arguments: &[&str]) -> Ran {
    let mut ran = run(folder.path(), &[&["status", "-w", "stage"], arguments].concat());
    let year = regex::Regex::new(
        r"20[0-9]{2}(-|&#45;)[0-9]{2}(-|&#45;)[0-9]{2}T[0-9]{2}(:|&#58;)[0-9]{2}(:|&#58;)[0-9]{2}",
    )
    .unwrap();
    ran.out = year.replace_all(&ran.out, "[WRITTEN]          ").into_owned();
    ran
}

fn document(ran: &Ran) -> Value {
    common::valid(picket::report::status_json_schema(), &ran.out)
}

#[test]
fn tells_when_each_rule_fired_last_how_often_and_which_are_silent() {
    let (folder, server) = applied(&[]);
    succeeds(folder.path(), &["apply", "-w", "stage", "--yes"]);
    server.edit(&rule_id(2), |rule| rule["properties"]["severity"] = "High".into());
    let ran = status(&folder, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    insta::assert_snapshot!("text", ran.out);
    insta::assert_snapshot!("markdown", status(&folder, &["--format", "markdown"]).out);
    let found = document(&status(&folder, &["--format", "json", "--days", "7"]));
    assert_eq!(found["activity"], json!({ "days": 7 }));
    let of = |number: u32| {
        let resources = found["resources"].as_array().unwrap();
        resources.iter().find(|it| it["key"]["name"] == rule_id(number)).unwrap().clone()
    };
    assert_eq!((&of(1)["alerts"], &of(1)["lastFired"]), (&json!(2), &json!("2999-01-03T11:22:33.4567Z")));
    assert_eq!((&of(2)["alerts"], &of(2)["silent"]), (&json!(0), &json!(true)));
    assert_eq!((&of(3)["alerts"], &of(3)["silent"]), (&json!(0), &Value::Null));
    assert_eq!(of(4)["alerts"], Value::Null);
}

#[test]
fn goes_on_where_it_may_not_query() {
    let (folder, _server) = applied(&["--deny", "*/query/*"]);
    succeeds(folder.path(), &["apply", "-w", "stage", "--yes"]);
    let ran = status(&folder, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    insta::assert_snapshot!("refused", ran.out);
    let markdown = status(&folder, &["--format", "markdown"]).out;
    assert!(markdown.contains("Log Analytics Reader") && !markdown.contains("last fired"), "{markdown}");
    let found = document(&status(&folder, &["--format", "json"]));
    assert!(found["activity"]["problem"].as_str().unwrap().contains("InsufficientAccessError"));
    assert!(found["resources"].as_array().unwrap().iter().all(|it| it["alerts"].is_null()));
}

#[test]
fn nothing_fires_in_the_workspace_on_this_machine() {
    let (folder, _server) = applied(&[]);
    succeeds(folder.path(), &["apply"]);
    let ran = run(folder.path(), &["status", "--format", "json"]);
    let found = document(&ran);
    assert_eq!((ran.code, &found["activity"]), (0, &Value::Null));
    assert_eq!(found["resources"].as_array().unwrap().len(), 4);
}

#[test]
fn alerts_that_are_none_are_said_where_they_stand() {
    let folder = TempDir::new().unwrap();
    let file = write(folder.path(), "alerts.jsonl", "{\"SystemAlertId\": \"a\"}\n");
    let ran =
        run(folder.path(), &["emulator", "--listen", "127.0.0.1:0", "--alerts", file.to_str().unwrap()]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("alerts.jsonl:1 is no alert"), "{}", ran.err);
    assert!(ran.err.contains("the alert has no text `TimeGenerated`"), "{}", ran.err);
}
