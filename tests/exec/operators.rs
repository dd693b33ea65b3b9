//! Operators, aggregates, window functions and plugins, as queries use them.

use std::sync::Arc;

use picket::catalog::kql::KqlCatalog;
use picket::exec::value::{DateTime, Value};
use picket::exec::{Field, Program, RunOptions, Scan, ScanSource, Schema, Table, Tables};

/// The rows that the queries here can read.
struct Given;

impl Tables for Given {
    fn rows(&self, scan: &Scan) -> Result<Option<Arc<Table>>, String> {
        let ScanSource::External(address) = &scan.source else {
            return match &scan.source {
                ScanSource::Table(name) if &**name == "Known_CL" => Ok(Some(Arc::new(known()))),
                ScanSource::Watchlist(_) => Ok(Some(Arc::new(known()))),
                _ => Ok(None),
            };
        };
        let rows = vec![vec![Value::string(address), Value::Long(7)]];
        Ok(Some(Arc::new(Table::new(scan.schema.clone(), rows))))
    }

    fn names(&self) -> Vec<Arc<str>> {
        vec![Arc::from("Known_CL")]
    }
}

/// A table whose columns the catalogue does not know.
fn known() -> Table {
    let text = |name| Field::new(name, picket::catalog::ScalarType::String);
    let schema =
        Schema::new([text("user_s"), text("host_s"), Field::new("at_d", picket::catalog::ScalarType::Long)]);
    let row = |user, host, at| vec![Value::string(user), Value::string(host), Value::Long(at)];
    Table::new(schema, vec![row("ada", "h1", 1), row("ada", "h2", 3), row("bob", "h3", 2)])
}

/// The result of a query: a line for its columns, then one for each row; or what stopped it.
pub(super) fn run(query: &str) -> Vec<String> {
    let program = match Program::prepare(query, KqlCatalog::builtin()) {
        Ok(program) => program,
        Err(findings) => return findings.iter().map(|finding| finding.message.clone()).collect(),
    };
    let now = DateTime::parse("2026-11-30T12:00:00Z").expect("a time");
    match program.run(&Given, RunOptions::at(now)) {
        Err(error) => vec![error.message],
        Ok(table) => {
            let cell = |value: &Value| {
                if value.is_null() { "null".to_owned() } else { value.to_text().into_owned() }
            };
            let names: Vec<&str> = table.schema.fields.iter().map(|field| &*field.name).collect();
            let rows = table.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" | "));
            std::iter::once(names.join(" | ")).chain(rows).collect()
        }
    }
}

#[track_caller]
pub(super) fn check(query: &str, expected: &[&str]) {
    assert_eq!(run(query), expected, "{query}");
}

// Aggregates.

#[test]
fn sets_and_lists_take_arrays_apart() {
    let rows = "datatable(a: dynamic)[dynamic([1, 2]), dynamic([2, 3]), dynamic(null)]";
    check(
        &format!("{rows} | summarize make_set(a), make_list(a)"),
        &["set_a | list_a", "[1,2,3] | [1,2,2,3]"],
    );
    check(
        "datatable(a: string)['', 'x', ''] | summarize make_set(a), make_list(a, 2)",
        &["set_a | list_a", "[\"\",\"x\"] | [\"\",\"x\"]"],
    );
    check(
        "datatable(a: long, b: bool)[1, true, 2, false] | summarize make_list_if(a, b), make_set_if(a, not(b))",
        &["list_a | set_a", "[1] | [2]"],
    );
    check("datatable(a: long)[1, long(null)] | summarize make_list_with_nulls(a)", &["list_a", "[1,null]"]);
}

