//! PK311: a column that no rule can name.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::reference::{is_deployed, references};

declare_lint! {
    /// ## What it does
    /// Reports a column that an entity mapping or a custom detail names and whose name has anything but letters, digits and
    /// underscores.
    ///
    /// ## Why is this bad
    /// The service refuses the rule. A path into a dynamic column, as in `DeviceDetail.deviceId`, is no name of a column.
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
    ///   - entityType: Host
    ///     fieldMappings:
    ///       - identifier: AzureID
    ///         columnName: DeviceDetail.deviceId
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
    /// ```
    pub(in crate::lint) static BAD_COLUMN_NAME: "PK311", "bad-column-name", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for reference in references(rule) {
        if reference.may_be_a_column() {
            continue;
        }
        let message = format!("{} cannot name `{}`", reference.purpose.describe(), reference.name);
        let mut finding = BAD_COLUMN_NAME.at(span(rule, reference.range), message).with_help(
            "give the value a column of its own in the query, with a name of letters, digits and underscores",
        );
        if !is_deployed(rule) {
            finding.severity = Severity::Warning;
        }
        found.push(finding);
    }
}
