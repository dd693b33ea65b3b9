//! The meaning of a query: what its names stand for, the types of its parts, the columns of its result.
//!
//! [`bind`] gives a tree its meaning against a catalog. Nothing of it is written into the tree: [`Bound`] holds side
//! tables by [`NodeId`].

mod arena;
pub mod binder;
mod calls;
mod checks;
pub mod columns;
mod databases;
mod expressions;
mod functions;
mod literals;
mod names;
mod operators;
pub mod projection;
mod results;
mod scope;
mod signature;
mod statements;
pub mod symbols;
pub mod types;
mod user_functions;

use std::collections::BTreeSet;

pub use arena::Arena;
pub use binder::{Binder, Info};
pub use scope::{LocalScope, Match, ScopeKind};
pub use symbols::{Column, Symbol, Table};
pub use types::{Conversion, Type};

use crate::catalog::kql::KqlCatalog;
use crate::diag::Diagnostic;
use crate::kql::syntax::nodes::ExpressionStatement;
use crate::kql::syntax::nodes::QueryBlock;
use crate::kql::syntax::{Node, NodeId, Tree, View};

/// A tree with its meaning.
#[derive(Debug)]
pub struct Bound<'a> {
    tree: &'a Tree,
    infos: Vec<Info<'a>>,
    diagnostics: Vec<Diagnostic>,
}

/// Gives `tree` its meaning.
pub fn bind<'a>(tree: &'a Tree, catalog: &'a KqlCatalog, arena: &'a Arena) -> Bound<'a> {
    let mut binder = Binder::new(tree, catalog, arena);
    binder.expression(tree.root());
    let Binder { infos, mut diagnostics, .. } = binder;
    let mut seen = std::collections::HashSet::new();
    diagnostics.retain(|finding| {
        let range = finding.primary.span.range;
        seen.insert((finding.code, range.start, range.end))
    });
    Bound { tree, infos, diagnostics }
}

impl<'a> Bound<'a> {
    /// What was found, syntax aside.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// What was found, syntax aside, to keep.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// What is known of a node.
    pub fn info(&self, node: NodeId) -> Info<'a> {
        self.infos.get(node.index()).copied().unwrap_or_default()
    }

    /// The type of a node.
    pub fn type_of(&self, node: Node<'_>) -> Option<Type<'a>> {
        self.info(node.id()).ty.map(binder::reduce)
    }

    /// The type of the query: that of its last statement.
    pub fn result(&self) -> Option<Type<'a>> {
        let last = QueryBlock::of_slot(self.tree.root()).statements().iter().next_back()?;
        self.type_of(ExpressionStatement::cast(last)?.expression())
    }

    /// The columns of the result, where it is a table.
    pub fn columns(&self) -> Option<&'a [&'a Column<'a>]> {
        self.result()?.as_table().map(|table| table.columns)
    }

    /// The names of the catalog's tables that the query reads, in order.
    pub fn tables(&self) -> BTreeSet<&'a str> {
        let mut names = BTreeSet::new();
        for info in &self.infos {
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

fn add_tables<'a>(ty: Type<'a>, names: &mut BTreeSet<&'a str>) {
    match ty {
        Type::Table(table) if table.stored => {
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
