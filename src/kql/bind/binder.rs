//! The state of a binding: what is in scope, and what was found out about each node.

use foldhash::{HashMap, HashMapExt};

use super::arena::Arena;
use super::expansion::Meaning;
use super::scope::{LocalScope, ScopeKind};
use super::symbols::{Cluster, Column, Database, Function, Graph, Symbol, Table};
use super::types::Type;
use crate::catalog::kql::{self as catalog, KqlCatalog, wildcard};
use crate::diag::Diagnostic;
use crate::kql::codes::KqlCode;
use crate::kql::syntax::{Node, NodeId, Tree};
use crate::text::TextRange;

/// What is known of a node.
#[derive(Debug, Clone, Copy, Default)]
pub struct Info<'a> {
    /// What it names or calls.
    pub symbol: Option<Symbol<'a>>,
    /// Its type; a tuple of one column is not reduced to that column here.
    pub ty: Option<Type<'a>>,
    /// Whether it is a constant.
    pub constant: bool,
}

impl<'a> Info<'a> {
    /// Nothing but a type.
    pub fn of(ty: Type<'a>) -> Self {
        Self { symbol: None, ty: Some(ty), constant: false }
    }

    /// A constant of a type.
    pub fn constant(ty: Type<'a>) -> Self {
        Self { constant: true, ..Self::of(ty) }
    }

    /// A type and what is named.
    pub fn named(symbol: Symbol<'a>, ty: Type<'a>) -> Self {
        Self { symbol: Some(symbol), ty: Some(ty), constant: false }
    }

    /// An error that was reported.
    pub fn error() -> Self {
        Self::of(Type::Error)
    }
}

/// How many calls of functions written in KQL are worked out in one binding before the rest is left unknown.
pub(super) const MAX_EXPANSIONS: u32 = 2_000;

