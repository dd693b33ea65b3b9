//! PK416: a suppression that does not say how long it is.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind};

declare_lint! {
    /// ## What it does
    /// Reports `suppressionEnabled: true` without `suppressionDuration`.
    ///
    /// ## Why is this bad
    /// The service needs a duration, so the rule is written with its default of five hours, which nobody who
    /// reads the file can see.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126
    /// suppressionEnabled: true
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
    pub(in crate::lint) static SUPPRESSION_WITHOUT_DURATION: "PK416", "suppression-without-duration", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(enabled) = rule.suppression_enabled.as_ref().filter(|enabled| enabled.value) else { return };
    if rule.kind != RuleKind::Hunting && rule.key("suppressionDuration").is_none() {
        found.push(
            SUPPRESSION_WITHOUT_DURATION
                .at(span(rule, enabled.range), "the suppression has no duration, so it is five hours")
                .with_help("write `suppressionDuration`"),
        );
    }
}
