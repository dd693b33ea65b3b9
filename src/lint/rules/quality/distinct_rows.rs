//! What `distinct` and `dcount` say about the rows of a pipeline.

use crate::kql::bind::{Bound, Symbol};
use crate::kql::syntax::nodes::{
    DistinctOperator, FunctionCall, SimpleNamedExpression, SummarizeBy, SummarizeOperator,
};
use crate::kql::syntax::{Node, NodeKind, View};
use crate::lint::query_walk::{Pipeline, column};

/// A `summarize` with the columns by which it groups.
pub(super) struct Grouping<'a> {
    /// The operator.
    pub(super) summarize: SummarizeOperator<'a>,
    /// Names of columns by which it groups, where these are columns as they come.
    pub(super) keys: Vec<&'a str>,
    /// The `distinct` before it, and its columns, where all of them are columns as they come.
    pub(super) distinct: Option<(Node<'a>, Vec<&'a str>)>,
}

/// Every `summarize` of the pipelines.
pub(super) fn groupings<'a>(pipelines: &[Pipeline<'a>]) -> Vec<Grouping<'a>> {
    let mut found = Vec::new();
    for pipeline in pipelines {
        for (index, operator) in pipeline.operators.iter().enumerate() {
            let Some(summarize) = SummarizeOperator::cast(*operator) else { continue };
            let keys = summarize.by_clause().map(keys).unwrap_or_default();
            let before = pipeline.operators.get(..index).unwrap_or_default().iter().rev();
            let keeps = |operator: &&Node<'_>| {
                matches!(operator.kind(), NodeKind::FilterOperator | NodeKind::SortOperator)
            };
            let distinct = before.copied().find(|operator| !keeps(&operator));
            let distinct = distinct.and_then(DistinctOperator::cast).and_then(|distinct| {
                let names: Option<Vec<&str>> = distinct.expressions().iter().map(name).collect();
                Some((distinct.syntax(), names?))
            });
            found.push(Grouping { summarize, keys, distinct });
        }
    }
    found
}

fn keys(by: SummarizeBy<'_>) -> Vec<&str> {
    let own = |key| name(SimpleNamedExpression::cast(key).map_or(key, |named| named.expression()));
    by.expressions().iter().filter_map(own).collect()
}

/// The name that `node` is, if it is one.
fn name(node: Node<'_>) -> Option<&str> {
    (node.kind() == NodeKind::NameReference).then(|| node.text())
}

/// A call among the aggregates of a `summarize`.
pub(super) struct Aggregate<'a> {
    /// The call.
    pub(super) call: FunctionCall<'a>,
    /// The name of the function.
    pub(super) function: &'a str,
    /// The column that is its first argument, by name.
    pub(super) column: Option<&'a str>,
    /// Whether the result has a name of its own.
    pub(super) is_named: bool,
}

impl Aggregate<'_> {
    /// Whether it counts the values of a column.
    pub(super) fn counts_values(&self) -> bool {
        matches!(self.function, "dcount" | "count_distinct")
    }
}

/// The calls among the aggregates of `summarize`.
pub(super) fn aggregates(summarize: SummarizeOperator<'_>) -> impl Iterator<Item = Aggregate<'_>> {
    summarize.aggregates().iter().filter_map(|aggregate| {
        let named = SimpleNamedExpression::cast(aggregate);
        let call = FunctionCall::cast(named.map_or(aggregate, |named| named.expression()))?;
        let column = call.arguments().expressions().get(0).and_then(name);
        let function = call.name().syntax().text();
        Some(Aggregate { call, function, column, is_named: named.is_some() })
    })
}

/// The call of an aggregate that made the column `node`.
pub(super) fn made_by<'a>(node: Node<'a>, bound: &Bound<'a>) -> Option<FunctionCall<'a>> {
    let declared = bound.declaration(Symbol::Column(column(node, bound)?))?;
    let named = declared.parent().and_then(SimpleNamedExpression::cast);
    FunctionCall::cast(
        named.filter(|named| named.name().syntax() == declared).map_or(declared, |named| named.expression()),
    )
}
