//! The only place of the local workspace that asks for the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time a local workspace goes by, in milliseconds since 1970.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    held: Option<Arc<AtomicU64>>,
}

impl Clock {
    /// A clock that stands still until it is advanced.
    pub fn manual(start_millis: u64) -> Self {
        Self { held: Some(Arc::new(AtomicU64::new(start_millis))) }
    }

    /// Moves a manual clock on; the system's clock goes by itself.
    pub fn advance(&self, by: Duration) {
        if let Some(held) = &self.held {
            held.fetch_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
        }
    }

    /// Milliseconds since 1970.
    pub fn millis(&self) -> u64 {
        match &self.held {
            Some(held) => held.load(Ordering::SeqCst),
            None => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
            }
        }
    }
}

/// A time as the service writes it: `2026-11-24T20:30:00.1230000Z`.
pub fn timestamp(millis: u64) -> String {
    let (year, month, day) = civil(millis / 86_400_000);
    let rest = millis % 86_400_000;
    let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}0000Z", rest % 1000)
}

/// A time as the header `Date` has it: `Tue, 24 Nov 2026 20:30:00 GMT`.
pub(super) fn http_date(millis: u64) -> String {
    // The first day of 1970 was a Thursday.
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let days = millis / 86_400_000;
    let (year, month, day) = civil(days);
    let weekday = DAYS.iter().cycle().nth((days % 7) as usize).unwrap_or(&"");
    let month = MONTHS.get((month as usize).wrapping_sub(1)).unwrap_or(&"");
    let time = timestamp(millis);
    format!("{weekday}, {day:02} {month} {year:04} {} GMT", time.get(11..19).unwrap_or_default())
}

/// Year, month and day of a count of days since 1970. Years are counted from March, so that the leap day
/// is the last of its year, in eras of 400 years, all of the same length.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_date_names_the_weekday() {
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(http_date(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date(1_795_552_200_999), "Tue, 24 Nov 2026 20:30:00 GMT");
    }

    #[test]
    fn writes_dates_of_leap_years_and_turns_of_the_year() {
        let at = |seconds: u64| timestamp(seconds * 1000);
        assert_eq!(at(0), "1970-01-01T00:00:00.0000000Z");
        assert_eq!(at(951_782_399), "2000-02-28T23:59:59.0000000Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00.0000000Z");
        assert_eq!(at(1_767_225_599), "2025-12-31T23:59:59.0000000Z");
        assert_eq!(timestamp(1_795_555_555_123), "2026-11-24T21:25:55.1230000Z");
    }
}
