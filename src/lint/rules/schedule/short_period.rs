//! PK402: a rule that looks back less far than to its last run.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind};

use super::spell;

declare_lint! {
    /// ## What it does
    /// Reports a `queryPeriod` that is shorter than the `queryFrequency`.
    ///
    /// ## Why is this bad
    /// The service refuses the rule: events between the end of one run and the start of what the next one
    /// looks at would never be seen.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1d
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
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
    pub(in crate::lint) static PERIOD_SHORTER_THAN_FREQUENCY: "PK402", "period-shorter-than-frequency", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let (Some(frequency), Some(period)) = (&rule.query_frequency, &rule.query_period) else { return };
    if rule.kind != RuleKind::Scheduled || period.value >= frequency.value {
        return;
    }
    let place = span(rule, period.range);
    let wanted = spell(frequency.value.seconds(), period.value);
    let title = format!("look back as far as to the last run: `queryPeriod: {wanted}`");
    let message = format!("the rule looks back {} but runs only every {}", period.value, frequency.value);
    found.push(
        PERIOD_SHORTER_THAN_FREQUENCY
            .at(place, message)
            .with_secondary(span(rule, frequency.range), "the time between two runs")
            .with_help(title.clone())
            .with_fix(Fix::replace(title, Applicability::Unsafe, place, wanted)),
    );
}
