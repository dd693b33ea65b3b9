//! `union`: the rows of several tables.

use crate::catalog::kql::UnionRule;
use crate::kql::bind::binder::Binder;
use crate::kql::bind::columns::of_union;
use crate::kql::bind::symbols::{Column, Symbol, Table, Value};
use crate::kql::bind::types::Type;
use crate::kql::syntax::nodes::UnionOperator;
use crate::kql::syntax::operator_parameters::UNION;

/// Whether the operator passes over tables that are not there; `None` where it does not say.
pub(in crate::kql::bind) fn fuzziness<'a>(binder: &Binder<'a>, node: UnionOperator<'a>) -> Option<bool> {
    match binder.parameter_value(node.parameters(), &["isfuzzy", "__isFuzzy"]) {
        Some(Value::Bool(fuzzy)) => Some(fuzzy),
        _ => None,
    }
}

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: UnionOperator<'a>) -> Type<'a> {
    let outer = binder.fuzzy;
    binder.fuzzy = fuzziness(binder, node).unwrap_or(outer);
    binder.in_row_scope(None, |binder| {
        binder.named_parameters(node.parameters());
        binder.expressions(node.expressions());
    });
    binder.fuzzy = outer;

    binder.check_parameters(node.parameters(), UNION);
    let arena = binder.arena;
    let mut tables: Vec<&Table<'_>> = binder.row_scope.into_iter().collect();
    for expression in node.expressions().iter() {
        binder.check_tabular(expression);
        add_tables(binder.type_of(expression), &mut tables);
    }
    let mut columns: Vec<&Column<'_>> = Vec::new();
    if let Some(name) = binder.parameter_name(node.parameters(), &["withsource", "with_source"]) {
        columns.push(Column::new(arena, name, Type::STRING));
    }
    columns.extend(of_union(binder, &tables, UnionRule::NameAndType));
    let open = tables.iter().any(|table| table.open);
    Type::Table(Table::new(arena, arena.slice(&columns)).open(arena, open))
}

/// Adds the table, or all tables of a group.
pub(super) fn add_tables<'a>(ty: Option<Type<'a>>, tables: &mut Vec<&'a Table<'a>>) {
    let mut pending: Vec<Type<'a>> = ty.into_iter().collect();
    while let Some(ty) = pending.pop() {
        match ty {
            Type::Table(table) => tables.push(table),
            Type::Group(members) => pending.extend(members.iter().rev().filter_map(|member| match member {
                Symbol::Type(ty) => Some(*ty),
                _ => None,
            })),
            _ => {}
        }
    }
}
