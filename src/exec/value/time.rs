//! Points and spans of time, in units of 100 ns ("ticks"), as text and back.

use std::fmt;

use jiff::civil;

/// Ticks in a second.
pub const TICKS_PER_SECOND: i64 = 10_000_000;
/// Ticks in a day.
pub const TICKS_PER_DAY: i64 = 86_400 * TICKS_PER_SECOND;

const TICKS_PER_MINUTE: i64 = 60 * TICKS_PER_SECOND;
const TICKS_PER_HOUR: i64 = 60 * TICKS_PER_MINUTE;

/// Days from 0001-01-01 to 1970-01-01.
const DAYS_TO_UNIX: i64 = 719_162;
/// Days from 0001-01-01 to 10000-01-01, which is out of range.
const DAYS_IN_RANGE: i64 = 3_652_059;

/// A point in time: ticks since 0001-01-01T00:00:00Z, up to the end of the year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(i64);

/// A span of time, in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeSpan(pub i64);

impl DateTime {
    /// The earliest time.
    pub const MIN: Self = Self(0);
    /// The latest time.
    pub const MAX: Self = Self(DAYS_IN_RANGE * TICKS_PER_DAY - 1);

    /// The time of so many ticks since the year 1; nothing out of range.
    pub fn from_ticks(ticks: i64) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0).contains(&ticks).then_some(Self(ticks))
    }

    /// Ticks since the year 1.
    pub fn ticks(self) -> i64 {
        self.0
    }

    /// The time of so many ticks since 1970; nothing out of range.
    pub fn from_unix_ticks(ticks: i64) -> Option<Self> {
        Self::from_ticks(ticks.checked_add(DAYS_TO_UNIX * TICKS_PER_DAY)?)
    }

    /// Ticks since 1970.
    pub fn unix_ticks(self) -> i64 {
        self.0 - DAYS_TO_UNIX * TICKS_PER_DAY
    }

    /// The start of a day; nothing where there is no such day.
    pub fn from_date(year: i64, month: i64, day: i64) -> Option<Self> {
        let year = i16::try_from(year).ok().filter(|year| (1..=9999).contains(year))?;
        let date = civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        Some(Self::of_date(date))
    }

    fn of_date(date: civil::Date) -> Self {
        let unix = civil::Date::constant(1970, 1, 1);
        let days = date.since(unix).map_or(0, |span| i64::from(span.get_days()));
        Self((days + DAYS_TO_UNIX) * TICKS_PER_DAY)
    }

    /// The day.
    pub fn date(self) -> civil::Date {
        let days = i32::try_from(self.0.div_euclid(TICKS_PER_DAY) - DAYS_TO_UNIX).unwrap_or_default();
        let unix = civil::Date::constant(1970, 1, 1);
        unix.checked_add(jiff::Span::new().days(days)).unwrap_or(unix)
    }

    /// The time since midnight.
    pub fn time_of_day(self) -> TimeSpan {
        TimeSpan(self.0.rem_euclid(TICKS_PER_DAY))
    }

    /// The time `span` later; nothing out of range.
    pub fn plus(self, span: TimeSpan) -> Option<Self> {
        Self::from_ticks(self.0.checked_add(span.0)?)
    }

    /// The time between.
    pub fn since(self, other: Self) -> TimeSpan {
        TimeSpan(self.0 - other.0)
    }

    /// Reads a time in the forms that the service takes: ISO 8601 and what is near it, RFC 822 and 850, month first with
    /// slashes. Without an offset it is UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::parse_iso(text).or_else(|| Self::parse_words(text)).or_else(|| Self::parse_slashes(text))
    }

    fn parse_iso(text: &str) -> Option<Self> {
        let (date, time) = match text.find(['T', 't', ' ']) {
            Some(at) => (&text[..at], text[at + 1..].trim()),
            None => (text, ""),
        };
        let mut parts = date.split('-');
        let year = digits(parts.next()?, 4, 4)?;
        let month = parts.next().map_or(Some(1), |part| digits(part, 1, 2))?;
        let day = parts.next().map_or(Some(1), |part| digits(part, 1, 2))?;
        if parts.next().is_some() {
            return None;
        }
        Self::from_date(year, month, day)?.at_time(time)
    }

    /// `Tue, 15 Nov 1994 08:12:31 GMT`, `15 Nov 94 08:12:31 UTC`, `Sunday, 06-Nov-94 08:49:37 GMT`,
    /// `Nov 6 08:49:37 1994`
    fn parse_words(text: &str) -> Option<Self> {
        const MONTHS: [&str; 12] =
            ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let text = text.to_ascii_lowercase();
        let words: Vec<&str> = text
            .split([' ', ',', '-'])
            .filter(|word| !word.is_empty() && !DAYS.iter().any(|day| word.starts_with(day)))
            .collect();
        let at = words.iter().position(|word| MONTHS.iter().any(|month| word.starts_with(month)))?;
        let month = MONTHS.iter().position(|month| words[at].starts_with(month))? + 1;
        let clock = words.iter().position(|word| word.contains(':'));
        let numbers: Vec<i64> = words
            .iter()
            .enumerate()
            .filter(|(index, _)| Some(*index) != clock && *index != at)
            .filter_map(|(_, word)| digits(word, 1, 4))
            .collect();
        let [first, second] = numbers[..] else { return None };
        let (day, year) = if first > 31 { (second, first) } else { (first, second) };
        let year = if year < 50 {
            year + 2000
        } else if year < 100 {
            year + 1900
        } else {
            year
        };
        let date = Self::from_date(year, i64::try_from(month).ok()?, day)?;
        date.at_time(clock.map_or("", |clock| words[clock]))
    }

    /// `11/15/1994 08:12:31`, also with dashes, with `AM` or `PM`.
    fn parse_slashes(text: &str) -> Option<Self> {
        let (date, time) = text.split_once(' ').unwrap_or((text, ""));
        let parts: Vec<&str> = date.split(['/', '-']).collect();
        let [first, second, third] = parts[..] else { return None };
        let date = if first.len() == 4 {
            Self::from_date(digits(first, 4, 4)?, digits(second, 1, 2)?, digits(third, 1, 2)?)?
        } else {
            Self::from_date(digits(third, 4, 4)?, digits(first, 1, 2)?, digits(second, 1, 2)?)?
        };
        date.at_time(time)
    }

    /// The time of a day, written as a clock with an offset.
    fn at_time(self, text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        if text.is_empty() {
            return Some(self);
        }
        let (text, half) = match text.strip_suffix("PM") {
            Some(text) => (text.trim(), Some(12)),
            None => match text.strip_suffix("AM") {
                Some(text) => (text.trim(), Some(0)),
                None => (text.as_str(), None),
            },
        };
        let text = ["Z", "GMT", "UTC"].iter().find_map(|zone| text.strip_suffix(zone)).unwrap_or(text).trim();
        let (clock, offset) = match text.rfind(['+', '-']) {
            Some(at) => {
                let sign = if text.as_bytes()[at] == b'-' { -1 } else { 1 };
                let digits: String = text[at + 1..].chars().filter(|char| *char != ':').collect();
                let (hours, minutes) = match digits.len() {
                    1 | 2 => (digits.parse::<i64>().ok()?, 0),
                    4 => (digits[..2].parse().ok()?, digits[2..].parse::<i64>().ok()?),
                    _ => return None,
                };
                if hours > 14 || minutes > 59 {
                    return None;
                }
                (text[..at].trim(), sign * (hours * TICKS_PER_HOUR + minutes * TICKS_PER_MINUTE))
            }
            None => (text, 0),
        };
        let mut parts = clock.split(':');
        let hour = digits(parts.next()?, 1, 2)?;
        let hour = match half {
            Some(_) if !(1..=12).contains(&hour) => return None,
            Some(half) => hour % 12 + half,
            None => hour,
        };
        let minute = digits(parts.next()?, 1, 2)?;
        let seconds = parts.next().map_or(Some(0), seconds)?;
        if hour > 23 || minute > 59 || parts.next().is_some() {
            return None;
        }
        let ticks = hour * TICKS_PER_HOUR + minute * TICKS_PER_MINUTE + seconds;
        Self::from_ticks(self.0 + ticks - offset)
    }
}

