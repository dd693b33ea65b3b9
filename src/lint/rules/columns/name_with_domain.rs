//! PK318: a name of an account that has its domain in it.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};

use super::holds::{Holds, Kind, holds};
use super::reference::{Purpose, returned};

declare_lint! {
    /// ## What it does
    /// Reports an account's identifier `Name` that is mapped to a column of names with their domain, such as
    /// `UserPrincipalName`.
    ///
    /// ## Why is this bad
    /// `Name` is the part before the `@`. With the domain in it, the account is not the one that other rules and the
    /// analytics of behaviour know.
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
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    /// entityMappings:
    ///   - entityType: Account
    ///     fieldMappings:
    ///       - identifier: FullName
    ///         columnName: UserPrincipalName
    /// ```
    pub(in crate::lint) static NAME_WITH_DOMAIN: "PK318", "name-with-domain", Severity::Info, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (reference, column) in returned(analysis) {
        let is_name =
            matches!(reference.purpose, Purpose::Identifier { entity: "Account", identifier: "Name" });
        let Some(Holds::Stored(Kind::Upn, name)) = holds(analysis.bound, column).filter(|_| is_name) else {
            continue;
        };
        found.push(
            NAME_WITH_DOMAIN
                .at(
                    span(analysis.rule, reference.range),
                    format!("`{name}` has the domain in it, and Name is without"),
                )
                .with_help("map it to `FullName`")
                .with_help(format!("or map `split({name}, \"@\")[0]` to `Name` and `[1]` to `UPNSuffix`")),
        );
    }
}
