//! Backtests: how often a rule would have fired, and what a changed one adds or loses.

use std::path::Path;

use serde_json::{Value, json};

use crate::common::{git, run, scheduled_rule, valid, write};

/// A rule that looks at an hour every hour, over logs of three days: two hosts on the first, none on the second, one on the
/// third, twice within an hour.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "rules/a.yaml", rule(""));
    let rows = [
        ("2026-11-20T10:10:00Z", "srv1"),
        ("2026-11-20T10:20:00Z", "srv2"),
        ("2026-11-20T15:30:00Z", "srv1"),
        ("2026-11-22T08:05:00Z", "lab3"),
        ("2026-11-22T08:06:00Z", "lab3"),
        ("2026-11-25T00:00:00Z", "late"),
    ];
    let lines = rows.map(|(time, computer)| {
        format!("{{\"TimeGenerated\": \"{time}\", \"EventID\": 7, \"Computer\": \"{computer}\"}}\n")
    });
    write(at, "logs/SecurityEvent.jsonl", lines.concat());
    folder
}

fn rule(filter: &str) -> String {
    scheduled_rule(7).replace(
        "SecurityEvent\n  | where EventID == 7",
        &format!(
            "SecurityEvent\n  | where EventID == 7{filter}\n  | where TimeGenerated > ago(1h)\n  \
             | summarize Count = count() by Computer"
        ),
    )
}

const STRETCH: [&str; 6] = ["--data", "logs", "--from", "2026-11-20", "--to", "2026-11-23"];

fn json_of(at: &Path, arguments: &[&str]) -> (i32, Value) {
    let ran = run(at, &[&["backtest", "Rule 7", "--format", "json"], &STRETCH[..], arguments].concat());
    (ran.code, serde_json::from_str(&ran.out).expect(&ran.out))
}

#[test]
fn runs_rows_alerts_and_incidents_are_counted_by_day() {
    let folder = project();
    let at = folder.path();
    let (code, report) = json_of(at, &[]);
    assert_eq!(code, 0);
    assert_eq!(report["totals"], json!({ "runs": 72, "fired": 3, "rows": 4, "alerts": 3, "incidents": 3 }));
    let days = [("2026-11-20", 2, 3), ("2026-11-21", 0, 0), ("2026-11-22", 1, 1), ("2026-11-23", 0, 0)];
    for (day, (date, fired, rows)) in report["days"].as_array().unwrap().iter().zip(days) {
        assert_eq!((&day["day"], &day["fired"], &day["rows"]), (&json!(date), &json!(fired), &json!(rows)));
    }
    assert_eq!(report["entities"][0]["alerts"], 2);
    assert_eq!(report["entities"][0]["entity"]["identifiers"]["FullName"], "srv1");
    let fired: Vec<&Value> = report["runs"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|run| run["rows"] != 0)
        .map(|run| &run["time"])
        .collect();
    assert_eq!(
        fired,
        ["2026-11-20T11:00:00.0000000Z", "2026-11-20T16:00:00.0000000Z", "2026-11-22T09:00:00.0000000Z"]
    );
    let schema = serde_json::from_str(include_str!("../../schemas/backtest.schema.json")).unwrap();
    valid(schema, &report.to_string());

    let ran = run(at, &[&["backtest", "Rule 7"], &STRETCH[..]].concat());
    insta::assert_snapshot!(ran.out, @r"
    Rule 7, 2026-11-20 00:00Z to 2026-11-23 00:00Z
    72 runs, 3 with rows: 4 rows, 3 alerts, 3 incidents

    day         fired  rows  alerts  incidents
    2026-11-20  2      3     2       2          ████████████████████████████████████████
    2026-11-21  0      0     0       0
    2026-11-22  1      1     1       1          ██████████████
    2026-11-23  0      0     0       0

    entities most often named:
      2  Host FullName=srv1
      1  Host FullName=lab3
      1  Host FullName=srv2
    ");
    assert_eq!(ran.err, "read 6 rows of 1 files; 0 rows could not be read\n");
}

#[test]
fn a_rule_that_overlaps_its_runs_sees_events_twice_and_suppression_keeps_it_from_that() {
    let folder = project();
    let at = folder.path();
    write(
        at,
        "rules/a.yaml",
        rule("").replace("queryPeriod: 1h", "queryPeriod: 3h").replace("ago(1h)", "ago(3h)"),
    );
    assert_eq!(json_of(at, &[]).1["totals"]["alerts"], 9);
    let suppressed =
        rule("").replace("queryPeriod: 1h", "queryPeriod: 3h").replace("ago(1h)", "ago(3h)").replace(
            "triggerThreshold: 0\n",
            "triggerThreshold: 0\nsuppressionEnabled: true\nsuppressionDuration: 5h\n",
        );
    write(at, "rules/a.yaml", suppressed);
    let (_, report) = json_of(at, &[]);
    assert_eq!(report["totals"]["alerts"], 3);
    assert!(report["runs"].as_array().unwrap().iter().any(|run| run["suppressed"] == true));
}

#[test]
fn a_changed_rule_adds_and_loses() {
    let folder = project();
    let at = folder.path();
    git(at, &["init", "--quiet"]);
    git(at, &["add", "-A"]);
    git(at, &["commit", "--quiet", "-m", "first"]);
    let (code, report) = json_of(at, &["--against", "HEAD"]);
    assert_eq!((code, &report["against"]["rows_lost"]), (0, &json!([])));
    write(at, "old.yaml", rule(" and Computer != 'srv2'"));
    write(at, "rules/a.yaml", rule(" and Computer !startswith 'lab'"));
    let (code, report) = json_of(at, &["--against", "HEAD"]);
    assert_eq!(code, 1);
    assert_eq!(report["against"]["rows_lost"], json!([{ "Computer": "lab3", "Count": "2" }]));
    assert_eq!(report["against"]["entities_lost"][0]["identifiers"]["FullName"], "lab3");
    assert_eq!(report["against"]["rows_added"], json!([]));
    let ran = run(at, &[&["backtest", "Rule 7", "--against", "old.yaml"], &STRETCH[..]].concat());
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("1 rows added:\n  + Computer=srv2 Count=1\n"), "{}", ran.out);
    assert!(ran.out.contains("1 rows lost:\n  - Computer=lab3 Count=2\n"), "{}", ran.out);
    let ran = run(at, &[&["backtest", "Rule 7", "--against", "nowhere"], &STRETCH[..]].concat());
    assert!(ran.code == 2 && ran.err.contains("nowhere"), "{}", ran.err);
}

#[test]
fn what_cannot_be_tested_is_said() {
    let folder = project();
    let at = folder.path();
    let ran =
        run(at, &["backtest", "Rule 7", "--data", "logs", "--from", "2026-11-23", "--to", "2026-11-20"]);
    assert!(ran.code == 2 && ran.err.contains("ends before it begins"), "{}", ran.err);
    let ran = run(at, &[&["backtest", "Rule 7", "--memory", "1KB"], &STRETCH[..]].concat());
    assert_eq!(ran.code, 0, "few rows fit: {}", ran.err);
    let many: String = (0..3000)
        .map(|n| {
            format!(
                "{{\"TimeGenerated\": \"2026-11-20T10:10:00Z\", \"EventID\": 7, \"Computer\": \"c{n}\"}}\n"
            )
        })
        .collect();
    write(at, "logs/SecurityEvent.jsonl", many);
    let ran = run(at, &[&["backtest", "Rule 7", "--memory", "64KB"], &STRETCH[..]].concat());
    assert!(ran.code == 2 && ran.err.contains("raise `--memory`"), "{}", ran.err);
}
