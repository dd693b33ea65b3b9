//! Scalar functions and operators, as queries call them.

use std::collections::HashSet;

use picket::catalog::kql::{KqlCatalog, Tabularity};
use picket::exec::value::DateTime;
use picket::exec::{NoTables, Program, RunOptions};

/// The text of the only value of `print query`, or what stopped it.
fn print(expression: &str) -> String {
    let query = format!("print {expression}");
    let program = match Program::prepare(&query, KqlCatalog::builtin()) {
        Ok(program) => program,
        Err(findings) => {
            return findings.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>().join("; ");
        }
    };
    let now = DateTime::parse("2026-11-30T12:00:00Z").expect("a time");
    match program.run(&NoTables, RunOptions::at(now)) {
        Ok(table) => {
            let value = &table.rows[0][0];
            if value.is_null() { "null".to_owned() } else { value.to_text().into_owned() }
        }
        Err(error) => error.message,
    }
}

fn check(cases: &[(&str, &str)]) {
    for (expression, expected) in cases {
        assert_eq!(print(expression), *expected, "{expression}");
    }
}

/// What patterns of graphs call, which `graph-match` gives a meaning.
const OF_GRAPHS: &[&str] =
    &["all", "any", "inner_nodes", "labels", "map", "node_degree_in", "node_degree_out", "node_id"];

/// The families that are still to come.
const TO_COME: &[&str] = &[
    "beta_",
    "convert_",
    "dcount_hll",
    "erf",
    "geo_",
    "hll_",
    "merge_tdigest",
    "percentile",
    "percentrank_tdigest",
    "rank_tdigest",
    "row_",
    "series_",
    "tdigest_",
    "welch_test",
];

#[test]
fn every_function_of_the_catalogue_works_or_has_a_reason() {
    let known: HashSet<&str> = picket::exec::functions().collect();
    let language = KqlCatalog::builtin().language();
    let missing: Vec<&str> = language
        .functions()
        .iter()
        .filter(|function| function.signatures.iter().any(|one| one.tabularity == Tabularity::Scalar))
        .map(|function| function.name)
        .filter(|name| !known.contains(name) && picket::exec::why_absent(name).is_none())
        .filter(|name| !OF_GRAPHS.contains(name) && !TO_COME.iter().any(|family| name.starts_with(family)))
        .collect();
    assert!(missing.is_empty(), "neither computed nor left out for a reason: {missing:?}");
}

#[test]
fn each_spelling_of_an_operator_works() {
    for operator in [
        "==",
        "!=",
        "<>",
        "=~",
        "!~",
        "contains",
        "!contains",
        "notcontains",
        "contains_cs",
        "containscs",
        "!contains_cs",
        "notcontainscs",
        "startswith",
        "!startswith",
        "startswith_cs",
        "!startswith_cs",
        "endswith",
        "!endswith",
        "endswith_cs",
        "!endswith_cs",
        "has",
        "!has",
        "has_cs",
        "!has_cs",
        "hasprefix",
        "!hasprefix",
        "hasprefix_cs",
        "!hasprefix_cs",
        "hassuffix",
        "!hassuffix",
        "hassuffix_cs",
        "!hassuffix_cs",
        "matches regex",
    ] {
        let negated = operator.starts_with(['!', '<']) || operator.starts_with("not");
        let expected = if negated { "False" } else { "True" };
        assert_eq!(print(&format!("'alpha' {operator} 'alpha'")), expected, "{operator}");
    }
    check(&[
        ("1 in (1, 2)", "True"),
        ("'A' in~ ('a')", "True"),
        ("'A' !in ('a')", "True"),
        ("'A' !in~ ('a')", "False"),
        ("2 between (1 .. 3)", "True"),
        ("2 !between (1 .. 3)", "False"),
        ("'x' like 'y'", "not supported offline: like: its patterns are not documented"),
    ]);
}

#[test]
fn nulls_are_neither_equal_nor_among_others() {
    check(&[
        ("int(null) == int(null)", "null"),
        ("int(null) == 1", "False"),
        ("int(null) != 1", "True"),
        ("int(null) > 1", "null"),
        ("int(null) in (1, 2)", "False"),
        ("int(null) in (1, int(null))", "null"),
        ("int(null) !in (1, int(null))", "null"),
        ("int(null) !in (1)", "True"),
        ("not(int(null) == int(null))", "null"),
        ("bool(null) or true", "True"),
        ("bool(null) and true", "null"),
        ("iff(bool(null), 1, 2)", "2"),
        ("strlen(tostring(int(null)))", "0"),
        ("isnull(dynamic(null))", "True"),
        ("isempty(parse_json(''))", "True"),
        ("isnull(parse_json('[]'))", "False"),
        ("max_of(int(null), 3)", "3"),
        ("coalesce(tolong('x'), 42)", "42"),
    ]);
}

