//! README and the book under docs: what they show is what picket prints, and what they link to is there.

#![cfg(all(unix, feature = "cli", feature = "azure", feature = "emulator"))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails and speaks this way"
)]

mod common;

#[path = "book/blocks.rs"]
mod blocks;
#[path = "book/checked.rs"]
mod checked;
#[path = "book/links.rs"]
mod links;
#[path = "book/pages.rs"]
mod pages;
#[path = "book/readme.rs"]
mod readme;
#[path = "book/session.rs"]
mod session;
#[path = "book/standins.rs"]
mod standins;
