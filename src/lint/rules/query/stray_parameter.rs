//! PK216: a comment that declares a parameter where there is none.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::markers::markers;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

declare_lint! {
    /// ## What it does
    /// Reports a comment `// picket: parameter` that stands behind no `let` with a literal.
    ///
    /// ## Why is this bad
    /// An environment of picket.toml can replace a number, a text, a time or a list, and nothing that is calculated. The
    /// comment has no effect, and an environment that names the parameter is refused.
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
    ///   let Start = ago(1h); // picket: parameter
    ///   SigninLogs
    ///   | where TimeGenerated > Start and ResultType == 50126
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
    ///   let Window = 1h; // picket: parameter
    ///   SigninLogs
    ///   | where TimeGenerated > ago(Window) and ResultType == 50126
    /// ```
    pub(in crate::lint) static STRAY_PARAMETER: "PK216", "stray-parameter", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for comment in markers(analysis.text).stray {
        let finding = STRAY_PARAMETER
            .at(analysis.span(comment), "the comment declares a parameter and stands behind no literal");
        found.push(finding.with_help("put it behind `let Name = literal;`, on the same line"));
    }
}