#[test]
fn bags_are_joined_and_described() {
    let rows = "datatable(a: dynamic)[dynamic({'x': 1}), dynamic({'x': 2, 'y': [1, 'a']}), dynamic(5)]";
    check(&format!("{rows} | summarize make_bag(a)"), &["bag_a", r#"{"x":1,"y":[1,"a"]}"#]);
    check(
        &format!("{rows} | summarize buildschema(a)"),
        &["schema_a", r#"[{"x":"long","y":{"`indexer`":["long","string"]}},"long"]"#],
    );
}

#[test]
fn spread_of_one_value_is_none() {
    check(
        "print x = 5 | summarize stdev(x), variance(x), variancep(x)",
        &["stdev_x | variance_x | variancep_x", "0.0 | 0.0 | 0.0"],
    );
    check(
        "range x from 1 to 5 step 1 | summarize variance(x), variancep(x)",
        &["variance_x | variancep_x", "2.5 | 2.0"],
    );
    check(
        "print d = 1d | summarize stdev(d)",
        &["not supported offline: `stdev` of values of type `timespan`"],
    );
}

#[test]
fn no_rows_give_the_defaults_of_aggregates() {
    check(
        "datatable(x: long)[] | summarize count(), sum(x), avg(x), stdev(x), max(x), make_list(x), percentile(x, 50), hll(x)",
        &[
            "count_ | sum_x | avg_x | stdev_x | max_x | list_x | percentile_x_50 | hll_x",
            "0 | 0 | NaN | 0.0 | null | [] | null | null",
        ],
    );
    check("datatable(x: long)[] | summarize count() by x", &["x | count_"]);
}

#[test]
fn percentiles_are_values_of_the_nearest_rank() {
    check(
        "range x from 1 to 10 step 1 | summarize percentiles(x, 0, 50, 95), percentiles_array(x, 25, 75)",
        &["percentile_x_0 | percentile_x_50 | percentile_x_95 | percentiles_x", "1 | 5 | 10 | [3,8]"],
    );
    check(
        "datatable(v: long, w: long)[1, 1, 2, 8, 3, 1] | summarize percentilew(v, w, 50)",
        &["percentile_v_50", "2"],
    );
}

#[test]
fn states_are_read_by_their_functions() {
    check(
        "range x from 1 to 10 step 1 | summarize a = hll(x), b = hll(x + 5) | project dcount_hll(a), dcount_hll(hll_merge(a, b))",
        &["dcount_hll_a | dcount_hll_hll_merged_result", "10 | 15"],
    );
    check(
        "range x from 1 to 4 step 1 | summarize t = tdigest(x) | project p = percentile_tdigest(t, 50, typeof(long)), r = rank_tdigest(t, 3)",
        &["p | r", "2 | 3.0"],
    );
}

#[test]
fn a_row_is_chosen_with_its_other_columns() {
    let rows = "datatable(k: string, v: int, o: string)['a', 1, 'x', 'a', 2, 'y', 'b', int(null), 'z', 'b', int(null), 'w']";
    check(&format!("{rows} | summarize arg_max(v, *) by k"), &["k | v | o", "a | 2 | y", "b | null | z"]);
    check(&format!("{rows} | summarize arg_min(v, o) by k"), &["k | v | o", "a | 1 | x", "b | null | z"]);
    check(
        &format!("{rows} | summarize (latest, other) = arg_max(v, o) by k"),
        &["k | latest | other", "a | 2 | y", "b | null | z"],
    );
    check(&format!("{rows} | summarize take_any(*) by k"), &["k | v | o", "a | 1 | x", "b | null | z"]);
    check(&format!("{rows} | summarize take_anyif(o, v > 1) by k"), &["k | o", "a | y", "b | "]);
}

#[test]
fn columns_that_only_the_rows_tell_come_along_with_a_star() {
    check(
        "_GetWatchlist('known') | summarize arg_max(at_d, *) by user_s",
        &[
            "user_s | at_d | _DTItemId | LastUpdatedTimeUTC | SearchKey | WatchlistItem | host_s",
            "ada | 3 |  | null |  | null | h2",
            "bob | 2 |  | null |  | null | h3",
        ],
    );
    check(
        "print b = dynamic({'p': 1, 'q': 'x'}), k = 1 | evaluate bag_unpack(b) | summarize arg_max(k, *)",
        &["k | p | q", "1 | 1 | x"],
    );
}

#[test]
fn times_and_spans_have_means() {
    check(
        "datatable(t: datetime, s: timespan)[datetime(2026-01-01), 1h, datetime(2026-01-03), 3h] | summarize avg(t), avg(s), sum(s)",
        &["avg_t | avg_s | sum_s", "2026-01-02T00:00:00.0000000Z | 02:00:00 | 04:00:00"],
    );
}

#[test]
fn bits_are_joined() {
    check(
        "datatable(x: long)[12, 10] | summarize binary_all_and(x), binary_all_or(x), binary_all_xor(x)",
        &["x | x1 | x2", "8 | 14 | 6"],
    );
}

// Window functions.

#[test]
fn rows_look_at_each_other() {
    check(
        "range x from 1 to 4 step 1 | serialize p = prev(x), n = next(x, 1, 0), c = row_cumsum(x, x == 3), r = row_number(10)",
        &[
            "x | p | n | c | r",
            "1 | null | 2 | 1 | 10",
            "2 | 1 | 3 | 3 | 11",
            "3 | 2 | 4 | 3 | 12",
            "4 | 3 | 0 | 7 | 13",
        ],
    );
    check(
        "datatable(x: long)[5, 5, 7, 9] | serialize | extend d = row_rank_dense(x), m = row_rank_min(x)",
        &["x | d | m", "5 | 1 | 1", "5 | 1 | 1", "7 | 2 | 3", "9 | 3 | 4"],
    );
    check(
        "datatable(t: datetime)[datetime(2026-01-01 00:00), datetime(2026-01-01 00:04), datetime(2026-01-01 00:09)] \
         | serialize | extend s = row_window_session(t, 1h, 5m) | project s",
        &[
            "s",
            "2026-01-01T00:00:00.0000000Z",
            "2026-01-01T00:00:00.0000000Z",
            "2026-01-01T00:09:00.0000000Z",
        ],
    );
}

// Joins and unions.

#[test]
fn each_kind_of_join_has_its_rows_and_columns() {
    let join = |kind: &str| {
        run(&format!(
            "let X = datatable(k: string, a: long)['a', 1, 'b', 2, 'b', 3]; \
             let Y = datatable(k: string, b: long)['b', 10, 'c', 20]; X | join kind={kind} Y on k"
        ))
    };
    assert_eq!(join("innerunique"), ["k | a | k1 | b", "b | 2 | b | 10"]);
    assert_eq!(join("inner"), ["k | a | k1 | b", "b | 2 | b | 10", "b | 3 | b | 10"]);
    assert_eq!(join("leftouter"), ["k | a | k1 | b", "a | 1 |  | null", "b | 2 | b | 10", "b | 3 | b | 10"]);
    assert_eq!(
        join("rightouter"),
        ["k | a | k1 | b", "b | 2 | b | 10", "b | 3 | b | 10", " | null | c | 20"]
    );
    assert_eq!(
        join("fullouter"),
        ["k | a | k1 | b", "a | 1 |  | null", "b | 2 | b | 10", "b | 3 | b | 10", " | null | c | 20"]
    );
    assert_eq!(join("leftsemi"), ["k | a", "b | 2", "b | 3"]);
    assert_eq!(join("leftanti"), ["k | a", "a | 1"]);
    assert_eq!(join("rightsemi"), ["k | b", "b | 10"]);
    assert_eq!(join("rightanti"), ["k | b", "c | 20"]);
}

#[test]
fn nulls_meet_nothing_in_a_join() {
    check(
        "datatable(a: long)[1, long(null)] | join kind=inner (datatable(b: long)[1, long(null)]) on $left.a == $right.b",
        &["a | b", "1 | 1"],
    );
}

#[test]
fn a_union_names_its_tables_and_splits_names_with_several_types() {
    check(
        "let V1 = view () { print x = 1 }; let V2 = view () { print x = 'a' }; union withsource=T V1, V2, (print x = 2 | as Named), (print x = 3)",
        &["T | x_long | x_string", "V1 | 1 | ", "V2 | null | a", "Named | 2 | ", "union_arg3 | 3 | "],
    );
    check("union kind=inner (print a = 1, b = 2), (print b = 3, c = 4)", &["b", "2", "3"]);
    check("union isfuzzy=true (print a = 1), NoSuchTable", &["a", "1"]);
}

// Arrays.

#[test]
fn arrays_become_rows() {
    check(
        "datatable(k: long, a: dynamic)[1, dynamic([1, 2]), 2, dynamic([]), 3, dynamic(null)] | mv-expand with_itemindex=i a",
        &["k | a | i", "1 | 1 | 0", "1 | 2 | 1", "3 | null | 0"],
    );
    check(
        "print a = dynamic([1, 2, 3]), b = dynamic(['x']) | mv-expand a to typeof(long), b to typeof(string) limit 2",
        &["a | b", "1 | x", "2 | "],
    );
    check("print a = dynamic({'p': 1}) | mv-expand kind=array a", &["a", "[\"p\",1]"]);
    check("print a = dynamic(['1', 2]) | mv-expand a to typeof(long)", &["a", "null", "2"]);
    check(
        "datatable(k: long, a: dynamic)[1, dynamic([3, 1, 2])] | mv-apply e = a to typeof(long) on (top 1 by e | project m = e)",
        &["k | a | m", "1 | [3,1,2] | 3"],
    );
}

// Text.

#[test]
fn patterns_are_read_strictly_loosely_or_as_expressions() {
    let rows = "datatable(t: string)['id=5 user=ada x', 'id=five user=bob y', 'none']";
    check(
        &format!("{rows} | parse t with 'id=' id: long ' user=' user ' ' * | project id, user"),
        &["id | user", "5 | ada", "null | ", "null | "],
    );
    check(
        &format!("{rows} | parse kind=relaxed t with 'id=' id: long ' user=' user ' ' * | project id, user"),
        &["id | user", "5 | ada", "null | bob", "null | "],
    );
    check(
        &format!("{rows} | parse-where t with * 'user=' user ' ' rest | project user, rest"),
        &["user | rest", "ada | x", "bob | y"],
    );
    check(
        "print t = 'a1b22c' | parse kind=regex flags=i t with 'A' one: long '[A-Z]' two: long * | project one, two",
        &["one | two", "1 | 22"],
    );
}

#[test]
fn keys_and_values_are_read() {
    check(
        "print t = 'a=1, b=\"x, y\", c' | parse-kv t as (b: string, a: long, c: string) with (pair_delimiter=',', kv_delimiter='=', quote='\"') | project-away t",
        &["b | a | c", "x, y | 1 | "],
    );
    check(
        "print t = '[INFO] Id:45, Name: Bob' | parse-kv t as (Id: long, Name: string) | project-away t",
        &["Id | Name", "45 | Bob"],
    );
    check(
        "print t = 'k1->v1;k2->v2' | parse-kv t as (k2: string) with (regex=@'(\\w+)->(\\w+)') | project-away t",
        &["k2", "v2"],
    );
}

#[test]
fn a_search_looks_at_every_column() {
    let rows = "datatable(a: string, b: string)['red fox', '', 'blue', 'Fox', 'foxes', 'x']";
    check(&format!("{rows} | search 'fox'"), &["$table | a | b", " | red fox | ", " | blue | Fox"]);
    check(&format!("{rows} | search kind=case_sensitive 'Fox'"), &["$table | a | b", " | blue | Fox"]);
    check(
        &format!("{rows} | search 'fox*' and not(b == 'x')"),
        &["$table | a | b", " | red fox | ", " | blue | Fox"],
    );
    check(&format!("{rows} | search a: 'fox'"), &["$table | a | b", " | red fox | "]);
    check(&format!("{rows} | where * has 'blue'"), &["a | b", "blue | Fox"]);
    check("search 'h2'", &["$table | user_s | host_s | at_d", "Known_CL | ada | h2 | 3"]);
    check(
        "let T = datatable(a: string, b: long)['x', 1, 'y', 2]; find in (T) where a == 'x' project a",
        &["source_ | a", "T | x"],
    );
}

// Series, sequences, hierarchies.

#[test]
fn series_have_a_value_for_each_step() {
    let rows = "datatable(t: datetime, v: long)[datetime(2026-01-01 05:00), 1, datetime(2026-01-03), 5, datetime(2026-01-09), 9]";
    check(
        &format!(
            "{rows} | make-series s = sum(v) default = -1 on t from datetime(2026-01-01) to datetime(2026-01-04) step 1d | project s"
        ),
        &["s", "[1,-1,5]"],
    );
    check(
        &format!(
            "{rows} | make-series count() on t in range(datetime(2026-01-02), datetime(2026-01-03), 1d)"
        ),
        &["count_ | t", "[0,1] | [\"2026-01-02T00:00:00.0000000Z\",\"2026-01-03T00:00:00.0000000Z\"]"],
    );
    check("range x from 1 to 3 step 1 | make-series count() on x step 2", &["count_ | x", "[1,2] | [0,2]"]);
    check(
        "range x from 1 to 3 step 1 | take 0 | make-series count() on x from 0 to 2 step 1 | count",
        &["Count", "0"],
    );
    check(
        "range x from 1 to 3 step 1 | make-series count() on x from 0 to 9000000 step 1",
        &["a series has 9000000 steps here, and 1048576 are the most"],
    );
}

#[test]
fn sequences_are_found_by_steps() {
    let rows = "datatable(t: long, e: string)[1, 'start', 2, 'x', 3, 'stop', 4, 'y', 5, 'start', 6, 'stop']";
    check(
        &format!(
            "{rows} | sort by t asc | scan with_match_id=id declare (began: long) with (step s1: e == 'start' => began = t; step s2: e == 'stop' => began = s1.began;)"
        ),
        &[
            "t | e | began | id",
            "1 | start | 1 | 0",
            "3 | stop | 1 | 0",
            "5 | start | 5 | 1",
            "6 | stop | 5 | 1",
        ],
    );
    check(
        &format!(
            "{rows} | sort by t asc | scan with (step any output=last: true; step end output=none: e == 'stop';) | project t"
        ),
        &["t", "2", "5", "6"],
    );
}

#[test]
fn top_values_are_found_within_those_above() {
    let rows = "datatable(a: string, b: string, v: long)['x', 'p', 1, 'x', 'q', 5, 'y', 'p', 2, 'z', 'r', 1]";
    check(
        &format!(
            "{rows} | top-nested 1 of a with others = 'rest' by s = sum(v), top-nested 1 of b by sum(v)"
        ),
        &["a | s | b | aggregated_b", "x | 6 | q | 5", "rest | 3 |  | null"],
    );
    check(&format!("{rows} | top-hitters 1 of b"), &["b | approximate_count_b", "p | 2"]);
    check(&format!("{rows} | top-hitters 1 of b by v"), &["b | approximate_sum_v", "q | 5"]);
}

#[test]
fn parts_of_rows_have_queries_of_their_own() {
    let rows = "datatable(k: string, v: long)['a', 1, 'b', 5, 'a', 3]";
    check(&format!("{rows} | partition by k (top 1 by v)"), &["k | v", "a | 3", "b | 5"]);
    check(
        "range k from 1 to 2 step 1 | partition hint.strategy=legacy by k { datatable(n: long)[1, 2, 2] | where n == k | count }",
        &["Count", "1", "2"],
    );
    check(
        "range k from 1 to 65 step 1 | partition by k (count)",
        &["`partition` makes 65 parts here, and without `hint.strategy=native` 64 are the most"],
    );
    check(&format!("{rows} | fork (where v > 4) (count)"), &["k | v", "b | 5"]);
    check(&format!("{rows} | facet by k"), &["k | count_k", "a | 2", "b | 1"]);
}

#[test]
fn samples_are_rows_of_the_input() {
    check(
        "range x from 1 to 100 step 1 | sample 5 | summarize dcount(x), min(x) >= 1, max(x) <= 100",
        &["dcount_x | Column1 | Column2", "5 | True | True"],
    );
    check("datatable(x: long)[1, 1, 2, 3] | sample-distinct 2 of x | count", &["Count", "2"]);
}

#[test]
fn schemas_are_rows_and_can_be_asserted() {
    check(
        "print a = 1, b = 'x' | getschema | project ColumnName, DataType, ColumnType",
        &["ColumnName | DataType | ColumnType", "a | System.Int64 | long", "b | System.String | string"],
    );
    check("print a = 1, b = 'x' | getschema kind=csl", &["Schema", "a:long,b:string"]);
    check("print a = 1 | assert-schema (a: long)", &["a", "1"]);
    check(
        "print a = 1 | assert-schema (a: string)",
        &["the rows have the columns (a: long), `assert-schema` wants (a: string)"],
    );
}

// Plugins.

#[test]
fn bags_are_unpacked_into_columns() {
    let rows =
        "datatable(k: long, d: dynamic)[1, dynamic({'b': 'x', 'a': 1}), 2, dynamic({'a': 'y', 'n': null})]";
    check(
        &format!("{rows} | evaluate bag_unpack(d)"),
        &["k | a | b | n", "1 | 1 | x | null", "2 | y |  | null"],
    );
    check(
        &format!("{rows} | evaluate bag_unpack(d, 'p_')"),
        &["k | p_a | p_b | p_n", "1 | 1 | x | null", "2 | y |  | null"],
    );
    check(&format!("{rows} | evaluate bag_unpack(d) : (k: long, b: string)"), &["k | b", "1 | x", "2 | "]);
    check(
        "print a = 1, d = dynamic({'a': 2}) | evaluate bag_unpack(d)",
        &["`bag_unpack` finds a property with the name of the column `a`"],
    );
}

#[test]
fn values_of_a_column_become_columns() {
    let rows = "datatable(u: string, r: string, n: long)['ada', 'ok', 1, 'ada', 'bad', 2, 'bob', 'ok', 4]";
    check(
        &format!("{rows} | project u, r | evaluate pivot(r)"),
        &["u | ok | bad", "ada | 1 | 1", "bob | 1 | 0"],
    );
    check(&format!("{rows} | evaluate pivot(r, sum(n), u)"), &["u | ok | bad", "ada | 1 | 2", "bob | 4 | 0"]);
    check("print a = 1, b = 'x' | evaluate narrow()", &["Row | Column | Value", "0 | a | 1", "0 | b | x"]);
}

#[test]
fn addresses_are_looked_up_in_networks() {
    let nets = "let Nets = datatable(net: string, place: string)['10.0.0.0/8', 'lab', 'fe80::/10', 'link'];";
    check(
        &format!("{nets} datatable(ip: string)['10.1.2.3', '8.8.8.8'] | evaluate ipv4_lookup(Nets, ip, net)"),
        &["ip | net | place", "10.1.2.3 | 10.0.0.0/8 | lab"],
    );
    check(
        &format!(
            "{nets} datatable(ip: string)['fe80::1', '8.8.8.8'] | evaluate ipv6_lookup(Nets, ip, net, return_unmatched = true)"
        ),
        &["ip | net | place", "fe80::1 | fe80::/10 | link", "8.8.8.8 |  | "],
    );
}

#[test]
fn rows_near_a_condition_are_kept() {
    check("range x from 1 to 9 step 1 | evaluate rows_near(x == 5, 1, 2)", &["x", "4", "5", "6", "7"]);
}

// Graphs.

const GRAPH: &str = "let nodes = datatable(name: string, role: string)['a', 'user', 'b', 'host', 'c', 'host']; \
                     datatable(source: string, target: string, how: string)['a', 'b', 'rdp', 'b', 'c', 'smb', 'c', 'a', 'rdp', 'b', 'd', 'ssh'] \
                     | make-graph source --> target with nodes on name";

#[test]
fn patterns_are_found_in_graphs() {
    check(
        &format!(
            "{GRAPH} | graph-match (x)-[e]->(y)-[f]->(z) where x.role == 'user' project x.name, z.name, e.how"
        ),
        &["x_name | z_name | e_how", "a | c | rdp", "a | d | rdp"],
    );
    check(
        &format!(
            "{GRAPH} | graph-match cycles=none (x)-[p*1..3]->(y) where x.name == 'a' and all(p, how != 'ssh') project y.name, hops = map(p, how), via = map(inner_nodes(p), name)"
        ),
        &["y_name | hops | via", "b | [\"rdp\"] | []", "c | [\"rdp\",\"smb\"] | [\"b\"]"],
    );
    check(
        &format!(
            "{GRAPH} | graph-match (x)<-[e]-(y) where x.name == 'a' project y.name, i = node_degree_in(y), o = node_degree_out(y), id = node_id(y)"
        ),
        &["y_name | i | o | id", "c | 1 | 1 | c"],
    );
    check(
        &format!(
            "{GRAPH} | graph-shortest-paths (x)-[p*1..5]->(y) where x.name == 'a' and y.name == 'd' project hops = map(p, target)"
        ),
        &["hops", "[\"b\",\"d\"]"],
    );
}

#[test]
fn each_part_of_a_table_has_a_graph_of_its_own() {
    check(
        "datatable(s: string, t: string, k: long)['a', 'b', 1, 'b', 'c', 2, 'x', 'a', 1] \
         | make-graph s --> t with_node_id=n partitioned-by k (graph-match (x)-->(y)-->(z) project x.n, y.n, z.n)",
        &["x_n | y_n | z_n", "x | a | b"],
    );
}

#[test]
fn graphs_are_filtered_marked_and_turned_into_rows() {
    check(
        &format!("{GRAPH} | graph-to-table nodes"),
        &["name | role", "a | user", "b | host", "c | host", "d | "],
    );
    check(
        &format!("{GRAPH} | graph-where-nodes node_degree_in() > 0 | graph-to-table edges"),
        &["source | target | how", "a | b | rdp", "b | c | smb", "c | a | rdp", "b | d | ssh"],
    );
    check(
        &format!("{GRAPH} | graph-where-edges false | graph-mark-components | graph-to-table nodes"),
        &["name | role | ComponentId", "a | user | 0", "b | host | 1", "c | host | 2", "d |  | 3"],
    );
}

// Sources and statements.

#[test]
fn values_can_be_computed_once() {
    check("let n = toscalar(2); print a = n + toscalar(range x from 1 to 3 step 1 | count)", &["a", "5"]);
    check(
        "let g = toscalar(new_guid()); range x from 1 to 2 step 1 | extend g | summarize dcount(g)",
        &["dcount_g", "1"],
    );
    check("print t = datetime(2026 - 11 - 30)", &["t", "2026-11-30T00:00:00.0000000Z"]);
}

#[test]
fn rows_behind_addresses_are_given_by_whoever_runs_the_query() {
    check(
        "externaldata(a: string, n: long)['https://x/1', 'https://x/2'] with (format='csv') | where n == 7",
        &["a | n", "https://x/1 | 7", "https://x/2 | 7"],
    );
}

#[test]
fn patterns_and_functions_stand_for_queries() {
    check(
        "declare pattern P = (name: string)[path: string] { ('a').['one'] = { print x = 1 }; ('a').['two'] = { print x = 2, n = name }; }; P('a').two",
        &["x | n", "2 | a"],
    );
    check(
        "let f = (T: (a: long), n: long) { T | extend b = a + n }; print a = 1 | invoke f(2)",
        &["a | b", "1 | 3"],
    );
    check(
        "datatable(a1: long, b: long, a2: long)[1, 2, 3] | project-by-names 'b', dynamic(['a*', 'zz'])",
        &["b | a1 | a2", "2 | 1 | 3"],
    );
}
