//! The binder of KQL: what names mean, what types and columns result, and that it agrees with the reference.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "tests fail and speak this way")]

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use picket::catalog::kql::{KqlCatalog, Overlay, overlay};
use picket::diag::{Diagnostic, Severity};
use picket::kql::bind::{Arena, bind};
use picket::kql::codes;
use picket::kql::syntax::{NodeKind, parse};
use proptest::prelude::*;

const SCHEMA: &str = r#"{"tables": [
    {"name": "T", "columns": [["Time", "datetime"], ["Name", "string"], ["Count", "int"], ["Bag", "dynamic"]]},
    {"name": "U", "columns": [["Name", "string"], ["Count", "real"], ["Other", "guid"]]}
]}"#;

const FUNCTIONS: &str = r#"[
    {"name": "recent", "parameters": "(since: timespan = 1d)", "body": "{ T | where Time > ago(since) | project Name }"},
    {"name": "twice", "parameters": "(x: long)", "body": "x * 2"}
]"#;

fn catalog() -> KqlCatalog {
    KqlCatalog::only(Overlay {
        tables: overlay::tables_from_json(SCHEMA).expect("the schema is read"),
        functions: overlay::functions_from_json(FUNCTIONS).expect("the functions are read"),
        ..Overlay::default()
    })
}

/// Every finding, the columns of the result and the tables read.
fn meaning(text: &str, catalog: &KqlCatalog) -> String {
    let (tree, syntax) = parse(text);
    let arena = Arena::new();
    let bound = bind(&tree, catalog, &arena);
    let mut out = String::new();
    for finding in syntax.iter().chain(bound.diagnostics()) {
        let at = finding.range().slice(text);
        writeln!(out, "{} {at:?}: {}", finding.code, finding.message).expect("a string takes text");
    }
    let columns = bound.columns().map_or_else(
        || "no table".to_owned(),
        |columns| {
            let columns: Vec<String> =
                columns.iter().map(|column| format!("{}: {}", column.name, column.ty.name())).collect();
            columns.join(", ")
        },
    );
    write!(out, "{columns}\nreads {:?}", bound.tables()).expect("a string takes text");
    out
}

#[test]
fn queries_mean_what_they_say() {
    let catalog = catalog();
    for (name, text) in [
        ("names", "T | extend Name1 = Name, strlen(Name), Count + 1, Bag.a.b | project-away Count"),
        (
            "aggregates",
            "T | summarize count(), max(Time), dcount(Name), arg_max(Time, *) by bin(Time, 1h), Name",
        ),
        ("union", "union withsource=Source T, U | extend x = tostring(Bag[0].y)"),
        (
            "join",
            "T | join kind=leftouter (U | where isnotempty(Other)) on Name | project Name, Name1, Other",
        ),
        (
            "functions",
            "let f = (rows: (Name: string), least: long = 3) { rows | where strlen(Name) > least };\n\
             let limit = toscalar(T | count);\n\
             recent() | invoke f(least = 5) | extend twice(limit)",
        ),
        ("unknown", "Tt | where Nam == 1\n"),
        (
            "mistakes",
            "T | where Nme == 'a' and sum(Count) > 1 and Name > 5 | extend toupperr(Name), strlen(), Count = nme",
        ),
        ("fuzzy", "union isfuzzy=true T, Nothing"),
        ("open", "let w = Nothing | where a == 1; w | extend b = 1 | project a, b, c"),
    ] {
        insta::assert_snapshot!(format!("bind_{name}"), meaning(text, &catalog), &text);
    }
}

#[test]
fn nodes_have_types_and_symbols() {
    let catalog = catalog();
    let (tree, _) = parse("T | where Count > 1 | project n = Count + 1.5");
    let arena = Arena::new();
    let bound = bind(&tree, &catalog, &arena);
    let type_of = |kind: NodeKind, text: &str| {
        tree.root()
            .descendants()
            .filter(|node| node.kind() == kind && node.text() == text)
            .find_map(|node| bound.type_of(node))
            .map(|ty| ty.describe())
    };
    assert_eq!(type_of(NodeKind::NameReference, "Count"), Some("int"));
    assert_eq!(type_of(NodeKind::BinaryExpression, "Count > 1"), Some("bool"));
    assert_eq!(type_of(NodeKind::BinaryExpression, "Count + 1.5"), Some("real"));
    assert_eq!(type_of(NodeKind::NameReference, "T"), Some("a table"));
}

