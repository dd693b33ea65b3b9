//! PK183: a text that is still to be written.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

declare_lint! {
    /// ## What it does
    /// Reports a name or description that is empty but for white space, or that holds a mark of unfinished
    /// work: `TODO`, `FIXME`, `TBD`, `lorem ipsum`.
    ///
    /// ## Why is this bad
    /// The text is shown with every alert.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126
    /// description: TODO
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126
    /// description: Ten wrong passwords or more within an hour.
    /// ```
    pub(in crate::lint) static PLACEHOLDER_TEXT: "PK183", "placeholder-text", Severity::Warning, since "0.1.0", confidence Medium
}

/// Marks of unfinished work, as words of their own.
const MARKS: [&str; 4] = ["TODO", "FIXME", "TBD", "XXX"];

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (key, text) in [("name", &rule.name), ("description", &rule.description)] {
        let Some(text) = text else { continue };
        let mut words = text.value.split(|c: char| !c.is_alphanumeric());
        let message = if !text.value.is_empty() && text.value.trim().is_empty() {
            format!("`{key}` holds nothing but white space")
        } else if let Some(mark) = words.find(|word| MARKS.contains(word)) {
            format!("`{key}` is still to be written: `{mark}`")
        } else if text.value.to_lowercase().contains("lorem ipsum") {
            format!("`{key}` is still to be written: `lorem ipsum`")
        } else {
            continue;
        };
        found.push(
            PLACEHOLDER_TEXT.at(span(rule, text.range), message).with_help("write it, or remove the mark"),
        );
    }
}
