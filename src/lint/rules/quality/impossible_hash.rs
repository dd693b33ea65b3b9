//! PK734: a hash that no value can be.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::column;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a hash of the wrong length, or with wrong letters, that is compared with a column of MD5, SHA-1 or
    /// SHA-256 hashes.
    ///
    /// ## Why is this bad
    /// No value can be equal to it. It was cut off when copied, or belongs to another column.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Test file
    /// query: DeviceFileEvents | where SHA256 == "44d88612fea8a8f36de82e1278abb02f"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Test file
    /// query: DeviceFileEvents | where MD5 == "44d88612fea8a8f36de82e1278abb02f"
    /// ```
    pub(in crate::lint) static IMPOSSIBLE_HASH: "PK734", "impossible-hash", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in &walk.comparisons {
        let Some(column) = column(comparison.left, analysis.bound) else { continue };
        let upper = column.name.to_ascii_uppercase();
        let Some((kind, length)) = HASHES.iter().find(|(kind, _)| upper.ends_with(kind)) else { continue };
        if !comparison.operator.relation.is_equality() {
            continue;
        }
        for (node, text) in comparison.constants() {
            let hash = text.len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !hash || (hex && text.len() == *length) {
                continue;
            }
            let message = if hex {
                format!("a hash of {} digits, where those of {kind} have {length}", text.len())
            } else {
                "the hash has letters other than `a` to `f`".to_owned()
            };
            let mut finding = IMPOSSIBLE_HASH.at(analysis.span(node.range()), message);
            let other = HASHES.iter().find(|(_, length)| hex && *length == text.len());
            finding = finding.with_help(match other {
                Some((other, _)) => format!("compare it with the column of {other} hashes"),
                None => "copy the whole hash".to_owned(),
            });
            found.push(finding);
        }
    }
}

/// How the names of columns with hashes end, and how many digits these have.
const HASHES: [(&str, usize); 3] = [("MD5", 32), ("SHA1", 40), ("SHA256", 64)];

/// What is shorter is no hash but a word, such as `unknown`.
const SHORTEST: usize = 24;
