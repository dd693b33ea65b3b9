//! Lints: what is wrong with a rule that reads well.

mod registry;
mod suppress;

pub use registry::registry;
