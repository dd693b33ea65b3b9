//! Formatting, as `picket fmt` does it.

use gen_lsp_types::{DocumentFormattingParams, DocumentRangeFormattingParams, TextEdit};

use super::analysis::{Analysis, DOCUMENT};
use super::document::{Document, Kind};
use super::view::{Answer, View};
use crate::kql;
use crate::rule::keys;
use crate::style;
use crate::text::{TextRange, to_u32};
use crate::yaml::emit::Value;
use crate::yaml::patch;

/// Answers `textDocument/formatting`.
pub(super) fn whole(view: View<'_>, params: DocumentFormattingParams) -> Answer<Option<Vec<TextEdit>>> {
    let document = view.of(&params.text_document)?;
    Ok(formatted(document).map(|new| edits(view, document, &new)))
}

/// Answers `textDocument/rangeFormatting`: the query that holds the range, or else the whole file.
pub(super) fn range(view: View<'_>, params: DocumentRangeFormattingParams) -> Answer<Option<Vec<TextEdit>>> {
    let document = view.of(&params.text_document)?;
    let range = document.bytes(params.range, view.encoding());
    let analysis = document.analysis();
    let new = match query(document, &analysis, range) {
        Some(new) => Some(new),
        None if range.contains_range(trimmed(document.text())) => formatted(document),
        None => None,
    };
    Ok(new.map(|new| edits(view, document, &new)))
}

/// The text of a document in the style, where it has one.
fn formatted(document: &Document) -> Option<String> {
    let (text, queries) = (document.text(), document.project().format_queries);
    let formatted = match document.kind() {
        Kind::Rules => style::rules(DOCUMENT, text, queries),
        Kind::Content => style::content(DOCUMENT, text, queries),
        Kind::Kql => style::kql(DOCUMENT, text),
        Kind::OtherYaml | Kind::Config | Kind::Other => return None,
    };
    formatted.text
}

/// The document with the query formatted that holds `range`.
fn query(document: &Document, analysis: &Analysis, range: TextRange) -> Option<String> {
    let (query, _) = analysis.query_at(range.start)?;
    query.in_text(range.end)?;
    if document.kind() == Kind::Kql {
        return formatted(document);
    }
    let at = analysis.rules().get(query.rule?)?.query.as_ref()?.range;
    let new = kql::format::format(query.text()).0?;
    let place = patch::Place::at(analysis.documents(), at.start)?;
    let entries = &place.node(analysis.documents())?.as_mapping()?.entries;
    let key = entries.iter().find(|entry| entry.value.range == at)?.key.as_str()?;
    let value = Value::Block(new);
    let change = patch::Change { key: key.to_owned(), value: Some(&value) };
    patch::patch(document.text(), place, &[change], &|key| keys::RULE.rank(key))
}

/// All of a text but the blanks around it.
fn trimmed(text: &str) -> TextRange {
    let start = text.len() - text.trim_start().len();
    TextRange::from_usize(start, start.max(text.trim_end().len()))
}

/// The edits that make `new` of a document: one for each stretch of lines that differs.
pub(super) fn edits(view: View<'_>, document: &Document, new: &str) -> Vec<TextEdit> {
    let old = document.text();
    let diff = similar::TextDiff::from_lines(&**old, new);
    let line_starts = |text: &str| -> Vec<u32> {
        let mut starts = vec![0];
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            at += line.len();
            starts.push(to_u32(at));
        }
        starts
    };
    let (olds, news) = (line_starts(old), line_starts(new));
    let bytes = |starts: &[u32], range: std::ops::Range<usize>, len: usize| {
        let at = |line: usize| starts.get(line).copied().unwrap_or(to_u32(len));
        TextRange::new(at(range.start), at(range.end))
    };
    let changed = diff.ops().iter().filter(|op| op.tag() != similar::DiffTag::Equal);
    changed
        .map(|op| TextEdit {
            range: view.range(document, bytes(&olds, op.old_range(), old.len())),
            new_text: bytes(&news, op.new_range(), new.len()).slice(new).to_owned(),
        })
        .collect()
}