impl TimeSpan {
    /// Reads a span: `1d`, `12.5h`, `3min`, `1.02:03:04.5`, `02:03`, a bare number of days.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (sign, text) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest.trim_start()),
            None => (1, text),
        };
        let span = if text.contains(':') { clock_span(text)? } else { unit_span(text)? };
        Some(Self(sign * span))
    }

    /// The span as a number of days.
    pub fn days(self) -> f64 {
        ratio(self.0, TICKS_PER_DAY)
    }
}

#[expect(clippy::cast_precision_loss, reason = "the service divides spans as floating-point numbers, too")]
fn ratio(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}

/// A number of `least` to `most` digits, and nothing else.
fn digits(text: &str, least: usize, most: usize) -> Option<i64> {
    let fits = (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

/// Seconds with a fraction, in ticks.
fn seconds(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = digits(whole, 1, 2).filter(|whole| *whole < 60)?;
    Some(whole * TICKS_PER_SECOND + fraction_ticks(fraction)?)
}

/// A fraction of a second, in ticks; what is finer is cut off.
fn fraction_ticks(text: &str) -> Option<i64> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded: String = text.chars().chain(std::iter::repeat('0')).take(7).collect();
    padded.parse().ok()
}

/// `1.02:03:04.5`
fn clock_span(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.split(':').collect();
    let (days, hours) = match parts[0].split_once('.') {
        Some((days, hours)) => (digits(days, 1, 8)?, digits(hours, 1, 2)?),
        None => (0, digits(parts[0], 1, 8)?),
    };
    let (minutes, rest) = match parts[..] {
        [_, minutes] => (digits(minutes, 1, 2)?, 0),
        [_, minutes, rest] => (digits(minutes, 1, 2)?, seconds(rest)?),
        _ => return None,
    };
    if minutes > 59 {
        return None;
    }
    let ticks = i128::from(days) * i128::from(TICKS_PER_DAY)
        + i128::from(hours) * i128::from(TICKS_PER_HOUR)
        + i128::from(minutes * TICKS_PER_MINUTE + rest);
    i64::try_from(ticks).ok()
}

/// `1.5h`; a bare number is days.
fn unit_span(text: &str) -> Option<i64> {
    let end = text.find(|char: char| !(char.is_ascii_digit() || char == '.')).unwrap_or(text.len());
    let (number, unit) = (&text[..end], text[end..].trim());
    let ticks = match unit.to_ascii_lowercase().as_str() {
        "" | "d" | "day" | "days" => TICKS_PER_DAY,
        "h" | "hr" | "hrs" | "hour" | "hours" => TICKS_PER_HOUR,
        "m" | "min" | "minute" | "minutes" => TICKS_PER_MINUTE,
        "s" | "sec" | "second" | "seconds" => TICKS_PER_SECOND,
        "ms" | "milli" | "millis" | "millisec" | "millisecond" | "milliseconds" => TICKS_PER_SECOND / 1_000,
        "micro" | "micros" | "microsec" | "microsecond" | "microseconds" => TICKS_PER_SECOND / 1_000_000,
        "nano" | "nanos" | "nanosec" | "nanosecond" | "nanoseconds" => {
            return number.parse::<i64>().ok().map(|number| number / 100);
        }
        "tick" | "ticks" => 1,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole: i64 = if whole.is_empty() && !fraction.is_empty() { 0 } else { whole.parse().ok()? };
    let rest = if fraction.is_empty() { 0.0 } else { format!("0.{fraction}").parse::<f64>().ok()? };
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "below a day's ticks")]
    let rest = (rest * ticks as f64).round() as i64;
    whole.checked_mul(ticks)?.checked_add(rest)
}