#[test]
fn values_are_converted_as_asked() {
    check(&[
        ("extract(@'x=([0-9.]+)', 1, 'hello x=45.6|wo', typeof(real))", "45.6"),
        ("extract(@'x=([0-9.]+)', 1, 'hello x=45.6|wo', typeof(guid))", "null"),
        ("extract('z', 0, 'abc')", ""),
        ("extract_json('$.a[1].b', '{\"a\":[1,{\"b\":26}]}', typeof(int)) + 1", "27"),
        ("extract_json('$.a', '{\"a\":{\"b\":1}}')", "{\"b\":1}"),
        ("extract_json('$.a', 'no json')", ""),
        ("toint('99999999999')", "null"),
        ("tolong('0x1F')", "31"),
        ("tobool('TRUE')", "True"),
        ("gettype(dynamic([1]))", "array"),
        ("tostring(dynamic({'a': [1, 'x', true, null]}))", "{\"a\":[1,\"x\",true,null]}"),
        ("todatetime('30/11/2026')", "null"),
        ("datetime(2025, 6, 14)", "2025-06-14T00:00:00.0000000Z"),
        ("9223372036854775807 + 1", "-9223372036854775808"),
        ("-14 % 12", "10"),
        ("7 / 2", "3"),
        ("1 / 0", "null"),
    ]);
}

#[test]
fn a_query_stops_where_an_assertion_fails() {
    check(&[
        ("assert(1 < 2, 'no')", "True"),
        ("assert(2 < 1, 'too small')", "assert() has failed with message: 'too small'"),
        ("'a' matches regex '('", "`(` is no regular expression"),
        ("datetime_utc_to_local(now(), 'Mars/Olympus')", "there is no time zone `Mars/Olympus`"),
    ]);
}

#[test]
fn time_zones_have_summers() {
    check(&[
        ("datetime_utc_to_local(datetime(2022-07-11 22:18), 'US/Pacific')", "2022-07-11T15:18:00.0000000Z"),
        ("datetime_utc_to_local(datetime(2022-01-11 22:18), 'US/Pacific')", "2022-01-11T14:18:00.0000000Z"),
        (
            "datetime_local_to_utc(datetime(2022-03-27 02:00), 'Europe/Brussels')",
            "2022-03-27T00:00:00.0000000Z",
        ),
        (
            "datetime_local_to_utc(datetime(2022-03-27 03:00), 'Europe/Brussels')",
            "2022-03-27T01:00:00.0000000Z",
        ),
    ]);
    assert!(
        print("datetime_local_to_utc(datetime(2022-10-30 02:30), 'Europe/Brussels')").contains("came twice")
    );
}

#[test]
fn times_are_written_by_a_format() {
    check(&[
        ("format_datetime(datetime(2017-01-29 09:00:05), 'yy-MM-dd [HH:mm:ss]')", "17-01-29 [09:00:05]"),
        ("format_datetime(datetime(2017-01-29 00:00:05), 'yy-M-d [h:mm:ss tt]')", "17-1-29 [12:00:05 AM]"),
        ("format_datetime(datetime(null), 'yyyy')", ""),
        ("format_timespan(time(29.09:00:05.12345), 'ddd.h:mm:ss [fffffff]')", "029.9:00:05 [1234500]"),
        ("format_bytes(20010332, 2)", "19.08 MB"),
        ("format_bytes(1024)", "1 KB"),
    ]);
    assert!(print("format_datetime(now(), 'MMMM')").contains("`MMMM`"));
}

#[test]
fn columns_are_packed_by_their_names() {
    let run = |query: &str| {
        let program = Program::prepare(query, KqlCatalog::builtin()).unwrap();
        let table = program.run(&NoTables, RunOptions::at(DateTime::MIN)).unwrap();
        table.rows[0].last().unwrap().to_text().into_owned()
    };
    let rows = "datatable(A: string, B: long)['', 7]";
    assert_eq!(run(&format!("{rows} | extend P = pack_all()")), r#"{"A":"","B":7}"#);
    assert_eq!(run(&format!("{rows} | extend P = pack_all(true)")), r#"{"B":7}"#);
    assert_eq!(run(&format!("{rows} | extend P = bag_pack_columns(B)")), r#"{"B":7}"#);
    assert_eq!(run(&format!("{rows} | extend P = pack_array(*)")), r#"["",7]"#);
    assert_eq!(run(&format!("{rows} | summarize estimate_data_size_ = sum(estimate_data_size(*))")), "8");
    assert_eq!(run(&format!("{rows} | project iscolumnexists('C')")), "False");
    assert_eq!(run(&format!("let T = {rows}; print column_names_of(T)")), r#"["A","B"]"#);
    let binned = "set query_bin_auto_size=1h; set query_bin_auto_at=datetime(2017-01-01 00:05); \
                  print bin_auto(datetime(2017-01-01 01:04))";
    assert_eq!(run(binned), "2017-01-01T00:05:00.0000000Z");
}
