//! What an editor draws: outlines, folds, colours, hints, growing selections.

use lsp_server::{Message, Request, Response};
use picket::lsp::{NoFiles, Server};
use serde_json::{Value, json};

use super::editor::{Editor, QUERY, RULE, offset, position};
use super::navigation::{SIGN_INS, with_cursor};

fn about(method: &str, uri: &str, text: &str) -> Value {
    let mut editor = Editor::new();
    editor.open(uri, text);
    editor.ask(method, json!({ "textDocument": { "uri": uri } }))
}

/// Bytes of `text` that a range of the protocol covers; characters are counted in UTF-16.
fn covered<'t>(text: &'t str, range: &Value) -> &'t str {
    &text[offset(text, &range["start"])..offset(text, &range["end"])]
}

#[test]
fn the_outline_of_a_rule_has_its_keys_and_the_steps_of_its_query() {
    fn lines(symbols: &Value, depth: usize, out: &mut Vec<String>) {
        for symbol in symbols.as_array().map(Vec::as_slice).unwrap_or_default() {
            let detail =
                symbol.get("detail").and_then(Value::as_str).map(|it| format!(" ({it})")).unwrap_or_default();
            out.push(format!(
                "{}{} {}{detail}",
                "  ".repeat(depth),
                symbol["kind"],
                symbol["name"].as_str().unwrap()
            ));
            lines(&symbol["children"], depth + 1, out);
        }
    }
    let mut out = Vec::new();
    lines(&about("textDocument/documentSymbol", RULE, SIGN_INS), 0, &mut out);
    let several = "- name: A\n  query: print 1\n- id: x\n  tactics: [a]\n";
    lines(&about("textDocument/documentSymbol", RULE, several), 0, &mut out);
    lines(
        &about("textDocument/documentSymbol", QUERY, "let f = (a: long) { a };\nT\n| where f(1) == 1\n| "),
        0,
        &mut out,
    );
    insta::assert_snapshot!(out.join("\n"));
}

#[test]
fn keys_operators_and_comments_fold() {
    let text = SIGN_INS.replace(
        "  SigninLogs\n",
        "  // one\n  // two\n  SigninLogs\n  | join (\n      T\n      | take 1\n  ) on UserId\n",
    );
    let folds = about("textDocument/foldingRange", RULE, &text);
    let lines: Vec<&str> = text.lines().collect();
    let shown = |fold: &Value| {
        let line = |key: &str| lines[fold[key].as_u64().unwrap() as usize].trim();
        let kind = fold.get("kind").map(|kind| format!(" {kind}")).unwrap_or_default();
        format!("{} … {}{kind}", line("startLine"), line("endLine"))
    };
    insta::assert_snapshot!(folds.as_array().unwrap().iter().map(shown).collect::<Vec<_>>().join("\n"));
}

/// The tokens of an answer: text, kind, modifiers.
fn tokens(text: &str, answer: &Value, legend: &[String]) -> Vec<String> {
    let data: Vec<u64> = answer["data"].as_array().unwrap().iter().map(|it| it.as_u64().unwrap()).collect();
    let (mut line, mut character) = (0, 0);
    let one = |token: &[u64]| {
        character = if token[0] > 0 { token[1] } else { character + token[1] };
        line += token[0];
        let at = |character: u64| json!({ "line": line, "character": character });
        let range = json!({ "start": at(character), "end": at(character + token[2]) });
        let modifiers = ["declaration", "readonly", "defaultLibrary"];
        let modifiers = modifiers.iter().enumerate().filter(|(bit, _)| token[4] & (1 << bit) != 0);
        let modifiers: String = modifiers.map(|(_, name)| format!(" {name}")).collect();
        format!("{} {}{modifiers}", covered(text, &range), legend[token[3] as usize])
    };
    data.chunks(5).map(one).collect()
}

/// The kinds of tokens, as the server names them when a session begins.
fn legend() -> Vec<String> {
    let mut server = Server::new();
    let params = json!({ "capabilities": {} });
    server.receive(Message::Request(Request { id: 1.into(), method: "initialize".to_owned(), params }));
    let answers = server.step(&mut NoFiles);
    let [Message::Response(Response { response_result: Ok(answer), .. })] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    let types = &answer["capabilities"]["semanticTokensProvider"]["legend"]["tokenTypes"];
    types.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_word_of_a_query_is_what_it_means() {
    let mut editor = Editor::new();
    let legend = legend();
    editor.open(RULE, SIGN_INS);
    let document = json!({ "uri": RULE });
    let whole = editor.ask("textDocument/semanticTokens/full", json!({ "textDocument": document }));
    let all = tokens(SIGN_INS, &whole, &legend);
    let begin = SIGN_INS.find("| extend").unwrap();
    let range = json!({ "start": position(SIGN_INS, begin), "end": position(SIGN_INS, begin + 17) });
    let part =
        editor.ask("textDocument/semanticTokens/range", json!({ "textDocument": document, "range": range }));
    let part = tokens(SIGN_INS, &part, &legend);
    assert_eq!(part, ["| operator", "extend keyword", "Domain property declaration", "= operator"]);
    let folded = "kind: Hunting\nquery: >\n  print a = ```x\n\n\n  y``` // z\n\n  | extend b = datetime(2026-01-01), c = [\"a\", dynamic([1])]\n";
    editor.open(QUERY, "// parameters: (n: long)\nlet t = datatable(a: string)['x'];\nT | evaluate bag_unpack(d) | where Bag.part.x has 'y' and n > 1d");
    let answer = editor.ask("textDocument/semanticTokens/full", json!({ "textDocument": { "uri": QUERY } }));
    let query = tokens(&editor.text(QUERY), &answer, &legend);
    let answer = about("textDocument/semanticTokens/full", RULE, folded);
    let folded = tokens(folded, &answer, &legend);
    insta::assert_snapshot!([all, query, folded].concat().join("\n"));
}

#[test]
fn hints_say_the_columns_behind_operators_and_the_types_of_lets() {
    let mut editor = Editor::new();
    editor.open(RULE, SIGN_INS);
    let mut ask = |from: usize, to: usize| {
        let range = json!({ "start": position(SIGN_INS, from), "end": position(SIGN_INS, to) });
        editor.ask("textDocument/inlayHint", json!({ "textDocument": { "uri": RULE }, "range": range }))
    };
    let hints = ask(0, SIGN_INS.len());
    let shown = |hint: &Value| {
        let at = &hint["position"];
        let tooltip = hint["tooltip"]["value"].as_str().unwrap_or_default();
        let (line, column) = (at["line"].as_u64().unwrap() + 1, at["character"].as_u64().unwrap() + 1);
        format!("{line}:{column} {} [{} lines]", hint["label"].as_str().unwrap(), tooltip.lines().count())
    };
    let shown: Vec<String> = hints.as_array().unwrap().iter().map(shown).collect();
    insta::assert_snapshot!(shown.join("\n"));
    assert_eq!(ask(0, 10), json!([]));
}

#[test]
fn a_selection_grows_from_a_word_to_the_file() {
    let mut editor = Editor::new();
    let at = editor.open(RULE, &with_cursor(SIGN_INS, "'@'", 0));
    let answer = editor
        .ask("textDocument/selectionRange", json!({ "textDocument": { "uri": RULE }, "positions": [at] }));
    let mut next = &answer[0];
    let mut shown = Vec::new();
    while next.is_object() {
        let text = covered(SIGN_INS, &next["range"]);
        let ends = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        shown.push(format!("{} bytes: {}", text.len(), ends(text)));
        next = &next["parent"];
    }
    insta::assert_snapshot!(shown.join("\n"));
}
