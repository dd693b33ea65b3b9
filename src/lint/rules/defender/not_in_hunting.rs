//! PK620: what Advanced Hunting does not have.

use super::{is_for_defender, reads_elsewhere};
use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::bind::{Arena, Symbol, bind};
use crate::kql::syntax::{self, NodeKind};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::hunting::{HUNTING_TIME, HuntingQuery, is_in_hunting};
use crate::text::TextRange;

declare_lint! {
    /// ## What it does
    /// Reports what a rule with `runsIn: Defender` under `metadata` reads or names and Advanced Hunting does not have: a table or
    /// column of the workspace, a function or watchlist of it, a name that is unknown once `TimeGenerated` is `Timestamp`.
    ///
    /// ## Why is this bad
    /// Defender refuses the custom detection that the rule is deployed as.
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
    /// query: SigninLogs | where ResultType == "50126" | project Timestamp = TimeGenerated, ReportId = Id
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
    pub(in crate::lint) static NOT_IN_HUNTING: "PK620", "not-in-defender", Severity::Error, since "0.1.0"
}

const HELP: &str = "leave `runsIn` out, so that the rule runs in Sentinel, or read what Defender has";

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if !is_for_defender(analysis.rule) || analysis.has_errors() {
        return;
    }
    let mut report = |range: TextRange, message: String| {
        found.push(NOT_IN_HUNTING.at(analysis.span(range), message).with_help(HELP));
    };
    let whole = TextRange::from_usize(0, analysis.text.lines().next().map_or(0, str::len));
    let uses = analysis.uses();
    for (name, range) in &uses.tables {
        if context.kql.table(name).is_some_and(|table| !is_in_hunting(table.products)) {
            report(range.unwrap_or(whole), format!("Advanced Hunting has no table `{name}`"));
        }
    }
    for (what, names) in [("function", &uses.stored_functions), ("watchlist", &uses.watchlists)] {
        for (name, range) in names {
            report(
                range.unwrap_or(whole),
                format!("the {what} `{name}` is in the workspace, not in Advanced Hunting"),
            );
        }
    }
    if reads_elsewhere(analysis, context) {
        // What its columns are called there is no matter then.
        return;
    }
    let hunting = HuntingQuery::of(analysis, context.kql);
    let (tree, syntax) = syntax::parse(hunting.text.as_str());
    let arena = Arena::new();
    let bound = bind(&tree, context.kql, &arena);
    for error in syntax.iter().chain(bound.diagnostics()).filter(|it| it.severity == Severity::Error) {
        let message = format!("with `{HUNTING_TIME}` for the time of events, {}", error.message);
        report(hunting.in_rule(error.range()), message);
    }
    let tables: Vec<_> = uses.tables.keys().filter_map(|name| context.kql.table(name)).collect();
    let mut told = std::collections::BTreeSet::new();
    for node in tree.root().descendants().filter(|node| node.kind() == NodeKind::NameReference) {
        let Some(symbol @ Symbol::Column(column)) = bound.symbol(node) else { continue };
        if bound.declaration(symbol).is_some() {
            continue;
        }
        let mut known = tables.iter().filter_map(|table| table.column(column.name)).peekable();
        if known.peek().is_some() && known.all(|it| !is_in_hunting(it.products)) && told.insert(column.name) {
            report(
                hunting.in_rule(node.range()),
                format!("the column `{}` is in the workspace alone", column.name),
            );
        }
    }
}
