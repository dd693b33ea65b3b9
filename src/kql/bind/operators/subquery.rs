//! The queries inside operators, and which operators may stand in them.

use crate::kql::bind::binder::Binder;
use crate::kql::bind::names::is_operator;
use crate::kql::codes;
use crate::kql::syntax::nodes::PipeExpression;
use crate::kql::syntax::{Node, NodeKind, View};

/// Which operators a subquery may be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowed {
    /// Those that a branch of `fork` may have.
    InFork,
    /// Those that may stand after a pipe.
    AfterPipe,
}

impl Allowed {
    fn has(self, kind: NodeKind) -> bool {
        use NodeKind as K;
        match kind {
            K::AsOperator
            | K::CountOperator
            | K::DistinctOperator
            | K::ExecuteAndCacheOperator
            | K::ExtendOperator
            | K::FilterOperator
            | K::InvokeOperator
            | K::MvExpandOperator
            | K::ParseOperator
            | K::ParseWhereOperator
            | K::ParseKvOperator
            | K::ProjectOperator
            | K::ProjectAwayOperator
            | K::ProjectByNamesOperator
            | K::ProjectKeepOperator
            | K::ProjectRenameOperator
            | K::ProjectReorderOperator
            | K::ReduceOperator
            | K::SampleDistinctOperator
            | K::SampleOperator
            | K::SortOperator
            | K::SummarizeOperator
            | K::TakeOperator
            | K::TopHittersOperator
            | K::TopNestedOperator
            | K::TopOperator => true,
            K::ConsumeOperator
            | K::EvaluateOperator
            | K::FacetOperator
            | K::FindOperator
            | K::ForkOperator
            | K::GetSchemaOperator
            | K::GraphMatchOperator
            | K::GraphToTableOperator
            | K::JoinOperator
            | K::LookupOperator
            | K::MakeSeriesOperator
            | K::MakeGraphOperator
            | K::MvApplyOperator
            | K::PartitionOperator
            | K::PartitionByOperator
            | K::RenderOperator
            | K::ScanOperator
            | K::SearchOperator
            | K::SerializeOperator
            | K::UnionOperator => self == Self::AfterPipe,
            _ => false,
        }
    }
}

/// Checks each operator of a subquery, which starts with an operator (or, with `allow_context`, with the table that
/// the context gives).
pub(super) fn check_operators<'a>(
    binder: &mut Binder<'a>,
    query: Node<'a>,
    allowed: Allowed,
    allow_context: bool,
) {
    let mut node = query;
    while let Some(pipe) = PipeExpression::cast(node) {
        check_operator(binder, pipe.operator(), allowed);
        node = pipe.expression();
    }
    if is_operator(node.kind()) {
        check_operator(binder, node, allowed);
    } else if !(allow_context && node.kind() == NodeKind::ContextualDataTable) {
        binder.report_at(codes::QUERY_OPERATOR_EXPECTED, node, || {
            "this must start with an operator: it works on the rows of the outer query".to_owned()
        });
    }
}

/// Whether the parser had to complete the operator: it has reported that.
fn is_incomplete(operator: Node<'_>) -> bool {
    operator.kind() == NodeKind::BadOperator || operator.descendant_tokens().any(|token| token.is_missing())
}

fn check_operator<'a>(binder: &mut Binder<'a>, operator: Node<'a>, allowed: Allowed) {
    let Some(keyword) = operator.descendant_tokens().next().filter(|token| !token.is_missing()) else {
        return;
    };
    if !allowed.has(operator.kind()) && !is_incomplete(operator) {
        binder.report(codes::QUERY_OPERATOR_NOT_ALLOWED_IN_CONTEXT, keyword.range(), || {
            format!("the operator `{}` is not allowed in this subquery", keyword.text())
        });
    }
}
