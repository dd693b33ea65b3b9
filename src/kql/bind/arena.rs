//! Where everything lives that binding one query makes.

use std::cell::OnceCell;

use crate::kql::syntax::Tree;

/// The memory of one binding. Names, types, columns and tables are borrowed from it, so that they are `Copy`.
#[derive(Debug, Default)]
pub struct Arena {
    bump: bumpalo::Bump,
    /// The trees of stored functions, parsed when first called.
    stored: OnceCell<Vec<OnceCell<Tree>>>,
}

impl Arena {
    /// An empty arena.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps `value`, which must need no drop.
    pub fn alloc<T: Copy>(&self, value: T) -> &T {
        self.bump.alloc(value)
    }

    /// Keeps a value with interior mutability that needs no drop.
    pub(super) fn alloc_cells<T>(&self, value: T) -> &T {
        debug_assert!(!std::mem::needs_drop::<T>());
        self.bump.alloc(value)
    }

    /// Keeps a copy of `items`.
    pub fn slice<T: Copy>(&self, items: &[T]) -> &[T] {
        if items.is_empty() { &[] } else { self.bump.alloc_slice_copy(items) }
    }

    /// Keeps a copy of `text`.
    pub fn str(&self, text: &str) -> &str {
        self.bump.alloc_str(text)
    }

    /// Keeps several texts as one.
    pub fn concat(&self, parts: &[&str]) -> &str {
        let mut text = bumpalo::collections::String::with_capacity_in(
            parts.iter().map(|part| part.len()).sum(),
            &self.bump,
        );
        for part in parts {
            text.push_str(part);
        }
        text.into_bump_str()
    }

    /// The tree of stored function `index` of `count`, parsed by `parse` when first asked for.
    pub(super) fn stored_tree(
        &self,
        index: usize,
        count: usize,
        parse: impl FnOnce() -> Tree,
    ) -> Option<&Tree> {
        let trees = self.stored.get_or_init(|| std::iter::repeat_with(OnceCell::new).take(count).collect());
        trees.get(index).map(|tree| tree.get_or_init(parse))
    }
}
