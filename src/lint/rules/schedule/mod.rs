//! Lints of schedule, threshold and other figures that the service bounds.

mod duration_out_of_range;
mod grouping;
mod grouping_detail_not_defined;
mod grouping_entity_not_mapped;
mod grouping_keys_ignored;
mod grouping_without_incident;
mod grouping_without_keys;
mod long_period;
mod short_period;
mod short_suppression;
mod suppression_without_duration;
mod threshold_above_alerts;
mod threshold_out_of_range;

use super::Lint;
use crate::rule::{Duration, DurationStyle};

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[
    Lint::rule(&duration_out_of_range::DURATION_OUT_OF_RANGE, duration_out_of_range::check),
    Lint::rule(&short_period::PERIOD_SHORTER_THAN_FREQUENCY, short_period::check),
    Lint::rule(&long_period::LONG_PERIOD_RUN_TOO_OFTEN, long_period::check),
    Lint::rule(&threshold_out_of_range::THRESHOLD_OUT_OF_RANGE, threshold_out_of_range::check),
    Lint::rule(&grouping_detail_not_defined::GROUPING_DETAIL_NOT_DEFINED, grouping_detail_not_defined::check),
    Lint::rule(&grouping_entity_not_mapped::GROUPING_ENTITY_NOT_MAPPED, grouping_entity_not_mapped::check),
    Lint::rule(&grouping_keys_ignored::GROUPING_KEYS_IGNORED, grouping_keys_ignored::check),
    Lint::rule(&grouping_without_incident::GROUPING_WITHOUT_INCIDENT, grouping_without_incident::check),
    Lint::rule(&grouping_without_keys::GROUPING_WITHOUT_KEYS, grouping_without_keys::check),
    Lint::rule(&short_suppression::SUPPRESSION_SHORTER_THAN_FREQUENCY, short_suppression::check),
    Lint::rule(
        &suppression_without_duration::SUPPRESSION_WITHOUT_DURATION,
        suppression_without_duration::check,
    ),
    Lint::rule(&threshold_above_alerts::THRESHOLD_ABOVE_ALERTS, threshold_above_alerts::check),
];

/// `length` in the spelling that `like` was written in.
fn spell(length: u64, like: Duration) -> String {
    let length = Duration::from_seconds(length);
    match like.style() {
        DurationStyle::Iso => length.iso(),
        DurationStyle::Short | DurationStyle::Clock => length.short(),
    }
}
