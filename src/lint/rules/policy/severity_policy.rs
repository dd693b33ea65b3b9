//! PK188: a severity that the team does not use.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, join, span};
use crate::rule::{Rule, RuleKind};

declare_lint! {
    /// ## What it does
    /// Reports a `severity` that `severities` of `[lint.policy]` in picket.toml does not list. Without that
    /// setting nothing is reported.
    ///
    /// ## Why is this bad
    /// A team that works on some severities alone never sees alerts of the others.
    ///
    /// ## Example
    /// ```toml policy
    /// [lint.policy]
    /// severities = ['Medium', 'High']
    /// ```
    ///
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Low
    /// queryFrequency: 1h
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
    pub(in crate::lint) static SEVERITY_POLICY: "PK188", "severity-policy", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(severity) = rule.severity.as_ref().filter(|_| rule.kind != RuleKind::Hunting) else { return };
    let allowed = &context.policy.severities;
    if allowed.is_empty() || allowed.contains(&severity.value) {
        return;
    }
    let names: Vec<&str> = allowed.iter().map(|severity| severity.as_str()).collect();
    let message = format!("this project does not use the severity `{}`", severity.value.as_str());
    found.push(
        SEVERITY_POLICY
            .at(span(rule, severity.range), message)
            .with_help(format!("it uses {}", join(&names))),
    );
}
