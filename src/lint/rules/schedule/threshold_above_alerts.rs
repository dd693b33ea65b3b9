//! PK417: an alert for each of more results than there are alerts.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind, TriggerOperator};

declare_lint! {
    /// ## What it does
    /// Reports an alert for each result where the threshold asks for more results than one run can raise alerts
    /// for, which is 150.
    ///
    /// ## Why is this bad
    /// When the rule fires, the results beyond the limit have no alert of their own, and no entities: the last
    /// alert only says how many there were.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 500
    /// query: SigninLogs | where ResultType == 50126
    /// eventGroupingSettings:
    ///   aggregationKind: AlertPerResult
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
    /// query: SigninLogs | where ResultType == 50126
    /// eventGroupingSettings:
    ///   aggregationKind: AlertPerResult
    /// ```
    pub(in crate::lint) static THRESHOLD_ABOVE_ALERTS: "PK417", "threshold-above-alerts", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let each = super::alert_per_result(rule);
    let (Some(each), Some(operator), Some(threshold)) =
        (each, &rule.trigger_operator, &rule.trigger_threshold)
    else {
        return;
    };
    let most = context.catalog.limits().alerts_per_run.max;
    let fewest = match operator.value {
        TriggerOperator::GreaterThan => threshold.value.saturating_add(1),
        TriggerOperator::Equal => threshold.value,
        TriggerOperator::LessThan | TriggerOperator::NotEqual => return,
    };
    if rule.kind != RuleKind::Scheduled
        || u64::try_from(fewest).is_ok_and(|fewest| fewest <= most)
        || fewest < 0
    {
        return;
    }
    let message =
        format!("the rule fires for {fewest} results or more, and one run raises {most} alerts at most");
    found.push(
        THRESHOLD_ABOVE_ALERTS
            .at(span(rule, threshold.range), message)
            .with_secondary(span(rule, each), "an alert for each result")
            .with_help("write `aggregationKind: SingleAlert`, or count in the query and lower the threshold"),
    );
}
