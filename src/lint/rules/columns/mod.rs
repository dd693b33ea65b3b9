//! Lints that join the columns of a query to the rest of the rule.

use super::Lint;

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[];
