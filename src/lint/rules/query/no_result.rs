//! PK206: a query that returns nothing.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::nodes::QueryBlock;
use crate::kql::syntax::{NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};

declare_lint! {
    /// ## What it does
    /// Reports a query that is empty, holds comments only, or only declares variables.
    ///
    /// ## Why is this bad
    /// The service refuses it: there are no rows to report.
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
    ///   // SigninLogs
    ///   // | where ResultType == 50126
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
    pub(in crate::lint) static NO_RESULT: "PK206", "no-result", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(query) = &analysis.rule.query else { return };
    if analysis.has_errors() {
        return;
    }
    let block = QueryBlock::of_slot(analysis.tree.root());
    let statements: Vec<_> =
        block.statements().iter().filter(|statement| !statement.range().is_empty()).collect();
    let Some(last) = statements.last() else {
        let place = span(analysis.rule, query.range);
        let finding = NO_RESULT.at(place, "the query holds nothing but blanks and comments");
        found.push(finding.with_help("write a query that returns the rows to report"));
        return;
    };
    if statements.iter().all(|statement| is_declaration(statement.kind())) {
        found.push(
            NO_RESULT
                .at(analysis.span(last.range()), "the query declares and returns nothing")
                .with_help("end the query with an expression, such as the name of the last variable"),
        );
    }
}

fn is_declaration(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::LetStatement
            | NodeKind::SetOptionStatement
            | NodeKind::AliasStatement
            | NodeKind::QueryParametersStatement
            | NodeKind::RestrictStatement
            | NodeKind::PatternStatement
    )
}
