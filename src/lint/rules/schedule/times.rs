//! The schedule of a rule beside the time bounds of its query.

use crate::lint::analysis::Analysis;
use crate::lint::time_bounds::TimeBound;
use crate::rule::{Duration, RuleKind};
use crate::text::Spanned;

/// What the lints of time windows compare.
pub(super) struct Schedule<'w, 'a> {
    /// `queryFrequency`
    pub(super) frequency: &'w Spanned<Duration>,
    /// `queryPeriod`
    pub(super) period: &'w Spanned<Duration>,
    /// The time bounds that the query sets.
    pub(super) bounds: &'w [TimeBound<'a>],
}

/// The schedule, where the rule has one and its query has no errors.
pub(super) fn schedule<'w, 'a>(analysis: &'w Analysis<'a>) -> Option<Schedule<'w, 'a>> {
    let rule = analysis.rule;
    let (frequency, period) = (rule.query_frequency.as_ref()?, rule.query_period.as_ref()?);
    let is_sound = rule.kind == RuleKind::Scheduled && !analysis.has_errors();
    is_sound.then(|| Schedule { frequency, period, bounds: analysis.time_bounds() })
}

#[expect(clippy::cast_precision_loss, reason = "lengths of time are small")]
fn seconds(length: Duration) -> f64 {
    length.seconds() as f64
}

/// Whether `length`, in seconds, is longer than `than`.
pub(super) fn is_longer(length: f64, than: Duration) -> bool {
    length > seconds(than) + 0.5
}

/// Whether `length`, in seconds, is shorter than `than`.
pub(super) fn is_shorter(length: f64, than: Duration) -> bool {
    length < seconds(than) - 0.5
}

/// `seconds` as a duration.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "lengths of time are small and positive"
)]
pub(super) fn length(seconds: f64) -> Duration {
    Duration::from_seconds(seconds.round().max(0.0) as u64)
}
