//! Whatever is typed: the server has the text that the editor has, and every request is answered.

use std::fs;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::editor::{Editor, QUERY, RULE, position};
use super::real_rules::{AT_PLACES, rule_files};
use crate::common::root;

/// What is put into a text.
pub fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("  - ".to_owned()),
        Just("| where ".to_owned()),
        Just("| extend ".to_owned()),
        Just("let a = ".to_owned()),
        Just("```\n".to_owned()),
        Just("// ".to_owned()),
        Just("{{".to_owned()),
        Just("\"".to_owned()),
        Just("'".to_owned()),
        Just("query: |\n  T".to_owned()),
        Just("query: >\n  T\n   | x".to_owned()),
        Just("😀ä".to_owned()),
        "[ -~]{1,6}",
        "\\PC{1,3}",
    ]
}

/// The byte at a part of the text, moved to the start of a character.
fn place(text: &str, part: u16) -> usize {
    let mut at = text.len() * usize::from(part) / usize::from(u16::MAX);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn check(uri: &str, start: &str, steps: Vec<(u16, u8, String)>) {
    let mut editor = Editor::new();
    let mut text = start.to_owned();
    editor.open(uri, &text);
    for (part, length, new) in steps {
        let from = place(&text, part);
        let mut to = (from + usize::from(length)).min(text.len());
        while !text.is_char_boundary(to) {
            to += 1;
        }
        // A position cannot stand between the two characters of a line end.
        let is_inside = |at: usize| text[..at].ends_with('\r') && text[at..].starts_with('\n');
        if is_inside(from) || is_inside(to) {
            continue;
        }
        // The columns of the protocol count from line ends of every kind, those of the miniature editor from `\n`.
        let new = new.replace('\r', "");
        editor.edit(uri, json!({ "start": position(&text, from), "end": position(&text, to) }), &new);
        text.replace_range(from..to, &new);
        assert_eq!(editor.text(uri), text);
        let params = json!({ "textDocument": { "uri": uri }, "position": position(&text, from + new.len()) });
        for method in AT_PLACES {
            editor.ask(method, params.clone());
        }
        let range = json!({ "start": position(&text, from), "end": position(&text, text.len()) });
        let document = json!({ "uri": uri });
        editor.ask(
            "textDocument/codeAction",
            json!({ "textDocument": document, "range": range, "context": { "diagnostics": [] } }),
        );
        let options: Value = json!({ "tabSize": 2, "insertSpaces": true });
        editor.ask(
            "textDocument/rangeFormatting",
            json!({ "textDocument": document, "range": range, "options": options }),
        );
    }
    assert!(editor.said.iter().all(|it| it.method != "window/logMessage"), "{:?}", editor.said.last());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_text_stays_that_of_the_editor(
        number in any::<prop::sample::Index>(),
        steps in prop::collection::vec((any::<u16>(), any::<u8>().prop_map(|it| it / 8), piece()), 1..10),
    ) {
        let files = rule_files(&root().join("rules"));
        let text = fs::read_to_string(number.get(&files)).unwrap();
        check(RULE, &text, steps);
    }

    #[test]
    fn files_of_kql_are_no_exception(
        steps in prop::collection::vec((any::<u16>(), any::<u8>().prop_map(|it| it / 8), piece()), 1..12),
    ) {
        let text = "// parameters: (since: timespan = 1d)\nlet f = (a: long) { print a };\nSigninLogs\n\
                    | join kind=inner (AuditLogs | where TimeGenerated > ago(since)) on $left.TenantId == $right.TenantId\n\
                    | summarize count() by bin(TimeGenerated, 1h), UserPrincipalName\n";
        check(QUERY, text, steps);
    }
}
