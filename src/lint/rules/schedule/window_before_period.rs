//! PK425: a query that asks only for what the service does not hand it.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};

use super::times::{Schedule, is_shorter, length, schedule};

declare_lint! {
    /// ## What it does
    /// Reports a filter on `TimeGenerated` that asks for events from before the start of `queryPeriod`.
    ///
    /// ## Why is this bad
    /// The service hands the query the events of the period and no others, so that this part of the query never
    /// has a row.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1d
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | where TimeGenerated < ago(7d)
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 14d
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | where TimeGenerated < ago(7d)
    /// ```
    pub(in crate::lint) static WINDOW_BEFORE_PERIOD: "PK425", "window-before-period", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(Schedule { period, bounds, .. }) = schedule(analysis) else { return };
    for bound in bounds.iter().filter(|bound| bound.of_event) {
        let (Some((delay, _)), Some((_, side))) = (bound.delay(), bound.to) else { continue };
        if is_shorter(delay, period.value) {
            continue;
        }
        let message = format!(
            "the query asks for events older than {}, and the service hands it none older than {}",
            length(delay),
            period.value
        );
        found.push(
            WINDOW_BEFORE_PERIOD
                .at(analysis.span(side.range()), message)
                .with_secondary(span(analysis.rule, period.range), "how far back the service reads")
                .with_help("lengthen `queryPeriod` by as much as the query is to look at"),
        );
    }
}
