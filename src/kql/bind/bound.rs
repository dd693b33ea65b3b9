//! A query with its meaning, to be read by whoever checks, shows or runs it.

use foldhash::{HashMap, HashSet, HashSetExt};
use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::arena::Arena;
use super::binder::{self, Binder, Info};
use super::expansion::{Expansion, Meaning};
use super::literals;
use super::symbols::{Column, Symbol, Table, Value};
use super::types::Type;
use crate::diag::Diagnostic;
use crate::kql::syntax::nodes::{ExpressionStatement, ParenthesizedExpression, QueryBlock, UnaryExpression};
use crate::kql::syntax::{Node, NodeId, NodeKind, TokenKind, Tree, View};

/// A tree with its meaning: for each node its type and what it names, for each operator the rows that go in and come
/// out.
///
/// ```
/// use picket::catalog::kql::KqlCatalog;
/// use picket::kql::bind::{Arena, bind};
/// use picket::kql::syntax::{NodeKind, parse};
///
/// let (tree, _) = parse("let user = 'a'; SigninLogs | where UserPrincipalName == user | project TimeGenerated");
/// let arena = Arena::new();
/// let bound = bind(&tree, KqlCatalog::builtin(), &arena);
/// let filter = tree.root().descendants().find(|node| node.kind() == NodeKind::FilterOperator).unwrap();
/// assert!(bound.columns_before(filter).unwrap().len() > 50);
///
/// let user = filter.descendants().filter(|node| node.kind() == NodeKind::NameReference).last().unwrap();
/// let symbol = bound.symbol(user).unwrap();
/// assert_eq!((symbol.name(), bound.declaration(symbol).unwrap().range().start), ("user", 4));
/// assert_eq!(bound.columns().unwrap().len(), 1);
/// ```
#[derive(Debug)]
pub struct Bound<'a> {
    tree: &'a Tree,
    arena: &'a Arena,
    meaning: Meaning<'a>,
    /// The columns that were made of an expression without a name for them, and those that a call of a function made.
    made: Vec<(NodeId, &'a Column<'a>)>,
    diagnostics: Vec<Diagnostic>,
    /// The node that declares each symbol, by [`address`]; made when first asked for.
    declarations: OnceCell<HashMap<usize, NodeId>>,
}

impl<'a> Bound<'a> {
    pub(super) fn new(tree: &'a Tree, binder: Binder<'a>) -> Self {
        let Binder { arena, infos, inputs, made, mut diagnostics, kept, .. } = binder;
        let kept = kept.and_then(|mut kept| kept.pop()).unwrap_or_default();
        let mut meaning = Meaning { first: 0, infos, inputs, ..kept };
        meaning.settle();
        let mut seen = HashSet::new();
        diagnostics.retain(|finding| {
            let range = finding.primary.span.range;
            seen.insert((finding.code, range.start, range.end))
        });
        Self { tree, arena, meaning, made, diagnostics, declarations: OnceCell::new() }
    }

