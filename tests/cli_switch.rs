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
fn a_switch_takes_nothing_else_along() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let server = Server::start(at, &[]);
    write(at, "picket.toml", server.settings() + "defender = true\n");
    let both = scheduled_rule(2)
        .replace(
            "  SecurityEvent\n  | where EventID == 2\n",
            "  DeviceEvents\n  | project TimeGenerated, DeviceId, ReportId\n",
        )
        .replace("FullName\n        columnName: Computer", "HostName\n        columnName: DeviceId")
        .replace("severity", "metadata: { runsIn: [Sentinel, Defender] }\nseverity");
    write(at, "rules/1.yaml", scheduled_rule(1));
    write(at, "rules/2.yaml", &both);
    write(at, "rules/3.yaml", scheduled_rule(3));
    succeeds(at, &["apply", "-w", "stage", "--yes"]);
    let rule = |number| {
        let mut rule = server.rule(&rule_id(number)).unwrap();
        for name in ["etag", "lastModifiedUtc"] {
            rule.as_object_mut().unwrap().remove(name);
        }
        rule["properties"].as_object_mut().unwrap().remove("lastModifiedUtc");
        rule
    };
    let detection = || {
        let path = format!("v1.0/security/rules/detectionRules/{}", rule_id(2));
        let mut rule = server.graph("GET", &path, None).1;
        for name in ["lastModifiedDateTime", "description"] {
            rule.as_object_mut().unwrap().remove(name);
        }
        rule
    };
    // Edits that wait for the next apply, and a rule that cannot be deployed at all.
    for number in 1..=2 {
        let name = format!("rules/{number}.yaml");
        let text = std::fs::read_to_string(at.join(&name)).unwrap();
        write(
            at,
            &name,
            text.replace("severity: Medium", "severity: Low").replace("queryPeriod: 1h", "queryPeriod: 4h"),
        );
    }
    write(at, "rules/bad.yaml", scheduled_rule(4).replace("severity: Medium\n", ""));
    server.edit(&rule_id(3), |rule| rule["properties"]["description"] = json!("Of the portal."));
    let before = (rule(1), rule(2), rule(3), detection());
    for number in 1..=3 {
        let name = format!("rules/{number}.yaml");
        let ran = succeeds(at, &["disable", &name, "--reason", "noisy", "--now", "-w", "stage", "--yes"]);
        assert!(!ran.out.contains("severity: \"") && ran.out.contains("true -> false"), "{}", ran.out);
    }
    let mut wanted = before.clone();
    for rule in [&mut wanted.0, &mut wanted.1, &mut wanted.2] {
        rule["properties"]["enabled"] = json!(false);
    }
    wanted.3["status"] = json!("disabled");
    assert_eq!((rule(1), rule(2), rule(3), detection()), wanted);
    // The switch is no change of the portal; that of the portal still is one.
    let ran = run(at, &["drift", "-w", "stage"]);
    assert!(
        ran.out.contains("Rule 3") && !ran.out.contains("Rule 1") && !ran.out.contains("Rule 2"),
        "{}",
        ran.out
    );
    for number in 1..=3 {
        succeeds(at, &["enable", &format!("rules/{number}.yaml"), "--now", "-w", "stage", "--yes"]);
    }
    assert_eq!((rule(1), rule(2), rule(3), detection()), before);
    // What is not there, or not the project's, is not touched.
    write(at, "rules/5.yaml", scheduled_rule(5));
    let disable = ["disable", "rules/5.yaml", "--reason", "x", "--now", "-w", "stage", "--yes"];
    let ran = run(at, &disable);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("`stage` does not have the rule"), "{}", ran.err);
    let mut foreign = rule(1);
    for read_only in ["id", "name", "type"] {
        foreign.as_object_mut().unwrap().remove(read_only);
    }
    server.make(&rule_id(5), &foreign);
    let ran = run(at, &disable);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("PK805") && ran.err.contains("nothing was written"), "{}", ran.err);
}

#[test]
fn what_cannot_be_switched_is_said() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(at, "rules/1.yaml", scheduled_rule(1));
    write(at, "rules/2.yaml", scheduled_rule(2).replace("name: Rule 2", "name: Rule 1"));
    write(at, "rules/hunt.yaml", hunting_rule(3));
    for (rule, said) in [
        ("Rule 9", "did you mean `Rule 1`?"),
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
