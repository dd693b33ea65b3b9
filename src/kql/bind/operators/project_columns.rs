//! `project-away`, `project-keep`, `project-rename`, `project-reorder`, `project-by-names`: columns by their names.

use foldhash::{HashSet, HashSetExt};

use crate::catalog::kql::wildcard;
use crate::kql::bind::binder::Binder;
use crate::kql::bind::projection::Style;
use crate::kql::bind::result_columns::Projection;
use crate::kql::bind::symbols::{Column, Symbol, Value};
use crate::kql::bind::types::Type;
use crate::kql::syntax::nodes::{
    DynamicExpression, FunctionCall, JsonArray, ProjectAwayOperator, ProjectByNamesOperator,
    ProjectKeepOperator, ProjectRenameOperator, ProjectReorderOperator,
};
use crate::kql::syntax::{Node, Separated, View};

/// How many variables a name is followed through: more than a query holds.
const MAX_VARIABLES: usize = 1_000;

pub(super) fn bind_away<'a>(binder: &mut Binder<'a>, node: ProjectAwayOperator<'a>) -> Type<'a> {
    by_name(binder, node.syntax(), node.expressions(), false)
}

pub(super) fn bind_keep<'a>(binder: &mut Binder<'a>, node: ProjectKeepOperator<'a>) -> Type<'a> {
    by_name(binder, node.syntax(), node.expressions(), true)
}

/// The columns of the input that are named, or those that are not.
fn by_name<'a>(
    binder: &mut Binder<'a>,
    node: Node<'a>,
    expressions: Separated<'a, Node<'a>>,
    keep: bool,
) -> Type<'a> {
    binder.expressions(expressions);
    binder.check_not_first(node);
    let mut named: HashSet<&str> = HashSet::new();
    for expression in expressions.iter() {
        match binder.symbol(expression) {
            Some(Symbol::Column(column)) => {
                named.insert(column.name);
            }
            Some(Symbol::Type(Type::Group(members))) => {
                named
                    .extend(members.iter().filter_map(|member| member.as_column()).map(|column| column.name));
            }
            _ => binder.report_column_expected(expression),
        }
    }
    let columns: Vec<&Column<'_>> = binder
        .row_scope_or_empty()
        .columns()
        .iter()
        .filter(|column| named.contains(column.name) == keep)
        .copied()
        .collect();
    Type::Table(binder.table_like_input(&columns))
}

pub(super) fn bind_rename<'a>(binder: &mut Binder<'a>, node: ProjectRenameOperator<'a>) -> Type<'a> {
    binder.expressions(node.expressions());
    binder.check_not_first(node.syntax());
    let mut projection = Projection::default();
    projection.declare_all(binder.arena, binder.row_columns());
    binder.project_all(node.expressions(), &mut projection, Style::Rename, false);
    Type::Table(projection.into_table(binder.arena, binder.row_scope_or_empty()))
}

pub(super) fn bind_reorder<'a>(binder: &mut Binder<'a>, node: ProjectReorderOperator<'a>) -> Type<'a> {
    binder.expressions(node.expressions());
    binder.check_not_first(node.syntax());
    let mut projection = Projection::default();
    binder.project_all(node.expressions(), &mut projection, Style::Reorder, true);
    for column in binder.row_scope_or_empty().columns() {
        projection.add(binder.arena, column, None, false, false);
    }
    Type::Table(projection.into_table(binder.arena, binder.row_scope_or_empty()))
}

pub(super) fn bind_by_names<'a>(binder: &mut Binder<'a>, node: ProjectByNamesOperator<'a>) -> Type<'a> {
    binder.expressions(node.expressions());
    binder.check_not_first(node.syntax());
    let mut projection = Projection::default();
    match binder.row_scope {
        None => binder.project_all(node.expressions(), &mut projection, Style::Default, true),
        Some(scope) => {
            for expression in node.expressions().iter() {
                for pattern in names_of(binder, expression) {
                    for column in
                        scope.columns().iter().filter(|column| wildcard::matches(pattern, column.name))
                    {
                        projection.add(binder.arena, column, None, false, true);
                    }
                }
            }
        }
    }
    Type::Table(projection.into_table(binder.arena, binder.row_scope_or_empty()))
}

/// The names and patterns that an expression gives: a string, an array of strings, or `column_names_of(table)`.
fn names_of<'a>(binder: &Binder<'a>, expression: Node<'a>) -> Vec<&'a str> {
    let mut value = expression;
    for _ in 0..MAX_VARIABLES {
        match binder.symbol(value) {
            Some(Symbol::Variable(variable)) => match variable.source {
                Some(source) => value = source,
                None => break,
            },
            _ => break,
        }
    }
    let text = |node: Node<'a>| match binder.constant_value(node) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    if let Some(dynamic) = DynamicExpression::cast(value) {
        return match JsonArray::cast(dynamic.value()) {
            Some(array) => array.values().iter().filter_map(text).collect(),
            None => text(dynamic.value()).into_iter().collect(),
        };
    }
    if let Some(call) = FunctionCall::cast(value)
        && binder
            .symbol(value)
            .and_then(Symbol::as_function)
            .is_some_and(|called| called.name == "column_names_of")
        && let Some(table) =
            call.arguments().expressions().get(0).and_then(|argument| binder.table_of(argument))
    {
        return table.columns().iter().map(|column| column.name).collect();
    }
    text(value).into_iter().collect()
}
