//! Single values: text, numbers, lengths of time, words of a closed set.

use super::fields::Fields;
use super::{Context, repair};
use crate::diag::{Applicability, Fix, nearest};
use crate::rule::keys::{Key, ValueType};
use crate::rule::{Duration, DurationError, Query, lints};
use crate::text::{Spanned, TextRange};
use crate::yaml::{Node, NodeKind, Scalar, ScalarStyle};

/// A value with the key it belongs to.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) node: &'a Node,
    pub(super) key: &'static Key,
    /// Whether the value is an item of the key's list.
    pub(super) item: bool,
}

impl<'a> At<'a> {
    /// The same place for an item of the list.
    pub(super) fn item(self, node: &'a Node) -> Self {
        Self { node, item: true, ..self }
    }

    /// What a message calls the place.
    pub(super) fn name(self) -> String {
        if self.item { format!("an item of `{}`", self.key.name) } else { format!("`{}`", self.key.name) }
    }
}

impl Context {
    pub(super) fn text_of(&mut self, fields: &Fields<'_>, name: &'static str) -> Option<Spanned<String>> {
        self.text(fields.at(name)?)
    }

    pub(super) fn bool_of(&mut self, fields: &Fields<'_>, name: &'static str) -> Option<Spanned<bool>> {
        self.bool(fields.at(name)?)
    }

    pub(super) fn duration_of(
        &mut self,
        fields: &Fields<'_>,
        name: &'static str,
    ) -> Option<Spanned<Duration>> {
        self.duration(fields.at(name)?)
    }

    pub(super) fn choice_of(&mut self, fields: &Fields<'_>, name: &'static str) -> Option<Spanned<String>> {
        self.choice(fields.at(name)?).map(|word| word.map(str::to_owned))
    }

    /// Reports a value of a type that means nothing here.
    pub(super) fn wrong_type(&mut self, at: At<'_>, expected: &str) {
        let message = format!("{} is {}, expected {expected}", at.name(), at.node.describe());
        let finding = self.finding(&lints::WRONG_TYPE, at.node.range, message);
        self.push(finding.with_label(format!("expected {expected}")));
    }

    /// Reports a value that is understood but written as another type, with what to write.
    pub(super) fn loose(&mut self, at: At<'_>, message: String, replacement: &str) {
        let fix = Fix::replace(
            format!("write `{replacement}`"),
            Applicability::Safe,
            self.span(at.node.range),
            replacement,
        );
        let finding = self.finding(&lints::LOOSE_TYPE, at.node.range, message);
        self.push(finding.with_help(format!("write `{replacement}`")).with_fix(fix));
    }

    /// The scalar of a value, with a finding when there is none. Null was reported before.
    fn scalar<'a>(&mut self, at: At<'a>, expected: &str) -> Option<&'a Scalar> {
        let scalar = at.node.as_scalar();
        if scalar.is_none() {
            self.wrong_type(at, expected);
        }
        scalar
    }

    pub(super) fn text(&mut self, at: At<'_>) -> Option<Spanned<String>> {
        let expected = if at.item { "text" } else { at.key.value.expected() };
        let scalar = self.scalar(at, expected)?;
        if at.node.tag.is_none()
            && let Some(kind) = other_type(scalar)
        {
            let message = format!("other YAML readers take {} for {kind}", at.name());
            self.loose(at, message, &format!("\"{}\"", scalar.text));
        }
        Some(Spanned::new(scalar.text.clone(), at.node.range))
    }

    pub(super) fn query(&mut self, at: At<'_>) -> Option<Query> {
        let scalar = self.scalar(at, at.key.value.expected())?.clone();
        Some(Query { scalar, range: at.node.range })
    }

    pub(super) fn bool(&mut self, at: At<'_>) -> Option<Spanned<bool>> {
        let expected = ValueType::Bool.expected();
        let scalar = self.scalar(at, expected)?;
        if let Some(value) = scalar.as_bool() {
            return Some(Spanned::new(value, at.node.range));
        }
        let value = match scalar.text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => true,
            "false" | "no" | "off" => false,
            _ => {
                self.wrong_type(at, expected);
                return None;
            }
        };
        let message = format!("{} is text, expected {expected}", at.name());
        self.loose(at, message, if value { "true" } else { "false" });
        Some(Spanned::new(value, at.node.range))
    }

    pub(super) fn integer(&mut self, at: At<'_>) -> Option<Spanned<i64>> {
        let expected = ValueType::Integer.expected();
        let scalar = self.scalar(at, expected)?;
        if let Some(value) = scalar.as_i64() {
            return Some(Spanned::new(value, at.node.range));
        }
        let Ok(value) = scalar.text.trim().parse::<i64>() else {
            self.wrong_type(at, expected);
            return None;
        };
        let message = format!("{} is text, expected {expected}", at.name());
        self.loose(at, message, &value.to_string());
        Some(Spanned::new(value, at.node.range))
    }

    pub(super) fn duration(&mut self, at: At<'_>) -> Option<Spanned<Duration>> {
        let scalar = self.scalar(at, at.key.value.expected())?;
        let error = match Duration::parse(&scalar.text) {
            Ok(value) => return Some(Spanned::new(value, at.node.range)),
            Err(error) => error,
        };
        let why = match error {
            DurationError::Syntax => String::new(),
            other => format!(": {other}"),
        };
        let message = format!("{} is no length of time{why}", at.name());
        let mut finding = self.finding(&lints::MALFORMED_DURATION, at.node.range, message);
        finding = match repair::duration(&scalar.text) {
            Some((text, applicability)) => {
                let title = format!("write `{text}`");
                let fix = Fix::replace(&title, applicability, self.span(at.node.range), text);
                finding.with_help(title).with_fix(fix)
            }
            None => finding.with_help("write a number with `m`, `h` or `d`, such as `90m`, `1h` or `14d`"),
        };
        self.push(finding);
        None
    }

    /// The canonical word of a value from a closed set.
    pub(super) fn choice(&mut self, at: At<'_>) -> Option<Spanned<&'static str>> {
        let (ValueType::Choice(choices) | ValueType::Choices(choices)) = at.key.value else { return None };
        let scalar = self.scalar(at, "text")?;
        let written = scalar.text.trim();
        if let Some(word) = choices.find(written) {
            return Some(Spanned::new(word, at.node.range));
        }
        let message = format!("{} cannot be `{written}`", at.name());
        let known = choices.words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let mut finding = self
            .finding(&lints::UNKNOWN_VALUE, at.node.range, message)
            .with_help(format!("expected one of {known}"));
        let guess = || nearest(written, choices.spellings()).and_then(|near| choices.find(near));
        let meant = choices.certain(written).map(|word| (word, Applicability::Safe));
        if let Some((word, applicability)) =
            meant.or_else(|| guess().map(|word| (word, Applicability::Unsafe)))
        {
            let title = format!("write `{word}`");
            finding = finding.with_fix(Fix::replace(title, applicability, self.span(at.node.range), word));
        }
        self.push(finding);
        None
    }
}

