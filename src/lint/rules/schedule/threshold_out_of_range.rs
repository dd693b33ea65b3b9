//! PK404: a threshold that the service does not take.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind, TriggerOperator};

declare_lint! {
    /// ## What it does
    /// Reports a `triggerThreshold` below 0 or above 10000, and one of 0 that no number of results is less
    /// than.
    ///
    /// ## Why is this bad
    /// The service refuses the rule, or the rule never raises an alert.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20000
    /// query: SigninLogs | where ResultType == 50126
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
    /// ```
    pub(in crate::lint) static THRESHOLD_OUT_OF_RANGE: "PK404", "threshold-out-of-range", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(threshold) = rule.trigger_threshold.as_ref().filter(|_| rule.kind == RuleKind::Scheduled) else {
        return;
    };
    let bounds = context.catalog.limits().trigger_threshold;
    let place = span(rule, threshold.range);
    if !u64::try_from(threshold.value).is_ok_and(|value| bounds.contains(value)) {
        let message = format!("the threshold {} is outside what the service takes", threshold.value);
        let help = format!("the service takes {} to {}; count in the query for more", bounds.min, bounds.max);
        found.push(THRESHOLD_OUT_OF_RANGE.at(place, message).with_help(help));
    } else if let Some(operator) = &rule.trigger_operator
        && operator.value == TriggerOperator::LessThan
        && threshold.value == 0
    {
        let finding = THRESHOLD_OUT_OF_RANGE
            .at(place, "no query has fewer than 0 results, so the rule never raises an alert")
            .with_secondary(span(rule, operator.range), "the comparison")
            .with_help("to alert when nothing is found, write `triggerOperator: eq`");
        found.push(finding);
    }
}
