//! PK607: a table that gets no new rows.

use crate::catalog::kql::TableKind;
use crate::catalog::{ConnectorState, Connectors, Ended, RetiredTable};
use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, join};

declare_lint! {
    /// ## What it does
    /// Reports a table that was renamed or retired, or that only a retired agent fills, with its successor, and, as
    /// information, one that only deprecated connectors fill.
    ///
    /// ## Why is this bad
    /// The query runs without an error and finds nothing, or is refused once the table is gone.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// query: ThreatIntelligenceIndicator | where Active
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// query: ThreatIntelIndicators | where IsActive
    /// ```
    pub(in crate::lint) static RETIRED_TABLE: "PK607", "retired-table", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let connectors = context.catalog.connectors();
    let uses = analysis.uses();
    for (name, range) in uses.tables.iter().chain(&uses.unknown) {
        let Some(place) = range.map(|range| analysis.span(range)) else { continue };
        let declared = context.kql.table(name).is_some_and(|table| table.kind == TableKind::Project);
        if declared {
            continue;
        }
        if let Some(retired) = connectors.retired(name) {
            let mut finding = RETIRED_TABLE.at(place, message(retired));
            finding = match retired.successor {
                Some(successor) => {
                    finding.with_help(format!("its successor is `{successor}`; columns may differ")).with_fix(
                        Fix::replace(format!("write `{successor}`"), Applicability::Unsafe, place, successor),
                    )
                }
                None => finding.with_help("it has no successor"),
            };
            found.push(finding);
            continue;
        }
        let fillers: Vec<_> = connectors.filling(name).collect();
        let is_left = fillers.iter().any(|connector| connector.state != ConnectorState::Deprecated);
        if fillers.is_empty() || is_left {
            continue;
        }
        let ids: Vec<&str> = fillers.iter().map(|connector| connector.id).collect();
        let message = format!("only deprecated connectors fill table `{name}`");
        let mut finding = Diagnostic::new(RETIRED_TABLE.code, Severity::Info, place, message)
            .with_help(format!("the connectors are {}", join(&ids)));
        if let Some(newer) = newer(connectors, name) {
            finding = finding.with_help(format!("a newer connector fills `{newer}`"));
        }
        found.push(finding);
    }
}

fn message(retired: &RetiredTable) -> String {
    let name = retired.name;
    let since = retired.since.map(|since| format!(" since {since}")).unwrap_or_default();
    match retired.ended {
        Ended::Table => format!("table `{name}` gets no new rows{since}"),
        Ended::Name => format!("table `{name}` has another name now"),
        Ended::Agent => format!("what fills table `{name}`, the Log Analytics agent, is retired{since}"),
    }
}

/// The table of the next version that some connector fills: `BoxEventsV2_CL` for `BoxEvents_CL`.
fn newer<'a>(connectors: &'a Connectors, name: &str) -> Option<&'a str> {
    let stem = name.strip_suffix("_CL")?;
    let wanted: Vec<String> =
        ["V2", "_v2", "V3"].iter().map(|version| format!("{stem}{version}_CL")).collect();
    let fits = |table: &&str| wanted.iter().any(|wanted| wanted == table);
    let mut all = connectors.iter().filter(|connector| connector.state != ConnectorState::Deprecated);
    all.find_map(|connector| connector.tables.iter().copied().find(fits))
}
