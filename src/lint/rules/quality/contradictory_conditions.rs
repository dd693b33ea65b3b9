//! PK712: conditions of which no value, or every value, meets all.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::bind::Value;
use crate::kql::syntax::nodes::BinaryExpression;
use crate::kql::syntax::{Node, NodeKind, TokenKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::{Operand, column, joined_by, same_text, without_parentheses};

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports conditions on one value that cannot hold together, as `A == "x" and A == "y"`, and those of which
    /// one always holds, as `A != "x" or A != "y"`.
    ///
    /// ## Why is this bad
    /// The query returns nothing, or the filter lets everything through. Mostly `or` was meant for `and`, or `and`
    /// for `or`.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in
    /// query: SecurityEvent | where EventID == 4624 and EventID == 4625
    /// ```
    ///
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in
    /// query: SigninLogs | where AppDisplayName != "Teams" or AppDisplayName != "Outlook"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in
    /// query: SecurityEvent | where EventID == 4624 or EventID == 4625
    /// ```
    pub(in crate::lint) static CONTRADICTORY_CONDITIONS: "PK712", "contradictory-conditions", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for pipeline in &walk.pipelines {
        for chain in pipeline.filter_chains() {
            report(analysis, &chain, Joint::And, found);
        }
    }
    for node in analysis.tree.root().descendants() {
        let chain = BinaryExpression::cast(node).map(|binary| binary.operator().kind());
        let inner = is_inner(node, TokenKind::OrKw);
        if chain == Some(TokenKind::OrKw) && !inner {
            report(analysis, &joined_by(node, "or"), Joint::Or, found);
            for branch in joined_by(node, "or") {
                report(analysis, &joined_by(branch, "and"), Joint::And, found);
            }
        }
    }
}

/// Whether `node` is a part of a longer chain of the same operator.
fn is_inner(node: Node<'_>, operator: TokenKind) -> bool {
    let mut parent = node.parent();
    while let Some(parenthesized) = parent.filter(|parent| parent.kind() == NodeKind::ParenthesizedExpression)
    {
        parent = parenthesized.parent();
    }
    parent.and_then(BinaryExpression::cast).is_some_and(|binary| binary.operator().kind() == operator)
}

#[derive(Clone, Copy, PartialEq)]
enum Joint {
    And,
    Or,
}

/// The values that one condition names.
struct Named<'a> {
    node: Node<'a>,
    left: Node<'a>,
    negated: bool,
    values: Vec<String>,
}

fn report<'a>(analysis: &Analysis<'a>, parts: &[Node<'a>], joint: Joint, found: &mut Vec<Diagnostic>) {
    let named: Vec<Named<'_>> = parts.iter().filter_map(|part| named(analysis, *part)).collect();
    for (index, second) in named.iter().enumerate() {
        let clash = named.iter().take(index).find(|first| {
            let apart = !first.values.iter().any(|value| second.values.contains(value));
            let wanted = joint == Joint::Or;
            first.negated == wanted && second.negated == wanted && apart && same_text(first.left, second.left)
        });
        let Some(first) = clash else { continue };
        let left = second.left.text();
        let (message, help) = match joint {
            Joint::And => (
                format!("`{left}` cannot be equal to both, so nothing passes"),
                "join the conditions with `or`, or use `in` with both values",
            ),
            Joint::Or => (
                format!("`{left}` always differs from one of them, so everything passes"),
                "join the conditions with `and`, or use `!in` with both values",
            ),
        };
        let finding = CONTRADICTORY_CONDITIONS.at(analysis.span(second.node.range()), message);
        found.push(
            finding.with_secondary(analysis.span(first.node.range()), "the other condition").with_help(help),
        );
    }
}

/// The constants that `part` compares a column with; the case of letters is left out of account.
fn named<'a>(analysis: &Analysis<'a>, part: Node<'a>) -> Option<Named<'a>> {
    let node = without_parentheses(part);
    let comparison = analysis.walk().comparisons.iter().find(|comparison| comparison.node == node)?;
    if !comparison.operator.relation.is_equality() || comparison.right.is_empty() {
        return None;
    }
    column(comparison.left, analysis.bound)?;
    let value = |operand: &Operand<'a>| match operand.text {
        Some(text) => Some(text.to_lowercase()),
        None => match analysis.bound.value(operand.node)? {
            Value::Long(number) => Some(number.to_string()),
            _ => None,
        },
    };
    let values = comparison.right.iter().map(value).collect::<Option<Vec<_>>>()?;
    Some(Named { node, left: comparison.left, negated: comparison.operator.negated, values })
}
