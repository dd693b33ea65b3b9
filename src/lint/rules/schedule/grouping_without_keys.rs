//! PK411: grouping by what is selected, and nothing is.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::grouping::{SELECTED, enabled};

declare_lint! {
    /// ## What it does
    /// Reports `matchingMethod: Selected` in a grouping that lists nothing to group by.
    ///
    /// ## Why is this bad
    /// The service refuses the rule: the method needs at least one of `groupByEntities`, `groupByAlertDetails`
    /// and `groupByCustomDetails`.
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
    pub(in crate::lint) static GROUPING_WITHOUT_KEYS: "PK411", "grouping-without-keys", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(grouping) = enabled(rule) else { return };
    let Some(method) = grouping.matching_method.as_ref().filter(|method| method.value == SELECTED) else {
        return;
    };
    let lists =
        [&grouping.group_by_entities, &grouping.group_by_alert_details, &grouping.group_by_custom_details];
    if lists.iter().all(|list| list.is_empty()) {
        found.push(
            GROUPING_WITHOUT_KEYS
                .at(span(rule, method.range), "the grouping is by what is selected, but nothing is")
                .with_help("list what to group by in `groupByEntities`, `groupByAlertDetails` or `groupByCustomDetails`")
                .with_help("or write `matchingMethod: AllEntities`"),
        );
    }
}
