//! Syntax errors in our own words.

use super::lints;
use crate::diag::Diagnostic;
use crate::text::{SourceId, Span, TextRange, to_u32};

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

/// The finding for the event parser's complaint `info` at byte `at`.
pub(super) fn explain(source: SourceId, text: &str, at: usize, info: &str) -> Diagnostic {
    let start = to_u32(at.min(text.len()));
    let char = text.get(start as usize..).and_then(|rest| rest.chars().next());
    let span =
        Span::new(source, TextRange::new(start, start + char.map_or(0, |char| to_u32(char.len_utf8()))));
    Diagnostic::error(lints::SYNTAX.code, span, format!("this is not valid YAML: {info}"))
}
