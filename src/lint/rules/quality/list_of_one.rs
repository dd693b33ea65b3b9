//! PK709: a list with one item.

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::kql::bind::Type;
use crate::kql::syntax::{Node, NodeKind};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::Relation;
use crate::text::TextRange;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `in`, `has_any` and their like with one literal in the list.
    ///
    /// ## Why is this bad
    /// `==`, `=~` or `has` says the same and is what readers expect for one value.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Lockout
    /// query: SigninLogs | where ResultType in ("50053")
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Lockout
    /// query: SigninLogs | where ResultType == "50053"
    /// ```
    pub(in crate::lint) static LIST_OF_ONE: "PK709", "list-of-one", Severity::Info, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in &walk.comparisons {
        let Some(list) = comparison.list.filter(|list| list.len() == 1) else { continue };
        let Some(item) = list.get(0).filter(|item| item.kind() == NodeKind::LiteralExpression) else {
            continue;
        };
        let operator = &comparison.operator;
        // A list behind a name is there to grow.
        let lists = matches!(operator.relation, Relation::In | Relation::HasAny | Relation::HasAll);
        if !lists || !comparison.node.range().contains_range(item.range()) {
            continue;
        }
        // Within `dynamic([…])` as well.
        if item.parent().and_then(Node::parent).is_none_or(|list| list.kind() != NodeKind::ArgumentList) {
            continue;
        }
        let single = match (operator.relation, operator.negated, operator.cased) {
            (Relation::In, false, true) => "==",
            (Relation::In, false, false) => "=~",
            (Relation::In, true, true) => "!=",
            (Relation::In, true, false) => "!~",
            _ => "has",
        };
        let title = format!("compare with `{single}`");
        let place = TextRange::new(operator.token.range().start, comparison.node.range().end);
        let text = format!("{single} {}", item.text());
        // A dynamic array is in no list, but may be taken for its text elsewhere.
        let dynamic = analysis.bound.type_of(comparison.left).is_none_or(Type::is_dynamic);
        let applicability = if dynamic { Applicability::Unsafe } else { Applicability::Safe };
        let commented = place.slice(analysis.text).lines().any(|line| line.trim_start().starts_with("//"));
        let fix =
            (!commented).then(|| analysis.replacement(title.clone(), applicability, place, &text)).flatten();
        let message = format!("the list of `{}` has one item", operator.text());
        found.push(LIST_OF_ONE.at(analysis.span(place), message).with_help(title).with_fix_if(fix));
    }
}
