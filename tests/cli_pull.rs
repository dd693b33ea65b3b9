//! `picket pull`: what a workspace says, in rule files.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails and speaks this way"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::server::Server;
use common::{git, hunting_rule, rule_id, run, scheduled_rule, succeeds, write};
use serde_json::json;
use tempfile::TempDir;

const PULL: [&str; 3] = ["pull", "-w", "stage"];

/// A project of four rules with comments, and the workspace `stage` to which they were applied.
fn project() -> (TempDir, Server) {
    let (folder, server) = fresh();
    succeeds(folder.path(), &["apply", "-w", "stage"]);
    (folder, server)
}

/// The same before it was applied.
fn fresh() -> (TempDir, Server) {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let server = Server::start(at, &[]);
    write(at, "picket.toml", server.settings());
    for number in 1..=3 {
        let rule = scheduled_rule(number).replace("severity: Medium", "severity: Medium # agreed in May");
        write(at, &format!("rules/{number}.yaml"), format!("# Owned by the identity team.\n\n{rule}"));
    }
    write(at, "rules/hunt.yaml", hunting_rule(4));
    (folder, server)
}

fn texts(at: &Path) -> BTreeMap<String, String> {
    let read = |path: std::path::PathBuf| {
        let name = path.strip_prefix(at).unwrap().to_string_lossy().replace('\\', "/");
        (name, std::fs::read_to_string(path).unwrap())
    };
    common::yaml_files(&at.join("rules")).into_iter().map(read).collect()
}

