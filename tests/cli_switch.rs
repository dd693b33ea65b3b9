//! `picket disable` and `picket enable`: emergencies that git records.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use common::server::Server;
use common::{hunting_rule, rule_id, run, scheduled_rule, succeeds, write};
use serde_json::json;
use tempfile::TempDir;

#[test]
fn a_rule_is_disabled_in_its_file_and_at_once_in_the_workspace() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let server = Server::start(at, &[]);
    write(at, "picket.toml", server.settings());
    for number in 1..=2 {
        write(at, &format!("rules/{number}.yaml"), scheduled_rule(number));
    }
    write(at, "rules/hunt.yaml", hunting_rule(3));
    succeeds(at, &["apply", "-w", "stage"]);
    let file = || std::fs::read_to_string(at.join("rules/1.yaml")).unwrap();
    let enabled = |number| server.rule(&rule_id(number)).unwrap()["properties"]["enabled"].clone();
    let disable = ["disable", "rule 1", "--reason", "floods the queue\n\tticket 4711"];
    let ran = succeeds(at, &disable);
    assert!(ran.out.contains("+# disabled: floods the queue ticket 4711\n+enabled: false\n"), "{}", ran.out);
    assert_eq!(enabled(1), json!(true), "only the file was changed");
    let ran = succeeds(at, &[disable.as_slice(), &["--now", "-w", "stage"]].concat());
    assert!(ran.err.contains("\"Rule 1\" is disabled in rules/1.yaml already"), "{}", ran.err);
    assert_eq!((enabled(1), enabled(2)), (json!(false), json!(true)));
    // No plan and no drift is left of it.
    let plan = succeeds(at, &["plan", "-w", "stage", "--detailed-exitcode"]);
    assert!(plan.out.contains("3 unchanged"), "{}", plan.out);
    succeeds(at, &["drift", "-w", "stage"]);
    succeeds(at, &["enable", "rules/1.yaml", "--now", "-w", "stage"]);
    assert_eq!(enabled(1), json!(true));
    assert_eq!(file(), scheduled_rule(1));
}

#[test]
fn what_cannot_be_switched_is_said() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(at, "rules/1.yaml", scheduled_rule(1));
    write(at, "rules/2.yaml", scheduled_rule(2).replace("name: Rule 2", "name: Rule 1"));
    write(at, "rules/hunt.yaml", hunting_rule(3));
    for (rule, said) in [
        ("Rule 9", "the nearest is `Rule 1`"),
        ("Rule 1", "`Rule 1` names 2 rules"),
        ("Hunt 3", "is a hunting query"),
    ] {
        let ran = run(at, &["disable", rule, "--reason", "x"]);
        assert_eq!(ran.code, 2, "{}", ran.out);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
    let ran = run(at, &["disable", "rules/1.yaml", "--reason", " "]);
    assert!(ran.err.contains("for a reason"), "{}", ran.err);
}

#[test]
fn a_rule_is_shown_as_it_is_deployed() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(at, "rules/1.yaml", format!("# a comment\n{}", scheduled_rule(1)));
    write(at, "rules/bad.yaml", scheduled_rule(2).replace("severity: Medium\n", ""));
    let ran = succeeds(at, &["show", "Rule 1"]);
    assert_eq!(ran.out, scheduled_rule(1));
    let ran = succeeds(at, &["show", &rule_id(1), "--format", "json"]);
    let body: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(body["kind"], json!("Scheduled"));
    assert_eq!(body["properties"]["suppressionDuration"], json!("PT5H"), "defaults are filled in");
    let ran = run(at, &["show", "rules/bad.yaml", "--format", "json"]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.err.contains("cannot be deployed without severity"), "{}", ran.err);
}
