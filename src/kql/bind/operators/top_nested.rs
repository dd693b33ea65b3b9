//! `top-nested`: the top values of a column within those of another.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::result_columns::UniqueNames;
use crate::kql::bind::scope::ScopeKind;
use crate::kql::bind::types::Type;
use crate::kql::syntax::nodes::{OrderedExpression, SimpleNamedExpression, TopNestedOperator};
use crate::kql::syntax::{Node, View};

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: TopNestedOperator<'a>) -> Type<'a> {
    for clause in node.clauses().iter() {
        if let Some(count) = clause.expression() {
            binder.expression(count);
        }
        binder.expression(clause.of_expression());
        if let Some(others) = clause.with_others() {
            binder.expression(others.expression());
        }
        binder.in_scope_kind(ScopeKind::Aggregate, |binder| binder.expression(clause.by_expression()));
    }
    binder.check_not_first(node.syntax());
    let mut columns = Vec::new();
    let mut names = UniqueNames::default();
    for clause in node.clauses().iter() {
        if let Some(count) = clause.expression() {
            binder.check_integer(count);
        }
        binder.check_scalar(clause.of_expression());
        if let Some(others) = clause.with_others() {
            binder.check_scalar(others.expression());
        }
        binder.check_scalar(clause.by_expression());
        let arena = binder.arena;
        let of = names.unique(arena, binder.result_name(clause.of_expression()).unwrap_or(""), None);
        columns.push(binder.column_for(clause.of_expression(), Some(of), None, None));
        let name = declared_name(clause.by_expression());
        let by = name.map_or_else(|| arena.concat(&["aggregated_", of]), |name| binder.name_text(name));
        let by = names.unique(arena, by, None);
        let column = binder.column_for(clause.by_expression(), Some(by), None, None);
        match name {
            Some(name) => binder.set_declared(name, column),
            None => binder.set_made(clause.by_expression(), column),
        }
        columns.push(column);
    }
    Type::Table(binder.table_like_input(&columns).sorted(binder.arena, true))
}

/// The name that `name = …` gives.
fn declared_name(expression: Node<'_>) -> Option<Node<'_>> {
    let expression = OrderedExpression::cast(expression).map_or(expression, |ordered| ordered.expression());
    Some(SimpleNamedExpression::cast(expression)?.name().syntax())
}
