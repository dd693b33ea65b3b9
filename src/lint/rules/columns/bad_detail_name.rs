//! PK310: a name of a custom detail that the service does not take.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::reference::is_deployed;

declare_lint! {
    /// ## What it does
    /// Reports the name of a custom detail that is longer than 20 characters, or has anything but letters, digits and
    /// underscores after a letter.
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
    /// customDetails:
    ///   Sign-in location: Location
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
    /// customDetails:
    ///   SignInLocation: Location
    /// ```
    pub(in crate::lint) static BAD_DETAIL_NAME: "PK310", "bad-detail-name", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if !is_deployed(rule) {
        return;
    }
    let bounds = context.catalog.limits().custom_details_key_length;
    for (name, _) in &rule.custom_details {
        let length = name.value.chars().count() as u64;
        let place = span(rule, name.range);
        if !super::is_name(&name.value, false) {
            let message = format!("`{}` is no name for a custom detail", name.value);
            let help = "use letters, digits and underscores, a letter first";
            found.push(BAD_DETAIL_NAME.at(place, message).with_help(help));
        } else if !bounds.contains(length) {
            let message = format!(
                "the name of the custom detail has {length} characters, and the service takes {}",
                bounds.max
            );
            found.push(BAD_DETAIL_NAME.at(place, message).with_help("shorten it"));
        }
    }
}
