//! PK726: a variable that columns of its name hide.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::nodes::LetStatement;
use crate::kql::syntax::{Node, NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::Comparison;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a `let` statement with the name of a column, where every use of the name means the column.
    ///
    /// ## Why is this bad
    /// Within an operator a column comes before a variable of the same name, so the variable has no effect, however
    /// it is set.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// query: let ResultType = "50126"; SigninLogs | where ResultType in ("50126", ResultType)
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// query: let wanted = "50126"; SigninLogs | where ResultType == wanted
    /// ```
    pub(in crate::lint) static HIDDEN_VARIABLE: "PK726", "hidden-variable", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    let nodes = || analysis.tree.root().descendants();
    for statement in nodes().filter_map(LetStatement::cast) {
        let name = statement.name().syntax();
        // A column compared with itself is reported there.
        let itself = |side: Node<'_>| side.text() == name.text();
        let is_itself = |of: &Comparison<'_>| {
            of.list.is_none() && itself(of.left) && of.right.iter().any(|right| itself(right.node))
        };
        if walk.comparisons.iter().any(is_itself) {
            continue;
        }
        let uses =
            nodes().filter(|node| node.kind() == NodeKind::NameReference && node.text() == name.text());
        let uses: Vec<Node<'_>> = uses.collect();
        let column =
            |node: &Node<'_>| analysis.bound.symbol(*node).is_some_and(|symbol| symbol.as_column().is_some());
        let Some(first) = uses.first().filter(|_| uses.iter().all(column)) else { continue };
        let message = format!("`{}` is always the column of that name", name.text());
        let finding = HIDDEN_VARIABLE.at(analysis.span(name.range()), message);
        let finding = finding.with_secondary(analysis.span(first.range()), "the column");
        found.push(finding.with_help("give the variable a name that no column has, or take it out"));
    }
}
