//! `mv-expand` and `mv-apply`: a row for each element of an array.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::operators::subquery::{self, Allowed};
use crate::kql::bind::projection::Style;
use crate::kql::bind::result_columns::Projection;
use crate::kql::bind::symbols::{Column, Symbol, Table};
use crate::kql::bind::types::Type;
use crate::kql::syntax::nodes::{
    MvApplyOperator, MvExpandOperator, NamedParameter, RowLimitClause, ToTypeOfClause,
};
use crate::kql::syntax::operator_parameters::{MV_APPLY, MV_EXPAND, Parameter};
use crate::kql::syntax::{List, Node, View};

/// An expression that is expanded, and the type that its elements are to have.
type Expanded<'a> = (Node<'a>, Option<ToTypeOfClause<'a>>);

pub(super) fn bind_expand<'a>(binder: &mut Binder<'a>, node: MvExpandOperator<'a>) -> Type<'a> {
    binder.named_parameters(node.parameters());
    let expanded: Vec<Expanded<'a>> =
        node.expressions().iter().map(|part| (part.expression(), part.to_type())).collect();
    for (part, (expression, to_type)) in node.expressions().iter().zip(&expanded) {
        bind_part(binder, part.syntax(), *expression, *to_type);
    }
    if let Some(limit) = node.limit() {
        binder.expression(limit.expression());
    }
    Type::Table(expand(binder, node.syntax(), node.parameters(), MV_EXPAND, &expanded, node.limit()))
}

pub(super) fn bind_apply<'a>(binder: &mut Binder<'a>, node: MvApplyOperator<'a>) -> Type<'a> {
    let expanded: Vec<Expanded<'a>> =
        node.expressions().iter().map(|part| (part.expression(), part.to_type())).collect();
    for (part, (expression, to_type)) in node.expressions().iter().zip(&expanded) {
        bind_part(binder, part.syntax(), *expression, *to_type);
    }
    if let Some(limit) = node.limit() {
        binder.expression(limit.expression());
    }
    if let Some(id) = node.id() {
        binder.expression(id.id());
    }
    // The expanded rows are what the subquery gets. Its columns replace theirs.
    let input = expand(binder, node.syntax(), node.parameters(), MV_APPLY, &expanded, node.limit());
    binder.in_row_scope(Some(input), |binder| {
        binder.expression(node.subquery().expression());
        subquery::check_operators(binder, node.subquery().expression(), Allowed::AfterPipe, true);
    });
    let result = binder.type_or_error(node.subquery().expression());
    let arena = binder.arena;
    let mut projection = Projection::default();
    if let Some(outer) = binder.row_scope {
        let applied: Vec<&Column<'_>> =
            expanded.iter().filter_map(|(expression, _)| binder.column(*expression)).collect();
        for column in outer.columns() {
            if !applied.iter().any(|applied| std::ptr::eq(*applied, *column)) {
                projection.add(arena, column, None, false, true);
            }
        }
    }
    if let Type::Table(table) = result {
        for column in table.all_columns(arena) {
            projection.add(arena, column, None, true, false);
        }
    }
    Type::Table(Table::new(arena, arena.slice(projection.columns())).inherit(arena, input))
}

/// Binds one of the expressions that are expanded, and its `to typeof(…)`.
fn bind_part<'a>(
    binder: &mut Binder<'a>,
    part: Node<'a>,
    expression: Node<'a>,
    to_type: Option<ToTypeOfClause<'a>>,
) {
    binder.expression(expression);
    let mut ty = binder.type_or_error(expression);
    if let Some(to_type) = to_type {
        binder.expression(to_type.type_of().syntax());
        ty = target_type(binder, to_type).unwrap_or(Type::Error);
    }
    binder.set(part, crate::kql::bind::binder::Info::of(ty));
}

/// The type that `to typeof(…)` names.
fn target_type<'a>(binder: &Binder<'a>, to_type: ToTypeOfClause<'a>) -> Option<Type<'a>> {
    match binder.symbol(to_type.type_of().syntax()) {
        Some(Symbol::Type(ty)) => Some(ty),
        _ => None,
    }
}

/// The input with the expanded columns in place of what they were made of.
fn expand<'a>(
    binder: &mut Binder<'a>,
    node: Node<'a>,
    parameters: List<'a, NamedParameter<'a>>,
    known: &[Parameter],
    expanded: &[Expanded<'a>],
    limit: Option<RowLimitClause<'a>>,
) -> &'a Table<'a> {
    binder.check_not_first(node);
    let arena = binder.arena;
    let mut projection = Projection::extending(arena, binder.row_scope_or_empty());
    binder.check_parameters(parameters, known);
    for (expression, to_type) in expanded {
        binder.check_dynamic(*expression);
        let ty = element_type(binder, parameters, *expression, *to_type);
        binder.project(*expression, &mut projection, Style::Replace, false, ty, None);
    }
    if let Some(name) = binder.parameter_name(parameters, &["with_itemindex"]) {
        projection.add(arena, Column::new(arena, name, Type::LONG), None, false, false);
    }
    if let Some(limit) = limit {
        binder.check_integer(limit.expression());
    }
    projection.into_table(binder.arena, binder.row_scope_or_empty())
}

/// The type of an element of what is expanded.
fn element_type<'a>(
    binder: &Binder<'a>,
    parameters: List<'a, NamedParameter<'a>>,
    expression: Node<'a>,
    to_type: Option<ToTypeOfClause<'a>>,
) -> Option<Type<'a>> {
    if let Some(ty) = to_type.and_then(|to_type| target_type(binder, to_type)) {
        return Some(ty);
    }
    match binder.type_of(expression)? {
        array @ Type::Array(_) => array.element(),
        Type::Bag(_) => {
            let kind = binder
                .parameter_name(parameters, &["bagexpansion"])
                .or_else(|| binder.parameter_name(parameters, &["kind"]));
            Some(if kind == Some("array") { Type::ARRAY } else { Type::BAG })
        }
        ty if ty.is_dynamic() => Some(Type::DYNAMIC),
        ty => Some(ty),
    }
}
