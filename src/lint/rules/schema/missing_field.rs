//! PK112: a field that rules of the kind cannot do without.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, head, join};
use crate::rule::{Rule, RuleKind, keys};

declare_lint! {
    /// ## What it does
    /// Reports a rule that lacks a field which its kind cannot do without: `id`, `name` and `query` for
    /// every kind, `severity` for analytics rules, and for scheduled ones also `queryFrequency`,
    /// `queryPeriod`, `triggerOperator` and `triggerThreshold`.
    ///
    /// ## Why is this bad
    /// The rule cannot be deployed.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
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
    pub(in crate::lint) static MISSING_FIELD: "PK112", "missing-field", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let missing: Vec<&str> = keys::RULE
        .keys
        .iter()
        .filter(|key| key.required.contains(&rule.kind) && rule.key(key.name).is_none())
        .map(|key| key.name)
        .collect();
    if missing.is_empty() {
        return;
    }
    let what = match rule.kind {
        RuleKind::Scheduled => "a scheduled rule",
        RuleKind::Nrt => "an NRT rule",
        RuleKind::Hunting => "a hunting query",
    };
    let mut finding = MISSING_FIELD.at(head(rule), format!("{what} needs {}", join(&missing)));
    if missing.contains(&"id") {
        finding =
            finding.with_help("give the rule a new UUID, such as `uuidgen` prints, and keep it for good");
    }
    found.push(finding);
}
