//! Suppression comments of YAML: `# picket: ignore[PK501] reason`.

use super::{Comment, MARK, read_comment};
use crate::diag::Diagnostic;
use crate::text::{LineIndex, Source, SourceId, Span, TextRange, to_u32};
use crate::yaml::{self, Node, NodeKind};

/// The suppression comments of a file. The text is parsed only where the mark occurs.
pub(super) fn read(id: SourceId, source: &Source, about: &mut Vec<Diagnostic>) -> Vec<Comment> {
    let text: &str = &source.text;
    if !text.contains(MARK) {
        return Vec::new();
    }
    let mut scalars = Vec::new();
    for document in yaml::parse(id, text).0 {
        if let Some(root) = &document.root {
            scalar_ranges(root, &mut scalars);
        }
    }
    scalars.sort();
    let mut comments = Vec::new();
    let mut marks: Vec<(usize, TextRange)> = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let content = line.trim_end_matches(['\n', '\r']);
        if let Some(at) = comment_start(content, offset, &scalars) {
            let body = content[at + 1..].trim_start();
            if body.starts_with(MARK) {
                marks.push((offset, TextRange::from_usize(offset + at, offset + content.len())));
            }
        }
        offset += line.len();
    }
    for (line_start, range) in &marks {
        let covers = covered_line(text, source.lines(), *line_start, *range, &marks);
        let covers = line_range(text, source.lines(), covers);
        comments.extend(read_comment("#", Span::new(id, *range), text, covers, about));
    }
    comments
}

/// The line that a comment covers, from 1.
fn covered_line(
    text: &str,
    lines: &LineIndex,
    line_start: usize,
    range: TextRange,
    marks: &[(usize, TextRange)],
) -> u32 {
    let own = lines.line_col(text, range.start).line;
    if !is_blank(&text[line_start..range.start as usize]) {
        return own;
    }
    let is_mark = |line: u32| {
        let start = lines.line_start(line).map(|start| start as usize);
        marks.iter().any(|(mark_line, mark)| {
            Some(*mark_line) == start && is_blank(&text[*mark_line..mark.start as usize])
        })
    };
    let mut next = own + 1;
    while is_mark(next) {
        next += 1;
    }
    next
}

/// Whether nothing is written there; a byte order mark is nothing.
fn is_blank(text: &str) -> bool {
    text.trim_start_matches('\u{FEFF}').trim().is_empty()
}

/// The byte of `line` at which a comment starts, if one does.
fn comment_start(line: &str, offset: usize, scalars: &[TextRange]) -> Option<usize> {
    line.match_indices('#').map(|(at, _)| at).find(|at| {
        let is_apart =
            line[..*at].chars().next_back().is_none_or(|before| matches!(before, ' ' | '\t' | '\u{FEFF}'));
        is_apart && !is_inside(TextRange::from_usize(offset + at, offset + at + 1), scalars)
    })
}

/// Whether `range` lies in one of `scalars`, which are sorted and do not overlap.
fn is_inside(range: TextRange, scalars: &[TextRange]) -> bool {
    let after = scalars.partition_point(|scalar| scalar.start <= range.start);
    after
        .checked_sub(1)
        .and_then(|index| scalars.get(index))
        .is_some_and(|scalar| scalar.contains(range.start))
}

/// The bytes of a line, from 1.
fn line_range(text: &str, lines: &LineIndex, line: u32) -> TextRange {
    let end = to_u32(text.len());
    let start = lines.line_start(line).unwrap_or(end);
    TextRange::new(start, lines.line_start(line + 1).unwrap_or(end.saturating_add(1)))
}

fn scalar_ranges(node: &Node, out: &mut Vec<TextRange>) {
    match &node.kind {
        NodeKind::Scalar(_) => out.push(node.range),
        NodeKind::Sequence(items) => items.iter().for_each(|item| scalar_ranges(item, out)),
        NodeKind::Mapping(mapping) => {
            for entry in &mapping.entries {
                scalar_ranges(&entry.key, out);
                scalar_ranges(&entry.value, out);
            }
        }
    }
}
