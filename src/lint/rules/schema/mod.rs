//! Lints of identity and of what a kind of rule needs.

mod duplicate_id;
mod malformed_id;
pub(super) mod missing_field;

use super::Lint;

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[
    Lint::rule(&malformed_id::MALFORMED_ID, malformed_id::check),
    Lint::rules(&duplicate_id::DUPLICATE_ID, duplicate_id::check),
    Lint::rule(&missing_field::MISSING_FIELD, missing_field::check),
];
