//! The comments of a document, and whether it uses more of YAML than values.

use super::cursor::{column, is_blank, is_break, line_end, line_start, skip_while};
use super::{Document, Node, NodeKind, ScalarStyle};
use crate::text::{TextRange, to_u32};

/// A comment, from its `#` to the end of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// Its bytes, without the line ending.
    pub range: TextRange,
    /// Column of the `#` in characters, from zero.
    pub column: u32,
    /// Whether nothing but blanks stands before it on its line.
    pub own_line: bool,
}

/// What stands between the scalars of a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Between {
    /// The comments, in order.
    pub comments: Vec<Comment>,
    /// Whether there are anchors, aliases, tags, merge keys or directives.
    pub decorated: bool,
}

/// Reads what stands between the scalars of `document`.
pub fn between(text: &str, document: &Document) -> Between {
    let mut found = Between::default();
    let mut at = document.range.start as usize;
    if let Some(root) = &document.root {
        found.node(text, root, &mut at);
    }
    found.gap(text, at, document.range.end as usize);
    found
}

/// Reads what stands in `range`, where there are no values: before the `---` of a document.
pub fn outside(text: &str, range: TextRange) -> Between {
    let mut found = Between::default();
    found.gap(text, range.start as usize, range.end as usize);
    found
}

impl Between {
    fn node(&mut self, text: &str, node: &Node, at: &mut usize) {
        self.decorated |= node.tag.is_some();
        // Aliases repeat places, and merged entries stand elsewhere.
        if (node.range.start as usize) < *at {
            self.decorated = true;
            return;
        }
        match &node.kind {
            NodeKind::Scalar(scalar) => {
                let (start, end) = (node.range.start as usize, node.range.end as usize);
                self.gap(text, *at, start);
                let block = matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded);
                let quoted = matches!(scalar.style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
                if block {
                    self.gap(text, start + 1, line_end(text.as_bytes(), start));
                }
                self.decorated |= !quoted && text[start..end].starts_with('*');
                *at = end.max(if block { line_end(text.as_bytes(), start) } else { end });
            }
            NodeKind::Sequence(items) => {
                self.decorated |= text[node.range.to_usize()].starts_with('*');
                items.iter().for_each(|item| self.node(text, item, at));
            }
            NodeKind::Mapping(mapping) => {
                self.decorated |= text[node.range.to_usize()].starts_with('*');
                for entry in &mapping.entries {
                    self.node(text, &entry.key, at);
                    self.node(text, &entry.value, at);
                }
            }
        }
    }

    fn gap(&mut self, text: &str, start: usize, end: usize) {
        let bytes = text.as_bytes();
        // A byte order mark is no part of its line.
        let begin = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
        let mut at = start.max(begin);
        while at < end {
            let apart = at == begin || is_blank(bytes[at - 1]) || is_break(bytes[at - 1]);
            match bytes[at] {
                b'#' if apart => {
                    let stop = line_end(bytes, at);
                    let first = skip_while(bytes, line_start(bytes, at).max(begin), is_blank);
                    self.comments.push(Comment {
                        range: TextRange::from_usize(at, stop),
                        column: to_u32(column(text, at)),
                        own_line: first == at,
                    });
                    at = stop;
                }
                b'&' | b'*' | b'!' | b'%' | b'<' => {
                    self.decorated = true;
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }
}
