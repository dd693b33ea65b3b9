//! Values as the text that `tostring` makes of them, and as cells of JSON.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::{Dynamic, Value};

impl Value {
    /// The text of it: empty for null.
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Null => Cow::Borrowed(""),
            Self::Bool(true) => Cow::Borrowed("True"),
            Self::Bool(false) => Cow::Borrowed("False"),
            Self::Int(number) => Cow::Owned(number.to_string()),
            Self::Long(number) => Cow::Owned(number.to_string()),
            Self::Real(number) => Cow::Owned(real(*number)),
            Self::Decimal(number) => Cow::Owned(number.normalize().to_string()),
            Self::String(text) => Cow::Borrowed(text),
            Self::DateTime(time) => Cow::Owned(time.to_string()),
            Self::TimeSpan(span) => Cow::Owned(span.to_string()),
            Self::Guid(guid) => Cow::Owned(guid.to_string()),
            Self::Dynamic(value) => value.to_text(),
        }
    }

    /// The value as a cell of JSON: truth and finite numbers as such, all else as its text.
    pub fn to_cell(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(truth) => Json::Bool(*truth),
            Self::Int(number) => Json::from(*number),
            Self::Long(number) => Json::from(*number),
            Self::Real(number) if number.is_finite() => Json::from(*number),
            other => Json::String(other.to_text().into_owned()),
        }
    }
}

impl Dynamic {
    /// The text of it: that of the scalar that it holds, else JSON.
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Null => Cow::Borrowed(""),
            Self::String(text) => Cow::Borrowed(text),
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
            Self::Array(_) | Self::Bag(_) => Cow::Owned(self.to_json()),
            scalar => match scalar.scalar() {
                Some(value) => Cow::Owned(value.to_text().into_owned()),
                None => Cow::Borrowed(""),
            },
        }
    }
}

/// A floating-point number as text: the shortest that reads back as the same, with a fraction always.
pub(super) fn real(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let magnitude = number.abs();
    if magnitude != 0.0 && !(1e-5..1e15).contains(&magnitude) {
        // .NET's way: a sign and at least two digits in the exponent.
        let text = format!("{number:E}");
        let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, "0"));
        let (sign, digits) = match exponent.strip_prefix('-') {
            Some(digits) => ('-', digits),
            None => ('+', exponent),
        };
        return format!("{mantissa}E{sign}{digits:0>2}");
    }
    let text = format!("{number}");
    if text.contains('.') { text } else { text + ".0" }
}
