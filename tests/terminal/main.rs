//! What stands around checking and deploying: new repositories and rules, help of the shell, watching, exit codes, pipelines.

#![cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail and speak this way"
)]

#[path = "../common/mod.rs"]
mod common;

mod completions;
mod exits;
mod explain;
mod generated;
mod init;
mod new;
mod watch;
