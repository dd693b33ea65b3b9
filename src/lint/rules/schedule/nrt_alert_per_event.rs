//! PK432: an NRT rule that may have more events in a minute than alerts.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::PipeExpression;
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};
use crate::lint::query_walk::is_of_events;
use crate::lint::time_bounds::last_expression;
use crate::rule::RuleKind;

use super::rows;

declare_lint! {
    /// ## What it does
    /// Points out an NRT rule with an alert for each result whose query neither sums events up nor limits their
    /// number.
    ///
    /// ## Why is this bad
    /// One run raises 30 alerts at most. In a burst of events, the last alert stands for all that are beyond them,
    /// with entities of none. How many events there are in a minute is not in the rule, so that this is a guess.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong password
    /// kind: NRT
    /// severity: Medium
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    /// eventGroupingSettings:
    ///   aggregationKind: AlertPerResult
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong password
    /// kind: NRT
    /// severity: Medium
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | summarize Failures = count(), TimeGenerated = max(TimeGenerated) by UserPrincipalName
    /// eventGroupingSettings:
    ///   aggregationKind: AlertPerResult
    /// ```
    pub(in crate::lint) static NRT_ALERT_PER_EVENT: "PK432", "nrt-alert-per-event", Severity::Info, since "0.1.0", confidence Low
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.rule.kind != RuleKind::Nrt || analysis.has_errors() || rows::most(analysis).is_some() {
        return;
    }
    let Some(each) = super::alert_per_result(analysis.rule) else { return };
    let Some(query) = last_expression(analysis.tree).filter(|query| is_of_events(*query, analysis.bound))
    else {
        return;
    };
    let most = context.catalog.limits().alerts_per_nrt_run.max;
    let message = format!("each event has its alert, and one run raises {most} alerts at most");
    let first = std::iter::successors(Some(query), |node| Some(PipeExpression::cast(*node)?.expression()));
    let Some(source) = first.last() else { return };
    found.push(
        NRT_ALERT_PER_EVENT
            .at(span(analysis.rule, each), message)
            .with_secondary(analysis.span(source.range()), "the events")
            .with_help("summarize them by what the alert is about"),
    );
}
