//! PK181: two rules with one query.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax;
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind};
use crate::text::Span;

declare_lint! {
    /// ## What it does
    /// Reports a rule with the query of an earlier rule of the same kind. White space and comments make no
    /// difference.
    ///
    /// ## Why is this bad
    /// The same events raise two alerts. Where one of the two is mended later, the other stays as it was.
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
    /// name: Sign-in of a locked account
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
    pub(in crate::lint) static DUPLICATE_QUERY: "PK181", "duplicate-query", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(rules: &[Rule], _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut first: HashMap<(RuleKind, String), (&Rule, Span)> = HashMap::new();
    for rule in rules {
        let Some(query) = rule.query.as_ref().filter(|query| !query.text().trim().is_empty()) else {
            continue;
        };
        let place = span(rule, query.range);
        match first.entry((rule.kind, without_trivia(query.text()))) {
            Entry::Vacant(entry) => {
                entry.insert((rule, place));
            }
            // One rule that stands in two files has one finding, that of its id.
            Entry::Occupied(entry) if same_id(entry.get().0, rule) => {}
            Entry::Occupied(entry) => {
                let (other, other_place) = entry.get();
                let key = rule.key("query").map_or(place, |key| span(rule, key));
                found.push(
                    DUPLICATE_QUERY
                        .at(key, format!("the query is that of another rule, `{}`", other.display_name()))
                        .with_secondary(*other_place, "the first with this query")
                        .with_help("remove one of the two, or put what they share into a function"),
                );
            }
        }
    }
}

fn same_id(a: &Rule, b: &Rule) -> bool {
    matches!((&a.id, &b.id), (Some(a), Some(b)) if a.value.eq_ignore_ascii_case(&b.value))
}

/// The tokens of a query, one space between them.
fn without_trivia(query: &str) -> String {
    let (tokens, _) = syntax::lex(query);
    let tokens = tokens.into_iter().map(|token| token.range.slice(query));
    tokens.collect::<Vec<_>>().join(" ")
}
