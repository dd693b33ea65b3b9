//! Tables with their columns.
//!
//! A column is written `name:type`, the type left out where it is `string`, or as a number in base 36 where it is one of
//! the shared columns, which many tables have. A mark behind it says which product has it, where the table is in both: `+` both, `!` Advanced Hunting only.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::cli::dev::facts::Table;
use crate::cli::dev::generated::Generated;

/// `facts/tables.json`
#[derive(Debug, Deserialize)]
pub(in crate::cli::dev::facts) struct Input {
    tables: Vec<Record>,
}

type Column = (String, String);

#[derive(Debug, Deserialize)]
struct Record {
    name: String,
    products: Vec<String>,
    kind: String,
    columns: Vec<Column>,
    #[serde(default)]
    columns_advanced_hunting: Vec<Column>,
    #[serde(default)]
    basic_logs: bool,
}

/// A column is shared when so many tables have it.
const SHARED_BY: usize = 3;

const HEAD: [(&str, &str); 3] = [
    (
        "source",
        "Azure Monitor's and Defender XDR's table references, by way of sentinelninja (4167c9c), KQLAnalyzer (447cd18) and defender-docs; custom tables from Azure-Sentinel (5b23095)",
    ),
    ("version", "2026-08-14"),
    ("terms", "MIT; Apache-2.0; CC BY 4.0"),
];

/// The shared columns, the most frequent first.
pub(in crate::cli::dev::facts) fn columns(input: &Input) -> Generated {
    let mut table = Table::new(&HEAD, &["name", "type"]);
    for (name, scalar) in shared(input) {
        table.row(&[name, scalar]);
    }
    table.finish_in_order("kql_columns")
}

/// One record a table, in the order of the facts, which is the order wildcards expand in.
pub(in crate::cli::dev::facts) fn tables(input: &Input) -> Generated {
    let shared: HashMap<Pair<'_>, usize> =
        shared(input).into_iter().enumerate().map(|(index, pair)| (pair, index)).collect();
    let mut table = Table::new(&HEAD, &["name", "products", "kind", "flags", "columns"]);
    for record in &input.tables {
        let has = |product: &str| record.products.iter().any(|name| name == product);
        let products = match (has("log_analytics"), has("advanced_hunting")) {
            (true, true) => "both",
            (true, false) => "log_analytics",
            (false, _) => "advanced_hunting",
        };
        let columns: Vec<String> = union(record)
            .into_iter()
            .map(|(pair, mark)| match shared.get(&pair) {
                Some(index) => format!("{}{mark}", base36(*index)),
                None if pair.1 == "string" => format!("{}:{mark}", pair.0),
                None => format!("{}:{}{mark}", pair.0, pair.1),
            })
            .collect();
        let flags = if record.basic_logs { "basic" } else { "" };
        table.row(&[&record.name, products, &record.kind, flags, &columns.join(" ")]);
    }
    table.finish_in_order("kql_tables")
}

type Pair<'a> = (&'a str, &'a str);

/// The columns of both products, Log Analytics' first and with its types.
fn union(record: &Record) -> Vec<(Pair<'_>, &'static str)> {
    let hunting = &record.columns_advanced_hunting;
    let mut columns: Vec<(Pair<'_>, &str)> = Vec::new();
    for (name, scalar) in &record.columns {
        let mark = if hunting.iter().any(|(other, _)| other == name) { "+" } else { "" };
        columns.push(((name, scalar), mark));
    }
    for (name, scalar) in hunting {
        if !record.columns.iter().any(|(other, _)| other == name) {
            columns.push(((name, scalar), "!"));
        }
    }
    columns
}

fn shared(input: &Input) -> Vec<Pair<'_>> {
    let mut counts: BTreeMap<Pair<'_>, usize> = BTreeMap::new();
    for (pair, _) in input.tables.iter().flat_map(union) {
        *counts.entry(pair).or_default() += 1;
    }
    let mut frequent: Vec<(Pair<'_>, usize)> =
        counts.into_iter().filter(|(_, count)| *count >= SHARED_BY).collect();
    frequent.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    frequent.into_iter().map(|(pair, _)| pair).collect()
}

fn base36(mut number: usize) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(DIGITS[number % 36]));
        number /= 36;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}
