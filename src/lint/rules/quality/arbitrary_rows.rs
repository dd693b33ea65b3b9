//! PK719: rows picked at random in an analytics rule.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::{Node, NodeKind};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::rule::RuleKind;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `take`, `limit` and `sample` in an analytics rule, unless the rows are sorted right before.
    ///
    /// ## Why is this bad
    /// The service returns any rows, others each time: a rule that goes on with them misses at random what it was
    /// written to find.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: SigninLogs | where ResultType == "50126" | take 100 | summarize Failures = count() by UserPrincipalName
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: SigninLogs | where ResultType == "50126" | summarize Failures = count() by UserPrincipalName | top 100 by Failures
    /// ```
    pub(in crate::lint) static ARBITRARY_ROWS: "PK719", "arbitrary-rows", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    if analysis.rule.kind == RuleKind::Hunting {
        return;
    }
    for pipeline in &walk.pipelines {
        let mut sorted = false;
        for operator in &pipeline.operators {
            let picks = matches!(operator.kind(), NodeKind::TakeOperator | NodeKind::SampleOperator);
            if picks && !sorted {
                let finding = ARBITRARY_ROWS
                    .at(analysis.span(operator.range()), "these are any rows, and others in each run");
                let help = "leave the limit out, or say which rows are meant with `top … by …`";
                found.push(finding.with_help(help));
            }
            sorted = keeps_order(*operator) && (sorted || operator.kind() == NodeKind::SortOperator);
        }
    }
}

fn keeps_order(operator: Node<'_>) -> bool {
    matches!(
        operator.kind(),
        NodeKind::SortOperator
            | NodeKind::FilterOperator
            | NodeKind::ExtendOperator
            | NodeKind::ProjectOperator
            | NodeKind::ProjectAwayOperator
            | NodeKind::ProjectRenameOperator
            | NodeKind::ProjectReorderOperator
            | NodeKind::ProjectKeepOperator
            | NodeKind::SerializeOperator
    )
}
