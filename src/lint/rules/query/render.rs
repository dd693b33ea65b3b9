//! PK201: a chart in an analytics rule.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::kql::syntax::nodes::PipeExpression;
use crate::kql::syntax::{NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::rule::RuleKind;
use crate::text::TextRange;

declare_lint! {
    /// ## What it does
    /// Reports `render` in the query of an analytics rule.
    ///
    /// ## Why is this bad
    /// `render` tells a client how to draw the result. A rule has no one to draw for: the service counts the rows and
    /// makes alerts of them.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | summarize Failures = count() by UserPrincipalName
    ///   | render barchart
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | summarize Failures = count() by UserPrincipalName
    /// ```
    pub(in crate::lint) static RENDER_IN_RULE: "PK201", "render-in-rule", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.rule.kind == RuleKind::Hunting {
        return;
    }
    let operators = analysis.tree.root().descendants();
    for operator in operators.filter(|node| node.kind() == NodeKind::RenderOperator) {
        let mut finding = RENDER_IN_RULE
            .at(analysis.span(operator.range()), "an analytics rule has nobody to draw a chart for")
            .with_help("remove `render`");
        if let Some(pipe) = operator.parent().and_then(PipeExpression::cast) {
            let before = pipe.expression().range().end;
            let rest = TextRange::new(before, operator.range().end);
            // A comment between belongs to something else.
            if !rest.slice(analysis.text).contains("//") {
                let fix = Fix::replace("remove it", Applicability::Safe, analysis.span(rest), "");
                finding = finding.with_fix(fix);
            }
        }
        found.push(finding);
    }
}
