//! PK307: an entity without an identifier that tells it from others.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::reference::is_deployed;

declare_lint! {
    /// ## What it does
    /// Reports an entity mapping without any of the identifiers that its type needs.
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
    ///   - entityType: FileHash
    ///     fieldMappings:
    ///       - identifier: Value
    ///         columnName: UniqueTokenIdentifier
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
    pub(in crate::lint) static MISSING_IDENTIFIER: "PK307", "missing-identifier", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for mapping in &rule.entity_mappings {
        let Some(entity) = super::entity_of(context, mapping) else { continue };
        let written: Vec<&str> = super::identifiers(mapping).collect();
        // An identifier that is misspelt is a finding of its own.
        let is_known = written.iter().all(|identifier| entity.identifiers.contains(identifier));
        let has = |all: &Vec<&str>| all.iter().all(|identifier| written.contains(identifier));
        if !is_known || entity.required_any_of.is_empty() || entity.required_any_of.iter().any(has) {
            continue;
        }
        let place = mapping.entity_type.as_ref().map_or(mapping.range, |written| written.range);
        let sets: Vec<String> = entity.required_any_of.iter().map(|all| all.join(" with ")).collect();
        let message =
            format!("the mapping of an entity `{}` lacks an identifier that the service needs", entity.name);
        let mut finding =
            MISSING_IDENTIFIER.at(span(rule, place), message).with_help(format!("map {}", sets.join(" or ")));
        if !is_deployed(rule) {
            finding.severity = Severity::Warning;
        }
        found.push(finding);
    }
}
