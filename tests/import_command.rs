//! `picket import rmm` as a person meets it, over a small catalog with the real one's defects.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;

use common::{run, write};

const FIRST: &str = "RMM/Spam/rmm_Spam_netconn.yaml";
const OUT: &str = "rules/rmm/Spam/network-connection.yaml";

/// A rule as the catalog writes them: `dataTypes` at the dash, and carriage returns.
fn rule(id: u32, query: &str) -> String {
    let text = format!(
        "id: 00000000-0000-4000-8000-00000000000{id}\nname: Spam - Network\ndescription: |\n    Finds spam.\n\
         requiredDataConnectors:\n    - connectorId: MicrosoftThreatProtection\n    dataTypes:\n        - DeviceNetworkEvents\n\
         tactics: CommandAndControl\nrelevantTechniques: T1219\nquery: |\n  DeviceNetworkEvents \n  | where {query}\n"
    );
    text.replace('\n', "\r\n")
}

/// A folder with a catalog of two rules and a template, imported once.
fn imported() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &format!("catalog/{FIRST}"), rule(1, "RemoteUrl has 'spam.example'"));
    write(folder.path(), "catalog/RMM/Eggs/rmm_Eggs_filesig.yaml", rule(2, "true"));
    write(folder.path(), "catalog/_Templates/rule.yaml", "id: %%GUID%%\nname: x\nquery: |\n");
    let ran = run(folder.path(), &["import", "rmm", "catalog"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("catalog/RMM/Spam/rmm_Spam_netconn.yaml:7:5: info[PK050]"), "{}", ran.out);
    assert!(ran.out.contains("left out: catalog/_Templates/rule.yaml: a template: %%GUID%%"), "{}", ran.out);
    assert!(ran.out.contains("2 of 3 files are rules: 2 written to rules/rmm"), "{}", ran.out);
    folder
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn writes_rules_in_canonical_form_with_a_record() {
    let folder = imported();
    insta::assert_snapshot!(read(folder.path(), OUT));
    assert!(read(folder.path(), "rules/rmm/picket-import.lock").contains(FIRST));
}

#[test]
fn a_second_import_changes_nothing() {
    let folder = imported();
    let record = read(folder.path(), "rules/rmm/picket-import.lock");
    let ran = run(folder.path(), &["import", "rmm", "catalog"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("0 written to rules/rmm, 2 unchanged, 0 left alone"), "{}", ran.out);
    assert_eq!(read(folder.path(), "rules/rmm/picket-import.lock"), record);
}

#[test]
fn an_edited_file_is_left_alone_unless_forced() {
    let folder = imported();
    let edited = read(folder.path(), OUT).replace("spam.example", "ham.example");
    write(folder.path(), OUT, &edited);
    let ran = run(folder.path(), &["import", "rmm", "catalog"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains(&format!("left alone: {OUT}: edited since the last import\n")), "{}", ran.out);
    assert_eq!(read(folder.path(), OUT), edited);

    write(folder.path(), &format!("catalog/{FIRST}"), rule(1, "RemoteUrl has 'eggs.example'"));
    let ran = run(folder.path(), &["import", "rmm", "catalog"]);
    assert_eq!(ran.code, 1, "a conflict is a finding");
    assert!(ran.out.contains("and the catalog has changed as well"), "{}", ran.out);
    assert_eq!(read(folder.path(), OUT), edited);

    let ran = run(folder.path(), &["import", "rmm", "catalog", "--force"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(read(folder.path(), OUT).contains("eggs.example"));
}

#[test]
fn an_untouched_file_follows_the_catalog() {
    let folder = imported();
    write(folder.path(), &format!("catalog/{FIRST}"), rule(1, "RemoteUrl has 'eggs.example'"));
    let ran = run(folder.path(), &["import", "rmm", "catalog", "--dry-run"]);
    assert!(ran.out.contains("1 would be written to rules/rmm, 1 unchanged"), "{}", ran.out);
    assert!(read(folder.path(), OUT).contains("spam.example"), "a dry run writes nothing");
    let ran = run(folder.path(), &["import", "rmm", "catalog"]);
    assert!(ran.out.contains("1 written to rules/rmm, 1 unchanged"), "{}", ran.out);
    assert!(read(folder.path(), OUT).contains("eggs.example"));
}

#[test]
fn a_deleted_file_stays_deleted_unless_forced() {
    let folder = imported();
    std::fs::remove_file(folder.path().join(OUT)).unwrap();
    let ran = run(folder.path(), &["import", "rmm", "catalog"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("deleted or moved since the last import"), "{}", ran.out);
    assert!(!folder.path().join(OUT).exists());
    run(folder.path(), &["import", "rmm", "catalog", "--force"]);
    assert!(folder.path().join(OUT).exists());
}

#[test]
fn a_file_of_someone_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &format!("catalog/{FIRST}"), rule(1, "true"));
    write(folder.path(), OUT, "mine");
    let ran = run(folder.path(), &["import", "rmm", "catalog"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("there already, and not written by an import"), "{}", ran.out);
    assert_eq!(read(folder.path(), OUT), "mine");
}

#[test]
fn what_cannot_be_mended_is_reported_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let broken = rule(1, "true").replace("tactics: C", "tactics: [C");
    write(folder.path(), "catalog/broken.yaml", broken);
    write(folder.path(), "catalog/latin1.yaml", b"id: caf\xe9\n");
    let ran = run(folder.path(), &["import", "rmm", "catalog"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("left out: catalog/broken.yaml: not valid YAML"), "{}", ran.out);
    assert!(ran.out.contains("catalog/broken.yaml:"), "{}", ran.out);
    assert!(ran.out.contains("is not UTF-8"), "{}", ran.out);
    assert!(ran.out.contains("0 of 2 files are rules"), "{}", ran.out);
}

#[test]
fn bad_input_names_the_path_and_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "file.yaml", "id: x\n");
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    for (name, cause) in
        [("nowhere", "no such file"), ("file.yaml", "it is a file"), ("empty", "no rule file")]
    {
        let ran = run(folder.path(), &["import", "rmm", name]);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(name) && ran.err.contains(cause) && ran.err.contains("help"), "{}", ran.err);
    }
    write(folder.path(), &format!("catalog/{FIRST}"), rule(1, "true"));
    write(folder.path(), "rules/rmm/picket-import.lock", "no json");
    let ran = run(folder.path(), &["import", "rmm", "catalog"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("picket-import.lock") && ran.err.contains("help"), "{}", ran.err);
}
