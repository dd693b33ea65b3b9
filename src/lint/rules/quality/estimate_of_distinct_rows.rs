//! PK749: rows made distinct and then estimated.

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::kql::syntax::View;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

use super::distinct_rows::{aggregates, groupings};
use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `dcount` of a column where a `distinct` right before has left one row for each of its values in a
    /// group.
    ///
    /// ## Why is this bad
    /// The work was done already, exactly: the rows need only be counted, where `dcount` makes an estimate.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// query: SigninLogs | distinct UserPrincipalName, IPAddress | summarize Accounts = dcount(UserPrincipalName) by IPAddress
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// query: SigninLogs | distinct UserPrincipalName, IPAddress | summarize Accounts = count() by IPAddress
    /// ```
    pub(in crate::lint) static ESTIMATE_OF_DISTINCT_ROWS: "PK749", "estimate-of-distinct-rows", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for grouping in groupings(&walk.pipelines) {
        let Some((distinct, columns)) = &grouping.distinct else { continue };
        for aggregate in aggregates(grouping.summarize).filter(|aggregate| aggregate.function == "dcount") {
            let Some(counted) = aggregate.column.filter(|counted| !grouping.keys.contains(counted)) else {
                continue;
            };
            let others_are_keys = columns.iter().all(|name| *name == counted || grouping.keys.contains(name));
            if !columns.contains(&counted) || !others_are_keys {
                continue;
            }
            let range = aggregate.call.syntax().range();
            let title = "count the rows: `count()`";
            let finding = ESTIMATE_OF_DISTINCT_ROWS
                .at(analysis.span(range), format!("each row of a group has another `{counted}` already"))
                .with_secondary(analysis.span(distinct.range()), "leaves one row of each")
                .with_help(title);
            // A result without a name is called after the function. What is counted may become a little more or less.
            let fix = analysis.replacement(title, Applicability::Unsafe, range, "count()");
            found.push(match fix.filter(|_| aggregate.is_named) {
                Some(fix) => finding.with_fix(fix),
                None => finding,
            });
        }
    }
}