/// Each changed file as a patch.
fn patches(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> String {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut out = String::new();
    for name in names {
        let text = |texts: &BTreeMap<String, String>| texts.get(name).cloned().unwrap_or_default();
        let (old, new) = (text(before), text(after));
        if old != new {
            let diff = similar::TextDiff::from_lines(&old, &new);
            out.push_str(&format!("== {name}\n{}", diff.unified_diff().context_radius(1)));
        }
    }
    out
}

#[test]
fn edits_of_the_portal_come_into_the_files_and_comments_stay() {
    let (folder, server) = project();
    let at = folder.path();
    let before = texts(at);
    let ran = run(at, &PULL);
    assert_eq!((ran.code, ran.out.as_str()), (0, "Pull: 0 resources pulled\n"), "{}", ran.err);
    assert_eq!(texts(at), before);
    server.edit(&rule_id(1), |rule| {
        rule["properties"]["severity"] = json!("High");
        rule["properties"]["enabled"] = json!(false);
        rule["properties"]["query"] =
            json!("SecurityEvent\n| where EventID == 1\n| where Account != 'scanner'\n");
        rule["properties"]["tactics"] = json!(["Execution", "Impact"]);
        rule["properties"]["entityMappings"][0]["fieldMappings"][0]["columnName"] = json!("Account");
    });
    // What only git changed is for the next apply.
    let rule = before["rules/2.yaml"].replace("severity: Medium", "severity: Low");
    write(at, "rules/2.yaml", &rule);
    let before = texts(at);
    let ran = run(at, &[PULL.as_slice(), &["--dry-run"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(texts(at), before);
    assert!(ran.out.contains("+severity: High # agreed in May"), "{}", ran.out);
    let ran = run(at, &PULL);
    assert_eq!(ran.code, 0, "{}", ran.err);
    insta::assert_snapshot!("pull_text", ran.out);
    insta::assert_snapshot!("pull_patch", patches(&before, &texts(at)));
    let ran = run(at, &PULL);
    assert_eq!((ran.code, ran.out.as_str()), (0, "Pull: 0 resources pulled\n"), "{}", ran.err);
    let plan = run(at, &["plan", "-w", "stage"]);
    assert!(plan.out.contains("0 to create, 1 to update"), "{}", plan.out);
}

#[test]
fn what_both_changed_is_marked_or_decided() {
    let (folder, server) = project();
    let at = folder.path();
    let edited = texts(at)["rules/1.yaml"].replace("severity: Medium", "severity: Low");
    server.edit(&rule_id(1), |rule| {
        rule["properties"]["severity"] = json!("High");
        rule["properties"]["description"] = json!("Changed there.");
    });
    write(at, "rules/1.yaml", &edited);
    let before = texts(at);
    let ran = run(at, &PULL);
    assert_eq!(ran.code, 1, "{}", ran.err);
    insta::assert_snapshot!("pull_conflict", format!("{}{}", ran.out, ran.err));
    let marked = texts(at);
    insta::assert_snapshot!("pull_conflict_patch", patches(&before, &marked));
    // A comment is written once.
    assert_eq!(run(at, &PULL).code, 1);
    assert_eq!(texts(at), marked);
    let ran = run(at, &[PULL.as_slice(), &["--ours", "--format", "json"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(texts(at), marked);
    let json = common::valid(picket::report::pull_json_schema(), &ran.out);
    assert_eq!(json["rules"][0]["what"], "changed");
    assert_eq!(json["rules"][0]["entries"], json!(["description", "severity"]));
    write(at, "rules/1.yaml", &edited);
    let ran = run(at, &[PULL.as_slice(), &["--theirs"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(texts(at)["rules/1.yaml"].contains("severity: High # agreed in May"));
}

#[test]
fn the_commit_of_the_last_apply_tells_both_sides_apart() {
    let (folder, server) = fresh();
    let at = folder.path();
    write(at, ".gitignore", ".picket\n");
    git(at, &["init", "--quiet"]);
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "--message", "Add rules"]);
    succeeds(at, &["apply", "-w", "stage"]);
    server.edit(&rule_id(1), |rule| {
        rule["properties"]["description"] = json!("Changed there.");
        rule["properties"]["severity"] = json!("High");
    });
    let edited = texts(at)["rules/1.yaml"].replace("severity: Medium", "severity: Low").replace("gt", "lt");
    write(at, "rules/1.yaml", &edited);
    let before = texts(at);
    let ran = run(at, &PULL);
    assert_eq!(ran.code, 1, "{}", ran.err);
    insta::assert_snapshot!("pull_three_way", patches(&before, &texts(at)));
}

#[test]
fn rules_without_a_file_get_one_inside_the_folder() {
    let (folder, server) = project();
    let at = folder.path();
    let before = texts(at);
    std::fs::remove_dir_all(at.join("rules")).unwrap();
    std::fs::create_dir(at.join("rules")).unwrap();
    let mut foreign = server.rule(&rule_id(1)).unwrap();
    foreign["properties"].as_object_mut().unwrap().remove("lastModifiedUtc");
    foreign["properties"]["displayName"] = json!("../../../etc/Rule 1");
    for read_only in ["id", "name", "type", "etag"] {
        foreign.as_object_mut().unwrap().remove(read_only);
    }
    server.make("Foreign-1", &foreign);
    let ran = run(at, &PULL);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let after = texts(at);
    assert_eq!(
        after.keys().collect::<Vec<_>>(),
        ["rules/hunt-4.yaml", "rules/rule-1.yaml", "rules/rule-2.yaml", "rules/rule-3.yaml"]
    );
    let plain = before["rules/1.yaml"]
        .replace(" # agreed in May", "")
        .replace("# Owned by the identity team.\n\n", "");
    assert_eq!(after["rules/rule-1.yaml"], plain);
    let plan = run(at, &["plan", "-w", "stage"]);
    assert!(plan.out.contains("0 to create, 0 to update, 0 to delete, 4 unchanged"), "{}", plan.out);
    // With all, what nobody owns comes too, and no name leads out of the folder.
    let ran = run(at, &[PULL.as_slice(), &["--all"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(texts(at).len(), 5, "{:?}", texts(at).keys());
}

/// Rules of others that the checks find nothing wrong with, applied, pulled into an empty folder, planned again.
#[test]
fn rules_of_others_come_back_as_they_were_applied() {
    let Some(shared) = common::shared() else { return };
    let (mut rules, mut scheduled, mut nrt) = (0, 0, 0);
    for corpus in ["azure-sentinel", "sentinel-as-code"] {
        let folder = TempDir::new().unwrap();
        let at = folder.path();
        let root = shared.join("rules").join(corpus);
        for (number, path) in common::yaml_files(&root).into_iter().enumerate() {
            let text = std::fs::read(path).unwrap();
            write(at, &format!("rules/{number}.yaml"), text);
        }
        write(at, "picket.toml", "[project]\nname = \"round-trip\"\n");
        // Rules with errors cannot be applied; one may show only once another is gone.
        while let broken @ [_, ..] = broken_files(at).as_slice() {
            for name in broken {
                std::fs::remove_file(at.join(name)).unwrap();
            }
        }
        let before = texts(at);
        nrt += before.values().filter(|text| text.contains("kind: NRT")).count();
        scheduled += before.values().filter(|text| text.contains("kind: Scheduled")).count();
        let ran = run(at, &["apply", "--yes"]);
        assert!(ran.code < 2, "{}{}", ran.out, ran.err);
        let ran = run(at, &["pull"]);
        assert_eq!((ran.code, ran.out.as_str()), (0, "Pull: 0 resources pulled\n"), "{}", ran.err);
        assert_eq!(texts(at), before, "a pull over the original files changes no byte");
        let planned = run(at, &["plan"]).out;
        let unchanged = planned
            .lines()
            .find_map(|line| line.strip_prefix("Plan: 0 to create, 0 to update, 0 to delete, "));
        let count: usize = unchanged.and_then(|rest| rest.split(' ').next()?.parse().ok()).expect(&planned);
        rules += count;
        std::fs::remove_dir_all(at.join("rules")).unwrap();
        std::fs::create_dir(at.join("rules")).unwrap();
        let ran = run(at, &["pull"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert_eq!(texts(at).len(), count);
        let again = run(at, &["plan"]);
        assert!(
            again.out.contains(&format!("Plan: 0 to create, 0 to update, 0 to delete, {count} unchanged")),
            "{}{}",
            again.out,
            again.err
        );
    }
    println!("{rules} rules came back, of {scheduled} files that say Scheduled and {nrt} that say NRT");
}

/// The files in which `check` or `plan` finds errors.
fn broken_files(at: &Path) -> Vec<String> {
    let mut files = BTreeSet::new();
    for arguments in [&["check", "--format", "concise"][..], &["plan"]] {
        let ran = run(at, arguments);
        for line in ran.out.lines().chain(ran.err.lines()) {
            let place = line.trim_start().strip_prefix("--> ").unwrap_or(line);
            let name = place.split(':').next().unwrap_or_default();
            let is_error = arguments[0] == "plan" || line.contains(" error");
            if is_error && name.starts_with("rules/") {
                files.insert(name.to_owned());
            }
        }
    }
    files.into_iter().collect()
}