#[test]
fn chains_of_any_length_are_bound() {
    let catalog = catalog();
    for text in [
        format!("T | where {}", vec!["Count == 1"; 20_000].join(" or ")),
        format!("T {}", "| where Count == 1 ".repeat(5_000)),
        format!("print x{}", ".y".repeat(20_000)),
        format!("search in (T) {}", vec!["'a'"; 20_000].join(" and ")),
        ".set T <| ".repeat(5_000),
        format!(".show tables {}", "| where TableName == 'a' ".repeat(5_000)),
        format!(".create tables {}", vec!["T (a: string)"; 5_000].join(", ")),
    ] {
        let (tree, _) = parse(text);
        bind(&tree, &catalog, &Arena::new());
    }
}

/// What a command holds is bound as a query is, and what it returns is known behind a pipe and in later statements.
#[test]
fn commands_mean_what_they_say() {
    let catalog = catalog();
    for (name, text) in [
        (
            "create_function",
            ".create-or-alter function with (folder='a b', skipvalidation=true) Recent(since: timespan = 1d)\n\
             { T | where Time > ago(since) | project Name, Nme }",
        ),
        ("set_or_append", ".set-or-append async Copy with (tags='x') <| T | where Count > 1 | project Cnt"),
        ("show", ".show tables | project TableName, Nme; $command_results | where Folder == 'a' | count"),
        ("create_table", ".create table New (Name: string, When: datetime, Old: int64) with (docstring='d')"),
        ("entities", ".alter column workspace.T.Nothing type=string"),
        ("other_database", ".show table other.T policy retention"),
        ("broken_list", ".drop tables (T, V) ifexist"),
        ("quoted", ".drop table ['U'] ifexists"),
        ("unknown_table", ".drop table V ifexists"),
        ("incomplete", ".alter table T polcy retention '{}'"),
        ("another_server", ".crexte function f() { T | take 1 }"),
        ("none", ". | take 1"),
        ("nested", ".set Copy <| .show database T | where Nme == 1"),
        ("data", ".ingest inline into table T <| 1,\"2\n3,'4"),
        ("view", ".create materialized-view V on table T { T | summarize max(Count) by Name }"),
        ("rest", ".drop table U\n.drop table V"),
    ] {
        insta::assert_snapshot!(format!("bind_command_{name}"), meaning(text, &catalog), &text);
    }
}

