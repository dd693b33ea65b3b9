//! PK739: a column that is made and never read.

use std::collections::HashMap;

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::nodes::{ExtendOperator, SimpleNamedExpression};
use crate::kql::syntax::{NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a column of `extend` that nothing reads and that the query does not return.
    ///
    /// ## Why is this bad
    /// It costs work in every run, and often a condition on it was forgotten.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Failed sign-ins
    /// query: SigninLogs | extend City = tostring(LocationDetails.city) | summarize Failures = count() by UserPrincipalName
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Failed sign-ins
    /// query: SigninLogs | extend City = tostring(LocationDetails.city) | summarize Failures = count() by UserPrincipalName, City
    /// ```
    pub(in crate::lint) static UNUSED_COLUMN: "PK739", "unused-column", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    let Some(columns) = analysis.columns() else { return };
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for node in analysis.tree.root().descendants() {
        match node.kind() {
            NodeKind::NameReference | NodeKind::NameDeclaration => *uses.entry(node.text()).or_default() += 1,
            // All of them read every column.
            NodeKind::StarExpression
            | NodeKind::WildcardedName
            | NodeKind::BracketedWildcardedName
            | NodeKind::PackExpression
            | NodeKind::EvaluateOperator
            | NodeKind::InvokeOperator
            | NodeKind::SearchOperator
            | NodeKind::FindOperator
            | NodeKind::BracketedName => return,
            _ => {}
        }
    }
    if walk.calls.iter().any(|call| matches!(call.name, "pack_all" | "column_ifexists")) {
        return;
    }
    for operator in walk.pipelines.iter().flat_map(|pipeline| &pipeline.operators) {
        let Some(extend) = ExtendOperator::cast(*operator) else { continue };
        for named in extend.expressions().iter().filter_map(SimpleNamedExpression::cast) {
            let name = named.name().syntax();
            let returned = columns.iter().any(|column| column.name == name.text());
            if returned || uses.get(name.text()).is_none_or(|count| *count > 1) {
                continue;
            }
            let message = format!("nothing reads `{}`, and the query does not return it", name.text());
            let finding = UNUSED_COLUMN.at(analysis.span(name.range()), message);
            found.push(finding.with_help("take it out, or use it where it was meant"));
        }
    }
}
