//! `take`, `limit` and `sample`: some rows.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::types::Type;
use crate::kql::syntax::nodes::{NamedParameter, SampleOperator, TakeOperator};
use crate::kql::syntax::{List, Node, View};

pub(super) fn bind_take<'a>(binder: &mut Binder<'a>, node: TakeOperator<'a>) -> Type<'a> {
    some_rows(binder, node.syntax(), node.parameters(), node.expression())
}

pub(super) fn bind_sample<'a>(binder: &mut Binder<'a>, node: SampleOperator<'a>) -> Type<'a> {
    some_rows(binder, node.syntax(), node.parameters(), node.expression())
}

fn some_rows<'a>(
    binder: &mut Binder<'a>,
    node: Node<'a>,
    parameters: List<'a, NamedParameter<'a>>,
    count: Node<'a>,
) -> Type<'a> {
    binder.named_parameters(parameters);
    binder.expression(count);
    binder.check_not_first(node);
    binder.check_parameters(parameters, &[]);
    binder.check_integer(count);
    Type::Table(binder.same_as_input().sorted(binder.arena, false))
}
