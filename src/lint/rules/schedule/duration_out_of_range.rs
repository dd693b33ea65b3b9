//! PK401: a length of time that the service does not take.

use crate::catalog::Bounds;
use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Duration, Rule, RuleKind};
use crate::text::Spanned;

use super::spell;

declare_lint! {
    /// ## What it does
    /// Reports a length of time outside what the service takes: 5 minutes to 14 days for `queryFrequency`
    /// and `queryPeriod`, 5 minutes to 24 hours for `suppressionDuration`, 5 minutes to 7 days for
    /// `lookbackDuration`.
    ///
    /// ## Why is this bad
    /// The service refuses the rule.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1d
    /// queryPeriod: 30d
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126 | summarize arg_max(TimeGenerated, *) by IPAddress
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1d
    /// queryPeriod: 14d
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126 | summarize arg_max(TimeGenerated, *) by IPAddress
    /// ```
    pub(in crate::lint) static DURATION_OUT_OF_RANGE: "PK401", "duration-out-of-range", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let limits = context.catalog.limits();
    let mut test = |key: &str, value: Option<&Spanned<Duration>>, bounds: Bounds| {
        let Some(value) = value else { return };
        let length = value.value.seconds();
        if bounds.contains(length) {
            return;
        }
        let place = span(rule, value.range);
        let nearest = spell(length.clamp(bounds.min, bounds.max), value.value);
        let (least, most) = (Duration::from_seconds(bounds.min), Duration::from_seconds(bounds.max));
        let (than, limit) = if length < bounds.min { ("shorter", least) } else { ("longer", most) };
        let message = format!("`{key}` is {than} than {limit}, which the service refuses");
        let fix = Fix::replace(format!("set it to `{nearest}`"), Applicability::Unsafe, place, nearest);
        found.push(
            DURATION_OUT_OF_RANGE
                .at(place, message)
                .with_help(format!("the service takes {least} to {most}"))
                .with_fix(fix),
        );
    };
    if rule.kind == RuleKind::Scheduled {
        test("queryFrequency", rule.query_frequency.as_ref(), limits.query_frequency);
        test("queryPeriod", rule.query_period.as_ref(), limits.query_period);
    }
    if rule.kind != RuleKind::Hunting {
        test("suppressionDuration", rule.suppression_duration.as_ref(), limits.suppression_duration);
        let grouping = rule.incident_configuration.as_ref().and_then(|incident| incident.grouping.as_ref());
        let lookback = grouping.and_then(|grouping| grouping.lookback_duration.as_ref());
        test("lookbackDuration", lookback, limits.grouping_lookback);
    }
}
