//! What names stand for: columns, variables, tables, functions, databases.

use std::cell::{Cell, OnceCell};

use foldhash::{HashSet, HashSetExt};

use super::arena::Arena;
use super::column_index::ColumnIndex;
use super::types::Type;
use crate::catalog::kql as catalog;
use crate::kql::syntax::Node;

/// What a name stands for.
#[derive(Debug, Clone, Copy)]
pub enum Symbol<'a> {
    /// A column.
    Column(&'a Column<'a>),
    /// A let variable, a parameter's value, a step of scan, a node of a graph pattern.
    Variable(&'a Variable<'a>),
    /// A parameter of the function that is being declared.
    Parameter(&'a Variable<'a>),
    /// An operator such as `==`.
    Operator(&'static catalog::Function),
    /// A table, function, database and so on: what is a type of its own.
    Type(Type<'a>),
}

impl<'a> Symbol<'a> {
    /// Its name.
    pub fn name(self) -> &'a str {
        match self {
            Self::Column(column) => column.name,
            Self::Variable(variable) | Self::Parameter(variable) => variable.name,
            Self::Operator(operator) => operator.name,
            Self::Type(ty) => ty.name(),
        }
    }

    /// The type of an expression that names it.
    pub fn result_type(self, arena: &'a Arena) -> Option<Type<'a>> {
        match self {
            Self::Column(column) => Some(column.ty),
            Self::Variable(variable) => Self::Type(variable.ty).result_type(arena),
            Self::Parameter(parameter) => Some(parameter.ty),
            Self::Operator(_) => None,
            Self::Type(Type::EntityGroupElement(element)) => {
                Self::Type(element.underlying).result_type(arena)
            }
            Self::Type(Type::Group(members)) => {
                let types: Vec<Self> =
                    members.iter().filter_map(|member| member.result_type(arena)).map(Self::Type).collect();
                match types[..] {
                    [] => None,
                    [Self::Type(ty)] => Some(ty),
                    _ => Some(Type::Group(arena.slice(&types))),
                }
            }
            Self::Type(ty) => Some(ty),
        }
    }

    /// The column, where it is one.
    pub fn as_column(self) -> Option<&'a Column<'a>> {
        if let Self::Column(column) = self { Some(column) } else { None }
    }

    /// The function, where it is one.
    pub fn as_function(self) -> Option<&'a Function<'a>> {
        if let Self::Type(Type::Function(function)) = self { Some(function) } else { None }
    }

    /// Whether it may stand where a scalar is expected.
    pub fn is_scalar(self) -> bool {
        match self {
            Self::Column(_) | Self::Operator(_) => true,
            Self::Variable(variable) | Self::Parameter(variable) => variable.ty.is_scalar(),
            Self::Type(ty) => ty.is_scalar(),
        }
    }

    /// Whether it may stand where a table is expected.
    pub fn is_tabular(self) -> bool {
        match self {
            Self::Column(_) | Self::Operator(_) => false,
            Self::Variable(variable) | Self::Parameter(variable) => variable.ty.is_tabular(),
            Self::Type(ty) => ty.is_tabular(),
        }
    }

    /// Whether both are the same object.
    pub fn same(self, other: Symbol<'_>) -> bool {
        match (self, other) {
            (Self::Column(a), Symbol::Column(b)) => super::types::same_place(a, b),
            (Self::Variable(a), Symbol::Variable(b)) | (Self::Parameter(a), Symbol::Parameter(b)) => {
                super::types::same_place(a, b)
            }
            (Self::Operator(a), Symbol::Operator(b)) => std::ptr::eq(a, b),
            (Self::Type(a), Symbol::Type(b)) => a.same(b),
            _ => false,
        }
    }
}

/// How many columns one is known to stand for; unions of unions would name more without end.
pub(super) const MAX_ORIGINALS: usize = 256;

/// A column. Two columns are one only when they are the same object.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type.
    pub ty: Type<'a>,
    /// The columns that it was made of, where it only renames or joins them.
    pub originals: &'a [&'a Column<'a>],
}

