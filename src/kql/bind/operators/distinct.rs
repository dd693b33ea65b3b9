//! `distinct`: each combination of values once.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::projection::Style;
use crate::kql::bind::result_columns::Projection;
use crate::kql::bind::types::Type;
use crate::kql::codes;
use crate::kql::syntax::nodes::DistinctOperator;
use crate::kql::syntax::operator_parameters::DISTINCT;
use crate::kql::syntax::{NodeKind, View};

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: DistinctOperator<'a>) -> Type<'a> {
    binder.named_parameters(node.parameters());
    binder.expressions(node.expressions());
    binder.check_not_first(node.syntax());
    binder.check_parameters(node.parameters(), DISTINCT);
    let mut projection = Projection::default();
    binder.project_all(node.expressions(), &mut projection, Style::Default, false);
    if binder.check_all_scalar(node.expressions()) && binder.check_all_not_dynamic(node.expressions()) {
        let star = node.expressions().iter().find(|expression| expression.kind() == NodeKind::StarExpression);
        let dynamic = projection.columns().iter().find(|column| column.ty.is_dynamic());
        if let (Some(star), Some(column)) = (star, dynamic) {
            binder.report_with_help(codes::TYPE_NOT_ALLOWED, star.range(), || {
                let help = format!("name the columns, and use `tostring({})`", column.name);
                (
                    format!("values of the column `{}` are dynamic and cannot be compared", column.name),
                    Some(help),
                )
            });
        }
    }
    Type::Table(projection.into_table(binder.arena, binder.row_scope_or_empty()).sorted(binder.arena, false))
}
