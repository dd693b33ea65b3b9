//! PK723: an asterisk that stands for itself.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::Relation;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a text with an asterisk at its start or end where whole values are compared with it, or starts or
    /// ends of values.
    ///
    /// ## Why is this bad
    /// KQL has no wildcards in texts: the asterisk must be in the value for it to match.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Tool in a command line
    /// query: DeviceProcessEvents | where ProcessCommandLine == "*mimikatz*"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Tool in a command line
    /// query: DeviceProcessEvents | where ProcessCommandLine has "mimikatz"
    /// ```
    pub(in crate::lint) static LITERAL_WILDCARD: "PK723", "literal-wildcard", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in &walk.comparisons {
        let relation = comparison.operator.relation;
        let whole = relation.is_equality() || matches!(relation, Relation::StartsWith | Relation::EndsWith);
        for (node, text) in comparison.constants().filter(|_| whole) {
            let wild = text.starts_with('*') || text.ends_with('*');
            // Permissions and policies of clouds have asterisks of their own.
            let own = text.contains(':') || text.contains("/*");
            if !wild || own || !text.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
                continue;
            }
            let finding = LITERAL_WILDCARD
                .at(analysis.span(node.range()), "the asterisk is no wildcard, only an asterisk matches it");
            found.push(
                finding.with_help("take it out and compare with `contains`, `startswith` or `endswith`"),
            );
        }
    }
}
