//! Query operators: one file each, and which of them binds a node.
//!
//! An operator is bound with its input in [`Binder::row_scope`]. It binds its own parts, reports what is wrong and
//! returns the type of its result; [`bind`] records that.

mod count;
mod distinct;
mod evaluate;
mod extend;
mod filter;
mod graph;
pub(super) mod inline_table;
mod join;
mod macro_expand;
mod make_series;
mod mv_expand;
mod parse;
mod partition;
mod pass_through;
mod project;
mod project_columns;
mod reduce;
mod sample_distinct;
mod scan;
mod search;
mod serialize;
mod sort;
mod sources;
mod subquery;
mod summarize;
mod take;
mod top_hitters;
mod top_nested;
mod union;

use super::binder::{Binder, Info};
use super::types::Type;
use crate::kql::codes;
use crate::kql::syntax::nodes;
use crate::kql::syntax::{Element, Node, NodeKind, View};
use crate::text::TextRange;

/// Matches the kind of a node and calls the function with the view of that kind.
macro_rules! bind_by_kind {
    ($binder:ident, $node:ident, $($kind:ident => $bind:path,)*) => {
        match $node.kind() {
            $(NodeKind::$kind => $bind($binder, nodes::$kind::of_slot($node)),)*
            _ => {
                $binder.children($node);
                Type::Error
            }
        }
    };
}

/// Binds an operator and records its result.
pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: Node<'a>) {
    binder.set_input(node);
    let result = bind_by_kind! { binder, node,
        AsOperator => pass_through::bind_as,
        AssertSchemaOperator => pass_through::bind_assert_schema,
        ConsumeOperator => pass_through::bind_consume,
        CountOperator => count::bind,
        DistinctOperator => distinct::bind,
        EvaluateOperator => evaluate::bind_evaluate,
        ExecuteAndCacheOperator => pass_through::bind_execute_and_cache,
        ExtendOperator => extend::bind,
        FacetOperator => partition::bind_facet,
        FilterOperator => filter::bind,
        FindOperator => search::bind_find,
        ForkOperator => partition::bind_fork,
        GetSchemaOperator => sources::bind_get_schema,
        GraphMarkComponentsOperator => graph::bind_mark_components,
        GraphMatchOperator => graph::bind_match,
        GraphShortestPathsOperator => graph::bind_shortest_paths,
        GraphToTableOperator => graph::bind_to_table,
        GraphWhereEdgesOperator => graph::bind_where_edges,
        GraphWhereNodesOperator => graph::bind_where_nodes,
        InvokeOperator => evaluate::bind_invoke,
        JoinOperator => join::bind_join,
        LookupOperator => join::bind_lookup,
        MacroExpandOperator => macro_expand::bind,
        MakeGraphOperator => graph::bind_make,
        MakeSeriesOperator => make_series::bind,
        MvApplyOperator => mv_expand::bind_apply,
        MvExpandOperator => mv_expand::bind_expand,
        ParseOperator => parse::bind_parse,
        ParseWhereOperator => parse::bind_parse_where,
        ParseKvOperator => parse::bind_parse_kv,
        PartitionOperator => partition::bind_partition,
        PartitionByOperator => partition::bind_partition_by,
        PrintOperator => sources::bind_print,
        ProjectOperator => project::bind,
        ProjectAwayOperator => project_columns::bind_away,
        ProjectByNamesOperator => project_columns::bind_by_names,
        ProjectKeepOperator => project_columns::bind_keep,
        ProjectRenameOperator => project_columns::bind_rename,
        ProjectReorderOperator => project_columns::bind_reorder,
        RangeOperator => sources::bind_range,
        ReduceOperator => reduce::bind,
        RenderOperator => pass_through::bind_render,
        SampleOperator => take::bind_sample,
        SampleDistinctOperator => sample_distinct::bind,
        ScanOperator => scan::bind,
        SearchOperator => search::bind_search,
        SerializeOperator => serialize::bind,
        SortOperator => sort::bind_sort,
        SummarizeOperator => summarize::bind,
        TakeOperator => take::bind_take,
        TopOperator => sort::bind_top,
        TopHittersOperator => top_hitters::bind,
        TopNestedOperator => top_nested::bind,
        UnionOperator => union::bind,
    };
    binder.set(node, Info::of(result));
}

impl<'a> Binder<'a> {
    /// Reports an operator that must have an input and has none.
    pub fn check_not_first(&mut self, operator: Node<'a>) {
        if !has_input(operator) {
            self.report(codes::QUERY_OPERATOR_CANNOT_BE_FIRST, first_part(operator), || {
                "this operator needs a table before it: `Table | …`".to_owned()
            });
        }
    }

    /// Reports an operator that must not have an input and has one.
    pub fn check_first(&mut self, operator: Node<'a>) {
        if has_input(operator) {
            self.report(codes::QUERY_OPERATOR_MUST_BE_FIRST, first_part(operator), || {
                "this operator takes no table before it".to_owned()
            });
        }
    }
}

/// The keyword of an operator, or its clauses where each has one.
fn first_part(operator: Node<'_>) -> TextRange {
    match operator.slot(0) {
        Some(Element::Token(_)) => operator.token(0).map(|keyword| keyword.range()),
        Some(Element::Node(_)) => operator.node(0).map(Node::range),
        None => None,
    }
    .unwrap_or(operator.range())
}

/// Whether `operator` gets a table from before it.
fn has_input(operator: Node<'_>) -> bool {
    use NodeKind as K;
    let mut node = operator;
    if let Some(pipe) = node.parent().and_then(nodes::PipeExpression::cast)
        && pipe.operator() == node
    {
        return true;
    }
    while let Some(parent) = node.parent() {
        match parent.kind() {
            K::ForkExpression
            | K::PartitionSubquery
            | K::MvApplySubquery
            | K::MakeGraphPartitionedBy
            | K::FacetWithExpression
            | K::FacetWithOperator => return true,
            K::PartitionByOperator => return true,
            K::MaterializedViewCombineClause => {
                return parent
                    .parent()
                    .and_then(nodes::MaterializedViewCombine::cast)
                    .is_some_and(|combine| combine.aggregations().syntax() == parent);
            }
            K::PipeExpression
            | K::ParenthesizedExpression
            | K::BinaryExpression
            | K::UnaryExpression
            | K::MaterializeExpression
            | K::ToScalarExpression
            | K::ToTableExpression
            | K::DataScopeExpression
            | K::SimpleNamedExpression
            | K::PathExpression
            | K::ElementExpression
            | K::BracketedExpression => {}
            kind if super::names::is_operator(kind) => {}
            _ => return false,
        }
        node = parent;
    }
    false
}
