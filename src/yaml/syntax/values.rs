//! Mistakes in values: text that needs quotes, quotes and brackets that are not closed, escapes.

use std::ops::Range;

use super::Site;
use crate::diag::{Applicability, Diagnostic, Fix};
use crate::yaml::cursor::{break_len, is_blank, is_break, is_flow, line_end, line_start, skip_while};
use crate::yaml::scalar;

/// The word that starts at `start`.
pub(super) fn word(site: &Site<'_>, start: usize) -> Range<usize> {
    let start = start.min(site.text.len());
    start..skip_while(site.bytes(), start, |byte| !is_blank(byte) && !is_break(byte) && !is_flow(byte))
}

/// A value that starts with a reserved character.
pub(super) fn reserved(site: &Site<'_>) -> Diagnostic {
    let char = match site.char() {
        Some('`') | None => "a backtick".to_owned(),
        Some(char) => format!("`{char}`"),
    };
    site.here(format!("a value without quotes cannot start with {char}"))
        .with_help("put the value in quotes")
        .with_fix(site.quote(site.at, Applicability::Safe))
}

/// A `: ` where no key may stand.
pub(super) fn colon(site: &Site<'_>) -> Diagnostic {
    const LONGEST_KEY: usize = 1024;
    let start = site.line_text();
    let before = &site.text[start..site.at];
    if before.chars().count() > LONGEST_KEY {
        return site
            .here(format!("a key is longer than {LONGEST_KEY} characters"))
            .with_help("quote the text if it is meant as a value");
    }
    let range = (site.at, site.at + 1);
    let key_end = before.find(": ").map(|found| start + found + 1);
    let value = key_end.map(|end| skip_while(site.bytes(), end, is_blank)).filter(|value| *value < site.at);
    match value {
        Some(value) => site
            .error(range.0, range.1, "a value without quotes cannot hold a colon and a space")
            .with_help("put the value in quotes")
            .with_fix(site.quote(value, Applicability::Safe)),
        None => {
            let key = before.trim_start_matches("- ");
            let name = key.chars().all(|char| char.is_alphanumeric() || matches!(char, ' ' | '_' | '-'));
            let block = "write the value above as a `|` block, if this line is part of it";
            if !name {
                let message = "a value without quotes cannot hold a colon and a space, on any of its lines";
                return site.error(range.0, range.1, message).with_help(block);
            }
            let message = format!("`{key}` continues the value of the line above, so it is no key");
            site.error(range.0, range.1, message)
                .with_help(format!("indent `{key}` like the keys it belongs to"))
                .with_help(block)
        }
    }
}

/// A line that is neither a key nor part of a value. The error shows at the next line.
pub(super) fn no_colon(site: &Site<'_>) -> Diagnostic {
    let bytes = site.bytes();
    let mut start = line_start(bytes, site.at);
    let mut text = skip_while(bytes, start, is_blank);
    // The error may be on the line itself, where something else follows.
    while text >= site.at || break_len(bytes, text) > 0 || bytes.get(text).is_none_or(|byte| *byte == b'#') {
        let Some(before) = start.checked_sub(1) else { break };
        start = line_start(bytes, before);
        text = skip_while(bytes, start, is_blank);
    }
    let end = site.value_end(text.min(site.text.len()));
    let line = &site.text[text.min(end)..end];
    let found = site.error(text.min(end), end, "this line is no `key: value` and continues no value");
    let colon = line.find(':').filter(|at| !line[..*at].contains([' ', '"', '\'']));
    match colon {
        Some(colon) => {
            let at = text + colon + 1;
            found.with_help("put a space after the colon").with_fix(Fix::replace(
                "put a space after the colon",
                Applicability::Unsafe,
                site.span(at, at),
                " ",
            ))
        }
        None => found.with_help(
            "write a colon and a value after the key, or indent the line under the key it belongs to",
        ),
    }
}

/// A quote without its end.
pub(super) fn unclosed_quote(site: &Site<'_>) -> Diagnostic {
    let quote = site.char().unwrap_or('"');
    site.here(format!("this `{quote}` is not closed"))
        .with_help(format!("close the text with `{quote}`, and indent all its lines more than its key"))
}

/// Text behind a closing quote.
pub(super) fn after_quote(site: &Site<'_>) -> Diagnostic {
    let before = site.text[..site.at].trim_end_matches([' ', '\t']);
    let end = site.value_end(site.at);
    let found = site.error(site.at, end.max(site.at), "text stands behind the closing quote");
    if before.ends_with('\'') {
        found.with_help("write an apostrophe inside single quotes twice, or use double quotes")
    } else {
        found.with_help(
            "write a quote inside double quotes as `\\\"`, or put the whole value in single quotes",
        )
    }
}

