//! The names that let statements, parameters and operators bring into scope.

use std::hash::BuildHasher;

use super::arena::Arena;
use super::symbols::Symbol;

/// The names in scope. Copying one is copying two pointers, so an inner scope is left by going back to the copy of the
/// outer one.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalScope<'a> {
    newest: Option<&'a Entry<'a>>,
    index: Option<&'a Node<'a>>,
}

#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    name: &'a str,
    symbol: Symbol<'a>,
    /// The name that came into scope before it.
    before: Option<&'a Entry<'a>>,
    /// The same name as it was in scope before it.
    shadowed: Option<&'a Entry<'a>>,
}

/// A search tree by hash of name. Adding a name copies the path to it, so that every scope keeps its own tree.
#[derive(Debug, Clone, Copy)]
struct Node<'a> {
    hash: u64,
    entry: &'a Entry<'a>,
    children: [Option<&'a Node<'a>>; 2],
}

impl Node<'_> {
    /// Which child holds `name`, if it is not here.
    fn side(&self, hash: u64, name: &str) -> Option<usize> {
        (self.hash != hash || self.entry.name != name).then(|| usize::from(hash >= self.hash))
    }
}

fn hash(name: &str) -> u64 {
    foldhash::fast::FixedState::default().hash_one(name)
}

impl<'a> LocalScope<'a> {
    /// Brings `symbol` into scope under its own name.
    pub fn add(&mut self, arena: &'a Arena, symbol: Symbol<'a>) {
        self.add_as(arena, symbol.name(), symbol);
    }

    /// Brings `symbol` into scope as `name`.
    pub fn add_as(&mut self, arena: &'a Arena, name: &'a str, symbol: Symbol<'a>) {
        let hash = hash(name);
        let mut path: Vec<(&Node<'a>, usize)> = Vec::new();
        let mut node = self.index;
        let mut children = [None, None];
        let mut shadowed = None;
        while let Some(here) = node {
            let Some(side) = here.side(hash, name) else {
                children = here.children;
                shadowed = Some(here.entry);
                break;
            };
            path.push((here, side));
            node = here.children[side];
        }
        let entry = arena.alloc(Entry { name, symbol, before: self.newest, shadowed });
        let mut top = arena.alloc(Node { hash, entry, children });
        for (above, side) in path.into_iter().rev() {
            let mut copy = *above;
            copy.children[side] = Some(top);
            top = arena.alloc(copy);
        }
        *self = Self { newest: Some(entry), index: Some(top) };
    }

    /// The newest symbol called `name` that `accept` takes.
    pub fn find(self, name: &str, accept: impl Fn(Symbol<'a>) -> bool) -> Option<Symbol<'a>> {
        let mut node = self.index?;
        let hash = hash(name);
        while let Some(side) = node.side(hash, name) {
            node = node.children[side]?;
        }
        let called_so = std::iter::successors(Some(node.entry), |entry| entry.shadowed);
        called_so.map(|entry| entry.symbol).find(|symbol| accept(*symbol))
    }

    /// Every name with its symbol, the newest first, shadowed ones included.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, Symbol<'a>)> + Clone {
        std::iter::successors(self.newest, |entry| entry.before).map(|entry| (entry.name, entry.symbol))
    }
}

/// What kinds of functions a name may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    /// Scalar functions.
    Normal,
    /// Aggregates as well, but no columns.
    Aggregate,
    /// Plugins.
    PlugIn,
}

/// The kinds of symbols that a name may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match(u16);

impl Match {
    /// Columns.
    pub const COLUMN: Self = Self(1);
    /// Tables.
    pub const TABLE: Self = Self(2);
    /// Functions.
    pub const FUNCTION: Self = Self(4);
    /// Let variables and parameters.
    pub const LOCAL: Self = Self(8);
    /// What an expression may name.
    pub const ANY: Self = Self(u16::MAX);

    /// Both together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This without `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether any kind of `other` is in this.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether `symbol` is of one of these kinds.
    pub fn takes(self, symbol: Symbol<'_>) -> bool {
        use super::types::Type;
        match symbol {
            Symbol::Column(_) => self.has(Self::COLUMN),
            Symbol::Variable(_) | Symbol::Parameter(_) => self.has(Self::LOCAL),
            Symbol::Type(Type::Table(_)) => self.has(Self::TABLE),
            Symbol::Type(Type::Function(_) | Type::Pattern(_)) => self.has(Self::FUNCTION),
            Symbol::Type(_) => self == Self::ANY,
            Symbol::Operator(_) => false,
        }
    }
}
