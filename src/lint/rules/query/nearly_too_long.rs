//! PK210: a query that is nearly too long for the service.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::context::{Context, span};
use crate::rule::{Rule, RuleKind};

declare_lint! {
    /// ## What it does
    /// Reports the query of an analytics rule that has more than nine tenths of the 10,000 characters that the service
    /// takes.
    ///
    /// ## Why is this bad
    /// The next item of a list or the next comment may be the one too many.
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
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | where UserPrincipalName !in (
    ///   'clerk1@contoso.com', // (390 lines like this one)
    ///   'guard@contoso.com')
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
    /// query: |
    ///   let users = _GetWatchlist("users") | project SearchKey;
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | where UserPrincipalName in (users)
    /// ```
    pub(in crate::lint) static QUERY_NEARLY_TOO_LONG: "PK210", "query-nearly-too-long", Severity::Info, since "0.1.0"
}

/// Of so many parts, one is left free.
const PARTS: usize = 10;

pub(in crate::lint) fn check(rule: &Rule, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(query) = rule.query.as_ref().filter(|_| rule.kind != RuleKind::Hunting) else { return };
    let most = usize::try_from(context.catalog.limits().query_length.max).unwrap_or(usize::MAX);
    let length = query.text().chars().count();
    if length > most || length < most - most / PARTS {
        return;
    }
    let place = span(rule, rule.key("query").unwrap_or(query.range));
    let message = format!("the query has {length} of the {most} characters that the service takes");
    found.push(QUERY_NEARLY_TOO_LONG.at(place, message).with_help(
        "keep long lists in a watchlist, and what several rules share in a function of the workspace",
    ));
}
