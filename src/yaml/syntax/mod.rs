//! Syntax errors in our own words: what is wrong, at the byte where it shows, and how to mend it.
//!
//! The event parser says what it expected. A person made one of a few common mistakes, and those are
//! recognised here from the lines around the error.

mod indentation;
mod values;

use super::cursor::{is_blank, line_end, line_start, skip_while};
use super::{limits, lints};
use crate::diag::{Applicability, Diagnostic, Fix};
use crate::text::{SourceId, Span, TextRange};

/// An alias that names no anchor.
pub(super) fn unknown_alias(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        lints::UNRESOLVED_ALIAS.code,
        span,
        format!("the alias `*{name}` names no anchor before it in this document"),
    )
    .with_help(format!("mark a value with `&{name}`, or quote the text if it is meant to start with `*`"))
}

/// A line that starts with `%` before a document, and is none of the two directives.
pub(super) fn unknown_directive(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error(lints::SYNTAX.code, span, format!("`{written}` is not a YAML directive"))
        .with_help("remove the line, or quote the text if it is meant as a value")
}

/// The first character that YAML text may not hold as it is, if there is one.
pub(super) fn control_character(source: SourceId, text: &str) -> Option<Diagnostic> {
    let barred = |char: &char| {
        matches!(char, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{7F}')
            || matches!(char, '\u{80}'..='\u{84}' | '\u{86}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}')
    };
    let (at, char) = text.char_indices().find(|(_, char)| barred(char))?;
    Some(unprintable(&Site { source, text, at }, char))
}

fn unprintable(site: &Site<'_>, char: char) -> Diagnostic {
    let message = format!("the character U+{:04X} may not stand in YAML", u32::from(char));
    site.error(site.at, site.at + char.len_utf8(), message)
        .with_help("remove it, or write it as an escape in double quotes")
}

/// The place of an error in a text.
#[derive(Debug, Clone, Copy)]
struct Site<'a> {
    source: SourceId,
    text: &'a str,
    at: usize,
}

impl<'a> Site<'a> {
    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// The character at the error, if it is not the end of the text.
    fn char(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, TextRange::from_usize(start, end))
    }

    fn error(&self, start: usize, end: usize, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(lints::SYNTAX.code, self.span(start, end), message)
    }

    /// An error at the one character at the place.
    fn here(&self, message: impl Into<String>) -> Diagnostic {
        self.error(self.at, self.at + self.char().map_or(0, char::len_utf8), message)
    }

    /// First byte of the line, past its indentation.
    fn line_text(&self) -> usize {
        skip_while(self.bytes(), line_start(self.bytes(), self.at), is_blank)
    }

    /// Whether only an indentation stands before the place.
    fn starts_line(&self) -> bool {
        self.line_text() == self.at
    }

    /// The end of an unquoted value that starts at `start`: of its line, without a comment and blanks.
    fn value_end(&self, start: usize) -> usize {
        let line = &self.text[start..line_end(self.bytes(), start)];
        let value = line.find(" #").map_or(line, |comment| &line[..comment]);
        start + value.trim_end().len()
    }

    /// A fix that puts the value from `start` on into single quotes.
    fn quote(&self, start: usize, applicability: Applicability) -> Fix {
        let end = self.value_end(start);
        let quoted = super::emit::quoted(&self.text[start..end]);
        Fix::replace("put the value in quotes", applicability, self.span(start, end), quoted)
    }
}

/// The finding for the event parser's complaint `info` at byte `at`.
pub(super) fn explain(source: SourceId, text: &str, at: usize, info: &str) -> Diagnostic {
    let site = Site { source, text, at: at.min(text.len()) };
    if info.contains("tab") && !info.contains("block scalar") && !info.contains("unprintable") {
        return indentation::tab(&site);
    }
    let has = |part: &str| info.contains(part);
    if has("unexpected character:") {
        values::reserved(&site)
    } else if has("mapping values are not allowed") {
        values::colon(&site)
    } else if has("did not find expected key") || has("expected '-' indicator") {
        indentation::unexpected(&site)
    } else if has("expected <document start>") || has("invalid indentation") && !has("quoted") {
        indentation::too_little(&site)
    } else if has("wrongly indented line") {
        indentation::in_block(&site)
    } else if has("simple key") {
        values::no_colon(&site)
    } else if has("quoted scalar") && (has("end of stream") || has("indicator") || has("indentation")) {
        values::unclosed_quote(&site)
    } else if has("trailing content") {
        values::after_quote(&site)
    } else if has("escape") && has("quoted") || has("hexadecimal") {
        values::escape(&site)
    } else if has("block scalar") {
        values::block_header(&site, info)
    } else if has("unknown anchor") {
        let name = values::word(&site, site.at + 1);
        unknown_alias(site.span(site.at, name.end), &text[name])
            .with_fix(site.quote(site.at, Applicability::Unsafe))
    } else if has("anchor or alias") || has("a tag") || has("verbatim tag") || has("handle") {
        values::indicator(&site)
    } else if has("block sequence entries are not allowed") || has("mapping keys are not allowed") {
        values::nested_on_line(&site)
    } else if has("bracket") {
        let bracket = site.char().unwrap_or(']');
        site.here(format!("`{bracket}` closes nothing"))
            .with_help("remove it, or quote the value if it is text")
    } else if has("expected ','")
        || has("illegal placement of ':'")
        || has("flow")
        || has("only valid inside a block")
    {
        values::unclosed_bracket(&site)
    } else if has("comments must be separated") {
        let fix =
            Fix::replace("put a space before `#`", Applicability::Unsafe, site.span(site.at, site.at), " ");
        site.here("a comment needs a blank before its `#`")
            .with_help("put a space before `#`, or quote the whole value if `#` belongs to it")
            .with_fix(fix)
    } else if has("comment intercepting") {
        site.error(
            site.at,
            line_end(site.bytes(), site.at),
            "a comment stands inside a value of several lines",
        )
        .with_help("move the comment above the key, or write the value as a `|` block")
    } else if has("unprintable") {
        unprintable(&site, site.char().unwrap_or_default())
    } else if has("byte order mark") {
        let fix = Fix::replace(
            "remove the byte order mark",
            Applicability::Safe,
            site.span(site.at, site.at + 3),
            "",
        );
        site.here("a byte order mark stands inside the document")
            .with_help("remove the character U+FEFF, which editors do not show")
            .with_fix(fix)
    } else if has("recursion limit") {
        let range = TextRange::from_usize(site.at, site.at + 1);
        let message = format!("lists and mappings are nested more than {} deep", limits::MAX_DEPTH);
        limits::too_large(source, range, message)
    } else {
        let message = match site.char() {
            _ if has("node content") => "a value is missing here".to_owned(),
            Some(char) if !char.is_whitespace() => format!("unexpected `{char}`"),
            Some(_) => "the line ends too early".to_owned(),
            None => "the text ends too early".to_owned(),
        };
        site.here(message).with_help("quote the value if it is text")
    }
}

#[cfg(test)]
mod tests;