impl<'a> Column<'a> {
    /// A new column; a type that failed is unknown here.
    pub fn new(arena: &'a Arena, name: &'a str, ty: Type<'a>) -> &'a Self {
        arena.alloc(Self { name, ty: if ty.is_error() { Type::Unknown } else { ty }, originals: &[] })
    }

    /// A new column that stands for others.
    pub fn derived(arena: &'a Arena, name: &'a str, ty: Type<'a>, originals: &[&'a Column<'a>]) -> &'a Self {
        let ty = if ty.is_error() { Type::Unknown } else { ty };
        let originals = if originals.iter().all(|column| column.originals.is_empty()) {
            arena.slice(originals)
        } else {
            let mut seen = HashSet::new();
            let first: Vec<&Column<'_>> = originals
                .iter()
                .flat_map(|column| {
                    if column.originals.is_empty() { std::slice::from_ref(column) } else { column.originals }
                })
                .filter(|column| seen.insert(std::ptr::from_ref(**column).addr()))
                .take(MAX_ORIGINALS)
                .copied()
                .collect();
            arena.slice(&first)
        };
        arena.alloc(Self { name, ty, originals })
    }

    /// The column under another name; itself where the name is the same.
    pub fn named(&'a self, arena: &'a Arena, name: &'a str) -> &'a Self {
        if name == self.name { self } else { arena.alloc(Self { name, ..*self }) }
    }

    /// The column with another type; itself where the type is the same.
    pub fn typed(&'a self, arena: &'a Arena, ty: Type<'a>) -> &'a Self {
        if ty.same(self.ty) { self } else { arena.alloc(Self { ty, ..*self }) }
    }
}

/// A variable: a let binding, a parameter, a step of scan.
#[derive(Debug, Clone, Copy)]
pub struct Variable<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type.
    pub ty: Type<'a>,
    /// Whether its value is a constant.
    pub constant: bool,
    /// The value, where it is a literal one.
    pub value: Option<Value<'a>>,
    /// The expression that it stands for.
    pub source: Option<Node<'a>>,
}

impl<'a> Variable<'a> {
    /// A variable of which only the type is known.
    pub fn new(arena: &'a Arena, name: &'a str, ty: Type<'a>) -> &'a Self {
        arena.alloc(Self { name, ty, constant: false, value: None, source: None })
    }
}

/// The value of a literal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer.
    Long(i64),
    /// A number.
    Real(f64),
    /// A string's content.
    String(&'a str),
    /// A word that is no literal of a scalar type: `kind=inner`.
    Word(&'a str),
    /// Any other literal, by its text.
    Other(&'a str),
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    /// Its name; empty for what an operator returns.
    pub name: &'a str,
    /// Its columns; those of a stored table once they are asked for.
    columns: OnceCell<&'a [&'a Column<'a>]>,
    /// Where the columns come from, for a table of the catalog.
    stored: Option<(&'a Arena, &'a catalog::Table)>,
    /// Whether it may have columns that are not known.
    pub open: bool,
    /// Whether its rows are in order.
    pub sorted: bool,
    /// Whether the order of its rows is kept.
    pub serialized: bool,
    /// What special kind of table it is.
    pub kind: TableKind,
    /// The columns that an open table was found to have, the newest first.
    inferred: Cell<Option<&'a Inferred<'a>>>,
    /// What is known of the names of its columns.
    names: Names,
    /// Where each column stands.
    index: ColumnIndex<'a>,
}

/// What is known of the names of a table's columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Nothing: two columns may share a name, one may be without.
    Any,
    /// Each column has a name of its own.
    Distinct,
    /// Each column has a name of its own, but the first may have that of another.
    DistinctAfterFirst,
}

/// What special kind of table one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// None.
    Plain,
    /// An external table.
    External,
    /// A materialized view.
    MaterializedView,
    /// A stored query result.
    StoredQueryResult,
}

#[derive(Debug, Clone, Copy)]
struct Inferred<'a> {
    column: &'a Column<'a>,
    before: Option<&'a Inferred<'a>>,
}

impl<'a> Table<'a> {
    /// A table of these columns.
    pub fn new(arena: &'a Arena, columns: &'a [&'a Column<'a>]) -> &'a Self {
        Self::with_name(arena, "", columns)
    }

    /// A named table of these columns.
    pub fn with_name(arena: &'a Arena, name: &'a str, columns: &'a [&'a Column<'a>]) -> &'a Self {
        arena.alloc_cells(Self { columns: OnceCell::from(columns), ..Self::named_only(name) })
    }

    /// A table of the catalog. A wildcard names thousands of them, so their columns wait until they are asked for.
    pub(super) fn stored(arena: &'a Arena, table: &'a catalog::Table) -> &'a Self {
        let stored = Some((arena, table));
        let table = Self { stored, open: table.open, names: Names::Distinct, ..Self::named_only(table.name) };
        arena.alloc_cells(table)
    }

    /// A table of these columns, of whose names so much is known.
    pub(super) fn with_names(
        arena: &'a Arena,
        columns: &'a [&'a Column<'a>],
        names: Names,
        index: ColumnIndex<'a>,
    ) -> &'a Self {
        arena.alloc_cells(Self { columns: OnceCell::from(columns), names, index, ..Self::named_only("") })
    }

    fn named_only(name: &'a str) -> Self {
        Self {
            name,
            columns: OnceCell::new(),
            stored: None,
            open: false,
            sorted: false,
            serialized: false,
            kind: TableKind::Plain,
            inferred: Cell::new(None),
            names: Names::Any,
            index: ColumnIndex::default(),
        }
    }

    /// Its declared columns.
    pub fn columns(&self) -> &'a [&'a Column<'a>] {
        self.columns.get_or_init(|| {
            let Some((arena, table)) = self.stored else { return &[] };
            let made = |column: &catalog::Column| -> &'a Column<'a> {
                Column::new(arena, column.name, Type::Scalar(column.scalar))
            };
            arena.slice(&table.columns.iter().map(made).collect::<Vec<_>>())
        })
    }

