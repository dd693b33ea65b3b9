//! From rule files to a plan, and the plan as text.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail and speak this way"
)]

mod bodies;
mod causes;
#[path = "../common/mod.rs"]
mod common;
mod corpus;
mod order;
mod ownership;
mod properties;
mod quota;
mod reports;
mod support;
