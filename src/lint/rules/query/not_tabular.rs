//! PK202: a query that returns no table.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::bind::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::{ExpressionStatement, QueryBlock};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

declare_lint! {
    /// ## What it does
    /// Reports a query whose last statement is a value and not a table.
    ///
    /// ## Why is this bad
    /// A rule is about the rows that its query returns. A value has none.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Failed sign-ins
    /// description: Counts the sign-ins that failed.
    /// query: |
    ///   let failed = toscalar(SigninLogs | where ResultType != 0 | count);
    ///   failed
    /// ```
    ///
    /// ```yaml clean
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Failed sign-ins
    /// description: Counts the sign-ins that failed.
    /// query: |
    ///   SigninLogs
    ///   | where ResultType != 0
    ///   | count
    /// ```
    pub(in crate::lint) static RESULT_NOT_TABULAR: "PK202", "result-not-tabular", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.has_errors() || analysis.result().is_some() {
        return;
    }
    let Some(ty) = analysis.bound.result() else { return };
    if matches!(ty, Type::Unknown | Type::Error | Type::Void | Type::Group(_)) {
        return;
    }
    let last = QueryBlock::of_slot(analysis.tree.root()).statements().iter().next_back();
    let Some(statement) = last.and_then(ExpressionStatement::cast) else { return };
    let message = format!("the query returns {}, and a rule needs a table", ty.describe());
    found.push(
        RESULT_NOT_TABULAR
            .at(analysis.span(statement.expression().range()), message)
            .with_help("end the query with the rows to report; `print` makes a row of a value"),
    );
}
