//! Lints of what makes a query one that no rule can have.

use super::Lint;

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[];
