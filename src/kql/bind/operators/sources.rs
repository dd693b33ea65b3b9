//! Operators that start a query: `print` and `range`; and `getschema`, which ends one.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::projection::Style;
use crate::kql::bind::result_columns::Projection;
use crate::kql::bind::symbols::{Column, Table, Value};
use crate::kql::bind::types::{Conversion, Type, common};
use crate::kql::codes;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::{GetSchemaOperator, PrintOperator, RangeOperator};

pub(super) fn bind_print<'a>(binder: &mut Binder<'a>, node: PrintOperator<'a>) -> Type<'a> {
    binder.expressions(node.expressions());
    binder.check_first(node.syntax());
    let arena = binder.arena;
    let mut projection = Projection::default();
    for (index, expression) in node.expressions().iter().enumerate() {
        binder.check_scalar(expression);
        let name = arena.concat(&["print_", &index.to_string()]);
        binder.project(expression, &mut projection, Style::Print, false, None, Some(name));
    }
    Type::Table(Table::new(arena, arena.slice(projection.columns())))
}

pub(super) fn bind_range<'a>(binder: &mut Binder<'a>, node: RangeOperator<'a>) -> Type<'a> {
    let (from, to, step) = (node.from(), node.to(), node.step());
    for part in [from, to, step] {
        binder.expression(part);
    }
    binder.check_first(node.syntax());
    for part in [from, to, step] {
        binder.check_summable(part);
    }
    if !binder.type_or_error(step).is_error()
        && binder.is_constant(step)
        && binder.constant_value(step) == Some(Value::Long(0))
    {
        binder.report_at(codes::VALUE_NOT_ALLOWED, step, || "a step of zero reaches no end".to_owned());
    }
    let ends = [from, to].map(|end| binder.type_or_error(end)).into_iter().filter(|ty| ty.is_scalar());
    let end = common(binder.arena, ends, Conversion::Promotable).unwrap_or(Type::Unknown);
    let step_type = binder.type_or_error(step);
    let ty = if end.same(Type::INT) && step_type.same(Type::INT) {
        Type::INT
    } else {
        binder.operator_type_at("Add", &[end, step_type], step)
    };
    let name = node.name().syntax();
    let column = Column::new(binder.arena, binder.name_text(name), ty);
    binder.set_declared(name, column);
    Type::Table(Table::new(binder.arena, binder.arena.slice(&[column])))
}

pub(super) fn bind_get_schema<'a>(binder: &mut Binder<'a>, node: GetSchemaOperator<'a>) -> Type<'a> {
    let kind = node.kind().and_then(|kind| {
        binder.named_parameter(kind);
        binder.literal_value(kind.expression())
    });
    let arena = binder.arena;
    let column = |name, ty| Column::new(arena, name, ty);
    let columns = if matches!(kind, Some(Value::Word("csl") | Value::String("csl"))) {
        arena.slice(&[column("Schema", Type::STRING)])
    } else {
        arena.slice(&[
            column("ColumnName", Type::STRING),
            column("ColumnOrdinal", Type::LONG),
            column("DataType", Type::STRING),
            column("ColumnType", Type::STRING),
        ])
    };
    Type::Table(Table::new(arena, columns))
}
