//! PK209: a placeholder that was not filled in.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::LexToken;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::text::TextRange;

declare_lint! {
    /// ## What it does
    /// Reports `{{name}}` and `%%name%%` in a query, outside of comments.
    ///
    /// ## Why is this bad
    /// They stand for something that a template or a pipeline should have put there. The service takes them as they are: as
    /// text that no event has, or as an error.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: |
    ///   SigninLogs
    ///   | where UserPrincipalName == "{{breakGlassAccount}}"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: |
    ///   SigninLogs
    ///   | where UserPrincipalName == "break-glass@contoso.com"
    /// ```
    pub(in crate::lint) static LEFT_PLACEHOLDER: "PK209", "left-placeholder", Severity::Warning, since "0.1.0", confidence Medium
}

/// How placeholders begin and end.
const BRACKETS: [(&str, &str); 2] = [("{{", "}}"), ("%%", "%%")];

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (open, close) in BRACKETS {
        let mut from = 0;
        while let Some(start) = analysis.text[from..].find(open).map(|at| from + at) {
            let inside = start + open.len();
            let Some(end) = analysis.text[inside..].find(close).map(|at| inside + at) else { break };
            from = inside;
            let name = analysis.text[inside..end].trim();
            let range = TextRange::from_usize(start, end + close.len());
            if !is_name(name) || is_comment(analysis, range) {
                continue;
            }
            from = end + close.len();
            found.push(
                LEFT_PLACEHOLDER
                    .at(analysis.span(range), format!("the placeholder `{name}` was not filled in"))
                    .with_help("write the value that it stands for"),
            );
        }
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.'))
}

/// Whether `range` lies between tokens, where comments are.
fn is_comment(analysis: &Analysis<'_>, range: TextRange) -> bool {
    let covers = |token: &LexToken| token.range.start < range.end && range.start < token.range.end;
    !analysis.tree.tokens().iter().any(covers)
}
