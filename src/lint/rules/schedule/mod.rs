//! Lints of schedule, threshold and other figures that the service bounds.

mod always_fires;
mod duration_out_of_range;
mod grouping;
mod grouping_detail_not_defined;
mod grouping_entity_not_mapped;
mod grouping_keys_ignored;
mod grouping_without_incident;
mod grouping_without_keys;
mod long_period;
mod more_rows_than_alerts;
mod never_fires;
mod no_time_column;
mod nrt_alert_per_event;
mod overlapping_runs;
mod period_longer_than_window;
mod reversed_window;
mod rows;
mod short_period;
mod short_suppression;
mod start_time;
mod suppression_without_duration;
mod threshold_above_alerts;
mod threshold_out_of_range;
mod times;
mod wide_bin;
mod window_before_period;
mod window_beyond_period;
mod window_shorter_than_frequency;

use super::Lint;
use crate::rule::{Duration, DurationStyle, Rule};
use crate::text::TextRange;

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
    Lint::query(&window_beyond_period::WINDOW_BEYOND_PERIOD, window_beyond_period::check),
    Lint::query(
        &window_shorter_than_frequency::WINDOW_SHORTER_THAN_FREQUENCY,
        window_shorter_than_frequency::check,
    ),
    Lint::query(&period_longer_than_window::PERIOD_LONGER_THAN_WINDOW, period_longer_than_window::check),
    Lint::query(&overlapping_runs::OVERLAPPING_RUNS, overlapping_runs::check),
    Lint::query(&reversed_window::REVERSED_TIME_WINDOW, reversed_window::check),
    Lint::query(&window_before_period::WINDOW_BEFORE_PERIOD, window_before_period::check),
    Lint::query(&wide_bin::BIN_WIDER_THAN_PERIOD, wide_bin::check),
    Lint::query(&no_time_column::NO_TIME_COLUMN, no_time_column::check),
    Lint::query(&never_fires::NEVER_FIRES, never_fires::check),
    Lint::query(&always_fires::ALWAYS_FIRES, always_fires::check),
    Lint::query(&more_rows_than_alerts::MORE_ROWS_THAN_ALERTS, more_rows_than_alerts::check),
    Lint::query(&nrt_alert_per_event::NRT_ALERT_PER_EVENT, nrt_alert_per_event::check),
    Lint::rule(&start_time::BAD_START_TIME, start_time::check),
];

/// `length` in the spelling that `like` was written in.
fn spell(length: u64, like: Duration) -> String {
    let length = Duration::from_seconds(length);
    match like.style() {
        DurationStyle::Iso => length.iso(),
        DurationStyle::Short | DurationStyle::Clock => length.short(),
    }
}

/// Where `rule` asks for an alert for each result, if it does.
fn alert_per_result(rule: &Rule) -> Option<TextRange> {
    let kind = rule.event_grouping.as_ref()?.aggregation_kind.as_ref()?;
    (kind.value == "AlertPerResult").then_some(kind.range)
}