    /// The type of its declared column `name`, without making its columns where nothing asked for them yet: the columns
    /// of thousands of tables take longer to make than to look through.
    pub(super) fn declares(&self, name: &str) -> Option<Type<'a>> {
        match self.stored.filter(|_| self.columns.get().is_none()) {
            Some((_, table)) => table.column(name).map(|column| Type::Scalar(column.scalar)),
            None => self.column(name).map(|column| column.ty),
        }
    }

    /// Whether it is a table of the catalog.
    pub fn is_stored(&self) -> bool {
        self.stored.is_some()
    }

    /// What the catalog says of it, where it is a table of the catalog.
    pub fn in_catalog(&self) -> Option<&'a catalog::Table> {
        self.stored.map(|(_, table)| table)
    }

    /// A named table of which nothing is known.
    pub fn unknown(arena: &'a Arena, name: &'a str) -> &'a Self {
        Self::with_name(arena, name, &[]).open(arena, true)
    }

    fn change(&'a self, arena: &'a Arena, change: impl FnOnce(&mut Self)) -> &'a Self {
        // The copy must have the very same columns, not columns of its own.
        self.columns();
        let mut table = self.clone();
        table.inferred = Cell::new(None);
        change(&mut table);
        arena.alloc_cells(table)
    }

    /// The table, open or not; itself where that is so already.
    pub fn open(&'a self, arena: &'a Arena, open: bool) -> &'a Self {
        if self.open == open { self } else { self.change(arena, |table| table.open = open) }
    }

    /// The table, its rows in order or not.
    pub fn sorted(&'a self, arena: &'a Arena, sorted: bool) -> &'a Self {
        if self.sorted == sorted { self } else { self.change(arena, |table| table.sorted = sorted) }
    }

    /// The table, the order of its rows kept or not.
    pub fn serialized(&'a self, arena: &'a Arena, serialized: bool) -> &'a Self {
        if self.serialized == serialized {
            self
        } else {
            self.change(arena, |table| table.serialized = serialized)
        }
    }

    /// The table as one of this kind.
    pub fn of_kind(&'a self, arena: &'a Arena, kind: TableKind) -> &'a Self {
        if self.kind == kind { self } else { self.change(arena, |table| table.kind = kind) }
    }

    /// The table under another name.
    pub fn named(&'a self, arena: &'a Arena, name: &'a str) -> &'a Self {
        if self.name == name { self } else { self.change(arena, |table| table.name = name) }
    }

    /// The table, as open, sorted and serialized as `other`: what most operators return for their input.
    pub fn inherit(&'a self, arena: &'a Arena, other: &Table<'_>) -> &'a Self {
        if (self.open, self.sorted, self.serialized) == (other.open, other.sorted, other.serialized) {
            return self;
        }
        self.change(arena, |table| {
            (table.open, table.sorted, table.serialized) = (other.open, other.sorted, other.serialized);
        })
    }

    /// The table as what an operator returns: the same declared columns, no name.
    pub fn unnamed(&'a self, arena: &'a Arena) -> &'a Self {
        self.change(arena, |table| (table.name, table.stored, table.kind) = ("", None, TableKind::Plain))
    }

    /// Whether it is open and was found to have columns that are not declared.
    pub(super) fn has_inferred(&self) -> bool {
        self.inferred.get().is_some()
    }

    /// What is known of the names of its columns.
    pub(super) fn names(&self) -> Names {
        self.names
    }

    /// The declared column `name`; case counts.
    pub fn column(&self, name: &str) -> Option<&'a Column<'a>> {
        self.columns().iter().find(|column| column.name == name).copied()
    }

    /// The declared column `name`, found by an index once that pays.
    pub(super) fn indexed_column(&self, arena: &'a Arena, name: &str) -> Option<&'a Column<'a>> {
        self.columns().get(self.position(arena, name)?).copied()
    }

    /// Where the declared column `name` stands; case counts.
    pub(super) fn position(&self, arena: &'a Arena, name: &str) -> Option<usize> {
        self.index.position(arena, self.columns(), name)
    }

    /// The index of its columns.
    pub(super) fn index(&self) -> &ColumnIndex<'a> {
        &self.index
    }

    /// The column `name` that an open table was found to have, made up at first.
    pub fn inferred_column(&self, arena: &'a Arena, name: &'a str) -> &'a Column<'a> {
        let mut entry = self.inferred.get();
        while let Some(inferred) = entry {
            if inferred.column.name == name {
                return inferred.column;
            }
            entry = inferred.before;
        }
        let column = Column::new(arena, name, Type::Unknown);
        self.inferred.set(Some(arena.alloc(Inferred { column, before: self.inferred.get() })));
        column
    }

    /// The column `name`, declared or, in an open table, made up.
    pub fn declared_or_inferred(&self, arena: &'a Arena, name: &'a str) -> Option<&'a Column<'a>> {
        self.indexed_column(arena, name).or_else(|| self.open.then(|| self.inferred_column(arena, name)))
    }

    /// The declared columns, then those that an open table was found to have.
    pub fn all_columns(&self, arena: &'a Arena) -> &'a [&'a Column<'a>] {
        let mut entry = self.inferred.get();
        if entry.is_none() {
            return self.columns();
        }
        let mut found = Vec::new();
        while let Some(inferred) = entry {
            found.push(inferred.column);
            entry = inferred.before;
        }
        let columns: Vec<&Column<'_>> =
            self.columns().iter().copied().chain(found.into_iter().rev()).collect();
        arena.slice(&columns)
    }
}

