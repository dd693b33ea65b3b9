//! The local workspace, driven over HTTP by a plain client.

#![cfg(all(feature = "emulator", feature = "azure"))]
#![allow(unreachable_pub, reason = "the modules of one test binary")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail and speak this way"
)]

#[path = "../common/mod.rs"]
mod common;

mod automation_rules;
mod client;
mod contract;
mod door;
mod faults;
mod logs;
mod metadata;
mod refusals;
mod rules;
mod saved_searches;
mod store;
mod tables;
mod traffic;
mod watchlists;
mod withheld;
