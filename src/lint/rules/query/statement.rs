//! PK214: a statement that only Azure Data Explorer takes.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::nodes::QueryBlock;
use crate::kql::syntax::{NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

declare_lint! {
    /// ## What it does
    /// Reports `declare query_parameters`, `alias database` and `restrict access` in a query.
    ///
    /// ## Why is this bad
    /// They are for clients and databases of Azure Data Explorer. A rule has no client that gives parameters, and one database.
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
    ///   declare query_parameters(code: int = 50126);
    ///   SigninLogs
    ///   | where ResultType == code
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
    ///   let code = 50126;
    ///   SigninLogs
    ///   | where ResultType == code
    /// ```
    pub(in crate::lint) static UNAVAILABLE_STATEMENT: "PK214", "unavailable-statement", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for statement in QueryBlock::of_slot(analysis.tree.root()).statements().iter() {
        let (what, help) = match statement.kind() {
            NodeKind::QueryParametersStatement => {
                ("`declare query_parameters`", "declare the value with `let`")
            }
            NodeKind::AliasStatement => ("`alias database`", "name the tables themselves"),
            NodeKind::RestrictStatement => ("`restrict access`", "remove it"),
            _ => continue,
        };
        let message = format!("a workspace does not take the statement {what}");
        found.push(UNAVAILABLE_STATEMENT.at(analysis.span(statement.range()), message).with_help(help));
    }
}
