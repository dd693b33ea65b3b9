//! `union`: the rows of several tables.

use crate::catalog::kql::UnionRule;
use crate::kql::bind::binder::Binder;
use crate::kql::bind::columns::union_of;
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
    let mut tables: Vec<&Table<'_>> = binder.row_scope.into_iter().collect();
    for expression in node.expressions().iter() {
        binder.check_tabular(expression);
        add_tables(binder.type_of(expression), &mut tables);
    }
    let source = binder.parameter_name(node.parameters(), &["withsource", "with_source"]);
    let source = source.map(|name| Column::new(binder.arena, name, Type::STRING));
    Type::Table(union_of(binder, &tables, UnionRule::NameAndType, source))
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
