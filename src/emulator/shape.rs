//! The wire contract of a body as data, and the reading of a body by it.
//!
//! Reading keeps what the contract names, in the contract's order, refuses wrong types, missing required
//! and given read-only properties, and brings words and lengths of time to the service's own spelling.
//! What the contract does not name is passed over, as the service does.

use serde_json::{Map, Value};

use super::reply::Refusal;
use crate::arm::SECURITY_INSIGHTS_PREVIEW;
use crate::catalog::Catalog;
use crate::rule::Duration;

/// The type of a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// A string.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Whole,
    /// An ISO 8601 length of time.
    Span,
    /// A value of an enumeration of the catalog, by the enumeration's name there.
    Word(&'static str),
    /// One of these.
    Among(&'static [&'static str]),
    /// An array.
    List(&'static Shape),
    /// An object of these fields.
    Object(&'static [Field]),
    /// An object of texts under any name.
    Texts,
    /// Anything, kept as it is.
    Any,
}

/// Whether a request must, may or must not have a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
    ReadOnly,
}

/// One property.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) need: Need,
    /// Known to the preview version only.
    pub(super) preview: bool,
}

impl Field {
    /// A property that a request may leave out.
    pub(super) const fn optional(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, need: Need::Optional, preview: false }
    }

    /// A property that a request must have.
    pub(super) const fn required(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, need: Need::Required, preview: false }
    }

    /// A property that a request must not have.
    pub(super) const fn read_only(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, need: Need::ReadOnly, preview: false }
    }

    /// The same, known to the preview version only.
    pub(super) const fn in_preview(self) -> Self {
        Self { preview: true, ..self }
    }

    fn known_to(&self, api_version: &str) -> bool {
        !self.preview || api_version == SECURITY_INSIGHTS_PREVIEW
    }
}

/// The fields of `fields` that `api_version` knows, with their values in `object`; null where it has none.
pub(super) fn project(fields: &[Field], object: &Value, api_version: &str) -> Map<String, Value> {
    let known = fields.iter().filter(|field| field.known_to(api_version));
    known.map(|field| (field.name.to_owned(), object[field.name].clone())).collect()
}

/// Reads bodies for one API version.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) api_version: &'a str,
}

impl Reader<'_> {
    /// The fields of `fields` that `value` gives. `path` is where `value` stands in the body.
    pub(super) fn object(
        self,
        fields: &[Field],
        value: &Value,
        path: &str,
    ) -> Result<Map<String, Value>, Refusal> {
        let Value::Object(given) = value else {
            return Err(mismatch(value, "object", path));
        };
        let mut read = Map::new();
        for field in fields.iter().filter(|field| field.known_to(self.api_version)) {
            let value = given.get(field.name).filter(|value| !value.is_null());
            match (value, field.need) {
                (None, Need::Required) => {
                    let message =
                        format!("Required property '{}' not found in JSON. Path '{path}'.", field.name);
                    return Err(Refusal::bad_request(message));
                }
                (None, _) => {}
                (Some(_), Need::ReadOnly) => {
                    let message = format!("Read-only property '{}' cannot be assigned", field.name);
                    return Err(Refusal::bad_request(message));
                }
                (Some(value), _) => {
                    let place = format!("{path}.{}", field.name);
                    read.insert(field.name.to_owned(), self.value(field.shape, value, &place)?);
                }
            }
        }
        Ok(read)
    }

    fn value(self, shape: Shape, value: &Value, path: &str) -> Result<Value, Refusal> {
        match (shape, value) {
            (Shape::Text, Value::String(_)) | (Shape::Flag, Value::Bool(_)) | (Shape::Any, _) => {
                Ok(value.clone())
            }
            (Shape::Whole, Value::Number(number)) if number.as_i64().is_some() => Ok(value.clone()),
            (Shape::Span, Value::String(text)) => {
                let iso = text.starts_with('P').then(|| Duration::parse(text).ok()).flatten();
                iso.map(|span| span.iso().into()).ok_or_else(|| mismatch(value, "TimeSpan", path))
            }
            (Shape::Word(enumeration), Value::String(text)) => {
                let values = Catalog::builtin().enums().values(enumeration);
                let known = values
                    .filter(|(_, versions)| versions.contains(&self.api_version))
                    .find(|(word, _)| word.eq_ignore_ascii_case(text));
                let name = enumeration.rsplit('.').next().unwrap_or(enumeration);
                known.map(|(word, _)| word.into()).ok_or_else(|| mismatch(value, name, path))
            }
            (Shape::Among(words), Value::String(text)) => {
                let known = words.iter().find(|word| word.eq_ignore_ascii_case(text));
                known.map(|word| (*word).into()).ok_or_else(|| mismatch(value, "enumeration", path))
            }
            (Shape::List(item), Value::Array(items)) => items
                .iter()
                .enumerate()
                .map(|(at, value)| self.value(*item, value, &format!("{path}[{at}]")))
                .collect(),
            (Shape::Object(fields), _) => self.object(fields, value, path).map(Value::Object),
            (Shape::Texts, Value::Object(entries)) => {
                let wrong = entries.iter().find(|(_, value)| !value.is_string());
                wrong.map_or_else(
                    || Ok(value.clone()),
                    |(key, wrong)| Err(mismatch(wrong, "string", &format!("{path}.{key}"))),
                )
            }
            _ => Err(mismatch(value, shape.name(), path)),
        }
    }
}

impl Shape {
    fn name(self) -> &'static str {
        match self {
            Self::Text | Self::Among(_) | Self::Word(_) => "string",
            Self::Flag => "boolean",
            Self::Whole => "integer",
            Self::Span => "TimeSpan",
            Self::List(_) => "array",
            Self::Object(_) | Self::Texts | Self::Any => "object",
        }
    }
}

fn mismatch(value: &Value, wanted: &str, path: &str) -> Refusal {
    let shown = match value {
        Value::String(text) => format!("\"{}\"", text.chars().take(100).collect::<String>()),
        Value::Array(_) => "array".to_owned(),
        Value::Object(_) => "object".to_owned(),
        other => other.to_string(),
    };
    Refusal::bad_request(format!("Error converting value {shown} to type '{wanted}'. Path '{path}'."))
}
