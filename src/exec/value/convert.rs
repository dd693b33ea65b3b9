//! Values of one type as values of another.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use uuid::Uuid;

use super::compare::as_decimal;
use super::{DateTime, Dynamic, TimeSpan, Value};
use crate::catalog::ScalarType;

/// The value as one of type `ty`, null where it has none, as `tolong`, `todatetime` and the like have it.
pub fn coerce(value: &Value, ty: ScalarType) -> Value {
    if value.ty() == Some(ty) {
        return value.clone();
    }
    if let (Value::Dynamic(held), true) = (value, ty != ScalarType::String) {
        return held.scalar().map_or(Value::Null, |scalar| coerce(&scalar, ty));
    }
    let converted = match ty {
        ScalarType::String => Some(Value::String(value.to_text().into())),
        ScalarType::Dynamic => Some(Value::dynamic(value.to_dynamic())),
        _ if value.is_null() => None,
        ScalarType::Bool => to_bool(value).map(Value::Bool),
        ScalarType::Int => to_long(value).and_then(|number| i32::try_from(number).ok()).map(Value::Int),
        ScalarType::Long => to_long(value).map(Value::Long),
        ScalarType::Real => to_real(value).map(Value::Real),
        ScalarType::Decimal => to_decimal(value).map(Value::Decimal),
        ScalarType::DateTime => to_datetime(value).map(Value::DateTime),
        ScalarType::TimeSpan => to_timespan(value).map(Value::TimeSpan),
        ScalarType::Guid => match value {
            Value::String(text) => to_guid(text).map(Value::Guid),
            _ => None,
        },
    };
    converted.unwrap_or(Value::Null)
}

fn to_bool(value: &Value) -> Option<bool> {
    match value {
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            other => other.parse::<i64>().ok().map(|number| number != 0),
        },
        _ => value.as_f64().map(|number| number != 0.0),
    }
}

fn to_long(value: &Value) -> Option<i64> {
    match value {
        Value::Bool(truth) => Some(i64::from(*truth)),
        Value::Decimal(number) => number.trunc().to_i64(),
        Value::Real(number) => truncated(*number),
        Value::DateTime(time) => Some(time.ticks()),
        Value::TimeSpan(span) => Some(span.0),
        Value::String(text) => {
            let text = text.trim();
            let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
            match hex {
                Some(hex) => u64::from_str_radix(hex, 16).ok().map(u64::cast_signed),
                None => text.parse().ok().or_else(|| truncated(text.parse().ok()?)),
            }
        }
        _ => value.as_i64(),
    }
}

/// The number without its fraction; nothing out of range.
fn truncated(number: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    #[expect(clippy::cast_possible_truncation, reason = "checked to be in range")]
    (-LIMIT..LIMIT).contains(&number).then_some(number as i64)
}

fn to_real(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(truth) => Some(f64::from(u8::from(*truth))),
        #[expect(clippy::cast_precision_loss, reason = "as the service does")]
        Value::DateTime(time) => Some(time.ticks() as f64),
        #[expect(clippy::cast_precision_loss, reason = "as the service does")]
        Value::TimeSpan(span) => Some(span.0 as f64),
        Value::String(text) => {
            let text = text.trim();
            match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
                #[expect(clippy::cast_precision_loss, reason = "as the service does")]
                Some(hex) => u64::from_str_radix(hex, 16).ok().map(|number| number as f64),
                None => text.parse().ok(),
            }
        }
        _ => value.as_f64(),
    }
}

fn to_decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Bool(truth) => Some(Decimal::from(u8::from(*truth))),
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| Decimal::from_scientific(text).ok())
        }
        _ => as_decimal(value),
    }
}

fn to_datetime(value: &Value) -> Option<DateTime> {
    match value {
        Value::DateTime(time) => Some(*time),
        Value::String(text) => DateTime::parse(text),
        Value::Int(_) | Value::Long(_) => DateTime::from_ticks(value.as_i64()?),
        _ => None,
    }
}

fn to_timespan(value: &Value) -> Option<TimeSpan> {
    match value {
        Value::TimeSpan(span) => Some(*span),
        Value::String(text) => TimeSpan::parse(text),
        Value::Int(_) | Value::Long(_) => value.as_i64().map(TimeSpan),
        _ => None,
    }
}

/// The first 32 digits of a text, with hyphens between them where a guid may have one; what follows does not count.
fn to_guid(text: &str) -> Option<Uuid> {
    let mut bits: u128 = 0;
    let mut count = 0;
    for char in text.chars() {
        match char.to_digit(16) {
            Some(digit) => {
                bits = bits << 4 | u128::from(digit);
                count += 1;
            }
            None if char == '-' && matches!(count, 8 | 12 | 16 | 20) => {}
            None => return None,
        }
        if count == 32 {
            return Some(Uuid::from_u128(bits));
        }
    }
    None
}

impl Dynamic {
    /// What `todynamic` makes of text: the JSON that it is, else the text itself.
    pub fn parse(text: &str) -> Self {
        Self::from_json(text).unwrap_or_else(|| Self::string(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_are_the_first_32_digits() {
        let expected = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        for text in [
            "0123456789abcdef0123456789abcdef",
            "01234567-89AB-cdef-0123-456789abcdef",
            "0123456789ab-cdef-0123-456789abcdef and more",
        ] {
            assert_eq!(to_guid(text), Some(expected), "{text}");
        }
        for text in ["", "0123", "012-3456789abcdef0123456789abcdef", "a string that is not a guid"] {
            assert_eq!(to_guid(text), None, "{text}");
        }
    }
}
