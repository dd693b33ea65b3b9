//! Lints of queries that work, but slowly, or not quite as meant.

use super::Lint;

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[];
