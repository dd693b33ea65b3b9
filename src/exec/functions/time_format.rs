//! Times, spans and sizes written by a format.

use super::dates::datetime_at;
use super::{Call, Scalar, at, long_at, text_at};
use crate::exec::error::Result;
use crate::exec::value::{TICKS_PER_DAY, TICKS_PER_SECOND, TimeSpan, Value};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "format_bytes", body: format_bytes },
    Scalar { name: "format_datetime", body: format_datetime },
    Scalar { name: "format_timespan", body: format_timespan },
];

/// What may stand between the elements of a format.
const DELIMITERS: &[char] = &[' ', '/', '-', ':', ',', '.', '_', '[', ']'];

/// The elements of a format: each letter with how often it stands there, each delimiter by itself.
fn elements(format: &str) -> impl Iterator<Item = (char, usize)> + '_ {
    let mut rest = format.chars().peekable();
    std::iter::from_fn(move || {
        let letter = rest.next()?;
        let mut length = 1;
        while !DELIMITERS.contains(&letter) && rest.next_if_eq(&letter).is_some() {
            length += 1;
        }
        Some((letter, length))
    })
}

/// The first digits of a fraction of a second; `F` leaves out zeros at the end.
fn fraction(ticks: i64, digits: usize, short: bool) -> String {
    let all = format!("{:07}", ticks % TICKS_PER_SECOND);
    let cut = &all[..digits.min(7)];
    if short { cut.trim_end_matches('0').to_owned() } else { cut.to_owned() }
}

fn unknown(call: &Call<'_>, letter: char, length: usize) -> crate::exec::error::RunError {
    let element = letter.to_string().repeat(length);
    call.error(format!("not supported offline: `{element}` in a format of times"))
}

/// `format_datetime(time, format)`
fn format_datetime(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let Some(time) = datetime_at(values, 0) else { return Ok(Value::string("")) };
    let date = time.date();
    let clock = time.time_of_day().0;
    let seconds = clock / TICKS_PER_SECOND;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let half = if hour % 12 == 0 { 12 } else { hour % 12 };
    let mut out = String::new();
    for (letter, length) in elements(&text_at(values, 1)) {
        let (number, width) = match (letter, length) {
            ('d', 1 | 2) => (i64::from(date.day()), length),
            ('M', 1 | 2) => (i64::from(date.month()), length),
            ('y', 1 | 2) => (i64::from(date.year() % 100), length),
            ('y', 4) => (i64::from(date.year()), 4),
            ('h', 1 | 2) => (half, length),
            ('H', 1 | 2) => (hour, length),
            ('m', 1 | 2) => (minute, length),
            ('s', 1 | 2) => (second, length),
            ('f' | 'F', 1..=7) => {
                out.push_str(&fraction(clock, length, letter == 'F'));
                continue;
            }
            ('t', 2) => {
                out.push_str(if hour < 12 { "AM" } else { "PM" });
                continue;
            }
            _ if DELIMITERS.contains(&letter) => {
                out.push(letter);
                continue;
            }
            _ => return Err(unknown(call, letter, length)),
        };
        out.push_str(&format!("{number:0>width$}"));
    }
    Ok(Value::string(out))
}

/// `format_timespan(span, format)`
fn format_timespan(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let Value::TimeSpan(TimeSpan(ticks)) = at(values, 0).unwrapped() else { return Ok(Value::string("")) };
    if ticks < 0 {
        return Err(call.error("not supported offline: `format_timespan` of a span below zero"));
    }
    let seconds = ticks / TICKS_PER_SECOND;
    let mut out = String::new();
    for (letter, length) in elements(&text_at(values, 1)) {
        let number = match (letter, length) {
            ('d', 1..=8) => ticks / TICKS_PER_DAY,
            ('h' | 'H', 1 | 2) => seconds / 3600 % 24,
            ('m', 1 | 2) => seconds / 60 % 60,
            ('s', 1 | 2) => seconds % 60,
            ('f' | 'F', 1..=7) => {
                out.push_str(&fraction(ticks, length, letter == 'F'));
                continue;
            }
            _ if DELIMITERS.contains(&letter) => {
                out.push(letter);
                continue;
            }
            _ => return Err(unknown(call, letter, length)),
        };
        out.push_str(&format!("{number:0>length$}"));
    }
    Ok(Value::string(out))
}

/// `format_bytes(size, precision, unit)`: the unit is the greatest that leaves a number of 1 or more.
fn format_bytes(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    const UNITS: [&str; 7] = ["Bytes", "KB", "MB", "GB", "TB", "PB", "EB"];
    let Some(size) = at(values, 0).as_f64() else { return Ok(Value::string("")) };
    let precision = long_at(values, 1).and_then(|digits| usize::try_from(digits).ok()).unwrap_or(0);
    let wanted = text_at(values, 2);
    let mut number = size;
    for unit in UNITS {
        let here = if wanted.is_empty() {
            number.abs() < 1024.0 || unit == "EB"
        } else {
            unit.eq_ignore_ascii_case(&wanted)
        };
        if here {
            return Ok(Value::string(format!("{} {unit}", rounded(number, precision))));
        }
        number /= 1024.0;
    }
    Err(call.error(format!("`{wanted}` is no unit of `format_bytes`: {}", UNITS.join(", "))))
}

/// A number with so many digits behind the point at most: zeros at the end are left out.
fn rounded(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$}");
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_fall_into_elements() {
        let parts: Vec<_> = elements("yyyy-M-dd [H:mm::ss]").collect();
        assert_eq!(parts[..4], [('y', 4), ('-', 1), ('M', 1), ('-', 1)]);
        assert_eq!(parts[10..13], [(':', 1), (':', 1), ('s', 2)]);
        assert_eq!(fraction(1_150, 7, true), "000115");
        assert_eq!(fraction(500_000, 1, true), "");
        assert_eq!(fraction(6_170_000, 2, false), "61");
    }
}
