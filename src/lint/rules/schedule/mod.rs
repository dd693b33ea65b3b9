//! Lints of schedule, threshold and other figures that the service bounds.

mod duration_out_of_range;
mod long_period;
mod short_period;
mod threshold_out_of_range;

use super::Lint;
use crate::rule::{Duration, DurationStyle};

/// The lints of the family.
pub(super) static LINTS: &[Lint] = &[
    Lint::rule(&duration_out_of_range::DURATION_OUT_OF_RANGE, duration_out_of_range::check),
    Lint::rule(&short_period::PERIOD_SHORTER_THAN_FREQUENCY, short_period::check),
    Lint::rule(&long_period::LONG_PERIOD_RUN_TOO_OFTEN, long_period::check),
    Lint::rule(&threshold_out_of_range::THRESHOLD_OUT_OF_RANGE, threshold_out_of_range::check),
];

/// `length` in the spelling that `like` was written in.
fn spell(length: u64, like: Duration) -> String {
    let length = Duration::from_seconds(length);
    match like.style() {
        DurationStyle::Iso => length.iso(),
        DurationStyle::Short | DurationStyle::Clock => length.short(),
    }
}
