//! PK180: two rules with one name.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind};
use crate::text::Span;

declare_lint! {
    /// ## What it does
    /// Reports a rule with the name of an earlier rule of the same kind. Letters of either case are the same.
    ///
    /// ## Why is this bad
    /// Alerts, incidents and lists in the portal show the name alone, so nobody can tell which of the two rules
    /// raised them.
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
    /// ---
    /// id: 8d1b6e07-2f94-4c3a-b5d8-0a7e9c4f6b21
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50053
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
    /// ---
    /// id: 8d1b6e07-2f94-4c3a-b5d8-0a7e9c4f6b21
    /// name: Sign-in of a locked account
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: SigninLogs | where ResultType == 50053
    /// ```
    pub(in crate::lint) static DUPLICATE_NAME: "PK180", "duplicate-name", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rules: &[Rule], _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut first: HashMap<(RuleKind, String), Span> = HashMap::new();
    for rule in rules {
        let Some(name) = rule.name.as_ref().filter(|name| !name.value.trim().is_empty()) else { continue };
        let place = span(rule, name.range);
        match first.entry((rule.kind, name.value.trim().to_lowercase())) {
            Entry::Vacant(entry) => {
                entry.insert(place);
            }
            Entry::Occupied(entry) => found.push(
                DUPLICATE_NAME
                    .at(place, format!("another rule is called `{}`", name.value.trim()))
                    .with_secondary(*entry.get(), "the first with this name")
                    .with_help("say in the name what tells the two apart"),
            ),
        }
    }
}
