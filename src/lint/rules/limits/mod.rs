//! Lints of what the service bounds.

use super::Lint;

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[];
