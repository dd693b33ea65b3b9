//! PK745: exceptions joined by `or`.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::nodes::BinaryExpression;
use crate::kql::syntax::{Node, TokenKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::{Comparison, joined_by, same_text, without_parentheses};

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports conditions joined by `or` of which each takes another value of the same column out.
    ///
    /// ## Why is this bad
    /// A value that one of them takes out passes the other one, so nothing is left out but what holds all of the
    /// texts at once. `and` was meant.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Program in an unusual folder
    /// query: |-
    ///   DeviceProcessEvents | where FolderPath !startswith "C:/Windows" or FolderPath !startswith "C:/Program"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Program in an unusual folder
    /// query: |-
    ///   DeviceProcessEvents | where FolderPath !startswith "C:/Windows" and FolderPath !startswith "C:/Program"
    /// ```
    pub(in crate::lint) static NEGATIONS_JOINED_BY_OR: "PK745", "negations-joined-by-or", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for node in analysis.tree.root().descendants() {
        let is_or = |node: Node<'_>| {
            BinaryExpression::cast(node).is_some_and(|binary| binary.operator().kind() == TokenKind::OrKw)
        };
        if !is_or(node) || node.parent().is_some_and(is_or) {
            continue;
        }
        let parts: Vec<Node<'_>> = joined_by(node, "or").into_iter().map(without_parentheses).collect();
        let negated: Vec<&Comparison<'_>> = walk
            .comparisons
            .iter()
            .filter(|comparison| parts.contains(&comparison.node) && comparison.operator.negated)
            .filter(|comparison| {
                !comparison.operator.relation.is_equality() && comparison.constant().is_some()
            })
            .collect();
        let clash = negated.iter().enumerate().find_map(|(index, second)| {
            let first = negated.iter().take(index).find(|first| {
                same_text(first.left, second.left)
                    && first.constant().map(|of| of.1) != second.constant().map(|of| of.1)
            })?;
            Some((first, second))
        });
        let Some((first, second)) = clash else { continue };
        let message =
            format!("a value of `{}` that one condition leaves out passes the other", second.left.text());
        let finding = NEGATIONS_JOINED_BY_OR.at(analysis.span(second.node.range()), message);
        let finding = finding.with_secondary(analysis.span(first.node.range()), "the other exception");
        found.push(finding.with_help("join exceptions with `and`"));
    }
}
