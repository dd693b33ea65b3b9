//! The executor: what of the language it knows, and what it computes.

#[path = "exec/scalars.rs"]
mod scalars;
