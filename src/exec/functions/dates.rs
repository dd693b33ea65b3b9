//! Times: made, moved by periods of the calendar, taken to the start or end of one, counted between, in time zones.

use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::{Call, Scalar, at, long_at, text_at};
use crate::exec::error::Result;
use crate::exec::value::{DateTime, TICKS_PER_DAY, TICKS_PER_SECOND, TimeSpan, Value, compare};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "around", body: |_, v| Ok(around(v)) },
    Scalar { name: "datetime_add", body: |call, v| datetime_add(call, v) },
    Scalar { name: "datetime_diff", body: |call, v| datetime_diff(call, v) },
    Scalar { name: "datetime_local_to_utc", body: |call, v| local_to_utc(call, v) },
    Scalar { name: "datetime_utc_to_local", body: |call, v| utc_to_local(call, v) },
    Scalar { name: "endofday", body: |_, v| Ok(end(v, Period::Day)) },
    Scalar { name: "endofmonth", body: |_, v| Ok(end(v, Period::Month)) },
    Scalar { name: "endofweek", body: |_, v| Ok(end(v, Period::Week)) },
    Scalar { name: "endofyear", body: |_, v| Ok(end(v, Period::Year)) },
    Scalar { name: "make_datetime", body: |_, v| Ok(make_datetime(v).map_or(Value::Null, Value::DateTime)) },
    Scalar { name: "make_timespan", body: |_, v| Ok(make_timespan(v).map_or(Value::Null, Value::TimeSpan)) },
    Scalar { name: "startofday", body: |_, v| Ok(start(v, Period::Day)) },
    Scalar { name: "startofmonth", body: |_, v| Ok(start(v, Period::Month)) },
    Scalar { name: "startofweek", body: |_, v| Ok(start(v, Period::Week)) },
    Scalar { name: "startofyear", body: |_, v| Ok(start(v, Period::Year)) },
    Scalar { name: "unixtime_microseconds_todatetime", body: |_, v| Ok(from_unix(v, 10)) },
    Scalar { name: "unixtime_milliseconds_todatetime", body: |_, v| Ok(from_unix(v, 10_000)) },
    Scalar { name: "unixtime_nanoseconds_todatetime", body: |_, v| Ok(from_unix(v, 0)) },
    Scalar { name: "unixtime_seconds_todatetime", body: |_, v| Ok(from_unix(v, TICKS_PER_SECOND)) },
];

/// A period by which times are moved and counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Period {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    /// So many ticks.
    Ticks(i64),
    Nanosecond,
}

impl Period {
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "year" => Self::Year,
            "quarter" => Self::Quarter,
            "month" => Self::Month,
            "week" => Self::Week,
            "day" => Self::Day,
            "hour" => Self::Ticks(3600 * TICKS_PER_SECOND),
            "minute" => Self::Ticks(60 * TICKS_PER_SECOND),
            "second" => Self::Ticks(TICKS_PER_SECOND),
            "millisecond" => Self::Ticks(TICKS_PER_SECOND / 1_000),
            "microsecond" => Self::Ticks(TICKS_PER_SECOND / 1_000_000),
            "nanosecond" => Self::Nanosecond,
            _ => return None,
        })
    }

    /// The period that the first argument of a call names.
    fn of_call(call: &Call<'_>, values: &[Value]) -> Result<Self> {
        let name = text_at(values, 0);
        Self::named(&name).ok_or_else(|| call.error(format!("`{name}` is no period of time")))
    }
}

pub(super) fn datetime_at(values: &[Value], index: usize) -> Option<DateTime> {
    match at(values, index).unwrapped() {
        Value::DateTime(time) => Some(time),
        Value::String(text) => DateTime::parse(&text),
        _ => None,
    }
}

fn midnight(date: Date) -> Option<DateTime> {
    DateTime::from_date(date.year().into(), date.month().into(), date.day().into())
}

