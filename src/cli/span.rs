//! Times and spans on the command line.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::exec::value::{DateTime, TimeSpan};

/// A time, or how long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// So long before now.
    Ago(TimeSpan),
    /// A time.
    Time(DateTime),
}

impl Since {
    /// The time that it stands for.
    pub(crate) fn before(self, now: DateTime) -> DateTime {
        match self {
            Self::Ago(span) => now.plus(TimeSpan(-span.0)).unwrap_or(DateTime::MIN),
            Self::Time(time) => time,
        }
    }
}

/// Reads `7d`, `12h` or a time.
///
/// # Errors
/// What is expected.
pub(crate) fn since(text: &str) -> Result<Since, String> {
    if let Some(time) = DateTime::parse(text).filter(|_| text.contains(['-', ':'])) {
        return Ok(Since::Time(time));
    }
    let span = TimeSpan::parse(text).filter(|span| span.0 > 0 && text.chars().any(char::is_alphabetic));
    span.map(Since::Ago).ok_or_else(|| {
        "a span of time is expected, such as 7d or 12h, or a time, such as 2026-11-30T12:00:00Z".to_owned()
    })
}

/// Reads a time.
///
/// # Errors
/// What is expected.
pub(crate) fn time(text: &str) -> Result<DateTime, String> {
    DateTime::parse(text).ok_or_else(|| "a time is expected, such as 2026-11-30T12:00:00Z".to_owned())
}

/// The time.
pub(crate) fn clock() -> DateTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let ticks = i64::try_from(since.as_nanos() / 100).unwrap_or(0);
    DateTime::from_unix_ticks(ticks).unwrap_or(DateTime::MIN)
}

/// Reads an amount of memory: `2GB`, `512MB`, `1.5GiB`. A thousand is 1024 in either way of writing.
///
/// # Errors
/// What is expected.
pub(crate) fn memory(text: &str) -> Result<usize, String> {
    let expected = || "an amount of memory is expected, such as 2GB or 512MB".to_owned();
    let lower = text.trim().to_ascii_lowercase();
    let digits = lower.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(expected)?;
    let (number, unit) = lower.split_at(digits);
    let shift = match unit.trim() {
        "kb" | "kib" | "k" => 10,
        "mb" | "mib" | "m" => 20,
        "gb" | "gib" | "g" => 30,
        "tb" | "tib" | "t" => 40,
        _ => return Err(expected()),
    };
    let number: f64 = number.parse().map_err(|_| expected())?;
    let bytes = number * f64::from(2_u32).powi(shift);
    if !(1.0..=9e15).contains(&bytes) {
        return Err(expected());
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
    Ok(bytes as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_times_are_told_apart() {
        assert_eq!(since("7d"), Ok(Since::Ago(TimeSpan(7 * crate::exec::value::TICKS_PER_DAY))));
        assert!(matches!(since("2026-11-30"), Ok(Since::Time(_))));
        assert!(matches!(since("2026-11-30T12:00:00Z"), Ok(Since::Time(_))));
        for wrong in ["", "7", "-7d", "soon", "0d"] {
            assert!(since(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn memory_has_a_unit() {
        assert_eq!((memory("2GB"), memory("512 mib")), (Ok(2 << 30), Ok(512 << 20)));
        assert_eq!(memory("1.5k"), Ok(1536));
        for wrong in ["", "2", "GB", "0MB", "2XB", "1..5GB", "99999999TB"] {
            assert!(memory(wrong).is_err(), "{wrong}");
        }
    }
}