    /// The tree.
    pub fn tree(&self) -> &'a Tree {
        self.tree
    }

    /// What was found, syntax aside.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// What was found, syntax aside, to keep.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    // Nodes.

    /// What is known of a node.
    pub fn info(&self, node: NodeId) -> Info<'a> {
        self.meaning.info(node)
    }

    /// The type of a node. What is no expression, and what was not understood, has none.
    pub fn type_of(&self, node: Node<'_>) -> Option<Type<'a>> {
        self.info(node.id()).ty.map(binder::reduce)
    }

    /// What a name refers to or declares, which function a call calls, which operator stands in an expression.
    ///
    /// The steps of a path into a dynamic value, as `a` in `Bag.a`, have none: nothing declares them.
    pub fn symbol(&self, node: Node<'_>) -> Option<Symbol<'a>> {
        self.info(node.id()).symbol
    }

    /// The value of an expression that is a literal, in parentheses or with a sign, or a variable that stands for one.
    pub fn value(&self, node: Node<'a>) -> Option<Value<'a>> {
        match node.kind() {
            NodeKind::ParenthesizedExpression => {
                self.value(ParenthesizedExpression::of_slot(node).expression())
            }
            NodeKind::UnaryExpression => {
                let unary = UnaryExpression::of_slot(node);
                let minus = unary.operator().kind() == TokenKind::Minus;
                match self.value(unary.expression())? {
                    Value::Long(number) if minus => number.checked_neg().map(Value::Long),
                    Value::Real(number) if minus => Some(Value::Real(-number)),
                    value @ (Value::Long(_) | Value::Real(_)) => Some(value),
                    _ => None,
                }
            }
            _ => literals::constant_value(self.arena, node, self.symbol(node)),
        }
    }

    // Operators.

    /// The rows that an operator is given; nothing for one that begins a query or works on a graph.
    pub fn input(&self, operator: Node<'_>) -> Option<&'a Table<'a>> {
        self.meaning.input(operator.id())
    }

    /// The rows that an operator, or any expression, returns; nothing where that is no table.
    pub fn output(&self, node: Node<'_>) -> Option<&'a Table<'a>> {
        self.type_of(node).and_then(Type::as_table)
    }

    /// The columns that an operator is given. Where they are not all known, those come last that the query names.
    pub fn columns_before(&self, operator: Node<'_>) -> Option<&'a [&'a Column<'a>]> {
        self.input(operator).map(|table| table.all_columns(self.arena))
    }

    /// The columns that an operator, or any expression, returns.
    pub fn columns_after(&self, node: Node<'_>) -> Option<&'a [&'a Column<'a>]> {
        self.output(node).map(|table| table.all_columns(self.arena))
    }

    // Declarations.

    /// The node that declares `symbol`: a name, or the expression that a column without a name was made of. A column that
    /// was only renamed or joined by an operator is declared where what it stands for is. Columns of the catalog's tables,
    /// tables and functions of the language have no node.
    pub fn declaration(&self, symbol: Symbol<'a>) -> Option<Node<'a>> {
        let known = self.declarations.get_or_init(|| self.find_declarations());
        let find = |symbol| address(symbol).and_then(|address| known.get(&address));
        let found = find(symbol).or_else(|| {
            symbol.as_column()?.originals.iter().find_map(|original| find(Symbol::Column(original)))
        });
        found.map(|node| self.tree.node(*node))
    }

    /// The nodes that declare `symbol`, as [`Self::declaration`] has them: several for a column that an operator joined
    /// of several. With them whether all of it is declared in the query: a column that is joined of one of a table and of one
    /// that the query made is not.
    pub fn declarations(&self, symbol: Symbol<'a>) -> (Vec<Node<'a>>, bool) {
        let known = self.declarations.get_or_init(|| self.find_declarations());
        let find = |symbol| Some(self.tree.node(*known.get(&address(symbol)?)?));
        if let Some(node) = find(symbol) {
            return (vec![node], true);
        }
        let originals = symbol.as_column().map_or(&[][..], |column| column.originals);
        let nodes: Vec<Node<'a>> =
            originals.iter().filter_map(|original| find(Symbol::Column(original))).collect();
        let whole = !originals.is_empty() && nodes.len() == originals.len();
        (nodes, whole)
    }

    fn find_declarations(&self) -> HashMap<usize, NodeId> {
        let names = self.tree.root().descendants().filter(|node| node.kind() == NodeKind::NameDeclaration);
        let named = names.filter_map(|node| Some((address(self.symbol(node)?)?, node.id())));
        // What a call passes on, as `arg_max` does, is declared elsewhere.
        let made = self.made.iter().filter(|(node, column)| !self.is_passed_on(*node, column));
        made.map(|(node, column)| (place(*column), *node)).chain(named).collect()
    }

    /// Whether the operator around `node` was given `column`.
    fn is_passed_on(&self, node: NodeId, column: &Column<'a>) -> bool {
        std::iter::successors(Some(self.tree.node(node)), |node| node.parent())
            .find_map(|node| self.columns_before(node))
            .is_some_and(|columns| columns.iter().any(|known| place(*known) == place(column)))
    }

    // The whole.

    /// The type of the query: that of its last statement.
    pub fn result(&self) -> Option<Type<'a>> {
        let last = QueryBlock::of_slot(self.tree.root()).statements().iter().next_back()?;
        self.type_of(ExpressionStatement::cast(last)?.expression())
    }

    /// The columns of the result, where it is a table.
    pub fn columns(&self) -> Option<&'a [&'a Column<'a>]> {
        self.result()?.as_table().map(|table| table.columns())
    }

    /// The names of the catalog's tables that the query reads, in order.
    pub fn tables(&self) -> BTreeSet<&'a str> {
        let mut names = BTreeSet::new();
        for info in &self.meaning.infos {
            if let Some(Symbol::Type(ty)) = info.symbol {
                add_tables(ty, &mut names);
            }
            if let Some(ty) = info.ty {
                add_tables(ty, &mut names);
            }
        }
        names
    }
}

/// The meaning of nodes as one reads them in one place: in the query itself, or in the body of a function for one call.
#[derive(Debug, Clone, Copy)]
pub struct Sense<'b, 'a> {
    arena: &'a Arena,
    meaning: &'b Meaning<'a>,
}

impl<'a> Bound<'a> {
    /// The meaning of the nodes of the query itself.
    pub fn sense(&self) -> Sense<'_, 'a> {
        Sense { arena: self.arena, meaning: &self.meaning }
    }
}

impl<'b, 'a> Sense<'b, 'a> {
    /// What is known of a node.
    pub fn info(self, node: Node<'_>) -> Info<'a> {
        self.meaning.info(node.id())
    }

    /// The type of a node, as [`Bound::type_of`].
    pub fn type_of(self, node: Node<'_>) -> Option<Type<'a>> {
        self.info(node).ty.map(binder::reduce)
    }

    /// What a name refers to, as [`Bound::symbol`].
    pub fn symbol(self, node: Node<'_>) -> Option<Symbol<'a>> {
        self.info(node).symbol
    }

    /// The rows that an operator is given, as [`Bound::input`].
    pub fn input(self, operator: Node<'_>) -> Option<&'a Table<'a>> {
        self.meaning.input(operator.id())
    }

    /// The columns that an operator is given, as [`Bound::columns_before`].
    pub fn columns_before(self, operator: Node<'_>) -> Option<&'a [&'a Column<'a>]> {
        self.meaning.input(operator.id()).map(|table| table.all_columns(self.arena))
    }

    /// The columns that an operator, or any expression, returns.
    pub fn columns_after(self, node: Node<'_>) -> Option<&'a [&'a Column<'a>]> {
        self.type_of(node).and_then(Type::as_table).map(|table| table.all_columns(self.arena))
    }

    /// The columns that an expression without a name for them made, in order. Kept by [`bind_calls`](super::bind_calls)
    /// only.
    pub fn made(self, expression: Node<'_>) -> impl Iterator<Item = &'a Column<'a>> {
        self.meaning.made(expression.id())
    }

    /// The call of a function that is written in KQL, by the node that names the function: the call, and how to read the
    /// nodes of the body in it. Kept by [`bind_calls`](super::bind_calls) only.
    pub fn call(self, name: Node<'_>) -> Option<(&'b Expansion<'a>, Self)> {
        let expansion = self.meaning.call(name.id())?;
        Some((expansion, Self { arena: self.arena, meaning: &expansion.meaning }))
    }
}

/// What tells `symbol` from others, where a query can declare it.
pub(in crate::kql) fn address(symbol: Symbol<'_>) -> Option<usize> {
    match symbol {
        Symbol::Column(column) => Some(place(column)),
        Symbol::Variable(variable) | Symbol::Parameter(variable) => Some(place(variable)),
        Symbol::Type(Type::Function(function)) => Some(place(function)),
        Symbol::Type(Type::Table(table)) => Some(place(table)),
        Symbol::Type(Type::Pattern(pattern)) => Some(place(pattern)),
        Symbol::Type(Type::EntityGroup(group)) => Some(place(group)),
        Symbol::Type(Type::EntityGroupElement(element)) => Some(place(element)),
        Symbol::Type(_) | Symbol::Operator(_) => None,
    }
}

fn place<T>(object: &T) -> usize {
    std::ptr::from_ref(object).addr()
}

fn add_tables<'a>(ty: Type<'a>, names: &mut BTreeSet<&'a str>) {
    match ty {
        Type::Table(table) if table.is_stored() => {
            names.insert(table.name);
        }
        Type::Group(members) => {
            for member in members {
                if let Symbol::Type(ty) = member {
                    add_tables(*ty, names);
                }
            }
        }
        _ => {}
    }
}
