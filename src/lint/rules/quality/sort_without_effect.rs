//! PK718: an order that the next operator does away with.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::nodes::FunctionCall;
use crate::kql::syntax::{Node, NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `sort` or `order` right before an operator whose result does not depend on the order of rows.
    ///
    /// ## Why is this bad
    /// Sorting costs memory and time, and the rows come out in no order all the same.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// query: SigninLogs | sort by TimeGenerated desc | summarize Failures = count() by UserPrincipalName
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// query: SigninLogs | summarize Failures = count() by UserPrincipalName | sort by Failures desc
    /// ```
    pub(in crate::lint) static SORT_WITHOUT_EFFECT: "PK718", "sort-without-effect", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for pipeline in &walk.pipelines {
        for (sort, next) in pipeline.operators.iter().zip(pipeline.operators.iter().skip(1)) {
            if sort.kind() == NodeKind::SortOperator && forgets_order(*next) {
                let finding = SORT_WITHOUT_EFFECT
                    .at(analysis.span(sort.range()), "the next operator does not keep the order");
                let finding = finding.with_secondary(analysis.span(next.range()), "its result has no order");
                found.push(finding.with_help("take the sorting out, or sort what comes out at the end"));
            }
        }
    }
}

fn forgets_order(operator: Node<'_>) -> bool {
    match operator.kind() {
        NodeKind::CountOperator
        | NodeKind::DistinctOperator
        | NodeKind::SortOperator
        | NodeKind::TopOperator => true,
        NodeKind::SummarizeOperator => {
            let calls = operator.descendants().filter_map(FunctionCall::cast);
            let mut names = calls.map(|call| call.name().syntax().text());
            // What gathers values keeps the order in which it meets them, and what takes any value takes the first.
            names.all(|name| {
                !(name.starts_with("make_") || name.starts_with("take_") || name.starts_with("any"))
            })
        }
        _ => false,
    }
}