/// Binds one tree. Operators read what is in scope from it and report through it.
#[derive(Debug)]
pub struct Binder<'a> {
    /// Where everything made lives.
    pub arena: &'a Arena,
    /// The tables and functions there are.
    pub catalog: &'a KqlCatalog,
    /// The columns in scope: those of the input of an operator.
    pub row_scope: Option<&'a Table<'a>>,
    /// The columns of the right side of a join.
    pub right_row_scope: Option<&'a Table<'a>>,
    /// Whether a column must be on both sides of a join.
    pub common_columns_only: bool,
    /// The names of let statements, parameters and the like.
    pub local_scope: LocalScope<'a>,
    /// Which functions are in scope.
    pub scope_kind: ScopeKind,
    /// What stands left of the dot.
    pub path_scope: Option<Type<'a>>,
    /// The table that an invoked function gets first.
    pub implicit_argument: Option<Type<'a>>,
    /// Whether tables that are not there are passed over.
    pub fuzzy: bool,
    /// The number of the next column without a name.
    pub(super) column_suffix: u32,
    /// How many `dynamic(…)` are open.
    pub(super) dynamic_depth: u32,
    /// The database whose tables and functions the catalog holds.
    pub(super) workspace: &'a Database<'a>,
    /// The cluster of the workspace.
    pub(super) home: &'a Cluster<'a>,
    /// The database in which names are looked up: the workspace, unless a directive says otherwise.
    pub(super) database: &'a Database<'a>,
    /// The cluster in which databases are looked up.
    pub(super) cluster: &'a Cluster<'a>,
    pub(super) open_clusters: Vec<&'a Cluster<'a>>,
    /// The graph of which nothing is known.
    pub(super) empty_graph: Option<&'a Graph<'a>>,
    pub(super) aliases: Vec<(&'a str, &'a Database<'a>)>,
    pub(super) tables: HashMap<&'static str, &'a Table<'a>>,
    /// Every table of the catalog, once a wildcard asked for them.
    all_tables: Option<&'a [Symbol<'a>]>,
    pub(super) functions: HashMap<usize, &'a Function<'a>>,
    pub(super) stored: HashMap<&'static str, Option<&'a Function<'a>>>,
    /// How many calls were worked out.
    pub(super) expansions: u32,
    /// How many calls are being worked out; nothing is reported meanwhile.
    pub(super) quiet: u32,
    /// What the nodes of the query and of the bodies being worked out mean, where it is kept for each call.
    pub(super) kept: Option<Vec<Meaning<'a>>>,
    /// The tree of the query.
    tree: &'a Tree,
    pub(super) infos: Vec<Info<'a>>,
    pub(super) infos_of: &'a Tree,
    /// The rows that each operator was given.
    pub(super) inputs: Vec<(NodeId, &'a Table<'a>)>,
    /// The columns that were made of an expression without a name for them, and those that a call of a function made.
    pub(super) made: Vec<(NodeId, &'a Column<'a>)>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Binder<'a> {
    pub(super) fn new(tree: &'a Tree, catalog: &'a KqlCatalog, arena: &'a Arena) -> Self {
        let workspace = Database::new(arena, "workspace", true, false);
        let home = Cluster::new(arena, "local", true, false);
        Self {
            arena,
            catalog,
            row_scope: None,
            right_row_scope: None,
            common_columns_only: false,
            local_scope: LocalScope::default(),
            scope_kind: ScopeKind::Normal,
            path_scope: None,
            implicit_argument: None,
            fuzzy: false,
            column_suffix: 1,
            dynamic_depth: 0,
            workspace,
            home,
            database: workspace,
            cluster: home,
            open_clusters: Vec::new(),
            empty_graph: None,
            aliases: Vec::new(),
            tables: HashMap::new(),
            all_tables: None,
            functions: HashMap::new(),
            stored: HashMap::new(),
            expansions: 0,
            quiet: 0,
            kept: None,
            infos: vec![Info::default(); tree.node_count()],
            infos_of: tree,
            inputs: Vec::new(),
            made: Vec::new(),
            tree,
            diagnostics: Vec::new(),
        }
    }

    // What is known of nodes.

    /// What is known of `node`.
    pub fn info(&self, node: Node<'a>) -> Info<'a> {
        if std::ptr::eq(node.tree(), self.infos_of) {
            self.infos.get(node.id().index()).copied().unwrap_or_default()
        } else {
            Info::default()
        }
    }

    /// Records what is known of `node`.
    pub fn set(&mut self, node: Node<'a>, info: Info<'a>) {
        debug_assert!(std::ptr::eq(node.tree(), self.infos_of));
        if let Some(slot) = self.infos.get_mut(node.id().index()) {
            *slot = info;
        }
    }

    /// Records the rows in scope as what `operator` is given.
    pub(super) fn set_input(&mut self, operator: Node<'a>) {
        let Some(input) = self.row_scope else { return };
        if self.quiet == 0 {
            self.inputs.push((operator.id(), input));
        } else if let Some(meaning) = self.kept.as_mut().and_then(|kept| kept.last_mut()) {
            meaning.inputs.push((operator.id(), input));
        }
    }

    /// Records that `expression` made the result `column`, without a name for it.
    pub(super) fn set_made(&mut self, expression: Node<'a>, column: &'a Column<'a>) {
        if std::ptr::eq(self.infos_of, self.tree) {
            self.made.push((expression.id(), column));
        }
        if let Some(meaning) = self.kept.as_mut().and_then(|kept| kept.last_mut()) {
            meaning.made.push((expression.id(), column));
        }
    }

    /// Records that a name declares `column`.
    pub(super) fn set_declared(&mut self, name: Node<'a>, column: &'a Column<'a>) {
        self.set(name, Info::named(Symbol::Column(column), column.ty));
        if self.quiet > 0 {
            // What is known of the nodes is forgotten after a call, its columns are not.
            self.set_made(name, column);
        }
    }

    /// The type of `node`, a tuple of one column left as it is.
    pub fn raw_type(&self, node: Node<'a>) -> Option<Type<'a>> {
        self.info(node).ty
    }

    /// The type of `node`.
    pub fn type_of(&self, node: Node<'a>) -> Option<Type<'a>> {
        self.raw_type(node).map(reduce)
    }

    /// The type of `node`, an error where there is none.
    pub fn type_or_error(&self, node: Node<'a>) -> Type<'a> {
        self.type_of(node).unwrap_or(Type::Error)
    }

    /// The table that `node` returns, where it returns one.
    pub fn table_of(&self, node: Node<'a>) -> Option<&'a Table<'a>> {
        self.type_of(node).and_then(Type::as_table)
    }

    /// What `node` names.
    pub fn symbol(&self, node: Node<'a>) -> Option<Symbol<'a>> {
        self.info(node).symbol
    }

    /// The column that `node` names.
    pub fn column(&self, node: Node<'a>) -> Option<&'a Column<'a>> {
        self.symbol(node).and_then(Symbol::as_column)
    }

    /// Whether `node` is a constant.
    pub fn is_constant(&self, node: Node<'a>) -> bool {
        self.info(node).constant
    }

    // Findings.

    /// Reports a finding; the message is only made where it is kept.
    pub fn report(&mut self, code: KqlCode, range: TextRange, message: impl FnOnce() -> String) {
        if self.quiet == 0 {
            self.diagnostics.push(code.at(range, message()));
        }
    }

    /// Reports a finding with a remedy.
    pub fn report_with_help(
        &mut self,
        code: KqlCode,
        range: TextRange,
        message: impl FnOnce() -> (String, Option<String>),
    ) {
        if self.quiet == 0 {
            let (message, help) = message();
            let mut diagnostic = code.at(range, message);
            diagnostic.help.extend(help);
            self.diagnostics.push(diagnostic);
        }
    }

    /// Reports a finding at the whole of `node`.
    pub fn report_at(&mut self, code: KqlCode, node: Node<'a>, message: impl FnOnce() -> String) {
        self.report(code, node.range(), message);
    }

    /// The number of findings so far, to tell whether a check found something.
    pub fn finding_count(&self) -> usize {
        self.diagnostics.len()
    }

    // Tables and scopes.

    /// The columns in scope as a table; an empty one where there are none.
    pub fn row_scope_or_empty(&self) -> &'a Table<'a> {
        self.row_scope.unwrap_or_else(|| Table::new(self.arena, &[]))
    }

    /// The columns in scope, those included that an open table was found to have.
    pub fn row_columns(&self) -> &'a [&'a Column<'a>] {
        self.row_scope.map_or(&[], |table| table.all_columns(self.arena))
    }

    /// A table of `columns`, open, sorted and serialized as the input is.
    pub fn table_like_input(&self, columns: &[&'a Column<'a>]) -> &'a Table<'a> {
        let table = Table::new(self.arena, self.arena.slice(columns));
        table.inherit(self.arena, self.row_scope_or_empty())
    }

    /// The input as an output: same columns, no name.
    pub fn same_as_input(&self) -> &'a Table<'a> {
        let input = self.row_scope_or_empty();
        if input.has_inferred() {
            return Table::new(self.arena, self.row_columns()).inherit(self.arena, input);
        }
        input.unnamed(self.arena)
    }

    /// Binds with other columns in scope.
    pub fn in_row_scope<R>(&mut self, scope: Option<&'a Table<'a>>, bind: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.row_scope, scope);
        let result = bind(self);
        self.row_scope = outer;
        result
    }

    /// Binds with other functions in scope.
    pub fn in_scope_kind<R>(&mut self, kind: ScopeKind, bind: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.scope_kind, kind);
        let result = bind(self);
        self.scope_kind = outer;
        result
    }

    /// Binds, then forgets the names that were brought into scope.
    pub fn in_inner_scope<R>(&mut self, bind: impl FnOnce(&mut Self) -> R) -> R {
        let outer = self.local_scope;
        let result = bind(self);
        self.local_scope = outer;
        result
    }

    /// A table of the catalog; always the same object for a name.
    pub fn catalog_table(&mut self, name: &str) -> Option<&'a Table<'a>> {
        if let Some(table) = self.tables.get(name) {
            return Some(table);
        }
        let found = self.catalog.table(name)?;
        Some(self.stored_table(found))
    }

    fn stored_table(&mut self, table: &'a catalog::Table) -> &'a Table<'a> {
        if let Some(known) = self.tables.get(table.name) {
            return known;
        }
        let stored = self.among_all_tables(table.name).unwrap_or_else(|| Table::stored(self.arena, table));
        self.tables.insert(table.name, stored);
        stored
    }

    /// The tables of the catalog whose names match, in the order in which wildcards expand.
    pub(super) fn catalog_tables_matching(&mut self, pattern: &str) -> Vec<Symbol<'a>> {
        if pattern == "*" {
            return self.all_tables().to_vec();
        }
        let names = self.catalog.table_names().filter(|name| wildcard::matches(pattern, name));
        names
            .filter_map(|name| self.catalog_table(name))
            .map(|table| Symbol::Type(Type::Table(table)))
            .collect()
    }

    /// Every table of the catalog, in the order in which wildcards expand.
    fn all_tables(&mut self) -> &'a [Symbol<'a>] {
        if let Some(all) = self.all_tables {
            return all;
        }
        // Tables that the query named before are these very ones; of the others only few will be looked up by name.
        let symbol = |table: &'a catalog::Table| {
            let known = self.tables.get(table.name).copied();
            Symbol::Type(Type::Table(known.unwrap_or_else(|| Table::stored(self.arena, table))))
        };
        let all: Vec<Symbol<'a>> = self.catalog.tables().map(symbol).collect();
        let all = self.arena.slice(&all);
        self.all_tables = Some(all);
        all
    }

    fn among_all_tables(&self, name: &str) -> Option<&'a Table<'a>> {
        self.all_tables?.iter().find_map(|symbol| match symbol {
            Symbol::Type(Type::Table(table)) if table.name == name => Some(*table),
            _ => None,
        })
    }

    /// Whether `tables` are all those of the catalog, and nothing else but some of them again.
    pub(super) fn are_all_tables(&self, tables: &[&'a Table<'a>]) -> bool {
        self.all_tables.is_some_and(|all| {
            let same = |(table, symbol): (&&Table<'a>, &Symbol<'a>)| {
                matches!(symbol, Symbol::Type(Type::Table(known)) if std::ptr::eq(*known, *table))
            };
            let again = tables.get(all.len()..);
            again.is_some_and(|again| again.iter().all(|table| table.is_stored()))
                && tables.iter().zip(all).all(same)
        })
    }
}

/// A tuple of one column as the type of that column.
pub(super) fn reduce(ty: Type<'_>) -> Type<'_> {
    match ty {
        Type::Tuple(tuple) if tuple.table.is_none() => match tuple.columns {
            [column] => column.ty,
            _ => ty,
        },
        Type::EntityGroupElement(element) => element.underlying,
        _ => ty,
    }
}
