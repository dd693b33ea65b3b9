//! PK717: a filter after `summarize` that could stand before it.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::nodes::{FilterOperator, SummarizeOperator};
use crate::kql::syntax::{Node, NodeKind, Separated, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::joined_by;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a `where` after `summarize` that looks only at columns by which the rows are grouped.
    ///
    /// ## Why is this bad
    /// The service groups rows that the filter throws away afterwards. Before `summarize` the same filter does the
    /// same with less work.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// query: SigninLogs | summarize Failures = count() by UserPrincipalName, ResultType | where ResultType == "50126"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// query: SigninLogs | where ResultType == "50126" | summarize Failures = count() by UserPrincipalName, ResultType
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Changes of policies
    /// query: OfficeActivity | summarize by Operation | where Operation contains "AntiPhish"
    /// ```
    pub(in crate::lint) static LATE_FILTER: "PK717", "late-filter", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for pipeline in &walk.pipelines {
        let mut keys: Vec<&str> = Vec::new();
        for operator in &pipeline.operators {
            if let Some(summarize) = SummarizeOperator::cast(*operator) {
                let by = summarize.by_clause().map(|by| by.expressions());
                // Without aggregates it takes doubles out, so that the filter has fewer values to look at.
                let by = by.filter(|_| !summarize.aggregates().is_empty());
                let names = by.into_iter().flat_map(Separated::iter);
                keys = names.filter(|key| key.kind() == NodeKind::NameReference).map(Node::text).collect();
                continue;
            }
            let Some(filter) = FilterOperator::cast(*operator) else {
                keys.clear();
                continue;
            };
            for part in joined_by(filter.condition(), "and") {
                if looks_only_at(analysis, part, &keys) {
                    let finding = LATE_FILTER
                        .at(analysis.span(part.range()), "the filter looks only at keys of the groups");
                    found.push(finding.with_help("filter before `summarize`, which then has less to group"));
                }
            }
        }
    }
}

/// Whether `condition` reads columns, and none but `keys`.
fn looks_only_at(analysis: &Analysis<'_>, condition: Node<'_>, keys: &[&str]) -> bool {
    let names = condition.descendants().filter(|node| node.kind() == NodeKind::NameReference);
    let columns: Vec<&str> = names
        .filter(|name| analysis.bound.symbol(*name).is_some_and(|symbol| symbol.as_column().is_some()))
        .map(Node::text)
        .collect();
    // A subquery has columns of its own.
    let nested = condition.descendants().any(|node| node.kind() == NodeKind::PipeExpression);
    !nested && !columns.is_empty() && columns.iter().all(|column| keys.contains(column))
}
