//! Values of tests by the types of their columns.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::catalog::ScalarType;
use crate::exec::value::{DateTime, Dynamic, TimeSpan, Value, coerce};
use crate::yaml::{Node, NodeKind, Scalar, ScalarStyle};

/// Text as a value of a column. Times may be relative to `now`: `-10m` is ten minutes before.
///
/// # Errors
/// What was expected.
pub(crate) fn of_text(text: &str, ty: ScalarType, now: DateTime) -> Result<Value, String> {
    let trimmed = text.trim();
    let value = match ty {
        ScalarType::String => return Ok(Value::string(text)),
        _ if trimmed.is_empty() => return Ok(Value::missing(ty)),
        ScalarType::DateTime => time(trimmed, now).map(Value::DateTime),
        ScalarType::Bool => match trimmed.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(Value::Bool(true)),
            "false" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        ScalarType::Int | ScalarType::Long if trimmed.contains('.') => None,
        ScalarType::Dynamic => {
            let is_json = trimmed.starts_with(['{', '[']);
            let json = is_json.then(|| Dynamic::from_json(trimmed)).flatten();
            return Ok(Value::dynamic(json.unwrap_or_else(|| Dynamic::string(text))));
        }
        _ => Some(coerce(&Value::string(trimmed), ty)).filter(|value| !value.is_null()),
    };
    value.ok_or_else(|| expected(ty))
}

/// What a value of a type looks like.
fn expected(ty: ScalarType) -> String {
    match ty {
        ScalarType::DateTime => {
            "expected a time as 2026-01-31T12:00:00Z, or one before the test's clock as -10m".into()
        }
        ScalarType::TimeSpan => "expected a span of time as 10m or 1.02:03:04".into(),
        ScalarType::Bool => "expected true or false".into(),
        ScalarType::Int | ScalarType::Long => "expected a whole number in range".into(),
        ScalarType::Real | ScalarType::Decimal => "expected a number".into(),
        ScalarType::Guid => "expected a GUID".into(),
        ScalarType::String | ScalarType::Dynamic => "expected text".into(),
    }
}

/// A time, as it is or relative to `now`.
pub(super) fn time(text: &str, now: DateTime) -> Option<DateTime> {
    if text.eq_ignore_ascii_case("now") {
        return Some(now);
    }
    match text
        .strip_prefix('-')
        .map(|span| (-1, span))
        .or_else(|| text.strip_prefix('+').map(|span| (1, span)))
    {
        Some((sign, span)) if !span.starts_with('-') => {
            let span = TimeSpan::parse(span)?;
            now.plus(TimeSpan(sign * span.0))
        }
        _ => DateTime::parse(text),
    }
}

/// A node of YAML as a value of a column.
///
/// # Errors
/// What was expected.
pub(super) fn of_node(node: &Node, ty: ScalarType, now: DateTime) -> Result<Value, String> {
    if node.is_null() {
        return Ok(Value::missing(ty));
    }
    match &node.kind {
        NodeKind::Scalar(scalar) if ty == ScalarType::Dynamic => Ok(of_scalar(scalar)),
        NodeKind::Scalar(scalar) => of_text(&scalar.text, ty, now),
        _ if ty == ScalarType::Dynamic => Ok(Value::dynamic(dynamic(node))),
        _ => Err(format!("it is {}, {}", node.describe(), expected(ty))),
    }
}

/// A scalar as a dynamic value; text that is written as JSON of an array or a bag is that.
fn of_scalar(scalar: &Scalar) -> Value {
    if scalar.style != ScalarStyle::Plain {
        let json = Some(scalar.text.trim()).filter(|text| text.starts_with(['{', '[']));
        if let Some(json) = json.and_then(Dynamic::from_json) {
            return Value::dynamic(json);
        }
    }
    Value::dynamic(dynamic_scalar(scalar))
}

fn dynamic_scalar(scalar: &Scalar) -> Dynamic {
    if scalar.is_null() {
        return Dynamic::Null;
    }
    if let Some(truth) = scalar.as_bool() {
        return Dynamic::Bool(truth);
    }
    if let Some(number) = scalar.as_i64() {
        return Dynamic::Long(number);
    }
    if scalar.style == ScalarStyle::Plain
        && scalar.text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && let Ok(number) = scalar.text.parse::<f64>()
    {
        return Dynamic::Real(number);
    }
    Dynamic::string(&scalar.text)
}

/// A node of YAML as a dynamic value.
pub(super) fn dynamic(node: &Node) -> Dynamic {
    match &node.kind {
        NodeKind::Scalar(scalar) => dynamic_scalar(scalar),
        NodeKind::Sequence(items) => Dynamic::Array(items.iter().map(dynamic).collect()),
        NodeKind::Mapping(mapping) => {
            let entries = mapping.entries.iter().filter_map(|entry| {
                let key = entry.key.as_scalar()?;
                Some((Arc::from(key.text.as_str()), dynamic(&entry.value)))
            });
            Dynamic::Bag(entries.collect::<IndexMap<Arc<str>, Dynamic>>())
        }
    }
}

/// A value of JSON as a value of a column.
///
/// # Errors
/// What was expected.
pub(crate) fn of_json(json: &serde_json::Value, ty: ScalarType, now: DateTime) -> Result<Value, String> {
    use serde_json::Value as Json;
    match json {
        Json::Null => Ok(Value::missing(ty)),
        Json::String(text) => of_text(text, ty, now),
        Json::Number(number) => of_text(&number.to_string(), ty, now),
        Json::Bool(truth) => of_text(if *truth { "true" } else { "false" }, ty, now),
        Json::Array(_) | Json::Object(_) => match (ty, Dynamic::from_json(&json.to_string())) {
            (ScalarType::Dynamic, Some(value)) => Ok(Value::dynamic(value)),
            // Exports write what a column of text holds as the JSON that it is.
            (ScalarType::String, Some(_)) => Ok(Value::string(json.to_string())),
            _ => Err(expected(ty)),
        },
    }
}
