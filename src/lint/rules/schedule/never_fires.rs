//! PK429: a threshold that the query cannot meet.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};

use super::rows::{Rows, Verdict, verdict};

declare_lint! {
    /// ## What it does
    /// Reports a rule whose query returns a number of rows that never meets the threshold: `count` and
    /// `summarize` without `by` return one row, `take 10` ten at most.
    ///
    /// ## Why is this bad
    /// The rule never raises an alert.
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
    ///   | count
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | summarize Failures = count(), TimeGenerated = max(TimeGenerated)
    ///   | where Failures > 20
    /// ```
    pub(in crate::lint) static NEVER_FIRES: "PK429", "never-fires", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some((Verdict::Never, Rows { min, max, by }, place)) = verdict(analysis, context) else { return };
    let rows = match (min, max) {
        (1, Some(1)) => "one row".to_owned(),
        (min, Some(max)) if min == max => format!("{max} rows"),
        (0, Some(1)) => "one row at most".to_owned(),
        (_, Some(max)) => format!("{max} rows at most"),
        (min, None) => format!("{min} rows or more"),
    };
    let mut finding = NEVER_FIRES.at(
        span(analysis.rule, place),
        format!("the query returns {rows}, so the rule never raises an alert"),
    );
    if let Some(by) = by {
        finding = finding.with_secondary(analysis.span(by.range()), "this says how many");
    }
    found.push(finding.with_help(
        "the threshold is for the number of rows; compare what they hold in the query: `| where Count > 20`",
    ));
}
