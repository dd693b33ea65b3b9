//! Query operators: one file each, and which of them binds a node.
//!
//! An operator is bound with its input in [`Binder::row_scope`]. It binds its own parts, reports what is wrong and
//! returns the type of its result; [`bind`] records that.

mod extend;
mod filter;
mod project;

use super::binder::{Binder, Info};
use super::types::Type;
use crate::kql::codes;
use crate::kql::syntax::nodes;
use crate::kql::syntax::{Node, NodeKind, View};

/// Binds an operator and records its result.
pub(super) fn bind<'a>(binder: &mut Binder<'a>, node: Node<'a>) {
    use NodeKind as K;
    let result = match node.kind() {
        K::ExtendOperator => extend::bind(binder, nodes::ExtendOperator::of_slot(node)),
        K::FilterOperator => filter::bind(binder, nodes::FilterOperator::of_slot(node)),
        K::ProjectOperator => project::bind(binder, nodes::ProjectOperator::of_slot(node)),
        _ => {
            binder.children(node);
            Type::Error
        }
    };
    binder.set(node, Info::of(result));
}

impl<'a> Binder<'a> {
    /// Reports an operator that must have an input and has none.
    pub fn check_not_first(&mut self, operator: Node<'a>) {
        if !has_input(operator) {
            let place = operator.token(0).map_or(operator.range(), |keyword| keyword.range());
            self.report(codes::QUERY_OPERATOR_CANNOT_BE_FIRST, place, || {
                "this operator needs a table before it: `Table | …`".to_owned()
            });
        }
    }

    /// Reports an operator that must not have an input and has one.
    pub fn check_first(&mut self, operator: Node<'a>) {
        if has_input(operator) {
            let place = operator.token(0).map_or(operator.range(), |keyword| keyword.range());
            self.report(codes::QUERY_OPERATOR_MUST_BE_FIRST, place, || {
                "this operator takes no table before it".to_owned()
            });
        }
    }
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
