//! Values as keys of groups and joins.

use rust_decimal::prelude::ToPrimitive;
use uuid::Uuid;

use super::Value;

/// A value by which rows are grouped or joined: equal values have equal keys, nulls among them, whatever their numeric
/// type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// Null.
    Null,
    /// `bool`
    Bool(bool),
    /// A whole number, a time, or a span.
    Whole(i64),
    /// Any other number, by its bits.
    Real(u64),
    /// Text, or JSON.
    Text(std::sync::Arc<str>),
    /// `guid`
    Guid(Uuid),
}

impl Key {
    /// The key of a value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Int(number) => Self::Whole(i64::from(*number)),
            Value::Long(number) => Self::Whole(*number),
            Value::Real(number) => Self::number(*number),
            Value::Decimal(number) => match number.is_integer().then(|| number.to_i64()).flatten() {
                Some(whole) => Self::Whole(whole),
                None => Self::number(number.to_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => Self::Text(std::sync::Arc::clone(text)),
            Value::DateTime(time) => Self::Whole(time.ticks()),
            Value::TimeSpan(span) => Self::Whole(span.0),
            Value::Guid(guid) => Self::Guid(*guid),
            Value::Dynamic(held) => match held.scalar() {
                Some(scalar) => Self::of(&scalar),
                None => Self::Text(held.sorted().to_json().into()),
            },
        }
    }

    /// The key of several values.
    pub fn row<'v>(values: impl IntoIterator<Item = &'v Value>) -> Vec<Self> {
        values.into_iter().map(Self::of).collect()
    }

    /// An estimate of the memory that it takes, in bytes, in a set of keys.
    pub(in crate::exec) fn size(&self) -> usize {
        let held = if let Self::Text(text) = self { text.len() } else { 0 };
        2 * size_of::<Self>() + held
    }

    fn number(number: f64) -> Self {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if number.fract() == 0.0 && number.abs() < EXACT {
            #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and in range")]
            return Self::Whole(number as i64);
        }
        Self::Real(if number.is_nan() { f64::NAN.to_bits() } else { number.to_bits() })
    }
}
