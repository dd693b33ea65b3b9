//! What `picket plan` says of a workspace that others change, too.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use std::path::Path;

use common::server::Server;
use common::{git, rule_id, run, scheduled_rule, succeeds, write};
use serde_json::{Value, json};
use tempfile::TempDir;

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
    // The file may have moved since.
    std::fs::rename(at.join("rules/3.yaml"), at.join("rules/moved.yaml")).unwrap();
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

#[test]
fn a_plan_that_was_kept_is_carried_out_as_it_is() {
    let (folder, server) = deployed();
    let at = folder.path();
    let ran = succeeds(at, &[PLAN.as_slice(), &["--out", "plan.json"]].concat());
    assert!(ran.out.contains("3 to create"), "it is shown as well: {}", ran.out);
    // What the rules say meanwhile does not matter, nor does a workspace that is not named.
    std::fs::remove_file(at.join("rules/3.yaml")).unwrap();
    write(at, "rules/1.yaml", scheduled_rule(1).replace("severity: Medium", "severity: High"));
    let ran = succeeds(at, &["apply", "plan.json"]);
    assert!(ran.out.ends_with("applied to stage: 3 created\n"), "{}", ran.out);
    assert_eq!(server.rule(&rule_id(1)).unwrap()["properties"]["severity"], "Medium");
    assert!(server.rule(&rule_id(3)).is_some());
    // A second run finds everything done, as one that was interrupted finds a part.
    let ran = succeeds(at, &["apply", "plan.json"]);
    assert!(!ran.out.contains("applied"), "{}", ran.out);
    let plan = std::fs::read_to_string(at.join("plan.json")).unwrap();
    for secret in ["Bearer", "authorization", "token", &server.endpoint, &at.display().to_string()] {
        assert!(!plan.to_lowercase().contains(&secret.to_lowercase()), "{secret}");
    }
}

