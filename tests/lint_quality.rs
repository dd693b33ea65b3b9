//! What the lints of the quality of queries write into files of every style, and where they keep still.

#![allow(clippy::unwrap_used, reason = "tests fail this way")]

use picket::diag::{Diagnostic, apply_edits};
use picket::lint::{self, Facts, Settings};
use picket::rule;
use picket::text::SourceMap;

const HEAD: &str = "id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40\nname: Test\n";

fn check(text: &str) -> Vec<Diagnostic> {
    let mut sources = SourceMap::new();
    let id = sources.add("rule.yaml", text);
    let (rules, found) = rule::read(id, text);
    lint::check(&sources, &rules, found, Facts::builtin(), &Settings::default())
}

/// The value of `query` after the fixes of `code`, as it stands in the file.
fn fixed(query: &str, code: &str) -> String {
    let text = format!("{HEAD}query: {query}\n");
    let found = check(&text);
    let of_code =
        found.iter().filter(|finding| finding.code == code).filter_map(|finding| finding.fix.as_ref());
    let edits: Vec<_> = of_code
        .flat_map(|fix| fix.edits.iter().map(|edit| (edit.span.range, edit.replacement.as_str())))
        .collect();
    assert!(!edits.is_empty(), "{code} has no fix: {found:?}");
    let fixed = apply_edits(&text, &edits).unwrap();
    assert!(check(&fixed).iter().all(|finding| finding.code != code), "{code} is found again in {fixed}");
    fixed.split_once("query: ").unwrap().1.trim_end().to_owned()
}

/// The codes of the family that `query` has.
fn codes(query: &str) -> Vec<&'static str> {
    let text = format!("{HEAD}query: |\n  {}\n", query.replace('\n', "\n  "));
    check(&text).into_iter().map(|finding| finding.code).filter(|code| code.starts_with("PK7")).collect()
}

