//! PK151: a query longer than the service takes.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind};
use crate::text::{TextRange, to_u32};

use super::length;

declare_lint! {
    /// ## What it does
    /// Reports a query of more than 10,000 characters, comments and line endings included.
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
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | where UserPrincipalName !in (
    ///   'clerk1@contoso.com', // (700 lines like this one)
    ///   'guard@contoso.com')
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
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | where UserPrincipalName !in (_GetWatchlist('TrustedUsers') | project SearchKey)
    /// ```
    pub(in crate::lint) static QUERY_TOO_LONG: "PK151", "query-too-long", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(query) = rule.query.as_ref().filter(|_| rule.kind != RuleKind::Hunting) else { return };
    let (length, most) = (length(query.text()), context.catalog.limits().query_length.max);
    if length <= most {
        return;
    }
    // What is beyond the limit.
    let start = query.text().char_indices().nth(usize::try_from(most).unwrap_or(usize::MAX));
    let start = start.map_or(0, |(start, _)| to_u32(start));
    let beyond = TextRange::new(start, to_u32(query.text().len()));
    let message = format!("the query has {length} characters, and the service takes {most}");
    found.push(
        QUERY_TOO_LONG
            .at(span(rule, query.scalar.range_of(beyond)), message)
            .with_label("what is beyond the limit")
            .with_help("move lists of values into a watchlist, or parts of the query into a function"),
    );
}
