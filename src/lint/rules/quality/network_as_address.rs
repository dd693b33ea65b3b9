//! PK735: a network compared with an address.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::Relation;

use super::{is_address_column, sound};

declare_lint! {
    /// ## What it does
    /// Reports a network such as `10.0.0.0/8` that is compared as text with a column of addresses.
    ///
    /// ## Why is this bad
    /// An address is no text that holds the network: the comparison never matches. Functions for addresses know
    /// networks.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in from a network
    /// query: SigninLogs | where IPAddress == "203.0.113.0/24"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in from a network
    /// query: SigninLogs | where ipv4_is_in_range(IPAddress, "203.0.113.0/24")
    /// ```
    pub(in crate::lint) static NETWORK_AS_ADDRESS: "PK735", "network-as-address", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in walk.comparisons.iter().filter(|comparison| is_address_column(comparison.left)) {
        if comparison.operator.relation == Relation::Regex {
            continue;
        }
        for (node, text) in comparison.constants() {
            if is_network(text) {
                let finding = NETWORK_AS_ADDRESS
                    .at(analysis.span(node.range()), "no address is equal to this network, or holds it");
                let help = "ask `ipv4_is_in_range(…)`, or `ipv4_is_in_any_range(…)` for several networks";
                found.push(finding.with_help(help));
            }
        }
    }
}

/// `1.2.3.0/24`
fn is_network(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    address.parse::<core::net::Ipv4Addr>().is_ok() && length.parse::<u8>().is_ok_and(|length| length <= 32)
}
