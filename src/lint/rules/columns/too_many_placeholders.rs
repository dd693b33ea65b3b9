//! PK312: more placeholders than the service fills in.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::reference::is_deployed;

declare_lint! {
    /// ## What it does
    /// Reports a title or a description of alerts with more than 3 placeholders.
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
    /// alertDetailsOverride:
    ///   alertDisplayNameFormat: '{{UserPrincipalName}} from {{IPAddress}} in {{Location}} with {{AppDisplayName}}'
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
    /// alertDetailsOverride:
    ///   alertDisplayNameFormat: '{{UserPrincipalName}} from {{IPAddress}} with {{AppDisplayName}}'
    /// ```
    pub(in crate::lint) static TOO_MANY_PLACEHOLDERS: "PK312", "too-many-placeholders", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(details) = rule.alert_details_override.as_ref().filter(|_| is_deployed(rule)) else { return };
    let most = context.catalog.limits().placeholders_per_format.max;
    let formats = [
        ("alertDisplayNameFormat", &details.display_name_columns),
        ("alertDescriptionFormat", &details.description_columns),
    ];
    for (key, columns) in formats {
        let given = columns.len();
        let Some(extra) = usize::try_from(most).ok().and_then(|most| columns.get(most)) else { continue };
        let message = format!("`{key}` has {given} placeholders, and the service takes {most}");
        found.push(
            TOO_MANY_PLACEHOLDERS
                .at(span(rule, extra.range), message)
                .with_help("put several values into one column of the query with `strcat`"),
        );
    }
}
