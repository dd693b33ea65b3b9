//! PK153: more rules than a workspace can hold.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, head};
use crate::rule::{Rule, RuleKind};

declare_lint! {
    /// ## What it does
    /// Reports the first enabled rule beyond what one workspace can hold: 512 scheduled rules and 50 NRT rules.
    ///
    /// ## Why is this bad
    /// The service refuses the rules beyond the limit, so that a part of the project is not deployed.
    ///
    /// ## Example
    /// ```yaml fires
    /// # (51 such rules, n from 1000)
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b{n}
    /// kind: NRT
    /// name: Sign-in with error {n}
    /// severity: Medium
    /// query: SigninLogs | where ResultType == {n}
    /// ```
    ///
    /// ```yaml clean
    /// # (50 such rules, n from 1000)
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b{n}
    /// kind: NRT
    /// name: Sign-in with error {n}
    /// severity: Medium
    /// query: SigninLogs | where ResultType == {n}
    /// ```
    pub(in crate::lint) static TOO_MANY_RULES: "PK153", "too-many-rules", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rules: &[Rule], context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let limits = context.catalog.limits();
    for (kind, bounds) in [(RuleKind::Scheduled, limits.enabled_rules), (RuleKind::Nrt, limits.nrt_rules)] {
        let enabled: Vec<&Rule> =
            rules.iter().filter(|rule| rule.kind == kind && rule.is_enabled()).collect();
        let most = usize::try_from(bounds.max).unwrap_or(usize::MAX);
        let Some(first) = enabled.get(most) else { continue };
        let message = format!(
            "this is one of {} enabled {} rules, and a workspace can hold {most}",
            enabled.len(),
            if kind == RuleKind::Nrt { "NRT" } else { "scheduled" },
        );
        let help = format!("disable or remove {} of them, or join some into one", enabled.len() - most);
        found.push(
            TOO_MANY_RULES.at(head(first), message).with_label("the first beyond the limit").with_help(help),
        );
    }
}
