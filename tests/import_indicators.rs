//! `picket import rmm --from-indicators` as a person meets it, over two small catalogs.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;

use common::{Ran, git, run, write};

const TOOL: &str = "lolrmm/yaml/spam.yaml";
const NETWORK: &str = "rules/rmm/spam-desk/network-connection.scheduled.yaml";

/// A tool as LOLRMM writes one, with hosts of its own.
fn tool(hosts: &[&str]) -> String {
    let hosts: String = hosts.iter().map(|host| format!("        - '{host}'\n")).collect();
    format!(
        "Name: Spam Desk (formerly Ham)\nDetails:\n  Website: https://spam.example/\n  PEMetadata:\n    - Filename: spam.exe\n      Product: Spam Desk\n  InstallationPaths:\n    - 'C:\\Program Files\\Spam Desk\\*'\nArtifacts:\n  Disk: []\n  Network:\n    - Domains:\n{hosts}      Ports: [443, 5931]\nCodeSigning:\n  certificates:\n    - signer_name: 'Spam Ltd\\'\n"
    )
}

fn import(folder: &Path, more: &[&str]) -> Ran {
    let mut arguments = vec!["import", "rmm", "--from-indicators", "rmm", "lolrmm"];
    arguments.extend(more);
    run(folder, &arguments)
}

