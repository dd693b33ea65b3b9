//! `--prune` stops above a share, keeps copies, and `picket restore` puts them back.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use std::path::{Path, PathBuf};

use common::{hunting_rule, rule_id, run, scheduled_rule, succeeds, write};
use serde_json::Value;
use tempfile::TempDir;

/// A project of ten rules, the last a hunting query, deployed to the local workspace.
fn deployed() -> TempDir {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(at, "picket.toml", "[project]\nname = \"soc\"\n");
    for number in 1..=9 {
        write(at, &format!("rules/{number}.yaml"), scheduled_rule(number));
    }
    write(at, "rules/10.yaml", hunting_rule(10));
    succeeds(at, &["apply"]);
    folder
}

fn remove(at: &Path, numbers: &[u32]) {
    for number in numbers {
        std::fs::remove_file(at.join(format!("rules/{number}.yaml"))).unwrap();
    }
}

fn copies(at: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(at)
        .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
        .unwrap_or_default();
    found.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    found.sort();
    found
}

#[test]
fn a_prune_above_the_limit_stops_before_anything_is_written() {
    let folder = deployed();
    let at = folder.path();
    remove(at, &[1, 2, 3]);
    write(at, "rules/4.yaml", scheduled_rule(4).replace("severity: Medium", "severity: High"));
    for command in ["plan", "apply"] {
        let ran = run(at, &[command, "--prune"]);
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        let what = "3 of the 10 resources of the project would be deleted, and the limit is 2";
        assert!(ran.err.contains(what) && ran.err.contains("--prune-limit"), "{}", ran.err);
        assert!(ran.out.contains("Plan: 0 to create, 1 to update, 3 to delete"), "it is shown: {}", ran.out);
    }
    assert_eq!(copies(&at.join(".picket/deleted")).len(), 0);
    assert!(succeeds(at, &["plan"]).out.contains("1 to update"), "nothing was written");
    let ran = succeeds(at, &["apply", "--prune", "--prune-limit", "30"]);
    assert!(ran.out.ends_with("applied to local: 1 updated, 3 deleted\n"), "{}", ran.out);
    // picket.toml sets another limit, and the share is rounded up.
    write(at, "picket.toml", "[project]\nname = \"soc\"\n[deploy]\nprune_limit = 0\n");
    remove(at, &[5]);
    let ran = run(at, &["plan", "--prune", "--format", "markdown"]);
    assert!(ran.code == 1 && ran.err.contains("picket.toml:4:15"), "{}", ran.err);
    assert!(ran.out.contains("PK806") && ran.out.contains("the limit is 0"), "{}", ran.out);
    write(at, "picket.toml", "[project]\nname = \"soc\"\n[deploy]\nprune_limit = 1\n");
    succeeds(at, &["apply", "--prune"]);
    assert_eq!(run(at, &["apply", "--prune", "--prune-limit", "101"]).code, 2);
}

#[test]
fn what_was_deleted_is_put_back_as_it_was() {
    let folder = deployed();
    let at = folder.path();
    remove(at, &[1, 10]);
    let ran = succeeds(at, &["apply", "--prune"]);
    assert_eq!(ran.err, "kept 2 deleted resources in .picket/deleted; `picket restore FILE` puts one back\n");
    let kept = copies(&at.join(".picket/deleted"));
    assert_eq!(kept.len(), 2);
    let name = kept[0].file_name().unwrap().to_str().unwrap();
    let (time, id) = name.split_once('-').unwrap();
    assert!(time.len() == 16 && time.ends_with('Z') && time.starts_with("20"), "{name}");
    assert_eq!(id, format!("{}.json", rule_id(1)));
    assert!(at.join(".picket/.gitignore").exists());

    let files: Vec<&str> = kept.iter().map(|path| path.to_str().unwrap()).collect();
    let ran = succeeds(at, &[&["restore"], files.as_slice()].concat());
    assert!(ran.out.ends_with("applied to local: 2 created\n"), "{}", ran.out);
    // With their files back, nothing is left to do.
    write(at, "rules/1.yaml", scheduled_rule(1));
    write(at, "rules/10.yaml", hunting_rule(10));
    succeeds(at, &["plan", "--prune", "--detailed-exitcode"]);
    let ran = succeeds(at, &["restore", files[0]]);
    assert!(!ran.out.contains("applied"), "what is there again is not written: {}", ran.out);
}

#[test]
fn copies_go_where_picket_toml_says_and_come_back_to_their_project_only() {
    let folder = deployed();
    let at = folder.path();
    write(at, "picket.toml", "[project]\nname = \"soc\"\n[deploy]\ndeleted = \"kept\"\n");
    remove(at, &[1]);
    succeeds(at, &["apply", "--prune"]);
    let kept = copies(&at.join("kept"));
    assert_eq!(kept.len(), 1);
    let text = std::fs::read_to_string(&kept[0]).unwrap();
    let copy: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(copy["content"]["body"]["properties"]["displayName"], "Rule 1");
    assert!(copy["content"]["body"].get("etag").is_none() && !text.contains("lastModifiedUtc"), "{text}");
    let path = kept[0].to_str().unwrap();
    write(at, "picket.toml", "[project]\nname = \"red\"\n");
    let ran = run(at, &["restore", path]);
    assert!(ran.code == 2 && ran.err.contains("of the project 'soc', and this is 'red'"), "{}", ran.err);
    let ran = run(at, &["restore", "picket.toml"]);
    assert!(ran.code == 2 && ran.err.contains("no copy of what was deleted"), "{}", ran.err);
}