/// The time so many months later, on the last day of the month where it has no such day.
fn plus_months(time: DateTime, months: i64) -> Option<DateTime> {
    let date = time.date();
    let count = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
    let count = count.checked_add(months)?;
    let (year, month) =
        (i16::try_from(count.div_euclid(12)).ok()?, i8::try_from(count.rem_euclid(12) + 1).ok()?);
    let first = Date::new(year, month, 1).ok()?;
    let day = date.day().min(first.days_in_month());
    midnight(Date::new(year, month, day).ok()?)?.plus(time.time_of_day())
}

fn plus(time: DateTime, period: Period, amount: i64) -> Option<DateTime> {
    let ticks = |ticks: i64| time.plus(TimeSpan(amount.checked_mul(ticks)?));
    match period {
        Period::Year => plus_months(time, amount.checked_mul(12)?),
        Period::Quarter => plus_months(time, amount.checked_mul(3)?),
        Period::Month => plus_months(time, amount),
        Period::Week => ticks(7 * TICKS_PER_DAY),
        Period::Day => ticks(TICKS_PER_DAY),
        Period::Ticks(length) => ticks(length),
        Period::Nanosecond => time.plus(TimeSpan(amount / 100)),
    }
}

fn datetime_add(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let period = Period::of_call(call, values)?;
    let moved =
        datetime_at(values, 2).zip(long_at(values, 1)).and_then(|(time, amount)| plus(time, period, amount));
    Ok(moved.map_or(Value::Null, Value::DateTime))
}

/// How many borders of a period lie between two times. Weeks begin on Sunday.
fn datetime_diff(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let period = Period::of_call(call, values)?;
    let Some((left, right)) = datetime_at(values, 1).zip(datetime_at(values, 2)) else {
        return Ok(Value::Null);
    };
    let months = |time: DateTime| i64::from(time.date().year()) * 12 + i64::from(time.date().month()) - 1;
    let number = |time: DateTime| match period {
        Period::Year => i64::from(time.date().year()),
        Period::Quarter => months(time).div_euclid(3),
        Period::Month => months(time),
        // The first day of the year 1 was a Monday.
        Period::Week => (time.ticks() + TICKS_PER_DAY).div_euclid(7 * TICKS_PER_DAY),
        Period::Day => time.ticks().div_euclid(TICKS_PER_DAY),
        Period::Ticks(length) => time.ticks().div_euclid(length),
        Period::Nanosecond => time.ticks(),
    };
    let difference = number(left) - number(right);
    Ok(match period {
        Period::Nanosecond => difference.checked_mul(100).map_or(Value::Null, Value::Long),
        _ => Value::Long(difference),
    })
}

/// The start of the period that a time is in.
fn start_of(time: DateTime, period: Period) -> Option<DateTime> {
    let date = time.date();
    match period {
        Period::Year => DateTime::from_date(date.year().into(), 1, 1),
        Period::Month => DateTime::from_date(date.year().into(), date.month().into(), 1),
        Period::Week => {
            let back = i64::from(date.weekday().to_sunday_zero_offset());
            midnight(date)?.plus(TimeSpan(-back * TICKS_PER_DAY))
        }
        _ => midnight(date),
    }
}

/// `startofday(time, offset)` and its like.
fn start(values: &[Value], period: Period) -> Value {
    let offset = if values.len() > 1 { long_at(values, 1) } else { Some(0) };
    let start = datetime_at(values, 0)
        .zip(offset)
        .and_then(|(time, offset)| plus(start_of(time, period)?, period, offset));
    start.map_or(Value::Null, Value::DateTime)
}

/// `endofday(time, offset)` and its like: the last tick before the next period.
fn end(values: &[Value], period: Period) -> Value {
    let offset = if values.len() > 1 { long_at(values, 1) } else { Some(0) };
    let end = datetime_at(values, 0).zip(offset).and_then(|(time, offset)| {
        let start = plus(start_of(time, period)?, period, offset)?;
        match plus(start, period, 1) {
            Some(next) => next.plus(TimeSpan(-1)),
            // The last period there is.
            None => Some(DateTime::MAX),
        }
    });
    end.map_or(Value::Null, Value::DateTime)
}

