//! PK744: an address that does not exist.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

use super::{is_address_column, sound};

declare_lint! {
    /// ## What it does
    /// Reports an IPv4 address with a number above 255 that is compared with a column of addresses.
    ///
    /// ## Why is this bad
    /// No address is equal to it; a digit was added or changed when it was copied.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in from an address
    /// query: SigninLogs | where IPAddress == "203.0.113.270"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in from an address
    /// query: SigninLogs | where IPAddress == "203.0.113.27"
    /// ```
    pub(in crate::lint) static IMPOSSIBLE_ADDRESS: "PK744", "impossible-address", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in walk.comparisons.iter().filter(|comparison| is_address_column(comparison.left)) {
        for (node, text) in comparison.constants() {
            let numbers: Vec<&str> = text.split('.').collect();
            let digits =
                |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            let quad = numbers.len() == 4 && numbers.iter().all(digits);
            if quad && text.parse::<core::net::Ipv4Addr>().is_err() {
                let finding = IMPOSSIBLE_ADDRESS.at(analysis.span(node.range()), "no address is written so");
                found.push(finding.with_help("the numbers of an address go from 0 to 255: copy it again"));
            }
        }
    }
}
