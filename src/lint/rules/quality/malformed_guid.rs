//! PK743: a GUID with a digit too many or too few.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a text that is compared with whole values and looks like a GUID, but is none.
    ///
    /// ## Why is this bad
    /// No id is equal to it: a digit was lost or added when it was copied.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Microsoft Graph
    /// query: SigninLogs | where AppId == "00000003-0000-0000-c000-00000000000"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Microsoft Graph
    /// query: SigninLogs | where AppId == "00000003-0000-0000-c000-000000000000"
    /// ```
    pub(in crate::lint) static MALFORMED_GUID: "PK743", "malformed-guid", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in walk.comparisons.iter().filter(|comparison| comparison.operator.relation.is_equality())
    {
        for (node, text) in comparison.constants() {
            let groups: Vec<usize> = text.split('-').map(str::len).collect();
            let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
            let near = groups.len() == LENGTHS.len() && text.len().abs_diff(36) <= 3;
            if hex && near && groups != LENGTHS {
                let finding =
                    MALFORMED_GUID.at(analysis.span(node.range()), "the text looks like a GUID, but is none");
                found.push(finding.with_help("a GUID has 8, 4, 4, 4 and 12 digits: copy it again"));
            }
        }
    }
}

/// The digits in each group of a GUID.
const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
