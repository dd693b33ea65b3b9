//! PK710: `has` with a text without a word.

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::Relation;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `has` with a text that has no letter and no digit.
    ///
    /// ## Why is this bad
    /// `has` looks for whole words, which only letters and digits make. What is meant is `contains`.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Chained commands
    /// query: DeviceProcessEvents | where ProcessCommandLine has "&&"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Chained commands
    /// query: DeviceProcessEvents | where ProcessCommandLine contains "&&"
    /// ```
    pub(in crate::lint) static NO_WORD_TO_LOOK_UP: "PK710", "no-word-to-look-up", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in
        walk.comparisons.iter().filter(|comparison| comparison.operator.relation == Relation::Has)
    {
        let operator = &comparison.operator;
        let Some((node, text)) = comparison.constant() else { continue };
        if text.is_empty() || !text.is_ascii() || text.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
            continue;
        }
        let contains = operator.text().replace("has", "contains");
        let title = format!("search with `{contains}`");
        let fix =
            analysis.replacement(title.clone(), Applicability::Unsafe, operator.token.range(), &contains);
        let message = format!("the text has no word that `{}` could look up", operator.text());
        found.push(
            NO_WORD_TO_LOOK_UP.at(analysis.span(node.range()), message).with_help(title).with_fix_if(fix),
        );
    }
}