/// Several columns as one value.
#[derive(Debug, Clone, Copy)]
pub struct Tuple<'a> {
    /// The columns.
    pub columns: &'a [&'a Column<'a>],
    /// The table whose columns they are, where it may have more.
    pub table: Option<&'a Table<'a>>,
}

/// A function.
#[derive(Debug, Clone, Copy)]
pub struct Function<'a> {
    /// Its name.
    pub name: &'a str,
    /// What is called.
    pub kind: FunctionKind<'a>,
}

/// What is called when a function is.
#[derive(Debug, Clone, Copy)]
pub enum FunctionKind<'a> {
    /// A function of the catalog.
    Builtin(&'static catalog::Function),
    /// A function that is written in KQL.
    User(&'a UserFunction<'a>),
}

impl<'a> Function<'a> {
    /// The fewest arguments that any of its signatures takes.
    pub fn min_arguments(&self) -> usize {
        match self.kind {
            FunctionKind::Builtin(function) => {
                function.signatures.iter().map(|signature| signature.min_arguments).min().unwrap_or(0).into()
            }
            FunctionKind::User(function) => function.min_arguments(),
        }
    }

    /// The most arguments that any of its signatures takes.
    pub fn max_arguments(&self) -> usize {
        match self.kind {
            FunctionKind::Builtin(function) => {
                function.signatures.iter().map(|signature| signature.max_arguments).max().unwrap_or(0).into()
            }
            FunctionKind::User(function) => function.parameters.len(),
        }
    }