/// An escape that is none, in the double-quoted text that starts at the place.
pub(super) fn escape(site: &Site<'_>) -> Diagnostic {
    let bytes = site.bytes();
    let mut at = site.at + 1;
    loop {
        at = skip_while(bytes, at, |byte| byte != b'\\');
        if at >= bytes.len() {
            return site.here("double-quoted text holds an escape that is none");
        }
        let line_ends = break_len(bytes, at + 1);
        match scalar::escape(site.text, at) {
            Some((len, _)) => at += len,
            None if line_ends > 0 => at += 1 + line_ends,
            None => break,
        }
    }
    let letter = site.text[at + 1..].chars().next();
    let end = at + 1 + letter.map_or(0, char::len_utf8);
    let written = &site.text[at..end];
    let message = match letter {
        Some('x' | 'u' | 'U') => format!("`{written}` needs the digits of a character"),
        _ => format!("`{written}` is no escape in double quotes"),
    };
    let title = "write the backslash twice";
    site.error(at, end, message)
        .with_help(
            "write a backslash as `\\\\`, or put the text in single quotes, where it stands for itself",
        )
        .with_fix(Fix::replace(title, Applicability::Safe, site.span(at, at), "\\"))
}

/// A `|` or `>` that heads no block.
pub(super) fn block_header(site: &Site<'_>, info: &str) -> Diagnostic {
    let indicator = site.char().unwrap_or('|');
    if info.contains("equal to 0") {
        return site
            .here("the indentation of a block cannot be 0")
            .with_help("remove the digit, or write how many spaces the block is indented more than its key");
    }
    if info.contains("tab") {
        return site
            .here("the first line of this block starts with a tab")
            .with_help("indent the block with spaces");
    }
    if site.starts_line() {
        return site
            .here(format!("a line that starts with `{indicator}` starts a block of text"))
            .with_help("indent the line under its key, if it belongs to the text above");
    }
    site.here(format!("text stands behind `{indicator}` on its line"))
        .with_help("start the text on the next line, or put the value in quotes")
        .with_fix(site.quote(site.at, Applicability::Unsafe))
}

/// `&`, `*` or `!` at the start of a value, without what must follow.
pub(super) fn indicator(site: &Site<'_>) -> Diagnostic {
    let (char, what) = match site.char() {
        Some('&') => ('&', "an anchor"),
        Some('*') => ('*', "an alias"),
        _ => ('!', "a tag"),
    };
    let start = if site.char() == Some(char) { site.at } else { line_start(site.bytes(), site.at) };
    site.here(format!("a value that starts with `{char}` is {what}, and this one has no valid name"))
        .with_help("put the value in quotes")
        .with_fix(site.quote(start, Applicability::Unsafe))
}

/// A list or mapping that starts on the line of its key.
pub(super) fn nested_on_line(site: &Site<'_>) -> Diagnostic {
    let (what, char) = if site.char() == Some('?') { ("a mapping", '?') } else { ("a list", '-') };
    site.here(format!("{what} cannot start with `{char}` on the line of its key"))
        .with_help("start it on the next line, indented, or put the value in quotes if it is text")
}

/// Text behind a value that was complete: behind a bracket, as of `{{name}} text`.
pub(super) fn after_value(site: &Site<'_>, line: usize) -> Diagnostic {
    let before = &site.text[line..site.at];
    let value = before.find(": ").map(|colon| skip_while(site.bytes(), line + colon + 1, is_blank));
    let end = site.value_end(site.at);
    let found = site
        .error(site.at, end.max(site.at), "text stands behind a complete value")
        .with_help("put the whole value in quotes if it is text");
    match value.filter(|value| *value < site.at) {
        Some(value) => found.with_fix(site.quote(value, Applicability::Unsafe)),
        None => found,
    }
}

/// A list or mapping in brackets that goes wrong before its end.
pub(super) fn unclosed_bracket(site: &Site<'_>) -> Diagnostic {
    const FARTHEST: usize = 4096;
    let mut depth = 0_usize;
    let from = site.at.saturating_sub(FARTHEST);
    let open = (from..site.at).rev().find(|at| match site.bytes()[*at] {
        b']' | b'}' => {
            depth += 1;
            false
        }
        b'[' | b'{' if depth == 0 => true,
        b'[' | b'{' => {
            depth -= 1;
            false
        }
        _ => false,
    });
    let what = match site.char() {
        Some(char) if !char.is_whitespace() => format!("`{char}`"),
        Some(_) => "this line".to_owned(),
        None => "the end of the text".to_owned(),
    };
    let Some(open) = open else {
        return site.here(format!("{what} does not fit into a list or mapping in brackets"));
    };
    let close = if site.bytes()[open] == b'[' { ']' } else { '}' };
    site.error(
        site.at,
        site.at.max(line_end(site.bytes(), site.at).min(site.at + site.char().map_or(0, char::len_utf8))),
        format!("{what} does not fit into the brackets that are open here"),
    )
    .with_secondary(site.span(open, open + 1), "opened here")
    .with_help(format!(
        "close them with `{close}`, separate items with `,`, or quote the value if it is text"
    ))
}
