//! PK741: a search in every column.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::NodeKind;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `where * has …`: a condition on whichever column.
    ///
    /// ## Why is this bad
    /// The service reads every column of the table, and a match in a column that nobody thought of is a false
    /// alarm.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Tool in a command line
    /// query: DeviceProcessEvents | where * has "mimikatz"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Tool in a command line
    /// query: DeviceProcessEvents | where ProcessCommandLine has "mimikatz"
    /// ```
    pub(in crate::lint) static SEARCH_IN_ALL_COLUMNS: "PK741", "search-in-all-columns", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in
        walk.comparisons.iter().filter(|comparison| comparison.left.kind() == NodeKind::StarExpression)
    {
        let finding = SEARCH_IN_ALL_COLUMNS
            .at(analysis.span(comparison.node.range()), "every column of the table is searched");
        found.push(finding.with_help("name the columns that are meant"));
    }
}
