//! PK605: a connector that a rule requires twice.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{RequiredConnector, Rule};

declare_lint! {
    /// ## What it does
    /// Reports a connector that stands twice in `requiredDataConnectors`, and a data type that stands twice under
    /// one connector. Where the second adds a data type, it is information.
    ///
    /// ## Why is this bad
    /// The list says less than it seems to: another connector or data type was probably meant.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// requiredDataConnectors:
    ///   - connectorId: AzureActiveDirectory
    ///     dataTypes: [SigninLogs]
    ///   - connectorId: AzureActiveDirectory
    ///     dataTypes: [SigninLogs]
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
    pub(in crate::lint) static DUPLICATE_CONNECTOR: "PK605", "duplicate-connector", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen: Vec<&RequiredConnector> = Vec::new();
    for required in &rule.required_connectors {
        if let Some(id) = &required.connector_id {
            let same = |other: &&&RequiredConnector| {
                other.connector_id.as_ref().is_some_and(|known| known.value == id.value)
            };
            match seen.iter().find(same) {
                Some(first) => {
                    let has = |data_type: &str| first.data_types.iter().any(|known| known.value == data_type);
                    let adds = required.data_types.iter().any(|written| !has(&written.value));
                    let level = if adds { Severity::Info } else { Severity::Warning };
                    let message = format!("connector `{}` is required twice", id.value);
                    let first = first.connector_id.as_ref().map_or(first.range, |id| id.range);
                    found.push(
                        Diagnostic::new(DUPLICATE_CONNECTOR.code, level, span(rule, id.range), message)
                            .with_secondary(span(rule, first), "first here")
                            .with_help("list the data types of both under one"),
                    );
                }
                None => seen.push(required),
            }
        }
        for (at, written) in required.data_types.iter().enumerate() {
            let before = required.data_types.get(..at).unwrap_or_default();
            let Some(first) = before.iter().find(|other| other.value == written.value) else { continue };
            let mut finding = DUPLICATE_CONNECTOR
                .at(span(rule, written.range), format!("data type `{}` is named twice", written.value))
                .with_secondary(span(rule, first.range), "first here");
            if let Some(range) = context.item_with_its_mark(rule, written.range) {
                let place = span(rule, range);
                finding = finding.with_fix(Fix::replace("remove it", Applicability::Safe, place, ""));
            }
            found.push(finding);
        }
    }
}
