//! Lints of data connectors and of the tables they fill.

mod basic_table;
mod defender_column;
mod deprecated_connector;
mod duplicate_connector;
mod hunting_only;
mod retired_table;
mod table_without_connector;
mod unknown_connector;
mod unknown_data_type;
mod unread_connector;
mod workspace_parser;

use super::Lint;
use crate::lint::analysis::Analysis;

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[
    Lint::rule(&unknown_connector::UNKNOWN_CONNECTOR, unknown_connector::check),
    Lint::rule(&unknown_data_type::UNKNOWN_DATA_TYPE, unknown_data_type::check),
    Lint::query(&unread_connector::UNREAD_CONNECTOR, unread_connector::check),
    Lint::query(&table_without_connector::TABLE_WITHOUT_CONNECTOR, table_without_connector::check),
    Lint::rule(&duplicate_connector::DUPLICATE_CONNECTOR, duplicate_connector::check),
    Lint::rule(&deprecated_connector::DEPRECATED_CONNECTOR, deprecated_connector::check),
    Lint::query(&retired_table::RETIRED_TABLE, retired_table::check),
    Lint::query(&basic_table::BASIC_TABLE, basic_table::check),
    Lint::query(&hunting_only::HUNTING_ONLY_TABLE, hunting_only::check_tables),
    Lint::query(&hunting_only::HUNTING_ONLY_COLUMN, hunting_only::check_columns),
    Lint::query(&defender_column::DEFENDER_COLUMN, defender_column::check),
    Lint::query(&workspace_parser::WORKSPACE_PARSER, workspace_parser::check),
];

pub(super) use defender_column::meant as meant_column;

/// The table of a data type: `SecurityAlert` of `SecurityAlert (ASC)`.
fn base(data_type: &str) -> &str {
    data_type.split_once('(').map_or(data_type, |(table, _)| table).trim()
}

/// The tables and functions that the query reads, where all of them are known.
fn sources<'a>(analysis: &'a Analysis<'_>) -> Option<Vec<&'a str>> {
    let uses = analysis.uses();
    if analysis.has_errors() || uses.by_wildcard || !uses.unknown.is_empty() {
        return None;
    }
    // Parsers of solutions are known by one version each, and unifying ones read what the workspace feeds them.
    if uses.product_functions.keys().any(|name| name != "_GetWatchlist") {
        return None;
    }
    let names = uses.tables.keys().chain(uses.stored_functions.keys());
    let names: Vec<&str> = names.map(String::as_str).collect();
    (!uses.tables.is_empty()).then_some(names)
}
