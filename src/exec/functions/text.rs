//! Text: its parts, its length, its case, what stands where in it.

use std::borrow::Cow;

use super::{Call, Scalar, at, long_at, text_at};
use crate::exec::error::Result;
use crate::exec::value::{Dynamic, Value};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar { name: "countof", body: countof },
    Scalar { name: "has_any_index", body: |_, v| Ok(has_any_index(v)) },
    Scalar { name: "indexof", body: |_, v| Ok(indexof(v)) },
    Scalar { name: "isascii", body: |_, v| Ok(text_at(v, 0).is_ascii().into()) },
    // Text that is not UTF-8 is mended when it is read.
    Scalar { name: "isutf8", body: |_, _| Ok(true.into()) },
    Scalar { name: "replace_string", body: |_, v| Ok(replace_string(v)) },
    Scalar { name: "replace_strings", body: |_, v| Ok(replace_strings(v)) },
    Scalar {
        name: "reverse",
        body: |_, v| Ok(Value::string(text_at(v, 0).chars().rev().collect::<String>())),
    },
    Scalar { name: "split", body: |_, v| Ok(split(v)) },
    Scalar {
        name: "strcat",
        body: |_, v| Ok(Value::string(v.iter().map(Value::to_text).collect::<String>())),
    },
    Scalar { name: "strcat_delim", body: |_, v| Ok(strcat_delim(v)) },
    Scalar { name: "strcmp", body: |_, v| Ok(Value::Int(text_at(v, 0).cmp(&text_at(v, 1)) as i32)) },
    Scalar { name: "string_size", body: |_, v| Ok(count(text_at(v, 0).len())) },
    Scalar { name: "strlen", body: |_, v| Ok(count(characters(&text_at(v, 0)))) },
    Scalar { name: "strrep", body: |_, v| Ok(strrep(v)) },
    Scalar { name: "substring", body: |_, v| Ok(substring(v)) },
    Scalar {
        name: "tolower",
        body: |_, v| Ok(cased(at(v, 0), |b| b.is_ascii_uppercase(), str::to_lowercase)),
    },
    Scalar {
        name: "toupper",
        body: |_, v| Ok(cased(at(v, 0), |b| b.is_ascii_lowercase(), str::to_uppercase)),
    },
    Scalar { name: "translate", body: |_, v| Ok(translate(v)) },
];

/// The longest text that `strrep` repeats: more copies than this are not made.
const MAX_COPIES: i64 = 1024;

/// A number of things.
pub(in crate::exec) fn count(number: usize) -> Value {
    i64::try_from(number).map_or(Value::Null, Value::Long)
}

fn characters(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// The text in another case; the value itself where it is in that case already.
fn cased(value: &Value, changes: fn(&u8) -> bool, change: fn(&str) -> String) -> Value {
    let text = value.to_text();
    if let Value::String(held) = value
        && text.is_ascii()
        && !text.as_bytes().iter().any(changes)
    {
        return Value::String(std::sync::Arc::clone(held));
    }
    Value::string(change(&text))
}

/// Where the character at `index` begins, in bytes; the end where there are not so many.
fn offset(text: &str, index: usize) -> usize {
    if text.is_ascii() {
        return index.min(text.len());
    }
    text.char_indices().nth(index).map_or(text.len(), |(at, _)| at)
}

/// The part of a text from a character on, which is counted from the end where it is negative.
fn substring(values: &[Value]) -> Value {
    let text = text_at(values, 0);
    let Some(start) = long_at(values, 1) else { return Value::string("") };
    let rest = &text[offset(&text, position(&text, start))..];
    let Some(length) = values.get(2) else { return Value::string(rest) };
    let Some(length) = long_at(std::slice::from_ref(length), 0) else { return Value::string("") };
    match usize::try_from(length) {
        Ok(length) => Value::string(&rest[..offset(rest, length)]),
        Err(_) => Value::string(""),
    }
}

/// A place in a text, in characters; counted from the end where it is negative.
fn position(text: &str, start: i64) -> usize {
    match usize::try_from(start) {
        Ok(start) => start,
        Err(_) => {
            let back = usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX);
            characters(text).saturating_sub(back)
        }
    }
}

/// The part of a text that a search looks at, in bytes: so many characters from a character on.
pub(super) fn window(text: &str, start: usize, length: i64) -> std::ops::Range<usize> {
    let start = offset(text, start);
    let end = usize::try_from(length).map_or(text.len(), |length| start + offset(&text[start..], length));
    start..end
}

