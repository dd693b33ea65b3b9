//! The keys of a rule around a place.

use crate::rule::keys::{Key, RULE, Table};
use crate::text::TextRange;
use crate::yaml::{Document, Node, NodeKind};

/// An entry of a rule that holds a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// The key.
    pub(super) key: &'static Key,
    /// Where the key is written.
    pub(super) written: TextRange,
    /// Whether the place is in the key itself.
    pub(super) on_key: bool,
}

/// The entries with known keys that hold the byte at `offset`, the outermost first.
pub(super) fn spots(documents: &[Document], offset: u32) -> Vec<Spot> {
    let mut found = Vec::new();
    let roots = documents.iter().filter_map(|document| document.root.as_ref());
    if let Some(root) = roots.into_iter().find(|root| holds(root.range, offset)) {
        walk(root, &RULE, offset, &mut found);
    }
    found
}

fn holds(range: TextRange, offset: u32) -> bool {
    range.start <= offset && offset <= range.end
}

fn walk(node: &Node, table: &'static Table, offset: u32, found: &mut Vec<Spot>) {
    match &node.kind {
        NodeKind::Sequence(items) => {
            if let Some(item) = items.iter().find(|item| holds(item.range, offset)) {
                walk(item, table, offset, found);
            }
        }
        NodeKind::Mapping(mapping) => {
            let entry = mapping.entries.iter().rev().find(|entry| entry.key.range.start <= offset);
            let Some(entry) = entry else { return };
            let Some((key, _)) = entry.key.as_str().and_then(|name| table.find(name)) else { return };
            let on_key = holds(entry.key.range, offset);
            if on_key || holds(entry.value.range, offset) {
                found.push(Spot { key, written: entry.key.range, on_key });
                if let (false, Some(table)) = (on_key, key.value.table()) {
                    walk(&entry.value, table, offset, found);
                }
            }
        }
        NodeKind::Scalar(_) => {}
    }
}