/// Seconds with a fraction, in ticks; nothing where there are none or 60 or more.
fn seconds(value: &Value) -> Option<i64> {
    let seconds = value.as_f64().filter(|seconds| (0.0..60.0).contains(seconds))?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "checked to be below a minute"
    )]
    let ticks = (seconds * TICKS_PER_SECOND as f64).round() as i64;
    Some(ticks)
}

/// A number within a range.
fn part(values: &[Value], index: usize, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
    long_at(values, index).filter(|part| range.contains(part))
}

/// The time of a day, from the hour at an index of the arguments on: hour, minute, second.
fn clock(values: &[Value], index: usize) -> Option<i64> {
    let hour = part(values, index, 0..=23)?;
    let minute = part(values, index + 1, 0..=59)?;
    let second = values.get(index + 2).map_or(Some(0), seconds)?;
    Some((hour * 60 + minute) * 60 * TICKS_PER_SECOND + second)
}

fn make_datetime(values: &[Value]) -> Option<DateTime> {
    if values.len() < 3 {
        return datetime_at(values, 0);
    }
    let date = DateTime::from_date(long_at(values, 0)?, long_at(values, 1)?, long_at(values, 2)?)?;
    let clock = if values.len() > 3 { clock(values, 3)? } else { 0 };
    date.plus(TimeSpan(clock))
}

fn make_timespan(values: &[Value]) -> Option<TimeSpan> {
    match values {
        [only] => match only.unwrapped() {
            Value::TimeSpan(span) => Some(span),
            Value::String(text) => TimeSpan::parse(&text),
            _ => None,
        },
        [_, _, _, _, ..] => {
            let days = long_at(values, 0)?.checked_mul(TICKS_PER_DAY)?;
            days.checked_add(clock(values, 1)?).map(TimeSpan)
        }
        _ => clock(values, 0).map(TimeSpan),
    }
}

/// The time of a number of units since 1970, each of so many ticks; 0 stands for nanoseconds.
fn from_unix(values: &[Value], unit: i64) -> Value {
    let ticks = match at(values, 0).unwrapped() {
        value @ (Value::Int(_) | Value::Long(_)) => value.as_i64().and_then(|number| {
            if unit == 0 { Some(number.div_euclid(100)) } else { number.checked_mul(unit) }
        }),
        value => value.as_f64().and_then(|number| {
            #[expect(clippy::cast_precision_loss, reason = "as the service does")]
            let ticks = if unit == 0 { number / 100.0 } else { number * unit as f64 };
            #[expect(clippy::cast_possible_truncation, reason = "checked to be in range")]
            let ticks = (ticks.abs() < 4e18).then(|| ticks.round() as i64);
            ticks
        }),
    };
    ticks.and_then(DateTime::from_unix_ticks).map_or(Value::Null, Value::DateTime)
}

/// Whether a value is no farther from a centre than so much.
fn around(values: &[Value]) -> Value {
    use super::arithmetic::{add, subtract};
    let [value, center, delta] = [0, 1, 2].map(|index| at(values, index).unwrapped());
    let low = compare(&value, &subtract(&center, &delta)).map(std::cmp::Ordering::is_ge);
    let high = compare(&value, &add(&center, &delta)).map(std::cmp::Ordering::is_le);
    low.zip(high).map(|(low, high)| low && high).into()
}

// Time zones

fn zone(call: &Call<'_>, values: &[Value]) -> Result<TimeZone> {
    let name = text_at(values, 1);
    TimeZone::get(&name).map_err(|_| call.error(format!("there is no time zone `{name}`")))
}

fn shifted(time: DateTime, seconds: i32) -> Value {
    time.plus(TimeSpan(i64::from(seconds) * TICKS_PER_SECOND)).map_or(Value::Null, Value::DateTime)
}

