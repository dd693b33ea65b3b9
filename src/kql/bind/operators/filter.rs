//! `where`: the rows that meet a condition.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::types::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::FilterOperator;

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: FilterOperator<'a>) -> Type<'a> {
    binder.named_parameters(node.parameters());
    binder.expression(node.condition());
    binder.check_not_first(node.syntax());
    binder.check_parameters(node.parameters(), &[]);
    binder.check_exact_type(node.condition(), Type::BOOL);
    Type::Table(binder.same_as_input())
}
