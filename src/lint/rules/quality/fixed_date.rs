//! PK742: a fixed date in an analytics rule.

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::syntax::nodes::{BetweenExpression, BinaryExpression, LiteralExpression};
use crate::kql::syntax::{Node, TokenKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::without_parentheses;
use crate::rule::RuleKind;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a comparison of `TimeGenerated` or `Timestamp` with a date that stands in an analytics rule.
    ///
    /// ## Why is this bad
    /// A rule looks at the time since its last run. A date in the past lets all of it through or nothing, one in
    /// the future the other way round.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: SigninLogs | where TimeGenerated > datetime(2024-01-01) | where ResultType == "50126"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: SigninLogs | where TimeGenerated > ago(1h) | where ResultType == "50126"
    /// ```
    pub(in crate::lint) static FIXED_DATE: "PK742", "fixed-date", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.rule.kind == RuleKind::Hunting || sound(analysis).is_none() {
        return;
    }
    for node in analysis.tree.root().descendants() {
        let (left, right) = if let Some(binary) = BinaryExpression::cast(node) {
            (binary.left(), vec![binary.right()])
        } else if let Some(between) = BetweenExpression::cast(node) {
            (between.left(), vec![between.right().first(), between.right().second()])
        } else {
            continue;
        };
        if !matches!(without_parentheses(left).text(), "TimeGenerated" | "Timestamp") {
            continue;
        }
        for date in right.into_iter().map(without_parentheses).filter(|right| is_date(*right)) {
            let finding = FIXED_DATE
                .at(analysis.span(date.range()), "the date stays the same in every run of the rule");
            found.push(
                finding.with_help("leave it out, since `queryPeriod` bounds the time, or write `ago(…)`"),
            );
        }
    }
}

fn is_date(node: Node<'_>) -> bool {
    let token = LiteralExpression::cast(node).map(LiteralExpression::token);
    token.is_some_and(|token| {
        token.kind() == TokenKind::DateTimeLiteral && token.text().bytes().any(|byte| byte.is_ascii_digit())
    })
}