impl fmt::Display for DateTime {
    /// `2018-07-01T00:00:00.0000000Z`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        let time = self.time_of_day().0;
        let (hours, minutes) = (time / TICKS_PER_HOUR, time / TICKS_PER_MINUTE % 60);
        let (seconds, ticks) = (time / TICKS_PER_SECOND % 60, time % TICKS_PER_SECOND);
        let (year, month, day) = (date.year(), date.month(), date.day());
        write!(f, "{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{ticks:07}Z")
    }
}

impl fmt::Display for TimeSpan {
    /// `-1.02:03:04.0500000`, without what is zero at either end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ticks = self.0.unsigned_abs();
        let unit = |ticks: i64| ticks.unsigned_abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let days = ticks / unit(TICKS_PER_DAY);
        if days > 0 {
            write!(f, "{days}.")?;
        }
        let (hours, minutes) = (ticks / unit(TICKS_PER_HOUR) % 24, ticks / unit(TICKS_PER_MINUTE) % 60);
        let (seconds, rest) = (ticks / unit(TICKS_PER_SECOND) % 60, ticks % unit(TICKS_PER_SECOND));
        write!(f, "{hours:02}:{minutes:02}:{seconds:02}")?;
        if rest > 0 { write!(f, ".{rest:07}") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_forms_that_the_service_takes() {
        for (text, expected) in [
            ("2018-07-01", "2018-07-01T00:00:00.0000000Z"),
            ("2014-05-25T08:20:03.123456Z", "2014-05-25T08:20:03.1234560Z"),
            ("2014-05-25 08:20", "2014-05-25T08:20:00.0000000Z"),
            ("2014-11-08 15:55:55.9999999", "2014-11-08T15:55:55.9999999Z"),
            ("2014-05-25T08:20:03+02:00", "2014-05-25T06:20:03.0000000Z"),
            ("2014-05", "2014-05-01T00:00:00.0000000Z"),
            ("Sat, 8 Nov 14 15:05:02 GMT", "2014-11-08T15:05:02.0000000Z"),
            ("Saturday, 08-Nov-14 15:05:02 UTC", "2014-11-08T15:05:02.0000000Z"),
            ("11/08/2014 03:05:02 PM", "2014-11-08T15:05:02.0000000Z"),
            ("11-08-2014", "2014-11-08T00:00:00.0000000Z"),
        ] {
            assert_eq!(
                DateTime::parse(text).map(|time| time.to_string()).as_deref(),
                Some(expected),
                "{text}"
            );
        }
        for text in
            ["", "2014-13-01", "2014-05-25T25:00", "yesterday", "2014-05-25T08:20:03+99:00", "0000-01-01"]
        {
            assert_eq!(DateTime::parse(text), None, "{text}");
        }
    }

    #[test]
    fn spans_are_read_and_written() {
        for (text, expected) in [
            ("1d", "1.00:00:00"),
            ("1.5h", "01:30:00"),
            ("-90s", "-00:01:30"),
            ("1.02:03:04.05", "1.02:03:04.0500000"),
            ("00:15", "00:15:00"),
            ("2", "2.00:00:00"),
            ("1tick", "00:00:00.0000001"),
            ("300nanoseconds", "00:00:00.0000003"),
        ] {
            assert_eq!(
                TimeSpan::parse(text).map(|span| span.to_string()).as_deref(),
                Some(expected),
                "{text}"
            );
        }
        for text in ["", "x", "1parsec", "1:99", "99999999999d"] {
            assert_eq!(TimeSpan::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_range_is_that_of_the_service() {
        assert_eq!(DateTime::MIN.to_string(), "0001-01-01T00:00:00.0000000Z");
        assert_eq!(DateTime::MAX.to_string(), "9999-12-31T23:59:59.9999999Z");
        assert_eq!(DateTime::MAX.plus(TimeSpan(1)), None);
        assert_eq!(
            DateTime::from_unix_ticks(0).map(|time| time.to_string()).as_deref(),
            Some("1970-01-01T00:00:00.0000000Z")
        );
    }
}
