//! PK152: more placeholders than a format can have.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind};

declare_lint! {
    /// ## What it does
    /// Reports `alertDisplayNameFormat` and `alertDescriptionFormat` with more than three placeholders
    /// `{{Column}}`.
    ///
    /// ## Why is this bad
    /// The service refuses the rule.
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
    /// alertDetailsOverride:
    ///   alertDisplayNameFormat: '{{UserPrincipalName}} from {{IPAddress}}, {{Location}}, by {{AppDisplayName}}'
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
    /// alertDetailsOverride:
    ///   alertDisplayNameFormat: '{{UserPrincipalName}} from {{IPAddress}}, {{Location}}'
    /// ```
    pub(in crate::lint) static TOO_MANY_PLACEHOLDERS: "PK152", "too-many-placeholders", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(details) = rule.alert_details_override.as_ref().filter(|_| rule.kind != RuleKind::Hunting)
    else {
        return;
    };
    let most = context.catalog.limits().placeholders_per_format.max;
    for (key, format) in [
        ("alertDisplayNameFormat", &details.display_name_format),
        ("alertDescriptionFormat", &details.description_format),
    ] {
        let Some(format) = format else { continue };
        let placeholders = format.value.split("{{").skip(1).filter(|rest| rest.contains("}}")).count();
        if u64::try_from(placeholders).is_ok_and(|placeholders| placeholders > most) {
            let message = format!("`{key}` has {placeholders} placeholders, and the service takes {most}");
            found.push(
                TOO_MANY_PLACEHOLDERS
                    .at(span(rule, format.range), message)
                    .with_help("join columns in the query, and name the joined one here"),
            );
        }
    }
}
