//! `picket test`: rules on rows beside them.

#![cfg(feature = "cli")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails this way")]

mod common;

use std::path::Path;

use common::{Ran, run, valid, write};
use serde_json::Value;
use tempfile::TempDir;

const RULE: &str = r#"id: 11111111-1111-4111-8111-111111111111
name: Many failed sign-ins
kind: Scheduled
severity: Medium
description: Too many failures.
queryFrequency: 1h
queryPeriod: 1h
triggerOperator: gt
triggerThreshold: 0
tactics:
  - CredentialAccess
query: |
  SigninLogs
  | where ResultType != "0"
  | where AppDisplayName != "scanner"
  | summarize Failures = count() by UserPrincipalName, IPAddress
  | where Failures > 2
entityMappings:
  - entityType: Account
    fieldMappings:
      - identifier: FullName
        columnName: UserPrincipalName
  - entityType: IP
    fieldMappings:
      - identifier: Address
        columnName: IPAddress
alertDetailsOverride:
  alertDisplayNameFormat: 'Failures of {{UserPrincipalName}}'
eventGroupingSettings:
  aggregationKind: AlertPerResult
falsePositives:
  - scenario: Vulnerability scanner
    description: It tries passwords on purpose.
"#;

const FAILURE: &str = "{UserPrincipalName: ada@x.com, IPAddress: 1.1.1.1, ResultType: '50126'";

/// A project with the rule, changed, and tests of it.
fn project(changes: &[(&str, &str)], tests: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let mut rule = RULE.to_owned();
    for (old, new) in changes {
        assert!(rule.contains(old), "{old}");
        rule = rule.replace(old, new);
    }
    write(folder.path(), "picket.toml", "rules = ['rules']\n");
    write(folder.path(), "rules/failed.yaml", rule);
    write(folder.path(), "rules/failed.test.yaml", tests);
    folder
}

/// A test with rows of sign-ins.
fn test(name: &str, rows: &[String], more: &str) -> String {
    let rows: String = rows.iter().map(|row| format!("        - {row}\n")).collect();
    format!("  - name: {name}\n    tables:\n      SigninLogs:\n{rows}{more}")
}

fn failures(times: &[&str]) -> Vec<String> {
    times.iter().map(|time| format!("{FAILURE}, TimeGenerated: {time}}}")).collect()
}

/// What a run prints, without how long it took.
fn shown(ran: &Ran) -> String {
    let cut = |line: &str| match line.split_once(" rule in ").or_else(|| line.split_once(" rules in ")) {
        Some((before, after)) => {
            let rest = after.split_once(" s").map_or("", |(_, rest)| rest);
            format!("{before} rule{rest}\n")
        }
        None => format!("{line}\n"),
    };
    ran.out.lines().map(cut).collect()
}

fn tested(folder: &Path, args: &[&str]) -> (i32, Value) {
    let all: Vec<&str> = ["test", "--format", "json"].iter().chain(args).copied().collect();
    let ran = run(folder, &all);
    let schema = serde_json::from_str(&run(folder, &["schema", "tested"]).out).unwrap();
    (ran.code, valid(schema, &ran.out))
}

fn messages(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|item| item["message"].as_str().unwrap()).collect()
}

