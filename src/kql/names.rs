//! The names of a query: where each thing that a query names is declared and used.

use std::collections::HashMap;

use crate::kql::bind::{Bound, Symbol, Type, address};
use crate::kql::syntax::{Node, NodeKind};
use crate::text::TextRange;

/// A place that names something.
#[derive(Debug, Clone, Copy)]
pub struct Name<'a> {
    /// The name, with brackets where it is written in some.
    pub node: Node<'a>,
    /// What it stands for.
    pub symbol: Symbol<'a>,
    /// Whether it declares what it names.
    pub declares: bool,
    /// Which thing it names: names of one thing have one number.
    pub thing: usize,
}

impl Name<'_> {
    /// Its bytes in the query.
    pub fn range(&self) -> TextRange {
        self.node.range()
    }
}

/// Something that a query names.
#[derive(Debug, Default)]
struct Thing<'a> {
    /// One that stands for it.
    symbol: Option<Symbol<'a>>,
    declarations: Vec<Node<'a>>,
    /// Whether a part of it is declared elsewhere: in a table of the catalog, in the language.
    foreign: bool,
}

/// The names of a query.
///
/// ```
/// use picket::catalog::kql::KqlCatalog;
/// use picket::kql::bind::{Arena, bind};
/// use picket::kql::{Names, syntax::parse};
///
/// let query = "let wrong = 50126; SigninLogs | where ResultType == wrong | extend Code = wrong";
/// let (tree, _) = parse(query);
/// let arena = Arena::new();
/// let bound = bind(&tree, KqlCatalog::builtin(), &arena);
/// let names = Names::of(&bound);
/// let name = names.at(5).unwrap();
/// let places: Vec<u32> = names.of_thing(name.thing).map(|name| name.range().start).collect();
/// assert_eq!(places, [4, 52, 74]);
/// ```
#[derive(Debug)]
pub struct Names<'a> {
    names: Vec<Name<'a>>,
    things: Vec<Thing<'a>>,
    /// The thing of each symbol, by its address.
    known: HashMap<usize, usize>,
}

impl<'a> Names<'a> {
    /// The names of the query behind `bound`.
    pub fn of(bound: &Bound<'a>) -> Self {
        let mut sets = Sets::default();
        let mut names = Vec::new();
        let is_name = |node: &Node<'_>| {
            matches!(node.kind(), NodeKind::NameDeclaration | NodeKind::NameReference) && !node.is_missing()
        };
        for node in bound.tree().root().descendants().filter(is_name) {
            let Some(symbol) = bound.symbol(node) else { continue };
            let thing = sets.thing(bound, symbol);
            names.push(Name { node, symbol, declares: node.kind() == NodeKind::NameDeclaration, thing });
        }
        for column in bound.columns().unwrap_or_default() {
            sets.thing(bound, Symbol::Column(column));
        }
        for name in &mut names {
            name.thing = sets.find(name.thing);
        }
        names.sort_by_key(|name| name.range().start);
        let mut things: Vec<Thing<'_>> = sets.parents.iter().map(|_| Thing::default()).collect();
        for (at, (declarations, foreign)) in std::mem::take(&mut sets.declared).into_iter().enumerate() {
            let thing = sets.find(at);
            things[thing].foreign |= foreign;
            for node in declarations {
                if !things[thing].declarations.contains(&node) {
                    things[thing].declarations.push(node);
                }
            }
        }
        for (at, symbol) in std::mem::take(&mut sets.symbols).into_iter().enumerate() {
            let thing = sets.find(at);
            things[thing].symbol.get_or_insert(symbol);
        }
        for thing in &mut things {
            thing.declarations.sort_by_key(|node| node.range().start);
        }
        let known = std::mem::take(&mut sets.known);
        let known = known.into_iter().map(|(address, thing)| (address, sets.find(thing))).collect();
        Self { names, things, known }
    }

    /// All names, in order of the text.
    pub fn iter(&self) -> impl Iterator<Item = &Name<'a>> {
        self.names.iter()
    }

    /// The name that holds `offset`, or ends there.
    pub fn at(&self, offset: u32) -> Option<&Name<'a>> {
        let touches = |name: &&Name<'_>| name.range().start <= offset && offset <= name.range().end;
        self.names.iter().rev().find(touches)
    }

    /// The names of `thing`, in order of the text.
    pub fn of_thing(&self, thing: usize) -> impl Iterator<Item = &Name<'a>> {
        self.names.iter().filter(move |name| name.thing == thing)
    }

    /// What `symbol` is, where the query names it or returns it.
    pub fn thing(&self, symbol: Symbol<'_>) -> Option<usize> {
        self.known.get(&address(symbol)?).copied()
    }

    /// What the name at `node` names.
    pub fn thing_of(&self, node: Node<'_>) -> Option<usize> {
        let at = self.names.binary_search_by_key(&node.range().start, |name| name.range().start).ok()?;
        self.names.get(at).map(|name| name.thing)
    }

    /// What `thing` is.
    pub fn symbol(&self, thing: usize) -> Option<Symbol<'a>> {
        self.things.get(thing)?.symbol
    }

    /// The nodes that declare `thing`: names, or the expressions that a column without a name was made of.
    pub fn declarations(&self, thing: usize) -> &[Node<'a>] {
        self.things.get(thing).map_or(&[], |thing| &thing.declarations)
    }

    /// Whether all of `thing` is declared in the query, so that it may have another name.
    pub fn is_own(&self, thing: usize) -> bool {
        self.things.get(thing).is_some_and(|thing| !thing.foreign && !thing.declarations.is_empty())
    }
}

