//! `picket plan`, `apply` and `emulator` as a person runs them.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use std::path::Path;

use common::server::{Server, settings};
use common::{Ran, hunting_rule, run, scheduled_rule, succeeds, write};
use tempfile::TempDir;

/// A folder with a scheduled rule and a hunting query.
fn project() -> TempDir {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "picket.toml", "[project]\nname = \"soc\"\n");
    write(folder.path(), "rules/a.yaml", scheduled_rule(1));
    write(folder.path(), "rules/b.yaml", hunting_rule(2));
    folder
}

/// The end of a plan: the counts.
fn counts(ran: &Ran) -> String {
    ran.out.lines().rfind(|line| line.starts_with("Plan: ")).unwrap_or(&ran.out).to_owned()
}

const NOTHING: &str = "Plan: 0 to create, 0 to update, 0 to delete, 2 unchanged";

#[test]
fn applies_once_then_nothing_changes() {
    let folder = project();
    let at = folder.path();
    let ran = run(at, &["plan", "--detailed-exitcode"]);
    assert_eq!(
        (ran.code, counts(&ran).as_str()),
        (1, "Plan: 2 to create, 0 to update, 0 to delete, 0 unchanged (2 ownership records)")
    );
    let ran = succeeds(at, &["apply"]);
    assert!(ran.out.ends_with("applied to local: 2 created\n"), "{}", ran.out);
    assert_eq!(ran.err, "", "no progress without a terminal");
    assert_eq!(counts(&succeeds(at, &["plan", "--detailed-exitcode"])), NOTHING);
    let ran = succeeds(at, &["apply"]);
    assert!(!ran.out.contains("applied"), "{}", ran.out);
}

#[test]
fn a_change_is_shown_field_by_field_and_carried_out() {
    let folder = project();
    let at = folder.path();
    succeeds(at, &["apply"]);
    write(at, "rules/a.yaml", scheduled_rule(1).replace("severity: Medium", "severity: High"));
    let ran = succeeds(at, &["plan"]);
    insta::assert_snapshot!(ran.out);
    let json: serde_json::Value =
        serde_json::from_str(&succeeds(at, &["plan", "--format", "json"]).out).unwrap();
    assert_eq!(json["summary"]["update"], 1);
    let markdown = succeeds(at, &["plan", "--format", "markdown", "--out", "plan.md"]);
    assert_eq!(markdown.out, "");
    let markdown = std::fs::read_to_string(at.join("plan.md")).unwrap();
    assert!(markdown.starts_with("<!-- picket plan -->") && markdown.contains("severity"), "{markdown}");
    assert!(succeeds(at, &["apply"]).out.ends_with("applied to local: 1 updated\n"));
    assert_eq!(counts(&succeeds(at, &["plan", "--detailed-exitcode"])), NOTHING);
}

#[test]
fn a_rule_that_is_gone_is_deleted_only_when_asked() {
    let folder = project();
    let at = folder.path();
    succeeds(at, &["apply"]);
    std::fs::remove_file(at.join("rules/b.yaml")).unwrap();
    let ran = succeeds(at, &["plan", "--detailed-exitcode"]);
    assert!(ran.out.contains("--prune") && ran.out.contains("Hunt 2"), "{}", ran.out);
    let partial = succeeds(at, &["plan", "rules/a.yaml"]);
    assert!(!partial.out.contains("Hunt 2"), "of other rules nothing is known: {}", partial.out);
    assert_eq!(run(at, &["apply", "--prune", "rules/a.yaml"]).code, 2, "a part of the rules prunes nothing");
    assert!(succeeds(at, &["apply", "--prune"]).out.ends_with("applied to local: 1 deleted\n"));
    let ran = succeeds(at, &["plan", "--prune", "--detailed-exitcode"]);
    assert!(counts(&ran).ends_with("1 unchanged"), "{}", ran.out);
}

