//! PK315: an entity that its identifiers do not tell apart for certain.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

declare_lint! {
    /// ## What it does
    /// Reports an entity mapping whose identifiers do not make up one of the combinations that identify an entity of the type for
    /// certain, such as `Name` of an account without its domain.
    ///
    /// ## Why is this bad
    /// Two alerts may show the same entity that are two, and one entity may show as two.
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
    ///       - identifier: AadUserId
    ///         columnName: UserId
    /// ```
    pub(in crate::lint) static WEAK_ENTITY: "PK315", "weak-entity", Severity::Info, since "0.1.0"
}

/// The service takes a full name apart, into the parts that identify.
const FULL_NAME: &str = "FullName";

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for mapping in &rule.entity_mappings {
        let Some(entity) = super::entity_of(context, mapping) else { continue };
        let written: Vec<&str> = super::identifiers(mapping).collect();
        let has = |all: &Vec<&str>| all.iter().all(|identifier| written.contains(identifier));
        // What is no entity for the service, or misspelt, is a finding of its own.
        let is_right = written.iter().all(|identifier| entity.identifiers.contains(identifier))
            && entity.required_any_of.iter().any(has);
        // Parts that are entities themselves cannot be mapped here.
        let mut strong =
            entity.strong.iter().filter(|all| !all.iter().any(|part| part.starts_with('['))).peekable();
        if !is_right || strong.peek().is_none() || written.contains(&FULL_NAME) {
            continue;
        }
        let sets: Vec<&Vec<&str>> = strong.collect();
        if sets.iter().any(|all| has(all)) {
            continue;
        }
        let place = mapping.entity_type.as_ref().map_or(mapping.range, |written| written.range);
        let sets: Vec<String> = sets.iter().map(|all| all.join(" with ")).collect();
        let named = written.join(" and ");
        found.push(
            WEAK_ENTITY
                .at(span(rule, place), format!("{named} may not tell one `{}` from another", entity.name))
                .with_help(format!("map {}", sets.join(" or "))),
        );
    }
}
