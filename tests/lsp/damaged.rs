//! Whatever stands in a document: each request is answered, ranges lie in the text, tokens are in order.

use std::fs;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::editor::{Editor, QUERY, RULE, position};
use super::edits::piece;
use super::real_rules::rule_files;
use crate::common::root;

/// The requests about a place that navigate, with whether they may be refused.
const AT_PLACES: [(&str, bool); 5] = [
    ("textDocument/definition", false),
    ("textDocument/references", false),
    ("textDocument/documentHighlight", false),
    ("textDocument/prepareRename", true),
    ("textDocument/rename", true),
];
/// The requests about a document.
const ABOUT: [&str; 3] =
    ["textDocument/documentSymbol", "textDocument/foldingRange", "textDocument/semanticTokens/full"];
/// The requests about a part of it.
const IN_RANGE: [&str; 2] = ["textDocument/semanticTokens/range", "textDocument/inlayHint"];
const REQUEST_FAILED: i32 = -32803;

/// The lengths of the lines in UTF-16; `\n`, `\r\n` and `\r` end one.
fn lengths(text: &str) -> Vec<u64> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split('\n').map(|line| line.encode_utf16().count() as u64).collect()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

/// Every range in `answer` lies in the text.
fn check_ranges(method: &str, answer: &Value, lengths: &[u64]) {
    if let Some(object) = answer.as_object() {
        if let (Some(start), Some(end)) = (object.get("start"), object.get("end")) {
            let place = |position: &Value| (number(&position["line"]), number(&position["character"]));
            let (start, end) = (place(start), place(end));
            let lies = |(line, character): (u64, u64)| {
                lengths.get(line as usize).is_some_and(|length| character <= *length)
            };
            assert!(
                start <= end && lies(start) && lies(end),
                "{method}: {start:?} to {end:?} is not in {lengths:?}"
            );
        }
        if let (Some(range), Some(inner)) = (object.get("range"), object.get("selectionRange")) {
            let place =
                |range: &Value, key: &str| (number(&range[key]["line"]), number(&range[key]["character"]));
            let within =
                place(range, "start") <= place(inner, "start") && place(inner, "end") <= place(range, "end");
            assert!(within, "{method}: {inner} is not in {range}");
        }
        object.values().for_each(|part| check_ranges(method, part, lengths));
    } else if let Some(parts) = answer.as_array() {
        parts.iter().for_each(|part| check_ranges(method, part, lengths));
    }
}

/// Tokens come in order and do not overlap, each in its line.
fn check_tokens(answer: &Value, lengths: &[u64]) {
    let data: Vec<u64> = answer["data"].as_array().unwrap().iter().map(number).collect();
    let (mut line, mut character, mut end) = (0, 0, 0);
    for token in data.chunks(5) {
        if token[0] > 0 {
            (character, end) = (0, 0);
        }
        line += token[0];
        character += token[1];
        assert!(character >= end && token[2] > 0, "{token:?} at {line}:{character} overlaps");
        end = character + token[2];
        assert!(
            lengths.get(line as usize).is_some_and(|length| end <= *length),
            "{line}:{character} is not in its line"
        );
    }
}

fn check(uri: &str, text: &str, places: &[usize]) {
    let mut editor = Editor::new();
    let text = text.replace("$0", "$1");
    editor.open(uri, &text);
    let lengths = lengths(&text);
    let document = json!({ "uri": uri });
    for method in ABOUT {
        let answer = editor.ask(method, json!({ "textDocument": document }));
        check_ranges(method, &answer, &lengths);
        if method.contains("Tokens") {
            check_tokens(&answer, &lengths);
        }
        for fold in answer.as_array().into_iter().flatten().filter(|it| it.get("startLine").is_some()) {
            assert!(
                number(&fold["startLine"]) < number(&fold["endLine"])
                    && number(&fold["endLine"]) < lengths.len() as u64
            );
        }
    }
    for at in places {
        let position = position(&text, *at);
        let context = json!({ "includeDeclaration": true });
        let params = json!({ "textDocument": document, "position": position, "newName": "new_name", "context": context });
        for (method, may_be_refused) in AT_PLACES {
            match editor.response(method, params.clone()).response_result {
                Ok(answer) => check_ranges(method, &answer, &lengths),
                Err(error) => assert!(may_be_refused && error.code == REQUEST_FAILED, "{method}: {error:?}"),
            }
        }
        let answer = editor
            .ask("textDocument/selectionRange", json!({ "textDocument": document, "positions": [position] }));
        check_ranges("textDocument/selectionRange", &answer, &lengths);
        let range = json!({ "start": position, "end": { "line": lengths.len(), "character": 0 } });
        for method in IN_RANGE {
            let answer = editor.ask(method, json!({ "textDocument": document, "range": range }));
            match method.contains("Tokens") {
                true => check_tokens(&answer, &lengths),
                false => check_ranges(method, &answer, &lengths),
            }
        }
    }
}

/// The last place at or before `at` where a character starts.
fn boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A text with damage, and places in it.
fn damaged(text: &str, damage: &[(u16, u8, String)], crlf: bool) -> (String, Vec<usize>) {
    let mut text = if crlf { text.replace('\n', "\r\n") } else { text.to_owned() };
    let mut places = Vec::new();
    for (part, length, new) in damage {
        let from = boundary(&text, text.len() * usize::from(*part) / usize::from(u16::MAX));
        let to = boundary(&text, from + usize::from(*length)).max(from);
        text.replace_range(from..to, new);
        places.push(from + new.len());
    }
    places = places.into_iter().map(|at| boundary(&text, at)).collect();
    (text, places)
}

fn rules() -> Vec<String> {
    let pack = rule_files(&root().join("rules"));
    let mut files: Vec<_> = pack.into_iter().step_by(173).collect();
    if let Some(shared) = crate::common::shared() {
        files.extend(rule_files(&shared.join("rules")).into_iter().step_by(17));
    }
    files.iter().map(|path| fs::read_to_string(path).unwrap()).filter(|text| text.len() < 6000).collect()
}

#[test]
fn damaged_rules_are_answered() {
    let rules = rules();
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
    let damage = prop::collection::vec((any::<u16>(), 0..40u8, piece()), 1..6);
    proptest!(config, |(number in any::<prop::sample::Index>(), damage in damage, crlf in any::<bool>())| {
        let (text, places) = damaged(&rules[number.index(rules.len())], &damage, crlf);
        check(RULE, &text, &places);
        let query = text.split_once("query:").map_or("", |(_, query)| query);
        check(QUERY, query, &[boundary(query, query.len() / 2)]);
    });
}