    /// The function of the catalog, where it is one.
    pub fn builtin(&self) -> Option<&'static catalog::Function> {
        if let FunctionKind::Builtin(function) = self.kind { Some(function) } else { None }
    }

    /// Whether it is declared with `view`.
    pub fn is_view(&self) -> bool {
        matches!(self.kind, FunctionKind::User(function) if function.view)
    }

    /// Whether its body is being bound for a call.
    pub(super) fn is_expanding(&self) -> bool {
        matches!(self.kind, FunctionKind::User(function) if function.expanding.get())
    }

    pub(super) fn may_be_scalar(&self) -> bool {
        match self.kind {
            FunctionKind::Builtin(function) => function
                .signatures
                .first()
                .is_some_and(|signature| signature.tabularity == catalog::Tabularity::Scalar),
            FunctionKind::User(function) => function.declared.is_none_or(Type::is_scalar),
        }
    }

    pub(super) fn may_be_tabular(&self) -> bool {
        match self.kind {
            FunctionKind::Builtin(function) => function
                .signatures
                .first()
                .is_some_and(|signature| signature.tabularity == catalog::Tabularity::Tabular),
            FunctionKind::User(function) => function.declared.is_none_or(Type::is_tabular),
        }
    }
}

/// A function that is written in KQL: by a let statement, or stored.
#[derive(Debug)]
pub struct UserFunction<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its parameters.
    pub parameters: &'a [UserParameter<'a>],
    /// Its body.
    pub body: Node<'a>,
    /// Whether it is a view.
    pub view: bool,
    /// Whether it is a function of the catalog, whose body has a tree of its own.
    pub stored: bool,
    /// What its body returned when it was declared.
    pub declared: Option<Type<'a>>,
    /// The names in scope where it was declared.
    pub scope: super::scope::LocalScope<'a>,
    /// What is known of the body once it was bound.
    pub(super) facts: Cell<Option<super::user_functions::BodyFacts<'a>>>,
    /// Whether a call of it is being worked out.
    pub(super) expanding: Cell<bool>,
}

impl UserFunction<'_> {
    /// The fewest arguments it takes.
    pub fn min_arguments(&self) -> usize {
        self.parameters.iter().filter(|parameter| !parameter.optional).count()
    }
}

/// A parameter of a function that is written in KQL.
#[derive(Debug, Clone, Copy)]
pub struct UserParameter<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type.
    pub ty: Type<'a>,
    /// Whether it may be left out.
    pub optional: bool,
    /// Its value where it is left out.
    pub default: Option<Value<'a>>,
}

