//! Suppression comments: `# picket: ignore[PK501] reason`, on the line at fault or the line above it.

use crate::diag::{Severity, declare_lint};

declare_lint! {
    /// ## What it does
    /// Reports a suppression comment that suppresses nothing.
    ///
    /// ## Why is this bad
    /// The finding that the comment was written for is gone, and the comment now hides the next one that
    /// comes to stand there.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Listening sockets by process # picket: ignore[PK501] the tactic is a house name
    /// description: Lists the processes that listen.
    /// query: DeviceNetworkEvents
    /// ```
    ///
    /// Without the comment:
    /// ```yaml clean
    /// id: 0f1c2d3e-4a5b-4c6d-8e7f-9a0b1c2d3e4f
    /// name: Listening sockets by process
    /// description: Lists the processes that listen.
    /// query: DeviceNetworkEvents
    /// ```
    pub(super) static UNUSED_SUPPRESSION: "PK990", "unused-suppression", Severity::Warning, since "0.1.0"
}
