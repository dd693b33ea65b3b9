//! The columns that the expressions of an operator make.

use std::sync::Arc;

use super::expressions::name_text;
use super::{Compiler, Scope, scalar_type};
use crate::catalog::ScalarType;
use crate::exec::expr::{Expr, ExprKind};
use crate::exec::value::Value;
use crate::kql::bind::{Symbol, Type};
use crate::kql::syntax::nodes::{CompoundNamedExpression, SimpleNamedExpression};
use crate::kql::syntax::{Node, NodeKind, View};

/// A column that an operator makes.
#[derive(Debug, Clone)]
pub(in crate::exec) struct Assignment {
    /// Its name; nothing for all columns of the input, `*`.
    pub(in crate::exec) name: Option<Arc<str>>,
    /// Its values.
    pub(in crate::exec) value: Expr,
}

impl Assignment {
    /// A column called `name`.
    pub(in crate::exec) fn one(name: impl AsRef<str>, value: Expr) -> Self {
        Self { name: Some(Arc::from(name.as_ref())), value }
    }
}

impl<'c, 'a> Compiler<'c, 'a> {
    /// The columns that one expression of `project`, `extend` and the like makes.
    pub(in crate::exec) fn assignments(&mut self, node: Node<'a>, scope: &Scope<'c, 'a>) -> Vec<Assignment> {
        match node.kind() {
            NodeKind::SimpleNamedExpression => {
                let named = SimpleNamedExpression::of_slot(node);
                let name = name_text(named.name().syntax());
                let value = named.expression();
                let rest = scope.sense.made(value).map(|column| column.name.to_owned());
                let names = std::iter::once(name).chain(rest).collect();
                self.named(value, names, scope)
            }
            NodeKind::CompoundNamedExpression => {
                let named = CompoundNamedExpression::of_slot(node);
                let given = named.names().names().iter().map(|name| name_text(name.syntax()));
                let value = named.expression();
                let rest = scope.sense.made(value).map(|column| column.name.to_owned());
                let names = given.chain(rest).collect();
                self.named(value, names, scope)
            }
            NodeKind::OrderedExpression => match node.node(0) {
                Some(inner) => self.assignments(inner, scope),
                None => Vec::new(),
            },
            NodeKind::StarExpression => vec![Assignment { name: None, value: self.null(node.range()) }],
            _ => {
                let mut names: Vec<String> =
                    scope.sense.made(node).map(|column| column.name.to_owned()).collect();
                if names.is_empty() {
                    names.extend(self.column_name(node, scope));
                }
                self.named(node, names, scope)
            }
        }
    }

    /// The name of the column that an expression is no more than.
    fn column_name(&self, node: Node<'a>, scope: &Scope<'c, 'a>) -> Option<String> {
        if let Some(Symbol::Column(column)) = scope.sense.symbol(node) {
            return Some(column.name.to_owned());
        }
        match node.kind() {
            NodeKind::ParenthesizedExpression => self.column_name(node.node(1)?, scope),
            // `tostring(column)` of a column of text is the column.
            NodeKind::FunctionCall => {
                let argument = node.child_nodes().last()?.node(1)?.node(0)?;
                self.column_name(argument, scope)
            }
            _ => None,
        }
    }

    /// The columns `names` of one expression: more than one where it has several values.
    fn named(&mut self, node: Node<'a>, names: Vec<String>, scope: &Scope<'c, 'a>) -> Vec<Assignment> {
        let tuple = match scope.sense.info(node).ty {
            Some(Type::Tuple(tuple)) => tuple.columns,
            _ => &[],
        };
        let value = self.expression(node, scope);
        if let ExprKind::Parts(parts) = &value.kind {
            let columns = parts.columns.iter().map(|(name, ty)| Expr::column(name, *ty, node.range()));
            let known = names.into_iter().zip(columns).map(|(name, value)| Assignment::one(name, value));
            let rest = parts.rest.is_some().then(|| Assignment { name: None, value: value.clone() });
            return known.chain(rest).collect();
        }
        if tuple.len() < 2 {
            let name = names.into_iter().next().unwrap_or_default();
            return vec![Assignment::one(name, value)];
        }
        names
            .into_iter()
            .zip(tuple)
            .enumerate()
            .map(|(index, (name, column))| {
                let part = Expr::literal(Value::Long(i64::try_from(index).unwrap_or_default()), node.range());
                let arguments = vec![Expr { ty: Some(ScalarType::Dynamic), ..value.clone() }, part];
                let ty = scalar_type(Some(column.ty));
                Assignment::one(name, self.applied("[]", arguments, ty, node.range()))
            })
            .collect()
    }
}