#[test]
fn a_variable_is_taken_out_with_its_line() {
    assert_eq!(
        fixed("|\n  let a = 1;\n  let b = 2; // kept\n  SigninLogs\n  | where ResultType == b", "PK714"),
        "|\n  let b = 2; // kept\n  SigninLogs\n  | where ResultType == b"
    );
    assert_eq!(
        fixed(
            "|\n    let b = 2;\n    let a = dynamic([\n      1,\n      2]);\n    SigninLogs | take b",
            "PK714"
        ),
        "|\n    let b = 2;\n    SigninLogs | take b"
    );
    assert_eq!(fixed(r#""let a = 1;\nSigninLogs | count""#, "PK714"), r#""SigninLogs | count""#);
}

#[test]
fn an_item_is_taken_out_with_its_comma() {
    assert_eq!(
        fixed("|\n  SigninLogs\n  | where ResultType in (\"1\",\n    \"2\",\n    \"1\")", "PK707"),
        "|\n  SigninLogs\n  | where ResultType in (\"1\",\n    \"2\")"
    );
    assert_eq!(
        fixed(
            "|\n  let l = dynamic(['a.com', 'b.com', 'A.com']);\n  DnsEvents | where Name in~ (l)",
            "PK707"
        ),
        "|\n  let l = dynamic(['a.com', 'b.com']);\n  DnsEvents | where Name in~ (l)"
    );
    // A comment in between may belong to the item.
    let commented = "SigninLogs\n| where ResultType in (\"1\", // why\n  \"1\")";
    assert!(codes(commented).contains(&"PK707"));
}

#[test]
fn quotes_are_written_as_the_file_writes_them() {
    let regex = r#""DeviceEvents | where FileName matches regex \"^a\\\\.exe\"""#;
    assert_eq!(fixed(regex, "PK703"), r#""DeviceEvents | where FileName startswith_cs \"a.exe\"""#);
    assert_eq!(
        fixed("'SigninLogs | where AppDisplayName in (''a'')'", "PK709"),
        "'SigninLogs | where AppDisplayName == ''a'''"
    );
    assert_eq!(
        fixed("SigninLogs | where tolower(AppDisplayName) != 'a'", "PK705"),
        "SigninLogs | where AppDisplayName !~ 'a'"
    );
}

#[test]
fn conditions_that_can_hold_together_are_no_contradiction() {
    for clean in [
        "SigninLogs | where AppDisplayName == 'a' or AppDisplayName == 'b'",
        "SigninLogs | where AppDisplayName != 'a' and AppDisplayName != 'b'",
        "SigninLogs | where AppDisplayName =~ 'a' and AppDisplayName == 'A'",
        "SigninLogs | where AppDisplayName in ('a', 'b') | where AppDisplayName == 'b'",
        "SigninLogs | where AppDisplayName == 'a' | extend AppDisplayName = 'b' | where AppDisplayName == 'b'",
        "SigninLogs | where (AppDisplayName == 'a' and IPAddress has '1') or (AppDisplayName == 'b' and IPAddress has '2')",
    ] {
        assert_eq!(codes(clean), Vec::<&str>::new(), "{clean}");
    }
    for wrong in [
        "SigninLogs | where AppDisplayName == 'a' and (IPAddress has '1' and AppDisplayName == 'b')",
        "SigninLogs | where AppDisplayName in ('a', 'b') | where AppDisplayName =~ 'c'",
        "SigninLogs | where IPAddress has '1' or (AppDisplayName == 'a' and AppDisplayName == 'b')",
        "SigninLogs | where AppDisplayName != 'a' or AppDisplayName !in ('b', 'c')",
    ] {
        assert_eq!(codes(wrong), ["PK712"], "{wrong}");
    }
}

#[test]
fn a_query_with_errors_is_left_to_the_front_end() {
    assert_eq!(codes("SigninLogs | where 1 == 1 | where Nothing(1) == 2"), Vec::<&str>::new());
}

#[test]
fn counts_after_distinct_and_by_their_own_column() {
    let always = |rest: &str| codes(&format!("SigninLogs\n| {rest}")).contains(&"PK747");
    assert!(always("summarize N = dcount(AppId) by Id = AppId, IPAddress"));
    assert!(always("distinct AppId, IPAddress | where AppId != '' | summarize count() by AppId, IPAddress"));
    assert!(!always("distinct AppId, IPAddress | summarize count() by AppId"));
    assert!(!always(
        "distinct AppId, IPAddress | extend A = 1 | summarize N = count() by AppId, IPAddress, A"
    ));
    assert!(!always("distinct *\n| summarize count() by AppId"));
    assert!(!always("summarize N = dcount(AppId) by Hash = hash(AppId, 10)"));
    assert!(!always("summarize N = dcount(tolower(AppId)) by AppId"));
}

#[test]
fn estimates_are_counted_exactly() {
    let query = "SigninLogs | summarize A = dcount(AppId) by IPAddress | where A == 5";
    let exact = "SigninLogs | summarize A = count_distinct(AppId) by IPAddress | where A == 5";
    assert_eq!(fixed(query, "PK748"), exact);
    let accuracy = query.replace("(AppId)", "(AppId, 4)").replace("A == 5", "5 != A");
    let found = check(&format!("{HEAD}query: {accuracy}\n"));
    assert!(found.iter().any(|finding| finding.code == "PK748" && finding.fix.is_none()), "{found:?}");
    for clean in [query.replace("== 5", "== 1"), query.replace("== 5", "> 5"), query.replace("dcount", "max")]
    {
        assert!(!codes(&clean).contains(&"PK748"), "{clean}");
    }
    let query = "SigninLogs | distinct AppId | summarize Apps = dcount(AppId)";
    assert_eq!(fixed(query, "PK749"), "SigninLogs | distinct AppId | summarize Apps = count()");
    let more = "SigninLogs | distinct AppId, IPAddress | summarize Apps = dcount(AppId)";
    assert!(!codes(more).contains(&"PK749"));
}

#[test]
fn distinct_of_events_that_were_made_other_rows_is_not_reported() {
    let found = |query: &str| codes(query).contains(&"PK750");
    assert!(found("let failed = SecurityEvent | where EventID == 5;\nfailed | distinct *"));
    assert!(!found("SigninLogs | project AppId | distinct *"));
    assert!(!found("SigninLogs | mv-expand X = parse_json(Status) | distinct TimeGenerated, AppId"));
    assert!(!found(
        "SigninLogs | extend TimeGenerated = bin(TimeGenerated, 1d) | distinct TimeGenerated, AppId"
    ));
    assert!(!found(
        "SigninLogs | join kind=inner AuditLogs on CorrelationId | distinct TimeGenerated, AppId"
    ));
}
