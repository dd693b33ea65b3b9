//! Data connectors with the tables and data types they bring.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Table;
use crate::cli::dev::generated::Generated;

/// `facts/connectors.json`
#[derive(Debug, Deserialize)]
pub(super) struct Input {
    connectors: Vec<Connector>,
}

#[derive(Debug, Deserialize)]
struct Connector {
    id: String,
    valid_list: bool,
    #[serde(default)]
    title: String,
    #[serde(default)]
    defined: bool,
    #[serde(default)]
    deprecated: bool,
    #[serde(default)]
    tables: Vec<String>,
    #[serde(default)]
    data_types: BTreeMap<String, u64>,
}

/// One record a connector id.
pub(super) fn table(input: &Input) -> Generated {
    let head = [
        (
            "source",
            "connector definitions and ValidConnectorIds.json of Azure-Sentinel (b188254), by way of sentinelninja (4167c9c); data types as rule files of Azure-Sentinel (5b23095) write them",
        ),
        ("version", "2026-08-14"),
        ("terms", "MIT; Apache-2.0"),
    ];
    let mut table = Table::new(&head, &["id", "title", "state", "tables", "data_types"]);
    for connector in &input.connectors {
        // What the id is known from, most telling first.
        let state = match (connector.deprecated, connector.valid_list, connector.defined) {
            (true, _, _) => "deprecated",
            (false, true, _) => "listed",
            (false, false, true) => "defined",
            (false, false, false) => "used",
        };
        let data_types: Vec<&str> = connector.data_types.keys().map(String::as_str).collect();
        table.row(&[
            &connector.id,
            &connector.title,
            state,
            &connector.tables.join(","),
            &data_types.join(","),
        ]);
    }
    table.finish("connectors")
}
