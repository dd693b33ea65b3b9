//! Regular expressions.
//!
//! The service's syntax is that of the `regex` crate, as its documentation lists it; so are its matches.

use std::sync::Arc;

use regex::{Captures, Regex};

use super::text::{count, search_range, window};
use super::{Call, Scalar, at, long_at, text_at};
use crate::exec::error::Result;
use crate::exec::value::{Dynamic, Value};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "matches regex", body: matches },
    Scalar { name: "extract", body: extract },
    Scalar { name: "extract_all", body: extract_all },
    Scalar { name: "extractall", body: extract_all },
    Scalar { name: "indexof_regex", body: indexof_regex },
    Scalar { name: "regex_quote", body: |_, v| Ok(Value::string(regex::escape(&text_at(v, 0)))) },
    Scalar { name: "replace", body: |call, v| replace(call, &text_at(v, 2), &text_at(v, 0), &text_at(v, 1)) },
    Scalar {
        name: "replace_regex",
        body: |call, v| replace(call, &text_at(v, 0), &text_at(v, 1), &text_at(v, 2)),
    },
    Scalar { name: "trim", body: |call, v| trim(call, v, true, true) },
    Scalar { name: "trim_end", body: |call, v| trim(call, v, false, true) },
    Scalar { name: "trim_start", body: |call, v| trim(call, v, true, false) },
];

/// The regular expression that a text is.
pub(super) fn regex(call: &Call<'_>, pattern: &str) -> Result<Arc<Regex>> {
    call.run.regex(pattern).ok_or_else(|| call.error(format!("`{pattern}` is no regular expression")))
}

fn matches(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    Ok(regex(call, &text_at(values, 1))?.is_match(&text_at(values, 0)).into())
}

/// `extract(pattern, group, text)`: null, or empty text, where nothing matches.
fn extract(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let pattern = regex(call, &text_at(values, 0))?;
    let text = text_at(values, 2);
    let group = long_at(values, 1).and_then(|group| usize::try_from(group).ok());
    let found = group
        .and_then(|group| if group == 0 { pattern.find(&text) } else { pattern.captures(&text)?.get(group) });
    Ok(found.map_or(Value::Null, |found| Value::string(found.as_str())))
}

/// `extract_all(pattern, groups, text)`: an array of texts for one group, of arrays for more.
fn extract_all(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let pattern = regex(call, &text_at(values, 0))?;
    let text = text_at(values, values.len().saturating_sub(1));
    let groups: Vec<usize> = match (values.len(), at(values, 1).as_array()) {
        (3.., Some(groups)) => groups.iter().filter_map(|group| group_number(&pattern, group)).collect(),
        (3.., None) => return Err(call.error("the groups to extract are no array")),
        _ if pattern.captures_len() == 1 => {
            return Err(call.error("the pattern of `extract_all` has no group in parentheses"));
        }
        _ => (1..pattern.captures_len()).collect(),
    };
    let part = |captures: &Captures<'_>, group: usize| {
        Dynamic::string(captures.get(group).map_or("", |found| found.as_str()))
    };
    let all: Vec<Dynamic> = pattern
        .captures_iter(&text)
        .map(|captures| match groups[..] {
            [group] => part(&captures, group),
            _ => Dynamic::Array(groups.iter().map(|group| part(&captures, *group)).collect()),
        })
        .collect();
    Ok(if all.is_empty() { Value::Null } else { Value::array(all) })
}

/// The number of the group that a number or a name stands for.
fn group_number(pattern: &Regex, group: &Dynamic) -> Option<usize> {
    let number = match group {
        Dynamic::Long(number) => usize::try_from(*number).ok()?,
        Dynamic::String(name) => pattern.capture_names().position(|known| known == Some(&**name))?,
        _ => return None,
    };
    (number < pattern.captures_len()).then_some(number)
}

fn indexof_regex(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let pattern = regex(call, &text_at(values, 1))?;
    let text = text_at(values, 0);
    let Some((start, length, occurrence)) = search_range(values) else { return Ok(Value::Null) };
    // Unlike `indexof`, it takes no place from the end.
    let Ok(start) = usize::try_from(start) else { return Ok(Value::Null) };
    let range = window(&text, start, length);
    Ok(match pattern.find_iter(&text[range.clone()]).nth(occurrence - 1) {
        Some(found) => count(text[..range.start + found.start()].chars().count()),
        None => Value::Long(-1),
    })
}

/// Replaces what matches; `\1` in the rewrite stands for the first group, `\0` for the whole match.
fn replace(call: &Call<'_>, text: &str, pattern: &str, rewrite: &str) -> Result<Value> {
    let pattern = regex(call, pattern)?;
    let replaced = pattern.replace_all(text, |captures: &Captures<'_>| {
        let mut out = String::new();
        let mut chars = rewrite.chars().peekable();
        while let Some(char) = chars.next() {
            if char != '\\' {
                out.push(char);
                continue;
            }
            match chars.next_if(|next| next.is_ascii_digit() || *next == '\\') {
                Some('\\') => out.push('\\'),
                Some(digit) => {
                    let group = digit.to_digit(10).and_then(|group| usize::try_from(group).ok());
                    let found = group.and_then(|group| captures.get(group));
                    out.push_str(found.map_or("", |found| found.as_str()));
                }
                None => out.push('\\'),
            }
        }
        out
    });
    Ok(Value::string(replaced))
}

/// Takes off what matches at the start, at the end: one match, all of them where it is both.
fn trim(call: &Call<'_>, values: &[Value], start: bool, end: bool) -> Result<Value> {
    let (pattern, text) = (text_at(values, 0), text_at(values, 1));
    let repeated = if start && end { "+" } else { "" };
    let mut rest = &*text;
    if start && let Some(found) = regex(call, &format!("^(?:{pattern}){repeated}"))?.find(rest) {
        rest = &rest[found.end()..];
    }
    if end && let Some(found) = regex(call, &format!("(?:{pattern}){repeated}$"))?.find(rest) {
        rest = &rest[..found.start()];
    }
    Ok(Value::string(rest))
}
