//! PK189: a file whose name is unlike what the team agreed on.

use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, head};
use crate::rule::Rule;

declare_lint! {
    /// ## What it does
    /// Reports a file of rules whose name, without its folder, the regular expression `file_pattern` of
    /// `[lint.policy]` in picket.toml does not match. Without it nothing is reported.
    ///
    /// ## Why is this bad
    /// Files of one form are found, sorted and picked by patterns of a pipeline alike.
    ///
    /// ## Example
    /// ```toml policy
    /// [lint.policy]
    /// file_pattern = '^[a-z0-9-]+\.yaml$'
    /// ```
    ///
    /// ```yaml fires
    /// # in the file Wrong Passwords.yaml
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
    /// # in the file wrong-passwords.yaml
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    pub(in crate::lint) static FILE_NAME_POLICY: "PK189", "file-name-policy", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rules: &[Rule], context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(pattern) = &context.policy.file_pattern else { return };
    let mut seen = BTreeSet::new();
    for rule in rules.iter().filter(|rule| seen.insert(rule.source)) {
        let Some(name) = context.file_name(rule).filter(|name| !pattern.is_match(name)) else { continue };
        let message =
            format!("the file name `{name}` does not match the pattern `{pattern}` of this project");
        found.push(
            FILE_NAME_POLICY
                .at(head(rule), message)
                .with_help("the pattern is `file_pattern` of `[lint.policy]` in picket.toml"),
        );
    }
}
