//! What lints find in the schedule of a rule beside its query.

#![allow(clippy::unwrap_used, reason = "tests fail this way")]

use picket::diag::Diagnostic;
use picket::lint::{self, Facts, Settings};
use picket::rule;
use picket::text::SourceMap;

const HEAD: &str = "id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40\nname: Test\n";
const SCHEDULE: &str =
    "severity: Low\nqueryFrequency: 1h\nqueryPeriod: 1h\ntriggerOperator: gt\ntriggerThreshold: 0\n";

/// `CODE level line: what it points at`, one an item.
fn places(text: &str) -> Vec<String> {
    let mut sources = SourceMap::new();
    let id = sources.add("rule.yaml", text);
    let (rules, found) = rule::read(id, text);
    let found = lint::check(&sources, &rules, found, Facts::builtin(), &Settings::default());
    let show = |finding: &Diagnostic| {
        let (_, at) = sources.locate(finding.primary.span).unwrap();
        let slice = sources.slice(finding.primary.span);
        format!("{} {} {}: {slice}", finding.code, finding.severity.as_str(), at.line)
    };
    found.iter().map(show).collect()
}

/// A rule that runs every hour and looks back a day, with `query` and the threshold `gt 0`.
fn hourly(query: &str) -> String {
    let query: String = query.lines().map(|line| format!("  {line}\n")).collect();
    let schedule = SCHEDULE.replace("queryPeriod: 1h", "queryPeriod: 1d");
    format!("{HEAD}{schedule}query: |\n{query}")
}

/// What lints of the schedule find in `query`, infos aside: `CODE: what it points at`.
fn of_schedule(query: &str) -> Vec<String> {
    let found = places(&hourly(query));
    let found = found.iter().filter(|found| found.starts_with("PK4") && !found.contains(" info "));
    found.filter_map(|found| Some(format!("{}: {}", &found[..5], found.split_once(": ")?.1))).collect()
}

#[test]
fn windows_are_followed_through_variables_and_functions_of_time() {
    for (query, expected) in [
        ("let w = 7d;\nSigninLogs | where TimeGenerated > ago(2 * w)", vec!["PK420: ago(2 * w)"]),
        ("SigninLogs | where ago(2d) < TimeGenerated", vec!["PK420: ago(2d)"]),
        ("SigninLogs | where TimeGenerated >= startofday(ago(1d))", vec![]),
        ("SigninLogs | where TimeGenerated >= startofday(now(), -3)", vec!["PK420: startofday(now(), -3)"]),
        ("SigninLogs | where CreatedDateTime > ago(30d) and TimeGenerated > ago(1d)", vec![]),
        (
            "SigninLogs | where TimeGenerated > ago(30d) or RiskLevelDuringSignIn == 'high'\n| where TimeGenerated > ago(1h)",
            vec![],
        ),
        (
            "SigninLogs\n| summarize TimeGenerated = max(TimeGenerated) by IPAddress\n| where TimeGenerated > ago(2d)",
            vec![],
        ),
        ("SigninLogs | where TimeGenerated > ago(10m)", vec!["PK421: TimeGenerated > ago(10m)"]),
        ("SigninLogs | where TimeGenerated between (ago(90m) .. ago(30m))", vec![]),
        (
            "SigninLogs | where TimeGenerated between (ago(90m) .. 30m)",
            vec!["PK421: TimeGenerated between (ago(90m) .. 30m)"],
        ),
        (
            "SigninLogs | where TimeGenerated > ago(1d)\n| join kind=leftanti (SigninLogs | where TimeGenerated > ago(5m)) on IPAddress",
            vec![],
        ),
        ("SigninLogs | where TimeGenerated < ago(1d)", vec!["PK425: ago(1d)"]),
        (
            "SigninLogs | where TimeGenerated between (ago(1h) .. ago(3h))",
            vec!["PK424: TimeGenerated between (ago(1h) .. ago(3h))"],
        ),
        (
            "SigninLogs | where TimeGenerated > ago(1h) and TimeGenerated < ago(2h)",
            vec!["PK424: TimeGenerated < ago(2h)"],
        ),
        ("SigninLogs | where TimeGenerated > todatetime('2024-01-01')", vec![]),
        ("SigninLogs | where TimeGenerated > datetime(2024-01-01)", vec![]),
    ] {
        assert_eq!(of_schedule(query), expected, "{query}");
    }
}

#[test]
fn thresholds_are_held_against_the_number_of_rows() {
    let base = "SigninLogs | where TimeGenerated > ago(1h) ";
    for (rest, operator, threshold, expected) in [
        ("| count", "gt", 0, vec!["PK430: 0"]),
        ("| count", "gt", 1, vec!["PK429: 1"]),
        ("| count", "lt", 1, vec!["PK429: 1"]),
        ("| count", "eq", 1, vec!["PK430: 1"]),
        ("| count", "ne", 1, vec!["PK429: 1"]),
        ("| count | where Count > 5", "gt", 0, vec![]),
        ("| count | where Count > 5", "gt", 5, vec!["PK429: 5"]),
        ("| summarize count()", "gt", 0, vec!["PK430: 0"]),
        ("| summarize count() by IPAddress", "gt", 0, vec![]),
        ("| summarize count() | extend A = 1 | project A", "gt", 0, vec!["PK430: 0"]),
        ("| take 10", "gt", 10, vec!["PK429: 10"]),
        ("| top 10 by TimeGenerated", "gt", 9, vec![]),
        (
            "| summarize count() | join kind=inner (SigninLogs | count) on $left.count_ == $right.Count",
            "gt",
            5,
            vec![],
        ),
    ] {
        let query = format!("{base}{rest}");
        let text = hourly(&query)
            .replace("triggerOperator: gt", &format!("triggerOperator: {operator}"))
            .replace("triggerThreshold: 0", &format!("triggerThreshold: {threshold}"));
        let found: Vec<_> = places(&text)
            .into_iter()
            .filter(|found| found.starts_with("PK4") && !found.contains(" info "))
            .collect();
        let found: Vec<_> = found
            .iter()
            .map(|found| format!("{}: {}", &found[..5], found.split_once(": ").unwrap().1))
            .collect();
        assert_eq!(found, expected, "{rest} {operator} {threshold}");
    }
}

#[test]
fn events_that_several_runs_find() {
    for (query, expected) in [
        ("SigninLogs | where ResultType == 50126 | project TimeGenerated, IPAddress", true),
        ("union SigninLogs, AADNonInteractiveUserSignInLogs | where ResultType == 50126", true),
        ("SigninLogs | where ResultType == 50126 | summarize count() by IPAddress", false),
        ("SigninLogs | where ingestion_time() > ago(1h)", false),
        ("let start = ago(1h); SigninLogs | where TimeGenerated > start", false),
    ] {
        let found = of_schedule(query).iter().any(|found| found.starts_with("PK423"));
        assert_eq!(found, expected, "{query}");
    }
}

#[test]
fn results_say_when_in_any_column_of_time() {
    let count = "SigninLogs\n  | summarize Number = count(), TIMES by UserId";
    for (times, is_found) in [
        ("Last = max(TimeGenerated)", false),
        ("TimeGenerated = max(TimeGenerated)", false),
        ("Seconds = datetime_diff('second', max(TimeGenerated), min(TimeGenerated))", true),
        ("Users = dcount(UserPrincipalName)", true),
    ] {
        let query = count.replace("TIMES", times);
        let found = places(&format!("{HEAD}{SCHEDULE}query: |\n  {query}\n"));
        assert_eq!(found.iter().any(|found| found.starts_with("PK428")), is_found, "{times}: {found:?}");
    }
}
