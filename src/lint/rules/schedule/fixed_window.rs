//! PK426: a rule bound to a date.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::constants::Constant;
use crate::lint::context::Context;
use crate::rule::RuleKind;

declare_lint! {
    /// ## What it does
    /// Reports a filter of an analytics rule that compares `TimeGenerated` with a date.
    ///
    /// ## Why is this bad
    /// A rule looks at the time before each run. A date in the past as a start does nothing, and as an end it
    /// lets nothing through; one in the future does so until or from that day.
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
    ///   | where TimeGenerated > datetime(2024-03-01)
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
    ///   | where TimeGenerated > ago(1h)
    /// ```
    pub(in crate::lint) static FIXED_TIME_WINDOW: "PK426", "fixed-time-window", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.rule.kind == RuleKind::Hunting || analysis.has_errors() {
        return;
    }
    for bound in analysis.time_bounds() {
        let ends = [bound.from, bound.to].into_iter().flatten();
        let dates = ends.filter(|(value, _)| *value == Constant::Date);
        for (_, side) in dates {
            found.push(
                FIXED_TIME_WINDOW
                    .at(
                        analysis.span(side.range()),
                        "the time of events is compared with a date that does not move with the runs",
                    )
                    .with_help("write it as a time ago: `ago(1d)`"),
            );
        }
    }
}