#[test]
fn alerts_entities_and_texts_are_compared() {
    let rows = failures(&["-5m", "-6m", "-7m"]);
    let expect = "    expect:
      alerts: 1
      incidents: 1
      title: Failures of ada@x.com
      description: Too many failures.
      severity: Medium
      tactics: CredentialAccess
      entities:
        - {type: Account, FullName: ada@x.com}
        - {type: IP, Address: 1.1.1.1}
      rows:
        - {UserPrincipalName: ada@x.com, Failures: 3}
";
    let folder = project(&[], &format!("tests:\n{}", test("three", &rows, expect)));
    let ran = run(folder.path(), &["test"]);
    assert_eq!(
        (ran.code, shown(&ran).as_str()),
        (0, "rules/failed.test.yaml: 1 passed\n1 passed of 1 rule\n")
    );

    let wrong = expect
        .replace("alerts: 1", "alerts: 2")
        .replace("Failures: 3", "Failures: 4")
        .replace("of ada", "of bob")
        .replace("Address: 1.1.1.1", "Address: 2.2.2.2");
    write(folder.path(), "rules/failed.test.yaml", format!("tests:\n{}", test("three", &rows, &wrong)));
    let ran = run(folder.path(), &["test"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(shown(&ran), @r#"
    rules/failed.test.yaml: 0 passed, 1 not
      FAILED three (Many failed sign-ins)
             rules/failed.test.yaml:9:15: expected 2 alerts, got 1
             rules/failed.test.yaml:19:9: the rows differ
             - UserPrincipalName: ada@x.com, Failures: 4
             + UserPrincipalName: ada@x.com, Failures: 3
             rules/failed.test.yaml:16:9: the entities of the alerts differ
               Account FullName=ada@x.com
             - IP Address=2.2.2.2
             + IP Address=1.1.1.1
             rules/failed.test.yaml:11:14: the title of the alerts differs
             - Failures of bob@x.com
             + Failures of ada@x.com
    0 passed, 1 failed of 1 rule
    "#);
}

#[test]
fn what_is_wrong_with_rows_is_said_at_its_place() {
    let tests = "tests:
  - name: bad
    tables:
      SigninLogs:
        - {UserPrincipalNam: ada, TimeGenerated: yesterday}
      SigninLog: []
    expect: none
  - name: a file
    tables:
      SigninLogs: {file: rows.jsonl}
    expect: none
  - name: a table
    tables:
      SigninLogs: {file: rows.csv}
    expct: none
";
    let folder = project(&[], tests);
    write(folder.path(), "rules/rows.jsonl", "{\"IPAddress\": \"1\", \"TimeGenerated\": \"x\"}\n{\"a\"\n");
    write(folder.path(), "rules/rows.csv", "TimeGenerated,IPAddress\n2026-13-01,1\n");
    let ran = run(folder.path(), &["test"]);
    assert_eq!(ran.code, 1);
    let places: Vec<&str> =
        ran.out.lines().filter(|line| line.starts_with("error[") || line.contains("-->")).collect();
    insta::assert_snapshot!(places.join("\n"), @r#"
    error[PK941]: SigninLogs has no column `UserPrincipalNam`
     --> rules/failed.test.yaml:5:12
    error[PK942]: `TimeGenerated` of type datetime cannot be `yesterday`
     --> rules/failed.test.yaml:5:50
    error[PK941]: the query of the rule does not read SigninLog
     --> rules/failed.test.yaml:6:7
    error[PK940]: the test has no `expect`
      --> rules/failed.test.yaml:12:5
    error[PK940]: unknown key `expct` of the test
      --> rules/failed.test.yaml:15:5
    error[PK942]: `TimeGenerated` of type datetime cannot be `"x"`
     --> rules/rows.jsonl:1:37
    error[PK943]: the line is no JSON: EOF while parsing an object
     --> rules/rows.jsonl:2:5
    "#);
}

#[test]
fn a_line_of_a_gigabyte_is_told_by_its_start() {
    let tests =
        "tests:\n  - name: long\n    tables:\n      SigninLogs: {file: rows.jsonl}\n    expect: none\n";
    let folder = project(&[], tests);
    let path = folder.path().join("rules/rows.jsonl");
    std::fs::write(&path, "{}\n").unwrap();
    // A sparse file takes no space.
    std::fs::File::options().append(true).open(&path).unwrap().set_len(1 << 30).unwrap();
    let (code, json) = tested(folder.path(), &[]);
    assert_eq!(code, 1);
    let finding = &json["tests"][0]["findings"][0];
    assert_eq!(finding["message"], "the line has more than 16 MiB");
    assert_eq!((&finding["file"], &finding["line"]), (&"rules/rows.jsonl".into(), &2.into()));
}

#[test]
fn the_scheduler_sees_what_the_service_sees() {
    // Three failures, of which the period of an hour covers two at a time.
    let rows = failures(&["-130m", "-90m", "-65m"]);
    let over = |more: &str| {
        format!("tests:\n{}", test("over", &rows, &format!("    over: 3h\n{more}    expect: none\n")))
    };
    let folder = project(&[], &over(""));
    assert_eq!(tested(folder.path(), &[]).0, 0, "no window has all three");
    let folder = project(&[("queryPeriod: 1h", "queryPeriod: 2h")], &over(""));
    let (code, json) = tested(folder.path(), &[]);
    assert_eq!((code, &json["tests"][0]["alerts"]), (1, &1.into()), "the run of an hour ago has");

    // A frequency of two hours with a period of one looks away every other hour.
    let folder = project(&[("queryFrequency: 1h", "queryFrequency: 2h")], &over("").replace("3h", "4h"));
    let (code, json) = tested(folder.path(), &[]);
    let missed = messages(&json["tests"][0]["findings"]);
    assert_eq!(code, 0);
    assert_eq!(
        missed,
        ["no run of the rule sees this row: the rule runs more seldom than its period is long"; 2]
    );

    // Rows that come in late are missed, but for the five minutes that the service waits.
    let late = |delay: &str| {
        let folder = project(&[], &over(&format!("    delay: {delay}\n")));
        let (_, json) = tested(folder.path(), &[]);
        json["tests"][0]["findings"].as_array().unwrap().len()
    };
    assert_eq!((late("10m"), late("11m"), late("40m")), (0, 1, 3));
}

#[test]
fn alerts_on_rows_that_were_alerted_on_are_told() {
    let rows = failures(&["-95m", "-94m", "-93m"]);
    let tests = |once: &str| {
        format!("tests:\n{}", test("over", &rows, &format!("    over: 3h\n{once}    expect: fires\n")))
    };
    let long = [("queryPeriod: 1h", "queryPeriod: 2h")];
    let folder = project(&long, &tests(""));
    let (code, json) = tested(folder.path(), &[]);
    assert_eq!((code, &json["tests"][0]["alerts"]), (0, &2.into()));
    assert_eq!(json["tests"][0]["findings"][0]["code"], "PK945");
    let folder = project(&long, &tests("    once: true\n"));
    let (code, json) = tested(folder.path(), &[]);
    assert_eq!(code, 1);
    assert_eq!(
        messages(&json["tests"][0]["failures"]),
        ["rows are alerted on twice: again by the run of 2026-01-01T12:00:00.0000000Z"]
    );
    // Suppression skips the second run.
    let suppressed = ("tactics:", "suppressionEnabled: true\nsuppressionDuration: 2h\ntactics:");
    let folder = project(&[long[0], suppressed], &tests("    once: true\n"));
    let (code, json) = tested(folder.path(), &[]);
    assert_eq!((code, &json["tests"][0]["alerts"]), (0, &1.into()));
}

#[test]
fn alerts_make_incidents_as_the_rule_groups_them() {
    let mut rows = failures(&["-5m", "-6m", "-7m"]);
    rows.extend(failures(&["-5m", "-6m", "-7m"]).iter().map(|row| row.replace("ada@", "bob@")));
    let grouped = |configuration: &str| {
        let rule = format!("incidentConfiguration:\n  createIncident: true\n{configuration}falsePositives:");
        let tests = format!("tests:\n{}", test("two", &rows, "    expect: {alerts: 2}\n"));
        let folder = project(&[("falsePositives:", &rule)], &tests);
        let (code, json) = tested(folder.path(), &[]);
        assert_eq!(code, 0, "{json:#}");
        json["tests"][0]["incidents"].as_u64().unwrap()
    };
    let by = |method: &str, more: &str| {
        format!(
            "  groupingConfiguration:\n    enabled: true\n    lookbackDuration: 5h\n    matchingMethod: {method}\n{more}"
        )
    };
    assert_eq!(grouped(""), 2, "an incident for each alert");
    assert_eq!(grouped(&by("AnyAlert", "")), 1);
    assert_eq!(grouped(&by("AllEntities", "")), 2, "the accounts differ");
    assert_eq!(grouped(&by("Selected", "    groupByEntities: [IP]\n")), 1);
    assert_eq!(
        grouped(&by("Selected", "    groupByEntities: [IP]\n    groupByAlertDetails: [DisplayName]\n")),
        2
    );
}

#[test]
fn conditions_without_a_test_are_found() {
    let rows = failures(&["-5m", "-6m", "-7m"]);
    let fires = test("fires", &rows, "    expect: fires\n");
    let folder = project(&[], &format!("tests:\n{fires}"));
    let ran = run(folder.path(), &["test", "--coverage"]);
    assert_eq!(ran.code, 0, "what no test decides is a warning");
    let said: Vec<&str> =
        ran.out.lines().filter(|line| line.starts_with("warning") || line.contains("-->")).collect();
    let expected = [
        "warning[PK946]: the condition is true in every test",
        "  --> rules/failed.yaml:14:11",
        "warning[PK946]: the condition is true in every test",
        "  --> rules/failed.yaml:15:11",
        "warning[PK946]: the condition is true in every test",
        "  --> rules/failed.yaml:17:11",
    ];
    assert_eq!(said, expected);
    assert!(shown(&ran).contains("3 of 3 conditions open, 1 scenario without a test"), "{}", shown(&ran));

    // Each of them decides whether the test passes, so no mutant survives.
    assert_eq!(run(folder.path(), &["test", "--mutate"]).code, 0);
    // A test that cannot fail kills nothing.
    let nothing = test("nothing", &[], "    expect: none\n");
    write(folder.path(), "rules/failed.test.yaml", format!("tests:\n{nothing}"));
    let (code, json) = tested(folder.path(), &["--mutate"]);
    assert_eq!(code, 1);
    assert_eq!(json["coverage"][0]["open"].as_array().unwrap().len(), 3);
}

#[test]
fn the_exclusion_of_a_scenario_counts_for_its_tests() {
    let rows = failures(&["-5m", "-6m", "-7m"]);
    let about = "    scenario: vulnerability scanner\n    expect: none\n";
    let tests = format!("tests:\n{}", test("scanner", &rows, about));
    let exclusion =
        |kql: &str| format!("on purpose.\n    exclusion: '{kql}'\n", kql = kql.replace('\'', "''"));
    let apart = exclusion("| where IPAddress != \"1.1.1.1\"");
    let folder = project(&[("on purpose.\n", &apart)], &tests);
    let (code, json) = tested(folder.path(), &[]);
    assert_eq!((code, &json["tests"][0]["excludes"]), (0, &Value::from(true)));
    let said = run(folder.path(), &["test", "--verbose"]).out;
    assert!(said.contains("scanner (Many failed sign-ins, with the exclusion of the scenario)"), "{said}");

    // A line that marks the place of exclusions is where it goes: the column is gone at the end.
    let grouped =
        ("by UserPrincipalName, IPAddress\n", "by UserPrincipalName, IPAddress\n  // picket: exclusions\n");
    let cut = ("| where Failures > 2\n", "| where Failures > 2\n  | project Failures, UserPrincipalName\n");
    let folder = project(&[("on purpose.\n", &apart), grouped, cut], &tests);
    assert_eq!(tested(folder.path(), &[]).0, 0);
    let folder = project(&[("on purpose.\n", &apart), cut], &tests);
    let (code, json) = tested(folder.path(), &[]);
    assert_eq!(code, 1);
    let finding = &json["tests"][0]["findings"][0];
    assert!(finding["message"].as_str().unwrap().contains("IPAddress"), "{finding}");
    let line = std::fs::read_to_string(folder.path().join("rules/failed.yaml")).unwrap();
    let line = line.lines().position(|line| line.contains("exclusion:")).unwrap() + 1;
    assert_eq!(finding["line"], line, "it is told at the exclusion");

    // One that excludes something else does not help, and a test without a scenario has none.
    let folder =
        project(&[("on purpose.\n", &exclusion("| where Failures > 5 or IPAddress == \"1.1.1.1\""))], &tests);
    assert_eq!(tested(folder.path(), &[]).0, 1);
    let folder =
        project(&[("on purpose.\n", &apart)], &tests.replace("    scenario: vulnerability scanner\n", ""));
    assert_eq!(tested(folder.path(), &[]).0, 1);
}

#[test]
fn expectations_are_written_in_place() {
    let rows = failures(&["-5m", "-6m", "-7m"]);
    let tests = format!(
        "# Tests of failures.\ntests:\n{}{}",
        test(
            "three",
            &rows,
            "    expect:\n      alerts: 7  # how many\n      rows:\n        - {Failures: 2}\n"
        ),
        test("new", &rows, "    expect:\n"),
    );
    let folder = project(&[], &tests);
    let ran = run(folder.path(), &["test", "--update"]);
    assert_eq!(ran.err, "rules/failed.test.yaml: 2 expectations written\n");
    let text = std::fs::read_to_string(folder.path().join("rules/failed.test.yaml")).unwrap();
    insta::assert_snapshot!(text, @r#"
    # Tests of failures.
    tests:
      - name: three
        tables:
          SigninLogs:
            - {UserPrincipalName: ada@x.com, IPAddress: 1.1.1.1, ResultType: '50126', TimeGenerated: -5m}
            - {UserPrincipalName: ada@x.com, IPAddress: 1.1.1.1, ResultType: '50126', TimeGenerated: -6m}
            - {UserPrincipalName: ada@x.com, IPAddress: 1.1.1.1, ResultType: '50126', TimeGenerated: -7m}
        expect:
          alerts: 1 # how many
          rows:
            - Failures: 3
      - name: new
        tables:
          SigninLogs:
            - {UserPrincipalName: ada@x.com, IPAddress: 1.1.1.1, ResultType: '50126', TimeGenerated: -5m}
            - {UserPrincipalName: ada@x.com, IPAddress: 1.1.1.1, ResultType: '50126', TimeGenerated: -6m}
            - {UserPrincipalName: ada@x.com, IPAddress: 1.1.1.1, ResultType: '50126', TimeGenerated: -7m}
        expect:
          alerts: 1
          title: Failures of ada@x.com
          severity: Medium
          entities:
            - type: Account
              FullName: ada@x.com
            - type: IP
              Address: 1.1.1.1
          incidents: 1
          rows:
            - UserPrincipalName: ada@x.com
              IPAddress: 1.1.1.1
              Failures: 3
    "#);
    assert_eq!(run(folder.path(), &["test"]).code, 0);
}

#[test]
fn a_build_server_reads_the_tests() {
    let tests = format!(
        "tests:\n{}{}",
        test("quiet", &[], "    expect: none\n"),
        test("loud", &[], "    expect: fires\n"),
    );
    let folder = project(&[], &tests);
    let ran = run(folder.path(), &["test", "--format", "junit"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("<testcase name=\"quiet\" classname=\"Many failed sign-ins\"/>"), "{}", ran.out);
    assert!(ran.out.contains("<failure message=\"expected an alert, got none\">"), "{}", ran.out);
}

#[test]
fn tests_are_chosen_by_rule_and_by_words() {
    let tests = format!(
        "tests:\n{}{}",
        test("quiet", &[], "    expect: none\n"),
        test("loud", &[], "    scenario: Vulnerability scanner\n    expect: none\n"),
    );
    let folder = project(&[], &tests);
    let number = |args: &[&str]| tested(folder.path(), args).1["tests"].as_array().unwrap().len();
    assert_eq!(number(&["rules/failed.yaml"]), 2);
    assert_eq!(number(&["--filter", "SCANNER"]), 1);
    let ran = run(folder.path(), &["check"]);
    assert!(ran.out.contains("checked 1 rule in 1 file"), "tests are no rules: {}", ran.out);
    std::fs::remove_file(folder.path().join("rules/failed.test.yaml")).unwrap();
    assert_eq!(run(folder.path(), &["test"]).code, 2, "nothing to test is no success");
}

#[test]
fn files_of_tests_have_a_schema() {
    let schema: Value = serde_json::from_str(&run(common::root(), &["schema", "test"]).out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let test = serde_json::json!({
        "tests": [{
            "name": "a",
            "over": "6h",
            "tables": { "SigninLogs": [{ "A": 1 }], "Other": { "file": "x.csv" } },
            "expect": { "alerts": 1, "rows": 2, "severity": "High" },
        }],
    });
    assert!(validator.is_valid(&test));
    let wrong = serde_json::json!({ "tests": [{ "name": "a", "expect": "maybe" }] });
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn tests_are_proposed_from_the_conditions_of_a_query() {
    let folder = project(&[], "tests: []\n");
    let ran = run(folder.path(), &["test", "--scaffold", "rules/failed.yaml"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!(ran.out, @r#"
    # Proposed from the conditions of the query by `picket test --scaffold`: keep what is meant, and put in values as
    # they come in your logs. Rows without TimeGenerated are of the second before the rule runs.
    tests:
      - name: 'fires: on all conditions'
        tables:
          SigninLogs:
            - {IPAddress: 192.0.2.10, UserPrincipalName: ada@example.com}
            - {IPAddress: 192.0.2.10, UserPrincipalName: ada@example.com}
            - {IPAddress: 192.0.2.10, UserPrincipalName: ada@example.com}
        expect: fires
      - name: 'just misses: ResultType != "0"'
        tables:
          SigninLogs:
            - {IPAddress: 192.0.2.10, ResultType: '0', UserPrincipalName: ada@example.com}
            - {IPAddress: 192.0.2.10, ResultType: '0', UserPrincipalName: ada@example.com}
            - {IPAddress: 192.0.2.10, ResultType: '0', UserPrincipalName: ada@example.com}
        expect: none
      - name: 'just misses: AppDisplayName != "scanner"'
        tables:
          SigninLogs:
            - {AppDisplayName: scanner, IPAddress: 192.0.2.10, UserPrincipalName: ada@example.com}
            - {AppDisplayName: scanner, IPAddress: 192.0.2.10, UserPrincipalName: ada@example.com}
            - {AppDisplayName: scanner, IPAddress: 192.0.2.10, UserPrincipalName: ada@example.com}
        expect: none
      - name: 'just misses: Failures > 2'
        tables:
          SigninLogs:
            - {IPAddress: 192.0.2.10, UserPrincipalName: ada@example.com}
            - {IPAddress: 192.0.2.10, UserPrincipalName: ada@example.com}
        expect: none
    "#);
    write(folder.path(), "rules/failed.test.yaml", &ran.out);
    let ran = run(folder.path(), &["test", "--coverage", "--mutate"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(shown(&ran).contains("; 0 of 3 conditions open"), "{}", ran.out);
}

#[test]
fn values_are_found_for_conditions_of_many_kinds() {
    let query = r#"query: |
  let Limit = 2;
  let Names = dynamic(["a.exe", "b.exe"]);
  DeviceProcessEvents
  | where FileName in~ (Names) or ProcessCommandLine contains "-enc" and tolower(AccountName) == "ada"
  | where not(FolderPath startswith "C:\\Windows") and isnotempty(SHA256)
  | where TimeGenerated > ago(30m)
  | extend Parent = tostring(InitiatingProcessFileName)
  | where Parent != "x.exe"
  | join kind=inner (DeviceInfo | where OSPlatform == "Windows11") on DeviceId
  | summarize Count = count(), First = min(TimeGenerated) by DeviceId, Parent
  | where Count >= Limit
entityMappings: []
"#;
    let (before, rest) = RULE.split_once("query: |").unwrap();
    let (_, after) = rest.split_once("alertDetailsOverride:").unwrap();
    let after = after.split_once("eventGroupingSettings:").unwrap().1;
    let folder = project(&[], "tests: []\n");
    write(folder.path(), "rules/failed.yaml", format!("{before}{query}eventGroupingSettings:{after}"));
    std::fs::remove_file(folder.path().join("rules/failed.test.yaml")).unwrap();
    let ran = run(folder.path(), &["test", "--scaffold", "rules/failed.yaml", "--write"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, "wrote rules/failed.test.yaml\n"));
    let text = std::fs::read_to_string(folder.path().join("rules/failed.test.yaml")).unwrap();
    insta::assert_snapshot!(text, @r#"
    # Proposed from the conditions of the query by `picket test --scaffold`: keep what is meant, and put in values as
    # they come in your logs. Rows without TimeGenerated are of the second before the rule runs.
    tests:
      - name: 'fires: on all conditions'
        tables:
          DeviceProcessEvents:
            - {DeviceId: device-1, FileName: a.exe, SHA256: sample}
            - {DeviceId: device-1, FileName: a.exe, SHA256: sample}
          DeviceInfo:
            - {DeviceId: device-1, OSPlatform: Windows11}
        expect: fires
      - name: 'fires: ProcessCommandLine contains "-enc" and tolower(AccountName) == "ada"'
        tables:
          DeviceProcessEvents:
            - {AccountName: ada, DeviceId: device-1, ProcessCommandLine: -enc, SHA256: sample}
            - {AccountName: ada, DeviceId: device-1, ProcessCommandLine: -enc, SHA256: sample}
          DeviceInfo:
            - {DeviceId: device-1, OSPlatform: Windows11}
        expect: fires
      - name: 'just misses: FileName in~ (Names)'
        tables:
          DeviceProcessEvents:
            - {DeviceId: device-1, FileName: a.exe-other, SHA256: sample}
            - {DeviceId: device-1, FileName: a.exe-other, SHA256: sample}
          DeviceInfo:
            - {DeviceId: device-1, OSPlatform: Windows11}
        expect: none
      - name: 'just misses: ProcessCommandLine contains "-enc"'
        tables:
          DeviceProcessEvents:
            - {AccountName: ada, DeviceId: device-1, ProcessCommandLine: -en, SHA256: sample}
            - {AccountName: ada, DeviceId: device-1, ProcessCommandLine: -en, SHA256: sample}
          DeviceInfo:
            - {DeviceId: device-1, OSPlatform: Windows11}
        expect: none
      - name: 'just misses: tolower(AccountName) == "ada"'
        tables:
          DeviceProcessEvents:
            - {AccountName: ada-other, DeviceId: device-1, ProcessCommandLine: -enc, SHA256: sample}
            - {AccountName: ada-other, DeviceId: device-1, ProcessCommandLine: -enc, SHA256: sample}
          DeviceInfo:
            - {DeviceId: device-1, OSPlatform: Windows11}
        expect: none
      - name: 'just misses: FolderPath startswith "C:\\Windows"'
        tables:
          DeviceProcessEvents:
            - {DeviceId: device-1, FileName: a.exe, FolderPath: C:\Windows, SHA256: sample}
            - {DeviceId: device-1, FileName: a.exe, FolderPath: C:\Windows, SHA256: sample}
          DeviceInfo:
            - {DeviceId: device-1, OSPlatform: Windows11}
        expect: none
      - name: 'just misses: isnotempty(SHA256)'
        tables:
          DeviceProcessEvents:
            - {DeviceId: device-1, FileName: a.exe, SHA256: ''}
            - {DeviceId: device-1, FileName: a.exe, SHA256: ''}
          DeviceInfo:
            - {DeviceId: device-1, OSPlatform: Windows11}
        expect: none
      - name: 'just misses: TimeGenerated > ago(30m)'
        tables:
          DeviceProcessEvents:
            - {DeviceId: device-1, FileName: a.exe, SHA256: sample, TimeGenerated: -1830s}
            - {DeviceId: device-1, FileName: a.exe, SHA256: sample, TimeGenerated: -1830s}
          DeviceInfo:
            - {DeviceId: device-1, OSPlatform: Windows11}
        expect: none
      - name: 'just misses: Parent != "x.exe"'
        tables:
          DeviceProcessEvents:
            - {DeviceId: device-1, FileName: a.exe, InitiatingProcessFileName: x.exe, SHA256: sample}
            - {DeviceId: device-1, FileName: a.exe, InitiatingProcessFileName: x.exe, SHA256: sample}
          DeviceInfo:
            - {DeviceId: device-1, OSPlatform: Windows11}
        expect: none
      - name: 'just misses: OSPlatform == "Windows11"'
        tables:
          DeviceProcessEvents:
            - {DeviceId: device-1, FileName: a.exe, SHA256: sample}
            - {DeviceId: device-1, FileName: a.exe, SHA256: sample}
          DeviceInfo:
            - {DeviceId: device-1, OSPlatform: Windows11-other}
        expect: none
      - name: 'just misses: Count >= Limit'
        tables:
          DeviceProcessEvents:
            - {DeviceId: device-1, FileName: a.exe, SHA256: sample}
          DeviceInfo:
            - {DeviceId: device-1, OSPlatform: Windows11}
        expect: none
    "#);
    let again = run(folder.path(), &["test", "--scaffold", "rules/failed.yaml", "--write"]);
    assert_eq!(again.code, 2, "what is there is not overwritten");
}
