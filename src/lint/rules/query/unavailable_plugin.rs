//! PK213: a plugin that a workspace does not have.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::EvaluateOperator;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

declare_lint! {
    /// ## What it does
    /// Reports `evaluate` with a plugin that runs code or reaches for another database: `python`, `r`, `sql_request` and their
    /// like.
    ///
    /// ## Why is this bad
    /// A workspace of Log Analytics does not have them, and the service refuses the query.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: |
    ///   SigninLogs
    ///   | evaluate python(typeof(*), "result = df")
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: |
    ///   SigninLogs
    ///   | evaluate autocluster()
    /// ```
    pub(in crate::lint) static UNAVAILABLE_PLUGIN: "PK213", "unavailable-plugin", Severity::Error, since "0.1.0", confidence Medium
}

/// The plugins that run code, or reach for something outside.
const UNAVAILABLE: [&str; 8] = [
    "python",
    "r",
    "csharp",
    "sql_request",
    "mysql_request",
    "postgresql_request",
    "cosmosdb_sql_request",
    "azure_digital_twins_query_request",
];

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for evaluate in analysis.tree.root().descendants().filter_map(EvaluateOperator::cast) {
        let name = evaluate.call().name().syntax();
        let plugin = name.text().trim();
        if UNAVAILABLE.contains(&plugin) {
            let message = format!("a workspace does not have the plugin `{plugin}`");
            found.push(
                UNAVAILABLE_PLUGIN
                    .at(analysis.span(name.range()), message)
                    .with_help("do without it, or prepare the data before it is ingested"),
            );
        }
    }
}