/// What other readers take a plain scalar for, if not for text.
fn other_type(scalar: &Scalar) -> Option<&'static str> {
    if scalar.style != ScalarStyle::Plain {
        None
    } else if scalar.as_bool().is_some() {
        Some("true or false")
    } else if scalar.as_i64().is_some() || is_float(&scalar.text) {
        Some("a number")
    } else {
        None
    }
}

/// Whether `text` is a floating-point number of YAML's core schema.
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let starts = unsigned.strip_prefix('.').unwrap_or(unsigned).starts_with(|c: char| c.is_ascii_digit());
    let special = matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN");
    special || (starts && text.parse::<f64>().is_ok())
}

/// A value as JSON, scalars by YAML's core schema.
pub(super) fn json(at: At<'_>) -> Spanned<serde_json::Value> {
    Spanned::new(to_json(at.node), at.node.range)
}

/// A node as JSON. Documents are never deeper than the YAML reader allows, so recursion is bounded.
pub(crate) fn to_json(node: &Node) -> serde_json::Value {
    use serde_json::Value;
    match &node.kind {
        NodeKind::Sequence(items) => Value::Array(items.iter().map(to_json).collect()),
        NodeKind::Mapping(mapping) => {
            let pair = |entry: &crate::yaml::Entry| {
                let key = entry.key.as_scalar()?.text.clone();
                Some((key, to_json(&entry.value)))
            };
            Value::Object(mapping.entries.iter().filter_map(pair).collect())
        }
        NodeKind::Scalar(scalar) if node.tag.is_some() => Value::String(scalar.text.clone()),
        NodeKind::Scalar(scalar) if scalar.is_null() => Value::Null,
        NodeKind::Scalar(scalar) => {
            if let Some(value) = scalar.as_bool() {
                return Value::Bool(value);
            }
            if let Some(value) = scalar.as_i64() {
                return value.into();
            }
            let float = (scalar.style == ScalarStyle::Plain && is_float(&scalar.text))
                .then(|| scalar.text.parse::<f64>().ok())
                .flatten();
            let number = float.and_then(serde_json::Number::from_f64);
            number.map_or_else(|| Value::String(scalar.text.clone()), Value::Number)
        }
    }
}

/// The pieces of `text` between commas, without the blanks around them, as ranges.
pub(super) fn split_at_commas(text: &str) -> Vec<TextRange> {
    let mut start = 0;
    let pieces = text.split(',').map(|piece| {
        let from = start + (piece.len() - piece.trim_start().len());
        let piece_range = TextRange::from_usize(from, from + piece.trim().len());
        start += piece.len() + 1;
        piece_range
    });
    pieces.filter(|range| !range.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_numbers_from_text() {
        for number in ["1.0", "-.5", "1e3", "+1.", ".inf", ".nan", "1.10"] {
            assert!(is_float(number), "{number}");
        }
        for text in ["1.0.0", "inf", "nan", "e3", ".", "-", "1_000", "T1078.001", "2026-01-31"] {
            assert!(!is_float(text), "{text}");
        }
    }

    #[test]
    fn splits_at_commas() {
        let text = " T1078,, T1110 ,";
        let pieces: Vec<_> = split_at_commas(text).into_iter().map(|range| range.slice(text)).collect();
        assert_eq!(pieces, ["T1078", "T1110"]);
    }
}
