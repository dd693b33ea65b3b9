//! PK431: an alert for each of so many rows as one run does not raise alerts for.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};
use crate::rule::RuleKind;

use super::rows;

declare_lint! {
    /// ## What it does
    /// Reports a rule with an alert for each result whose query limits its rows, with `take` or `top`, to more than
    /// one run raises alerts for: 150 in a scheduled rule, 30 in an NRT rule.
    ///
    /// ## Why is this bad
    /// The results beyond the limit of the service have no alert and no entities of their own: the last alert stands
    /// for all of them. The limit in the query hides that some are missing.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Risky sign-in
    /// kind: NRT
    /// severity: Medium
    /// query: |
    ///   SigninLogs
    ///   | where RiskLevelDuringSignIn == "high"
    ///   | top 100 by TimeGenerated
    /// eventGroupingSettings:
    ///   aggregationKind: AlertPerResult
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Risky sign-in
    /// kind: NRT
    /// severity: Medium
    /// query: |
    ///   SigninLogs
    ///   | where RiskLevelDuringSignIn == "high"
    ///   | top 30 by TimeGenerated
    /// eventGroupingSettings:
    ///   aggregationKind: AlertPerResult
    /// ```
    pub(in crate::lint) static MORE_ROWS_THAN_ALERTS: "PK431", "more-rows-than-alerts", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let limits = context.catalog.limits();
    let most = match analysis.rule.kind {
        RuleKind::Scheduled => limits.alerts_per_run.max,
        RuleKind::Nrt => limits.alerts_per_nrt_run.max,
        RuleKind::Hunting => return,
    };
    let Some(each) = super::alert_per_result(analysis.rule) else { return };
    let Some((rows, by)) = rows::most(analysis).filter(|(rows, _)| *rows > most) else { return };
    let message = format!("up to {rows} rows are returned, and one run raises {most} alerts at most");
    found.push(
        MORE_ROWS_THAN_ALERTS
            .at(analysis.span(by.range()), message)
            .with_secondary(span(analysis.rule, each), "an alert for each result")
            .with_help("summarize to fewer rows, or write `aggregationKind: SingleAlert`"),
    );
}
