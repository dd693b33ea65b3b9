//! PK185: a name unlike what the team agreed on.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

declare_lint! {
    /// ## What it does
    /// Reports a `name` that the regular expression `name_pattern` of `[lint.policy]` in picket.toml does not
    /// match. Without it nothing is reported.
    ///
    /// ## Why is this bad
    /// Names of one form sort, filter and read alike in the portal.
    ///
    /// ## Example
    /// ```toml policy
    /// [lint.policy]
    /// name_pattern = '^SOC-[0-9]{3} '
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
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: SOC-017 Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    pub(in crate::lint) static NAME_POLICY: "PK185", "name-policy", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let (Some(pattern), Some(name)) = (&context.policy.name_pattern, &rule.name) else { return };
    if !pattern.is_match(&name.value) {
        found.push(
            NAME_POLICY
                .at(
                    span(rule, name.range),
                    format!("the name does not match the pattern `{pattern}` of this project"),
                )
                .with_help("the pattern is `name_pattern` of `[lint.policy]` in picket.toml"),
        );
    }
}
