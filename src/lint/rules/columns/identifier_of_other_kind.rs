//! PK316: an identifier that is given something else.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};

use super::holds::{Holds, Kind, holds};
use super::reference::{Purpose, returned};

declare_lint! {
    /// ## What it does
    /// Reports an identifier that is mapped to a column of a table which, by its name, holds something else: a domain
    /// to names of accounts, a resource to the id of its subscription, an algorithm to the hash itself.
    ///
    /// ## Why is this bad
    /// The entity is one that does not exist: nothing else is known of it, and it joins no other alert.
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
    ///         columnName: UserDisplayName
    ///       - identifier: UPNSuffix
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
    ///   | extend Name = tostring(split(UserPrincipalName, "@")[0]), UPNSuffix = tostring(split(UserPrincipalName, "@")[1])
    /// entityMappings:
    ///   - entityType: Account
    ///     fieldMappings:
    ///       - identifier: Name
    ///         columnName: Name
    ///       - identifier: UPNSuffix
    ///         columnName: UPNSuffix
    /// ```
    pub(in crate::lint) static IDENTIFIER_OF_OTHER_KIND: "PK316", "identifier-of-other-kind", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (reference, column) in returned(analysis) {
        let Purpose::Identifier { entity, identifier } = reference.purpose else { continue };
        let Some(Holds::Stored(kind, name)) = holds(analysis.bound, column) else { continue };
        let Some(wanted) = wanted(entity, identifier).filter(|_| !fits(entity, identifier, kind)) else {
            continue;
        };
        let message =
            format!("{entity}'s identifier {identifier} is {wanted}, and `{name}` holds {}", kind.describe());
        let mut finding = IDENTIFIER_OF_OTHER_KIND.at(span(analysis.rule, reference.range), message);
        if kind == Kind::Upn {
            finding = finding
                .with_help(format!("split it: `split({name}, \"@\")[0]` is the name, `[1]` the domain"));
        }
        found.push(finding.with_help("map the column that has it, or another identifier"));
    }
}

/// What an identifier is, where values of another kind are certain to be wrong.
fn wanted(entity: &str, identifier: &str) -> Option<&'static str> {
    Some(match (entity, identifier) {
        ("Account", "Name" | "FullName") => "a name",
        ("Account", "UPNSuffix" | "NTDomain" | "DnsDomain") => "a domain",
        ("Account", "Sid") => "a SID",
        ("Account", "AadUserId") => "the id of an object",
        ("Host", "HostName" | "FullName" | "NetBiosName") => "the name of a host",
        ("Host", "NTDomain" | "DnsDomain" | "UPNSuffix") => "a domain",
        ("Host", "AzureID") | ("AzureResource", "ResourceId") => "the whole id of a resource",
        ("IP", "Address") => "an address",
        ("FileHash", "Algorithm") => "the name of an algorithm",
        ("FileHash", "Value") => "a hash",
        ("URL", "Url") => "a URL",
        ("DNS", "DomainName") => "a domain",
        ("Process", "CommandLine") => "a command line",
        _ => return None,
    })
}

/// Whether values of `kind` may stand for the identifier.
fn fits(entity: &str, identifier: &str, kind: Kind) -> bool {
    match (entity, identifier) {
        // What has its domain is a finding of its own.
        ("Account", "Name" | "FullName") => kind == Kind::Upn || kind == Kind::FileName,
        ("Account", "Sid") => kind == Kind::Sid,
        ("Account", "AadUserId") => kind == Kind::ObjectId,
        // A host without a name is known by its address.
        ("Host", "HostName" | "FullName") => kind == Kind::Address,
        ("IP", "Address") => kind == Kind::Address,
        ("FileHash", "Value") => kind == Kind::Hash,
        // The address of a server is one of the web as well.
        ("URL", "Url") => kind == Kind::Url || kind == Kind::Address,
        _ => false,
    }
}
