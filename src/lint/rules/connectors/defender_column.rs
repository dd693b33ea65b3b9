//! PK611: a column by its name in Defender.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::kql::codes::UNKNOWN_NAME;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::rules::query::front_end::is_explained;

declare_lint! {
    /// ## What it does
    /// Reports a name of a column as the tables of Defender have it, over a table that calls the same thing by another
    /// name: `Timestamp` where the column is `TimeGenerated`.
    ///
    /// ## Why is this bad
    /// The service refuses a query that names a column its tables do not have.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// query: SigninLogs | where Timestamp > ago(1d)
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// query: SigninLogs | where TimeGenerated > ago(1d)
    /// ```
    pub(in crate::lint) static DEFENDER_COLUMN: "PK611", "defender-column", Severity::Error, since "0.1.0"
}

/// Names in Defender's tables, and what the tables of the workspace call the same.
const NAMES: [(&str, &str); 5] = [
    ("Timestamp", "TimeGenerated"),
    ("DeviceName", "Computer"),
    ("AccountUpn", "UserPrincipalName"),
    ("AccountObjectId", "UserId"),
    ("ReportId", "_ItemId"),
];

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for unknown in analysis.bound.diagnostics() {
        let Some(name) = meant(analysis, unknown) else { continue };
        if is_explained(analysis, unknown) {
            continue;
        }
        let range = unknown.range();
        let (written, place) = (range.slice(analysis.text), analysis.span(range));
        found.push(
            DEFENDER_COLUMN
                .at(place, format!("`{written}` is the name of a column in Defender; here it is `{name}`"))
                .with_fix(Fix::replace(format!("write `{name}`"), Applicability::Unsafe, place, name)),
        );
    }
}

/// The column that a finding of an unknown name is about, where the name is Defender's for a column that is at hand.
pub(in crate::lint) fn meant(analysis: &Analysis<'_>, finding: &Diagnostic) -> Option<&'static str> {
    if finding.code != UNKNOWN_NAME.code {
        return None;
    }
    let range = finding.range();
    let written = range.slice(analysis.text);
    let (_, name) = NAMES.iter().find(|(defender, _)| *defender == written)?;
    let mut around = std::iter::successors(Some(analysis.tree.node_at(range.start)), |node| node.parent());
    let columns = around.find_map(|node| analysis.bound.columns_before(node))?;
    columns.iter().any(|column| column.name == *name).then_some(*name)
}
