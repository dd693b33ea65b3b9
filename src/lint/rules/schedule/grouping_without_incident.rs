//! PK414: alerts grouped into incidents that are not created.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::grouping::enabled;

declare_lint! {
    /// ## What it does
    /// Reports an enabled `groupingConfiguration` of a rule with `createIncident: false`.
    ///
    /// ## Why is this bad
    /// Grouping says which alerts share an incident. A rule that creates none has nothing to group, so one of
    /// the two is a mistake.
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
    ///   createIncident: false
    ///   groupingConfiguration:
    ///     enabled: true
    ///     lookbackDuration: 5h
    ///     matchingMethod: AllEntities
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
    ///     matchingMethod: AllEntities
    /// ```
    pub(in crate::lint) static GROUPING_WITHOUT_INCIDENT: "PK414", "grouping-without-incident", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(enabled) = enabled(rule).and_then(|grouping| grouping.enabled.as_ref()) else { return };
    let create = rule.incident_configuration.as_ref().and_then(|incident| incident.create_incident.as_ref());
    if let Some(create) = create.filter(|create| !create.value) {
        found.push(
            GROUPING_WITHOUT_INCIDENT
                .at(span(rule, enabled.range), "alerts are grouped into incidents, but the rule creates none")
                .with_secondary(span(rule, create.range), "no incident is created")
                .with_help("write `createIncident: true`, or `enabled: false` for the grouping"),
        );
    }
}
