//! PK305: an entity type that the service does not know.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint, nearest};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::reference::is_deployed;

declare_lint! {
    /// ## What it does
    /// Reports an `entityType` that the service does not map.
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
    ///   - entityType: User
    ///     fieldMappings:
    ///       - identifier: Name
    ///         columnName: UserPrincipalName
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
    ///       - identifier: FullName
    ///         columnName: UserPrincipalName
    /// ```
    pub(in crate::lint) static UNKNOWN_ENTITY_TYPE: "PK305", "unknown-entity-type", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let entities = context.catalog.entities();
    let names = || entities.iter().filter(|entity| entity.mappable).map(|entity| entity.name);
    for mapping in &rule.entity_mappings {
        let Some(written) = &mapping.entity_type else { continue };
        let name = written.value.as_str();
        if names().any(|known| known == name) {
            continue;
        }
        let mut finding = UNKNOWN_ENTITY_TYPE
            .at(span(rule, written.range), format!("the service maps no entities of type `{name}`"));
        let case = names().find(|known| known.eq_ignore_ascii_case(name));
        finding = match case.or_else(|| nearest(name, names())) {
            Some(near) => {
                let applicability = if case.is_some() { Applicability::Safe } else { Applicability::Unsafe };
                let place = span(rule, context.inside_quotes(rule, written.range));
                let title = format!("write `{near}`");
                finding.with_help(format!("the nearest type is `{near}`")).with_fix(Fix::replace(
                    title,
                    applicability,
                    place,
                    near,
                ))
            }
            None => finding.with_help(format!("types are {}", names().collect::<Vec<_>>().join(", "))),
        };
        if !is_deployed(rule) {
            finding.severity = Severity::Warning;
        }
        found.push(finding);
    }
}
