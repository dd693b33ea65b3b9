//! PK413: alerts grouped by a custom detail that the rule does not have.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint, nearest};
use crate::lint::context::{Context, join, span};
use crate::rule::Rule;

use super::grouping::selected;

declare_lint! {
    /// ## What it does
    /// Reports a name in `groupByCustomDetails` that is no key of the rule's `customDetails`.
    ///
    /// ## Why is this bad
    /// Only details that the rule defines may be used: its alerts have no other, so there is nothing to group
    /// by.
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
    ///     groupByCustomDetails: [Application]
    /// customDetails:
    ///   App: AppDisplayName
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
    ///     groupByCustomDetails: [App]
    /// customDetails:
    ///   App: AppDisplayName
    /// ```
    pub(in crate::lint) static GROUPING_DETAIL_NOT_DEFINED: "PK413", "grouping-detail-not-defined", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(grouping) = selected(rule) else { return };
    let defined: Vec<&str> = rule.custom_details.iter().map(|(name, _)| name.value.as_str()).collect();
    for detail in &grouping.group_by_custom_details {
        if defined.contains(&detail.value.as_str()) {
            continue;
        }
        let place = span(rule, detail.range);
        let message =
            format!("alerts are grouped by the detail `{}`, which the rule does not define", detail.value);
        let mut finding = GROUPING_DETAIL_NOT_DEFINED.at(place, message).with_help(if defined.is_empty() {
            "the rule has no `customDetails`".to_owned()
        } else {
            format!("the rule defines {}", join(&defined))
        });
        if let Some(meant) = nearest(&detail.value, defined.iter().copied()) {
            let title = format!("write `{meant}`");
            finding = finding.with_fix(Fix::replace(title, Applicability::Unsafe, place, meant));
        }
        found.push(finding);
    }
}
