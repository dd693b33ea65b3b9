//! The KQL formatter: one style, nothing lost, nothing changed but white space.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "tests fail and speak this way")]

mod common;

use picket::kql::format::{format, same_tokens};
use picket::kql::syntax::parse;

fn comments(text: &str) -> Vec<String> {
    let (tree, _) = parse(text);
    let trivia = tree.tokens().iter().flat_map(|token| token.trivia().slice(text).lines());
    trivia.filter_map(|line| line.find("//").map(|at| line[at..].trim_end().to_owned())).collect()
}

#[test]
fn formats_in_one_style() {
    let text = "let  Domains=dynamic(['a.io','b.io']); // the vendor's\n\n\n\n// seen in 2026\nlet f=(a:string,b:int=1){T|where a==b};\nDeviceNetworkEvents|where TimeGenerated>ago(5d) and RemoteUrl has_any(Domains) and not(isempty(DeviceId)) or InitiatingProcessFileName has 'level'// why\n| join kind=inner(Other|where A==-1) on DeviceId, $left.b==$right.c\n|summarize Count=count(),First=min(TimeGenerated) by DeviceId,bin(TimeGenerated,1h)|extend p=Props.a['b'][0]\n| where x !in~ ('a') and y between(1..2)|take 10";
    let (formatted, diagnostics) = format(text);
    assert!(diagnostics.iter().all(|finding| finding.code.is_empty()), "{diagnostics:?}");
    insta::assert_snapshot!(formatted.expect("it parses"));
}

#[test]
fn a_text_that_does_not_parse_is_left() {
    let (formatted, diagnostics) = format("T | where (");
    assert_eq!(formatted, None);
    assert!(!diagnostics.is_empty());
}

#[test]
fn corpora_keep_their_trees_and_comments_and_settle_at_once() {
    let Some(shared) = common::shared() else { return };
    let corpus =
        std::fs::read_to_string(shared.join("kql/corpus/queries.jsonl")).expect("the corpus is readable");
    let mut formatted_queries = 0;
    for line in corpus.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
        let text = case["q"].as_str().expect("a query");
        let id = &case["id"];
        if !parse(text).1.is_empty() {
            continue;
        }
        let (Some(once), _) = format(text) else { panic!("{id}: the formatter would change the tree") };
        assert!(same_tokens(&parse(text).0, &parse(once.as_str()).0), "{id}: another tree");
        assert_eq!(comments(text), comments(&once), "{id}: comments differ");
        let (Some(twice), _) = format(&once) else { panic!("{id}: the result does not parse") };
        assert_eq!(once, twice, "{id}: formatting again changes the text");
        formatted_queries += 1;
    }
    assert!(formatted_queries > 2_500, "only {formatted_queries} queries were formatted");
}
