//! PK737: many indicators in the query.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::Separated;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a list of more than 30 addresses, hashes or domains that stands in the query.
    ///
    /// ## Why is this bad
    /// Each new indicator means a new version of the rule. A watchlist or the threat intelligence table keeps them
    /// in one place, with dates on which they expire, for every rule.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Bad addresses
    /// query: CommonSecurityLog | where DestinationIP in ("203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4", "203.0.113.5", "203.0.113.6", "203.0.113.7", "203.0.113.8", "203.0.113.9", "203.0.113.10", "203.0.113.11", "203.0.113.12", "203.0.113.13", "203.0.113.14", "203.0.113.15", "203.0.113.16", "203.0.113.17", "203.0.113.18", "203.0.113.19", "203.0.113.20", "203.0.113.21", "203.0.113.22", "203.0.113.23", "203.0.113.24", "203.0.113.25", "203.0.113.26", "203.0.113.27", "203.0.113.28", "203.0.113.29", "203.0.113.30", "203.0.113.31")
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Bad addresses
    /// query: let bad = _GetWatchlist("bad-addresses") | project SearchKey; CommonSecurityLog | where DestinationIP in (bad)
    /// ```
    pub(in crate::lint) static HARD_CODED_INDICATORS: "PK737", "hard-coded-indicators", Severity::Info, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in &walk.comparisons {
        let Some(list) = comparison.list.and_then(Separated::syntax) else { continue };
        let indicators = comparison.constants().filter(|(_, text)| is_indicator(text)).count();
        if indicators <= MANY || indicators * 10 < comparison.right.len() * 9 {
            continue;
        }
        let finding = HARD_CODED_INDICATORS
            .at(analysis.span(list.range()), format!("the query holds {indicators} indicators"));
        found.push(finding.with_help("keep them in a watchlist and read it with `_GetWatchlist(…)`"));
    }
}

/// As many as a query may hold.
const MANY: usize = 30;

/// An address, a hash or the name of a host.
fn is_indicator(text: &str) -> bool {
    let hash = matches!(text.len(), 32 | 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let host = text.split_once("://").map_or(text, |(_, rest)| rest);
    let labels: Vec<&str> = host.split('/').next().unwrap_or_default().split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let last = labels
        .last()
        .is_some_and(|last| last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let is_file = labels.last().is_some_and(|last| {
        ["exe", "dll", "ps1", "bat", "cmd", "vbs", "js", "php", "txt", "zip", "doc", "pdf"].contains(last)
    });
    let domain = labels.len() >= 2 && last && !is_file && labels.iter().all(is_label);
    hash || domain || text.parse::<core::net::IpAddr>().is_ok()
}
