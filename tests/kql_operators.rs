//! What each query operator returns and reports: its columns with their types, and its findings.

use picket::catalog::kql::{KqlCatalog, Overlay};
use picket::kql::bind::{Arena, bind};
use picket::kql::{codes, syntax};

/// A query, its findings with their bytes and the columns of its result.
fn outline(query: &str, catalog: &KqlCatalog) -> String {
    let (tree, mut findings) = syntax::parse(query);
    let arena = Arena::new();
    let bound = bind(&tree, catalog, &arena);
    let columns = bound.columns().map(|columns| {
        let columns: Vec<String> =
            columns.iter().map(|column| format!("{}: {}", column.name, column.ty.name())).collect();
        columns.join(", ")
    });
    findings.extend(bound.into_diagnostics());
    findings.sort_by_key(|finding| (finding.primary.span.range.start, finding.code));
    let mut text = format!("{query}\n    -> {}\n", columns.as_deref().unwrap_or("no table"));
    for finding in findings {
        let range = finding.primary.span.range;
        let code = codes::find(finding.code).map_or(finding.code, |code| code.reference);
        text += &format!("    {code} {}..{} {}\n", range.start, range.end, finding.message);
    }
    text
}

#[test]
fn each_operator_has_its_columns_and_findings() {
    let catalog = KqlCatalog::only(Overlay::default());
    let queries = include_str!("kql_operators/queries.kql");
    let outlines: String = queries.lines().map(|query| outline(query, &catalog)).collect();
    insta::assert_snapshot!(outlines);
}

#[test]
fn a_condition_of_many_terms_needs_no_stack() {
    let catalog = KqlCatalog::only(Overlay::default());
    let terms = vec!["a == \"x\""; 100_000].join(" or ");
    let key = vec!["$left.a == $right.a"; 100_000].join(" and ");
    for query in [
        format!("let A = print a = \"x\"; search in (A) {terms}"),
        format!("print a = \"x\" | join (print a = \"y\") on {key}"),
    ] {
        let (tree, _) = syntax::parse(query);
        let arena = Arena::new();
        assert_eq!(bind(&tree, &catalog, &arena).diagnostics().first(), None);
    }
}