/// The start, length and occurrence that a search is given; nothing where they make no sense.
pub(super) fn search_range(values: &[Value]) -> Option<(i64, i64, usize)> {
    let number =
        |index: usize, default| if values.len() > index { long_at(values, index) } else { Some(default) };
    let (start, length, occurrence) = (number(2, 0)?, number(3, -1)?, number(4, 1)?);
    (length >= -1 && occurrence > 0).then_some(())?;
    Some((start, length, usize::try_from(occurrence).ok()?))
}

/// `indexof(text, part, start, length, occurrence)`: occurrences may overlap; each is looked for in as many characters
/// behind the one before.
fn indexof(values: &[Value]) -> Value {
    let (text, part) = (text_at(values, 0), text_at(values, 1));
    let Some((start, length, occurrence)) = search_range(values) else { return Value::Null };
    let mut from = position(&text, start);
    let mut found = None;
    for _ in 0..occurrence {
        let range = window(&text, from, length);
        let Some(at) = text[range.clone()].find(&*part) else { return Value::Long(-1) };
        let index = characters(&text[..range.start + at]);
        found = Some(index);
        from = index + 1;
    }
    found.map_or(Value::Null, count)
}

/// Where `part` occurs in `text`, in bytes, occurrences that overlap included.
fn overlapping<'t>(text: &'t str, part: &'t str) -> impl Iterator<Item = usize> + 't {
    let mut from = Some(0);
    std::iter::from_fn(move || {
        let at = from? + text.get(from?..)?.find(part)?;
        from = text[at..].chars().next().map(|char| at + char.len_utf8());
        Some(at)
    })
}

/// `countof(text, search, kind)`: plain occurrences may overlap, those of a pattern do not.
fn countof(call: &Call<'_>, values: &[Value]) -> Result<Value> {
    let (text, search) = (text_at(values, 0), text_at(values, 1));
    match &*text_at(values, 2) {
        "" | "normal" => Ok(count(if search.is_empty() { 0 } else { overlapping(&text, &search).count() })),
        "regex" => Ok(count(super::patterns::regex(call, &search)?.find_iter(&text).count())),
        kind => Err(call.error(format!("`countof` knows no kind `{kind}`: `normal` or `regex`"))),
    }
}

fn replace_string(values: &[Value]) -> Value {
    let (text, part) = (text_at(values, 0), text_at(values, 1));
    if part.is_empty() {
        return Value::string(text);
    }
    Value::string(text.replace(&*part, &text_at(values, 2)))
}

/// Each text is looked for in what the texts before it left.
fn replace_strings(values: &[Value]) -> Value {
    let text = text_at(values, 0);
    let (lookups, rewrites) = (at(values, 1).as_array(), at(values, 2).as_array());
    let (Some(lookups), Some(rewrites)) = (lookups, rewrites) else { return Value::string("") };
    // Pieces of the text, and whether they are done with.
    let mut pieces: Vec<(&str, bool)> = vec![(&text, false)];
    for (index, lookup) in lookups.iter().enumerate() {
        let Some(lookup) = lookup.as_str().filter(|lookup| !lookup.is_empty()) else { continue };
        let rewrite = rewrites.get(index).and_then(Dynamic::as_str).unwrap_or(lookup);
        let mut next = Vec::new();
        for (piece, done) in pieces {
            if done {
                next.push((piece, true));
                continue;
            }
            for (number, part) in piece.split(lookup).enumerate() {
                if number > 0 {
                    next.push((rewrite, true));
                }
                next.push((part, false));
            }
        }
        pieces = next;
    }
    Value::string(pieces.into_iter().map(|(piece, _)| piece).collect::<String>())
}

/// `split(text, delimiter, index)`: an array, of the one part asked for where an index is given.
fn split(values: &[Value]) -> Value {
    let (text, delimiter) = (text_at(values, 0), text_at(values, 1));
    let parts: Vec<Dynamic> = if delimiter.is_empty() {
        vec![Dynamic::string(&*text)]
    } else {
        text.split(&*delimiter).map(Dynamic::string).collect()
    };
    match long_at(values, 2).map(usize::try_from) {
        Some(Ok(index)) => parts.into_iter().nth(index).map_or(Value::Null, |part| Value::array([part])),
        _ => Value::array(parts),
    }
}

