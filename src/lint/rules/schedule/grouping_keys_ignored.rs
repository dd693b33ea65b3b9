//! PK410: what alerts are grouped by, with a method that does not ask for it.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;
use crate::text::TextRange;

use super::grouping::{SELECTED, enabled};

declare_lint! {
    /// ## What it does
    /// Reports `groupByEntities`, `groupByAlertDetails` and `groupByCustomDetails` of a grouping whose
    /// `matchingMethod` is not `Selected`.
    ///
    /// ## Why is this bad
    /// The lists count only with `matchingMethod: Selected`. With any other method the service groups by all
    /// entities, or all alerts, and incidents hold together what was meant to stay apart.
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
    ///     matchingMethod: AllEntities
    ///     groupByEntities: [IP]
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
    pub(in crate::lint) static GROUPING_KEYS_IGNORED: "PK410", "grouping-keys-ignored", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(grouping) = enabled(rule) else { return };
    let method = grouping.matching_method.as_ref();
    if method.is_some_and(|method| method.value == SELECTED) {
        return;
    }
    let lists = [
        ("groupByEntities", &grouping.group_by_entities),
        ("groupByAlertDetails", &grouping.group_by_alert_details),
        ("groupByCustomDetails", &grouping.group_by_custom_details),
    ];
    for (key, list) in lists {
        let (Some(first), Some(last)) = (list.first(), list.last()) else { continue };
        let place = span(rule, TextRange::new(first.range.start, last.range.end));
        let message = match method {
            Some(method) => format!("`{key}` means nothing with `matchingMethod: {}`", method.value),
            None => format!("`{key}` means nothing without `matchingMethod: {SELECTED}`"),
        };
        let mut finding = GROUPING_KEYS_IGNORED.at(place, message);
        if let Some(method) = method {
            let place = span(rule, method.range);
            let title = format!("group by what is listed: `matchingMethod: {SELECTED}`");
            finding = finding.with_secondary(place, "the method").with_fix(Fix::replace(
                title,
                Applicability::Unsafe,
                place,
                SELECTED,
            ));
        }
        found.push(finding.with_help(format!("write `matchingMethod: {SELECTED}`, or remove `{key}`")));
    }
}
