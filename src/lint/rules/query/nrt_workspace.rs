//! PK208: another workspace in an NRT rule.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::View;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::rule::RuleKind;

use super::calls::calls;

declare_lint! {
    /// ## What it does
    /// Reports `workspace(…)`, `app(…)`, `resource(…)` and `adx(…)` in the query of an NRT rule.
    ///
    /// ## Why is this bad
    /// An NRT rule reads the tables of its own workspace only, and the service refuses it.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// kind: NRT
    /// severity: Medium
    /// query: |
    ///   workspace("soc-logs").SigninLogs
    ///   | where ResultType == 50126
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// kind: NRT
    /// severity: Medium
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    /// ```
    pub(in crate::lint) static NRT_OTHER_WORKSPACE: "PK208", "nrt-other-workspace", Severity::Error, since "0.1.0"
}

/// The functions that read what is not in the workspace.
pub(super) const ELSEWHERE: [&str; 4] = ["workspace", "app", "resource", "adx"];

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.rule.kind != RuleKind::Nrt {
        return;
    }
    for (name, call) in calls(analysis).filter(|(name, _)| ELSEWHERE.contains(name)) {
        found.push(
            NRT_OTHER_WORKSPACE
                .at(
                    analysis.span(call.syntax().range()),
                    format!("an NRT rule reads its own workspace only, not `{name}(…)`"),
                )
                .with_help("make the rule a scheduled one, or deploy it in the workspace that has the table"),
        );
    }
}
