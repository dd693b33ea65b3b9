//! PK747: counts that are one in every group.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::View;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

use super::distinct_rows::{aggregates, groupings};
use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a count that cannot be more than one: the number of values of a column by which the rows are grouped,
    /// and a number of rows grouped by all columns of the `distinct` right before.
    ///
    /// ## Why is this bad
    /// A threshold for the count is never reached, or always.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// query: SigninLogs | summarize Accounts = dcount(UserPrincipalName) by UserPrincipalName, IPAddress | where Accounts > 5
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// query: SigninLogs | summarize Accounts = dcount(UserPrincipalName) by IPAddress | where Accounts > 5
    /// ```
    pub(in crate::lint) static COUNT_ALWAYS_ONE: "PK747", "count-always-one", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for grouping in groupings(&walk.pipelines) {
        let is_key = |name: &&str| grouping.keys.contains(name);
        let single = grouping.distinct.as_ref().filter(|(_, columns)| columns.iter().all(&is_key));
        for aggregate in aggregates(grouping.summarize) {
            let key = aggregate.column.filter(|column| aggregate.counts_values() && is_key(column));
            let place = analysis.span(aggregate.call.syntax().range());
            if let Some(key) = key {
                let message = format!("each group has one `{key}`, so that this is never more than 1");
                let finding = COUNT_ALWAYS_ONE.at(place, message);
                found.push(finding.with_help(format!("take `{key}` out of the columns after `by`")));
            } else if let Some((distinct, _)) = single
                && (aggregate.function == "count" || aggregate.counts_values())
            {
                let finding =
                    COUNT_ALWAYS_ONE.at(place, "each group has one row, so that this is never more than 1");
                let finding =
                    finding.with_secondary(analysis.span(distinct.range()), "leaves one row of each");
                found.push(finding.with_help("count without the `distinct`, or group by fewer columns"));
            }
        }
    }
}
