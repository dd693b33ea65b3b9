//! `summarize`: aggregates of groups of rows.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::projection::Style;
use crate::kql::bind::result_columns::Projection;
use crate::kql::bind::scope::ScopeKind;
use crate::kql::bind::types::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::SummarizeOperator;
use crate::kql::syntax::operator_parameters::SUMMARIZE;

pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: SummarizeOperator<'a>) -> Type<'a> {
    binder.named_parameters(node.parameters());
    // The keys come first: aggregates may take their types.
    if let Some(by) = node.by_clause() {
        binder.children(by.syntax());
    }
    binder.in_scope_kind(ScopeKind::Aggregate, |binder| binder.expressions(node.aggregates()));
    binder.check_not_first(node.syntax());
    binder.check_parameters(node.parameters(), SUMMARIZE);
    binder.check_all_scalar(node.aggregates());
    let mut projection = Projection::default();
    if let Some(by) = node.by_clause() {
        if binder.check_all_scalar(by.expressions()) {
            binder.check_all_not_dynamic(by.expressions());
        }
        binder.project_all(by.expressions(), &mut projection, Style::Default, false);
        for column in projection.columns().to_vec() {
            projection.leave_out(column);
        }
    }
    binder.project_all(node.aggregates(), &mut projection, Style::Summarize, false);
    Type::Table(projection.into_table(binder.arena, binder.row_scope_or_empty()).sorted(binder.arena, false))
}
