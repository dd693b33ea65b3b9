//! What one query may name: the language, tables, stored functions.

use std::sync::{LazyLock, OnceLock};

use super::index::NameIndex;
use super::language::Language;
use super::overlay::Overlay;
use super::products::{ProductFunction, ProductFunctions};
use super::tables::{BuiltinTables, Column, Table};
use crate::catalog::ScalarType;
use crate::diag::{Nearest, Sketch};

/// A function that a project or a database declares in KQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFunction {
    /// Its name.
    pub name: &'static str,
    /// Its parameters in brackets: `(since: timespan = 1d)`.
    pub parameters: String,
    /// Its body, braces included or not.
    pub body: String,
}

/// A watchlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watchlist {
    /// The alias that `_GetWatchlist` takes.
    pub alias: &'static str,
    /// Its own columns; `_GetWatchlist` adds those that every watchlist has.
    pub columns: Vec<Column>,
}

/// The tables and functions that queries are checked against.
#[derive(Debug)]
pub struct KqlCatalog {
    tables: Named<Table>,
    functions: Named<StoredFunction>,
    watchlists: Named<Watchlist>,
    /// The products' own tables and functions, unless only what was given counts.
    products: Option<&'static BuiltinTables>,
    /// Whether the products' functions are there.
    product_functions: bool,
    everything: [OnceLock<UnionColumns>; 2],
    sketches: OnceLock<Box<[(&'static str, Sketch)]>>,
}

/// A column of the union of all tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnionColumn {
    /// Its name.
    pub name: Box<str>,
    /// Its type.
    pub scalar: ScalarType,
}

/// The columns of the union of all tables, with an index of their names.
#[derive(Debug)]
pub struct UnionColumns {
    columns: Box<[UnionColumn]>,
    index: NameIndex,
}

impl UnionColumns {
    fn new(columns: Vec<UnionColumn>) -> Self {
        let index = NameIndex::new(columns.iter().map(|column| column.name.as_ref()));
        Self { columns: columns.into_boxed_slice(), index }
    }

    /// The columns in order.
    pub fn columns(&self) -> &[UnionColumn] {
        &self.columns
    }

    /// Where each name stands.
    pub(crate) fn index(&self) -> NameIndex<&[u32]> {
        self.index.borrowed()
    }
}

/// How columns of one name become one column of a union.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnionRule {
    /// One column a name and type: `union`, `search`.
    NameAndType,
    /// One column a name: `find`.
    Name,
}

/// A list with an index of names.
#[derive(Debug)]
struct Named<T> {
    items: Vec<T>,
    index: NameIndex,
    name: fn(&T) -> &'static str,
}

impl<T> Named<T> {
    fn new(items: Vec<T>, name: fn(&T) -> &'static str) -> Self {
        Self { index: NameIndex::new(items.iter().map(name)), items, name }
    }

    fn get(&self, name: &str) -> Option<&T> {
        self.items.get(self.index.find(name, |at| self.items.get(at).map(self.name))?)
    }
}

static BUILTIN: LazyLock<KqlCatalog> = LazyLock::new(|| KqlCatalog::extended(Overlay::default()));

impl KqlCatalog {
    /// The tables and functions of the products, nothing else.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// The products' tables and functions, and these. Where names meet, these count.
    pub fn extended(overlay: Overlay) -> Self {
        Self { products: Some(BuiltinTables::get()), ..Self::of_workspace(overlay) }
    }

    /// The products' functions, and these tables and functions: what a workspace has that holds no other tables.
    pub fn of_workspace(overlay: Overlay) -> Self {
        Self { product_functions: true, ..Self::only(overlay) }
    }

    /// These tables and functions alone, beside the language itself.
    pub fn only(overlay: Overlay) -> Self {
        Self {
            tables: Named::new(overlay.tables, |table| table.name),
            functions: Named::new(overlay.functions, |function| function.name),
            watchlists: Named::new(overlay.watchlists, |watchlist| watchlist.alias),
            products: None,
            product_functions: false,
            everything: [OnceLock::new(), OnceLock::new()],
            sketches: OnceLock::new(),
        }
    }

