//! PK182: a description that says no more than the name.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

declare_lint! {
    /// ## What it does
    /// Reports a `description` that is the name of the rule.
    ///
    /// ## Why is this bad
    /// Whoever looks into an alert reads the description to learn what happened and what to do, and learns
    /// nothing here.
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
    /// description: Sign-in with many wrong passwords.
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
    /// description: Ten wrong passwords or more within an hour.
    /// ```
    pub(in crate::lint) static DESCRIPTION_REPEATS_NAME: "PK182", "description-repeats-name", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let (Some(name), Some(description)) = (&rule.name, &rule.description) else { return };
    let plain = |text: &str| text.trim().trim_end_matches('.').to_lowercase();
    if !name.value.trim().is_empty() && plain(&name.value) == plain(&description.value) {
        found.push(
            DESCRIPTION_REPEATS_NAME
                .at(span(rule, description.range), "the description only repeats the name")
                .with_help("say what the rule finds, why it matters and what to look at"),
        );
    }
}
