//! PK621: columns by which Defender knows the event.

use super::{is_for_defender, reads_elsewhere};
use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::bind::{Arena, Column, bind};
use crate::kql::syntax;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::hunting::{HUNTING_TIME, HuntingQuery};
use crate::text::TextRange;

declare_lint! {
    /// ## What it does
    /// Reports that the result of a rule with `runsIn: Defender` under `metadata` lacks a column by which Defender knows the
    /// event: `Timestamp`, with `DeviceId` and `ReportId` of tables of devices and `ReportId` of the others.
    ///
    /// ## Why is this bad
    /// Defender refuses the custom detection that the rule is deployed as: its alerts could not lead to the events.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Program from a temporary folder
    /// kind: Scheduled
    /// description: Finds programs that run from a temporary folder.
    /// severity: Low
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// tactics: [Execution]
    /// relevantTechniques: [T1204]
    /// metadata: { runsIn: Defender }
    /// query: DeviceProcessEvents | where FolderPath has "Temp" | summarize count() by DeviceId
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Program from a temporary folder
    /// kind: Scheduled
    /// description: Finds programs that run from a temporary folder.
    /// severity: Low
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// tactics: [Execution]
    /// relevantTechniques: [T1204]
    /// metadata: { runsIn: Defender }
    /// query: DeviceProcessEvents | where FolderPath has "Temp" | project Timestamp, DeviceId, ReportId, FileName
    /// ```
    pub(in crate::lint) static EVENT_COLUMNS: "PK621", "no-event-columns", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if !is_for_defender(analysis.rule) || analysis.has_errors() || reads_elsewhere(analysis, context) {
        return;
    }
    let hunting = HuntingQuery::of(analysis, context.kql);
    let (tree, _) = syntax::parse(hunting.text.as_str());
    let arena = Arena::new();
    let bound = bind(&tree, context.kql, &arena);
    let Some(table) = bound.result().and_then(|result| result.as_table()).filter(|table| !table.open) else {
        return;
    };
    let has = |columns: &[&Column<'_>], name: &str| columns.iter().any(|column| column.name == name);
    let mut needed = vec![HUNTING_TIME];
    let read = &analysis.uses().tables;
    if read.keys().any(|name| name.starts_with("Device")) {
        needed.push("DeviceId");
    }
    if read.keys().any(|name| !name.starts_with("Alert")) {
        needed.push("ReportId");
    }
    let lost: Vec<&str> = needed.into_iter().filter(|name| !has(table.columns(), name)).collect();
    let Some(first) = lost.first() else { return };
    let drops = tree.root().descendants().find(|node| {
        let (before, after) = (bound.columns_before(*node), bound.columns_after(*node));
        before.zip(after).is_some_and(|(before, after)| has(before, first) && !has(after, first))
    });
    let range = drops
        .map_or(TextRange::from_usize(0, hunting.text.lines().next().map_or(0, str::len)), |node| {
            node.range()
        });
    let names: Vec<String> = lost.iter().map(|name| format!("`{name}`")).collect();
    let message =
        format!("the result has no {}, which Defender needs to find the event", names.join(" and no "));
    let help = "keep the columns; of a `summarize`, with `arg_max(Timestamp, *)`";
    found.push(EVENT_COLUMNS.at(analysis.span(hunting.in_rule(range)), message).with_help(help));
}
