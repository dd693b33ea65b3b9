//! PK113: nothing says whether the rule is an analytics rule or a hunting query.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, head};
use crate::rule::{Rule, RuleKind, keys};

declare_lint! {
    /// ## What it does
    /// Reports a rule without `kind` that has a severity, as analytics rules do, but no schedule at all, as
    /// hunting queries do.
    ///
    /// ## Why is this bad
    /// Without `kind`, a rule with neither severity nor schedule is a hunting query and any other a scheduled
    /// rule. This one is read as a scheduled rule that never runs; it was probably meant to be a hunting query.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    pub(in crate::lint) static UNDECIDED_KIND: "PK113", "undecided-kind", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if is_undecided(rule) {
        let message = "the rule has a severity but no schedule, so its kind is not clear";
        let finding = UNDECIDED_KIND
            .at(head(rule), message)
            .with_help("for a hunting query, write `kind: Hunting` or drop `severity`")
            .with_help("for a scheduled rule, add `queryFrequency`, `queryPeriod`, `triggerOperator` and `triggerThreshold`");
        found.push(finding);
    }
}

/// Whether the kind is not written and what is written does not tell it.
pub(super) fn is_undecided(rule: &Rule) -> bool {
    let scheduled = |key: &keys::Key| key.kinds == [RuleKind::Scheduled];
    rule.kind == RuleKind::Scheduled
        && rule.key("kind").is_none()
        && rule.key("severity").is_some()
        && !keys::RULE.keys.iter().any(|key| scheduled(key) && rule.key(key.name).is_some())
}
