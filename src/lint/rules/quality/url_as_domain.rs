//! PK729: an address of a page compared with the name of a host.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::{Relation, column};

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a text with `://` that is compared with a column of names in DNS.
    ///
    /// ## Why is this bad
    /// A name in DNS has no scheme and no path: the comparison never matches.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Lookup of a bad domain
    /// query: |-
    ///   ASimDnsActivityLogs | where DnsQuery == "https://login.contoso.com"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Lookup of a bad domain
    /// query: ASimDnsActivityLogs | where DnsQuery == "login.contoso.com"
    /// ```
    pub(in crate::lint) static URL_AS_DOMAIN: "PK729", "url-as-domain", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in
        walk.comparisons.iter().filter(|comparison| comparison.operator.relation != Relation::Regex)
    {
        let Some(column) = column(comparison.left, analysis.bound) else { continue };
        let dns = || analysis.bound.tables().iter().all(|table| *table == "DnsEvents");
        let host = matches!(column.name, "DnsQuery" | "QueryName" | "DomainName")
            || (column.name == "Name" && dns());
        for (node, text) in comparison.constants().filter(|(_, text)| host && text.contains("://")) {
            let name = text.split_once("://").map_or(text, |(_, rest)| rest);
            let name = name.split('/').next().unwrap_or(name);
            let message = format!("`{}` holds names of hosts, without a scheme", column.name);
            let finding = URL_AS_DOMAIN.at(analysis.span(node.range()), message);
            found.push(finding.with_help(format!("compare with the name alone: `{name}`")));
        }
    }
}
