//! `picket doctor` against local workspaces that lack one thing or another.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails this way")]

mod common;

use std::collections::BTreeMap;

use common::server::{Server, settings};
use common::{Ran, run, run_with, write};
use picket::emulator::{Clock, EmulatorOptions, Store, start};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What doctor says of a workspace that is started with these arguments, and how it ends.
fn examined(server: &[&str], arguments: &[&str]) -> Ran {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), server);
    write(folder.path(), "picket.toml", server.settings() + "defender = true\n");
    let mut ran = run(folder.path(), &[&["doctor", "--workspace", "stage"], arguments].concat());
    ran.out = ran.out.replace(server.endpoint.trim_start_matches("http://"), "[HOST]");
    ran
}

/// The state of each check, by its id.
fn states(ran: &Ran) -> BTreeMap<String, String> {
    let document = common::valid(picket::report::doctor_json_schema(), &ran.out);
    let checks = document["checks"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let states: BTreeMap<_, _> =
        checks.iter().map(|check| (text(&check["id"]), text(&check["state"]))).collect();
    assert_eq!(states.len(), checks.len(), "every id is there once");
    states
}

#[test]
fn all_is_well_with_a_workspace_that_lacks_nothing() {
    let ran = examined(&[], &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    insta::assert_snapshot!(ran.out);
    let ran = examined(&[], &["--format", "json"]);
    let states = states(&ran);
    assert!(states.values().all(|state| state == "ok"), "{states:#?}");
}

#[test]
fn the_local_workspace_needs_no_settings() {
    let folder = TempDir::new().unwrap();
    let ran = run(folder.path(), &["doctor", "--format", "json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(states(&ran).values().all(|state| state == "ok"));
}

#[test]
fn what_is_denied_is_named_with_the_role_that_grants_it() {
    let denied = [
        "--deny",
        "Microsoft.SecurityInsights/*/write,*/savedSearches/delete,*/query/*,*/resourceGroups/read",
    ];
    let ran = examined(&denied, &[]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    insta::assert_snapshot!(ran.out);
    let ran = examined(&denied, &["--read-only", "--format", "json"]);
    let states = states(&ran);
    let not_ok: Vec<&str> =
        states.iter().filter(|(_, state)| *state != "ok").map(|(id, _)| id.as_str()).collect();
    assert_eq!((ran.code, not_ok), (1, vec!["permission-query", "query", "resource-group"]));
}

#[test]
fn what_is_absent_ends_the_checks_that_need_it() {
    let order = ["subscription", "resource-group", "workspace", "sentinel", "limits"];
    for (at, part) in order.iter().enumerate().take(4) {
        let ran = examined(&["--without", part], &["--format", "json"]);
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        let states = states(&ran);
        assert_eq!(states[*part], "failed", "{part}: {states:#?}");
        for later in &order[at + 1..] {
            assert_eq!(states[*later], "skipped", "{part}: {states:#?}");
        }
        assert!(order[..at].iter().all(|earlier| states[*earlier] == "ok"), "{part}: {states:#?}");
    }
    let ran = examined(&["--without", "sentinel"], &[]);
    assert!(ran.out.contains("turn it on in the portal"), "{}", ran.out);
}

#[test]
fn a_server_that_is_not_there_is_said_so_and_nothing_more_is_asked() {
    let folder = TempDir::new().unwrap();
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    write(folder.path(), "picket.toml", settings(&format!("endpoint = \"http://{unused}\"\n")));
    let ran = run(folder.path(), &["doctor", "--workspace", "stage"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("start the local workspace with `picket emulator`"), "{}", ran.out);
    let ran = run(folder.path(), &["doctor", "--workspace", "stage", "--format", "json"]);
    let states = states(&ran);
    assert_eq!((states["api"].as_str(), states["limits"].as_str()), ("failed", "skipped"));
}

#[test]
fn settings_that_cannot_be_used_end_it() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "picket.toml", "[workspace.stage]\nname = 7\n");
    assert_eq!(run(folder.path(), &["doctor", "--workspace", "stage"]).code, 2);
    write(folder.path(), "picket.toml", settings(""));
    let ran = run(folder.path(), &["doctor", "--workspace", "stag"]);
    assert!(ran.code == 2 && ran.err.contains("the nearest is `stage`"), "{}", ran.err);
}

#[test]
fn credentials_that_lack_a_variable_are_said_with_what_to_set() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "picket.toml", settings(""));
    let ran = run_with(folder.path(), &["doctor", "--workspace", "stage"], |command| {
        command.env("PICKET_CREDENTIAL", "client-secret").env("AZURE_TENANT_ID", "t")
    });
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("the client secret needs AZURE_CLIENT_ID, AZURE_CLIENT_SECRET"), "{}", ran.out);
    assert!(ran.out.contains("set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"), "{}", ran.out);
    // What picket.toml names comes before the variable, that of a workspace before that of its environment.
    let of_env = "[env.stage]\ncredential = \"workload-identity\"\n";
    let doctor = |settings: &str| {
        write(folder.path(), "picket.toml", settings);
        run_with(folder.path(), &["doctor", "--workspace", "stage"], |command| {
            command.env("PICKET_CREDENTIAL", "client-secret").env("AZURE_TENANT_ID", "t")
        })
    };
    let ran = doctor(&(settings("") + of_env));
    assert!(ran.out.contains("the workload identity needs"), "{}", ran.out);
    let ran = doctor(&(settings("credential = \"client-certificate\"\n") + of_env));
    assert!(ran.out.contains("the client certificate needs"), "{}", ran.out);
}

#[test]
fn a_clock_that_is_off_and_limits_that_are_near_want_a_look() {
    let folder = TempDir::new().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let mut options = EmulatorOptions::new(Store::Memory);
    // The machine is ten minutes ahead of it.
    options.clock = Clock::manual(u64::try_from(now).unwrap() - 600_000);
    let running = runtime.block_on(start(options)).unwrap();
    let server = Server::at(&running.endpoint());
    for number in 0..46 {
        let body = json!({ "kind": "NRT", "properties": { "displayName": format!("N{number}"), "enabled": number != 0,
            "query": "SecurityEvent", "severity": "High", "suppressionDuration": "PT5H", "suppressionEnabled": false } });
        server.make(&common::rule_id(number), &body);
    }
    // One watchlist says how many items it has, the items of the other are counted.
    for (alias, labels, rows) in [("Ours", json!(["picket-items:12:0a"]), 1), ("Theirs", json!([]), 3)] {
        let rows: String = (0..rows).map(|row| format!("h{row}\n")).collect();
        let body = json!({ "properties": { "displayName": alias, "provider": "Microsoft", "itemsSearchKey": "Host",
            "labels": labels, "contentType": "text/csv", "numberOfLinesToSkip": 0, "rawContent": format!("Host\n{rows}") } });
        server.write(&format!("watchlists/{alias}"), &body);
    }
    write(folder.path(), "picket.toml", server.settings());
    let ran = run(folder.path(), &["doctor", "--workspace", "stage", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    let states = states(&ran);
    assert_eq!(states["clock"], "failed", "{}", ran.out);
    assert_eq!(states["limit-nrt-rules"], "warning");
    assert_eq!((states["limit-scheduled-rules"].as_str(), states["graph"].as_str()), ("ok", "skipped"));
    let checks = document["checks"].as_array().unwrap();
    let nrt = checks.iter().find(|check| check["id"] == "limit-nrt-rules").unwrap();
    assert_eq!(nrt["usage"], json!({ "used": 45, "limit": 50 }));
    let items = checks.iter().find(|check| check["id"] == "limit-watchlist-items").unwrap();
    assert_eq!(items["usage"], json!({ "used": 15, "limit": 10_000_000 }));
    assert_eq!(document["summary"]["failed"], 1);
}
