//! The codes of planning, PK800 to PK809.

use crate::diag::{LintMeta, Severity, declare_lint};

declare_lint! {
    /// ## What it does
    /// Reports a rule that is to be written and reads a watchlist that the workspace will not have: it is not there, and the
    /// plan does not write it, as where an environment leaves it out.
    ///
    /// ## Why is this bad
    /// The rule is deployed, and finds nothing or fails each time it runs.
    pub(super) static WITHOUT_WATCHLIST: "PK800", "absent-watchlist", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a rule that cannot be planned: it lacks a field without which there is nothing to write, or
    /// its id cannot name a resource.
    ///
    /// ## Why is this bad
    /// The rule is in the project but would not be in the workspace. picket guesses neither a query nor a
    /// schedule.
    pub(super) static UNPLANNABLE: "PK801", "unplannable-rule", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a second rule of the same kind under an id that is taken. Ids compare without case, as
    /// resource names do.
    ///
    /// ## Why is this bad
    /// Both would be written to one resource, and whichever came last would win.
    pub(super) static DUPLICATE: "PK802", "duplicate-resource", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports that the workspace would hold more enabled rules, or more automation rules, than the service allows,
    /// counting those that are there already, whoever owns them.
    ///
    /// ## Why is this bad
    /// The service refuses the rules beyond the limit, in the middle of a deployment.
    pub(super) static QUOTA: "PK803", "rule-quota", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a field that changes how a rule runs but has no place in the API, and is left out.
    ///
    /// ## Why is this bad
    /// The rule in the workspace does not do what the file says.
    pub(super) static NO_PLACE: "PK804", "field-without-place", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports content that exists in the workspace under the id of a rule, but carries no ownership record
    /// of this project.
    ///
    /// ## Why is this bad
    /// Someone else may maintain it, so it is left alone, and the rule of the project is not deployed. What
    /// is identical and belongs to nobody is not reported: it is taken over by writing the record.
    pub(super) static UNOWNED: "PK805", "unowned-content", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports that a plan with `--prune` deletes more than a share of what the project has in the workspace:
    /// `prune_limit` under `[deploy]` of picket.toml, 20 percent without it, or `--prune-limit`. The share is
    /// rounded up, so that one rule of a few can always go.
    ///
    /// ## Why is this bad
    /// So many rules are seldom meant to go at once. A folder that was moved or left out of `rules` looks the same.
    pub(super) static PRUNE_LIMIT: "PK806", "prune-limit", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports what `picket pull` could not write into a rule file: an entry that both git and the workspace changed
    /// since the last apply, or one that cannot be changed without touching something else. The file keeps what it
    /// says, and a comment beside the entry tells what the workspace says; of a JSON file, which has no comments, the
    /// finding tells both.
    ///
    /// ## Why is this bad
    /// The next apply writes over what somebody changed in the workspace. Decide for one of the two: write it by hand,
    /// or pull again with `--theirs` or `--ours`.
    pub(super) static CONFLICT: "PK807", "pull-conflict", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports functions of the project that call each other in a circle, or one that calls itself.
    ///
    /// ## Why is this bad
    /// The service runs no query that comes to a function through itself, and no order of writing them exists in which
    /// each finds what it calls.
    pub(super) static CIRCLE: "PK808", "function-circle", Severity::Error, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports that custom detections of Defender are left out, because the workspace goes without Defender:
    /// `defender = true` under its table in picket.toml connects it with that of its tenant.
    ///
    /// ## Why is this bad
    /// What the custom detections look for is not found.
    pub(super) static LEFT_OUT: "PK809", "no-defender", Severity::Warning, since "0.1.0"
}

/// The code of custom detections that are left out.
pub static NO_DEFENDER: &LintMeta = &LEFT_OUT;

/// The code of rules that read a watchlist which is not there.
pub static NO_WATCHLIST: &LintMeta = &WITHOUT_WATCHLIST;

/// The code of what `picket pull` could not merge.
pub static PULL_CONFLICT: &LintMeta = &CONFLICT;

/// Every code that planning can report, in order.
pub fn codes() -> &'static [&'static LintMeta] {
    static CODES: [&LintMeta; 10] = [
        &WITHOUT_WATCHLIST,
        &UNPLANNABLE,
        &DUPLICATE,
        &QUOTA,
        &NO_PLACE,
        &UNOWNED,
        &PRUNE_LIMIT,
        &CONFLICT,
        &CIRCLE,
        &LEFT_OUT,
    ];
    &CODES
}
