//! Comparisons: of values, and of text by case, terms, parts.

use std::cmp::Ordering;

use super::{Call, Scalar, at};
use crate::exec::error::Result;
use crate::exec::value::{DateTime, Dynamic, Value, compare, equal};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "==", body: |_, v| Ok(equal(at(v, 0), at(v, 1)).into()) },
    Scalar { name: "!=", body: |_, v| Ok(equal(at(v, 0), at(v, 1)).map(|same| !same).into()) },
    Scalar { name: "<>", body: |_, v| Ok(equal(at(v, 0), at(v, 1)).map(|same| !same).into()) },
    Scalar { name: "<", body: |_, v| Ok(compare(at(v, 0), at(v, 1)).map(Ordering::is_lt).into()) },
    Scalar { name: "<=", body: |_, v| Ok(compare(at(v, 0), at(v, 1)).map(Ordering::is_le).into()) },
    Scalar { name: ">", body: |_, v| Ok(compare(at(v, 0), at(v, 1)).map(Ordering::is_gt).into()) },
    Scalar { name: ">=", body: |_, v| Ok(compare(at(v, 0), at(v, 1)).map(Ordering::is_ge).into()) },
    Scalar { name: "=~", body: |_, v| Ok(same_text(v).into()) },
    Scalar { name: "!~", body: |_, v| Ok((!same_text(v)).into()) },
    Scalar { name: "between", body: |_, v| Ok(between(v).into()) },
    Scalar { name: "!between", body: |_, v| Ok(between(v).map(|inside| !inside).into()) },
    Scalar { name: "contains", body: |_, v| Ok(text_test(v, contains).into()) },
    Scalar { name: "!contains", body: |_, v| Ok((!text_test(v, contains)).into()) },
    Scalar { name: "contains_cs", body: |_, v| Ok(exact_test(v, |a, b| a.contains(b)).into()) },
    Scalar { name: "!contains_cs", body: |_, v| Ok((!exact_test(v, |a, b| a.contains(b))).into()) },
    Scalar { name: "startswith", body: |_, v| Ok(text_test(v, |a, b| a.starts_with(b)).into()) },
    Scalar { name: "!startswith", body: |_, v| Ok((!text_test(v, |a, b| a.starts_with(b))).into()) },
    Scalar { name: "startswith_cs", body: |_, v| Ok(exact_test(v, |a, b| a.starts_with(b)).into()) },
    Scalar { name: "!startswith_cs", body: |_, v| Ok((!exact_test(v, |a, b| a.starts_with(b))).into()) },
    Scalar { name: "endswith", body: |_, v| Ok(text_test(v, |a, b| a.ends_with(b)).into()) },
    Scalar { name: "!endswith", body: |_, v| Ok((!text_test(v, |a, b| a.ends_with(b))).into()) },
    Scalar { name: "endswith_cs", body: |_, v| Ok(exact_test(v, |a, b| a.ends_with(b)).into()) },
    Scalar { name: "!endswith_cs", body: |_, v| Ok((!exact_test(v, |a, b| a.ends_with(b))).into()) },
    Scalar { name: "has", body: |_, v| Ok(text_test(v, has_term).into()) },
    Scalar { name: "!has", body: |_, v| Ok((!text_test(v, has_term)).into()) },
    Scalar { name: "has_cs", body: |_, v| Ok(exact_test(v, has_term).into()) },
    Scalar { name: "!has_cs", body: |_, v| Ok((!exact_test(v, has_term)).into()) },
    Scalar { name: "hasprefix", body: |_, v| Ok(text_test(v, has_prefix).into()) },
    Scalar { name: "!hasprefix", body: |_, v| Ok((!text_test(v, has_prefix)).into()) },
    Scalar { name: "hasprefix_cs", body: |_, v| Ok(exact_test(v, has_prefix).into()) },
    Scalar { name: "!hasprefix_cs", body: |_, v| Ok((!exact_test(v, has_prefix)).into()) },
    Scalar { name: "hassuffix", body: |_, v| Ok(text_test(v, has_suffix).into()) },
    Scalar { name: "!hassuffix", body: |_, v| Ok((!text_test(v, has_suffix)).into()) },
    Scalar { name: "hassuffix_cs", body: |_, v| Ok(exact_test(v, has_suffix).into()) },
    Scalar { name: "!hassuffix_cs", body: |_, v| Ok((!exact_test(v, has_suffix)).into()) },
    // In a search, `:` means `has`.
    Scalar { name: ":", body: |_, v| Ok(text_test(v, has_term).into()) },
    Scalar { name: "has_any", body: |_, v| Ok(any_term(v).into()) },
    Scalar { name: "has_all", body: |_, v| Ok(all_terms(v).into()) },
    Scalar { name: "matches regex", body: |call, v| matches_regex(call, v) },
];

