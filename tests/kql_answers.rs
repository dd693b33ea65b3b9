//! Client directives, scripts of commands and functions that are named as tables mean what they mean to the reference.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "tests fail and speak this way")]

use picket::catalog::kql::{KqlCatalog, Overlay, overlay};
use picket::diag::Severity;
use picket::kql::bind::{Arena, bind};
use picket::kql::{codes, syntax};
use serde_json::{Value, json};

const SCHEMA: &str = r#"{"tables": [
    {"name": "T", "columns": [["Time", "datetime"], ["Name", "string"], ["Count", "int"]]},
    {"name": "Tall", "columns": [["Name", "string"]]},
    {"name": "Known", "columns": [["Name", "string"], ["Count", "int"]]}
]}"#;

const FUNCTIONS: &str = r#"[
    {"name": "hides", "parameters": "()", "body": "{ let T = Known; T | project Count }"},
    {"name": "Tall", "parameters": "()", "body": "{ Tall | project Other = Name }"},
    {"name": "T", "parameters": "(least: int)", "body": "{ T | where Count > least }"},
    {"name": "takes", "parameters": "(Known: (a: int))", "body": "{ Known | project a }"},
    {"name": "itself", "parameters": "()", "body": "{ itself | project a }"}
]"#;

fn answer(query: &str, catalog: &KqlCatalog) -> Value {
    let (tree, mut findings) = syntax::parse(query);
    let arena = Arena::new();
    let bound = bind(&tree, catalog, &arena);
    let columns = bound.columns().map(|columns| {
        columns.iter().map(|column| format!("{}:{}", column.name, column.ty.name())).collect::<Vec<_>>()
    });
    let tables: Vec<String> = bound.tables().into_iter().map(str::to_owned).collect();
    findings.extend(bound.into_diagnostics());
    let mut findings: Vec<_> = findings
        .iter()
        .map(|finding| {
            let range = finding.primary.span.range;
            let code = codes::find(finding.code).expect("the code is known").reference;
            let severity = if finding.severity == Severity::Error { "Error" } else { "Warning" };
            (code, severity, range.start, range.end - range.start)
        })
        .collect();
    findings.sort_unstable();
    json!({ "q": query, "findings": findings, "columns": columns, "tables": tables })
}

/// Holds answers to `cases`: queries with what Kusto.Language 12.4.1 finds in them (code, severity, start and length),
/// the columns of the result and the tables read.
fn check(cases: &str, functions: &str) {
    let catalog = KqlCatalog::only(Overlay {
        tables: overlay::tables_from_json(SCHEMA).expect("the schema is read"),
        functions: overlay::functions_from_json(functions).expect("the functions are read"),
        ..Overlay::default()
    });
    let cases: Vec<Value> = cases.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(cases.len() > 20, "{}", cases.len());
    for case in &cases {
        assert_eq!(&answer(case["q"].as_str().unwrap(), &catalog), case);
    }
}

#[test]
fn directives_say_where_names_are_looked_up() {
    check(include_str!("kql_answers/directives.jsonl"), "[]");
}

#[test]
fn scripts_are_read_command_by_command() {
    check(include_str!("kql_answers/scripts.jsonl"), "[]");
}

#[test]
fn functions_may_be_named_as_tables() {
    check(include_str!("kql_answers/functions.jsonl"), FUNCTIONS);
}
