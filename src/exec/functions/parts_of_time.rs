//! The parts of times: years, months, weeks, days, hours.

use super::dates::datetime_at;
use super::{Call, Scalar, text_at};
use crate::exec::error::Result;
use crate::exec::value::{DateTime, TICKS_PER_DAY, TICKS_PER_SECOND, TimeSpan, Value};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "datepart", body: datetime_part },
    Scalar { name: "datetime_part", body: datetime_part },
    Scalar { name: "dayofmonth", body: |_, v| Ok(part(v, Part::Day)) },
    Scalar { name: "dayofweek", body: |_, v| Ok(day_of_week(v)) },
    Scalar { name: "dayofyear", body: |_, v| Ok(part(v, Part::DayOfYear)) },
    Scalar { name: "getmonth", body: |_, v| Ok(part(v, Part::Month)) },
    Scalar { name: "getyear", body: |_, v| Ok(part(v, Part::Year)) },
    Scalar { name: "hourofday", body: |_, v| Ok(part(v, Part::Hour)) },
    Scalar { name: "monthofyear", body: |_, v| Ok(part(v, Part::Month)) },
    Scalar { name: "week_of_year", body: |_, v| Ok(part(v, Part::Week)) },
];

#[derive(Debug, Clone, Copy)]
enum Part {
    Year,
    Quarter,
    Month,
    /// The week of ISO 8601.
    Week,
    Day,
    DayOfYear,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
}

impl Part {
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "year" => Self::Year,
            "quarter" => Self::Quarter,
            "month" => Self::Month,
            "week_of_year" => Self::Week,
            "day" => Self::Day,
            "dayofyear" => Self::DayOfYear,
            "hour" => Self::Hour,
            "minute" => Self::Minute,
            "second" => Self::Second,
            "millisecond" => Self::Millisecond,
            "microsecond" => Self::Microsecond,
            "nanosecond" => Self::Nanosecond,
            _ => return None,
        })
    }

    fn of(self, time: DateTime) -> i64 {
        let date = time.date();
        let clock = time.time_of_day().0;
        let ticks = clock % TICKS_PER_SECOND;
        match self {
            Self::Year => date.year().into(),
            Self::Quarter => i64::from((date.month() - 1) / 3 + 1),
            Self::Month => date.month().into(),
            Self::Week => date.iso_week_date().week().into(),
            Self::Day => date.day().into(),
            Self::DayOfYear => date.day_of_year().into(),
            Self::Hour => clock / (3600 * TICKS_PER_SECOND),
            Self::Minute => clock / (60 * TICKS_PER_SECOND) % 60,
            Self::Second => clock / TICKS_PER_SECOND % 60,
            Self::Millisecond => ticks / 10_000,
            Self::Microsecond => ticks / 10,
            Self::Nanosecond => ticks * 100,
        }
    }
}

fn part(values: &[Value], part: Part) -> Value {
    datetime_at(values, 0).map_or(Value::Null, |time| Value::Long(part.of(time)))
}

fn datetime_part(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let name = text_at(values, 0);
    match Part::named(&name) {
        Some(named) => Ok(part(values.get(1..).unwrap_or_default(), named)),
        None => Err(call.error(format!("not supported offline: the part `{name}` of a time"))),
    }
}

/// Days since Sunday, as a span.
fn day_of_week(values: &[Value]) -> Value {
    datetime_at(values, 0).map_or(Value::Null, |time| {
        let days = i64::from(time.date().weekday().to_sunday_zero_offset());
        Value::TimeSpan(TimeSpan(days * TICKS_PER_DAY))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_are_those_of_iso_8601() {
        for (day, expected) in [("2020-12-31", 53), ("2020-06-15", 25), ("1970-01-01", 1), ("2000-01-01", 52)]
        {
            let time = DateTime::parse(day).unwrap();
            assert_eq!(Part::Week.of(time), expected, "{day}");
        }
    }
}
