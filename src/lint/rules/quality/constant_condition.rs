//! PK711: a condition that does not depend on the row.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::bind::Value;
use crate::kql::syntax::nodes::{FilterOperator, LetStatement};
use crate::kql::syntax::{Node, NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::{Relation, column, joined_by, same_text, without_parentheses};

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a condition that comes out the same for every row: two literals compared, a column compared with
    /// itself, `where true`.
    ///
    /// ## Why is this bad
    /// The condition does nothing, or lets nothing through. A column compared with itself is often a variable that
    /// has the name of the column: in a filter, the column is meant by both.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in
    /// query: SigninLogs | where 1 == 1
    /// ```
    ///
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in
    /// query: let UserPrincipalName = "admin@contoso.com"; SigninLogs | where UserPrincipalName == UserPrincipalName
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in
    /// query: let user = "admin@contoso.com"; SigninLogs | where UserPrincipalName == user
    /// ```
    pub(in crate::lint) static CONSTANT_CONDITION: "PK711", "constant-condition", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in &walk.comparisons {
        let ([operand], None) = (&comparison.right[..], comparison.list) else { continue };
        let (left, right) = (comparison.left, operand.node);
        let literals = is_literal(left) && is_literal(right);
        let itself =
            comparison.operator.relation == Relation::Equals && column(left, analysis.bound).is_some();
        if literals {
            let finding = CONSTANT_CONDITION.at(
                analysis.span(comparison.node.range()),
                "two literals are compared, which is the same for every row",
            );
            found.push(finding.with_help("compare a column, or take the condition out"));
        } else if itself && same_text(left, right) {
            let message = format!("`{}` is compared with itself", left.text());
            let mut finding = CONSTANT_CONDITION.at(analysis.span(comparison.node.range()), message);
            if let Some(name) = variable(analysis, left.text()) {
                finding =
                    finding.with_secondary(analysis.span(name.range()), "the column hides this variable");
            }
            found.push(finding.with_help("give the variable that was meant a name that no column has"));
        }
    }
    for operator in walk.pipelines.iter().flat_map(|pipeline| &pipeline.operators) {
        let Some(filter) = FilterOperator::cast(*operator) else { continue };
        for part in joined_by(filter.condition(), "and") {
            if let Some(Value::Bool(value)) = analysis.bound.value(part).filter(|_| is_literal(part)) {
                let message = format!("the condition is {value} for every row");
                let finding = CONSTANT_CONDITION.at(analysis.span(part.range()), message);
                found.push(finding.with_help("write a condition on a column, or take it out"));
            }
        }
    }
}

fn is_literal(node: Node<'_>) -> bool {
    without_parentheses(node).kind() == NodeKind::LiteralExpression
}

/// Where the query declares a variable called `name`.
fn variable<'a>(analysis: &Analysis<'a>, name: &str) -> Option<Node<'a>> {
    let mut names = analysis.tree.root().descendants().filter_map(LetStatement::cast).map(LetStatement::name);
    names.find(|declared| declared.syntax().text() == name).map(View::syntax)
}
