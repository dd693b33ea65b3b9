//! `sample-distinct`: some of the values of a column.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::types::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::SampleDistinctOperator;

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: SampleDistinctOperator<'a>) -> Type<'a> {
    binder.named_parameters(node.parameters());
    binder.expression(node.expression());
    binder.expression(node.of_expression());
    binder.check_not_first(node.syntax());
    binder.check_parameters(node.parameters(), &[]);
    binder.check_integer(node.expression());
    if binder.check_column(node.of_expression()) {
        binder.check_not_type(node.of_expression(), Type::DYNAMIC);
    }
    let column = binder.column_for(node.of_expression(), None, None, Some("Column1"));
    Type::Table(binder.table_like_input(&[column]).sorted(binder.arena, false))
}
