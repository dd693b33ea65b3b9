//! What the documentation says beside the examples of one operator.

use picket::catalog::kql::KqlCatalog;
use picket::exec::value::DateTime;
use picket::exec::{NoTables, Program, RunOptions};

use super::operators::{check, run};

#[test]
fn a_row_for_each_key_is_chosen_among_those_that_the_next_filter_wants() {
    let join = "let L = datatable(k: long, v: string)[1, 'a', 1, 'b', 2, 'b']; \
                let R = datatable(k: long, w: string)[1, 'x', 2, 'y']; L | join kind=innerunique R on k";
    check(&format!("{join} | project k, v, w"), &["k | v | w", "1 | a | x", "2 | b | y"]);
    check(&format!("{join} | where v == 'b' | project k, v, w"), &["k | v | w", "1 | b | x", "2 | b | y"]);
    check(
        &format!("{join} | where w == 'x' and k > 0 | where v == 'b' | project k, v, w"),
        &["k | v | w", "1 | b | x"],
    );
    // What looks at the other side, or at all columns, cannot be asked before.
    check(&format!("{join} | where v == 'b' or w == 'y' | project k, v, w"), &["k | v | w", "2 | b | y"]);
    check(&format!("{join} | where * has 'b' | project k, v, w"), &["k | v | w", "2 | b | y"]);
    check(&format!("{join} | take 9 | where v == 'b' | project k, v"), &["k | v", "2 | b"]);
}

#[test]
fn a_fuzzy_union_passes_over_queries_on_tables_that_are_not_there() {
    check(
        "let V = view () { print x = 1 }; union isfuzzy=true (V | where x > 0), (None_1 | where x > 0), None_2",
        &["x", "1"],
    );
}

#[test]
fn views_are_found_by_patterns_and_searches() {
    let views = "let Vw_Ten = view () { range n from 1 to 10 step 1 }; let Vw_Two = view () { print n = 2 }; \
                 let Other = () { print n = 2 };";
    check(
        &format!("{views} search n == 2 | project source = ['$table'], n"),
        &["source | n", "Vw_Ten | 2", "Vw_Two | 2"],
    );
    // The columns of views by a pattern are known when the query runs only.
    let all = run(&format!("{views} union withsource=T Vw_T*"));
    assert_eq!((all.len(), all[0].as_str(), all[11].as_str()), (12, "T | n", "Vw_Ten | 10"));
    check(&format!("{views} union withsource=T Vw_Tw*"), &["T | n", "Vw_Two | 2"]);
}

#[test]
fn parsers_of_products_are_rows_from_outside_with_and_without_parentheses() {
    check("afad_parser | count", &["Count", "0"]);
    check("afad_parser() | count", &["Count", "0"]);
    check("Corelight | take 1 | count", &["Count", "0"]);
}

#[test]
fn the_files_of_an_inline_table_are_rows_from_outside() {
    check(
        "inline_external_table(file: string, n: long) kind=storage dataformat=csv (h@'https://a/1.csv', h@'https://a/2.csv') \
         | summarize sum(n)",
        &["sum_n", "14"],
    );
    let partitions = "inline_external_table(n: long) kind=storage partition by (day: datetime) dataformat=csv (h@'https://a/1.csv')";
    assert!(run(partitions).join(" ").contains("not supported offline"), "{:?}", run(partitions));
}

#[test]
fn a_time_without_a_day_hangs_on_the_day_of_the_run() {
    check(
        "print t = datetime(8:05)",
        &["not supported offline: a time of day without a date, which is of the day of the run"],
    );
}

#[test]
fn each_query_has_its_table_and_the_last_one_is_the_result() {
    let query = "let T = range x from 1 to 3 step 1; T | count; T | summarize sum(x)";
    check(query, &["sum_x", "6"]);
    let program = Program::prepare(query, KqlCatalog::builtin()).expect("it can be run");
    let now = DateTime::parse("2026-11-30T12:00:00Z").expect("a time");
    let tables = program.run_all(&NoTables, RunOptions::at(now)).expect("it runs");
    let first = |index: usize| tables[index].rows[0][0].to_text().into_owned();
    assert_eq!((tables.len(), first(0), first(1)), (2, "3".to_owned(), "6".to_owned()));
}

#[test]
fn windows_of_users_may_hang_on_the_clock() {
    let events = "datatable(u: string, t: datetime)['ada', datetime(2026-11-30 11:30), 'bob', datetime(2026-11-30 11:40), \
                  'ada', datetime(2026-11-30 10:30), 'eve', datetime(2026-11-29)]";
    check(
        &format!(
            "{events} | evaluate activity_counts_metrics(u, t, ago(2h), now(), 1h) | project t, dcount, new_dcount"
        ),
        &[
            "t | dcount | new_dcount",
            "2026-11-30T10:00:00.0000000Z | 1 | 1",
            "2026-11-30T11:00:00.0000000Z | 2 | 1",
        ],
    );
    check(
        &format!("{events} | evaluate activity_counts_metrics(u, t, t, now(), 1h)"),
        &["a constant is expected here"],
    );
}

#[test]
fn a_union_of_all_tables_keeps_to_the_columns_that_rows_have() {
    check(
        "union withsource=T *, (print probe_s = 'x' | as Mine) | where isnotempty(probe_s) | project T, probe_s",
        &["T | probe_s", "Mine | x"],
    );
    // One table of the catalogue has this column as text; no workspace has all tables.
    check("union * | where TimeGenerated > ago(1d) | count", &["Count", "0"]);
}

#[cfg(feature = "geo")]
#[test]
fn places_are_looked_up_in_polygons_and_along_lines() {
    let tables = "let P = datatable(shape: string, area: dynamic)[\
                  'square', dynamic({'type': 'Polygon', 'coordinates': [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}), \
                  'none', dynamic(null)]; \
                  let L = datatable(road: string, way: dynamic)['r', dynamic({'type': 'LineString', 'coordinates': [[0, 0], [1, 0]]})]; \
                  let T = datatable(at: string, x: real, y: real)['in', 0.5, 0.5, 'near', 1.001, 0.5, 'far', 9.0, 9.0];";
    check(
        &format!("{tables} T | evaluate geo_polygon_lookup(P, area, x, y)"),
        &["at | x | y | shape", "in | 0.5 | 0.5 | square"],
    );
    check(
        &format!("{tables} T | evaluate geo_polygon_lookup(P, area, x, y, 1000) | project at"),
        &["at", "in", "near"],
    );
    check(
        &format!(
            "{tables} T | evaluate geo_polygon_lookup(P, area, x, y, return_unmatched = true) | project at, shape"
        ),
        &["at | shape", "in | square", "near | ", "far | "],
    );
    check(
        &format!(
            "{tables} T | extend y = y - 0.4999 | evaluate geo_line_lookup(L, way, x, y, 500, return_lookup_key = true) | project at, road, way.type"
        ),
        &["at | road | way_type", "in | r | LineString", "near | r | LineString"],
    );
}