#[test]
fn a_plan_that_was_kept_is_refused_when_the_workspace_moved() {
    let (folder, server) = deployed();
    let at = folder.path();
    succeeds(at, &APPLY);
    for number in [1, 2] {
        let rule = scheduled_rule(number).replace("severity: Medium", "severity: High");
        write(at, &format!("rules/{number}.yaml"), rule);
    }
    std::fs::remove_file(at.join("rules/3.yaml")).unwrap();
    succeeds(at, &[PLAN.as_slice(), &["--prune", "--prune-limit", "100", "--out", "plan.json"]].concat());
    server.edit(&rule_id(1), |rule| rule["properties"]["enabled"] = json!(false));
    server.edit(&rule_id(3), |rule| rule["properties"]["enabled"] = json!(false));
    let ran = run(at, &["apply", "plan.json"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    insta::assert_snapshot!("moved_since_the_plan", ran.err);
    assert_eq!(server.rule(&rule_id(2)).unwrap()["properties"]["severity"], "Medium", "nothing was written");
}

#[test]
fn a_plan_of_another_project_or_workspace_or_of_nobody_is_refused() {
    let (folder, server) = deployed();
    let at = folder.path();
    succeeds(at, &[PLAN.as_slice(), &["--out", "plan.json"]].concat());
    let refused = |arguments: &[&str], what: &str| {
        let ran = run(at, arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
        assert!(ran.err.contains(what) && ran.err.contains("help: "), "{what}: {}", ran.err);
    };
    refused(
        &["apply", "plan.json", "--workspace", "local"],
        "'soc-logs' (resource group 'soc'), not for `local`",
    );
    refused(&["apply", "plan.json", "--adopt"], "carried out as it is");
    write(at, "picket.toml", server.settings().replace("\"soc\"\n[", "\"red\"\n["));
    refused(&["apply", "plan.json"], "is of the project 'soc', and this is 'red'");
    write(at, "picket.toml", "[project]\nname = \"soc\"\n");
    refused(&["apply", "plan.json"], "which picket.toml does not name");
    write(at, "other.json", "{\"rules\": []}");
    refused(&["apply", "other.json"], "other.json cannot be carried out");
    let edited = std::fs::read_to_string(at.join("plan.json")).unwrap().replace("Medium", "High");
    write(at, "plan.json", edited);
    refused(&["apply", "plan.json"], "was changed or cut off");
    write(at, "picket.toml", server.settings());
    server.make(&rule_id(1), &by_hand());
    let ran = run(at, &[PLAN.as_slice(), &["--out", "unowned.json"]].concat());
    assert!(ran.code == 1 && ran.err.contains("unowned.json was not written"), "{}", ran.err);
    assert!(!at.join("unowned.json").exists());
}

#[test]
fn a_part_of_the_plan_is_selected_by_id_name_file_and_folder() {
    let (folder, _server) = deployed();
    let at = folder.path();
    write(at, "rules/hunts/4.yaml", common::hunting_rule(4));
    let created = |selection: &[&str]| -> Vec<String> {
        let ran = succeeds(at, &[PLAN.as_slice(), &["--format", "json"], selection].concat());
        let json: Value = serde_json::from_str(&ran.out).unwrap();
        let changes = json["changes"].as_array().unwrap().iter();
        let mut names: Vec<String> =
            changes.map(|change| change["displayName"].as_str().unwrap().to_owned()).collect();
        assert_eq!(
            json["summary"]["records"].as_u64().unwrap() as usize * 2,
            names.len(),
            "each has its record"
        );
        names.dedup();
        names.sort();
        names.dedup();
        names
    };
    assert_eq!(created(&["--target", &rule_id(1).to_uppercase()]), ["Rule 1"]);
    assert_eq!(created(&["-t", "rule 2", "-t", "rules/3.yaml"]), ["Rule 2", "Rule 3"]);
    assert_eq!(created(&["--target", "./rules/hunts/"]), ["Hunt 4"]);
    assert_eq!(created(&["--exclude", "rules/hunts", "--exclude", "Rule 1"]), ["Rule 2", "Rule 3"]);
    assert_eq!(created(&["--target", "rules", "--exclude", "Hunt 4"]).len(), 3);
    let ran = run(at, &[PLAN.as_slice(), &["--exclude", "Rule 22"]].concat());
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("`--exclude Rule 22`") && ran.err.contains("the nearest is `Rule 2`"),
        "{}",
        ran.err
    );
    // What is gone is selected by its name, and nothing else goes.
    succeeds(at, &APPLY);
    for number in 1..=2 {
        std::fs::remove_file(at.join(format!("rules/{number}.yaml"))).unwrap();
    }
    let ran = succeeds(at, &[APPLY.as_slice(), &["--prune", "--target", "Rule 2"]].concat());
    assert!(ran.out.ends_with("applied to stage: 1 deleted\n"), "{}", ran.out);
    assert!(succeeds(at, &PLAN).out.contains("\"Rule 1\""));
}

#[test]
fn outcome_and_plan_as_json_are_of_their_schemas() {
    let (folder, server) = deployed();
    let at = folder.path();
    let schema = |of: &str| -> Value { serde_json::from_str(&succeeds(at, &["schema", of]).out).unwrap() };
    let valid = |of: &str, text: &str| -> Value {
        let instance: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let validator = jsonschema::validator_for(&schema(of)).unwrap();
        let faults: Vec<String> = validator.iter_errors(&instance).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        instance
    };
    let json = &["--format", "json"][..];
    valid("plan", &succeeds(at, &[&PLAN, json].concat()).out);
    let ran = succeeds(at, &[&APPLY, json].concat());
    let outcome = valid("outcome", &ran.out);
    assert_eq!((&outcome["complete"], outcome["done"].as_array().unwrap().len()), (&json!(true), 6));
    assert!(ran.err.contains("3 to create"), "the plan goes to standard error: {}", ran.err);
    assert_eq!(valid("outcome", &succeeds(at, &[&APPLY, json].concat()).out)["done"], json!([]));
    change_on_both_sides(at, &server);
    let ran = run(at, &[PLAN.as_slice(), json, &["--detailed-exitcode"]].concat());
    assert_eq!(ran.code, 1);
    valid("plan", &ran.out);
}

#[test]
fn what_is_nobodys_is_adopted_as_it_is_and_changed_by_the_next_apply() {
    let (folder, server) = deployed();
    let at = folder.path();
    server.make(&rule_id(1), &by_hand());
    let ran = run(at, &PLAN);
    assert!(ran.code == 1 && ran.err.contains("`picket adopt`"), "{}", ran.err);
    let ran = succeeds(at, &["adopt", "-w", "stage"]);
    insta::assert_snapshot!("adopted", ran.out);
    assert_eq!(server.rule(&rule_id(1)).unwrap()["properties"]["severity"], "Low", "as it was");
    let ran = succeeds(at, &["adopt", "-w", "stage"]);
    assert!(ran.out.is_empty() && ran.err.starts_with("nothing to adopt"), "{}{}", ran.out, ran.err);
    let ran = succeeds(at, &APPLY);
    assert!(ran.out.contains("changed in git since the last apply"), "{}", ran.out);
    assert_eq!(server.rule(&rule_id(1)).unwrap()["properties"]["severity"], "Medium");
    // Outside of this machine it asks, or takes `--yes`.
    write(at, "picket.toml", common::server::settings(""));
    let ran = run(at, &["adopt", "-w", "stage"]);
    assert!(ran.code == 2 && ran.err.contains("only changed after a confirmation"), "{}", ran.err);
}

/// A rule that somebody made in the portal.
fn by_hand() -> Value {
    json!({"kind": "Scheduled", "properties": {"displayName": "Rule 1", "enabled": true, "severity": "Low",
        "query": "SecurityEvent", "queryFrequency": "PT1H", "queryPeriod": "PT1H", "triggerOperator": "GreaterThan",
        "triggerThreshold": 0, "suppressionDuration": "PT5H", "suppressionEnabled": false}})
}
