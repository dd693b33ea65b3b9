//! Fixes and suppressions.

use serde_json::{Value, json};

use super::editor::{Editor, RULE, edited};

const FAULTY: &str = "\
id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
name: Failed sign-ins
description: Finds sign-ins that failed.
severity: Med
kind: Scheduled
queryFrequency: 1h
queryPeriod: 1h
triggerOperator: '>'
triggerThreshold: 0
tactics: [InitialAcces]
query: |
  SigninLogs
  | where ResultTyp != '0'
";

fn actions(editor: &mut Editor, line: u32, only: Option<&str>) -> Vec<Value> {
    let at = json!({ "line": line, "character": 12 });
    let mut context = json!({ "diagnostics": [] });
    if let Some(only) = only {
        context["only"] = json!([only]);
    }
    let params = json!({
        "textDocument": { "uri": RULE },
        "range": { "start": at, "end": at },
        "context": context,
    });
    editor.ask("textDocument/codeAction", params).as_array().unwrap().clone()
}

fn carried_out(action: &Value) -> String {
    edited(FAULTY, &action["edit"]["changes"][RULE])
}

#[test]
fn a_finding_can_be_mended_or_suppressed() {
    let mut editor = Editor::new();
    editor.open(RULE, FAULTY);
    let found = actions(&mut editor, 3, None);
    let titles: Vec<&str> = found.iter().map(|action| action["title"].as_str().unwrap()).collect();
    insta::assert_snapshot!(titles.join("\n"));
    assert_eq!((&found[0]["isPreferred"], &found[0]["kind"]), (&json!(true), &json!("quickfix")));
    assert!(carried_out(&found[0]).contains("severity: Medium\n"));
    let found = actions(&mut editor, 9, None);
    let suppression = carried_out(found.last().unwrap());
    assert!(suppression.contains("\n# picket: ignore[PK501] say why\ntactics:"), "{suppression}");
    editor.open(RULE, &suppression);
    assert!(
        !editor.findings(RULE).iter().any(|found| found.contains("PK501")),
        "{:?}",
        editor.findings(RULE)
    );
}

#[test]
fn a_finding_in_a_query_is_suppressed_in_the_query() {
    let mut editor = Editor::new();
    editor.open(RULE, FAULTY);
    let found = actions(&mut editor, 12, None);
    let suppression = found.last().unwrap();
    let text = carried_out(suppression);
    assert!(text.contains("\n  // picket: ignore[KQ142] say why\n  | where"), "{text}");
    editor.open(RULE, &text);
    assert!(
        !editor.findings(RULE).iter().any(|found| found.contains("KQ142")),
        "{:?}",
        editor.findings(RULE)
    );
}

#[test]
fn all_safe_fixes_are_carried_out_at_once() {
    let mut editor = Editor::new();
    editor.open(RULE, FAULTY);
    assert!(actions(&mut editor, 0, None).is_empty());
    for only in ["source.fixAll.picket", "source.fixAll", "source"] {
        let found = actions(&mut editor, 0, Some(only));
        assert_eq!(found.len(), 1);
        let text = carried_out(&found[0]);
        assert!(text.contains("severity: Medium\n") && text.contains("triggerOperator: gt\n"), "{text}");
    }
    assert!(actions(&mut editor, 0, Some("source.organizeImports")).is_empty());
    assert!(actions(&mut editor, 3, Some("refactor")).is_empty());
}
