//! PK601: a connector id that nobody defines.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint, nearest};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

declare_lint! {
    /// ## What it does
    /// Reports a `connectorId` that is not the id of a known data connector.
    ///
    /// ## Why is this bad
    /// The connector is how the portal tells whether the tables of the rule are fed. With a wrong id it shows
    /// the rule's data as missing.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// requiredDataConnectors:
    ///   - connectorId: AzureActivDirectory
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
    pub(in crate::lint) static UNKNOWN_CONNECTOR: "PK601", "unknown-connector", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let known = context.catalog.connectors();
    for id in rule.required_connectors.iter().filter_map(|connector| connector.connector_id.as_ref()) {
        if known.get(&id.value).is_some() {
            continue;
        }
        let place = span(rule, id.range);
        let finding = UNKNOWN_CONNECTOR.at(place, format!("there is no known connector `{}`", id.value));
        let Some(near) = nearest(&id.value, known.iter().map(|connector| connector.id)) else {
            found.push(finding);
            continue;
        };
        let same = near.eq_ignore_ascii_case(&id.value);
        let applicability = if same { Applicability::Safe } else { Applicability::Unsafe };
        let title = format!("write `{near}`");
        found.push(
            finding.with_help(format!("the nearest known connector is `{near}`")).with_fix(Fix::replace(
                title,
                applicability,
                place,
                near,
            )),
        );
    }
}
