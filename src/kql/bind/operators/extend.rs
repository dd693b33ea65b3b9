//! `extend`: columns added, or put in place of those of the same name.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::projection::{Projection, Style};
use crate::kql::bind::types::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::ExtendOperator;

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: ExtendOperator<'a>) -> Type<'a> {
    binder.expressions(node.expressions());
    binder.check_not_first(node.syntax());
    let mut projection = Projection::default();
    projection.add_all(binder.arena, binder.row_columns());
    binder.check_all_scalar(node.expressions());
    binder.project_all(node.expressions(), &mut projection, Style::Extend, false);
    Type::Table(binder.table_like_input(projection.columns()))
}
