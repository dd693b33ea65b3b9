//! `serialize`: rows whose order is kept, with columns added.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::projection::Style;
use crate::kql::bind::result_columns::Projection;
use crate::kql::bind::types::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::SerializeOperator;

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: SerializeOperator<'a>) -> Type<'a> {
    binder.named_parameters(node.parameters());
    binder.expressions(node.expressions());
    binder.check_not_first(node.syntax());
    binder.check_parameters(node.parameters(), &[]);
    binder.check_all_scalar(node.expressions());
    let mut projection = Projection::extending(binder.arena, binder.row_scope_or_empty());
    binder.project_all(node.expressions(), &mut projection, Style::Default, false);
    Type::Table(
        projection.into_table(binder.arena, binder.row_scope_or_empty()).serialized(binder.arena, true),
    )
}
