//! PK186: a description shorter than the team agreed on.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

declare_lint! {
    /// ## What it does
    /// Reports a `description` with fewer characters than `description_min_length` of `[lint.policy]` in
    /// picket.toml, white space around it aside. Without that setting nothing is reported.
    ///
    /// ## Why is this bad
    /// A description of a few words helps nobody who looks into an alert.
    ///
    /// ## Example
    /// ```toml policy
    /// [lint.policy]
    /// description_min_length = 40
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
    /// description: Wrong passwords.
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
    /// description: Ten wrong passwords or more of one user within an hour.
    /// ```
    pub(in crate::lint) static SHORT_DESCRIPTION: "PK186", "short-description", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let (Some(least), Some(description)) = (context.policy.description_min_length, &rule.description) else {
        return;
    };
    let length = description.value.trim().chars().count();
    if length < least {
        found.push(
            SHORT_DESCRIPTION
                .at(
                    span(rule, description.range),
                    format!("the description has {length} characters, and this project asks for {least}"),
                )
                .with_help("say what the rule finds, why it matters and what to look at"),
        );
    }
}
