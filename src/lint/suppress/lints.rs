//! The codes about suppressions.

use crate::diag::{LintMeta, Severity, declare_lint};

declare_lint! {
    /// ## What it does
    /// Reports a suppression, in a comment of YAML or of a query or under `[[lint.ignore]]` in picket.toml, that
    /// suppresses nothing.
    ///
    /// ## Why is this bad
    /// The finding that it was written for is gone, and it now hides the next one that comes to stand there.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Listening sockets by process # picket: ignore[PK501] the tactic is a house name
    /// description: Lists the processes that listen.
    /// query: DeviceNetworkEvents
    /// ```
    ///
    /// ```yaml clean
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Listening sockets by process
    /// tactics: [Housekeeping] # picket: ignore[PK501] the tactic is a house name
    /// description: Lists the processes that listen.
    /// query: DeviceNetworkEvents
    /// ```
    pub(in crate::lint) static UNUSED_SUPPRESSION: "PK990", "unused-suppression", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a suppression comment that names no code, an unknown code, or one that cannot be suppressed.
    /// Codes below `PK100` cannot, since a file that is not read holds no rules, and neither can those about
    /// suppression comments.
    ///
    /// ## Why is this bad
    /// The comment has no effect.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Listening sockets by process
    /// # picket: ignore[unknown-tactik] the tactic is a house name
    /// description: Lists the processes that listen.
    /// query: DeviceNetworkEvents
    /// ```
    ///
    /// ```yaml clean
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Listening sockets by process
    /// # picket: ignore[unknown-tactic] the tactic is a house name
    /// tactics: [Housekeeping]
    /// description: Lists the processes that listen.
    /// query: DeviceNetworkEvents
    /// ```
    pub(in crate::lint) static BAD_SUPPRESSION: "PK991", "bad-suppression", Severity::Warning, since "0.1.0"
}

declare_lint! {
    /// ## What it does
    /// Reports a suppression without a reason, in a comment or under `[[lint.ignore]]` in picket.toml. It
    /// suppresses all the same.
    ///
    /// ## Why is this bad
    /// The next person cannot tell whether the finding is still wrong.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Listening sockets by process
    /// tactics: [Housekeeping] # picket: ignore[PK501]
    /// description: Lists the processes that listen.
    /// query: DeviceNetworkEvents
    /// ```
    ///
    /// ```yaml clean
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Listening sockets by process
    /// tactics: [Housekeeping] # picket: ignore[PK501] the tactic is a house name
    /// description: Lists the processes that listen.
    /// query: DeviceNetworkEvents
    /// ```
    pub(in crate::lint) static SUPPRESSION_WITHOUT_REASON: "PK992", "suppression-without-reason", Severity::Warning, since "0.1.0"
}

/// Every code of this module.
pub(in crate::lint) const ALL: [&LintMeta; 3] =
    [&UNUSED_SUPPRESSION, &BAD_SUPPRESSION, &SUPPRESSION_WITHOUT_REASON];
