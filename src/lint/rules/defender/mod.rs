//! Lints of rules that run in Defender, as custom detections.

mod event_columns;
mod lost_entity;
mod not_in_hunting;
mod settings;

use super::Lint;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::hunting::is_in_hunting;
use crate::rule::Rule;

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[
    Lint::query(&not_in_hunting::NOT_IN_HUNTING, not_in_hunting::check),
    Lint::query(&event_columns::EVENT_COLUMNS, event_columns::check),
    Lint::rule(&settings::SETTINGS, settings::check),
    Lint::rule(&lost_entity::LOST_ENTITY, lost_entity::check),
];

/// Whether `rule` is to be a custom detection.
fn is_for_defender(rule: &Rule) -> bool {
    rule.runs_in_defender()
}

/// Whether the query reads a table that Advanced Hunting does not have.
fn reads_elsewhere(analysis: &Analysis<'_>, context: &Context<'_>) -> bool {
    let tables = analysis.uses().tables.keys().filter_map(|name| context.kql.table(name));
    tables.into_iter().any(|table| !is_in_hunting(table.products))
}
