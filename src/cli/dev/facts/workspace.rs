//! What of the language a workspace of Log Analytics lacks, and the columns that it has beyond every schema.

use super::Table;
use crate::cli::dev::generated::Generated;

const OVERVIEW: &str = "azure-docs: azure-monitor/logs/log-query-overview";
const REFERENCE: &str = "KQL reference: services that the page of the plugin applies to";
const STANDARD: &str = "azure-docs: azure-monitor/logs/log-standard-columns";
const RECORDS: &str = "records as workspaces export them, in public samples";

/// Kind, name, what is known, and where that is said.
const FACTS: [(&str, &str, &str, &str); 8] = [
    ("plugin", "azure_digital_twins_query_request", "elsewhere", REFERENCE),
    ("plugin", "mysql_request", "elsewhere", REFERENCE),
    ("plugin", "postgresql_request", "elsewhere", REFERENCE),
    ("plugin", "python", "unsupported", OVERVIEW),
    ("plugin", "sql_request", "unsupported", OVERVIEW),
    ("column", "_Internal_WorkspaceResourceId", "hidden", RECORDS),
    ("column", "_ItemId", "hidden", RECORDS),
    ("column", "_TimeReceived", "hidden", STANDARD),
];

/// One record a plugin or column.
pub(super) fn table() -> Generated {
    let head = [
        ("source", "Microsoft's documentation of Azure Monitor and KQL, and exported records"),
        ("version", "2026-11-25"),
        ("terms", "facts alone"),
    ];
    let mut table = Table::new(&head, &["kind", "name", "state", "source"]);
    for (kind, name, state, source) in FACTS {
        table.row(&[kind, name, state, source]);
    }
    table.finish("kql_workspace")
}
