//! PK511: a technique beside one of its own sub-techniques.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

use super::reading;

declare_lint! {
    /// ## What it does
    /// Points out a technique that a rule names beside a sub-technique of it, in a list where another sub-technique
    /// stands alone.
    ///
    /// ## Why is this bad
    /// The sub-technique says it all, and more precisely: what is deployed names the technique of each
    /// sub-technique by itself. Keep both only where the query finds more of the technique than the part.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// tactics: [CredentialAccess]
    /// relevantTechniques: [T1110, T1110.003, T1556.006]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// tactics: [CredentialAccess]
    /// relevantTechniques: [T1110.003]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// tactics: [CredentialAccess]
    /// relevantTechniques: [T1110, T1110.003, T1556, T1556.006]
    /// query: SigninLogs | where ResultType == 50126
    /// ```
    pub(in crate::lint) static PARENT_BESIDE_SUB_TECHNIQUE: "PK511", "parent-beside-sub-technique", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let attack = context.catalog.attack();
    let read = |id: &str| reading::technique(attack, id).certain().map(|technique| technique.id);
    let ids: Vec<_> = rule.techniques.iter().filter_map(|written| read(&written.value)).collect();
    // A list that names the technique of each of its sub-techniques, as the service exports them, is a way of writing.
    let mut parts = ids.iter().filter_map(|id| id.split_once('.'));
    if parts.all(|(parent, _)| ids.contains(&parent)) {
        return;
    }
    for written in &rule.techniques {
        let Some(parent) = read(&written.value).filter(|id| !id.contains('.')) else { continue };
        let is_part = |id: &str| id.split_once('.').is_some_and(|(of, _)| of == parent);
        let part = rule.techniques.iter().find(|other| read(&other.value).is_some_and(is_part));
        let Some(part) = part else { continue };
        let mut finding = PARENT_BESIDE_SUB_TECHNIQUE
            .at(
                span(rule, written.range),
                format!("technique {parent} stands beside its sub-technique `{}`", part.value),
            )
            .with_secondary(span(rule, part.range), "its sub-technique")
            .with_help("the sub-technique alone says the same, since its technique is deployed with it");
        if let Some(range) = context.item_with_its_mark(rule, written.range) {
            let place = span(rule, range);
            finding = finding.with_fix(Fix::replace(
                format!("remove `{}`", written.value),
                Applicability::Unsafe,
                place,
                "",
            ));
        }
        found.push(finding);
    }
}
