//! The server for editors, driven in memory.

#![cfg(feature = "lsp")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub,
    reason = "tests fail and speak this way"
)]

mod common;

mod lsp {
    pub mod actions;
    pub mod completion;
    pub mod damaged;
    pub mod diagnostics;
    pub mod editor;
    pub mod edits;
    pub mod formatting;
    pub mod help;
    pub mod navigation;
    pub mod outline;
    pub mod project;
    pub mod protocol;
    pub mod real_rules;
    pub mod renaming;
    pub mod stdio;
}
