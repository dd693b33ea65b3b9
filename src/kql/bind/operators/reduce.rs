//! `reduce`: patterns of similar strings.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::symbols::{Column, Table, Value};
use crate::kql::bind::types::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::ReduceOperator;
use crate::kql::syntax::operator_parameters::{REDUCE, REDUCE_WITH};

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: ReduceOperator<'a>) -> Type<'a> {
    binder.named_parameters(node.parameters());
    binder.expression(node.expression());
    if let Some(with) = node.with() {
        for parameter in with.parameters().iter() {
            binder.named_parameter(parameter);
        }
    }
    binder.check_not_first(node.syntax());
    binder.check_parameters(node.parameters(), REDUCE);
    binder.check_exact_type(node.expression(), Type::STRING);
    if let Some(with) = node.with() {
        binder.check_properties(with.parameters(), REDUCE_WITH);
    }
    let arena = binder.arena;
    let mut columns: Vec<&Column<'_>> = Vec::new();
    let kind = binder.parameter_value(node.parameters(), &["kind"]);
    if matches!(kind, Some(Value::Word("source") | Value::String("source"))) {
        columns.extend(binder.row_columns());
    }
    columns.extend([
        Column::new(arena, "Pattern", Type::STRING),
        Column::new(arena, "Count", Type::LONG),
        Column::new(arena, "Representative", Type::STRING),
    ]);
    Type::Table(Table::new(arena, arena.slice(&columns)))
}
