//! PK191: a rule without a tag that the team agreed on.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, head, join};
use crate::rule::Rule;

declare_lint! {
    /// ## What it does
    /// Reports a rule without a tag that `required_tags` of `[lint.policy]` in picket.toml names. A tag is an item
    /// of `tags`, a text or a name with a value. Capitals make no difference. Without that setting nothing is
    /// reported.
    ///
    /// ## Why is this bad
    /// Reports and pipelines that go by tags miss the rule.
    ///
    /// ## Example
    /// ```toml policy
    /// [lint.policy]
    /// required_tags = ['owner']
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
    /// tags:
    ///   - Identity
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
    /// tags:
    ///   - Identity
    ///   - owner: SOC
    /// ```
    pub(in crate::lint) static REQUIRED_TAG: "PK191", "required-tag", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let has = |wanted: &str| rule.tags.iter().any(|(name, _)| name.value.trim().eq_ignore_ascii_case(wanted));
    let missing: Vec<&String> = context.policy.required_tags.iter().filter(|tag| !has(tag)).collect();
    if missing.is_empty() {
        return;
    }
    let what = if missing.len() == 1 { "the tag" } else { "the tags" };
    found.push(
        REQUIRED_TAG
            .at(head(rule), format!("the rule lacks {what} {}, which this project asks for", join(&missing)))
            .with_help("what is asked for is `required_tags` of `[lint.policy]` in picket.toml"),
    );
}
