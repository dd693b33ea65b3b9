//! PK707: an item that a list has twice.

use std::collections::HashMap;

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::kql::syntax::NodeKind;
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::text::TextRange;

use super::{sound, without_item};

declare_lint! {
    /// ## What it does
    /// Reports an item that stands twice in the list of `in`, `has_any` or `has_all`; for operators that do not
    /// look at case, also where only the case differs.
    ///
    /// ## Why is this bad
    /// The second one has no effect. Often another value was meant.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Lockout
    /// query: SigninLogs | where ResultType in ("50053", "50126", "50053")
    /// ```
    ///
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Lockout
    /// query: SigninLogs | where UserAgent has_any ("curl", "Curl")
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Lockout
    /// query: SigninLogs | where ResultType in ("50053", "50126")
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Lockout
    /// query: SigninLogs | where AppDisplayName in ("Graph", "graph")
    /// ```
    pub(in crate::lint) static DUPLICATE_ITEM: "PK707", "duplicate-item", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in &walk.comparisons {
        let Some(list) = comparison.list else { continue };
        let mut seen: HashMap<String, TextRange> = HashMap::new();
        for (index, (item, operand)) in list.iter().zip(&comparison.right).enumerate() {
            let key = match operand.text {
                Some(text) if comparison.operator.cased => text.to_owned(),
                Some(text) => text.to_lowercase(),
                None if item.kind() == NodeKind::LiteralExpression => format!("literal {}", item.text()),
                None => continue,
            };
            let Some(first) = seen.get(&key) else {
                seen.insert(key, item.range());
                continue;
            };
            let finding = DUPLICATE_ITEM.at(analysis.span(item.range()), "the list has this item already");
            let finding = finding.with_secondary(analysis.span(*first), "the same item");
            let fix = without_item(analysis, list, index, Applicability::Safe);
            found.push(finding.with_help("take one of them out").with_fix_if(fix));
        }
    }
}
