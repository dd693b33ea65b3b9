//! PK725: a comparison with the empty text.

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::kql::syntax::NodeKind;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::{Relation, is_string};

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `== ""` and `!= ""` of a string.
    ///
    /// ## Why is this bad
    /// `isempty` and `isnotempty` say the same in words, and are what one finds in other queries.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in
    /// query: SigninLogs | where UserAgent == ""
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in
    /// query: SigninLogs | where isempty(UserAgent)
    /// ```
    pub(in crate::lint) static COMPARISON_WITH_EMPTY_TEXT: "PK725", "comparison-with-empty-text", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in
        walk.comparisons.iter().filter(|comparison| comparison.operator.relation == Relation::Equals)
    {
        let empty = comparison
            .constant()
            .is_some_and(|(node, text)| text.is_empty() && node.kind() == NodeKind::LiteralExpression);
        if !empty || !is_string(comparison.left, analysis.bound) {
            continue;
        }
        let name = if comparison.operator.negated { "isnotempty" } else { "isempty" };
        let place = comparison.node.range();
        let title = format!("ask `{name}`");
        let text = format!("{name}({})", comparison.left.text());
        // Where it is asked already, the same condition would stand there twice.
        let asked = analysis.text.contains(&text);
        let applicability = if asked { Applicability::Unsafe } else { Applicability::Safe };
        let fix = analysis.replacement(title.clone(), applicability, place, &text);
        let finding =
            COMPARISON_WITH_EMPTY_TEXT.at(analysis.span(place), "a string is compared with the empty text");
        found.push(finding.with_help(title).with_fix_if(fix));
    }
}
