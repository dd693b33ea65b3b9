//! PK207: a query of several results.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::{ExpressionStatement, QueryBlock};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

declare_lint! {
    /// ## What it does
    /// Reports a query with more than one statement that returns rows.
    ///
    /// ## Why is this bad
    /// A rule makes alerts of one table of rows. What the other statements return is lost.
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
    ///   | where ResultType == 50126;
    ///   AADNonInteractiveUserSignInLogs
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
    ///   union SigninLogs, AADNonInteractiveUserSignInLogs
    ///   | where ResultType == 50126
    /// ```
    pub(in crate::lint) static SEVERAL_RESULTS: "PK207", "several-results", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.has_errors() {
        return;
    }
    let statements = QueryBlock::of_slot(analysis.tree.root()).statements().iter();
    let results: Vec<_> = statements.filter_map(ExpressionStatement::cast).collect();
    let [first, others @ ..] = results.as_slice() else { return };
    for other in others {
        found.push(
            SEVERAL_RESULTS
                .at(analysis.span(other.expression().range()), "the query returns a further table of rows")
                .with_secondary(analysis.span(first.expression().range()), "the first")
                .with_help("join the rows with `union`, or make a rule of each"),
        );
    }
}
