//! PK604: a table that none of the required connectors brings.

use super::base;
use crate::catalog::{Connector, ConnectorState};
use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

declare_lint! {
    /// ## What it does
    /// Points out a table that the query reads and no connector of the rule's `requiredDataConnectors` brings, with
    /// the connectors that do. A rule without the list is left alone.
    ///
    /// ## Why is this bad
    /// The portal then shows the rule's data as complete where it is not.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// requiredDataConnectors:
    ///   - connectorId: AzureActiveDirectory
    ///     dataTypes: [SigninLogs]
    /// query: SigninLogs | join kind=inner OfficeActivity on $left.UserPrincipalName == $right.UserId
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// requiredDataConnectors:
    ///   - connectorId: AzureActiveDirectory
    ///     dataTypes: [SigninLogs]
    ///   - connectorId: Office365
    ///     dataTypes: [OfficeActivity]
    /// query: SigninLogs | join kind=inner OfficeActivity on $left.UserPrincipalName == $right.UserId
    /// ```
    pub(in crate::lint) static TABLE_WITHOUT_CONNECTOR: "PK604", "table-without-connector", Severity::Info, since "0.1.0", confidence Medium
}

/// How many connectors are named.
const MOST_NAMED: usize = 3;

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let rule = analysis.rule;
    if rule.required_connectors.is_empty() || analysis.has_errors() {
        return;
    }
    let all = context.catalog.connectors();
    let mut brought: Vec<&str> = Vec::new();
    for required in &rule.required_connectors {
        let Some(id) = &required.connector_id else { return };
        // Nobody knows what an unknown one brings.
        let Some(connector) = all.get(&id.value) else { return };
        brought.extend(&connector.tables);
        brought.extend(connector.data_types.iter().map(|name| base(name)));
        brought.extend(required.data_types.iter().map(|written| base(&written.value)));
    }
    for (table, range) in &analysis.uses().tables {
        let Some(range) = range else { continue };
        if brought.iter().any(|name| name.eq_ignore_ascii_case(table)) {
            continue;
        }
        let is_listed = |connector: &&Connector| connector.state == ConnectorState::Listed;
        let mut bringing: Vec<&str> =
            all.filling(table).filter(is_listed).map(|connector| connector.id).collect();
        bringing.sort_by_key(|id| (id.len(), *id));
        if bringing.is_empty() {
            continue;
        }
        let more = if bringing.len() > MOST_NAMED { " and others" } else { "" };
        let named =
            bringing.iter().take(MOST_NAMED).map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
        found.push(
            TABLE_WITHOUT_CONNECTOR
                .at(analysis.span(*range), format!("none of the required connectors brings table `{table}`"))
                .with_help(format!("connectors that do: {named}{more}")),
        );
    }
}