fn utc_to_local(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let zone = zone(call, values)?;
    let Some(time) = datetime_at(values, 0) else { return Ok(Value::Null) };
    let second = time.unix_ticks().div_euclid(TICKS_PER_SECOND);
    let Ok(instant) = jiff::Timestamp::from_second(second) else { return Ok(Value::Null) };
    Ok(shifted(time, zone.to_offset(instant).seconds()))
}

/// A local time that the clock jumped over is read as the clock went after the jump: that is what the documentation
/// prints. It says nothing of a local time that there are two of.
fn local_to_utc(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let zone = zone(call, values)?;
    let Some(time) = datetime_at(values, 0) else { return Ok(Value::Null) };
    let second = time.time_of_day().0 / TICKS_PER_SECOND;
    let clock = jiff::civil::Time::midnight() + jiff::Span::new().seconds(second);
    let offset = match zone.to_ambiguous_zoned_datetime(time.date().to_datetime(clock)).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { after, .. } => after,
        AmbiguousOffset::Fold { .. } => {
            let name = text_at(values, 1);
            return Err(
                call.error(format!("not supported offline: {time} came twice on the clocks of {name}"))
            );
        }
    };
    Ok(shifted(time, -offset.seconds()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Value {
        DateTime::parse(text).map_or(Value::Null, Value::DateTime)
    }

    #[test]
    fn months_end_where_they_do() {
        let moved = |text: &str, months| match time(text) {
            Value::DateTime(time) => plus_months(time, months).map_or(Value::Null, Value::DateTime),
            _ => Value::Null,
        };
        assert_eq!(moved("2024-01-31T10:00", 1), time("2024-02-29T10:00"));
        assert_eq!(moved("2017-01-01", -15), time("2015-10-01"));
        assert_eq!(moved("9999-12-31", 1), Value::Null);
        assert_eq!(moved("0001-01-01", -1), Value::Null);
    }

    #[test]
    fn weeks_begin_on_sunday_and_end_on_saturday() {
        for day in ["2024-06-09", "2024-06-12T13:14", "2024-06-15T23:59:59.9999999"] {
            assert_eq!(start(&[time(day)], Period::Week), time("2024-06-09"), "{day}");
            assert_eq!(end(&[time(day)], Period::Week), time("2024-06-15T23:59:59.9999999"), "{day}");
        }
        assert_eq!(start(&[time("2024-06-09"), Value::Long(-1)], Period::Week), time("2024-06-02"));
        assert_eq!(end(&[time("9999-12-31")], Period::Year), Value::DateTime(DateTime::MAX));
        assert_eq!(start(&[Value::Null], Period::Day), Value::Null);
    }

    #[test]
    fn unix_times_keep_their_fractions() {
        assert_eq!(from_unix(&[Value::Real(1.5)], TICKS_PER_SECOND), time("1970-01-01T00:00:01.5"));
        assert_eq!(from_unix(&[Value::Long(-1)], 10_000), time("1969-12-31T23:59:59.999"));
        assert_eq!(from_unix(&[Value::Long(i64::MAX)], TICKS_PER_SECOND), Value::Null);
    }

    #[test]
    fn parts_out_of_range_make_nothing() {
        let longs = |numbers: &[i64]| numbers.iter().copied().map(Value::Long).collect::<Vec<_>>();
        assert_eq!(make_datetime(&longs(&[2024, 2, 30])), None);
        assert_eq!(make_datetime(&longs(&[2024, 2, 29, 24, 0])), None);
        assert!(make_datetime(&longs(&[2024, 2, 29, 23, 59, 59])).is_some());
        assert_eq!(make_timespan(&longs(&[1, 60])), None);
        assert_eq!(
            make_timespan(&longs(&[1, 12, 30, 55])).map(|span| span.to_string()).as_deref(),
            Some("1.12:30:55")
        );
    }
}
