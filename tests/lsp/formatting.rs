//! Formatting of files, and of the query that holds a range.

use serde_json::json;

use super::editor::{Editor, QUERY, RULE, edited};

const UNTIDY: &str = "\
query: |
  T|where a==1 // why
  |take 5
name: A rule
id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
";

fn options() -> serde_json::Value {
    json!({ "tabSize": 2, "insertSpaces": true })
}

#[test]
fn a_file_is_formatted_as_by_the_command() {
    let mut editor = Editor::new();
    editor.open(RULE, UNTIDY);
    let params = json!({ "textDocument": { "uri": RULE }, "options": options() });
    let edits = editor.ask("textDocument/formatting", params);
    insta::assert_snapshot!(edited(UNTIDY, &edits));
    editor.open(QUERY, "T|take 5");
    let params = json!({ "textDocument": { "uri": QUERY }, "options": options() });
    let edits = editor.ask("textDocument/formatting", params);
    assert_eq!(edited("T|take 5", &edits), "T\n| take 5\n");
}

#[test]
fn a_range_in_a_query_formats_the_query() {
    let mut editor = Editor::new();
    editor.open(RULE, UNTIDY);
    let mut format = |start: u32, end: u32| {
        let range =
            json!({ "start": { "line": start, "character": 3 }, "end": { "line": end, "character": 4 } });
        let params = json!({ "textDocument": { "uri": RULE }, "range": range, "options": options() });
        editor.ask("textDocument/rangeFormatting", params)
    };
    let edits = format(1, 2);
    insta::assert_snapshot!(edited(UNTIDY, &edits));
    assert_eq!(format(2, 3), json!(null), "a part of more than the query");
}
