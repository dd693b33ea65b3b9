//! What the columns of a file hold, as values of KQL.

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::schema::types::ColumnDescriptor;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::catalog::ScalarType;
use crate::exec::value::{DateTime, TICKS_PER_DAY, TimeSpan, Value, coerce};
use crate::testing::value;

/// The nanoseconds of a tick.
const NANOS_PER_TICK: i64 = 100;
/// The number that astronomers give the first day of 1970.
const JULIAN_1970: i64 = 2_440_588;

/// A value as it is stored.
#[derive(Debug, Clone, Copy)]
pub(super) enum Raw<'b> {
    Bool(bool),
    Whole(i64),
    Real(f64),
    Bytes(&'b [u8]),
}

/// What a column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Unsigned,
    Date,
    /// A time of day, in so many units a tick or ticks a unit.
    Span(Unit),
    /// Months, days and milliseconds.
    Interval,
    Time(Unit),
    /// Nanoseconds of a day and the number of the day.
    Time96,
    Decimal(u32),
    Text,
    Uuid,
    Half,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Millis,
    Micros,
    Nanos,
}

impl Unit {
    fn ticks(self, count: i64) -> Option<i64> {
        match self {
            Self::Millis => count.checked_mul(10_000),
            Self::Micros => count.checked_mul(10),
            Self::Nanos => Some(count.div_euclid(NANOS_PER_TICK)),
        }
    }

    fn of(unit: &TimeUnit) -> Self {
        match unit {
            TimeUnit::MILLIS => Self::Millis,
            TimeUnit::MICROS => Self::Micros,
            TimeUnit::NANOS => Self::Nanos,
        }
    }
}

impl Kind {
    /// What a column holds, by its description.
    pub(super) fn of(column: &ColumnDescriptor) -> Self {
        let scale = u32::try_from(column.type_scale()).unwrap_or(0);
        match column.logical_type_ref() {
            Some(LogicalType::Timestamp(time)) => return Self::Time(Unit::of(&time.unit)),
            Some(LogicalType::Time(time)) => return Self::Span(Unit::of(&time.unit)),
            Some(LogicalType::Date) => return Self::Date,
            Some(LogicalType::Decimal(decimal)) => {
                return Self::Decimal(u32::try_from(decimal.scale).unwrap_or(0));
            }
            Some(LogicalType::Integer(whole)) if !whole.is_signed => return Self::Unsigned,
            Some(LogicalType::Uuid) => return Self::Uuid,
            Some(LogicalType::Float16) => return Self::Half,
            _ => {}
        }
        match (column.converted_type(), column.physical_type()) {
            (ConvertedType::TIMESTAMP_MILLIS, _) => Self::Time(Unit::Millis),
            (ConvertedType::TIMESTAMP_MICROS, _) => Self::Time(Unit::Micros),
            (ConvertedType::TIME_MILLIS, _) => Self::Span(Unit::Millis),
            (ConvertedType::TIME_MICROS, _) => Self::Span(Unit::Micros),
            (ConvertedType::INTERVAL, _) => Self::Interval,
            (ConvertedType::DATE, _) => Self::Date,
            (ConvertedType::DECIMAL, _) => Self::Decimal(scale),
            (
                ConvertedType::UINT_8
                | ConvertedType::UINT_16
                | ConvertedType::UINT_32
                | ConvertedType::UINT_64,
                _,
            ) => Self::Unsigned,
            (_, Physical::INT96) => Self::Time96,
            (_, Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY) => Self::Text,
            _ => Self::Plain,
        }
    }

    /// A stored value as one of KQL; nothing where it is out of range.
    pub(super) fn value(self, raw: Raw<'_>, physical: Physical) -> Option<Value> {
        Some(match (self, raw) {
            (_, Raw::Bool(truth)) => Value::Bool(truth),
            (_, Raw::Real(number)) => Value::Real(number),
            (Self::Time(unit), Raw::Whole(count)) => {
                Value::DateTime(DateTime::from_unix_ticks(unit.ticks(count)?)?)
            }
            (Self::Span(unit), Raw::Whole(count)) => Value::TimeSpan(TimeSpan(unit.ticks(count)?)),
            (Self::Date, Raw::Whole(days)) => {
                Value::DateTime(DateTime::from_unix_ticks(days.checked_mul(TICKS_PER_DAY)?)?)
            }
            (Self::Decimal(scale), Raw::Whole(number)) => {
                Value::Decimal(Decimal::try_from_i128_with_scale(i128::from(number), scale).ok()?)
            }
            (Self::Unsigned, Raw::Whole(number)) if physical == Physical::INT32 => {
                Value::Long(number & 0xffff_ffff)
            }
            // What `long` cannot hold is a number all the same.
            (Self::Unsigned, Raw::Whole(number)) if number < 0 => {
                Value::Decimal(Decimal::from(number.cast_unsigned()))
            }
            (_, Raw::Whole(number)) => Value::Long(number),
            (Self::Time96, Raw::Bytes(bytes)) => {
                let nanos = i64::from_le_bytes(*bytes.first_chunk()?);
                let day = i64::from(u32::from_le_bytes(*bytes.get(8..)?.first_chunk()?));
                let days = day.checked_sub(JULIAN_1970)?.checked_mul(TICKS_PER_DAY)?;
                Value::DateTime(DateTime::from_unix_ticks(days.checked_add(nanos / NANOS_PER_TICK)?)?)
            }
            (Self::Decimal(scale), Raw::Bytes(bytes)) => {
                Value::Decimal(Decimal::try_from_i128_with_scale(signed(bytes)?, scale).ok()?)
            }
            (Self::Interval, Raw::Bytes(bytes)) => Value::TimeSpan(TimeSpan(interval(bytes)?)),
            (Self::Uuid, Raw::Bytes(bytes)) => Value::Guid(Uuid::from_slice(bytes).ok()?),
            (Self::Half, Raw::Bytes(bytes)) => Value::Real(half(u16::from_le_bytes(*bytes.first_chunk()?))),
            (_, Raw::Bytes(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => Value::string(text),
                Err(_) => Value::string(String::from_utf8_lossy(bytes)),
            },
        })
    }
}

/// A number in two's complement, its greatest byte first.
fn signed(bytes: &[u8]) -> Option<i128> {
    let first = *bytes.first()?;
    if bytes.len() > 16 {
        return None;
    }
    let fill = if first & 0x80 == 0 { 0 } else { -1 };
    Some(bytes.iter().fold(fill, |all: i128, byte| (all << 8) | i128::from(*byte)))
}

/// The ticks of an interval; nothing of one with months, which are not of one length.
fn interval(bytes: &[u8]) -> Option<i64> {
    let part = |at: usize| Some(i64::from(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?)));
    let (months, days, millis) = (part(0)?, part(4)?, part(8)?);
    (months == 0).then(|| days * TICKS_PER_DAY + millis * 10_000)
}

