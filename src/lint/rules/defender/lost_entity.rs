//! PK623: entities that custom detections cannot hold.

use std::collections::BTreeMap;

use super::is_for_defender;
use crate::catalog::defender;
use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

declare_lint! {
    /// ## What it does
    /// Reports entity mappings of a rule with `runsIn: Defender` under `metadata` that custom detections have no place for: an
    /// entity type such as Process, an identifier such as AzureID of a Host, a second identifier for the place that another has.
    ///
    /// ## Why is this bad
    /// The alerts of the custom detection that the rule is deployed as do not show the entity, and cannot be correlated by it.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Program from a temporary folder
    /// kind: Scheduled
    /// description: Finds programs that run from a temporary folder.
    /// severity: Low
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// tactics: [Execution]
    /// relevantTechniques: [T1204]
    /// metadata: { runsIn: Defender }
    /// entityMappings:
    ///   - entityType: Process
    ///     fieldMappings:
    ///       - { identifier: CommandLine, columnName: ProcessCommandLine }
    /// query: DeviceProcessEvents | where FolderPath has "Temp" | project Timestamp, DeviceId, ReportId, ProcessCommandLine
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Program from a temporary folder
    /// kind: Scheduled
    /// description: Finds programs that run from a temporary folder.
    /// severity: Low
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// tactics: [Execution]
    /// relevantTechniques: [T1204]
    /// metadata: { runsIn: Defender }
    /// entityMappings:
    ///   - entityType: Host
    ///     fieldMappings:
    ///       - { identifier: HostName, columnName: DeviceName }
    /// query: DeviceProcessEvents | where FolderPath has "Temp" | project Timestamp, DeviceId, ReportId, DeviceName
    /// ```
    pub(in crate::lint) static LOST_ENTITY: "PK623", "entity-lost-in-defender", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if !is_for_defender(rule) {
        return;
    }
    for mapping in &rule.entity_mappings {
        let Some(entity) = &mapping.entity_type else { continue };
        let known: Vec<&str> = defender::identifiers(&entity.value).collect();
        if known.is_empty() {
            let message = format!("custom detections of Defender have no entity `{}`", entity.value);
            let help = "show what it holds under `customDetails`, or remove the mapping";
            found.push(LOST_ENTITY.at(span(rule, entity.range), message).with_help(help));
            continue;
        }
        let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
        for identifier in mapping.field_mappings.iter().filter_map(|field| field.identifier.as_ref()) {
            let name = identifier.value.as_str();
            let (message, help) = match defender::place(&entity.value, name) {
                Some((_, key)) => match taken.insert(key, name) {
                    Some(first) if first != name => (
                        format!("custom detections of Defender hold `{first}` where `{name}` would stand"),
                        "remove one of the two".to_owned(),
                    ),
                    _ => continue,
                },
                None => (
                    format!("custom detections of Defender hold no `{name}` of `{}`", entity.value),
                    format!("they hold {}", known.join(", ")),
                ),
            };
            found.push(LOST_ENTITY.at(span(rule, identifier.range), message).with_help(help));
        }
    }
    if let Some(entities) = rule.sentinel_entities_mappings.first() {
        let message = "custom detections of Defender take no column of entities".to_owned();
        let help = "map the entities one by one under `entityMappings`";
        found.push(LOST_ENTITY.at(span(rule, entities.range), message).with_help(help));
    }
}
