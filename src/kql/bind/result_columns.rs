//! The columns of a result while they are put together: each gets a name of its own.

use std::collections::hash_map::Entry;

use foldhash::{HashMap, HashSet};

use super::arena::Arena;
use super::column_index::ColumnIndex;
use super::symbols::{Column, Names, Table};

/// Names in use.
#[derive(Debug, Default)]
pub struct UniqueNames<'a> {
    names: HashMap<&'a str, Taken>,
    /// A table whose names are in use as well. They are learned one by one when they are asked for: most operators ask
    /// for a few, and a union of everything has ten thousand.
    base: Option<&'a Table<'a>>,
}

/// What is known of a name in use.
#[derive(Debug, Default)]
struct Taken {
    /// The last number that was given to make another name of it.
    last: u32,
    /// Which column has it.
    at: Option<usize>,
    /// Which column of the base has it.
    in_base: Option<usize>,
    /// Whether the query chose it.
    declared: bool,
}

impl<'a> UniqueNames<'a> {
    fn entry(&mut self, arena: &'a Arena, name: &'a str) -> Entry<'_, &'a str, Taken> {
        match self.names.entry(name) {
            Entry::Vacant(free) => match self.base.and_then(|base| base.position(arena, name)) {
                at @ Some(_) => {
                    Entry::Occupied(free.insert_entry(Taken { at, in_base: at, ..Taken::default() }))
                }
                None => Entry::Vacant(free),
            },
            taken @ Entry::Occupied(_) => taken,
        }
    }

    fn is_free(&self, arena: &'a Arena, name: &str) -> bool {
        !self.names.contains_key(name) && self.base.is_none_or(|base| base.position(arena, name).is_none())
    }

    /// Takes `name` without asking for it to be unique.
    pub fn add(&mut self, name: &'a str) {
        if !name.is_empty() {
            self.names.entry(name).or_default();
        }
    }

    /// `name`, or where it is in use, `base` (or `name`) with the next free number.
    pub fn unique(&mut self, arena: &'a Arena, name: &'a str, base: Option<&str>) -> &'a str {
        let mut suffix = match self.entry(arena, name) {
            Entry::Vacant(free) => {
                free.insert(Taken::default());
                return name;
            }
            Entry::Occupied(taken) => taken.get().last + 1,
        };
        let base = base.unwrap_or(name);
        loop {
            let candidate = format!("{base}{suffix}");
            if self.is_free(arena, &candidate) {
                let candidate = arena.str(&candidate);
                self.names.entry(name).or_default().last = suffix;
                self.names.insert(candidate, Taken::default());
                return candidate;
            }
            suffix += 1;
        }
    }
}

/// The columns of a result, built one by one. No two have the same name, none is without one.
#[derive(Debug, Default)]
pub struct Projection<'a> {
    columns: Vec<&'a Column<'a>>,
    left_out: HashSet<usize>,
    unique: UniqueNames<'a>,
    /// Whether a column of the base has another name here.
    parted: bool,
}

fn place(column: &Column<'_>) -> usize {
    std::ptr::from_ref(column).addr()
}

impl<'a> Projection<'a> {
    /// Starts with the columns of `table`, those included that an open table was found to have, and ignores later
    /// attempts to add them again.
    pub fn extending(arena: &'a Arena, table: &'a Table<'a>) -> Self {
        let mut projection = Self::default();
        let (known, all) = (table.columns(), table.all_columns(arena));
        let found = if table.names() == Names::Any {
            projection.reserve(all.len());
            all
        } else {
            projection.columns.reserve(all.len() + 1);
            projection.columns.extend_from_slice(known);
            projection.unique.base = Some(table);
            projection.part_first(arena, table);
            all.get(known.len()..).unwrap_or_default()
        };
        for column in found {
            projection.add(arena, column, None, false, true);
        }
        projection
    }

    /// Gives the column that shares the name of the first another one, where the names of `table` allow for it.
    fn part_first(&mut self, arena: &'a Arena, table: &'a Table<'a>) {
        let Some((first, rest)) = table.columns().split_first() else { return };
        if table.names() != Names::DistinctAfterFirst {
            return;
        }
        let Some(at) = rest.iter().position(|column| column.name == first.name) else { return };
        let name = self.unique.unique(arena, first.name, None);
        if let Some(slot) = self.columns.get_mut(at + 1) {
            *slot = Column::derived(arena, name, slot.ty, &[*slot]);
            self.name(name).at = Some(at + 1);
            self.parted = true;
        }
    }

