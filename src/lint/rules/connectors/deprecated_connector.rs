//! PK606: a connector that its publisher has deprecated.

use crate::catalog::{Connector, ConnectorState};
use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

declare_lint! {
    /// ## What it does
    /// Points out a connector whose definition is marked as deprecated, with one that brings the same tables.
    ///
    /// ## Why is this bad
    /// New workspaces cannot or should not set it up, so the rule's data is shown as missing there.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// requiredDataConnectors:
    ///   - connectorId: PaloAltoNetworks
    ///     dataTypes: [CommonSecurityLog]
    /// query: CommonSecurityLog | where DeviceVendor == 'Palo Alto Networks'
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// requiredDataConnectors:
    ///   - connectorId: CefAma
    ///     dataTypes: [CommonSecurityLog]
    /// query: CommonSecurityLog | where DeviceVendor == 'Palo Alto Networks'
    /// ```
    pub(in crate::lint) static DEPRECATED_CONNECTOR: "PK606", "deprecated-connector", Severity::Info, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let all = context.catalog.connectors();
    for id in rule.required_connectors.iter().filter_map(|required| required.connector_id.as_ref()) {
        let Some(connector) = all.get(&id.value).filter(|known| known.state == ConnectorState::Deprecated)
        else {
            continue;
        };
        let brings_same = |other: &&Connector| {
            other.state == ConnectorState::Listed
                && !connector.tables.is_empty()
                && connector.tables.iter().all(|table| other.tables.contains(table))
        };
        // A connector of few tables and a short name is the general one.
        let generality =
            |other: &&Connector| (other.tables.len(), !other.id.ends_with("Ama"), other.id.len());
        let successor = all.iter().filter(brings_same).min_by_key(generality);
        let mut named = rule.required_connectors.iter().filter_map(|other| other.connector_id.as_ref());
        if successor.is_some_and(|successor| named.any(|id| id.value == successor.id)) {
            // The old one is there for those who still have it.
            continue;
        }
        let message = format!("connector `{}` is deprecated", connector.id);
        let mut finding = DEPRECATED_CONNECTOR.at(span(rule, id.range), message);
        if let Some(Connector { id, title, .. }) = successor {
            finding = finding.with_help(format!("`{id}`, {title}, brings the same tables"));
        }
        found.push(finding);
    }
}
