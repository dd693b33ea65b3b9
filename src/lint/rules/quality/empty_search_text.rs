//! PK702: a search for the empty text.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::Relation;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `contains`, `startswith` and `endswith` with an empty text.
    ///
    /// ## Why is this bad
    /// Every value contains the empty text, so the condition is always true, or with `!` never.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Command line
    /// query: DeviceProcessEvents | where ProcessCommandLine contains ""
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Command line
    /// query: DeviceProcessEvents | where isnotempty(ProcessCommandLine)
    /// ```
    pub(in crate::lint) static EMPTY_SEARCH_TEXT: "PK702", "empty-search-text", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in &walk.comparisons {
        let operator = &comparison.operator;
        let searches =
            matches!(operator.relation, Relation::Contains | Relation::StartsWith | Relation::EndsWith);
        if searches && comparison.constant().is_some_and(|(_, text)| text.is_empty()) {
            let outcome = if operator.negated { "never" } else { "always" };
            let message = format!("`{}` with an empty text is {outcome} true", operator.text());
            let finding = EMPTY_SEARCH_TEXT.at(analysis.span(comparison.node.range()), message);
            found.push(finding.with_help("write the text to search for, or ask `isnotempty(…)`"));
        }
    }
}