/// A pattern: `declare pattern`.
#[derive(Debug, Clone, Copy)]
pub struct Pattern<'a> {
    /// Its name.
    pub name: &'a str,
    /// The types of its parameters.
    pub parameters: &'a [Type<'a>],
    /// Its cases.
    pub cases: &'a [PatternCase<'a>],
}

/// A case of a pattern.
#[derive(Debug, Clone, Copy)]
pub struct PatternCase<'a> {
    /// The values that the arguments must have.
    pub values: &'a [&'a str],
    /// The path that selects it, where it has one.
    pub path: Option<&'a str>,
    /// What it returns.
    pub body: &'a UserFunction<'a>,
}

/// A database.
#[derive(Debug)]
pub struct Database<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it is the workspace itself, with the tables of the catalog.
    pub current: bool,
    /// Whether it may have tables that are not known.
    pub open: bool,
    /// The tables that an open database was found to have.
    tables: Cell<Option<&'a OpenTable<'a>>>,
}

#[derive(Debug, Clone, Copy)]
struct OpenTable<'a> {
    table: &'a Table<'a>,
    before: Option<&'a OpenTable<'a>>,
}

impl<'a> Database<'a> {
    /// A database.
    pub fn new(arena: &'a Arena, name: &'a str, current: bool, open: bool) -> &'a Self {
        arena.alloc_cells(Self { name, current, open, tables: Cell::new(None) })
    }

    /// The table `name` of which nothing is known, the same one each time.
    pub fn open_table(&self, arena: &'a Arena, name: &'a str) -> &'a Table<'a> {
        let mut entry = self.tables.get();
        while let Some(open) = entry {
            if open.table.name == name {
                return open.table;
            }
            entry = open.before;
        }
        let table = Table::unknown(arena, name);
        self.tables.set(Some(arena.alloc(OpenTable { table, before: self.tables.get() })));
        table
    }
}

/// A cluster.
#[derive(Debug)]
pub struct Cluster<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it is the one that the workspace is in.
    pub current: bool,
    /// Whether it may have databases that are not known.
    pub open: bool,
    /// The databases that it was found to have.
    databases: Cell<Option<&'a OpenDatabase<'a>>>,
}

#[derive(Debug, Clone, Copy)]
struct OpenDatabase<'a> {
    database: &'a Database<'a>,
    before: Option<&'a OpenDatabase<'a>>,
}

impl<'a> Cluster<'a> {
    /// A cluster.
    pub fn new(arena: &'a Arena, name: &'a str, current: bool, open: bool) -> &'a Self {
        arena.alloc_cells(Self { name, current, open, databases: Cell::new(None) })
    }

    /// The database `name` of which nothing is known, the same one each time.
    pub fn open_database(&self, arena: &'a Arena, name: &'a str) -> &'a Database<'a> {
        let mut entry = self.databases.get();
        while let Some(open) = entry {
            if open.database.name == name {
                return open.database;
            }
            entry = open.before;
        }
        let database = Database::new(arena, name, false, true);
        self.databases.set(Some(arena.alloc(OpenDatabase { database, before: self.databases.get() })));
        database
    }
}

/// A graph.
#[derive(Debug, Clone, Copy)]
pub struct Graph<'a> {
    /// The columns of its edges.
    pub edges: &'a Table<'a>,
    /// The columns of its nodes, where nodes have any.
    pub nodes: Option<&'a Table<'a>>,
}

/// An entity group.
#[derive(Debug, Clone, Copy)]
pub struct EntityGroup<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its members: clusters, databases or tables.
    pub members: &'a [Type<'a>],
}

/// The name that macro-expand gives each member in turn.
#[derive(Debug, Clone, Copy)]
pub struct EntityGroupElement<'a> {
    /// The name.
    pub name: &'a str,
    /// The group.
    pub group: Option<&'a EntityGroup<'a>>,
    /// The member that it stands for.
    pub underlying: Type<'a>,
}
