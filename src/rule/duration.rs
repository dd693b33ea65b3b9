//! Durations as rules write them: `5m`, `1h`, `14d`, `PT1H`, `P1D`, `1.02:00:00`.

use std::fmt;

use thiserror::Error;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// How a duration was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DurationStyle {
    /// `1h`, as in the Azure-Sentinel repository.
    Short,
    /// `PT1H`, ISO 8601, as the API has it.
    Iso,
    /// `1.02:30:00`, a .NET time span.
    Clock,
}

/// A length of time in whole seconds.
#[derive(Debug, Clone, Copy, Eq)]
pub struct Duration {
    seconds: u64,
    style: DurationStyle,
}

/// Equality is of length, not of spelling: `1h` equals `PT1H`.
impl PartialEq for Duration {
    fn eq(&self, other: &Self) -> bool {
        self.seconds == other.seconds
    }
}

impl std::hash::Hash for Duration {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.seconds.hash(state);
    }
}

impl PartialOrd for Duration {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Duration {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.seconds.cmp(&other.seconds)
    }
}

/// Why a text is not a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DurationError {
    /// Neither `1h`, `PT1H` nor `01:00:00`.
    #[error("not a duration")]
    Syntax,
    /// ISO months and years have no fixed length.
    #[error("months and years have no fixed length")]
    Calendar,
    /// Beyond what 64 bits of seconds hold.
    #[error("too long")]
    Overflow,
}

impl Duration {
    /// A duration of whole seconds, spelled short.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self { seconds, style: DurationStyle::Short }
    }

    /// A duration of whole minutes.
    pub const fn from_minutes(minutes: u64) -> Self {
        Self::from_seconds(minutes * MINUTE)
    }

    /// A duration of whole hours.
    pub const fn from_hours(hours: u64) -> Self {
        Self::from_seconds(hours * HOUR)
    }

    /// A duration of whole days.
    pub const fn from_days(days: u64) -> Self {
        Self::from_seconds(days * DAY)
    }

    /// Length in seconds.
    pub fn seconds(self) -> u64 {
        self.seconds
    }

    /// How it was written.
    pub fn style(self) -> DurationStyle {
        self.style
    }

    /// Reads a duration in any of the three spellings; letters may be of either case.
    ///
    /// # Errors
    /// When `text` is none of them, uses ISO months or years, or is too long.
    pub fn parse(text: &str) -> Result<Self, DurationError> {
        let text = text.trim();
        let upper = text.to_ascii_uppercase();
        if let Some(rest) = upper.strip_prefix('P') {
            return Ok(Self { seconds: parse_iso(rest)?, style: DurationStyle::Iso });
        }
        if text.contains(':') {
            return Ok(Self { seconds: parse_clock(text)?, style: DurationStyle::Clock });
        }
        let digits = upper.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = match &upper[digits.len()..] {
            "S" => 1,
            "M" => MINUTE,
            "H" => HOUR,
            "D" => DAY,
            _ => return Err(DurationError::Syntax),
        };
        Ok(Self { seconds: times(number(digits)?, unit)?, style: DurationStyle::Short })
    }

    /// ISO 8601 in the service's normal form: `PT5M`, `PT1H30M`, `P1D`, `P1DT2H`.
    pub fn iso(self) -> String {
        let (days, rest) = (self.seconds / DAY, self.seconds % DAY);
        let (hours, minutes, seconds) = (rest / HOUR, rest % HOUR / MINUTE, rest % MINUTE);
        let part = |amount: u64, unit: char| {
            if amount == 0 { String::new() } else { format!("{amount}{unit}") }
        };
        let time = part(hours, 'H') + &part(minutes, 'M') + &part(seconds, 'S');
        match (days, time.is_empty()) {
            (0, true) => "PT0S".to_owned(),
            (days, true) => format!("P{days}D"),
            (days, false) => format!("P{}T{time}", part(days, 'D')),
        }
    }

    /// The short spelling in the largest unit that leaves no remainder: `90m`, `1h`, `14d`.
    pub fn short(self) -> String {
        let units = [(DAY, 'd'), (HOUR, 'h'), (MINUTE, 'm')];
        let whole = units.iter().find(|(size, _)| self.seconds > 0 && self.seconds.is_multiple_of(*size));
        match whole {
            Some((size, unit)) => format!("{}{unit}", self.seconds / size),
            None => format!("{}s", self.seconds),
        }
    }
}

