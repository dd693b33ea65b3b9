//! Published rules, and those of the pack: every request at every few bytes is answered, and the findings are those of
//! `picket check`.

use std::fs;
use std::path::{Path, PathBuf};

use picket::lint::{self, Facts, Settings};
use picket::text::SourceMap;
use serde_json::{Value, json};

use super::editor::{Editor, RULE, position};
use crate::common::{root, shared};

/// The rule files below `folder`, sorted.
pub fn rule_files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap().flatten() {
            let path = entry.path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            match path.is_dir() {
                true => open.push(path),
                false if name.ends_with(".yaml") && !name.ends_with(".test.yaml") => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

/// Some files of the pack and, where they are there, of the published rules: every `step`th.
fn some(step: usize) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = rule_files(&root().join("rules")).into_iter().step_by(step * 4).collect();
    if let Some(shared) = shared() {
        files.extend(rule_files(&shared.join("rules")).into_iter().step_by(step));
    }
    files
}

/// The requests that are about a place in a document.
pub const AT_PLACES: [&str; 3] =
    ["textDocument/completion", "textDocument/hover", "textDocument/signatureHelp"];

#[test]
fn findings_are_those_of_check() {
    for path in some(40) {
        let text = fs::read_to_string(&path).unwrap();
        let mut editor = Editor::new();
        editor.open(RULE, &text.replace("$0", "$1"));
        let shown = editor.findings(RULE);
        let mut sources = SourceMap::new();
        let source = sources.add("rules/a.yaml", text.replace("$0", "$1").as_str());
        let (rules, found) = picket::rule::read(source, &sources.get(source).unwrap().text);
        let found = lint::check(&sources, &rules, found, Facts::builtin(), &Settings::default());
        let expected: Vec<&str> = found.iter().map(|finding| finding.code).collect();
        let codes: Vec<&str> = shown.iter().map(|line| line.split(' ').nth(1).unwrap()).collect();
        assert_eq!(codes, expected, "{}", path.display());
    }
}

#[test]
fn every_place_is_answered() {
    let mut completions = 0;
    for path in some(150) {
        let text = fs::read_to_string(&path).unwrap().replace("$0", "$1");
        let mut editor = Editor::new();
        editor.open(RULE, &text);
        let places = text.char_indices().map(|(at, _)| at).step_by(97).chain([text.len()]);
        for at in places {
            let params = json!({ "textDocument": { "uri": RULE }, "position": position(&text, at) });
            for method in AT_PLACES {
                let answer = editor.ask(method, params.clone());
                let items = answer.get("items").and_then(Value::as_array);
                completions += usize::from(items.is_some_and(|items| !items.is_empty()));
            }
        }
        let whole = json!({ "start": position(&text, 0), "end": position(&text, text.len()) });
        let params =
            json!({ "textDocument": { "uri": RULE }, "range": whole, "context": { "diagnostics": [] } });
        editor.ask("textDocument/codeAction", params);
        let options = json!({ "tabSize": 2, "insertSpaces": true });
        editor.ask("textDocument/formatting", json!({ "textDocument": { "uri": RULE }, "options": options }));
    }
    assert!(completions > 20, "{completions}");
}