/// Sets of symbols that are one thing.
#[derive(Debug, Default)]
struct Sets<'a> {
    known: HashMap<usize, usize>,
    /// What has no place of its own, as functions of the language, by its name.
    by_name: HashMap<&'a str, usize>,
    parents: Vec<usize>,
    /// Of each set as it was made: what it was made for.
    symbols: Vec<Symbol<'a>>,
    /// Of each set as it was made: its declarations, and whether a part is declared elsewhere.
    declared: Vec<(Vec<Node<'a>>, bool)>,
}

impl<'a> Sets<'a> {
    fn thing(&mut self, bound: &Bound<'a>, symbol: Symbol<'a>) -> usize {
        let stored = match symbol {
            Symbol::Type(Type::Table(table)) if table.is_stored() => Some(table.name),
            Symbol::Type(Type::Function(function)) if function.builtin().is_some() => Some(function.name),
            _ => None,
        };
        let Some(address) = address(symbol).filter(|_| stored.is_none()) else {
            let name = symbol.name();
            return match self.by_name.get(name) {
                Some(thing) => *thing,
                None => {
                    let thing = self.add(symbol, Vec::new(), true);
                    self.by_name.insert(name, thing);
                    thing
                }
            };
        };
        if let Some(thing) = self.known.get(&address) {
            return self.find(*thing);
        }
        let (declarations, whole) = bound.declarations(symbol);
        let thing = self.add(symbol, declarations, !whole);
        self.known.insert(address, thing);
        let Some(column) = symbol.as_column() else { return thing };
        let is_declared =
            self.declared[thing].0.iter().any(|node| bound.symbol(*node).is_some_and(|it| it.same(symbol)));
        if !is_declared {
            // A column that is passed on under its name is one with what it was.
            for original in column.originals.iter().filter(|original| original.name == column.name) {
                let other = self.thing(bound, Symbol::Column(original));
                self.join(thing, other);
            }
            if column.originals.iter().any(|original| original.name != column.name) {
                // Named after another one by an operator, as `a1` behind a join is.
                self.declared[thing].1 = true;
            }
        }
        self.find(thing)
    }

    fn add(&mut self, symbol: Symbol<'a>, declarations: Vec<Node<'a>>, foreign: bool) -> usize {
        self.parents.push(self.parents.len());
        self.symbols.push(symbol);
        self.declared.push((declarations, foreign));
        self.parents.len() - 1
    }

    fn find(&mut self, mut thing: usize) -> usize {
        while self.parents[thing] != thing {
            self.parents[thing] = self.parents[self.parents[thing]];
            thing = self.parents[thing];
        }
        thing
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.find(one), self.find(other));
        self.parents[other] = one;
    }
}
