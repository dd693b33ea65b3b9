//! PK740: rows counted for each single moment.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::nodes::{
    BinaryExpression, FilterOperator, FunctionCall, SimpleNamedExpression, SummarizeOperator,
};
use crate::kql::syntax::{Node, NodeKind, Separated, TokenKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::joined_by;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a count for groups that each stand for one exact time, followed by a threshold for the count.
    ///
    /// ## Why is this bad
    /// Two events hardly ever happen in the same moment, so nearly every group has one row and the threshold is not
    /// reached.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Failed sign-ins
    /// query: SigninLogs | summarize Failures = count() by TimeGenerated, UserPrincipalName | where Failures > 10
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Failed sign-ins
    /// query: SigninLogs | summarize Failures = count() by bin(TimeGenerated, 1h), UserPrincipalName | where Failures > 10
    /// ```
    pub(in crate::lint) static COUNT_PER_MOMENT: "PK740", "count-per-moment", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for pipeline in &walk.pipelines {
        for (index, operator) in pipeline.operators.iter().enumerate() {
            let Some(summarize) = SummarizeOperator::cast(*operator) else { continue };
            let keys = summarize.by_clause().map(|by| by.expressions());
            let time = keys.into_iter().flat_map(Separated::iter).find(|key| is_moment(*key));
            let Some(time) = time else { continue };
            let counts: Vec<&str> = summarize.aggregates().iter().filter_map(count_name).collect();
            let rest = pipeline.operators.get(index + 1..).unwrap_or_default();
            let conditions = rest.iter().filter_map(|operator| FilterOperator::cast(*operator));
            let parts = conditions.flat_map(|filter| joined_by(filter.condition(), "and"));
            let threshold =
                parts.filter_map(BinaryExpression::cast).find(|part| is_threshold(*part, &counts));
            // Another `summarize` may join the moments again.
            let again = rest.iter().any(|operator| operator.kind() == NodeKind::SummarizeOperator);
            if let Some(threshold) = threshold.filter(|_| !again) {
                let finding = COUNT_PER_MOMENT
                    .at(analysis.span(time.range()), "each group holds the rows of one moment");
                let finding = finding
                    .with_secondary(analysis.span(threshold.syntax().range()), "is hardly ever reached");
                found.push(
                    finding.with_help(format!("group by `bin({}, …)`, or leave the time away", time.text())),
                );
            }
        }
    }
}

fn is_moment(key: Node<'_>) -> bool {
    key.kind() == NodeKind::NameReference && matches!(key.text(), "TimeGenerated" | "Timestamp")
}

/// The name of the column that holds a count of rows.
fn count_name(aggregate: Node<'_>) -> Option<&str> {
    let is_count =
        |node: Node<'_>| FunctionCall::cast(node).is_some_and(|call| call.name().syntax().text() == "count");
    match SimpleNamedExpression::cast(aggregate) {
        Some(named) => is_count(named.expression()).then(|| named.name().syntax().text()),
        None => is_count(aggregate).then_some("count_"),
    }
}

fn is_threshold(part: BinaryExpression<'_>, counts: &[&str]) -> bool {
    let above = match part.operator().kind() {
        TokenKind::Greater => 1,
        TokenKind::GreaterEqual => 2,
        _ => return false,
    };
    let number = part.right().text().parse::<i64>();
    counts.contains(&part.left().text()) && number.is_ok_and(|number| number >= above)
}
