//! PK412: alerts grouped by an entity that the rule does not map.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, join, span};
use crate::rule::Rule;

use super::grouping::selected;

declare_lint! {
    /// ## What it does
    /// Reports an entity type in `groupByEntities` that no entry of the rule's `entityMappings` has.
    ///
    /// ## Why is this bad
    /// Only entities that the rule maps may be used: its alerts never have one of another type, so there is
    /// nothing to group by.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126
    /// entityMappings:
    ///   - entityType: IP
    ///     fieldMappings:
    ///       - identifier: Address
    ///         columnName: IPAddress
    /// incidentConfiguration:
    ///   createIncident: true
    ///   groupingConfiguration:
    ///     enabled: true
    ///     lookbackDuration: 5h
    ///     matchingMethod: Selected
    ///     groupByEntities: [IP, Account]
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126
    /// entityMappings:
    ///   - entityType: IP
    ///     fieldMappings:
    ///       - identifier: Address
    ///         columnName: IPAddress
    /// incidentConfiguration:
    ///   createIncident: true
    ///   groupingConfiguration:
    ///     enabled: true
    ///     lookbackDuration: 5h
    ///     matchingMethod: Selected
    ///     groupByEntities: [IP]
    /// ```
    pub(in crate::lint) static GROUPING_ENTITY_NOT_MAPPED: "PK412", "grouping-entity-not-mapped", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(grouping) = selected(rule).filter(|_| rule.sentinel_entities_mappings.is_empty()) else {
        return;
    };
    let mapped: Vec<&str> = rule
        .entity_mappings
        .iter()
        .filter_map(|mapping| mapping.entity_type.as_ref())
        .map(|entity| entity.value.as_str())
        .collect();
    // A mapping of no known type, which is a finding of its own, may be meant for any.
    if mapped.iter().any(|mapped| context.catalog.entities().get(mapped).is_none()) {
        return;
    }
    for entity in &grouping.group_by_entities {
        if mapped.iter().any(|mapped| mapped.eq_ignore_ascii_case(&entity.value)) {
            continue;
        }
        let message = format!("alerts are grouped by `{}`, which the rule does not map", entity.value);
        let help = if mapped.is_empty() {
            "the rule maps no entity; add `entityMappings`".to_owned()
        } else {
            format!("the rule maps {}; map the entity, or remove it here", join(&mapped))
        };
        found.push(GROUPING_ENTITY_NOT_MAPPED.at(span(rule, entity.range), message).with_help(help));
    }
}
