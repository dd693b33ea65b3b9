//! The whole route: a foreign catalog is imported, its faults put into a baseline, applied to a fresh local workspace, and a
//! plan that is empty names one field once one file is edited.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails this way")]

mod common;

use common::run;
use tempfile::TempDir;

#[test]
fn the_rmm_catalog_goes_all_the_way() {
    let Some(shared) = common::shared() else { return };
    let catalog = shared.join("catalogs/rmm").display().to_string();
    let folder = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
    let at = folder.path();
    let ran = run(at, &["import", "rmm", &catalog, "--out", "rules"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("168 of 171 files are rules: 168 written"), "{}", ran.out);
    let ran = run(at, &["check", "--strict"]);
    assert!(ran.out.contains("checked 168 rules in 168 files"), "{}", ran.out);
    let ran = run(at, &["fmt", "--check"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "imported rules are in canonical form");

    let ran = run(at, &["apply"]);
    assert_eq!(ran.code, 1, "queries that the service would refuse stop it: {}", ran.err);
    assert!(ran.err.contains("there is no column or variable `Sha1`"), "{}", ran.err);
    assert!(ran.err.ends_with("10 errors: the rules are not deployed\n"), "{}", ran.err);

    std::fs::write(at.join("picket.toml"), "[lint]\nbaseline = 'baseline.json'\n").unwrap();
    let ran = run(at, &["check", "--write-baseline"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let ran = run(at, &["apply"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.ends_with("applied to local: 168 created\n"), "{}", ran.out);
    let ran = run(at, &["plan", "--prune", "--detailed-exitcode"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.ends_with("Plan: 0 to create, 0 to update, 0 to delete, 168 unchanged\n"), "{}", ran.out);

    let file = at.join("rules/AnyDesk/network-connection.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let edited = text.replace("now(-5d)", "now(-7d)");
    assert_ne!(edited, text);
    std::fs::write(&file, edited).unwrap();
    let ran = run(at, &["plan", "--format", "json", "--detailed-exitcode"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let plan: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    // The record that says whose the rule is follows what it says of.
    let is_rule = |change: &&serde_json::Value| change["key"]["kind"] != "metadata";
    let changes = plan["changes"].as_array().unwrap().iter().filter(|change| change["action"] != "no-op");
    let changes = changes.filter(is_rule);
    let fields: Vec<(&str, &str)> = changes
        .flat_map(|change| {
            let name = change["displayName"].as_str().unwrap();
            let fields = change["fields"].as_array().unwrap();
            fields.iter().map(move |field| (name, field["path"].as_str().unwrap()))
        })
        .collect();
    let rule = "Remote Management and Monitoring tool - AnyDesk - Network Connection";
    assert_eq!(fields, [(rule, "properties.query")]);
}
