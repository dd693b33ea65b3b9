//! PK150: a text longer than the service takes.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind};

use super::length;

declare_lint! {
    /// ## What it does
    /// Reports texts that are longer than the service takes, in characters: 256 for `name` and
    /// `alertDisplayNameFormat`, 5000 for `description` and `alertDescriptionFormat`.
    ///
    /// ## Why is this bad
    /// The service refuses the rule.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in of a user of the company with many wrong passwords, one after the other, from an address outside of the country that the user lives and works in, by an application that the user has not signed in to during the last fourteen days, on a device that is not managed
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50126
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
    /// ```
    pub(in crate::lint) static TEXT_TOO_LONG: "PK150", "text-too-long", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if rule.kind == RuleKind::Hunting {
        return;
    }
    let limits = context.catalog.limits();
    let details = rule.alert_details_override.as_ref();
    let name_format = details.and_then(|details| details.display_name_format.as_ref());
    let description_format = details.and_then(|details| details.description_format.as_ref());
    for (key, text, bounds) in [
        ("name", rule.name.as_ref(), limits.display_name_length),
        ("description", rule.description.as_ref(), limits.description_length),
        ("alertDisplayNameFormat", name_format, limits.alert_display_name_format_length),
        ("alertDescriptionFormat", description_format, limits.alert_description_format_length),
    ] {
        let Some(text) = text else { continue };
        let length = length(&text.value);
        if length > bounds.max {
            let message = format!("`{key}` has {length} characters, and the service takes {}", bounds.max);
            let excess = length - bounds.max;
            found.push(
                TEXT_TOO_LONG
                    .at(span(rule, text.range), message)
                    .with_help(format!("shorten it by {excess} characters")),
            );
        }
    }
}
