//! Lints of what makes a query one that no rule can have.

pub(super) mod front_end;
mod not_tabular;
mod render;

use super::Lint;

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[
    Lint::query(&render::RENDER_IN_RULE, render::check),
    Lint::query(&not_tabular::RESULT_NOT_TABULAR, not_tabular::check),
];
