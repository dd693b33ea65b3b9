//! `picket new`

use crate::common::{run, run_with, succeeds, write};
use tempfile::TempDir;

const ID: &str = "31bc89e1-7c3a-4018-b00f-f676c61ab673";

#[test]
fn options_become_a_rule_that_is_clean_and_can_be_tested() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let ran = succeeds(
        at,
        &[
            "new",
            "Log was cleared",
            "--table",
            "securityevent",
            "--where",
            "EventID == 1102",
            "--technique",
            "t1070",
            "--tactic",
            "defense evasion",
            "--id",
            ID,
        ],
    );
    assert!(
        ran.out.starts_with("wrote rules/log-was-cleared.yaml\nchecked 1 rule: no findings\n"),
        "{}",
        ran.out
    );
    insta::assert_snapshot!(
        "new_scheduled",
        std::fs::read_to_string(at.join("rules/log-was-cleared.yaml")).unwrap()
    );
    succeeds(at, &["check", "--strict"]);
    succeeds(at, &["fmt", "--check"]);
    succeeds(at, &["test", "--scaffold", "rules/log-was-cleared.yaml", "--write"]);
    assert!(succeeds(at, &["test"]).out.contains(" passed"));
    // Nothing is ever overwritten.
    let ran = run(at, &["new", "Log was cleared", "--table", "SecurityEvent"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (
            2,
            "error: rules/log-was-cleared.yaml is there already\n  help: name another file with `--output`\n"
        )
    );
}

#[test]
fn queries_of_files_and_given_entities_are_taken() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(
        at,
        "q.kql",
        "DeviceLogonEvents | summarize Failures = countif(ActionType == 'LogonFailed') by DeviceName, AccountName, AccountDomain\n| where Failures > 20\n",
    );
    let ran = succeeds(
        at,
        &[
            "new",
            "Many failed logons",
            "-f",
            "q.kql",
            "--kind",
            "nrt",
            "--severity",
            "Low",
            "--technique",
            "Brute Force",
            "--entity",
            "host=DeviceName",
            "--entity",
            "Account.Name=AccountName,ntdomain=AccountDomain",
            "--description",
            "Finds devices where logons fail.",
            "--id",
            ID,
            "--output",
            "-",
        ],
    );
    insta::assert_snapshot!("new_nrt", ran.out);
    let query = "SigninLogs | take 10";
    let ran = run_with(
        at,
        &["new", "Some sign-ins", "--kind", "hunting", "-f", "-", "--id", ID, "-o", "-"],
        |it| it.write_stdin(query),
    );
    insta::assert_snapshot!("new_hunting", ran.out);
}

#[test]
fn what_is_wrong_is_said_with_its_remedy() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let mut said = String::new();
    for arguments in [
        &["new"][..],
        &["new", "A"],
        &["new", "A", "--table", "SigninLog"],
        &["new", "A", "--query", "SigninLogs | where Foo == 1"],
        &["new", "A", "--table", "SigninLogs", "--technique", "T1078"],
        &["new", "A", "--table", "SigninLogs", "--technique", "Brute Forse"],
        &["new", "A", "--table", "SigninLogs", "--technique", "T1064"],
        &["new", "A", "--table", "SigninLogs", "--tactic", "Acces"],
        &["new", "A", "--table", "SigninLogs", "--entity", "Acount=UserPrincipalName"],
        &["new", "A", "--table", "SigninLogs", "--entity", "Account=UserPrincipalNam"],
        &["new", "A", "--table", "SigninLogs", "--entity", "FileHash=AppId"],
        &["new", "A", "--table", "SigninLogs", "--entity", "Account"],
        &["new", "A", "--table", "SigninLogs", "--frequency", "soon"],
        &["new", "A", "--table", "SigninLogs", "--id", "1"],
    ] {
        let ran = run(at, arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}: {}", ran.err);
        said += &format!("$ picket {}\n{}", arguments.join(" "), ran.err);
    }
    assert_eq!(std::fs::read_dir(at).unwrap().count(), 0, "nothing is written");
    insta::assert_snapshot!("new_refused", said);
}

/// `script` runs a command on a terminal of its own; its questions are answered by keys.
#[cfg(unix)]
#[test]
fn a_terminal_is_asked() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    if Command::new("script").arg("--version").output().is_err() {
        println!("skipped: script is absent");
        return;
    }
    let folder = TempDir::new().unwrap();
    let picket = assert_cmd::cargo::cargo_bin!("picket").display().to_string();
    let mut child = Command::new("script")
        .args(["-qec", &format!("{picket} new --table SigninLogs --kind hunting"), "/dev/null"])
        .current_dir(folder.path())
        .env("TERM", "xterm")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Name, condition, description, technique (none), entities (all).
    child.stdin.take().unwrap().write_all(b"Asked\rLocation == 'KP'\rFinds sign-ins.\r\r\r").unwrap();
    let ran = child.wait_with_output().unwrap();
    let shown = String::from_utf8_lossy(&ran.stdout).into_owned();
    let rule = std::fs::read_to_string(folder.path().join("rules/asked.yaml"));
    let rule = rule.unwrap_or_else(|_| panic!("{shown}"));
    assert!(rule.contains("| where Location == 'KP'") && rule.contains("columnName: IPAddress"), "{rule}");
}
