//! PK204: a database of another cluster.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::nodes::{FunctionCall, PathExpression};
use crate::kql::syntax::{Node, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

use super::calls::calls;

declare_lint! {
    /// ## What it does
    /// Reports `cluster(…)` and `database(…)`.
    ///
    /// ## Why is this bad
    /// A workspace is no cluster of Azure Data Explorer, and the service refuses the query. The tables of another workspace are
    /// read with `workspace(…)`.
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
    ///   cluster("soc").database("logs").SigninLogs
    ///   | where ResultType == 50126
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
    ///   workspace("soc-logs").SigninLogs
    ///   | where ResultType == 50126
    /// ```
    pub(in crate::lint) static OTHER_CLUSTER: "PK204", "other-cluster", Severity::Error, since "0.1.0"
}

/// The functions that lead out of the workspace and are refused.
const REFUSED: [&str; 2] = ["cluster", "database"];

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (name, call) in calls(analysis) {
        if !REFUSED.contains(&name) || leads_on(call) {
            continue;
        }
        let message = format!("`{name}(…)` leads out of the workspace, which the service refuses");
        found.push(
            OTHER_CLUSTER
                .at(analysis.span(call.syntax().range()), message)
                .with_help("read tables of another workspace with `workspace(\"name\").Table`"),
        );
    }
}

/// Whether `call` is the `database(…)` of a `cluster(…)`, which was reported.
fn leads_on(call: FunctionCall<'_>) -> bool {
    let is_selector = |path: PathExpression<'_>| path.selector() == call.syntax();
    let path = call.syntax().parent().and_then(PathExpression::cast).filter(|path| is_selector(*path));
    path.is_some_and(|path| FunctionCall::cast(innermost(path.expression())).is_some())
}

fn innermost(node: Node<'_>) -> Node<'_> {
    let mut node = node;
    while let Some(path) = PathExpression::cast(node) {
        node = path.expression();
    }
    node
}
