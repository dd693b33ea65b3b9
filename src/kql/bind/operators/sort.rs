//! `sort`, `order` and `top`: rows in order.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::types::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::{SortOperator, TopOperator};
use crate::kql::syntax::operator_parameters::SORT;

pub(super) fn bind_sort<'a>(binder: &mut Binder<'a>, node: SortOperator<'a>) -> Type<'a> {
    binder.named_parameters(node.parameters());
    binder.expressions(node.expressions());
    binder.check_not_first(node.syntax());
    binder.check_parameters(node.parameters(), SORT);
    if binder.check_all_scalar(node.expressions()) {
        binder.check_all_not_dynamic(node.expressions());
    }
    Type::Table(binder.same_as_input().sorted(binder.arena, true))
}

pub(super) fn bind_top<'a>(binder: &mut Binder<'a>, node: TopOperator<'a>) -> Type<'a> {
    binder.named_parameters(node.parameters());
    binder.expression(node.expression());
    binder.expression(node.by_expression());
    binder.check_not_first(node.syntax());
    binder.check_integer(node.expression());
    binder.check_scalar(node.by_expression());
    Type::Table(binder.same_as_input().sorted(binder.arena, true))
}
