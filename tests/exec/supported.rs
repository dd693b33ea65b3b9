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

/// The operators that do not work, each with a query and the reason.
const OPERATORS: &[(&str, &str, &str)] = &[
    ("reduce", "print t = 'a' | reduce by t", OPEN),
    (
        "macro-expand",
        "macro-expand entity_group [cluster('a').database('b')] as X (X.Heartbeat | count)",
        ELSEWHERE,
    ),
    ("restrict", "restrict access to (Heartbeat); Heartbeat | count", SERVICE),
    ("make-series to", "range x from 1 to 3 step 1 | make-series count() on x to 3 step 1", OPEN),
];

/// A query for each operator that works.
const WORKING: &[&str] = &[
    "print a = 1 | as T | count",
    "print a = 1 | assert-schema (a: long)",
    "print a = 1 | consume",
    "print a = 1 | distinct a",
    "print a = 1 | evaluate narrow()",
    "print a = 1 | extend b = a",
    "print a = 1 | facet by a with (count)",
    "print a = 1 | filter a == 1",
    "let T = print a = 1; find in (T) where a == 1",
    "print a = 1 | fork (count)",
    "print a = 1 | getschema",
    "print a = 1 | join (print a = 1) on a",
    "print a = 1 | lookup (print a = 1) on a",
    "print a = 1, b = 2 | make-graph a --> b | graph-where-edges true | graph-mark-components | graph-to-table edges",
    "print a = 1, b = 2 | make-graph a --> b with_node_id=n | graph-where-nodes true | graph-match (x)-[e]->(y) project x.n",
    "print a = 1, b = 2 | make-graph a --> b with_node_id=n | graph-shortest-paths (x)-[e*1..2]->(y) project x.n",
    "print a = 1 | make-series count() on a step 1",
    "print a = dynamic([1]) | mv-expand a",
    "print a = dynamic([1]) | mv-apply a on (count)",
    "print a = 'x' | parse a with 'x' b",
    "print a = 'x' | parse-where a with 'x' b",
    "print a = 'x' | parse-kv a as (b: long)",
    "print a = 1 | partition by a (count)",
    "print a = 1, b = 2 | project a, b | project-away b* | project-keep a | project-rename c = a | project-reorder c",
    "print a = 1 | project-by-names 'a'",
    "range x from 1 to 2 step 1 | render timechart",
    "print a = 1 | sample 1 | sample-distinct 1 of a",
    "print a = 1 | scan with (step s: true;)",
    "print a = 'x' | search 'x'",
    "print a = 1 | serialize | sort by a | order by a | take 1 | limit 1 | top 1 by a",
    "print a = 1 | summarize count() by a",
    "print a = 1 | top-hitters 1 of a",
    "print a = 1 | top-nested 1 of a by count()",
    "print a = 1 | union (print a = 2)",
    "externaldata(a: long)['https://x']",
    "inline_external_table (a: long) kind=storage dataformat=csv (h@'https://x/y') | count",
    "let f = (T: (a: long)) { T }; print a = 1 | invoke f()",
];

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
    for query in WORKING {
        assert_eq!(refusal(query), None, "{query}");
    }
    for (name, query, _) in OPERATORS {
        let said = refusal(query).unwrap_or_default();
        assert!(said.contains("not supported offline"), "{name}: {said:?}");
    }
}