#[test]
fn nothing_is_pruned_while_a_file_may_be_a_broken_rule() {
    let folder = project();
    let at = folder.path();
    succeeds(at, &["apply"]);
    write(at, "rules/b.yaml", "title: no rule any more\n");
    write(at, "picket.toml", "[project]\nname = \"soc\"\n[lint.levels]\nnot-a-rule = \"off\"\n");
    let ran = run(at, &["apply", "--prune"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("cannot prune: 1 document") && ran.err.contains("rules/b.yaml"), "{}", ran.err);
    assert!(counts(&succeeds(at, &["plan"])).contains("0 to delete"));
}

#[test]
fn what_another_project_owns_is_refused_until_adopted() {
    let folder = project();
    let at = folder.path();
    succeeds(at, &["apply"]);
    write(at, "picket.toml", "[project]\nname = \"other\"\n");
    write(at, "rules/a.yaml", scheduled_rule(1).replace("severity: Medium", "severity: High"));
    let ran = run(at, &["apply", "rules/a.yaml"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("PK805") && ran.err.contains("--adopt"), "{}", ran.err);
    assert!(ran.err.ends_with("nothing was written\n"), "{}", ran.err);
    succeeds(at, &["apply", "rules/a.yaml", "--adopt"]);
    succeeds(at, &["plan", "rules/a.yaml", "--detailed-exitcode"]);
}

#[test]
fn errors_of_a_check_stop_everything() {
    let folder = project();
    let at = folder.path();
    write(at, "rules/a.yaml", scheduled_rule(1).replace("- Execution", "- Executon"));
    for command in ["plan", "apply"] {
        let ran = run(at, &[command]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
        assert!(ran.err.contains("PK501") && ran.err.contains("not deployed"), "{}", ran.err);
    }
    assert!(!at.join(".picket").exists(), "no workspace was made");
    write(at, "rules/a.yaml", b"\xff\xfe\x00");
    assert_eq!(run(at, &["apply"]).code, 2, "a file that cannot be read");
}

#[test]
fn a_record_holds_every_exchange_and_no_credential() {
    let folder = project();
    let at = folder.path();
    succeeds(at, &["apply", "--record", "traffic.jsonl"]);
    let record = std::fs::read_to_string(at.join("traffic.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> =
        record.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let methods = |method: &str| lines.iter().filter(|line| line["method"] == method).count();
    assert_eq!(
        (methods("GET"), methods("PUT"), lines.len()),
        (7, 4, 11),
        "seven lists, those of tables and of custom detections with them, two rules, two records"
    );
    assert!(!record.to_lowercase().contains("authorization") && !record.contains("Bearer"));
    let ran = run(at, &["apply", "--record", "none/traffic.jsonl"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("none/traffic.jsonl") && ran.err.contains("help: "), "{}", ran.err);
}

/// The pack is created, changed and pruned in a local workspace. The record is left where `.ci/validate-traffic`
/// finds it and holds it against the contracts of the services.
#[test]
fn the_pack_is_created_changed_and_pruned_on_record() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    for (name, text) in pack() {
        write(at, &name, text);
    }
    let mut traffic = String::new();
    let mut apply = |ending: &str| {
        let ran = succeeds(at, &["apply", "--prune", "--record", "traffic.jsonl"]);
        assert!(ran.out.ends_with(ending), "{}", ran.out);
        traffic.push_str(&std::fs::read_to_string(at.join("traffic.jsonl")).unwrap());
    };
    let rules = pack().len();
    apply(&format!("applied to local: {rules} created\n"));
    for (name, text) in pack() {
        write(at, &name, text.replace("\nquery: |\n", "\nquery: |\n  // changed\n"));
    }
    apply(&format!("applied to local: {rules} updated\n"));
    let (last, _) = pack().pop().unwrap();
    std::fs::remove_file(at.join(last)).unwrap();
    apply("applied to local: 1 deleted\n");
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("apply-traffic.jsonl"), traffic).unwrap();
}

/// The rules of this repository, each with its path.
fn pack() -> Vec<(String, String)> {
    let mut open = vec![common::root().join("rules")];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yaml") && !common::is_test(&path) {
                let name = path.strip_prefix(common::root()).unwrap().display().to_string();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn applies_to_an_emulator_that_runs_alone_through_its_faults() {
    let folder = project();
    let at = folder.path();
    let server = Server::start(at, &["--fault", "throttle=5,retry-after=0,error=7,lose=11"]);
    write(at, "picket.toml", server.settings());
    let ran = succeeds(at, &["apply", "--workspace", "stage"]);
    assert!(ran.out.ends_with("applied to stage: 2 created\n"), "{}", ran.out);
    assert_eq!(counts(&succeeds(at, &["plan", "-w", "stage", "--detailed-exitcode"])), NOTHING);
}

#[test]
fn a_refused_port_is_named_with_its_remedy() {
    let folder = project();
    let at = folder.path();
    // A port that was free a moment ago, and that nothing listens on.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    write(at, "picket.toml", settings(&format!("endpoint = \"http://127.0.0.1:{port}\"\n")));
    let ran = run(at, &["apply", "--workspace", "stage"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    let refused = format!("error: cannot connect to 127.0.0.1:{port}: ");
    assert!(ran.err.starts_with(&refused) && ran.err.contains("Connection refused"), "{}", ran.err);
    assert!(ran.err.contains("help: ") && ran.err.contains("`picket emulator`"), "{}", ran.err);
    assert!(ran.err.lines().count() <= 3, "{}", ran.err);
}

#[test]
fn a_locked_store_is_named_with_its_remedy() {
    let folder = project();
    let at = folder.path();
    let _server = Server::start(at, &["--store", ".picket/local.redb"]);
    let ran = run(at, &["plan"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    insta::assert_snapshot!(ran.err);
}

#[test]
fn a_store_that_is_none_is_named_with_its_remedy() {
    let folder = project();
    let at = folder.path();
    write(at, ".picket/local.redb", "no store at all, but long enough to look like one".repeat(200));
    let ran = run(at, &["apply"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains(".picket/local.redb") && ran.err.contains("help: "), "{}", ran.err);
    assert!(ran.err.lines().count() < 10, "{}", ran.err);
}

#[test]
fn a_cloud_workspace_needs_a_name_right_settings_and_leave() {
    let folder = project();
    let at = folder.path();
    write(at, "picket.toml", settings(""));
    let ran = run(at, &["apply", "--workspace", "stage"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("`stage` is only changed after a confirmation"), "{}", ran.err);
    assert!(ran.err.contains("--yes"), "{}", ran.err);
    let ran = run(at, &["plan", "--workspace", "stag"]);
    assert!(ran.code == 2 && ran.err.contains("the nearest is `stage`"), "{}", ran.err);
    write(at, "picket.toml", settings("cloud = \"mars\"\n"));
    let ran = run(at, &["plan", "--workspace", "stage"]);
    assert!(ran.code == 2 && ran.err.contains("picket.toml:7:9") && ran.err.contains("usgov"), "{}", ran.err);
    write(at, "picket.toml", settings("credential = \"azure-cly\"\n"));
    let ran = run(at, &["plan", "--workspace", "stage"]);
    assert!(
        ran.code == 2 && ran.err.contains("picket.toml:7:14") && ran.err.contains("azure-cli"),
        "{}",
        ran.err
    );
    write(at, "picket.toml", settings("").replace("[project]\nname = \"soc\"\n", ""));
    let ran = run(at, &["plan", "--workspace", "stage"]);
    assert!(ran.code == 2 && ran.err.contains("[project] name"), "{}", ran.err);
}

#[test]
fn the_emulator_listens_on_loopback_only_and_on_free_ports() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let ran = run(at, &["emulator", "--listen", "0.0.0.0:0"]);
    assert!(ran.code == 2 && ran.err.contains("loopback"), "{}", ran.err);
    let server = Server::start(at, &[]);
    let taken = server.endpoint.strip_prefix("http://").unwrap();
    let ran = run(at, &["emulator", "--listen", taken]);
    assert!(ran.code == 2 && ran.err.contains(taken) && ran.err.contains("help: "), "{}", ran.err);
}

/// Both ends of the line keep the same.
#[test]
fn an_emulator_records_what_whoever_applies_records() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let server = Server::start(at, &["--record", "served.jsonl"]);
    write(at, "picket.toml", server.settings());
    for number in 1..=25 {
        write(at, &format!("rules/{number}.yaml"), scheduled_rule(number));
    }
    let ran = succeeds(at, &["apply", "--workspace", "stage", "--yes", "--record", "sent.jsonl"]);
    assert!(ran.err.contains("5 of 50 changes\n") && ran.err.ends_with("50 of 50 changes\n"), "{}", ran.err);
    let lines = |name: &str| {
        let text = std::fs::read_to_string(at.join(name)).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let (served, sent) = (lines("served.jsonl"), lines("sent.jsonl"));
    assert_eq!(served.len(), sent.len());
    for (served, sent) in served.iter().zip(&sent) {
        assert_eq!(served, sent);
    }
}