fn same_text(values: &[Value]) -> bool {
    text_test(values, |a, b| a == b)
}

/// A test of two texts whose case does not count.
fn text_test(values: &[Value], test: fn(&str, &str) -> bool) -> bool {
    let (text, part) = (at(values, 0).to_text(), at(values, 1).to_text());
    test(&text.to_lowercase(), &part.to_lowercase())
}

fn exact_test(values: &[Value], test: fn(&str, &str) -> bool) -> bool {
    test(&at(values, 0).to_text(), &at(values, 1).to_text())
}

fn contains(text: &str, part: &str) -> bool {
    text.contains(part)
}

/// Whether a letter or digit is part of a term. Terms are made of these alone.
fn in_term(char: char) -> bool {
    char.is_alphanumeric()
}

/// Where `part` occurs in `text` with a border of terms before it, after it, or both, as asked for.
fn occurs(text: &str, part: &str, border_before: bool, border_after: bool) -> bool {
    if part.is_empty() {
        return true;
    }
    let inner_start = part.chars().next().is_some_and(in_term);
    let inner_end = part.chars().next_back().is_some_and(in_term);
    text.match_indices(part).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + part.len()..].chars().next();
        (!border_before || !inner_start || !before.is_some_and(in_term))
            && (!border_after || !inner_end || !after.is_some_and(in_term))
    })
}

/// Whether `part` stands in `text` as whole terms.
pub(in crate::exec) fn has_term(text: &str, part: &str) -> bool {
    occurs(text, part, true, true)
}

fn has_prefix(text: &str, part: &str) -> bool {
    occurs(text, part, true, false)
}

fn has_suffix(text: &str, part: &str) -> bool {
    occurs(text, part, false, true)
}

/// The texts that `has_any` and the like are given: arrays stand for their elements.
fn terms(values: &[Value]) -> Vec<String> {
    let mut terms = Vec::new();
    for value in values.iter().skip(1) {
        match value.as_dynamic() {
            Some(Dynamic::Array(items)) => {
                terms.extend(items.iter().map(|item| item.to_text().to_lowercase()));
            }
            _ => terms.push(value.to_text().to_lowercase()),
        }
    }
    terms
}

fn any_term(values: &[Value]) -> bool {
    let text = at(values, 0).to_text().to_lowercase();
    terms(values).iter().any(|term| has_term(&text, term))
}

fn all_terms(values: &[Value]) -> bool {
    let text = at(values, 0).to_text().to_lowercase();
    terms(values).iter().all(|term| has_term(&text, term))
}

fn matches_regex(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let pattern = at(values, 1).to_text();
    match call.run.regex(&pattern) {
        Some(regex) => Ok(regex.is_match(&at(values, 0).to_text()).into()),
        None => Err(call.error(format!("`{pattern}` is no regular expression"))),
    }
}

fn between(values: &[Value]) -> Option<bool> {
    let (value, low, high) = (at(values, 0), at(values, 1), at(values, 2));
    let end = match (low, high) {
        (Value::DateTime(start), Value::TimeSpan(length)) => {
            Value::DateTime(start.plus(*length).unwrap_or(DateTime::MAX))
        }
        _ => high.clone(),
    };
    Some(compare(value, low)?.is_ge() && compare(value, &end)?.is_le())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_end_at_what_is_no_letter_or_digit() {
        for (text, part, expected) in [
            ("north america", "north", true),
            ("northamerica", "north", false),
            ("c:\\tools\\anydesk.exe", "anydesk.exe", true),
            ("c:\\tools\\anydesk.exe", "desk.exe", false),
            ("user@relay.example.com", "relay.example.com", true),
            ("a_b", "a", true),
            ("x.example.com", ".example.com", true),
        ] {
            assert_eq!(has_term(text, part), expected, "{text} has {part}");
        }
        assert!(has_prefix("northamerica", "north"));
        assert!(!has_prefix("northamerica", "america"));
        assert!(has_suffix("northamerica", "america"));
    }
}
