//! PK727: a table that a union has twice.

use std::collections::HashMap;

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::nodes::UnionOperator;
use crate::kql::syntax::{Node, NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::without_parentheses;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `union` with the same table twice.
    ///
    /// ## Why is this bad
    /// Each of its rows comes twice, so counts are twice what they should be. Often another table was meant.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Administrator
    /// query: union SigninLogs, AADNonInteractiveUserSignInLogs, SigninLogs | where UserPrincipalName == "admin@contoso.com"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Administrator
    /// query: union SigninLogs, AADNonInteractiveUserSignInLogs | where UserPrincipalName == "admin@contoso.com"
    /// ```
    pub(in crate::lint) static TABLE_UNITED_WITH_ITSELF: "PK727", "table-united-with-itself", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for node in analysis.tree.root().descendants() {
        let Some(union) = UnionOperator::cast(node) else { continue };
        let source = walk.pipelines.iter().find(|pipeline| pipeline.operators.first() == Some(&node));
        let tables = source.map(|pipeline| pipeline.source).into_iter().chain(union.expressions().iter());
        let mut seen: HashMap<&str, Node<'_>> = HashMap::new();
        for table in tables.map(without_parentheses).filter(|table| table.kind() == NodeKind::NameReference) {
            let Some(first) = seen.insert(table.text(), table) else { continue };
            let message = format!("`{}` is in the union already", table.text());
            let finding = TABLE_UNITED_WITH_ITSELF.at(analysis.span(table.range()), message);
            let finding = finding.with_secondary(analysis.span(first.range()), "the first time");
            found.push(finding.with_help("take one of them out, or write the table that was meant"));
        }
    }
}
