//! Values of the type `dynamic`: JSON, and the scalars that JSON has not.

use std::fmt::Write;
use std::sync::Arc;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{DateTime, TimeSpan, Value};

/// How deep JSON text may be nested.
const MAX_DEPTH: usize = 128;

/// A dynamic value.
#[derive(Debug, Clone, PartialEq)]
pub enum Dynamic {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer.
    Long(i64),
    /// A number with a fraction, or out of the range of integers.
    Real(f64),
    /// A decimal number.
    Decimal(Decimal),
    /// Text.
    String(Arc<str>),
    /// A point in time.
    DateTime(DateTime),
    /// A span of time.
    TimeSpan(TimeSpan),
    /// An identifier.
    Guid(Uuid),
    /// An array.
    Array(Vec<Dynamic>),
    /// A property bag, in the order of its properties.
    Bag(IndexMap<Arc<str>, Dynamic>),
}

impl Dynamic {
    /// Text.
    pub fn string(text: impl AsRef<str>) -> Self {
        Self::String(Arc::from(text.as_ref()))
    }

    /// Reads JSON; nothing where the text is none, or is nested too deep.
    pub fn from_json(text: &str) -> Option<Self> {
        let value: serde_json::Value = serde_json::from_str(text).ok()?;
        Self::of_json(&value, 0)
    }

    fn of_json(value: &serde_json::Value, depth: usize) -> Option<Self> {
        use serde_json::Value as Json;
        if depth > MAX_DEPTH {
            return None;
        }
        Some(match value {
            Json::Null => Self::Null,
            Json::Bool(truth) => Self::Bool(*truth),
            Json::Number(number) => match number.as_i64() {
                Some(number) => Self::Long(number),
                None => Self::Real(number.as_f64()?),
            },
            Json::String(text) => Self::string(text),
            Json::Array(items) => {
                Self::Array(items.iter().map(|item| Self::of_json(item, depth + 1)).collect::<Option<_>>()?)
            }
            Json::Object(entries) => Self::Bag(
                entries
                    .iter()
                    .map(|(name, value)| Some((Arc::from(name.as_str()), Self::of_json(value, depth + 1)?)))
                    .collect::<Option<_>>()?,
            ),
        })
    }

    /// The value as JSON, as `tostring` writes it: no spaces, times as text.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }

    fn write_json(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Self::Long(number) => {
                let _ = write!(out, "{number}");
            }
            Self::Real(number) if number.is_finite() => out.push_str(&super::text::real(*number)),
            Self::Real(number) => quoted(out, &super::text::real(*number)),
            Self::Decimal(number) => quoted(out, &number.to_string()),
            Self::String(text) => quoted(out, text),
            Self::DateTime(time) => quoted(out, &time.to_string()),
            Self::TimeSpan(span) => quoted(out, &span.to_string()),
            Self::Guid(guid) => quoted(out, &guid.to_string()),
            Self::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write_json(out);
                }
                out.push(']');
            }
            Self::Bag(entries) => {
                out.push('{');
                for (index, (name, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    quoted(out, name);
                    out.push(':');
                    value.write_json(out);
                }
                out.push('}');
            }
        }
    }

    /// The scalar that it holds: none for an array or a bag.
    pub fn scalar(&self) -> Option<Value> {
        Some(match self {
            Self::Null => Value::Null,
            Self::Bool(truth) => Value::Bool(*truth),
            Self::Long(number) => Value::Long(*number),
            Self::Real(number) => Value::Real(*number),
            Self::Decimal(number) => Value::Decimal(*number),
            Self::String(text) => Value::String(Arc::clone(text)),
            Self::DateTime(time) => Value::DateTime(*time),
            Self::TimeSpan(span) => Value::TimeSpan(*span),
            Self::Guid(guid) => Value::Guid(*guid),
            Self::Array(_) | Self::Bag(_) => return None,
        })
    }

    /// The text, where it is text.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The number, where it is one.
    pub fn as_f64(&self) -> Option<f64> {
        use rust_decimal::prelude::ToPrimitive;
        match self {
            #[expect(clippy::cast_precision_loss, reason = "as the service does")]
            Self::Long(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            Self::Decimal(number) => number.to_f64(),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The property `name`; case counts.
    pub fn property(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Bag(entries) => entries.get(name),
            _ => None,
        }
    }

    /// The element at `index`, counted from the end where it is negative.
    pub fn element(&self, index: i64) -> Option<&Self> {
        let Self::Array(items) = self else { return None };
        let index = if index < 0 { i64::try_from(items.len()).ok()? + index } else { index };
        items.get(usize::try_from(index).ok()?)
    }

    /// The value with the properties of bags in the order of their names.
    #[must_use]
    pub fn sorted(&self) -> Self {
        match self {
            Self::Array(items) => Self::Array(items.iter().map(Self::sorted).collect()),
            Self::Bag(entries) => {
                let mut entries: Vec<_> =
                    entries.iter().map(|(name, value)| (Arc::clone(name), value.sorted())).collect();
                entries.sort_by(|a, b| a.0.cmp(&b.0));
                Self::Bag(entries.into_iter().collect())
            }
            scalar => scalar.clone(),
        }
    }

    /// The name of what it is, as `gettype` says it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Long(_) => "long",
            Self::Real(_) => "double",
            Self::Decimal(_) => "decimal",
            Self::String(_) => "string",
            Self::DateTime(_) => "datetime",
            Self::TimeSpan(_) => "timespan",
            Self::Guid(_) => "guid",
            Self::Array(_) => "array",
            Self::Bag(_) => "dictionary",
        }
    }

    /// An estimate of the memory that it takes, in bytes.
    pub fn size(&self) -> usize {
        let held: usize = match self {
            Self::String(text) => text.len(),
            Self::Array(items) => items.iter().map(Self::size).sum(),
            Self::Bag(entries) => entries.iter().map(|(name, value)| name.len() + 16 + value.size()).sum(),
            _ => 0,
        };
        size_of::<Self>() + held
    }
}

/// Writes a JSON string.
fn quoted(out: &mut String, text: &str) {
    // A string always can be written as JSON.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}
