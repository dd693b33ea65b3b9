//! `#connect`, `#database` and the other client directives mean what they mean to the reference.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "tests fail and speak this way")]

use picket::catalog::kql::{KqlCatalog, Overlay, overlay};
use picket::diag::Severity;
use picket::kql::bind::{Arena, bind};
use picket::kql::{codes, syntax};
use serde_json::{Value, json};

/// Queries with what Kusto.Language 12.4.1 finds in them: code, severity, start and length of each finding, the columns
/// of the result and the tables read, against the tables of [`SCHEMA`].
const CASES: &str = include_str!("kql_directives/cases.jsonl");

const SCHEMA: &str = r#"{"tables": [
    {"name": "T", "columns": [["Time", "datetime"], ["Name", "string"], ["Count", "int"]]},
    {"name": "Tall", "columns": [["Name", "string"]]}
]}"#;

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

#[test]
fn directives_say_where_names_are_looked_up() {
    let catalog = KqlCatalog::only(Overlay {
        tables: overlay::tables_from_json(SCHEMA).expect("the schema is read"),
        ..Overlay::default()
    });
    let cases: Vec<Value> = CASES.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(cases.len() > 80, "{}", cases.len());
    for case in &cases {
        assert_eq!(&answer(case["q"].as_str().unwrap(), &catalog), case);
    }
}
