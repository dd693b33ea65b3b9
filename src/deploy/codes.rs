//! The codes of deployment, PK810 to PK819.

use crate::diag::{LintMeta, Severity, declare_lint};

declare_lint! {
    /// ## What it does
    /// Reports a rule that the service does not take yet, because its query names a table, column or function that
    /// the workspace does not have. A plan reports tables that the workspace does not list (`--skip-tables` does not ask).
    ///
    /// ## Why is this bad
    /// The rule is not there, or is there as it was. It does not stop other rules, and the next `apply` tries it
    /// again: most tables appear with their first data. An apply ends with exit code 2 while rules wait, unless it is
    /// told `--allow-pending`.
    pub(super) static WAITING: "PK810", "rule-waits-for-data", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a query that the service does not take, at the place that the service names, if it names one.
    ///
    /// ## Why is this bad
    /// The rule is not deployed.
    pub(super) static QUERY: "PK811", "refused-query", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a value that the service does not take: an entity mapping, a technique, a schedule.
    ///
    /// ## Why is this bad
    /// The rule is not deployed. `picket check` knows what the service documents; this is what it found beyond that.
    pub(super) static PROPERTY: "PK812", "refused-property", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a display name that something else in the workspace has already.
    ///
    /// ## Why is this bad
    /// The service does not take a second one, so the rule is not deployed.
    pub(super) static NAME: "PK813", "refused-name", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports that the workspace holds as many enabled rules as the service allows.
    ///
    /// ## Why is this bad
    /// The rule is not deployed. `picket plan` foresees it (PK803) where nobody adds rules meanwhile.
    pub(super) static FULL: "PK814", "workspace-full", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports that the identity of the run may not write the rule.
    ///
    /// ## Why is this bad
    /// The rule is not deployed, and neither will others be.
    pub(super) static PERMISSION: "PK815", "missing-permission", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a rule whose id was deleted from the workspace so lately that the service does not take it again.
    ///
    /// ## Why is this bad
    /// The rule is not deployed. The service keeps the ids of deleted rules for about a day. The rule does not stop
    /// others, and the next `apply` or `picket retry` tries it again. An apply ends with exit code 2 while rules wait,
    /// unless it is told `--allow-pending`.
    pub(super) static DELETED: "PK816", "recently-deleted-id", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports content that somebody changed in the workspace between the plan and its apply.
    ///
    /// ## Why is this bad
    /// Writing it would overwrite what the plan did not show, so it is left as it is.
    pub(super) static CHANGED: "PK817", "changed-since-plan", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a rule that the project wants enabled and that is disabled after it was written, as the service does
    /// with rules that failed again and again (`AUTO DISABLED`).
    ///
    /// ## Why is this bad
    /// The rule looks deployed and detects nothing.
    pub(super) static DISABLED: "PK818", "left-disabled", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a change that the service refuses for a reason that picket has no code for, in the service's words.
    ///
    /// ## Why is this bad
    /// The change is not made.
    pub(super) static OTHER: "PK819", "refused-change", Severity::Error, since "0.1.0"
}

/// A rule that the service does not take yet; a plan may know it ahead.
pub static RULE_WAITS: &LintMeta = &WAITING;

/// Every code that a deployment can report, in order.
pub fn codes() -> &'static [&'static LintMeta] {
    static CODES: [&LintMeta; 10] =
        [&WAITING, &QUERY, &PROPERTY, &NAME, &FULL, &PERMISSION, &DELETED, &CHANGED, &DISABLED, &OTHER];
    &CODES
}
