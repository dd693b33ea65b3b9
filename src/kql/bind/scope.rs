//! The names that let statements, parameters and operators bring into scope.

use super::arena::Arena;
use super::symbols::Symbol;

/// The names in scope, the newest first. Copying one is copying a pointer, so an inner scope is left by going back to the
/// copy of the outer one.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalScope<'a>(Option<&'a Entry<'a>>);

#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    name: &'a str,
    symbol: Symbol<'a>,
    before: LocalScope<'a>,
}

impl<'a> LocalScope<'a> {
    /// Brings `symbol` into scope under its own name.
    pub fn add(&mut self, arena: &'a Arena, symbol: Symbol<'a>) {
        self.add_as(arena, symbol.name(), symbol);
    }

    /// Brings `symbol` into scope as `name`.
    pub fn add_as(&mut self, arena: &'a Arena, name: &'a str, symbol: Symbol<'a>) {
        *self = Self(Some(arena.alloc(Entry { name, symbol, before: *self })));
    }

    /// The newest symbol called `name` that `accept` takes.
    pub fn find(self, name: &str, accept: impl Fn(Symbol<'a>) -> bool) -> Option<Symbol<'a>> {
        self.iter().find(|(known, symbol)| *known == name && accept(*symbol)).map(|(_, symbol)| symbol)
    }

    /// Every name with its symbol, the newest first, shadowed ones included.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, Symbol<'a>)> + Clone {
        std::iter::successors(self.0, |entry| entry.before.0).map(|entry| (entry.name, entry.symbol))
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
