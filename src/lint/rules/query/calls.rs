//! The calls of functions in a query.

use crate::kql::syntax::View;
use crate::kql::syntax::nodes::FunctionCall;
use crate::lint::analysis::Analysis;

/// Every call in the query, with the name of the function.
pub(super) fn calls<'a>(analysis: &Analysis<'a>) -> impl Iterator<Item = (&'a str, FunctionCall<'a>)> {
    let nodes = analysis.tree.root().descendants();
    nodes.filter_map(FunctionCall::cast).map(|call| (call.name().syntax().text().trim(), call))
}
