//! PK603: a connector none of whose tables the query reads.

use super::{base, sources};
use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, join, span};

declare_lint! {
    /// ## What it does
    /// Reports a connector of `requiredDataConnectors` none of whose tables and data types the query reads. What the
    /// query reads is known from its meaning, functions included; where that is not known in full, nothing is
    /// reported.
    ///
    /// ## Why is this bad
    /// The portal shows the rule's data as missing in workspaces that do not need the connector, and the rule's
    /// authors as not knowing what it reads.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// requiredDataConnectors:
    ///   - connectorId: AzureActiveDirectory
    ///     dataTypes: [SigninLogs]
    ///   - connectorId: Office365
    ///     dataTypes: [OfficeActivity]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// requiredDataConnectors:
    ///   - connectorId: AzureActiveDirectory
    ///     dataTypes: [SigninLogs]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    pub(in crate::lint) static UNREAD_CONNECTOR: "PK603", "unread-connector", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(read) = sources(analysis) else { return };
    let rule = analysis.rule;
    for required in &rule.required_connectors {
        let Some(id) = &required.connector_id else { continue };
        let Some(connector) = context.catalog.connectors().get(&id.value) else { continue };
        let written = required.data_types.iter().map(|written| base(&written.value));
        let brings: Vec<&str> = connector
            .tables
            .iter()
            .copied()
            .chain(connector.data_types.iter().map(|name| base(name)))
            .chain(written)
            .collect();
        let is_known = brings.iter().any(|name| context.kql.table(name).is_some());
        if !is_known || brings.iter().any(|name| read.iter().any(|read| read.eq_ignore_ascii_case(name))) {
            continue;
        }
        let message = format!("the query reads no table of connector `{}`", connector.id);
        let tables: Vec<&str> = analysis.uses().tables.keys().map(String::as_str).collect();
        found.push(
            UNREAD_CONNECTOR
                .at(span(rule, id.range), message)
                .with_help(format!("it reads {}", join(&tables))),
        );
    }
}
