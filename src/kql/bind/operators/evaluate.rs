//! `evaluate` and `invoke`: plugins and functions called with the input.

use foldhash::HashSet;

use crate::kql::bind::binder::Binder;
use crate::kql::bind::scope::ScopeKind;
use crate::kql::bind::symbols::{Column, Table};
use crate::kql::bind::types::Type;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::{EvaluateOperator, InvokeOperator};
use crate::kql::syntax::operator_parameters::EVALUATE;

pub(super) fn bind_evaluate<'a>(binder: &mut Binder<'a>, node: EvaluateOperator<'a>) -> Type<'a> {
    binder.in_scope_kind(ScopeKind::PlugIn, |binder| binder.children(node.syntax()));
    binder.check_parameters(node.parameters(), EVALUATE);
    let result = binder.type_or_error(node.call().syntax());
    let Some(clause) = node.schema() else { return result };
    let schema = clause.schema();
    // Findings about the schema's names were never made here, only about its types.
    binder.quiet += 1;
    let declared = binder.columns_of_schema(schema.columns());
    binder.quiet -= 1;
    let mut columns: Vec<&Column<'_>> = Vec::new();
    if schema.asterisk().is_some_and(|asterisk| !asterisk.is_missing())
        && let Type::Table(table) = result
    {
        let named: HashSet<&str> =
            schema.columns().iter().map(|column| binder.name_text(column.name().syntax())).collect();
        columns.extend(table.columns().iter().filter(|column| !named.contains(column.name)));
    }
    columns.extend(declared);
    Type::Table(Table::new(binder.arena, binder.arena.slice(&columns)))
}

pub(super) fn bind_invoke<'a>(binder: &mut Binder<'a>, node: InvokeOperator<'a>) -> Type<'a> {
    binder.implicit_argument = Some(Type::Table(binder.row_scope_or_empty()));
    binder.in_row_scope(None, |binder| binder.expression(node.function()));
    binder.implicit_argument = None;
    binder.check_not_first(node.syntax());
    binder.type_or_error(node.function())
}
