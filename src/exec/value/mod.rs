//! The values that queries work on: the ten scalar types of KQL, nulls included.

mod compare;
mod convert;
mod dynamic;
mod key;
mod text;
mod time;

pub use compare::{compare, equal, order};
pub use convert::coerce;
pub use dynamic::Dynamic;
pub use key::Key;
pub use time::{DateTime, TICKS_PER_DAY, TICKS_PER_SECOND, TimeSpan};

use std::sync::Arc;

use rust_decimal::Decimal;
use uuid::Uuid;

use crate::catalog::ScalarType;

/// A value. Text has no null in KQL: where a column of text has none, it is empty.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value, of any type but `string`.
    Null,
    /// `bool`
    Bool(bool),
    /// `int`
    Int(i32),
    /// `long`
    Long(i64),
    /// `real`
    Real(f64),
    /// `decimal`
    Decimal(Decimal),
    /// `string`
    String(Arc<str>),
    /// `datetime`
    DateTime(DateTime),
    /// `timespan`
    TimeSpan(TimeSpan),
    /// `guid`
    Guid(Uuid),
    /// `dynamic`
    Dynamic(Arc<Dynamic>),
}

impl Value {
    /// Text.
    pub fn string(text: impl AsRef<str>) -> Self {
        Self::String(Arc::from(text.as_ref()))
    }

    /// A dynamic value; null for the null among them.
    pub fn dynamic(value: Dynamic) -> Self {
        if matches!(value, Dynamic::Null) { Self::Null } else { Self::Dynamic(Arc::new(value)) }
    }

    /// A dynamic array.
    pub fn array(items: impl IntoIterator<Item = Dynamic>) -> Self {
        Self::dynamic(Dynamic::Array(items.into_iter().collect()))
    }

    /// A number, null where it is none.
    pub fn number(number: impl Into<Option<f64>>) -> Self {
        number.into().map_or(Self::Null, Self::Real)
    }

    /// The type, where it is known from the value alone.
    pub fn ty(&self) -> Option<ScalarType> {
        Some(match self {
            Self::Null => return None,
            Self::Bool(_) => ScalarType::Bool,
            Self::Int(_) => ScalarType::Int,
            Self::Long(_) => ScalarType::Long,
            Self::Real(_) => ScalarType::Real,
            Self::Decimal(_) => ScalarType::Decimal,
            Self::String(_) => ScalarType::String,
            Self::DateTime(_) => ScalarType::DateTime,
            Self::TimeSpan(_) => ScalarType::TimeSpan,
            Self::Guid(_) => ScalarType::Guid,
            Self::Dynamic(_) => ScalarType::Dynamic,
        })
    }

    /// What stands for no value in a column of a type.
    pub fn missing(ty: ScalarType) -> Self {
        if ty == ScalarType::String { Self::string("") } else { Self::Null }
    }

    /// Whether it is null; empty text is not.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is null or empty text, as `isempty` has it.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::String(text) => text.is_empty(),
            Self::Dynamic(value) => matches!(&**value, Dynamic::String(text) if text.is_empty()),
            _ => false,
        }
    }

    /// Whether it is true; null is not.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Bool(truth) => *truth,
            Self::Dynamic(value) => matches!(**value, Dynamic::Bool(true)),
            _ => false,
        }
    }

    /// The scalar in a dynamic value, where there is one; else the value itself.
    #[must_use]
    pub fn unwrapped(&self) -> Self {
        match self {
            Self::Dynamic(value) => value.scalar().unwrap_or_else(|| self.clone()),
            _ => self.clone(),
        }
    }

    /// The value within a dynamic one.
    pub fn to_dynamic(&self) -> Dynamic {
        match self {
            Self::Null => Dynamic::Null,
            Self::Bool(truth) => Dynamic::Bool(*truth),
            Self::Int(number) => Dynamic::Long(i64::from(*number)),
            Self::Long(number) => Dynamic::Long(*number),
            Self::Real(number) => Dynamic::Real(*number),
            Self::Decimal(number) => Dynamic::Decimal(*number),
            Self::String(text) => Dynamic::String(Arc::clone(text)),
            Self::DateTime(time) => Dynamic::DateTime(*time),
            Self::TimeSpan(span) => Dynamic::TimeSpan(*span),
            Self::Guid(guid) => Dynamic::Guid(*guid),
            Self::Dynamic(value) => Dynamic::clone(value),
        }
    }

    /// The dynamic value, where it is one.
    pub fn as_dynamic(&self) -> Option<&Dynamic> {
        if let Self::Dynamic(value) = self { Some(value) } else { None }
    }

    /// The elements, where it is a dynamic array.
    pub fn as_array(&self) -> Option<&[Dynamic]> {
        match self.as_dynamic()? {
            Dynamic::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The text, where it is text, within a dynamic value too.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Dynamic(value) => value.as_str(),
            _ => None,
        }
    }

    /// The integer, where it is one, within a dynamic value too.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(i64::from(*number)),
            Self::Long(number) => Some(*number),
            Self::Dynamic(value) => match **value {
                Dynamic::Long(number) => Some(number),
                _ => None,
            },
            _ => None,
        }
    }

    /// The number as a floating-point one, within a dynamic value too.
    pub fn as_f64(&self) -> Option<f64> {
        use rust_decimal::prelude::ToPrimitive;
        match self {
            Self::Int(number) => Some(f64::from(*number)),
            #[expect(clippy::cast_precision_loss, reason = "as the service does")]
            Self::Long(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            Self::Decimal(number) => number.to_f64(),
            Self::Dynamic(value) => value.as_f64(),
            _ => None,
        }
    }

    /// An estimate of the memory that it takes, in bytes.
    pub fn size(&self) -> usize {
        let held = match self {
            Self::String(text) => text.len(),
            Self::Dynamic(value) => value.size(),
            _ => 0,
        };
        size_of::<Self>() + held
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<Option<bool>> for Value {
    fn from(truth: Option<bool>) -> Self {
        truth.map_or(Self::Null, Self::Bool)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Long(number)
    }
}
