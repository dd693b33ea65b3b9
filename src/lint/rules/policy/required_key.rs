//! PK187: a rule without what the team agreed on.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, head, join};
use crate::rule::{Rule, keys};

declare_lint! {
    /// ## What it does
    /// Reports a rule that lacks a key which `required` of `[lint.policy]` in picket.toml lists, of those that
    /// mean something to rules of its kind. Without that setting nothing is reported.
    ///
    /// ## Why is this bad
    /// What a team relies on, such as descriptions, entities or authors, is missing where it is needed.
    ///
    /// ## Example
    /// ```toml policy
    /// [lint.policy]
    /// required = ['description', 'author']
    /// ```
    ///
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126
    /// author: SOC
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
    /// author: SOC
    /// description: Ten wrong passwords or more within an hour.
    /// ```
    pub(in crate::lint) static REQUIRED_KEY: "PK187", "required-key", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let is_missing = |key: &&String| {
        let known = keys::RULE.keys.iter().find(|known| known.name == key.as_str());
        known.is_some_and(|known| known.kinds.is_empty() || known.kinds.contains(&rule.kind))
            && rule.key(key).is_none()
    };
    let missing: Vec<&String> = context.policy.required.iter().filter(is_missing).collect();
    if !missing.is_empty() {
        found.push(
            REQUIRED_KEY
                .at(head(rule), format!("the rule lacks {}, which this project asks for", join(&missing)))
                .with_help("what is asked for is `required` of `[lint.policy]` in picket.toml"),
        );
    }
}
