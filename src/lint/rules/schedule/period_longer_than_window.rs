//! PK422: a period longer than anything the query looks at.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};
use crate::lint::time_bounds::{TimeBound, sources};

use super::spell;
use super::times::{Schedule, is_shorter, length, schedule};

declare_lint! {
    /// ## What it does
    /// Reports a `queryPeriod` that is longer than what the filters on `TimeGenerated` let through, where every
    /// table of the query has one.
    ///
    /// ## Why is this bad
    /// Nobody who reads the schedule sees how far back the rule looks, and the one of the two that is changed
    /// later has no effect.
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
    ///   | where TimeGenerated > ago(1h)
    /// ```
    ///
    /// ```yaml clean
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
    ///   | where TimeGenerated > ago(1d)
    /// ```
    pub(in crate::lint) static PERIOD_LONGER_THAN_WINDOW: "PK422", "period-longer-than-window", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(Schedule { frequency, period, bounds }) = schedule(analysis) else { return };
    let sources = sources(analysis.tree, analysis.bound);
    let calls = &analysis.walk().calls;
    if sources.is_empty() || calls.iter().any(|call| analysis.bound.output(call.node).is_some()) {
        return;
    }
    let mut needed: f64 = 0.0;
    for (_, filters) in &sources {
        let of_source = bounds.iter().filter(|bound| bound.of_event && filters.contains(&bound.filter));
        let reach = of_source.filter_map(TimeBound::reach).map(|(_, longest)| longest).reduce(f64::min);
        let Some(reach) = reach else { return };
        needed = needed.max(reach);
    }
    if needed <= 0.0 || !is_shorter(needed, period.value) {
        return;
    }
    let needed = length(needed);
    let message = format!("the service reads {} of events, and the query looks at {needed}", period.value);
    let place = span(analysis.rule, period.range);
    let mut finding = PERIOD_LONGER_THAN_WINDOW.at(place, message);
    if let Some(bound) = bounds.iter().find(|bound| bound.of_event && bound.from.is_some()) {
        finding = finding.with_secondary(analysis.span(bound.node.range()), "what the query looks at");
    }
    let fits = context.catalog.limits().query_period.contains(needed.seconds());
    if fits && needed >= frequency.value && needed.seconds().is_multiple_of(60) {
        let wanted = spell(needed.seconds(), period.value);
        let title = format!("read as much as is looked at: `queryPeriod: {wanted}`");
        finding = finding.with_fix(Fix::replace(title, Applicability::Unsafe, place, wanted));
    }
    found.push(finding.with_help("let the period alone say how far back the rule looks, or shorten it"));
}
