//! PK706: a text with spaces around it.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a text that begins or ends with a space where whole values are compared with it.
    ///
    /// ## Why is this bad
    /// A value is equal only to a text with the very same spaces, which logs hardly ever hold; the space usually
    /// came along when the text was copied.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Portal
    /// query: SigninLogs | where AppDisplayName == "Azure Portal "
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Portal
    /// query: SigninLogs | where AppDisplayName == "Azure Portal"
    /// ```
    pub(in crate::lint) static SPACE_AROUND_TEXT: "PK706", "space-around-text", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in walk.comparisons.iter().filter(|comparison| comparison.operator.relation.is_equality())
    {
        for (node, text) in comparison.constants() {
            let trimmed = text.trim();
            if trimmed.len() == text.len() || trimmed.is_empty() {
                continue;
            }
            let side = if text.starts_with(char::is_whitespace) { "begins" } else { "ends" };
            let message = format!("the text {side} with a space, which the values must have as well");
            let finding = SPACE_AROUND_TEXT.at(analysis.span(node.range()), message);
            found.push(finding.with_help("take the space out, unless the log really writes it"));
        }
    }
}