fn strcat_delim(values: &[Value]) -> Value {
    let parts: Vec<Cow<'_, str>> = values.iter().skip(1).map(Value::to_text).collect();
    Value::string(parts.join(&*text_at(values, 0)))
}

fn strrep(values: &[Value]) -> Value {
    let copies = long_at(values, 1).unwrap_or(0).clamp(0, MAX_COPIES);
    let copies = usize::try_from(copies).unwrap_or(0);
    Value::string(vec![text_at(values, 0); copies].join(&*text_at(values, 2)))
}

/// Each character of the search list becomes the one at its place in the replacement list; the last of that list where it
/// is shorter.
fn translate(values: &[Value]) -> Value {
    let search: Vec<char> = text_at(values, 0).chars().collect();
    let replacement: Vec<char> = text_at(values, 1).chars().collect();
    let translated = text_at(values, 2)
        .chars()
        .filter_map(|char| match search.iter().position(|known| *known == char) {
            Some(at) => replacement.get(at).or(replacement.last()).copied(),
            None => Some(char),
        })
        .collect::<String>();
    Value::string(translated)
}

/// The place of the first item of an array that a text has as terms; -1 where it has none of them.
fn has_any_index(values: &[Value]) -> Value {
    let text = text_at(values, 0);
    let Some(items) = at(values, 1).as_array() else { return Value::Long(-1) };
    let found = items.iter().position(|item| super::comparison::has(&text, &item.to_text()));
    found.map_or(Value::Long(-1), count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(body: fn(&[Value]) -> Value, arguments: &[&str]) -> String {
        let values: Vec<Value> = arguments
            .iter()
            .map(|text| text.parse().map_or_else(|_| Value::string(text), Value::Long))
            .collect();
        body(&values).to_text().into_owned()
    }

    #[test]
    fn parts_are_counted_in_characters() {
        for (arguments, expected) in [
            (&["123456x", "1"] as &[&str], "23456x"),
            (&["abcdef", "2", "2"], "cd"),
            (&["abcdef", "-2", "2"], "ef"),
            (&["abc", "-9", "2"], "ab"),
            (&["abc", "9"], ""),
            (&["äöü", "1", "1"], "ö"),
            (&["abc", "0", "-1"], ""),
        ] {
            assert_eq!(call(substring, arguments), expected, "{arguments:?}");
        }
    }

    #[test]
    fn places_are_found_from_either_end() {
        for (arguments, expected) in [
            (&["abcdefg", "cde"] as &[&str], "2"),
            (&["abcdefg", "cde", "1", "4"], "2"),
            (&["abcdefg", "cde", "1", "2"], "-1"),
            (&["abcdefg", "cde", "-5"], "2"),
            (&["abcdefgabcdefg", "cde", "1", "10", "2"], "9"),
            (&["abcdefgabcdefg", "cde", "1", "-1", "3"], "-1"),
            (&["abcdefg", "cde", "0", "-2"], ""),
            (&["äöü", "ü"], "2"),
            (&["aaa", "aa", "0", "-1", "2"], "1"),
        ] {
            assert_eq!(call(indexof, arguments), expected, "{arguments:?}");
        }
    }

    #[test]
    fn the_first_of_several_texts_is_replaced_first() {
        let list = |items: &[&str]| Value::array(items.iter().map(Dynamic::string));
        let replace = |text: &str, lookups: &[&str], rewrites: &[&str]| {
            replace_strings(&[Value::string(text), list(lookups), list(rewrites)]).to_text().into_owned()
        };
        assert_eq!(replace("This is", &["This", "is"], &["This", "was"]), "This was");
        assert_eq!(replace("This is", &["is", "This"], &["was", "This"]), "Thwas was");
        assert_eq!(replace("a cat", &["cat", "dog"], &["dog", "pigeon"]), "a dog");
        let kept = [
            Value::string("This is"),
            list(&["This", "is"]),
            Value::array([Dynamic::Long(1), Dynamic::string("was")]),
        ];
        assert_eq!(replace_strings(&kept).to_text(), "This was");
    }

    #[test]
    fn characters_are_translated_one_by_one() {
        assert_eq!(call(translate, &["abc", "x", "abc"]), "xxx");
        assert_eq!(call(translate, &["abc", "", "ab"]), "");
        assert_eq!(call(translate, &["krasp", "otsku", "spark"]), "kusto");
    }
}
