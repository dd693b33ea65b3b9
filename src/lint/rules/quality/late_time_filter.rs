//! PK728: a time filter after a join.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::nodes::{BetweenExpression, BinaryExpression, FilterOperator, JoinOperator};
use crate::kql::syntax::{Node, NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::joined_by;
use crate::text::TextRange;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a condition on the time of events that stands after a `join`, where none stands before it.
    ///
    /// ## Why is this bad
    /// The service joins events of all the time that the query may read and then throws most of them away.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Recent changes
    /// query: SigninLogs | join kind=inner (AuditLogs) on CorrelationId | where TimeGenerated > ago(1h)
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Recent changes
    /// query: SigninLogs | where TimeGenerated > ago(1h) | join kind=inner (AuditLogs) on CorrelationId
    /// ```
    pub(in crate::lint) static LATE_TIME_FILTER: "PK728", "late-time-filter", Severity::Info, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for pipeline in &walk.pipelines {
        let mut join = None;
        for operator in &pipeline.operators {
            match operator.kind() {
                NodeKind::JoinOperator => join = join.or(Some(*operator)),
                // Other rows, whose time is another.
                NodeKind::SummarizeOperator | NodeKind::UnionOperator | NodeKind::ExtendOperator => break,
                NodeKind::FilterOperator => {
                    let condition = FilterOperator::of_slot(*operator).condition();
                    let times = joined_by(condition, "and")
                        .into_iter()
                        .filter(|part| is_time_filter(analysis, *part));
                    let Some(time) = times.last() else { continue };
                    let Some(join) = join else { break };
                    let finding = LATE_TIME_FILTER
                        .at(analysis.span(time.range()), "events are joined before their time is looked at");
                    let finding = finding
                        .with_secondary(analysis.span(operator_name(join)), "joins events of all the time");
                    found.push(finding.with_help("filter the time before the join, on both sides"));
                    break;
                }
                _ => {}
            }
        }
    }
}

/// Where the word `join` stands.
fn operator_name(join: Node<'_>) -> TextRange {
    JoinOperator::of_slot(join).keyword().range()
}

/// `TimeGenerated > …`, `TimeGenerated between (…)`
fn is_time_filter(analysis: &Analysis<'_>, part: Node<'_>) -> bool {
    let sides = BinaryExpression::cast(part)
        .map(|binary| (binary.left(), binary.right()))
        .or_else(|| BetweenExpression::cast(part).map(|between| (between.left(), between.right().syntax())));
    let is_column =
        |node: Node<'_>| analysis.bound.symbol(node).is_some_and(|symbol| symbol.as_column().is_some());
    sides.is_some_and(|(left, right)| {
        matches!(left.text(), "TimeGenerated" | "Timestamp") && !right.descendants().any(is_column)
    })
}
