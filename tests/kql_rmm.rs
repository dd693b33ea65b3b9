//! The queries of the catalog of remote-management tools: what is found in them is what the reference finds, at its place
//! in the catalog's own files, which no YAML parser reads.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails this way")]

mod common;

use std::collections::BTreeSet;

use picket::catalog::kql::KqlCatalog;
use picket::diag::Diagnostic;
use picket::import::rmm::{ImportedRule, import_rmm};
use picket::kql::bind::{Arena, bind};
use picket::kql::{codes, syntax};
use picket::text::SourceMap;

/// What the reference finds.
const EXPECTED: &str = include_str!("kql_rmm/findings.tsv");

/// What is found in the queries against `tables`, at places in the catalog's files, with their texts.
fn findings(tables: &KqlCatalog) -> Option<(SourceMap, Vec<Diagnostic>)> {
    let (sources, files) = common::rmm_catalog()?;
    let imported = import_rmm(&files);
    assert_eq!(imported.rules.len(), 168);
    let found = imported.rules.iter().flat_map(|rule| findings_of(rule, tables)).collect();
    Some((sources, found))
}

fn findings_of(imported: &ImportedRule, tables: &KqlCatalog) -> Vec<Diagnostic> {
    let (tree, syntax) = syntax::parse(imported.catalog_query());
    let arena = Arena::new();
    let bound = bind(&tree, tables, &arena);
    let found = syntax.into_iter().chain(bound.into_diagnostics());
    found.map(|finding| imported.in_catalog(finding)).collect()
}

#[test]
fn findings_are_those_of_the_reference_at_their_place_in_the_catalog() {
    let Some(shared) = common::shared() else { return };
    let Some((sources, found)) = findings(&common::reference_tables(&shared)) else { return };
    let found: BTreeSet<String> = found
        .iter()
        .map(|finding| {
            let source = sources.get(finding.primary.span.source).unwrap();
            let (range, code) = (finding.range(), codes::find(finding.code).unwrap().reference);
            let place = source.lines().line_col(&source.text, range.start);
            format!("{}\t{code}\t{}\t{}\t{}", source.name, place.line, place.column, range.end - range.start)
        })
        .collect();
    let lines = EXPECTED.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let expected: BTreeSet<String> = lines.map(str::to_owned).collect();
    let missing: Vec<_> = expected.difference(&found).collect();
    let extra: Vec<_> = found.difference(&expected).collect();
    assert!(missing.is_empty() && extra.is_empty(), "not found: {missing:#?}\nnot expected: {extra:#?}");
}

#[test]
fn a_column_that_only_another_table_has_is_answered_with_the_one_meant() {
    let Some((sources, found)) = findings(KqlCatalog::builtin()) else { return };
    let text_of = |finding: &Diagnostic| {
        let source = sources.get(finding.primary.span.source).unwrap();
        finding.range().slice(&source.text).to_owned()
    };
    let unknown: Vec<_> = found.iter().filter(|finding| text_of(finding) == "AccountUpn").collect();
    assert_eq!(unknown.len(), 60);
    for finding in unknown {
        assert_eq!(finding.help, ["a column here ends with this name: `InitiatingProcessAccountUpn`"]);
    }
}
