//! PK750: single events made distinct.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::bind::Symbol;
use crate::kql::syntax::nodes::{DistinctOperator, PipeExpression};
use crate::kql::syntax::{Node, NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::is_of_events;
use crate::lint::time_bounds::{EVENT_TIME, is_event_time};

declare_lint! {
    /// ## What it does
    /// Reports `distinct` over the rows of a table as they come, by all columns or by the exact time of the event
    /// among others.
    ///
    /// ## Why is this bad
    /// Hardly two events have the same time, so that the rows are compared at some cost and nearly all of them stay.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// query: SigninLogs | where ResultType == 50126 | distinct TimeGenerated, UserPrincipalName, IPAddress
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// query: SigninLogs | where ResultType == 50126 | summarize TimeGenerated = max(TimeGenerated) by UserPrincipalName, IPAddress
    /// ```
    pub(in crate::lint) static DISTINCT_EVENTS: "PK750", "distinct-events", Severity::Info, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.has_errors() {
        return;
    }
    for pipe in analysis.tree.root().descendants().filter_map(PipeExpression::cast) {
        let Some(distinct) = DistinctOperator::cast(pipe.operator()) else { continue };
        if !is_of_events(pipe.expression(), analysis.bound) {
            continue;
        }
        let by_time = distinct.expressions().iter().find(|item| match item.kind() {
            NodeKind::StarExpression => has_event_time(analysis, distinct.syntax()),
            _ => is_event_time(*item, analysis.bound),
        });
        let Some(by_time) = by_time else { continue };
        let message = match by_time.kind() {
            NodeKind::StarExpression => "each event differs from all others at least in its time",
            _ => "hardly two events have the same time",
        };
        found.push(
            DISTINCT_EVENTS
                .at(analysis.span(by_time.range()), message)
                .with_help("name the columns that matter and leave the time away, or `summarize TimeGenerated = max(TimeGenerated) by` them")
                .with_help("where each event is wanted, `project` is enough"),
        );
    }
}

/// Whether `operator` is given the time of events as their table has it.
fn has_event_time(analysis: &Analysis<'_>, operator: Node<'_>) -> bool {
    let columns = analysis.bound.columns_before(operator).unwrap_or_default();
    columns.iter().any(|column| {
        column.name == EVENT_TIME && analysis.bound.declaration(Symbol::Column(column)).is_none()
    })
}
