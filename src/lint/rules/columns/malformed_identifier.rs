//! PK317: an identifier of a form that it never has.

use core::net::IpAddr;

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};

use super::holds::{Holds, holds};
use super::reference::{Purpose, returned};

declare_lint! {
    /// ## What it does
    /// Reports an identifier whose column the query gives a form that it never has: a domain with an `@`, the part
    /// before the `@` for the domain and the one after it for the name, an address that is none, a SID that does not
    /// begin with `S-1-`, the id of an object that is no GUID.
    ///
    /// ## Why is this bad
    /// The entity is one that does not exist.
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
    ///   | extend Name = tostring(split(UserPrincipalName, "@")[1]), UPNSuffix = tostring(split(UserPrincipalName, "@")[0])
    /// entityMappings:
    ///   - entityType: Account
    ///     fieldMappings:
    ///       - identifier: Name
    ///         columnName: Name
    ///       - identifier: UPNSuffix
    ///         columnName: UPNSuffix
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
    pub(in crate::lint) static MALFORMED_IDENTIFIER: "PK317", "malformed-identifier", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (reference, column) in returned(analysis) {
        let Purpose::Identifier { entity, identifier } = reference.purpose else { continue };
        let fault = match holds(analysis.bound, column) {
            Some(Holds::Text(text, place)) => of_text(entity, identifier, text).map(|fault| (fault, place)),
            Some(Holds::Part(mark, index, place)) => {
                of_part(entity, identifier, mark, index).map(|fault| (fault, place))
            }
            Some(Holds::Stored(..)) | None => None,
        };
        let Some(((is, remedy), place)) = fault else { continue };
        let message =
            format!("{entity}'s identifier {identifier} is column `{}`, which is {is}", column.name);
        found.push(
            MALFORMED_IDENTIFIER
                .at(span(analysis.rule, reference.range), message)
                .with_secondary(analysis.span(place.range()), "the value of the column")
                .with_help(remedy),
        );
    }
}

/// What is wrong with a text, and the remedy.
fn of_text(entity: &str, identifier: &str, text: &str) -> Option<(&'static str, &'static str)> {
    let is_guid = || {
        let digits = text.trim_matches(['{', '}']).replace('-', "");
        digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    };
    if text.is_empty() {
        // A finding of its own.
        return None;
    }
    match (entity, identifier) {
        ("Account", "UPNSuffix" | "DnsDomain") if text.contains('@') => {
            Some(("no domain, as it has an `@`", "keep what stands after the `@`"))
        }
        ("Account", "Sid") if !text.to_ascii_uppercase().starts_with("S-1-") => {
            Some(("no SID", "map `Name` or `FullName` for a name"))
        }
        ("Account", "AadUserId" | "AadTenantId" | "ObjectGuid") if !is_guid() => {
            Some(("no GUID", "map `Name` or `FullName` for a name"))
        }
        ("IP", "Address") if text.parse::<IpAddr>().is_err() => {
            Some(("no address", "map a column with addresses"))
        }
        ("Host", "AzureID") | ("AzureResource", "ResourceId") if !text.starts_with('/') => {
            Some(("no id of a resource", "write the whole id, as in `/subscriptions/…/resourceGroups/…`"))
        }
        _ => None,
    }
}

/// What is wrong with part `index` of texts that were split at `mark`, and the remedy.
fn of_part(entity: &str, identifier: &str, mark: &str, index: i64) -> Option<(&'static str, &'static str)> {
    let name = "a name without its domain";
    let domain = "a domain";
    let (is, wanted) = match (entity, identifier, mark, index) {
        ("Account", "UPNSuffix" | "DnsDomain", "@", 0) => (name, "take part 1, which is the domain"),
        ("Account", "Name", "@", 1 | -1) => (domain, "take part 0, which is the name"),
        ("Account", "NTDomain", "\\", 1 | -1) => (name, "take part 0, which is the domain"),
        _ => return None,
    };
    Some((is, wanted))
}
