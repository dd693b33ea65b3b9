//! PK403: a rule that looks far back too often.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Duration, Rule, RuleKind};

use super::spell;

declare_lint! {
    /// ## What it does
    /// Reports a rule that looks back two days or more and runs more often than once an hour.
    ///
    /// ## Why is this bad
    /// The service refuses the rule, since such a query is heavy.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 15m
    /// queryPeriod: 7d
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126 | summarize arg_max(TimeGenerated, *) by IPAddress
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 7d
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126 | summarize arg_max(TimeGenerated, *) by IPAddress
    /// ```
    pub(in crate::lint) static LONG_PERIOD_RUN_TOO_OFTEN: "PK403", "long-period-run-too-often", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let (Some(frequency), Some(period)) = (&rule.query_frequency, &rule.query_period) else { return };
    let limits = context.catalog.limits();
    let is_long = limits.long_query_period.contains(period.value.seconds());
    let is_rare = limits.long_query_period_frequency.contains(frequency.value.seconds());
    if rule.kind != RuleKind::Scheduled || !is_long || is_rare {
        return;
    }
    let place = span(rule, frequency.range);
    let least = limits.long_query_period_frequency.min;
    let wanted = spell(least, frequency.value);
    let title = format!("run it less often: `queryFrequency: {wanted}`");
    let long = Duration::from_seconds(limits.long_query_period.min);
    let message = format!(
        "the rule looks back {} and runs every {}, which the service refuses",
        period.value, frequency.value
    );
    let rule_of_service = format!(
        "a rule that looks back {long} or more may run once in {} at most",
        Duration::from_seconds(least)
    );
    found.push(
        LONG_PERIOD_RUN_TOO_OFTEN
            .at(place, message)
            .with_secondary(span(rule, period.range), "how far back it looks")
            .with_help(rule_of_service)
            .with_fix(Fix::replace(title, Applicability::Unsafe, place, wanted)),
    );
}
