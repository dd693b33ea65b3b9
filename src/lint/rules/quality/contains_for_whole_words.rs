//! PK701: `contains` where `has` finds the same words faster.

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::kql::bind::Symbol;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::{Relation, column};

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `contains` on a column of a table with one word of letters and digits.
    ///
    /// ## Why is this bad
    /// `has` looks words up in the index that the service keeps; `contains` reads every value of the column. `has`
    /// finds whole words only, so it is not the same where the word may stand inside a longer one.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Tool in a command line
    /// query: DeviceProcessEvents | where ProcessCommandLine contains "mimikatz"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Tool in a command line
    /// query: DeviceProcessEvents | where ProcessCommandLine has "mimikatz"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Tool in a command line
    /// query: DeviceProcessEvents | where ProcessCommandLine contains "kat"
    /// ```
    pub(in crate::lint) static CONTAINS_FOR_WHOLE_WORDS: "PK701", "contains-for-whole-words", Severity::Info, since "0.1.0", confidence Medium
}

/// The service indexes words of three letters on; a part of a word is short more often than a word.
const SHORTEST: usize = 4;

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in &walk.comparisons {
        let operator = &comparison.operator;
        let Some((_, word)) = comparison.constant() else { continue };
        let whole = word.len() >= SHORTEST && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        // Only what is stored has an index: a column that nothing in the query declares.
        let stored = column(comparison.left, analysis.bound)
            .is_some_and(|column| analysis.bound.declaration(Symbol::Column(column)).is_none());
        if operator.relation != Relation::Contains || operator.cased || !whole || !stored {
            continue;
        }
        let has = operator.text().replace("contains", "has");
        let place = operator.token.range();
        let title = format!("look the word up with `{has}`");
        let message =
            format!("`{}` reads every value in full, where `{has}` looks words up", operator.text());
        let fix = analysis.replacement(title.clone(), Applicability::Unsafe, place, &has);
        let finding = CONTAINS_FOR_WHOLE_WORDS.at(analysis.span(place), message);
        let help = format!("{title}, unless `{word}` may stand inside a longer word");
        found.push(finding.with_help(help).with_fix_if(fix));
    }
}
