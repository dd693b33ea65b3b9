//! Findings as the editor gets them.

use serde_json::json;

use super::editor::{Editor, QUERY, RULE};

const FAULTY: &str = "\
id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
name: Failed sign-ins
description: Finds sign-ins that failed.
severity: high
kind: Scheduled
queryFrequency: 1h
queryPeriod: 1h
triggerOperator: gt
triggerThreshold: 0
tactics: [InitialAcces]
query: |
  let unused = 1;
  SigninLogs // 😀
  | where ResultTyp != '0'
";

#[test]
fn findings_come_with_place_and_severity_and_go_when_mended() {
    let mut editor = Editor::new();
    editor.open(RULE, FAULTY);
    insta::assert_snapshot!(editor.findings(RULE).join("\n"));
    let at = json!({ "line": 13, "character": 19 });
    editor.edit(RULE, json!({ "start": at, "end": at }), "e");
    assert!(editor.text(RULE).contains("| where ResultType != '0'"));
    assert!(!editor.findings(RULE).iter().any(|found| found.contains("ResultTyp`")));
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": RULE } }));
    assert!(editor.findings(RULE).is_empty(), "closed");
}

#[test]
fn files_of_kql_are_checked_as_well() {
    let mut editor = Editor::new();
    editor
        .open(QUERY, "// parameters: (since: timespan = 1d)\nSigninLogs | where TimeGenerated > ago(sinc)\n");
    insta::assert_snapshot!(editor.findings(QUERY).join("\n"));
}
