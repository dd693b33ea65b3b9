//! PK424: a time window that ends before it begins.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::time_bounds::TimeBound;

use super::times::length;

declare_lint! {
    /// ## What it does
    /// Reports a condition on `TimeGenerated` or `ingestion_time()` that asks for what is later than one moment
    /// and earlier than another that comes before it.
    ///
    /// ## Why is this bad
    /// No event meets it, so the query finds nothing.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | where TimeGenerated between (ago(1h) .. ago(1d))
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | where TimeGenerated between (ago(1d) .. ago(1h))
    /// ```
    pub(in crate::lint) static REVERSED_TIME_WINDOW: "PK424", "reversed-time-window", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.has_errors() {
        return;
    }
    let bounds = analysis.time_bounds();
    for (index, first) in bounds.iter().enumerate() {
        for second in &bounds[index..] {
            if second.filter != first.filter || second.of_event != first.of_event {
                continue;
            }
            let turned = |from: &TimeBound<'_>, to: &TimeBound<'_>| match (from.reach(), to.delay()) {
                (Some((_, reach)), Some((delay, _))) if reach < delay => Some((reach, delay)),
                _ => None,
            };
            let Some((reach, delay)) = turned(first, second).or_else(|| turned(second, first)) else {
                continue;
            };
            let message = format!(
                "no event is both later than {} before the run and earlier than {}",
                length(reach.max(0.0)),
                length(delay)
            );
            let mut finding = REVERSED_TIME_WINDOW
                .at(analysis.span(second.node.range()), message)
                .with_help("turn the window: the earlier moment, which is the longer time ago, comes first");
            if second.node != first.node {
                finding = finding.with_secondary(analysis.span(first.node.range()), "the other end");
            }
            found.push(finding);
        }
    }
}
