//! PK720: a column that is given its own value.

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::kql::syntax::nodes::{ExtendOperator, ProjectOperator, SimpleNamedExpression};
use crate::kql::syntax::{NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::column;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `Name = Name` in `extend` and `project`.
    ///
    /// ## Why is this bad
    /// It changes nothing. A conversion or another column may have been forgotten.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in
    /// query: SigninLogs | project TimeGenerated, IPAddress = IPAddress
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in
    /// query: SigninLogs | project TimeGenerated, IPAddress
    /// ```
    pub(in crate::lint) static SELF_ASSIGNMENT: "PK720", "self-assignment", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for operator in walk.pipelines.iter().flat_map(|pipeline| &pipeline.operators) {
        let (expressions, keeps) = match operator.kind() {
            NodeKind::ExtendOperator => (ExtendOperator::of_slot(*operator).expressions(), false),
            NodeKind::ProjectOperator => (ProjectOperator::of_slot(*operator).expressions(), true),
            _ => continue,
        };
        for named in expressions.iter().filter_map(SimpleNamedExpression::cast) {
            let (name, value) = (named.name().syntax(), named.expression());
            if name.text() != value.text() || column(value, analysis.bound).is_none() {
                continue;
            }
            let place = named.syntax().range();
            let title = format!("write `{}` alone", value.text());
            let fix = keeps
                .then(|| analysis.replacement(title, Applicability::Safe, place, value.text()))
                .flatten();
            let message = format!("`{}` is given the value that it has", value.text());
            let finding = SELF_ASSIGNMENT.at(analysis.span(place), message);
            found.push(finding.with_help("take it out, or write what was meant").with_fix_if(fix));
        }
    }
}
