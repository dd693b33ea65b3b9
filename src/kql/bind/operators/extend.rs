//! `extend`: columns added, or put in place of those of the same name.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::projection::Style;
use crate::kql::bind::result_columns::Projection;
use crate::kql::bind::types::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::ExtendOperator;

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: ExtendOperator<'a>) -> Type<'a> {
    binder.expressions(node.expressions());
    binder.check_not_first(node.syntax());
    let mut projection = Projection::extending(binder.arena, binder.row_scope_or_empty());
    binder.check_all_scalar(node.expressions());
    binder.project_all(node.expressions(), &mut projection, Style::Extend, false);
    Type::Table(projection.into_table(binder.arena, binder.row_scope_or_empty()))
}
