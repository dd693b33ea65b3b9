//! Rule files in canonical form: `picket fmt`, and new files from rules.
//!
//! Keys stand in the order of [`keys`] under their canonical names, lists as lists, durations
//! short, closed words in canonical spelling, text in the plainest style that keeps it, the query as a `|`
//! block. Comments stay with what they stand at. There are no blank lines, but one after the comment that
//! heads a file.

mod build;
mod rule;

pub use rule::{json as json_value, rule};

use super::keys::{self, Table};
use crate::diag::{Diagnostic, Severity};
use crate::text::{SourceId, TextRange};
use crate::yaml::comments::{self, Comment};
use crate::yaml::{self, Document, Node, Scalar, emit};

/// The canonical form of the rule file `text`.
///
/// The rules read from it are those read from `text`, and formatting it again changes nothing. `None`, with
/// the findings that say why, where `text` is not valid YAML or holds something else than rules. A file that
/// uses anchors, aliases, tags or directives is kept as it is: its values can be written in canonical form,
/// but not the relations between them.
///
/// Queries keep their text; see [`format_with`].
pub fn format(source: SourceId, text: &str) -> (Option<String>, Vec<Diagnostic>) {
    format_with(source, text, &mut |_| None)
}

/// What a query becomes; `None` where it keeps its text.
pub type FormatQuery<'a> = dyn FnMut(&Scalar) -> Option<String> + 'a;

/// [`format`](fn@format) with each query as `query` has it.
pub fn format_with(
    source: SourceId,
    text: &str,
    query: &mut FormatQuery<'_>,
) -> (Option<String>, Vec<Diagnostic>) {
    let (documents, mut diagnostics) = yaml::parse(source, text);
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return (None, diagnostics);
    }
    for document in documents.iter().filter(|document| document.root.is_some()) {
        let (rule, findings) = super::lower(source, document);
        if rule.is_none() {
            diagnostics.extend(findings);
            return (None, diagnostics);
        }
    }
    (Some(in_order(text, &documents, &|_| Some(&keys::RULE), query)), diagnostics)
}

/// Which keys the mapping at the top of a document, or in the list there, has.
pub type TableOf<'a> = dyn Fn(&Node) -> Option<&'static Table> + 'a;

/// All `documents` of `text` in canonical form, their mappings with the keys that `table` says. Where one of them has
/// none, such as with anchors or tags, the text stays as it is.
pub fn in_order(
    text: &str,
    documents: &[Document],
    table: &TableOf<'_>,
    query: &mut FormatQuery<'_>,
) -> String {
    documents_in_order(text, documents, table, query).unwrap_or_else(|| text.to_owned())
}

/// All documents in canonical form; `None` where one of them has none.
fn documents_in_order(
    text: &str,
    documents: &[Document],
    table: &TableOf<'_>,
    query: &mut FormatQuery<'_>,
) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for document in documents {
        let before = comments::outside(text, TextRange::new(end, document.range.start));
        let inside = comments::between(text, document);
        end = document.range.end;
        if before.decorated || inside.decorated {
            return None;
        }
        let written = one_document(text, document, &before.comments, inside.comments, table, query)?;
        if !out.is_empty() && !written.is_empty() {
            out.push_str("---\n");
        }
        out.push_str(&written);
    }
    (!out.is_empty()).then_some(out)
}

fn one_document(
    text: &str,
    document: &Document,
    before: &[Comment],
    inside: Vec<Comment>,
    table: &TableOf<'_>,
    query: &mut FormatQuery<'_>,
) -> Option<String> {
    let Some(root) = &document.root else {
        let all = before.iter().chain(&inside);
        return Some(all.map(|comment| format!("{}\n", written(text, comment))).collect());
    };
    // The comment that heads the file, set apart by a blank line, stays there wherever the first key goes.
    let heading = inside.iter().take_while(|comment| comment.range.end <= root.range.start);
    let heads = heading.clone().filter(|comment| blank_line_follows(text, comment)).last();
    let heads = heads.map_or(0, |last| inside.iter().take_while(|comment| *comment != last).count() + 1);
    let header = before.iter().chain(&inside[..heads]);
    let mut out: String = header.map(|comment| format!("{}\n", written(text, comment))).collect();
    if !out.is_empty() {
        out.push('\n');
    }
    let mut builder = build::Builder::new(text, inside[heads..].to_vec(), query);
    let value = builder.root(root, table, document.range.end)?;
    out.push_str(&emit::document(&value));
    Some(out)
}

/// A comment as it is written: without blanks at its end.
fn written<'a>(text: &'a str, comment: &Comment) -> &'a str {
    comment.range.slice(text).trim_end()
}

fn blank_line_follows(text: &str, comment: &Comment) -> bool {
    let rest = text.get(comment.range.end as usize..).unwrap_or_default();
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r'])).unwrap_or_default();
    rest.trim_start_matches([' ', '\t']).starts_with(['\n', '\r'])
}