/// A project with two catalogs, imported once and committed.
fn imported() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    git(at, &["init", "--quiet"]);
    write(
        at,
        TOOL,
        tool(&["*.Spam.example", "relay-[a-f0-9]{4}.eggs.example:443", "github.com", "<customer>"]),
    );
    write(
        at,
        "rmm/RMM/SpamDesk/RMM_Summary_SpamDesk.md",
        "# Tool Summary for SpamDesk\n\n### Network Indicators\n- app.spam.example\n- hxxp://bacon[.]example/x\n\n### File Signature Indicators\n- Spam Ltd\n",
    );
    write(at, "rmm/Hosts.csv", "URI,RMM_Tool\nstun.spam.example,spamdesk\n");
    write(at, "rmm/README.md", "# A catalog\n");
    write(at, "rmm/_Templates/rule.yaml", "id: '%%GUID%%'\nquery: |\n  X\n");
    write(at, "picket.toml", "rules = [\"rules\"]\ncontent = [\"content\"]\n[project]\nname = \"t\"\n");
    let ran = import(at, &["--unused"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    insta::assert_snapshot!("indicators_import", ran.out);
    git(at, &["add", "--all"]);
    git(at, &["commit", "--quiet", "--message", "import"]);
    folder
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn makes_rules_and_watchlists_that_check_clean() {
    let folder = imported();
    let at = folder.path();
    insta::assert_snapshot!("indicators_network", read(at, NETWORK));
    insta::assert_snapshot!(
        "indicators_process",
        read(at, "rules/rmm/spam-desk/process-creation.hunting.yaml")
    );
    insta::assert_snapshot!("indicators_any_tool", read(at, "rules/rmm/any-tool/unapproved.scheduled.yaml"));
    insta::assert_snapshot!("indicators_watchlist", read(at, "content/rmm-indicators.csv"));
    let ran = run(at, &["check", "--strict"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "checked 10 rules in 10 files: no findings\n"), "{ran:?}");
}

#[test]
fn a_second_import_changes_nothing() {
    let folder = imported();
    let ran = import(folder.path(), &[]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("10 rules: 0 written to rules/rmm, 10 unchanged, 0 left alone"), "{}", ran.out);
    assert!(ran.out.contains("4 files: 0 written to content, 4 unchanged, 0 left alone"), "{}", ran.out);
    assert_eq!(git(folder.path(), &["status", "--porcelain"]), "");
}

#[test]
fn what_the_catalog_changed_is_shown_and_merged_with_edits() {
    let folder = imported();
    let at = folder.path();
    let edited = read(at, NETWORK)
        .replace("severity: Medium", "severity: High")
        .replace("enabled: false", "enabled: true");
    write(at, NETWORK, &edited);
    // The title of another rule is edited where the catalog changes nothing.
    write(at, TOOL, tool(&["*.Spam.example", "sausage.example"]));
    let dry = import(at, &["--dry-run"]);
    assert!(dry.out.contains("would be written") && dry.out.contains("\"sausage.example\""), "{}", dry.out);
    assert_eq!(read(at, NETWORK), edited);

    let ran = import(at, &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("(1 merged with edits)"), "{}", ran.out);
    let merged = read(at, NETWORK);
    for part in ["severity: High", "enabled: true", "\"sausage.example\"", "version: 1.0.0"] {
        assert!(merged.contains(part), "{part}: {merged}");
    }
    let twin = read(at, "rules/rmm/spam-desk/network-connection.hunting.yaml");
    assert!(twin.contains("version: 1.0.1") && twin.contains("\"sausage.example\""), "{twin}");
    // Programs and signers are as they were, down to the revision of the file that they were read from.
    assert_eq!(git(at, &["status", "--porcelain", "rules/rmm/spam-desk/process-creation.hunting.yaml"]), "");
    let again = import(at, &[]);
    assert!(again.out.contains("0 written to rules/rmm, 9 unchanged, 1 left alone"), "{}", again.out);
}

#[test]
fn an_edit_of_what_the_catalog_changed_is_a_conflict() {
    let folder = imported();
    let at = folder.path();
    let edited = read(at, NETWORK).replace("\"bacon.example\"", "\"beans.example\"");
    write(at, NETWORK, &edited);
    write(at, TOOL, tool(&["*.Spam.example", "sausage.example"]));
    let ran = import(at, &[]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.out.contains("edited since the last import, and the catalog has changed as well"),
        "{}",
        ran.out
    );
    assert_eq!(read(at, NETWORK), edited);
}

#[test]
fn a_query_that_would_be_too_long_looks_its_hosts_up() {
    let folder = imported();
    let at = folder.path();
    let hosts: Vec<String> =
        (0..900).map(|number| format!("relay-{number}.sausage-{number}.example")).collect();
    write(at, TOOL, tool(&hosts.iter().map(String::as_str).collect::<Vec<_>>()));
    import(at, &[]);
    let text = read(at, NETWORK);
    assert!(text.contains("_GetWatchlist(\"RmmIndicators\")") && text.len() < 8_000, "{text}");
    let ran = run(at, &["check", "--strict"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "checked 10 rules in 10 files: no findings\n"));
}

#[test]
fn hostile_catalogs_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let query = "Name: '../../../etc/passwd\"; drop'\nArtifacts:\n  Network:\n    - Domains: ['a\"b.example', 'x.example\\\" or true //', 'ok.example']\nDetails:\n  PEMetadata:\n    Product: 'Foo\" or 1==1 //'\n";
    write(at, "lolrmm/a.yaml", query);
    write(at, "lolrmm/bomb.yaml", format!("a: &a [x]\nb: &b [{}]\nArtifacts: *c\n", "*a,".repeat(50)));
    write(at, "lolrmm/deep.yaml", "[".repeat(100_000));
    write(at, "lolrmm/bytes.yaml", b"Name: \xff\xfe\n");
    write(at, "picket.toml", "rules = [\"rules\"]\ncontent = [\"content\"]\n[project]\nname = \"t\"\n");
    let ran = run(at, &["import", "rmm", "--from-indicators", "lolrmm", "--unused"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    for name in ["bomb.yaml", "deep.yaml", "bytes.yaml"] {
        assert!(ran.out.contains(name), "{name}: {}", ran.out);
    }
    let rules = common::yaml_files(&at.join("rules"));
    assert!(!rules.is_empty() && rules.iter().all(|path| path.starts_with(at.join("rules/rmm"))));
    let ran = run(at, &["kql", "check", "rules"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}
