//! Lints of identity and of what a kind of rule needs.

pub(super) mod duplicate_id;
pub(super) mod malformed_id;
pub(super) mod missing_field;
