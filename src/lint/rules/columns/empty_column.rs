//! PK304: a column that never holds anything.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::bind::Value;
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};

use super::constant::constant;
use super::reference::returned;

declare_lint! {
    /// ## What it does
    /// Reports a part of the rule that names a column to which the query gives an empty text or null in every row.
    ///
    /// ## Why is this bad
    /// The entity, detail or placeholder stays empty in every alert.
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
    ///   | where ResultType == 50126
    ///   | extend AccountName = ""
    /// customDetails:
    ///   Account: AccountName
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
    ///   | extend AccountName = tostring(split(UserPrincipalName, '@')[0])
    /// customDetails:
    ///   Account: AccountName
    /// ```
    pub(in crate::lint) static EMPTY_COLUMN: "PK304", "empty-column", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (reference, column) in returned(analysis) {
        let Some((value, place)) = constant(analysis.bound, column) else { continue };
        let what = match value {
            Value::String("") => "empty",
            Value::Null => "null",
            _ => continue,
        };
        let message =
            format!("{} is column `{}`, which is always {what}", reference.purpose.describe(), column.name);
        found.push(
            EMPTY_COLUMN
                .at(span(analysis.rule, reference.range), message)
                .with_secondary(analysis.span(place.range()), "the only value of the column")
                .with_help("give the column a value in the query, or do not name it in the rule"),
        );
    }
}
