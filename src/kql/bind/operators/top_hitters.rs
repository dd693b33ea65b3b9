//! `top-hitters`: the most frequent values of a column, counted approximately.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::projection::Style;
use crate::kql::bind::result_columns::Projection;
use crate::kql::bind::types::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::TopHittersOperator;

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: TopHittersOperator<'a>) -> Type<'a> {
    let of = node.of_expression();
    binder.expression(node.expression());
    binder.expression(of);
    if let Some(by) = node.by_clause() {
        binder.expression(by.expression());
    }
    binder.check_not_first(node.syntax());
    binder.check_integer(node.expression());
    binder.check_column(of);
    let mut projection = Projection::default();
    binder.project(of, &mut projection, Style::Default, false, None, None);
    let (prefix, measured, ty) = match node.by_clause() {
        Some(by) => {
            binder.check_number(by.expression());
            ("approximate_sum_", by.expression(), None)
        }
        None => ("approximate_count_", of, Some(Type::LONG)),
    };
    let name = binder.arena.concat(&[prefix, binder.result_name(measured).unwrap_or("")]);
    let column = binder.column_for(measured, Some(name), ty, None);
    projection.add(binder.arena, column, None, false, false);
    Type::Table(projection.into_table(binder.arena, binder.row_scope_or_empty()).sorted(binder.arena, true))
}