/// A number of half precision.
fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from((bits >> 10) & 0x1f), f64::from(bits & 0x3ff) / 1024.0);
    match exponent {
        0 => sign * fraction * f64::powi(2.0, -14),
        31 if fraction == 0.0 => sign * f64::INFINITY,
        31 => f64::NAN,
        _ => sign * (1.0 + fraction) * f64::powi(2.0, exponent - 15),
    }
}

/// A value as one of a column of a type.
///
/// # Errors
/// What was expected.
pub(super) fn fitted(value: Value, ty: ScalarType, now: DateTime) -> Result<Value, String> {
    if value.ty() == Some(ty) {
        return Ok(value);
    }
    let are_numbers = |value: &Value| {
        matches!(value, Value::Bool(_) | Value::Int(_) | Value::Long(_) | Value::Real(_) | Value::Decimal(_))
    };
    match (&value, ty) {
        (Value::Null, _) => Ok(Value::missing(ty)),
        (Value::String(text), _) => value::of_text(text, ty, now),
        (_, ScalarType::Dynamic) => Ok(Value::dynamic(value.to_dynamic())),
        (_, ScalarType::String) => Ok(Value::string(value.to_text())),
        (_, ty) if are_numbers(&value) && (ty.is_numeric() || ty == ScalarType::Bool) => {
            match coerce(&value, ty) {
                Value::Null => value::of_text(&value.to_text(), ty, now),
                fitted => Ok(fitted),
            }
        }
        _ => value::of_text(&value.to_text(), ty, now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_bytes_are_read() {
        assert_eq!((signed(&[0xff]), signed(&[0x01, 0x00]), signed(&[])), (Some(-1), Some(256), None));
        assert_eq!(signed(&[0; 17]), None);
        assert!((half(0x3c00) - 1.0).abs() < 1e-9 && (half(0xc000) + 2.0).abs() < 1e-9);
        assert!(half(0x7c00).is_infinite() && half(0x7e00).is_nan());
        assert_eq!(interval(&[0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0]), Some(2 * TICKS_PER_DAY + 10_000));
        assert_eq!((interval(&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), interval(&[0; 11])), (None, None));
    }

    #[test]
    fn times_of_each_unit_are_the_same() {
        let expected = DateTime::parse("2026-11-30T12:00:00Z").unwrap();
        let millis = 1_796_040_000_000_i64;
        for (unit, count) in
            [(Unit::Millis, millis), (Unit::Micros, millis * 1000), (Unit::Nanos, millis * 1_000_000)]
        {
            let value = Kind::Time(unit).value(Raw::Whole(count), Physical::INT64);
            assert_eq!(value, Some(Value::DateTime(expected)));
        }
        let mut bytes = (43_200_000_000_000_i64).to_le_bytes().to_vec();
        let day = u32::try_from(JULIAN_1970 + millis / 86_400_000).unwrap();
        bytes.extend(day.to_le_bytes());
        assert_eq!(Kind::Time96.value(Raw::Bytes(&bytes), Physical::INT96), Some(Value::DateTime(expected)));
        assert_eq!(Kind::Time(Unit::Millis).value(Raw::Whole(i64::MAX), Physical::INT64), None);
    }

    #[test]
    fn values_fit_their_column_or_are_refused() {
        let now = DateTime::MIN;
        assert_eq!(fitted(Value::Long(5), ScalarType::Int, now), Ok(Value::Int(5)));
        assert_eq!(fitted(Value::Long(5), ScalarType::String, now), Ok(Value::string("5")));
        assert_eq!(fitted(Value::string("true"), ScalarType::Bool, now), Ok(Value::Bool(true)));
        assert!(fitted(Value::Long(1 << 40), ScalarType::Int, now).is_err());
        assert!(fitted(Value::Long(5), ScalarType::DateTime, now).is_err());
        assert!(fitted(Value::string("soon"), ScalarType::DateTime, now).is_err());
    }
}
