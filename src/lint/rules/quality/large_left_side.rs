//! PK716: a join with a whole table on the left.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::bind::Table;
use crate::kql::syntax::nodes::JoinOperator;
use crate::kql::syntax::{NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::without_parentheses;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports an inner join that has a whole table on its left side and filtered or summarized rows on its right.
    ///
    /// ## Why is this bad
    /// The service spreads the left side over the rows of the right one and works best with the smaller side on the
    /// left.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Password reset
    /// query: SigninLogs | join kind=inner (AuditLogs | where OperationName == "Reset password") on CorrelationId
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Password reset
    /// query: AuditLogs | where OperationName == "Reset password" | join kind=inner (SigninLogs) on CorrelationId
    /// ```
    pub(in crate::lint) static LARGE_LEFT_SIDE: "PK716", "large-left-side", Severity::Info, since "0.1.0", confidence Low
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for pipeline in &walk.pipelines {
        let Some(join) = pipeline.operators.first().copied().and_then(JoinOperator::cast) else { continue };
        let kind = join.parameters().iter().find(|parameter| parameter.name().syntax().text() == "kind");
        let inner = kind.is_none_or(|kind| matches!(kind.expression().text(), "inner" | "innerunique"));
        let whole = pipeline.source.kind() == NodeKind::NameReference
            && analysis.bound.output(pipeline.source).is_some_and(Table::is_stored);
        let right = without_parentheses(join.expression());
        let reduced = walk.pipelines.iter().filter(|pipeline| pipeline.node == right).any(|pipeline| {
            pipeline.operators.iter().any(|operator| {
                matches!(
                    operator.kind(),
                    NodeKind::FilterOperator | NodeKind::SummarizeOperator | NodeKind::DistinctOperator
                )
            })
        });
        if inner && whole && reduced {
            let message =
                format!("all of `{}` is joined with fewer rows on the right", pipeline.source.text());
            let finding = LARGE_LEFT_SIDE.at(analysis.span(pipeline.source.range()), message);
            found.push(
                finding.with_help("put the smaller side on the left, or filter this one before the join"),
            );
        }
    }
}
