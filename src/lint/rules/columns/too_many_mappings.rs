//! PK309: more mappings than the service takes.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;
use crate::text::TextRange;

use super::reference::is_deployed;

declare_lint! {
    /// ## What it does
    /// Reports more than 10 entity mappings in a rule, more than 3 identifiers in a mapping, a mapping without any, and more
    /// than 20 custom details.
    ///
    /// ## Why is this bad
    /// The service refuses the rule.
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
    ///   - entityType: Account
    ///     fieldMappings:
    ///       - identifier: AadUserId
    ///         columnName: UserId
    ///       - identifier: Name
    ///         columnName: UserPrincipalName
    ///       - identifier: DisplayName
    ///         columnName: UserDisplayName
    ///       - identifier: AadTenantId
    ///         columnName: AADTenantId
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
    ///   - entityType: Account
    ///     fieldMappings:
    ///       - identifier: AadUserId
    ///         columnName: UserId
    ///       - identifier: Name
    ///         columnName: UserPrincipalName
    ///       - identifier: DisplayName
    ///         columnName: UserDisplayName
    /// ```
    pub(in crate::lint) static TOO_MANY_MAPPINGS: "PK309", "too-many-mappings", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let limits = context.catalog.limits();
    let mut report = |range: TextRange, message: String, help: String| {
        let mut finding = TOO_MANY_MAPPINGS.at(span(rule, range), message).with_help(help);
        if !is_deployed(rule) {
            finding.severity = Severity::Warning;
        }
        found.push(finding);
    };
    let most = to_usize(limits.entity_mappings.max);
    if let Some(extra) = rule.entity_mappings.get(most) {
        let given = rule.entity_mappings.len();
        let help = "keep those that an analyst needs most".to_owned();
        report(extra.range, format!("the rule maps {given} entities, and the service takes {most}"), help);
    }
    let most = to_usize(limits.field_mappings.max);
    for mapping in &rule.entity_mappings {
        let given = mapping.field_mappings.len();
        if let Some(extra) = mapping.field_mappings.get(most) {
            let help = "keep those that identify the entity best".to_owned();
            report(
                extra.range,
                format!("the mapping has {given} identifiers, and the service takes {most}"),
                help,
            );
        } else if given == 0 {
            let help = "map an identifier to a column, or remove the entity".to_owned();
            report(mapping.range, "the mapping has no identifier".to_owned(), help);
        }
    }
    let most = to_usize(limits.custom_details.max);
    if let Some((extra, _)) = rule.custom_details.get(most) {
        let given = rule.custom_details.len();
        let help = "pack several columns into one with `bag_pack`, or leave some out".to_owned();
        report(
            extra.range,
            format!("the rule has {given} custom details, and the service takes {most}"),
            help,
        );
    }
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
