//! `picket explain`, and what is offered for a name that is none.

use crate::common::{run, scheduled_rule, succeeds, write};
use tempfile::TempDir;

#[test]
fn codes_are_listed_by_family() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let all = succeeds(at, &["explain"]).out;
    assert!(all.contains("\nattack\n  PK501  unknown-tactic"), "{all}");
    assert!(all.contains("`picket explain KQ` lists them\n"), "{all}");
    let family = succeeds(at, &["explain", "pk60"]).out;
    assert!(family.starts_with("connectors\n  PK60"), "{family}");
    assert!(family.lines().skip(1).all(|line| line.starts_with("  PK60")), "{family}");
    assert!(succeeds(at, &["explain", "KQ"]).out.lines().count() > 100);
    let ran = run(at, &["explain", "unknown-tactik"]);
    assert_eq!((ran.code, ran.err.contains("the nearest is `unknown-tactic`")), (2, true), "{}", ran.err);
}

/// `script` runs a command on a terminal of its own.
#[cfg(unix)]
#[test]
fn a_terminal_gets_pages() {
    if std::process::Command::new("script").arg("--version").output().is_err() {
        println!("skipped: script is absent");
        return;
    }
    let folder = TempDir::new().unwrap();
    let shown = |arguments: &str, pager: &str| {
        let picket = assert_cmd::cargo::cargo_bin!("picket").display().to_string();
        let ran = std::process::Command::new("script")
            .args(["-qec", &format!("{picket} {arguments}"), "/dev/null"])
            .current_dir(folder.path())
            .env("PAGER", pager)
            .output()
            .unwrap();
        String::from_utf8_lossy(&ran.stdout).replace('\r', "")
    };
    assert!(shown("explain PK501", "sed s/^/>/").starts_with("># PK501"));
    assert!(shown("explain PK501 --no-pager", "sed s/^/>/").starts_with("# PK501"));
    assert!(shown("explain PK501", "there-is-no-such-pager").starts_with("# PK501"));
    assert!(shown("explain PK501", "").starts_with("# PK501"));
}

#[test]
fn a_rule_that_is_meant_is_named() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(at, "rules/anydesk.yaml", scheduled_rule(1).replace("Rule 1", "AnyDesk appears on a device"));
    write(at, "rules/2.yaml", scheduled_rule(2));
    let logs = write(at, "logs/SecurityEvent.jsonl", "{\"EventID\": 1}\n");
    let logs = logs.parent().unwrap().display().to_string();
    let commands: [&[&str]; 6] = [
        &["show", "anydsk"],
        &["disable", "anydsk", "--reason", "noisy"],
        &["enable", "anydsk"],
        &["hunt", "anydsk", "--data", &logs],
        &["backtest", "anydsk", "--data", &logs],
        &["test", "--scaffold", "anydsk"],
    ];
    for command in commands {
        let ran = run(at, command);
        assert_eq!(ran.code, 2, "{command:?}: {}", ran.err);
        let expected = "error: no rule has the id, name or file `anydsk`\n  \
                        help: did you mean `AnyDesk appears on a device` or `rules/anydesk.yaml`?\n";
        assert_eq!(ran.err, expected, "{command:?}");
    }
    // Tests are proposed for a rule by any of its names.
    for name in ["rules/2.yaml", "Rule 2", &crate::common::rule_id(2)] {
        assert!(succeeds(at, &["test", "--scaffold", name]).out.contains("tests:"), "{name}");
    }
    let ran = run(at, &["chekc"]);
    assert!(ran.err.contains("'check'"), "{}", ran.err);
}
