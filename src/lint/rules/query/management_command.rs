//! PK205: a management command in a rule.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::NodeKind;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

declare_lint! {
    /// ## What it does
    /// Reports a management command, such as `.show tables`, in place of a query.
    ///
    /// ## Why is this bad
    /// Commands manage a database. The service takes queries only.
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
    ///   .show tables
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
    ///   | where ResultType == 50126
    /// ```
    pub(in crate::lint) static MANAGEMENT_COMMAND: "PK205", "management-command", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let nodes = analysis.tree.root().descendants();
    for command in nodes.filter(|node| node.kind() == NodeKind::Command) {
        found.push(
            MANAGEMENT_COMMAND
                .at(analysis.span(command.range()), "a management command is no query")
                .with_help("write a query that returns the rows to report"),
        );
    }
}
