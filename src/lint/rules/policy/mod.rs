//! Lints of what a team agreed on.

use super::Lint;

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[];
