//! The meaning of a query: what its names stand for, the types of its parts, the columns of its result.
//!
//! [`bind`] gives a tree its meaning against a catalog. Nothing of it is written into the tree: [`Bound`] holds side
//! tables by [`NodeId`](crate::kql::syntax::NodeId).

mod arena;
pub mod binder;
mod bound;
mod calls;
mod checks;
mod column_index;
pub mod columns;
mod commands;
mod databases;
mod directives;
mod expansion;
mod expressions;
mod functions;
mod known_calls;
mod literals;
mod names;
mod operators;
pub mod projection;
pub mod result_columns;
mod results;
mod scope;
mod signature;
mod statements;
mod suggestions;
pub mod symbols;
pub mod types;
mod user_functions;

pub use arena::Arena;
pub use binder::{Binder, Info};
pub(in crate::kql) use bound::address;
pub use bound::{Bound, Sense};
pub use expansion::Expansion;
pub use literals::string_value;
pub use scope::{LocalScope, Match, ScopeKind};
pub use symbols::{Column, Function, Symbol, Table, Value};
pub use types::{Conversion, Type};

use crate::catalog::kql::KqlCatalog;
use crate::kql::syntax::Tree;

/// Gives `tree` its meaning.
pub fn bind<'a>(tree: &'a Tree, catalog: &'a KqlCatalog, arena: &'a Arena) -> Bound<'a> {
    let mut binder = Binder::new(tree, catalog, arena);
    binder.expression(tree.root());
    Bound::new(tree, binder)
}

/// Gives `tree` its meaning, and keeps what every call of a function that is written in KQL makes of its body, for who
/// runs the query: [`Sense::call`] has it. Takes longer than [`bind`], for each call is worked out anew.
pub fn bind_calls<'a>(tree: &'a Tree, catalog: &'a KqlCatalog, arena: &'a Arena) -> Bound<'a> {
    let mut binder = Binder::new(tree, catalog, arena);
    binder.kept = Some(vec![expansion::Meaning::default()]);
    binder.expression(tree.root());
    Bound::new(tree, binder)
}
