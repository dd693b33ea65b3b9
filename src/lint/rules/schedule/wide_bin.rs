//! PK427: windows wider than what the service reads.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::constants::{Constant, constant};
use crate::lint::context::{Context, span};
use crate::lint::time_bounds::is_event_time;

use super::times::{Schedule, is_longer, length, schedule};

declare_lint! {
    /// ## What it does
    /// Reports `bin(TimeGenerated, …)` with windows that are wider than `queryPeriod`.
    ///
    /// ## Why is this bad
    /// A run sees a part of one window, or of two, and never a whole one: what is counted is the events of the
    /// period, cut where a window happens to end.
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
    ///   | summarize Failures = count() by UserPrincipalName, bin(TimeGenerated, 1d)
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
    ///   | summarize Failures = count() by UserPrincipalName, bin(TimeGenerated, 1h)
    /// ```
    pub(in crate::lint) static BIN_WIDER_THAN_PERIOD: "PK427", "bin-wider-than-period", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(Schedule { period, .. }) = schedule(analysis) else { return };
    for call in analysis.walk().calls.iter().filter(|call| matches!(call.name, "bin" | "floor")) {
        let [time, size] = call.arguments[..] else { continue };
        let Some(Constant::Span(width)) = constant(size, analysis.bound) else { continue };
        if !is_event_time(time, analysis.bound) || !is_longer(width, period.value) {
            continue;
        }
        let message = format!(
            "windows of {} are wider than the {} that the service reads",
            length(width),
            period.value
        );
        found.push(
            BIN_WIDER_THAN_PERIOD
                .at(analysis.span(size.range()), message)
                .with_secondary(span(analysis.rule, period.range), "how far back the service reads")
                .with_help("narrow the windows, or leave `bin` out to have one window for all of the period"),
        );
    }
}
