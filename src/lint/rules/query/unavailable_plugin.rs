//! PK213: a plugin that a workspace does not have.

use crate::catalog::kql::{Absence, WorkspaceFacts};
use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::EvaluateOperator;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

declare_lint! {
    /// ## What it does
    /// Reports `evaluate` with a plugin that a workspace of Log Analytics does not support, `python` and `sql_request`,
    /// and, as a warning, with one that is documented for Azure Data Explorer alone, such as `mysql_request`.
    ///
    /// ## Why is this bad
    /// The service refuses the query.
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

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for evaluate in analysis.tree.root().descendants().filter_map(EvaluateOperator::cast) {
        let name = evaluate.call().name().syntax();
        let plugin = name.text().trim();
        let Some(absence) = WorkspaceFacts::get().lacks_plugin(plugin) else { continue };
        let (severity, message) = match absence {
            Absence::Unsupported => {
                (UNAVAILABLE_PLUGIN.level, format!("a workspace does not have the plugin `{plugin}`"))
            }
            Absence::Elsewhere => (
                Severity::Warning,
                format!("the plugin `{plugin}` is one of Azure Data Explorer, not of a workspace"),
            ),
        };
        found.push(
            Diagnostic::new(UNAVAILABLE_PLUGIN.code, severity, analysis.span(name.range()), message)
                .with_help("do without it, or prepare the data before it is ingested"),
        );
    }
}
