//! Comparisons: of values, and of text by case, terms, parts.

use std::cell::RefCell;
use std::cmp::Ordering;

use super::{Scalar, at};
use crate::exec::value::{DateTime, Dynamic, Value, compare, equal};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "==", body: |_, v| Ok(equal(at(v, 0), at(v, 1)).into()) },
    Scalar { name: "!=", body: |_, v| Ok(equal(at(v, 0), at(v, 1)).map(|same| !same).into()) },
    Scalar { name: "<>", body: |_, v| Ok(equal(at(v, 0), at(v, 1)).map(|same| !same).into()) },
    Scalar { name: "<", body: |_, v| Ok(compare(at(v, 0), at(v, 1)).map(Ordering::is_lt).into()) },
    Scalar { name: "<=", body: |_, v| Ok(compare(at(v, 0), at(v, 1)).map(Ordering::is_le).into()) },
    Scalar { name: ">", body: |_, v| Ok(compare(at(v, 0), at(v, 1)).map(Ordering::is_gt).into()) },
    Scalar { name: ">=", body: |_, v| Ok(compare(at(v, 0), at(v, 1)).map(Ordering::is_ge).into()) },
    Scalar { name: "=~", body: |_, v| Ok(folded(v, |a, b| a == b).into()) },
    Scalar { name: "!~", body: |_, v| Ok((!folded(v, |a, b| a == b)).into()) },
    Scalar { name: "between", body: |_, v| Ok(between(v).into()) },
    Scalar { name: "!between", body: |_, v| Ok(between(v).map(|inside| !inside).into()) },
    Scalar { name: "contains", body: |_, v| Ok(folded(v, contains).into()) },
    Scalar { name: "!contains", body: |_, v| Ok((!folded(v, contains)).into()) },
    Scalar { name: "notcontains", body: |_, v| Ok((!folded(v, contains)).into()) },
    Scalar { name: "contains_cs", body: |_, v| Ok(exact(v, contains).into()) },
    Scalar { name: "containscs", body: |_, v| Ok(exact(v, contains).into()) },
    Scalar { name: "!contains_cs", body: |_, v| Ok((!exact(v, contains)).into()) },
    Scalar { name: "notcontainscs", body: |_, v| Ok((!exact(v, contains)).into()) },
    Scalar { name: "startswith", body: |_, v| Ok(folded(v, starts_with).into()) },
    Scalar { name: "!startswith", body: |_, v| Ok((!folded(v, starts_with)).into()) },
    Scalar { name: "startswith_cs", body: |_, v| Ok(exact(v, starts_with).into()) },
    Scalar { name: "!startswith_cs", body: |_, v| Ok((!exact(v, starts_with)).into()) },
    Scalar { name: "endswith", body: |_, v| Ok(folded(v, ends_with).into()) },
    Scalar { name: "!endswith", body: |_, v| Ok((!folded(v, ends_with)).into()) },
    Scalar { name: "endswith_cs", body: |_, v| Ok(exact(v, ends_with).into()) },
    Scalar { name: "!endswith_cs", body: |_, v| Ok((!exact(v, ends_with)).into()) },
    Scalar { name: "has", body: |_, v| Ok(folded(v, has_term).into()) },
    Scalar { name: "!has", body: |_, v| Ok((!folded(v, has_term)).into()) },
    Scalar { name: "has_cs", body: |_, v| Ok(exact(v, has_term).into()) },
    Scalar { name: "!has_cs", body: |_, v| Ok((!exact(v, has_term)).into()) },
    Scalar { name: "hasprefix", body: |_, v| Ok(folded(v, has_prefix).into()) },
    Scalar { name: "!hasprefix", body: |_, v| Ok((!folded(v, has_prefix)).into()) },
    Scalar { name: "hasprefix_cs", body: |_, v| Ok(exact(v, has_prefix).into()) },
    Scalar { name: "!hasprefix_cs", body: |_, v| Ok((!exact(v, has_prefix)).into()) },
    Scalar { name: "hassuffix", body: |_, v| Ok(folded(v, has_suffix).into()) },
    Scalar { name: "!hassuffix", body: |_, v| Ok((!folded(v, has_suffix)).into()) },
    Scalar { name: "hassuffix_cs", body: |_, v| Ok(exact(v, has_suffix).into()) },
    Scalar { name: "!hassuffix_cs", body: |_, v| Ok((!exact(v, has_suffix)).into()) },
    // In a search, `:` means `has`.
    Scalar { name: ":", body: |_, v| Ok(folded(v, has_term).into()) },
    Scalar { name: "has_any", body: |_, v| Ok(terms(v, |found| found).into()) },
    Scalar { name: "has_all", body: |_, v| Ok((!terms(v, |found| !found)).into()) },
];

