//! The executor: what of the language it knows, and what it computes.

#![allow(clippy::expect_used, reason = "a test fails this way")]

#[path = "exec/documented.rs"]
mod documented;
#[path = "exec/operators.rs"]
mod operators;
#[path = "exec/scalars.rs"]
mod scalars;
#[path = "exec/supported.rs"]
mod supported;
