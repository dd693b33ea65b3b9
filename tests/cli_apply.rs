//! What `picket apply` says of rules that the service does not take.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails this way")]

mod common;

use std::path::Path;

use common::server::Server;
use common::{Ran, run, scheduled_rule, write};
use tempfile::TempDir;

/// A project that deploys to an emulator started with `arguments`.
fn project(arguments: &[&str]) -> (TempDir, Server) {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), arguments);
    write(folder.path(), "picket.toml", server.settings());
    (folder, server)
}

fn apply(folder: &Path, more: &[&str]) -> Ran {
    run(folder, &[&["apply", "--workspace", "stage"], more].concat())
}

/// Rule `number` with another query.
fn with_query(number: u32, query: &str) -> String {
    let rule = scheduled_rule(number);
    let (head, rest) = rule.split_once("query: |\n").unwrap();
    let (_, tail) = rest.split_once("entityMappings").unwrap();
    format!("{head}query: |\n  {}\nentityMappings{tail}", query.replace('\n', "\n  "))
}

#[test]
fn a_rule_whose_table_is_absent_waits_and_the_others_are_deployed() {
    let (folder, _server) = project(&["--tables", "Heartbeat"]);
    let at = folder.path();
    write(at, "rules/a.yaml", with_query(1, "Heartbeat\n| where Computer == 'x'"));
    write(at, "rules/b.yaml", with_query(2, "SecurityEvent\n| where EventID == 4688"));
    let ran = apply(at, &[]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.out.ends_with("applied to stage: 1 created; 1 pending\n"), "{}", ran.out);
    insta::assert_snapshot!(ran.err);
    let plan = run(at, &["plan", "--workspace", "stage"]);
    assert!(plan.out.contains("Plan: 1 to create"), "{}", plan.out);
    assert!(
        plan.err.contains("the analytics rule 'Rule 2' is waiting for table `SecurityEvent`"),
        "{}",
        plan.err
    );
    let ran = apply(at, &["--allow-pending"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.ends_with("applied to stage: nothing; 1 pending\n"), "{}", ran.out);
}

#[test]
fn a_plan_foresees_which_rules_wait_for_a_table() {
    let (folder, _server) = project(&["--tables", "Heartbeat,SecurityEvent"]);
    let at = folder.path();
    let queries = [
        "Heartbeat\n| join SecurityEvent on Computer",
        "SigninLogs\n| join Heartbeat on $left.UserId == $right.Computer",
        "Fresh_CL\n| take 1",
        "union isfuzzy=true Heartbeat, SigninLogs",
        "workspace('other').SigninLogs\n| take 1",
        "Parsed\n| take 1",
    ];
    for (number, query) in (1..).zip(queries) {
        write(at, &format!("rules/{number}.yaml"), with_query(number, query));
    }
    let function = "name: Parsed\nbody: |\n  SigninLogs | take 1\n";
    write(at, "content/f.yaml", function);
    let plan = |arguments: &[&str]| {
        let ran = run(at, &[&["plan", "--workspace", "stage", "--format", "json"], arguments].concat());
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let warnings = document["warnings"].as_array().unwrap().clone();
        let of = warnings.into_iter().filter(|it| it["code"] == "PK810");
        of.map(|it| it["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        plan(&[]),
        [
            "the analytics rule 'Rule 2' is waiting for table `SigninLogs`",
            "the analytics rule 'Rule 3' is waiting for table `Fresh_CL`"
        ]
    );
    assert_eq!(plan(&["--skip-tables"]), [""; 0]);
    let human = run(at, &["plan", "--workspace", "stage", "--target", "rules/2.yaml"]);
    assert_eq!(human.code, 0, "{}", human.err);
    insta::assert_snapshot!("waiting", human.err);
}

#[test]
fn a_workspace_that_does_not_tell_its_tables_is_planned_for_without_them() {
    for arguments in [&[][..], &["--tables", "Heartbeat", "--deny", "*/tables/read"]] {
        let (folder, _server) = project(arguments);
        write(folder.path(), "rules/a.yaml", with_query(1, "SecurityEvent"));
        let ran = run(folder.path(), &["plan", "--workspace", "stage"]);
        assert!(ran.code == 0 && !ran.err.contains("PK810"), "{}{}", ran.out, ran.err);
    }
}

#[test]
fn a_column_that_only_this_workspace_lacks_is_shown_where_it_is_used() {
    let (folder, _server) = project(&["--tables", "Heartbeat"]);
    let at = folder.path();
    write(
        at,
        "declarations/h.yaml",
        "tables:\n  - name: Heartbeat\n    columns: {Extra_s: string, TimeGenerated: datetime}\n",
    );
    write(at, "rules/a.yaml", with_query(1, "Heartbeat\n| where Extra_s == 'x'"));
    let ran = apply(at, &[]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("PK810") && ran.err.contains("waiting for column `Extra_s`"), "{}", ran.err);
    let place = ran.err.lines().find(|line| line.contains("rules/a.yaml:")).unwrap();
    let line = std::fs::read_to_string(at.join("rules/a.yaml")).unwrap();
    let line = 1 + line.lines().position(|line| line.contains("Extra_s")).unwrap();
    assert!(place.ends_with(&format!("rules/a.yaml:{line}:11")), "{place}");
}

/// What the emulator refuses in its own words is shown at the value at fault.
#[test]
fn each_refusal_stands_at_its_value() {
    let (folder, server) = project(&[]);
    let at = folder.path();
    // Our own checks would not let these through.
    let levels = "[lint.levels]\nPK306 = \"off\"\nPK504 = \"off\"\n";
    write(at, "picket.toml", format!("{}{levels}", server.settings()));
    write(at, "rules/a.yaml", scheduled_rule(1));
    let ran = apply(at, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    server.delete(&common::rule_id(1));
    write(at, "rules/b.yaml", scheduled_rule(2).replace("- T1059", "- T1078"));
    write(at, "rules/c.yaml", scheduled_rule(3).replace("identifier: FullName", "identifier: FullNaem"));
    write(at, "rules/d.yaml", scheduled_rule(4));
    let ran = apply(at, &[]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    let found = |code: &str, file: &str, line: &str| {
        let text = std::fs::read_to_string(at.join(file)).unwrap();
        let number = 1 + text.lines().position(|it| it.contains(line)).unwrap();
        let mut reports = ran.err.split("error[").flat_map(|it| it.split("warning["));
        let report = reports.find(|it| it.starts_with(code)).unwrap_or(&ran.err);
        assert!(report.contains(&format!("{file}:{number}:")), "{code} at {file}:{number}\n{}", ran.err);
        assert!(report.contains("= help: "), "{report}");
    };
    found("PK816", "rules/a.yaml", "id: ");
    found("PK812", "rules/b.yaml", "- T1078");
    let entity = ran.err.split("error[").find(|it| it.contains("FullNaem")).unwrap();
    assert!(entity.starts_with("PK812") && entity.contains("rules/c.yaml:"), "{}", ran.err);
    assert!(
        ran.out.contains("1 created") && ran.out.contains("2 failed") && ran.out.contains("1 pending"),
        "{}",
        ran.out
    );
}

/// The command's own waits are real here, so the failures are few.
#[test]
fn failures_by_chance_are_survived() {
    let (folder, server) = project(&["--chance", "lose=60,conflict=60,short=60", "--seed", "5"]);
    let at = folder.path();
    for number in 1..=6 {
        write(at, &format!("rules/r{number}.yaml"), scheduled_rule(number));
    }
    let ran = apply(at, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.ends_with("applied to stage: 6 created\n"), "{}", ran.out);
    let journal = std::fs::read_to_string(at.join(".picket/journal/stage.jsonl")).unwrap();
    assert!(journal.contains("\"attempt\":2"), "nothing failed: {journal}");
    assert_eq!(run(at, &["plan", "--workspace", "stage", "--detailed-exitcode"]).code, 0);
    drop(server);
}

#[test]
#[cfg(unix)]
fn ctrl_c_finishes_what_is_in_flight_and_says_what_is_left() {
    let (folder, _server) = project(&["--fault", "delay=150"]);
    let at = folder.path();
    for number in 1..=12 {
        write(at, &format!("rules/r{number}.yaml"), scheduled_rule(number));
    }
    let mut child = common::picket_process(at);
    let child = child.args(["apply", "--workspace", "stage", "--concurrency", "1"]);
    let child =
        child.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let journal = at.join(".picket/journal/stage.jsonl");
    let written = || std::fs::read_to_string(&journal).unwrap_or_default();
    while !written().contains("\"result\":\"done\"") {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let signal = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(signal.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(out.contains("0 failed") && out.contains("not begun"), "{out}");
    assert!(err.contains("interrupted") && err.contains("`picket retry`"), "{err}");
    let ran = run(at, &["retry", "--workspace", "stage"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(run(at, &["plan", "--workspace", "stage", "--detailed-exitcode"]).code, 0);
}
