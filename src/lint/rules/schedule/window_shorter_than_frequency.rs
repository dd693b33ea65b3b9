//! PK421: events between two runs that no run looks at.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};
use crate::lint::time_bounds::{filters_of_result, last_expression};

use super::times::{Schedule, is_shorter, length, schedule};

declare_lint! {
    /// ## What it does
    /// Reports a filter on `TimeGenerated` or `ingestion_time()` that all results of the query must pass and
    /// that lets through less than the time between two runs.
    ///
    /// ## Why is this bad
    /// Events between what one run looks at and what the next one does are never seen.
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
    ///   | where TimeGenerated > ago(5m)
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 5m
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | where TimeGenerated > ago(5m)
    /// ```
    pub(in crate::lint) static WINDOW_SHORTER_THAN_FREQUENCY: "PK421", "window-shorter-than-frequency", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(Schedule { frequency, bounds, .. }) = schedule(analysis) else { return };
    let Some(last) = last_expression(analysis.tree) else { return };
    let filters = filters_of_result(last, analysis.bound);
    for bound in bounds.iter().filter(|bound| filters.contains(&bound.filter)) {
        let Some((_, reach)) = bound.reach() else { continue };
        // Until now, unless the condition says otherwise.
        let until = if bound.to.is_some() { bound.delay().map(|(least, _)| least) } else { Some(0.0) };
        let Some(window) = until.map(|until| reach - until) else { continue };
        if window <= 0.0 || !is_shorter(window, frequency.value) {
            continue;
        }
        let message = format!(
            "the query looks at {} of events, and runs only every {}",
            length(window),
            frequency.value
        );
        found.push(
            WINDOW_SHORTER_THAN_FREQUENCY
                .at(analysis.span(bound.node.range()), message)
                .with_secondary(span(analysis.rule, frequency.range), "the time between two runs")
                .with_help("look at as much as the time between two runs, or run the rule more often"),
        );
    }
}