/// Calls within calls double; what is worked out stays bounded.
#[test]
fn functions_that_call_each_other_twice_end() {
    let mut text = String::from("let f0 = (rows: (*)) { rows };\n");
    for level in 1..40 {
        let before = level - 1;
        writeln!(text, "let f{level} = (rows: (*)) {{ f{before}(rows) | union (f{before}(rows)) }};")
            .expect("a string takes text");
    }
    text.push_str("T | invoke f39()");
    assert!(meaning(&text, &catalog()).ends_with(r#"reads {"T"}"#));
}

fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "T",
        "U",
        "Name",
        "Count",
        "Bag",
        "|",
        "where",
        "extend",
        "project",
        "summarize",
        "by",
        "join",
        "on",
        "union",
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
        "f",
        "x",
        "'s'",
        "1",
        "1h",
        "and",
        "in",
        "count()",
        "arg_max(Time, *)",
        "dynamic({'a': [1]})",
        "toscalar(",
        "materialize(",
        "invoke f()",
        "*",
        ".",
        "$left",
        "$right",
        "print",
        "datatable(a: long)[1]",
        "(x: long) {",
        "evaluate",
        "bag_unpack(Bag)",
        "mv-expand",
        "parse",
        "with",
        "typeof(long)",
        "table('T')",
        "database('d')",
        "isfuzzy=true",
        "as",
        "asc",
        "make-series",
        "default=0",
        "step",
        "range",
        "from",
        "to",
        "search",
        "find",
        "serialize",
        "scan",
        "make-graph",
        "-->",
        "graph-match",
        "partition",
        "fork",
        "facet",
        "top-nested",
        "of",
        "mv-apply",
        "series_stats",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #[test]
    fn any_soup_is_bound(text in soup()) {
        let (tree, _) = parse(text.as_str());
        let catalog = catalog();
        let arena = Arena::new();
        let bound = bind(&tree, &catalog, &arena);
        for finding in bound.diagnostics() {
            prop_assert!(finding.range().end as usize <= text.len());
            prop_assert!(!finding.message.is_empty());
        }
    }
}

/// What calls come to is kept from one query for the next.
#[test]
fn what_was_bound_before_changes_nothing() {
    let Some(shared) = common::shared() else { return };
    let catalog = common::reference_tables(&shared);
    let mut texts = Vec::new();
    for corpus in ["queries", "mutants"] {
        let lines = std::fs::read_to_string(shared.join(format!("kql/corpus/{corpus}.jsonl")));
        for line in lines.expect("the shared file is readable").lines() {
            let case: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
            texts.push(case["q"].as_str().unwrap_or_default().to_owned());
        }
    }
    let first: Vec<String> = texts.iter().map(|text| meaning(text, &catalog)).collect();
    for (text, first) in texts.iter().zip(first) {
        assert_eq!(meaning(text, &catalog), first, "{text}");
    }
}

/// How many cases of a corpus may differ from the reference, each by measure. They may only fall.
struct Allowed {
    corpus: &'static str,
    verdict: usize,
    findings: usize,
    columns: usize,
    tables: usize,
}

#[test]
fn agrees_with_the_reference() {
    let Some(shared) = common::shared() else { return };
    let read = |file: &str| std::fs::read_to_string(shared.join(file)).expect("the shared file is readable");
    let catalog = common::reference_tables(&shared);
    for allowed in [
        Allowed { corpus: "queries", verdict: 0, findings: 0, columns: 0, tables: 0 },
        Allowed { corpus: "mutants", verdict: 0, findings: 0, columns: 0, tables: 0 },
    ] {
        let lines = |suffix: &str| -> Vec<serde_json::Value> {
            let text = read(&format!("kql/corpus/{}{suffix}.jsonl", allowed.corpus));
            text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
        };
        let mut differ: [Vec<String>; 4] = Default::default();
        for (case, expected) in lines("").iter().zip(lines(".expected")) {
            let text = case["q"].as_str().expect("a query");
            let id = case["id"].as_str().unwrap_or_default().to_owned();
            let Some(theirs) = expected["diagnostics"].as_array() else { continue };
            let (tree, syntax) = parse(text);
            let arena = Arena::new();
            let bound = bind(&tree, &catalog, &arena);
            let ours: Vec<&Diagnostic> = syntax.iter().chain(bound.diagnostics()).collect();
            let wrong = ours.iter().any(|finding| finding.severity == Severity::Error);
            let theirs_wrong = theirs.iter().any(|finding| finding[1] == "Error");
            let units = |byte: u32| text[..byte as usize].encode_utf16().count() as u64;
            let ours: BTreeSet<(&str, u64, u64)> = ours
                .iter()
                .map(|finding| {
                    let (range, start) = (finding.range(), units(finding.range().start));
                    let code = codes::find(finding.code).map_or(finding.code, |code| code.reference);
                    (code, start, units(range.end) - start)
                })
                .collect();
            let theirs: BTreeSet<(&str, u64, u64)> = theirs
                .iter()
                .filter_map(|finding| {
                    Some((finding[0].as_str()?, finding[2].as_u64()?, finding[3].as_u64()?))
                })
                .collect();
            if wrong != theirs_wrong {
                differ[0].push(id.clone());
            }
            if ours != theirs {
                differ[1].push(id.clone());
            }
            if theirs_wrong {
                continue;
            }
            let columns = bound.columns().map(|columns| {
                let pairs = columns.iter().map(|column| serde_json::json!([column.name, column.ty.name()]));
                serde_json::Value::Array(pairs.collect())
            });
            if columns.unwrap_or_default() != expected["columns"] {
                differ[2].push(id.clone());
            }
            let tables: BTreeSet<&str> = bound.tables();
            let expected: BTreeSet<&str> = expected["tables"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|table| table.as_str())
                .collect();
            if tables != expected {
                differ[3].push(id);
            }
        }
        let most = [allowed.verdict, allowed.findings, allowed.columns, allowed.tables];
        for (differ, most) in differ.iter().zip(most) {
            assert!(differ.len() <= most, "{}: {} differ: {differ:?}", allowed.corpus, differ.len());
        }
    }
}
