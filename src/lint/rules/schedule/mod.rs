//! Lints of schedule, threshold and other figures that the service bounds.

pub(super) mod duration_out_of_range;
pub(super) mod long_period;
pub(super) mod short_period;
pub(super) mod threshold_out_of_range;

use crate::rule::{Duration, DurationStyle};

/// `length` in the spelling that `like` was written in.
fn spell(length: u64, like: Duration) -> String {
    let length = Duration::from_seconds(length);
    match like.style() {
        DurationStyle::Iso => length.iso(),
        DurationStyle::Short | DurationStyle::Clock => length.short(),
    }
}
