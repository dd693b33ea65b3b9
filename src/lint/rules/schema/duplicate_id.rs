//! PK111: two rules with one id.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use uuid::Uuid;

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::Rule;

declare_lint! {
    /// ## What it does
    /// Reports a rule whose `id` an earlier rule has too, in the same file or in another. Letters of either
    /// case are the same.
    ///
    /// ## Why is this bad
    /// The id names the resource in the workspace, so the rules overwrite each other with every deployment,
    /// and only the last one runs.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// query: SigninLogs | where ResultType == 50126
    /// ---
    /// id: 3F0C8A52-6C1D-4B7E-9A3F-5D2E7C1B8F40
    /// name: Sign-in of a locked account
    /// query: SigninLogs | where ResultType == 50053
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// query: SigninLogs | where ResultType == 50126
    /// ---
    /// id: 8d1b6e07-2f94-4c3a-b5d8-0a7e9c4f6b21
    /// name: Sign-in of a locked account
    /// query: SigninLogs | where ResultType == 50053
    /// ```
    pub(in crate::lint) static DUPLICATE_ID: "PK111", "duplicate-id", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rules: &[Rule], _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut first: HashMap<String, (&Rule, crate::text::Span)> = HashMap::new();
    for rule in rules {
        let Some(id) = &rule.id else { continue };
        let place = span(rule, id.range);
        match first.entry(identity(&id.value)) {
            Entry::Vacant(entry) => {
                entry.insert((rule, place));
            }
            Entry::Occupied(entry) => {
                let (other, other_place) = entry.get();
                let message =
                    format!("the id `{}` is taken by another rule, `{}`", id.value, other.display_name());
                found.push(
                    DUPLICATE_ID
                        .at(place, message)
                        .with_secondary(*other_place, "the id is given here first")
                        .with_help("give one of the two a new UUID; the one that is deployed keeps its id"),
                );
            }
        }
    }
}

/// What makes two ids the same resource.
fn identity(id: &str) -> String {
    Uuid::try_parse(id).map_or_else(|_| id.to_lowercase(), |uuid| uuid.hyphenated().to_string())
}
