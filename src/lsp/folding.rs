//! What an editor can fold: the parts of a rule, and those of its query.

use std::collections::BTreeMap;

use gen_lsp_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};

use super::document::Document;
use super::view::{Answer, View};
use crate::kql::bind::Bound;
use crate::kql::syntax::{NodeKind, View as _, nodes::PipeExpression};
use crate::text::TextRange;
use crate::yaml::{Node, NodeKind as YamlKind};

/// Answers `textDocument/foldingRange`.
pub(super) fn folding(view: View<'_>, params: FoldingRangeParams) -> Answer<Option<Vec<FoldingRange>>> {
    let document = view.of(&params.text_document)?;
    let analysis = document.analysis();
    let mut found = Vec::new();
    for root in analysis.documents().iter().filter_map(|document| document.root.as_ref()) {
        parts(root, &mut found);
    }
    let mut comments = Vec::new();
    for query in analysis.queries() {
        found.extend(query.read(parts_of_query).into_iter().map(|range| query.in_file(range)));
        comments.extend(query.read(comment_blocks).into_iter().map(|range| query.in_file(range)));
    }
    let mut folds: BTreeMap<(u32, u32), FoldingRange> = BTreeMap::new();
    let found = found.into_iter().map(|range| (range, None));
    for (range, kind) in
        found.chain(comments.into_iter().map(|range| (range, Some(FoldingRangeKind::Comment))))
    {
        let (start, end) = lines(view, document, range);
        if start < end {
            let fold = FoldingRange { start_line: start, end_line: end, kind, ..FoldingRange::default() };
            folds.insert((start, end), fold);
        }
    }
    Ok(Some(folds.into_values().collect()))
}

/// The first and the last line of what is written in `range`; blanks at its end do not count.
fn lines(view: View<'_>, document: &Document, range: TextRange) -> (u32, u32) {
    let written = range.slice(document.text()).trim_end().len();
    let range =
        view.range(document, TextRange::from_usize(range.start as usize, range.start as usize + written));
    (range.start.line, range.end.line)
}

/// The entries and items of YAML.
fn parts(root: &Node, found: &mut Vec<TextRange>) {
    let mut pending = vec![root];
    while let Some(node) = pending.pop() {
        match &node.kind {
            YamlKind::Scalar(_) => {}
            YamlKind::Sequence(items) => {
                found.extend(items.iter().map(|item| item.range));
                pending.extend(items);
            }
            YamlKind::Mapping(mapping) => {
                for entry in &mapping.entries {
                    found.push(entry.key.range.cover(entry.value.range));
                    pending.push(&entry.value);
                }
            }
        }
    }
}

/// Statements, subqueries, operators and lists of a query.
fn parts_of_query(bound: &Bound<'_>) -> Vec<TextRange> {
    let nodes = bound.tree().root().descendants().filter(|node| node.text().contains(['\n', '\r']));
    nodes
        .filter_map(|node| match node.kind() {
            NodeKind::LetStatement
            | NodeKind::ParenthesizedExpression
            | NodeKind::ArgumentList
            | NodeKind::DynamicExpression
            | NodeKind::DataTableExpression
            | NodeKind::ExternalDataExpression
            | NodeKind::FunctionBody => Some(node.range()),
            NodeKind::PipeExpression => Some(PipeExpression::of_slot(node).operator().range()),
            _ => None,
        })
        .collect()
}

/// Comments of several lines, one below the other.
fn comment_blocks(bound: &Bound<'_>) -> Vec<TextRange> {
    let text = bound.tree().text();
    let mut found = Vec::new();
    for token in bound.tree().tokens() {
        let mut block: Option<TextRange> = None;
        let mut at = token.trivia().start as usize;
        for (number, line) in token.trivia().slice(text).split_inclusive('\n').enumerate() {
            let content = line.trim_end();
            let start = at + (content.len() - content.trim_start().len());
            let range = TextRange::from_usize(start, at + content.len());
            at += line.len();
            // What stands behind a token in its line is no part of a block.
            let is_comment =
                content.trim_start().starts_with("//") && (number > 0 || token.trivia().start == 0);
            match (is_comment, block) {
                (true, Some(before)) => block = Some(before.cover(range)),
                (true, None) => block = Some(range),
                (false, Some(_)) => found.extend(block.take()),
                (false, None) => {}
            }
        }
        found.extend(block);
    }
    found
}
