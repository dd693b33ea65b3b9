//! The time span of a request to the query API: a duration up to now, or an interval of ISO 8601.

use jiff::{Span, SpanRelativeTo};

use crate::exec::value::{DateTime, TimeSpan};

/// The nanoseconds of a tick.
const TICK: i128 = 100;

/// From when to when a query reads, both ends within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimeRange {
    pub(super) start: DateTime,
    pub(super) end: DateTime,
}

impl TimeRange {
    /// All of time.
    pub(super) const ALL: Self = Self { start: DateTime::MIN, end: DateTime::MAX };

    /// Reads `P1D`, `start/end`, `start/P1D` or `P1D/end`. Days are of 24 hours; calendar months and years are not taken, as
    /// their length is that of no one month. Nothing where it is none of them, or ends before it starts.
    pub(super) fn parse(text: &str, now: DateTime) -> Option<Self> {
        let range = match text.split_once('/') {
            None => Self { start: earlier(now, length(text)?), end: DateTime::MAX },
            Some((first, second)) => match (length(first), length(second)) {
                (Some(length), None) => {
                    let end = DateTime::parse(second)?;
                    Self { start: earlier(end, length), end }
                }
                (None, Some(length)) => {
                    let start = DateTime::parse(first)?;
                    Self { start, end: start.plus(length).unwrap_or(DateTime::MAX) }
                }
                (None, None) => Self { start: DateTime::parse(first)?, end: DateTime::parse(second)? },
                (Some(_), Some(_)) => return None,
            },
        };
        (range.start <= range.end).then_some(range)
    }

    /// Whether a time is in it.
    pub(super) fn contains(&self, time: DateTime) -> bool {
        (self.start..=self.end).contains(&time)
    }
}

fn length(text: &str) -> Option<TimeSpan> {
    let span: Span = text.trim().starts_with('P').then(|| text.trim().parse().ok())??;
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Some(TimeSpan(i64::try_from(length.as_nanos() / TICK).ok()?))
}

fn earlier(time: DateTime, length: TimeSpan) -> DateTime {
    length.0.checked_neg().and_then(|back| time.plus(TimeSpan(back))).unwrap_or(DateTime::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> DateTime {
        DateTime::parse(text).expect("a time")
    }

    #[test]
    fn durations_and_intervals_are_read() {
        let now = time("2026-11-30T12:00:00Z");
        for (text, start, end) in [
            ("P1D", "2026-11-29T12:00:00Z", None),
            ("P1W", "2026-11-23T12:00:00Z", None),
            ("PT86400.0S", "2026-11-29T12:00:00Z", None),
            ("PT1.5S", "2026-11-30T11:59:58.5Z", None),
            ("P1DT1H1M1S", "2026-11-29T10:58:59Z", None),
            ("2026-11-01/2026-11-02T06:00:00Z", "2026-11-01", Some("2026-11-02T06:00:00Z")),
            ("2026-11-01T00:00:00.000Z/PT2H", "2026-11-01", Some("2026-11-01T02:00:00Z")),
            ("PT2H/2026-11-01T02:00:00+01:00", "2026-10-31T23:00:00Z", Some("2026-11-01T01:00:00Z")),
        ] {
            let expected = TimeRange { start: time(start), end: end.map_or(DateTime::MAX, time) };
            assert_eq!(TimeRange::parse(text, now), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_range_is_of_fixed_length_and_forward() {
        let now = time("2026-11-30T12:00:00Z");
        for text in [
            "",
            "P",
            "PT",
            "30D",
            "P30",
            "PT1X",
            "P1M",
            "1d",
            "P1D/P1D",
            "2026-11-02/2026-11-01",
            "x/P1D",
            "P1D/",
        ] {
            assert_eq!(TimeRange::parse(text, now), None, "{text}");
        }
        assert_eq!(TimeRange::parse("P300000D", now).map(|range| range.end), Some(DateTime::MAX));
    }
}