    /// The columns so far.
    pub fn columns(&self) -> &[&'a Column<'a>] {
        &self.columns
    }

    fn reserve(&mut self, more: usize) {
        self.columns.reserve(more);
        self.left_out.reserve(more);
        self.unique.names.reserve(more);
    }

    /// Adds columns whose names are taken from then on.
    pub fn declare_all(&mut self, arena: &'a Arena, columns: &[&'a Column<'a>]) {
        self.reserve(columns.len());
        for column in columns {
            let added = self.add(arena, column, None, false, true);
            self.name(added.name).declared = true;
        }
    }

    fn name(&mut self, name: &'a str) -> &mut Taken {
        self.unique.names.entry(name).or_default()
    }

    fn is_declared(&self, name: &str) -> bool {
        self.unique.names.get(name).is_some_and(|taken| taken.declared)
    }

    /// Ignores later attempts to add `column`.
    pub fn leave_out(&mut self, column: &'a Column<'a>) {
        self.left_out.insert(place(column));
    }

    /// Adds a column whose name was not chosen by the query; it gets a number where the name is in use, or takes the
    /// place of the other with `replace`. `once` ignores later attempts to add it.
    pub fn add(
        &mut self,
        arena: &'a Arena,
        column: &'a Column<'a>,
        base: Option<&str>,
        replace: bool,
        once: bool,
    ) -> &'a Column<'a> {
        if column.name.is_empty() || self.left_out.contains(&place(column)) {
            return column;
        }
        let mut column = column;
        let next = self.columns.len();
        let of_base = self.unique.base.map_or(&[][..], |base| base.columns());
        match self.unique.entry(arena, column.name) {
            Entry::Vacant(free) => {
                free.insert(Taken { at: Some(next), ..Taken::default() });
                self.columns.push(column);
            }
            Entry::Occupied(taken) => {
                let &Taken { at, in_base, .. } = taken.get();
                let there = in_base.and_then(|at| of_base.get(at));
                if there.is_some_and(|there| std::ptr::eq(*there, column)) {
                    return column;
                }
                match at.filter(|_| replace).and_then(|at| self.columns.get_mut(at)) {
                    Some(slot) => *slot = column,
                    None => {
                        let name = self.unique.unique(arena, column.name, base);
                        column = Column::derived(arena, name, column.ty, &[column]);
                        self.columns.push(column);
                        self.name(name).at = Some(next);
                    }
                }
            }
        }
        if once {
            self.leave_out(column);
        }
        column
    }

    /// Adds a column whose name the query chose; `false` where it chose that name before.
    pub fn declare(&mut self, arena: &'a Arena, column: &'a Column<'a>, replace: bool) -> bool {
        if self.is_declared(column.name) {
            return false;
        }
        if replace
            && let Entry::Occupied(mut taken) = self.unique.entry(arena, column.name)
            && let Some(slot) = taken.get().at.and_then(|at| self.columns.get_mut(at))
        {
            *slot = column;
            taken.get_mut().declared = true;
            return true;
        }
        let added = self.add(arena, column, None, false, false);
        self.name(added.name).declared = true;
        true
    }

    /// Renames a column in its place. `Err` where the new name was chosen before.
    pub(super) fn rename(
        &mut self,
        arena: &'a Arena,
        old: &str,
        new: &'a str,
    ) -> Result<Option<&'a Column<'a>>, ()> {
        let Some(at) = self.unique.names.get(old).and_then(|taken| taken.at) else { return Ok(None) };
        if self.is_declared(new) {
            return Err(());
        }
        let Some(slot) = self.columns.get_mut(at) else { return Ok(None) };
        self.parted = true;
        let column = Column::derived(arena, new, slot.ty, &[*slot]);
        *slot = column;
        if let Some(taken) = self.unique.names.get_mut(old) {
            taken.at = None;
        }
        let taken = self.name(new);
        (taken.at, taken.declared) = (Some(at), true);
        Ok(Some(column))
    }

    /// The columns as a table, open, sorted and serialized as `input` is.
    pub fn into_table(self, arena: &'a Arena, input: &Table<'a>) -> &'a Table<'a> {
        // Columns of the base that were replaced kept their names and places.
        let index = match self.unique.base.filter(|_| !self.parted) {
            Some(base) => base.index().of_longer(self.columns.len()),
            None => ColumnIndex::default(),
        };
        Table::with_names(arena, arena.slice(&self.columns), Names::Distinct, index).inherit(arena, input)
    }
}
