//! The KQL lexer and parser: lossless, total, and reporting what the reference reports.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "tests fail and speak this way")]

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use picket::kql::syntax::{Node, Tree, parse};
use proptest::prelude::*;

fn check_lossless(tree: &Tree) {
    assert_eq!(tree.verify(), Ok(()), "{:?}", tree.text());
}

/// A tree with one node a line, for golden files.
fn outline(node: Node<'_>, depth: usize, out: &mut String) {
    let shown = if node.is_missing() { "(missing)" } else { node.text() };
    writeln!(out, "{:indent$}{:?} {shown:?}", "", node.kind(), indent = depth * 2)
        .expect("a string takes text");
    for child in node.child_nodes() {
        outline(child, depth + 1, out);
    }
}

#[test]
fn trees_of_a_query_and_of_a_broken_one() {
    for (name, text) in [
        (
            "query",
            "let Domains = dynamic(['a.io', 'b.io']);\nDeviceNetworkEvents\n| where RemoteUrl has_any (Domains) and not(isempty(DeviceId))\n| summarize Count = count() by DeviceId, bin(TimeGenerated, 1h)",
        ),
        ("broken", "T | where (a == | summarize count() by"),
    ] {
        let (tree, diagnostics) = parse(text);
        let mut shown = String::new();
        outline(tree.root(), 0, &mut shown);
        for finding in diagnostics {
            writeln!(shown, "{} {:?} {}", finding.code, finding.range().to_usize(), finding.message)
                .expect("a string takes text");
        }
        insta::assert_snapshot!(name, shown);
    }
}

#[test]
fn nesting_is_bounded_and_reported() {
    for (open, close) in
        [("(", ")"), ("not(", ")"), ("dynamic(", ")"), ("[", "]"), ("-(", ")"), ("f(x, ", ")")]
    {
        let text = format!("print {}1{}", open.repeat(100_000), close.repeat(100_000));
        let (tree, diagnostics) = parse(text.as_str());
        check_lossless(&tree);
        assert!(!diagnostics.is_empty(), "nothing is said of 100,000 of {open}");
    }
    let text = format!("T | where {}", vec!["a == 1"; 100_000].join(" or "));
    let (tree, diagnostics) = parse(text.as_str());
    check_lossless(&tree);
    assert!(diagnostics.is_empty(), "a long chain of `or` is no nesting: {diagnostics:?}");
}

/// Codes that the reference's parser, not its binder, gives.
const SYNTAX_CODES: &[&str] = &[
    "001", "002", "005", "006", "176", "198", "214", "217", "228", "230", "252", "253", "254", "255", "256",
    "257", "258",
];

#[test]
fn agrees_with_the_reference_on_syntax() {
    let Some(shared) = common::shared() else { return };
    for (name, allowed) in [("queries", 3), ("mutants", 26)] {
        let read = |suffix: &str| {
            let file = shared.join(format!("kql/corpus/{name}{suffix}.jsonl"));
            let text = std::fs::read_to_string(file).expect("the corpus is readable");
            text.lines()
                .map(|line| serde_json::from_str(line).expect("a JSON line"))
                .collect::<Vec<serde_json::Value>>()
        };
        let mut differ = Vec::new();
        for (case, expected) in read("").iter().zip(read(".expected")) {
            let text = case["q"].as_str().expect("a query");
            let (tree, diagnostics) = parse(text);
            check_lossless(&tree);
            let Some(reference) = expected["diagnostics"].as_array() else { continue };
            let units = |byte: u32| text[..byte as usize].encode_utf16().count() as u64;
            let ours: BTreeSet<(String, u64, u64)> = diagnostics
                .iter()
                .map(|finding| {
                    let range = finding.range();
                    let start = units(range.start);
                    (finding.code[2..].to_owned(), start, units(range.end) - start)
                })
                .filter(|(code, ..)| SYNTAX_CODES.contains(&code.as_str()))
                .collect();
            let theirs: BTreeSet<(String, u64, u64)> = reference
                .iter()
                .filter_map(|finding| {
                    let code = finding[0].as_str()?.get(2..)?;
                    Some((code.to_owned(), finding[2].as_u64()?, finding[3].as_u64()?))
                })
                .filter(|(code, ..)| SYNTAX_CODES.contains(&code.as_str()))
                .collect();
            if ours != theirs {
                differ.push(expected["id"].clone());
            }
        }
        // What is left is the reference's binder reporting a join without `on` under a syntax code.
        assert!(differ.len() <= allowed, "{name}: {} differ: {differ:?}", differ.len());
    }
}

/// Pieces of queries, to be put together without sense.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "T",
        "|",
        "where",
        "summarize",
        "by",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ";",
        "=",
        "==",
        "let",
        "x",
        "'s'",
        "\"",
        "1",
        "1h",
        "..",
        ".",
        ".create function",
        ".show tables",
        ".set-or-append T",
        "<|",
        "with",
        "policy",
        "*",
        "join",
        "kind=inner",
        "on",
        "$left",
        "project",
        "extend",
        "union",
        "dynamic(",
        "datatable",
        "make-series",
        "mv-expand",
        "parse",
        "with",
        "scan",
        "step",
        ":",
        "=>",
        "-",
        "-->",
        "typeof(",
        "in",
        "!in",
        "has_any",
        "between",
        "@",
        "#x\n",
        "//c\n",
        "evaluate",
        "toscalar(",
        "hint.strategy",
        "and",
        "order",
        "asc",
        "nulls",
        "first",
        "render",
        "declare",
        "pattern",
        "graph-match",
        "-[",
        "]->",
        "é",
        "\u{0}",
    ]);
    prop::collection::vec((piece, prop::sample::select(vec!["", " ", "\n"])), 0..60)
        .prop_map(|pieces| pieces.into_iter().map(|(piece, gap)| format!("{piece}{gap}")).collect())
}

proptest! {
    #[test]
    fn any_text_parses_without_loss(text in "\\PC{0,200}") {
        check_lossless(&parse(text).0);
    }

    #[test]
    fn any_soup_parses_without_loss(text in soup()) {
        check_lossless(&parse(text).0);
    }
}
