//! `partition`, `__partitionby`, `fork` and `facet`: queries over parts of the input, or several over all of it.

use crate::kql::bind::binder::{Binder, Info};
use crate::kql::bind::operators::subquery::{self, Allowed};
use crate::kql::bind::symbols::{Symbol, Table};
use crate::kql::bind::types::Type;
use crate::kql::syntax::nodes::{
    FacetOperator, FacetWithExpression, FacetWithOperator, ForkOperator, PartitionByOperator,
    PartitionOperator, PartitionQuery, PartitionSubquery,
};
use crate::kql::syntax::operator_parameters::PARTITION;
use crate::kql::syntax::{Node, View};

pub(super) fn bind_partition<'a>(binder: &mut Binder<'a>, node: PartitionOperator<'a>) -> Type<'a> {
    let by = node.by_expression();
    binder.expression(by);
    let operand = node.operand();
    let subquery = PartitionSubquery::cast(operand);
    let query = PartitionQuery::cast(operand);
    // The column that splits the input is in scope as a value; a whole query sees nothing else of the input.
    binder.in_inner_scope(|binder| {
        if let Some(column) = binder.column(by) {
            binder.local_scope.add(binder.arena, Symbol::Column(column));
        }
        if let Some(query) = query {
            binder.in_row_scope(None, |binder| binder.expression(query.query()));
        } else if let Some(subquery) = subquery {
            binder.expression(subquery.subquery());
        } else {
            binder.expression(operand);
        }
    });
    let inner = query.map(|query| query.query()).or_else(|| subquery.map(|subquery| subquery.subquery()));
    if let Some(inner) = inner {
        let ty = binder.type_or_error(inner);
        binder.set(operand, Info::of(ty));
    }
    binder.check_not_first(node.syntax());
    binder.check_parameters(node.parameters(), PARTITION);
    check_key(binder, by);
    binder.check_tabular(operand);
    if let Some(subquery) = subquery {
        subquery::check_operators(binder, subquery.subquery(), Allowed::AfterPipe, false);
    }
    let Some(table) = binder.table_of(operand) else { return Type::Table(binder.row_scope_or_empty()) };
    let result = Table::new(binder.arena, table.all_columns(binder.arena)).inherit(binder.arena, table);
    Type::Table(result.sorted(binder.arena, false))
}

pub(super) fn bind_partition_by<'a>(binder: &mut Binder<'a>, node: PartitionByOperator<'a>) -> Type<'a> {
    binder.named_parameters(node.parameters());
    binder.expression(node.entity());
    if let Some(id) = node.id() {
        binder.expression(id.value());
    }
    binder.expression(node.subquery());
    binder.check_not_first(node.syntax());
    check_key(binder, node.entity());
    subquery::check_operators(binder, node.subquery(), Allowed::AfterPipe, true);
    let columns = binder.table_of(node.subquery()).map_or(&[][..], |table| table.all_columns(binder.arena));
    Type::Table(binder.table_like_input(columns).sorted(binder.arena, false))
}

/// What splits rows is a column, and not a dynamic one.
fn check_key<'a>(binder: &mut Binder<'a>, key: Node<'a>) {
    if binder.check_column(key) {
        binder.check_not_type(key, Type::DYNAMIC);
    }
}

pub(super) fn bind_fork<'a>(binder: &mut Binder<'a>, node: ForkOperator<'a>) -> Type<'a> {
    let arena = binder.arena;
    for branch in node.branches().iter() {
        binder.expression(branch.expression());
    }
    binder.check_not_first(node.syntax());
    let mut tables: Vec<Symbol<'_>> = Vec::new();
    for branch in node.branches().iter() {
        let query = branch.expression();
        binder.check_tabular(query);
        subquery::check_operators(binder, query, Allowed::InFork, false);
        if let Some(table) = binder.table_of(query) {
            let name = numbered(binder, "Results", tables.len());
            let result = Table::with_name(arena, name, table.all_columns(arena)).inherit(arena, table);
            tables.push(Symbol::Type(Type::Table(result)));
        }
    }
    Type::Group(arena.slice(&tables))
}

pub(super) fn bind_facet<'a>(binder: &mut Binder<'a>, node: FacetOperator<'a>) -> Type<'a> {
    let arena = binder.arena;
    binder.expressions(node.expressions());
    let operator = node.with().and_then(FacetWithOperator::cast).map(|with| with.operator());
    let query = node.with().and_then(FacetWithExpression::cast).map(|with| with.expression());
    for part in [operator, query].into_iter().flatten() {
        binder.expression(part);
    }
    binder.check_not_first(node.syntax());
    let mut tables: Vec<Symbol<'_>> = Vec::new();
    if let Some(operator) = operator {
        binder.check_tabular(operator);
        subquery::check_operators(binder, operator, Allowed::InFork, false);
    }
    if let Some(query) = query {
        binder.check_tabular(query);
    }
    let rest = operator.or(query).and_then(|part| binder.table_of(part));
    tables.extend(rest.map(|table| Symbol::Type(Type::Table(table))));
    for (index, key) in node.expressions().iter().enumerate() {
        check_key(binder, key);
        let name = binder.result_name(key).unwrap_or("");
        let count = arena.concat(&["count_", name]);
        let columns = [
            binder.column_for(key, Some(name), None, None),
            binder.column_for(key, Some(count), Some(Type::LONG), None),
        ];
        let title = numbered(binder, "Facet", index);
        let table = binder.table_like_input(&columns).named(arena, title).sorted(arena, false);
        tables.push(Symbol::Type(Type::Table(table)));
    }
    Type::Group(arena.slice(&tables))
}

/// `name`, then `name_2`, `name_3` and so on.
fn numbered<'a>(binder: &Binder<'a>, name: &'a str, index: usize) -> &'a str {
    if index == 0 { name } else { binder.arena.concat(&[name, "_", &(index + 1).to_string()]) }
}
