//! Where each column of a table stands.

use std::cell::{Cell, OnceCell};

use super::arena::Arena;
use super::symbols::Column;
use crate::catalog::kql::NameIndex;

/// After so many searches in a list of columns an index of their names pays.
const SEARCHES_WITHOUT_INDEX: u32 = 16;

/// So few columns need no index at all.
const FEW_COLUMNS: usize = 32;

/// An index of the names of columns, made when it pays.
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnIndex<'a> {
    /// How often a column was looked for without an index.
    searches: Cell<u32>,
    known: OnceCell<Known<'a>>,
}

/// An index of some columns in a row; what stands before and after them is looked through.
#[derive(Debug, Clone, Copy)]
struct Known<'a> {
    start: usize,
    end: usize,
    names: NameIndex<&'a [u32]>,
}

impl<'a> ColumnIndex<'a> {
    /// An index that is at hand, of `count` columns from `start` on.
    pub(super) fn of(names: NameIndex<&'a [u32]>, start: usize, count: usize) -> Self {
        Self { searches: Cell::new(0), known: OnceCell::from(Known { start, end: start + count, names }) }
    }

    /// The index of a list that begins with the names of this one's.
    pub(super) fn of_longer(&self, length: usize) -> Self {
        let known = self.known.get().filter(|known| length <= known.end + FEW_COLUMNS);
        let known = known.map_or_else(OnceCell::new, |known| OnceCell::from(*known));
        Self { searches: Cell::new(0), known }
    }

    /// Where the first column called `name` stands in `columns`.
    pub(super) fn position(&self, arena: &'a Arena, columns: &[&'a Column<'a>], name: &str) -> Option<usize> {
        let is_called = |column: &&Column<'_>| column.name == name;
        if self.known.get().is_none() {
            let searches = self.searches.get();
            if searches < SEARCHES_WITHOUT_INDEX || columns.len() <= FEW_COLUMNS {
                self.searches.set(searches.saturating_add(1));
                return columns.iter().position(is_called);
            }
        }
        let &Known { start, end, names } = self.known.get_or_init(|| {
            let names = NameIndex::new(columns.iter().map(|column| column.name));
            Known { start: 0, end: columns.len(), names: names.kept(|slots| arena.slice(slots)) }
        });
        let within = || names.find(name, |at| columns.get(start + at).map(|column| column.name));
        let before = columns.get(..start)?.iter().position(is_called);
        before
            .or_else(|| Some(start + within()?))
            .or_else(|| Some(end + columns.get(end..)?.iter().position(is_called)?))
    }
}