/// The short spelling.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

fn number(digits: &str) -> Result<u64, DurationError> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DurationError::Syntax);
    }
    digits.parse().map_err(|_| DurationError::Overflow)
}

fn times(amount: u64, unit: u64) -> Result<u64, DurationError> {
    amount.checked_mul(unit).ok_or(DurationError::Overflow)
}

fn add(a: u64, b: u64) -> Result<u64, DurationError> {
    a.checked_add(b).ok_or(DurationError::Overflow)
}

/// The part after `P`, in upper case.
fn parse_iso(text: &str) -> Result<u64, DurationError> {
    let (date, time) = match text.split_once('T') {
        Some((_, "")) => return Err(DurationError::Syntax),
        Some((date, time)) => (date, time),
        None => (text, ""),
    };
    if date.is_empty() && time.is_empty() {
        return Err(DurationError::Syntax);
    }
    let mut total = parse_units(date, &[('Y', 0), ('M', 0), ('W', 7 * DAY), ('D', DAY)])?;
    total = add(total, parse_units(time, &[('H', HOUR), ('M', MINUTE), ('S', 1)])?)?;
    Ok(total)
}

/// Amounts with units in the given order, each at most once; a unit of size zero is a calendar unit.
fn parse_units(mut text: &str, units: &[(char, u64)]) -> Result<u64, DurationError> {
    let mut total = 0;
    let mut allowed = units;
    while !text.is_empty() {
        let at = text.find(|c: char| !c.is_ascii_digit()).ok_or(DurationError::Syntax)?;
        let amount = number(&text[..at])?;
        let unit = text[at..].chars().next().ok_or(DurationError::Syntax)?;
        let index = allowed.iter().position(|(name, _)| *name == unit).ok_or(DurationError::Syntax)?;
        if allowed[index].1 == 0 && amount > 0 {
            return Err(DurationError::Calendar);
        }
        total = add(total, times(amount, allowed[index].1)?)?;
        allowed = &allowed[index + 1..];
        text = &text[at + unit.len_utf8()..];
    }
    Ok(total)
}

/// `hh:mm`, `hh:mm:ss` or `d.hh:mm:ss`.
fn parse_clock(text: &str) -> Result<u64, DurationError> {
    let (days, clock) = match text.split_once('.') {
        Some((days, clock)) if clock.contains(':') => (number(days)?, clock),
        Some(_) => return Err(DurationError::Syntax),
        None => (0, text),
    };
    let parts: Vec<u64> = clock.split(':').map(number).collect::<Result<_, _>>()?;
    let (hours, minutes, seconds) = match parts[..] {
        [hours, minutes] => (hours, minutes, 0),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return Err(DurationError::Syntax),
    };
    if hours > 23 || minutes > 59 || seconds > 59 {
        return Err(DurationError::Syntax);
    }
    add(times(days, DAY)?, hours * HOUR + minutes * MINUTE + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_spelling() {
        let seconds = |text: &str| Duration::parse(text).map(Duration::seconds);
        for (text, expected) in [
            ("5m", 300),
            ("1h", 3600),
            ("14D", 14 * 86_400),
            ("PT1H", 3600),
            ("pt5m", 300),
            ("P1D", 86_400),
            ("P1DT2H30M5S", 95_405),
            ("P2W", 1_209_600),
            ("PT0S", 0),
            ("01:00:00", 3600),
            ("1.02:30:00", 95_400),
        ] {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_duration() {
        for text in
            ["", "h", "1", "P", "PT", "P1DT", "1x", "PT1M1H", "PT1.5H", "-1h", "1h30", "25:00", "1:2:3:4"]
        {
            assert_eq!(Duration::parse(text), Err(DurationError::Syntax), "{text}");
        }
        assert_eq!(Duration::parse("P1M"), Err(DurationError::Calendar));
        assert_eq!(Duration::parse("99999999999999999d"), Err(DurationError::Overflow));
    }

    #[test]
    fn writes_normal_forms() {
        let both = |seconds| (Duration::from_seconds(seconds).iso(), Duration::from_seconds(seconds).short());
        assert_eq!(both(0), ("PT0S".into(), "0s".into()));
        assert_eq!(both(5400), ("PT1H30M".into(), "90m".into()));
        assert_eq!(both(86_400), ("P1D".into(), "1d".into()));
        assert_eq!(both(93_600), ("P1DT2H".into(), "26h".into()));
    }
}
