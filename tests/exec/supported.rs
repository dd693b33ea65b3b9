//! What of the catalogue does not work offline, and why: a change here is one that users see.

use std::collections::{BTreeMap, BTreeSet};

use picket::catalog::kql::KqlCatalog;
use picket::exec::Program;

const SERVICE: &str = "asks a service";
const CODE: &str = "runs code of another language";
const OPEN: &str = "the documentation does not say what it computes to the last digit";
const ELSEWHERE: &str = "reads data that are elsewhere";
#[cfg(not(feature = "geo"))]
const GEOMETRY: &str = "works on geometry";

/// The plugins that do not work, with the reason.
const PLUGINS: &[(&str, &str)] = &[
    ("ai_chat_completion", SERVICE),
    ("ai_chat_completion_prompt", SERVICE),
    ("ai_embed_text", SERVICE),
    ("ai_embeddings", SERVICE),
    ("autocluster", OPEN),
    ("azure_digital_twins_query_request", SERVICE),
    ("basket", OPEN),
    ("cosmosdb_sql_request", SERVICE),
    ("csharp", CODE),
    ("dax_request", SERVICE),
    ("diffpatterns", OPEN),
    ("estimate_rows_count", SERVICE),
    ("execute_query", SERVICE),
    ("execute_show_command", SERVICE),
    ("external_datatable", ELSEWHERE),
    ("funnel_sequence", OPEN),
    ("funnel_sequence_completion", OPEN),
    #[cfg(not(feature = "geo"))]
    ("geo_line_lookup", GEOMETRY),
    #[cfg(not(feature = "geo"))]
    ("geo_polygon_lookup", GEOMETRY),
    ("http_request", SERVICE),
    ("http_request_post", SERVICE),
    ("infer_storage_schema", ELSEWHERE),
    ("infer_storage_schema_with_suggestions", ELSEWHERE),
    ("mysql_request", SERVICE),
    ("postgresql_request", SERVICE),
    ("python", CODE),
    ("r", CODE),
    ("sequence_detect", OPEN),
    ("session_count", OPEN),
    ("sql_request", SERVICE),
];

/// The operators that do not work, with the reason.
const OPERATORS: &[(&str, &str)] = &[("macro-expand", ELSEWHERE), ("reduce", OPEN), ("restrict", SERVICE)];

/// What of operators that work does not, each with a query and the reason.
const PARTS: &[(&str, &str, &str)] =
    &[("make-series to", "range x from 1 to 3 step 1 | make-series count() on x to 3 step 1", OPEN)];

/// What is said of a query that cannot be run; nothing where it can.
fn refusal(query: &str) -> Option<String> {
    let findings = Program::prepare(query, KqlCatalog::builtin()).err()?;
    Some(findings.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>().join("; "))
}

#[test]
fn every_aggregate_of_the_catalogue_works() {
    let known: BTreeSet<&str> = picket::exec::aggregates().collect();
    let language = KqlCatalog::builtin().language();
    let missing: Vec<&str> = language
        .aggregates()
        .iter()
        .map(|aggregate| aggregate.name)
        .filter(|name| !known.contains(name))
        .collect();
    // `passthrough` is hidden and documented nowhere.
    assert_eq!(missing, ["passthrough"]);
}

#[test]
fn every_plugin_of_the_catalogue_works_or_has_a_reason() {
    let known: BTreeSet<&str> = picket::exec::plugins().collect();
    let language = KqlCatalog::builtin().language();
    let missing: BTreeSet<&str> =
        language.plugins().iter().map(|plugin| plugin.name).filter(|name| !known.contains(name)).collect();
    let reasons: BTreeMap<&str, &str> = PLUGINS.iter().copied().collect();
    assert_eq!(missing, reasons.keys().copied().collect());
}

#[test]
fn every_operator_works_or_has_a_reason() {
    let mut refused = Vec::new();
    for (name, query) in picket::exec::operators() {
        assert!(query.contains(name), "`{query}` is about another operator than {name}");
        if let Some(said) = refusal(query) {
            assert!(said.contains("not supported offline"), "{name}: {said:?}");
            refused.push(*name);
        }
    }
    assert_eq!(refused, OPERATORS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for (name, query, _) in PARTS {
        let said = refusal(query).unwrap_or_default();
        assert!(said.contains("not supported offline"), "{name}: {said:?}");
    }
}
