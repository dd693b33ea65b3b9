//! PK428: results that do not say when.

use crate::catalog::ScalarType;
use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::bind::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::PipeExpression;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::time_bounds::{EVENT_TIME, last_expression};
use crate::rule::RuleKind;

declare_lint! {
    /// ## What it does
    /// Reports a query of an analytics rule that drops `TimeGenerated` and has no other time among its results.
    ///
    /// ## Why is this bad
    /// The start and end of what an alert is about are taken from `TimeGenerated`. Without it they are those of the
    /// period, and where the results hold no other time, whoever looks into the alert has to find the moment in the
    /// events.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | summarize Failures = count() by UserPrincipalName
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | summarize Failures = count(), TimeGenerated = max(TimeGenerated) by UserPrincipalName
    /// ```
    pub(in crate::lint) static NO_TIME_COLUMN: "PK428", "no-time-column", Severity::Info, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.rule.kind == RuleKind::Hunting || analysis.has_errors() {
        return;
    }
    let Some(columns) = analysis.columns() else { return };
    // `StartTime = min(TimeGenerated)` says when as well.
    let says_when = |ty: Type<'_>| matches!(ty, Type::Scalar(ScalarType::DateTime) | Type::Unknown);
    if columns.is_empty() || columns.iter().any(|column| column.name == EVENT_TIME || says_when(column.ty)) {
        return;
    }
    // The operator that drops it; a table that is declared without it may have it all the same.
    let mut node = last_expression(analysis.tree);
    let mut maker = None;
    while let Some(pipe) = node.and_then(PipeExpression::cast).filter(|_| maker.is_none()) {
        let before = analysis.bound.columns_before(pipe.operator());
        maker = before
            .is_some_and(|columns| columns.iter().any(|column| column.name == EVENT_TIME))
            .then(|| pipe.operator());
        node = Some(pipe.expression());
    }
    let Some(maker) = maker else { return };
    found.push(
        NO_TIME_COLUMN
            .at(analysis.span(maker.range()), "the results have no column that says when")
            .with_help("keep it, in `summarize` as `TimeGenerated = max(TimeGenerated)`"),
    );
}
