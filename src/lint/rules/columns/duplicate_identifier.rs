//! PK308: one identifier twice in a mapping.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::reference::is_deployed;

declare_lint! {
    /// ## What it does
    /// Reports an identifier that one entity mapping has twice.
    ///
    /// ## Why is this bad
    /// The service refuses the rule: an entity has one value of each identifier.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: SigninLogs | where ResultType == 50126
    /// entityMappings:
    ///   - entityType: IP
    ///     fieldMappings:
    ///       - identifier: Address
    ///         columnName: IPAddress
    ///       - identifier: Address
    ///         columnName: IPAddressFromResourceProvider
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: SigninLogs | where ResultType == 50126
    /// entityMappings:
    ///   - entityType: IP
    ///     fieldMappings:
    ///       - identifier: Address
    ///         columnName: IPAddress
    ///   - entityType: IP
    ///     fieldMappings:
    ///       - identifier: Address
    ///         columnName: IPAddressFromResourceProvider
    /// ```
    pub(in crate::lint) static DUPLICATE_IDENTIFIER: "PK308", "duplicate-identifier", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for mapping in &rule.entity_mappings {
        let identifiers: Vec<_> =
            mapping.field_mappings.iter().filter_map(|field| field.identifier.as_ref()).collect();
        for (index, identifier) in identifiers.iter().enumerate() {
            let Some(first) = identifiers[..index].iter().find(|first| first.value == identifier.value)
            else {
                continue;
            };
            let mut finding = DUPLICATE_IDENTIFIER
                .at(
                    span(rule, identifier.range),
                    format!("the identifier `{}` is mapped twice", identifier.value),
                )
                .with_secondary(span(rule, first.range), "mapped here first")
                .with_help("map a further entity of the type as an item of its own");
            if !is_deployed(rule) {
                finding.severity = Severity::Warning;
            }
            found.push(finding);
        }
    }
}
