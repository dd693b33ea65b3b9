//! PK212: data from outside in a rule.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::NodeKind;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::rule::RuleKind;

declare_lint! {
    /// ## What it does
    /// Reports `externaldata` in the query of an analytics rule.
    ///
    /// ## Why is this bad
    /// Each run fetches the file. While it cannot be had the rule fails, and when someone else changes it the rule finds
    /// something else.
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
    ///   let known = externaldata(Address: string) ["https://example.com/list.csv"] with (format="csv");
    ///   SigninLogs
    ///   | where IPAddress in (known)
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
    ///   let known = _GetWatchlist("addresses") | project SearchKey;
    ///   SigninLogs
    ///   | where IPAddress in (known)
    /// ```
    pub(in crate::lint) static EXTERNAL_DATA: "PK212", "external-data", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.rule.kind == RuleKind::Hunting {
        return;
    }
    let nodes = analysis.tree.root().descendants();
    for node in nodes.filter(|node| node.kind() == NodeKind::ExternalDataExpression) {
        found.push(
            EXTERNAL_DATA
                .at(analysis.span(node.range()), "the rule depends on a file that is fetched on every run")
                .with_help("keep the data in a watchlist of the workspace"),
        );
    }
}
