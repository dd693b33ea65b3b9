//! Operators that return their input as it is: `as`, `assert-schema`, `consume`, `render`, `__executeAndCache`.

use crate::kql::bind::binder::{Binder, Info};
use crate::kql::bind::symbols::{Symbol, Variable};
use crate::kql::bind::types::Type;
use crate::kql::codes;
use crate::kql::syntax::nodes::{
    AsOperator, AssertSchemaOperator, ConsumeOperator, ExecuteAndCacheOperator, RenderOperator,
};
use crate::kql::syntax::operator_parameters::{CONSUME, RENDER, RENDER_WITH_PROPERTIES};
use crate::kql::syntax::{CHARTS, View};

/// `as Name` brings the input into scope under a name.
pub(super) fn bind_as<'a>(binder: &mut Binder<'a>, node: AsOperator<'a>) -> Type<'a> {
    binder.named_parameters(node.parameters());
    if let Some(table) = binder.row_scope {
        let name = binder.name_text(node.name().syntax());
        let symbol = Symbol::Variable(Variable::new(binder.arena, name, Type::Table(table)));
        binder.set(node.name().syntax(), Info { symbol: Some(symbol), ..Info::default() });
        binder.local_scope.add(binder.arena, symbol);
    }
    declared_columns(binder)
}

pub(super) fn bind_assert_schema<'a>(binder: &mut Binder<'a>, node: AssertSchemaOperator<'a>) -> Type<'a> {
    binder.children(node.syntax());
    Type::Table(binder.same_as_input())
}

pub(super) fn bind_consume<'a>(binder: &mut Binder<'a>, node: ConsumeOperator<'a>) -> Type<'a> {
    binder.named_parameters(node.parameters());
    binder.check_not_first(node.syntax());
    binder.check_parameters(node.parameters(), CONSUME);
    Type::Void
}

pub(super) fn bind_execute_and_cache<'a>(
    binder: &mut Binder<'a>,
    node: ExecuteAndCacheOperator<'a>,
) -> Type<'a> {
    binder.check_not_first(node.syntax());
    declared_columns(binder)
}

pub(super) fn bind_render<'a>(binder: &mut Binder<'a>, node: RenderOperator<'a>) -> Type<'a> {
    binder.named_parameters(node.parameters());
    if let Some(with) = node.with() {
        for property in with.properties().iter() {
            binder.named_parameter(property);
        }
    }
    binder.check_not_first(node.syntax());
    if let Some(chart) = node.chart()
        && !chart.is_missing()
        && !CHARTS.contains(&chart.text())
    {
        let help = crate::diag::nearest(chart.text(), CHARTS.iter().copied());
        binder.report_with_help(codes::TERMS_EXPECTED, chart.range(), || {
            (
                format!("`{}` is no kind of chart", chart.text()),
                help.map(|name| format!("a similar kind exists: `{name}`")),
            )
        });
    }
    binder.check_parameters(node.parameters(), RENDER);
    if let Some(with) = node.with() {
        binder.check_properties(with.properties(), RENDER_WITH_PROPERTIES);
    }
    Type::Table(binder.same_as_input())
}

/// The input with its declared columns only.
fn declared_columns<'a>(binder: &Binder<'a>) -> Type<'a> {
    Type::Table(binder.row_scope_or_empty().unnamed(binder.arena))
}
