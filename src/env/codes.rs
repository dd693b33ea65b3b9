//! The codes of environments, PK850 to PK856.

use crate::diag::{LintMeta, Severity, declare_lint};

declare_lint! {
    /// ## What it does
    /// Reports a selector of an environment that selects no rule: an id or name that no rule has, a pattern that no file
    /// matches, a tag, severity or kind that no rule has, or all of these together; and one of `content` that means none.
    ///
    /// ## Why is this bad
    /// An override of nothing changes nothing, and a rule that was to be left out is deployed. A rule that was renamed or
    /// moved leaves such a selector behind.
    ///
    /// ## Example
    /// ```toml
    /// [[env.prod.overrides]]
    /// paths = ["rules/remote-acess/**"]
    /// set = { severity = "High" }
    /// ```
    pub(super) static SELECTS_NOTHING: "PK850", "selector-of-nothing", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a parameter that none of the rules of its override declares. A rule declares one with a comment behind a
    /// `let` that holds a literal:
    ///
    /// ```kql
    /// let Threshold = 10; // picket: parameter
    /// ```
    ///
    /// ## Why is this bad
    /// The value is not used, and the rules run with what they say themselves.
    pub(super) static UNKNOWN_PARAMETER: "PK851", "unknown-parameter", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a value of a parameter that is of another type than the literal in the rule, or cannot be one.
    ///
    /// ## Why is this bad
    /// The query would compare other things than its author meant, or not run at all.
    ///
    /// ## Example
    /// For a rule with `let Window = 1h; // picket: parameter`:
    /// ```toml
    /// parameters = { Window = 2 }
    /// ```
    ///
    /// A length of time is written as KQL has it:
    /// ```toml
    /// parameters = { Window = "2h" }
    /// ```
    pub(super) static PARAMETER_TYPE: "PK852", "parameter-type", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports an exclusion for a rule whose query does not mark where exclusions belong.
    ///
    /// ## Why is this bad
    /// Only the author of a query knows where a condition can stand: before an aggregation it filters events, behind it
    /// results. A comment says so:
    ///
    /// ```kql
    /// SecurityEvent
    /// | where EventID == 4625
    /// // picket: exclusions
    /// | summarize count() by Account
    /// ```
    pub(super) static NO_PLACE: "PK853", "exclusion-without-place", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports an exclusion that is no KQL, or no operators behind a pipe.
    ///
    /// ## Why is this bad
    /// The rule could not be deployed, and the finding would stand at a query that has no fault.
    ///
    /// ## Example
    /// ```toml
    /// exclusions = ["DeviceName != 'lab-1'"]
    /// ```
    ///
    /// One or more operators:
    /// ```toml
    /// exclusions = ["| where DeviceName != 'lab-1'"]
    /// ```
    pub(super) static MALFORMED_EXCLUSION: "PK854", "malformed-exclusion", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a key under `set` of an override that an environment cannot set, or that means nothing to any of the
    /// rules of the override: a hunting query has no severity, an NRT rule no schedule.
    ///
    /// ## Why is this bad
    /// The setting has no effect.
    pub(super) static UNUSED_SETTING: "PK855", "setting-without-effect", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports that somebody changed in the workspace what an environment of picket.toml sets, and `picket pull` did not
    /// write it into the rule file.
    ///
    /// ## Why is this bad
    /// The rule file would say for every environment what was meant for one, and the environment would still set its own
    /// value: the next apply writes that. Change it in picket.toml, or let the next apply put it back.
    static SET_BY_ENVIRONMENT: "PK856", "set-by-environment", Severity::Warning, since "0.1.0"
}

/// The code of a change in the workspace to what an environment sets.
pub static EDITED_IN_WORKSPACE: &LintMeta = &SET_BY_ENVIRONMENT;

/// Every code that environments can report, in order.
pub fn codes() -> &'static [&'static LintMeta] {
    static CODES: [&LintMeta; 7] = [
        &SELECTS_NOTHING,
        &UNKNOWN_PARAMETER,
        &PARAMETER_TYPE,
        &NO_PLACE,
        &MALFORMED_EXCLUSION,
        &UNUSED_SETTING,
        &SET_BY_ENVIRONMENT,
    ];
    &CODES
}