    /// The functions, aggregates, plugins and operators of the language.
    pub fn language(&self) -> &'static Language {
        Language::builtin()
    }

    /// The table `name`; case counts.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name).or_else(|| self.products?.table(name))
    }

    /// The stored function `name`; case counts.
    pub fn stored_function(&self, name: &str) -> Option<&StoredFunction> {
        self.functions.get(name)
    }

    /// The declared watchlists, in order of declaration.
    pub fn watchlists(&self) -> &[Watchlist] {
        &self.watchlists.items
    }

    /// The stored functions, in order of declaration.
    pub fn stored_functions(&self) -> &[StoredFunction] {
        &self.functions.items
    }

    /// The declared watchlist `alias`; case counts.
    pub fn watchlist(&self, alias: &str) -> Option<&Watchlist> {
        self.watchlists.get(alias)
    }

    /// The function `name` of Sentinel, Log Analytics or Defender, where their catalogue is on; case counts.
    pub fn product_function(&self, name: &str) -> Option<&'static ProductFunction> {
        self.product_functions.then(|| ProductFunctions::get().function(name)).flatten()
    }

    /// The names of all tables, in the order in which wildcards expand: the given ones, then the products'.
    pub fn table_names(&self) -> impl Iterator<Item = &'static str> {
        let given = self.tables.items.iter().map(|table| table.name);
        let products = self.products.into_iter().flat_map(|products| products.names());
        given.chain(products.filter(|name| self.tables.get(name).is_none()))
    }

    /// All tables, in the order of [`Self::table_names`].
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        let products = self.products.map(|products| products.iter());
        let products = products.into_iter().flatten().map(|table| -> &Table { table });
        // Without tables of its own there is nothing to look for, a few thousand times.
        let hidden = |table: &Table| !self.tables.items.is_empty() && self.tables.get(table.name).is_some();
        self.tables.items.iter().chain(products.filter(move |table| !hidden(table)))
    }

    /// Offers the name of every table to a search for the nearest one, the shortest first.
    pub fn offer_tables<'a>(&'a self, search: &mut Nearest<'a>) {
        let sketches = self.sketches.get_or_init(|| {
            let mut sketches: Vec<_> = self.table_names().map(|name| (name, Sketch::of(name))).collect();
            sketches.sort_by_key(|(name, _)| name.len());
            sketches.into_boxed_slice()
        });
        // Names too short or too long are most of them.
        let lengths = search.lengths();
        let start = sketches.partition_point(|(name, _)| name.len() < *lengths.start());
        for (name, sketch) in sketches.get(start..).unwrap_or_default() {
            if name.len() > *lengths.end() {
                break;
            }
            search.offer_sketched(name, *sketch);
        }
    }

    /// The columns of the union of all tables. They are `compute`d once and kept: queries over every table are common,
    /// and joining tens of thousands of columns for each of them takes longer than all else.
    pub fn columns_of_everything(
        &self,
        rule: UnionRule,
        compute: impl FnOnce() -> Vec<UnionColumn>,
    ) -> &UnionColumns {
        let [by_name_and_type, by_name] = &self.everything;
        let kept = if rule == UnionRule::Name { by_name } else { by_name_and_type };
        kept.get_or_init(|| UnionColumns::new(compute()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::ScalarType;
    use crate::catalog::kql::{Column, ProductSet, TableKind};

    #[test]
    fn a_given_table_counts_before_the_built_in_one() {
        let column = Column { name: "Only", scalar: ScalarType::Long, products: ProductSet::ALL };
        let table = Table {
            name: "SigninLogs",
            columns: Box::new([column]),
            open: false,
            products: ProductSet::ALL,
            kind: TableKind::Project,
            basic_logs: false,
        };
        let overlay = Overlay { tables: vec![table], ..Overlay::default() };
        let extended = KqlCatalog::extended(overlay.clone());
        assert_eq!(extended.table("SigninLogs").unwrap().kind, TableKind::Project);
        assert!(extended.table("AuditLogs").is_some());
        assert_eq!(extended.table_names().filter(|name| *name == "SigninLogs").count(), 1);
        let only = KqlCatalog::only(overlay);
        assert!(only.table("AuditLogs").is_none());
        assert_eq!(only.table_names().collect::<Vec<_>>(), ["SigninLogs"]);
    }
}
