//! PK415: a suppression that is over before the next run.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind};

declare_lint! {
    /// ## What it does
    /// Reports an enabled suppression whose `suppressionDuration` is shorter than `queryFrequency`.
    ///
    /// ## Why is this bad
    /// After an alert the rule stops for the duration. Where that is over before the rule would run again
    /// anyway, nothing is suppressed.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1d
    /// queryPeriod: 1d
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126
    /// suppressionEnabled: true
    /// suppressionDuration: 5h
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
    /// suppressionEnabled: true
    /// suppressionDuration: 5h
    /// ```
    pub(in crate::lint) static SUPPRESSION_SHORTER_THAN_FREQUENCY: "PK415", "suppression-shorter-than-frequency", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let enabled = rule.suppression_enabled.as_ref().is_some_and(|enabled| enabled.value);
    let (Some(duration), Some(frequency)) = (&rule.suppression_duration, &rule.query_frequency) else {
        return;
    };
    if !enabled || rule.kind != RuleKind::Scheduled || duration.value >= frequency.value {
        return;
    }
    let message = format!(
        "the suppression of {} is over before the next run, {} later",
        duration.value, frequency.value
    );
    found.push(
        SUPPRESSION_SHORTER_THAN_FREQUENCY
            .at(span(rule, duration.range), message)
            .with_secondary(span(rule, frequency.range), "the time between two runs")
            .with_help(
                "suppress for longer than the time between two runs, or write `suppressionEnabled: false`",
            ),
    );
}
