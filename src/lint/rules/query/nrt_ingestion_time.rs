//! PK211: the time of ingestion in an NRT rule.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::View;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::rule::RuleKind;

use super::calls::calls;

declare_lint! {
    /// ## What it does
    /// Reports `ingestion_time()` in the query of an NRT rule.
    ///
    /// ## Why is this bad
    /// The service runs NRT rules over the events of the last minute by the time of their ingestion, so a filter on that time is
    /// superfluous at best, and loses events at worst.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// kind: NRT
    /// severity: Medium
    /// query: |
    ///   SigninLogs
    ///   | where ingestion_time() > ago(1m)
    ///   | where ResultType == 50126
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// kind: NRT
    /// severity: Medium
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    /// ```
    pub(in crate::lint) static NRT_INGESTION_TIME: "PK211", "nrt-ingestion-time", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.rule.kind != RuleKind::Nrt {
        return;
    }
    for (_, call) in calls(analysis).filter(|(name, _)| *name == "ingestion_time") {
        found.push(
            NRT_INGESTION_TIME
                .at(
                    analysis.span(call.syntax().range()),
                    "an NRT rule looks at events by the time of their ingestion already",
                )
                .with_help("leave the time of ingestion to the service"),
        );
    }
}
