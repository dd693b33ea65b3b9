//! What is refused for its size, so that no input hangs a run or fills the memory.

use super::{Node, NodeKind, lints};
use crate::diag::Diagnostic;
use crate::text::{SourceId, Span, TextRange};

/// Longest text that is read, in bytes. Above the file limit of projects, which refuse earlier.
pub(super) const MAX_BYTES: usize = 16 << 20;
/// Most indicators of flow collections (`[`, `]`, `{`, `}`, `,`) in one text: all of a flow collection is
/// held as tokens until it is known whether it is a key.
pub(super) const MAX_FLOW_INDICATORS: usize = 1 << 20;
/// Deepest nesting of collections.
pub(super) const MAX_DEPTH: usize = 100;
/// Most nodes of one text, as written.
pub(super) const MAX_NODES: usize = 1 << 20;
/// Most nodes that anchors may hold and aliases may add.
const MAX_EXPANDED_NODES: usize = 1 << 16;
/// Most bytes of text that anchors may hold and aliases may add.
const MAX_EXPANDED_BYTES: usize = 8 << 20;

/// The finding that refuses `text` unread, if it is too large.
pub(super) fn refusal(source: SourceId, text: &str) -> Option<Diagnostic> {
    if text.len() > MAX_BYTES {
        let message = format!("the text has {} MiB, the limit is {}", text.len() >> 20, MAX_BYTES >> 20);
        return Some(
            too_large(source, TextRange::empty(0), message).with_help("split it into several files"),
        );
    }
    let indicators = text.bytes().filter(|byte| super::cursor::is_flow(*byte)).count();
    (indicators > MAX_FLOW_INDICATORS).then(|| {
        let message =
            format!("the text has {indicators} commas and brackets, the limit is {MAX_FLOW_INDICATORS}");
        too_large(source, TextRange::empty(0), message).with_help("split it into several files")
    })
}

/// A finding of [`lints::TOO_LARGE`].
pub(super) fn too_large(source: SourceId, range: TextRange, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(lints::TOO_LARGE.code, Span::new(source, range), message)
}

/// The size of a tree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) nodes: usize,
    /// Decoded text.
    pub(super) bytes: usize,
    /// Collections on the longest way down.
    pub(super) height: usize,
}

impl Size {
    /// Measures `node`. Trees are never deeper than [`MAX_DEPTH`], so recursion is bounded.
    pub(super) fn of(node: &Node) -> Self {
        let mut size = Self { nodes: 1, bytes: 0, height: 0 };
        let mut add = |child: &Node| {
            let inner = Self::of(child);
            size.nodes += inner.nodes;
            size.bytes += inner.bytes;
            size.height = size.height.max(inner.height + 1);
        };
        match &node.kind {
            NodeKind::Scalar(scalar) => size.bytes = scalar.text.len(),
            NodeKind::Sequence(items) => items.iter().for_each(&mut add),
            NodeKind::Mapping(mapping) => mapping.entries.iter().for_each(|entry| {
                add(&entry.key);
                add(&entry.value);
            }),
        }
        size
    }
}

/// What aliases may still add.
#[derive(Debug)]
pub(super) struct Budget {
    nodes: usize,
    bytes: usize,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { nodes: MAX_EXPANDED_NODES, bytes: MAX_EXPANDED_BYTES }
    }

    /// Takes `size` from the budget; `false` when it does not suffice.
    pub(super) fn take(&mut self, size: Size) -> bool {
        let fits = size.nodes <= self.nodes && size.bytes <= self.bytes;
        if fits {
            self.nodes -= size.nodes;
            self.bytes -= size.bytes;
        }
        fits
    }
}
