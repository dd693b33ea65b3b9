//! What names stand for where an expression is compiled.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::exec::expr::Expr;
use crate::exec::relation::Relation;
use crate::kql::bind::Sense;
use crate::kql::syntax::Node;
use crate::kql::syntax::nodes::PatternDeclaration;

/// Where an expression is compiled: how its nodes are read, and what names stand for.
#[derive(Debug, Clone)]
pub(in crate::exec) struct Scope<'c, 'a> {
    pub(in crate::exec) sense: Sense<'c, 'a>,
    names: Option<Rc<Entry<'c, 'a>>>,
}

#[derive(Debug)]
struct Entry<'c, 'a> {
    name: Arc<str>,
    binding: Binding<'c, 'a>,
    outer: Option<Rc<Entry<'c, 'a>>>,
}

/// What a name stands for.
#[derive(Debug, Clone)]
pub(super) enum Binding<'c, 'a> {
    /// An expression where it is declared, compiled when first used.
    Node(Rc<Lazy<'c, 'a>>),
    /// Rows.
    Table(Arc<Relation>),
    /// A function, by the scope of its declaration.
    Function(Box<Scope<'c, 'a>>),
    /// A pattern, with the scope of its declaration.
    Pattern(PatternDeclaration<'a>, Box<Scope<'c, 'a>>),
}

/// An expression that is compiled when it is first used.
#[derive(Debug)]
pub(super) struct Lazy<'c, 'a> {
    pub(super) node: Node<'a>,
    pub(super) scope: Scope<'c, 'a>,
    pub(super) value: RefCell<Option<Expr>>,
    pub(super) table: RefCell<Option<Arc<Relation>>>,
}

impl<'c, 'a> Scope<'c, 'a> {
    /// No names yet.
    pub(in crate::exec) fn new(sense: Sense<'c, 'a>) -> Self {
        Self { sense, names: None }
    }

    /// The same names, nodes read in another sense.
    pub(super) fn with_sense(&self, sense: Sense<'c, 'a>) -> Self {
        Self { sense, names: self.names.clone() }
    }

    pub(super) fn declare(&mut self, name: &str, binding: Binding<'c, 'a>) {
        let outer = self.names.take();
        self.names = Some(Rc::new(Entry { name: Arc::from(name), binding, outer }));
    }

    /// Declares that `name` stands for rows.
    pub(in crate::exec) fn declare_table(&mut self, name: &str, relation: Arc<Relation>) {
        self.declare(name, Binding::Table(relation));
    }

    /// Declares that `name` stands for an expression, which is compiled in `scope` when first used.
    pub(super) fn declare_node(&mut self, name: &str, node: Node<'a>, scope: Self) {
        let lazy = Lazy { node, scope, value: RefCell::default(), table: RefCell::default() };
        self.declare(name, Binding::Node(Rc::new(lazy)));
    }

    pub(super) fn find(&self, name: &str) -> Option<Binding<'c, 'a>> {
        let mut entry = self.names.as_deref();
        while let Some(here) = entry {
            if &*here.name == name {
                return Some(here.binding.clone());
            }
            entry = here.outer.as_deref();
        }
        None
    }
}
