//! PK748: an estimate that is asked to be exact.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::kql::bind::Value;
use crate::kql::syntax::nodes::FunctionCall;
use crate::kql::syntax::{NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::Relation;

use super::distinct_rows::made_by;
use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports what `dcount` or `dcountif` returned compared by `==` or `!=` with anything but 0 and 1.
    ///
    /// ## Why is this bad
    /// `dcount` estimates: its result may be off by a percent or two and may differ between runs over the same rows.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// query: SigninLogs | summarize Accounts = dcount(UserPrincipalName), Addresses = dcount(IPAddress) by AppId | where Accounts == Addresses
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// query: SigninLogs | summarize Accounts = count_distinct(UserPrincipalName), Addresses = count_distinct(IPAddress) by AppId | where Accounts == Addresses
    /// ```
    pub(in crate::lint) static EXACT_ESTIMATE: "PK748", "exact-estimate", Severity::Info, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in &walk.comparisons {
        let ([right], Relation::Equals) = (&comparison.right[..], comparison.operator.relation) else {
            continue;
        };
        let is_few = |node| matches!(analysis.bound.value(node), Some(Value::Long(0 | 1)));
        let sides = [comparison.left, right.node];
        let estimates = sides.into_iter().filter_map(|side| made_by(side, analysis.bound));
        let estimate = estimates.into_iter().find(|call| exact(*call).is_some());
        let Some((call, exact)) = estimate.and_then(|call| Some((call, exact(call)?))) else { continue };
        if sides.into_iter().any(is_few) {
            continue;
        }
        let name = call.name().syntax();
        let finding = EXACT_ESTIMATE
            .at(analysis.span(comparison.node.range()), format!("`{}` is an estimate", name.text()))
            .with_secondary(analysis.span(call.syntax().range()), "may be off, and differ from run to run");
        let title = format!("count exactly, with `{exact}`");
        // A result without a name is called after the function.
        let is_named =
            call.syntax().parent().is_some_and(|parent| parent.kind() == NodeKind::SimpleNamedExpression);
        let is_simple = call.arguments().expressions().len() == if exact == "count_distinct" { 1 } else { 2 };
        let edit = analysis.edit(name.range(), exact).filter(|_| is_named && is_simple);
        let fix = edit.map(|edit| Fix {
            title: title.clone(),
            applicability: Applicability::Unsafe,
            edits: vec![edit],
        });
        let finding = finding.with_help(title);
        found.push(match fix {
            Some(fix) => finding.with_fix(fix),
            None => finding,
        });
    }
}

/// The function that counts what `call` estimates, where it is an estimate.
fn exact(call: FunctionCall<'_>) -> Option<&'static str> {
    match call.name().syntax().text() {
        "dcount" => Some("count_distinct"),
        "dcountif" => Some("count_distinctif"),
        _ => None,
    }
}
