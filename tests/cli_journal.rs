//! The journal of what was applied, its audit, and `picket retry`.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use std::path::Path;

use common::server::Server;
use common::{hunting_rule, rule_id, run, scheduled_rule, succeeds, write};
use serde_json::{Value, json};
use tempfile::TempDir;

const JOURNAL: &str = ".picket/journal/local.jsonl";

fn project() -> TempDir {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "picket.toml", "[project]\nname = \"soc\"\n");
    write(folder.path(), "rules/a.yaml", scheduled_rule(1));
    write(folder.path(), "rules/b.yaml", hunting_rule(2));
    folder
}

fn journal(folder: &Path, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn count(entries: &[Value], event: &str) -> usize {
    entries.iter().filter(|entry| entry["event"] == event).count()
}

#[test]
fn each_apply_adds_to_one_chain_that_shows_what_is_altered() {
    let folder = project();
    let at = folder.path();
    assert_eq!(run(at, &["audit", "verify"]).code, 2, "there is none yet");
    assert_eq!(run(at, &["apply"]).code, 0);
    let first = journal(at, JOURNAL);
    assert_eq!(
        (count(&first, "begin"), count(&first, "call"), count(&first, "change"), count(&first, "end")),
        (1, 4, 4, 1)
    );
    let call = first.iter().find(|entry| entry["event"] == "call").unwrap();
    assert_eq!(
        (&call["method"], &call["attempt"], &call["result"]),
        (&"PUT".into(), &1.into(), &"ok".into())
    );
    assert!(call["time"].as_str().unwrap().starts_with("20") && call["status"].as_u64().unwrap() < 300);

    write(at, "rules/a.yaml", scheduled_rule(1).replace("severity: Medium", "severity: High"));
    assert_eq!(run(at, &["apply"]).code, 0);
    let entries = journal(at, JOURNAL);
    assert!(entries.len() > first.len() && entries[..first.len()] == first[..], "runs go on with one chain");
    let ran = run(at, &["audit", "verify"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let head = entries.last().unwrap()["hash"].as_str().unwrap();
    let said =
        format!("local.jsonl: {} entries, none altered or missing; the last is {head}\n", entries.len());
    assert!(ran.out.ends_with(&said), "{}", ran.out);
    let text = std::fs::read_to_string(at.join(JOURNAL)).unwrap();
    assert!(!text.to_lowercase().contains("authorization") && !text.contains("Bearer"));
    assert!(!text.contains("EventID"), "queries are not in it");

    write(at, JOURNAL, text.replacen("\"status\":201", "\"status\":200", 1));
    let ran = run(at, &["audit", "verify"]);
    assert!(ran.code == 1 && ran.out.contains(" was altered"), "{}", ran.out);
    let without: String =
        text.lines().enumerate().filter(|(at, _)| *at != 2).map(|(_, it)| format!("{it}\n")).collect();
    write(at, JOURNAL, without);
    let ran = run(at, &["audit", "verify"]);
    assert!(ran.code == 1 && ran.out.contains("entry 3 is missing before line 3"), "{}", ran.out);
    let cut: String = text.lines().take(entries.len() - 2).map(|it| format!("{it}\n")).collect();
    write(at, JOURNAL, cut);
    assert_eq!(run(at, &["audit", "verify"]).code, 0);
    let ran = run(at, &["audit", "verify", "--head", head]);
    assert!(ran.code == 1 && ran.out.contains("missing at the end"), "{}", ran.out);
}

#[test]
fn retry_applies_what_the_last_apply_left_and_nothing_else() {
    let folder = project();
    let at = folder.path();
    assert_eq!(run(at, &["retry"]).code, 2, "nothing was applied yet");
    let server = Server::start(at, &["--tables", "Heartbeat"]);
    write(at, "picket.toml", server.settings());
    let ran = run(at, &["apply", "-w", "stage", "--report", "outcome.json"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    let report: Value =
        serde_json::from_str(&std::fs::read_to_string(at.join("outcome.json")).unwrap()).unwrap();
    assert_eq!(report["complete"], false);
    assert_eq!(report["pending"][0]["waitingFor"]["names"][0], "SecurityEvent");
    assert_eq!(
        (report["pending"].as_array().unwrap().len(), report["done"].as_array().unwrap().len()),
        (2, 2)
    );
    let entries = journal(at, ".picket/journal/stage.jsonl");
    let pending: Vec<&Value> = entries.iter().filter(|entry| entry["result"] == "pending").collect();
    assert_eq!((pending.len(), &pending[0]["reason"]), (2, &"waiting for table `SecurityEvent`".into()));

    // Elsewhere the table is there, and neither rule is: the one that was applied is not tried again.
    let other = Server::start(at, &[]);
    write(at, "picket.toml", other.settings());
    let ran = run(at, &["retry", "-w", "stage"]);
    assert!(ran.code == 0 && ran.out.ends_with("applied to stage: 1 created\n"), "{}{}", ran.out, ran.err);
    assert!(other.rule(&rule_id(1)).is_some());
    let plan = run(at, &["plan", "-w", "stage"]);
    assert!(plan.out.contains("Plan: 1 to create") && plan.out.contains("Hunt 2"), "{}", plan.out);
    let ran = run(at, &["retry", "-w", "stage"]);
    assert!(ran.code == 0 && ran.out.contains("left nothing"), "{}{}", ran.out, ran.err);
    assert_eq!(run(at, &["audit", "verify"]).code, 0);
}

#[test]
fn each_attempt_is_in_the_journal() {
    let folder = project();
    let at = folder.path();
    let server = Server::start(at, &["--fault", "throttle=4,retry-after=0"]);
    write(at, "picket.toml", server.settings());
    assert_eq!(run(at, &["apply", "-w", "stage"]).code, 0);
    let entries = journal(at, ".picket/journal/stage.jsonl");
    let throttled: Vec<&Value> = entries.iter().filter(|entry| entry["status"] == 429).collect();
    assert!(!throttled.is_empty() && throttled[0]["result"] == "refused");
    let again =
        entries.iter().find(|entry| entry["resource"] == throttled[0]["resource"] && entry["attempt"] == 2);
    assert_eq!(again.unwrap()["result"], "ok");
}

#[test]
fn nothing_is_applied_without_its_journal() {
    let folder = project();
    let at = folder.path();
    write(at, "picket.toml", "[project]\nname = \"soc\"\n[deploy]\njournal = \"rules/a.yaml\"\n");
    let ran = run(at, &["apply"]);
    assert!(ran.code == 2 && ran.err.contains("cannot write the journal"), "{}", ran.err);
    let plan = run(at, &["plan"]);
    assert!(plan.out.contains("Plan: 2 to create"), "{}", plan.out);
}

/// A process that dies between content and its record leaves content that is nobody's; the journal says what it was to be.
#[test]
fn content_without_its_record_is_known_by_the_journal_though_the_file_was_edited_since() {
    let server = Server::start(Path::new("."), &[]);
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(at, "picket.toml", server.settings());
    write(at, "rules/a.yaml", scheduled_rule(1));
    let record = format!("metadata/picket-analyticsrule-{}", rule_id(1));
    let apply = ["apply", "--workspace", "stage", "--yes"];
    let plan = ["plan", "--workspace", "stage"];
    succeeds(at, &apply);
    server.remove(&record);
    write(at, "rules/a.yaml", scheduled_rule(1).replace("EventID == 1", "EventID == 2"));
    let ran = succeeds(at, &plan);
    assert!(ran.out.contains("0 to create, 1 to update") && ran.out.contains("git"), "{}", ran.out);
    // Without its rule it is the project's as well, and can go.
    std::fs::rename(at.join("rules/a.yaml"), at.join("a.yaml")).unwrap();
    write(at, "rules/b.yaml", scheduled_rule(2));
    let ran = succeeds(at, &[plan.as_slice(), &["--prune"]].concat());
    assert!(ran.out.contains("1 to delete"), "{}", ran.out);
    std::fs::remove_file(at.join("rules/b.yaml")).unwrap();
    std::fs::rename(at.join("a.yaml"), at.join("rules/a.yaml")).unwrap();
    succeeds(at, &apply);
    succeeds(at, &[plan.as_slice(), &["--detailed-exitcode"]].concat());
    // What somebody made otherwise under the same id is not.
    server.remove(&record);
    server.edit(&rule_id(1), |rule| rule["properties"]["severity"] = json!("Low"));
    let ran = run(at, &plan);
    assert!(ran.code == 1 && ran.err.contains("PK805"), "{}{}", ran.out, ran.err);
    server.edit(&rule_id(1), |rule| {
        rule["properties"]["severity"] = json!("Medium");
        rule["properties"]["query"] =
            rule["properties"]["query"].as_str().unwrap().replace("== 2", "== 1").into();
    });
    succeeds(at, &plan);
    // Nor is anything without a journal.
    std::fs::remove_dir_all(at.join(".picket")).unwrap();
    let ran = run(at, &plan);
    assert!(ran.code == 1 && ran.err.contains("PK805"), "{}{}", ran.out, ran.err);
}
