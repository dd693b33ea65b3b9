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
