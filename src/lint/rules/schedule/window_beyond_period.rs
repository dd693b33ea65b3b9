//! PK420: a query that asks for more than the service hands it.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};

use super::spell;
use super::times::{Schedule, is_longer, length, schedule};

declare_lint! {
    /// ## What it does
    /// Reports a filter on `TimeGenerated` that reaches further back than `queryPeriod`.
    ///
    /// ## Why is this bad
    /// The service hands the query the events of the period and no others, whatever the query asks for. A
    /// baseline or a list of what was seen before then is made of less than was meant, without an error.
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
    ///   | where TimeGenerated > ago(14d)
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
    ///   | where TimeGenerated > ago(14d)
    /// ```
    pub(in crate::lint) static WINDOW_BEYOND_PERIOD: "PK420", "window-beyond-period", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(Schedule { frequency, period, bounds }) = schedule(analysis) else { return };
    let limits = context.catalog.limits();
    for bound in bounds.iter().filter(|bound| bound.of_event) {
        let (Some((reach, _)), Some((_, side))) = (bound.reach(), bound.from) else { continue };
        if !is_longer(reach, period.value) {
            continue;
        }
        let reach = length(reach);
        let message = format!(
            "the query asks for events of the last {reach}, and the service hands it those of the last {} only",
            period.value
        );
        let mut finding = WINDOW_BEYOND_PERIOD
            .at(analysis.span(side.range()), message)
            .with_secondary(span(analysis.rule, period.range), "how far back the service reads");
        let often = limits.long_query_period.contains(reach.seconds())
            && !limits.long_query_period_frequency.contains(frequency.value.seconds());
        if limits.query_period.contains(reach.seconds()) && !often {
            let wanted = spell(reach.seconds(), period.value);
            let title = format!("look back as far as the query: `queryPeriod: {wanted}`");
            let place = span(analysis.rule, period.range);
            finding = finding.with_help(title.clone()).with_fix(Fix::replace(
                title,
                Applicability::Unsafe,
                place,
                wanted,
            ));
        } else {
            finding =
                finding.with_help("ask for less, or keep what was seen before in a watchlist or a table");
        }
        found.push(finding);
    }
}
