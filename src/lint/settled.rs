//! Whether the columns of an expression are settled by the query alone.
//!
//! `project`, `summarize` and their like say which columns there are. Before the first of them the rows have every
//! column of the table that they come from, and the table in a workspace may have more than picket knows; but those that
//! come from Defender have its columns in every workspace, but for custom ones, which end with `_CF`.

use crate::catalog::kql::ProductSet;
use crate::kql::bind::{Bound, Symbol, Type};
use crate::kql::syntax::nodes::{
    ExpressionStatement, FunctionBody, FunctionCall, FunctionDeclaration, JoinOperator, LetStatement,
    LookupOperator, MaterializeExpression, ParenthesizedExpression, PipeExpression, ProjectKeepOperator,
    UnionOperator,
};
use crate::kql::syntax::{Node, NodeKind, View};

/// How many variables and nested queries are followed.
const MAX_DEPTH: usize = 24;

/// Whether `expression`, a query, has no columns but those that the query itself makes or names.
pub(crate) fn is_settled(bound: &Bound<'_>, expression: Node<'_>) -> bool {
    settled(bound, expression, 0)
}

/// Whether all that `location`, a name, may name are columns and variables that the query itself makes or names.
pub(crate) fn is_scope_settled(bound: &Bound<'_>, location: Node<'_>) -> bool {
    let mut node = location;
    while let Some(parent) = node.parent() {
        if let Some(join) = JoinOperator::cast(parent)
            && join.expression() != node
            && !is_settled(bound, join.expression())
        {
            return false;
        }
        if let Some(lookup) = LookupOperator::cast(parent)
            && lookup.expression() != node
            && !is_settled(bound, lookup.expression())
        {
            return false;
        }
        if let Some(pipe) = PipeExpression::cast(parent)
            && pipe.operator() == node
        {
            return is_settled(bound, pipe.expression());
        }
        node = parent;
    }
    // No rows, so nothing but what the query declares.
    true
}

/// Whether the query reads a table whose columns differ from workspace to workspace: a custom table, or the one that
/// every Azure resource writes to.
pub(crate) fn reads_own_columns(bound: &Bound<'_>) -> bool {
    bound.tables().iter().any(|table| table.ends_with("_CL") || *table == "AzureDiagnostics")
}

fn settled(bound: &Bound<'_>, expression: Node<'_>, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    let mut node = expression;
    while let Some(pipe) = PipeExpression::cast(node) {
        let operator = pipe.operator();
        match operator.kind() {
            NodeKind::ProjectOperator
            | NodeKind::SummarizeOperator
            | NodeKind::DistinctOperator
            | NodeKind::CountOperator
            | NodeKind::MakeSeriesOperator
            | NodeKind::GetSchemaOperator
            | NodeKind::SampleDistinctOperator
            | NodeKind::TopHittersOperator
            | NodeKind::TopNestedOperator
            | NodeKind::ReduceOperator
                if !has_star(operator) =>
            {
                return true;
            }
            // What it takes over with a star comes from before it.
            NodeKind::SummarizeOperator | NodeKind::DistinctOperator => {}
            NodeKind::ProjectKeepOperator => {
                let keep = ProjectKeepOperator::of_slot(operator);
                let has_wildcard = keep.expressions().iter().any(|name| name.text().contains('*'));
                return !has_wildcard;
            }
            NodeKind::JoinOperator => {
                if !settled(bound, JoinOperator::of_slot(operator).expression(), depth + 1) {
                    return false;
                }
            }
            NodeKind::LookupOperator => {
                if !settled(bound, LookupOperator::of_slot(operator).expression(), depth + 1) {
                    return false;
                }
            }
            NodeKind::UnionOperator if !members_are_settled(bound, operator, depth) => return false,
            NodeKind::UnionOperator
            | NodeKind::FilterOperator
            | NodeKind::ExtendOperator
            | NodeKind::SortOperator
            | NodeKind::TakeOperator
            | NodeKind::TopOperator
            | NodeKind::SampleOperator
            | NodeKind::SerializeOperator
            | NodeKind::AsOperator
            | NodeKind::MvExpandOperator
            | NodeKind::ParseOperator
            | NodeKind::ParseWhereOperator
            | NodeKind::ParseKvOperator
            | NodeKind::ProjectAwayOperator
            | NodeKind::ProjectRenameOperator
            | NodeKind::ProjectReorderOperator
            | NodeKind::RenderOperator
            | NodeKind::ConsumeOperator => {}
            // What other operators return depends on more than is looked at here.
            _ => return false,
        }
        node = pipe.expression();
    }
    match node.kind() {
        NodeKind::ParenthesizedExpression => {
            settled(bound, ParenthesizedExpression::of_slot(node).expression(), depth + 1)
        }
        NodeKind::MaterializeExpression => {
            settled(bound, MaterializeExpression::of_slot(node).expression(), depth + 1)
        }
        NodeKind::UnionOperator => members_are_settled(bound, node, depth),
        NodeKind::PrintOperator | NodeKind::RangeOperator | NodeKind::DataTableExpression => true,
        NodeKind::NameReference => of_name(bound, node, depth),
        NodeKind::FunctionCall => of_name(bound, FunctionCall::of_slot(node).name().syntax(), depth),
        _ => false,
    }
}

/// Whether an operator takes over the columns before it, as `arg_max(TimeGenerated, *)` and `distinct *` do.
fn has_star(operator: Node<'_>) -> bool {
    operator.descendants().any(|node| node.kind() == NodeKind::StarExpression)
}

fn members_are_settled(bound: &Bound<'_>, union: Node<'_>, depth: usize) -> bool {
    UnionOperator::of_slot(union).expressions().iter().all(|member| settled(bound, member, depth + 1))
}

/// Whether what a table, a variable or a function of the query stands for is settled.
fn of_name(bound: &Bound<'_>, name: Node<'_>, depth: usize) -> bool {
    let Some(symbol) = bound.symbol(name) else { return false };
    if let Symbol::Type(Type::Table(table)) = symbol {
        let known = table.in_catalog().filter(|table| !table.open);
        return known.is_some_and(|table| table.products.contains(ProductSet::ADVANCED_HUNTING));
    }
    if !matches!(symbol, Symbol::Variable(_) | Symbol::Type(Type::Function(_))) {
        return false;
    }
    let Some(declared) = bound.declaration(symbol) else { return false };
    let Some(statement) = declared.parent().and_then(LetStatement::cast) else { return false };
    let value = statement.expression();
    match FunctionDeclaration::cast(value) {
        Some(function) => of_body(bound, function.body(), depth + 1),
        None => settled(bound, value, depth + 1),
    }
}

fn of_body(bound: &Bound<'_>, body: FunctionBody<'_>, depth: usize) -> bool {
    let result = body
        .expression()
        .map(|node| ExpressionStatement::cast(node).map_or(node, |statement| statement.expression()));
    result.is_some_and(|result| settled(bound, result, depth))
}
