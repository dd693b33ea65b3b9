//! PK313: one column as two entities of one type.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{EntityMapping, Rule};

declare_lint! {
    /// ## What it does
    /// Reports two entity mappings that say the same: type, identifiers and columns.
    ///
    /// ## Why is this bad
    /// One of the two is superfluous, or should name another column.
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
    ///   - entityType: IP
    ///     fieldMappings:
    ///       - identifier: Address
    ///         columnName: IPAddress
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
    pub(in crate::lint) static MAPPED_TWICE: "PK313", "entity-mapped-twice", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let said: Vec<_> = rule.entity_mappings.iter().map(says).collect();
    for (index, mapping) in rule.entity_mappings.iter().enumerate() {
        let Some(first) = said[..index].iter().position(|first| *first == said[index]) else { continue };
        if said[index].1.is_empty() {
            continue;
        }
        found.push(
            MAPPED_TWICE
                .at(span(rule, mapping.range), "the same entity is mapped twice")
                .with_secondary(span(rule, rule.entity_mappings[first].range), "mapped here first")
                .with_help("remove one of the two, or map another column"),
        );
    }
}

/// Type and identifiers with their columns, the latter in order of name.
fn says(mapping: &EntityMapping) -> (&str, Vec<(&str, &str)>) {
    let mut fields: Vec<(&str, &str)> = mapping
        .field_mappings
        .iter()
        .filter_map(|field| {
            Some((field.identifier.as_ref()?.value.as_str(), field.column_name.as_ref()?.value.as_str()))
        })
        .collect();
    fields.sort_unstable();
    (mapping.entity_type.as_ref().map_or("", |written| written.value.as_str()), fields)
}
