//! `make-series`: aggregates along an axis, as arrays.

use crate::kql::bind::binder::{Binder, Info};
use crate::kql::bind::projection::Style;
use crate::kql::bind::result_columns::Projection;
use crate::kql::bind::scope::ScopeKind;
use crate::kql::bind::types::{Conversion, Type};
use crate::kql::codes;
use crate::kql::syntax::nodes::{MakeSeriesFromToStep, MakeSeriesInRange, MakeSeriesOperator};
use crate::kql::syntax::operator_parameters::MAKE_SERIES;
use crate::kql::syntax::{Node, View};

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: MakeSeriesOperator<'a>) -> Type<'a> {
    let axis = node.on_clause().expression();
    binder.named_parameters(node.parameters());
    binder.in_scope_kind(ScopeKind::Aggregate, |binder| {
        for aggregate in node.aggregates().iter() {
            binder.expression(aggregate.expression());
            if let Some(default) = aggregate.default() {
                binder.expression(default.expression());
            }
            let ty = binder.type_or_error(aggregate.expression());
            binder.set(aggregate.syntax(), Info::of(ty));
        }
    });
    binder.expression(axis);
    binder.children(node.range());
    if let Some(by) = node.by_clause() {
        binder.expressions(by.expressions());
    }

    binder.check_not_first(node.syntax());
    binder.check_parameters(node.parameters(), MAKE_SERIES);
    let mut projection = Projection::default();
    for key in node.by_clause().into_iter().flat_map(|by| by.expressions().iter()) {
        binder.check_scalar(key);
        binder.project(key, &mut projection, Style::Default, false, None, None);
    }
    for aggregate in node.aggregates().iter() {
        binder.check_scalar(aggregate.expression());
        let ty = Some(Type::DYNAMIC);
        binder.project(aggregate.expression(), &mut projection, Style::Summarize, false, ty, None);
    }
    binder.check_scalar(axis);
    binder.project(axis, &mut projection, Style::Default, false, Some(Type::DYNAMIC), None);
    check_range(binder, node.range(), binder.type_or_error(axis));
    Type::Table(projection.into_table(binder.arena, binder.row_scope_or_empty()).sorted(binder.arena, false))
}

/// Checks the ends of the axis and its step against its type.
fn check_range<'a>(binder: &mut Binder<'a>, range: Node<'a>, axis: Type<'a>) {
    if let Some(range) = MakeSeriesInRange::cast(range) {
        let arguments: Vec<Node<'a>> = range.arguments().expressions().iter().collect();
        match arguments[..] {
            [from, to, step] => {
                binder.check_type(from, axis, Conversion::Promotable);
                binder.check_type(to, axis, Conversion::Promotable);
                binder.check_interval(step, axis);
            }
            _ => {
                let complete = !range.syntax().descendant_tokens().any(|token| token.is_missing());
                if let Some(list) = range.arguments().expressions().syntax().filter(|_| complete) {
                    binder.report_at(codes::ARGUMENT_COUNT, list, || {
                        format!(
                            "a range has 3 arguments, start, end and step, and this has {}",
                            arguments.len()
                        )
                    });
                }
            }
        }
    } else if let Some(range) = MakeSeriesFromToStep::cast(range) {
        if let Some(from) = range.from() {
            binder.check_type(from.expression(), axis, Conversion::Promotable);
        }
        if let Some(to) = range.to() {
            binder.check_type(to.expression(), axis, Conversion::Promotable);
        }
        binder.check_interval(range.step().expression(), axis);
    }
}
