//! PK736: private addresses told by their first digits.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::{Comparison, Relation};

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `startswith "10."`, `startswith "192.168."` and the like.
    ///
    /// ## Why is this bad
    /// `ipv4_is_private` knows all private networks, also those from 172.16 to 172.31 that are easily forgotten or
    /// taken too widely.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Traffic to the outside
    /// query: CommonSecurityLog | where not(DestinationIP startswith "10." or DestinationIP startswith "192.168.")
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Traffic to the outside
    /// query: CommonSecurityLog | where not(ipv4_is_private(DestinationIP))
    /// ```
    pub(in crate::lint) static PRIVATE_ADDRESSES_AS_TEXT: "PK736", "private-addresses-as-text", Severity::Info, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    let prefix = |comparison: &&Comparison<'_>| {
        let relation = matches!(comparison.operator.relation, Relation::StartsWith | Relation::HasPrefix);
        relation
            && comparison.constant().is_some_and(|(_, text)| matches!(text, "10." | "192.168." | "172.16."))
    };
    // One finding says it for all prefixes of a query.
    if let Some(comparison) = walk.comparisons.iter().find(prefix) {
        let finding = PRIVATE_ADDRESSES_AS_TEXT
            .at(analysis.span(comparison.node.range()), "a private address is told by its first digits");
        found.push(finding.with_help(format!("ask `ipv4_is_private({})`", comparison.left.text())));
    }
}
