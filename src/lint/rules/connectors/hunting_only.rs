//! PK609: a table or column that only Advanced Hunting has.

use std::collections::BTreeSet;

use crate::catalog::kql::{Column, ProductSet, Table};
use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::bind::Symbol;
use crate::kql::syntax::NodeKind;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::rule::RuleKind;

declare_lint! {
    /// ## What it does
    /// Reports a table that Advanced Hunting of Defender has and the workspace has not. In a hunting query, which
    /// the Defender portal may run, it is information.
    ///
    /// ## Why is this bad
    /// An analytics rule runs in the workspace, where the service refuses a query over a table that is not there.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// kind: Scheduled
    /// description: Finds extensions of browsers.
    /// severity: Low
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// tactics: [Persistence]
    /// relevantTechniques: [T1176]
    /// query: DeviceTvmBrowserExtensions | where ExtensionRisk == 'Critical'
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// kind: Scheduled
    /// description: Finds extensions of browsers.
    /// severity: Low
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// tactics: [Persistence]
    /// relevantTechniques: [T1176]
    /// query: DeviceFileEvents | where FolderPath has 'Extensions'
    /// ```
    pub(in crate::lint) static HUNTING_ONLY_TABLE: "PK609", "hunting-only-table", Severity::Warning, since "0.1.0", confidence Medium
}

declare_lint! {
    /// ## What it does
    /// Reports a column that a table has in Advanced Hunting of Defender and not in the workspace. In a hunting
    /// query, which the Defender portal may run, it is information.
    ///
    /// ## Why is this bad
    /// An analytics rule runs in the workspace, where the service refuses a query over a column that is not
    /// there.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// query: AgentsInfo | where isempty(EntraAgentId)
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// query: DeviceFileEvents | where isempty(FolderPath)
    /// ```
    pub(in crate::lint) static HUNTING_ONLY_COLUMN: "PK610", "hunting-only-column", Severity::Warning, since "0.1.0", confidence Medium
}

fn level(analysis: &Analysis<'_>) -> Severity {
    if analysis.rule.kind == RuleKind::Hunting { Severity::Info } else { Severity::Warning }
}

pub(in crate::lint) fn check_tables(
    analysis: &Analysis<'_>,
    context: &Context<'_>,
    found: &mut Vec<Diagnostic>,
) {
    if !analysis.rule.runs_in_sentinel() {
        return;
    }
    for (name, range) in &analysis.uses().tables {
        let Some(range) = range else { continue };
        let Some(table) = context.kql.table(name) else { continue };
        if table.products.contains(ProductSet::LOG_ANALYTICS) {
            continue;
        }
        let message = format!("table `{name}` is known in Advanced Hunting alone, not in the workspace");
        let help = "where the workspace has it, declare it in the project's folder `kql`; else make the rule a custom detection";
        found.push(
            Diagnostic::new(HUNTING_ONLY_TABLE.code, level(analysis), analysis.span(*range), message)
                .with_help(help),
        );
    }
}

pub(in crate::lint) fn check_columns(
    analysis: &Analysis<'_>,
    context: &Context<'_>,
    found: &mut Vec<Diagnostic>,
) {
    if !analysis.rule.runs_in_sentinel() {
        return;
    }
    // The columns of the tables that both have; one that another table has as well may come from that.
    let tables: Vec<&Table> =
        analysis.uses().tables.keys().filter_map(|name| context.kql.table(name)).collect();
    let hunting = |table: &&Table| table.products.contains(ProductSet::ALL);
    let mut reported = BTreeSet::new();
    for table in tables.iter().copied().filter(hunting) {
        let is_hunting_only = |column: &&Column| !column.products.contains(ProductSet::LOG_ANALYTICS);
        let is_elsewhere = |name: &str| {
            let has = |other: &&Table| other.column(name).is_some_and(|column| !is_hunting_only(&column));
            tables.iter().any(has)
        };
        let names: Vec<&str> = table
            .columns
            .iter()
            .filter(is_hunting_only)
            .map(|column| column.name)
            .filter(|name| !is_elsewhere(name))
            .collect();
        if names.is_empty() {
            continue;
        }
        for node in analysis.tree.root().descendants().filter(|node| node.kind() == NodeKind::NameReference) {
            let Some(symbol @ Symbol::Column(column)) = analysis.bound.symbol(node) else { continue };
            if !names.contains(&column.name)
                || analysis.bound.declaration(symbol).is_some()
                || !reported.insert(column.name.to_owned())
            {
                continue;
            }
            let message = format!(
                "column `{}` of table `{}` is known in Advanced Hunting alone, not in the workspace",
                column.name, table.name
            );
            let help = "where the workspace has it, declare the table with it in the project's folder `kql`";
            found.push(
                Diagnostic::new(
                    HUNTING_ONLY_COLUMN.code,
                    level(analysis),
                    analysis.span(node.range()),
                    message,
                )
                .with_help(help),
            );
        }
    }
}
