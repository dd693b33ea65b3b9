//! `project`: the columns named, and no others.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::projection::Style;
use crate::kql::bind::result_columns::Projection;
use crate::kql::bind::types::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::ProjectOperator;

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: ProjectOperator<'a>) -> Type<'a> {
    binder.expressions(node.expressions());
    binder.check_not_first(node.syntax());
    binder.check_all_scalar(node.expressions());
    let mut projection = Projection::default();
    binder.project_all(node.expressions(), &mut projection, Style::Default, false);
    Type::Table(projection.into_table(binder.arena, binder.row_scope_or_empty()))
}
