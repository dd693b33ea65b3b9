//! Versions of ATT&CK as a person chooses and updates them.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "a test fails this way")]

mod common;

use common::{hunting_rule, rule_id, run, write};
use tempfile::TempDir;

/// A small bundle of version 20.0, in which T1110 has become T1999.
const BUNDLE: &str = r#"{"type": "bundle", "id": "bundle--1", "spec_version": "2.0", "objects": [
  {"type": "x-mitre-collection", "id": "x-mitre-collection--1", "x_mitre_version": "20.0"},
  {"type": "x-mitre-tactic", "id": "x-mitre-tactic--1", "name": "Credential Access",
   "x_mitre_shortname": "credential-access", "x_mitre_domains": ["enterprise-attack"],
   "external_references": [{"source_name": "mitre-attack", "external_id": "TA0006"}]},
  {"type": "attack-pattern", "id": "attack-pattern--1", "name": "Brute Force", "revoked": true,
   "kill_chain_phases": [{"kill_chain_name": "mitre-attack", "phase_name": "credential-access"}],
   "external_references": [{"source_name": "mitre-attack", "external_id": "T1110"}]},
  {"type": "attack-pattern", "id": "attack-pattern--2", "name": "Guessing",
   "kill_chain_phases": [{"kill_chain_name": "mitre-attack", "phase_name": "credential-access"}],
   "external_references": [{"source_name": "mitre-attack", "external_id": "T1999"}]},
  {"type": "relationship", "id": "relationship--1", "relationship_type": "revoked-by",
   "source_ref": "attack-pattern--1", "target_ref": "attack-pattern--2"}]}"#;

fn rule(tactic: &str, technique: &str) -> String {
    format!(
        "id: {}\nname: Hunt\ntactics: [{tactic}]\nrelevantTechniques: [{technique}]\nquery: SigninLogs | where ResultType == 50126\n",
        rule_id(1)
    )
}

fn project(text: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "picket.toml", "");
    write(folder.path(), "rules/a.yaml", text);
    folder
}

#[test]
fn the_version_is_chosen_in_picket_toml_or_by_an_option() {
    // Version 19 put T1685 in the place of T1562.001.
    let folder = project(&rule("DefenseEvasion", "T1562.001"));
    let found =
        |arguments: &[&str]| run(folder.path(), &[&["check", "--format", "concise"], arguments].concat());
    assert!(found(&[]).out.contains("PK506"), "{}", found(&[]).out);
    assert!(!found(&["--attack", "18.1"]).out.contains("PK50"));
    write(folder.path(), "picket.toml", "[attack]\nversion = \"18.1\"\n");
    assert!(!found(&[]).out.contains("PK50"), "{}", found(&[]).out);
    assert!(found(&["--attack", "19.1"]).out.contains("PK506"));
    assert!(run(folder.path(), &["facts"]).out.contains("18.1"));

    let unknown = found(&["--attack", "12"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.err.contains("18.1, 19.1") && unknown.err.contains("facts update attack"),
        "{}",
        unknown.err
    );
    write(folder.path(), "picket.toml", "[attack]\nversion = \"20.0\"\n");
    let unknown = found(&[]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("picket.toml:2:11"), "{}", unknown.err);
}

#[test]
fn a_technique_of_the_newer_version_is_mapped_back() {
    let folder = project(&rule("DefenseEvasion", "T1685"));
    assert_eq!(run(folder.path(), &["check", "--select", "PK5"]).code, 0);
    let older = run(folder.path(), &["check", "--select", "PK514", "--attack", "18.1"]);
    assert!(older.out.contains("it took the place of T1562"), "{}", older.out);
}

#[test]
fn a_bundle_becomes_the_version_that_rules_are_held_against() {
    let folder = project(&rule("CredentialAccess", "T1110"));
    write(folder.path(), "enterprise-attack.json", BUNDLE);
    let ran = run(folder.path(), &["facts", "update", "attack", "enterprise-attack.json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(
        ran.out.contains("wrote ATT&CK 20.0") && ran.out.contains("2 techniques, 1 tactics"),
        "{}",
        ran.out
    );
    let text = std::fs::read_to_string(folder.path().join("facts/attack.tsv")).unwrap();
    assert!(
        text.contains("technique\tT1110\tenterprise\tBrute Force\trevoked\tcredential-access\tT1999\n"),
        "{text}"
    );
    assert!(run(folder.path(), &["facts"]).out.contains("20.0"));
    let check = run(folder.path(), &["check", "--select", "PK5"]);
    assert!(check.out.contains("ATT&CK 20.0 no longer has technique T1110"), "{}", check.out);
    assert!(check.out.contains("T1999, Guessing, took its place"), "{}", check.out);
    assert!(
        run(folder.path(), &["check", "--select", "PK5", "--attack", "19.1"]).out.contains("no findings")
    );

    write(folder.path(), "facts/attack.tsv", "# version: 20.0\nbroken\n");
    let broken = run(folder.path(), &["check"]);
    assert_eq!(broken.code, 2);
    assert!(broken.err.contains("line 2 is no record"), "{}", broken.err);
    // What mends it must not stumble over it.
    assert_eq!(run(folder.path(), &["facts", "update", "attack", "enterprise-attack.json"]).code, 0);
}

#[test]
fn what_is_no_bundle_leaves_the_project_as_it_was() {
    let folder = project(&hunting_rule(1));
    for (text, told) in [
        ("{\"type\": \"bundle\", \"objects\": [", "EOF"),
        ("{\"type\": \"report\"}", "not `bundle`"),
        ("{\"type\": \"bundle\", \"objects\": []}", "no technique"),
    ] {
        write(folder.path(), "attack.json", text);
        let ran = run(folder.path(), &["facts", "update", "attack", "attack.json"]);
        assert!(ran.code == 2 && ran.err.contains(told), "{}", ran.err);
    }
    assert_eq!(run(folder.path(), &["facts", "update", "attack", "absent.json"]).code, 2);
    assert!(!folder.path().join("facts").exists());
    write(folder.path(), "attack.json", BUNDLE.replace("x-mitre-collection", "other"));
    assert!(run(folder.path(), &["facts", "update", "attack", "attack.json"]).err.contains("--release"));
    let ran = run(folder.path(), &["facts", "update", "attack", "attack.json", "--release", "20.1"]);
    assert!(ran.out.contains("ATT&CK 20.1"), "{}", ran.err);
}