/// A test of two texts whose case does not count.
fn folded(values: &[Value], test: fn(&str, &str) -> bool) -> bool {
    fold(&at(values, 0).to_text(), &at(values, 1).to_text(), test)
}

fn exact(values: &[Value], test: fn(&str, &str) -> bool) -> bool {
    test(&at(values, 0).to_text(), &at(values, 1).to_text())
}

/// A test of two texts in lower case. Lower case is written to buffers that are used again: such a test is made for each
/// row.
fn fold(text: &str, part: &str, test: fn(&str, &str) -> bool) -> bool {
    thread_local! {
        static BUFFERS: RefCell<(String, String)> = const { RefCell::new((String::new(), String::new())) };
    }
    BUFFERS.with_borrow_mut(|(left, right)| test(lower(text, left), lower(part, right)))
}

/// The text in lower case: itself where it is.
fn lower<'t>(text: &'t str, buffer: &'t mut String) -> &'t str {
    if !text.is_ascii() {
        *buffer = text.to_lowercase();
        return buffer;
    }
    if !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return text;
    }
    buffer.clear();
    buffer.push_str(text);
    buffer.make_ascii_lowercase();
    buffer
}

fn contains(text: &str, part: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), part.as_bytes()).is_some()
}

fn starts_with(text: &str, part: &str) -> bool {
    text.starts_with(part)
}

fn ends_with(text: &str, part: &str) -> bool {
    text.ends_with(part)
}

/// Whether a letter or digit is part of a term. Terms are made of these alone: of ASCII in what the documentation said
/// at first, of any script in what it says now.
fn in_term(char: char) -> bool {
    char.is_alphanumeric()
}

/// Whether `part` occurs in `text` with a border of terms before it, after it, or both, as asked for.
fn occurs(text: &str, part: &str, border_before: bool, border_after: bool) -> bool {
    if part.is_empty() {
        return true;
    }
    let open_start = !border_before || !part.chars().next().is_some_and(in_term);
    let open_end = !border_after || !part.chars().next_back().is_some_and(in_term);
    let mut from = 0;
    while let Some(found) = memchr::memmem::find(&text.as_bytes()[from..], part.as_bytes()) {
        let at = from + found;
        let (before, after) = (&text[..at], &text[at + part.len()..]);
        if (open_start || !before.chars().next_back().is_some_and(in_term))
            && (open_end || !after.chars().next().is_some_and(in_term))
        {
            return true;
        }
        // Occurrences may overlap.
        from = at + text[at..].chars().next().map_or(1, char::len_utf8);
    }
    false
}

/// Whether `part` stands in `text` as whole terms.
pub(in crate::exec) fn has_term(text: &str, part: &str) -> bool {
    occurs(text, part, true, true)
}

/// The same, whatever the case.
pub(super) fn has(text: &str, part: &str) -> bool {
    fold(text, part, has_term)
}

fn has_prefix(text: &str, part: &str) -> bool {
    occurs(text, part, true, false)
}

fn has_suffix(text: &str, part: &str) -> bool {
    occurs(text, part, false, true)
}

/// Whether one of the texts that `has_any` and the like are given stands in the first value in the way that is wanted;
/// arrays stand for their elements.
fn terms(values: &[Value], wanted: fn(bool) -> bool) -> bool {
    let text = at(values, 0).to_text();
    values.iter().skip(1).any(|value| match value.as_dynamic() {
        Some(Dynamic::Array(items)) => items.iter().any(|item| wanted(has(&text, &item.to_text()))),
        _ => wanted(has(&text, &value.to_text())),
    })
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
            ("xaa aa aa", "aa aa", true),
            ("straße", "stra", false),
            ("größe 5", "größe", true),
        ] {
            assert_eq!(has_term(text, part), expected, "{text} has {part}");
        }
        assert!(has_prefix("northamerica", "north"));
        assert!(!has_prefix("northamerica", "america"));
        assert!(has_suffix("northamerica", "america"));
    }

    #[test]
    fn case_is_passed_over_in_any_script() {
        assert!(has("GRÖSSE 5", "größe") == "GRÖSSE".to_lowercase().eq("größe"));
        assert!(fold("ÄRGER", "ärger", |a, b| a == b));
        assert!(has("C:\\Windows\\PSEXESVC.exe", "psexesvc"));
        let list = |text: &str, items: &[&str]| {
            vec![Value::string(text), Value::array(items.iter().map(Dynamic::string))]
        };
        assert!(terms(&list("North America", &["south", "NORTH"]), |found| found));
        assert!(terms(&list("North America", &["south", "NORTH"]), |found| !found), "not all");
        assert!(!terms(&list("North America", &[]), |found| !found), "all of none");
    }
}
