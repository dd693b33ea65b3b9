//! How many rows a query returns.

use crate::kql::bind::{Bound, Symbol, Value};
use crate::kql::syntax::nodes::{
    ParenthesizedExpression, PipeExpression, SummarizeOperator, TakeOperator, TopOperator,
};
use crate::kql::syntax::{Node, NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::time_bounds::last_expression;
use crate::rule::{RuleKind, TriggerOperator};
use crate::text::TextRange;

/// How many operators and variables are followed.
const MAX_STEPS: usize = 500;

/// A number of rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rows<'a> {
    /// At least.
    pub(super) min: u64,
    /// At most.
    pub(super) max: Option<u64>,
    /// The operator that says so.
    pub(super) by: Option<Node<'a>>,
}

/// What a number of rows means for a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It never meets it.
    Never,
    /// It always does.
    Always,
}

/// What is certain about the trigger of a rule, why, and where the threshold stands.
pub(super) fn verdict<'a>(
    analysis: &Analysis<'a>,
    context: &Context<'_>,
) -> Option<(Verdict, Rows<'a>, TextRange)> {
    let rule = analysis.rule;
    let (operator, threshold) = (rule.trigger_operator.as_ref()?, rule.trigger_threshold.as_ref()?);
    let wanted = u64::try_from(threshold.value).ok()?;
    let is_senseless = operator.value == TriggerOperator::LessThan && wanted == 0;
    // What no threshold can be is a finding of its own.
    let is_possible = context.catalog.limits().trigger_threshold.contains(wanted);
    if rule.kind != RuleKind::Scheduled || is_senseless || !is_possible || analysis.has_errors() {
        return None;
    }
    let rows = rows(last_expression(analysis.tree)?, analysis.bound);
    let Rows { min, max, .. } = rows;
    let is_beyond = wanted < min || max.is_some_and(|max| wanted > max);
    let is_exact = min == wanted && max == Some(wanted);
    let (never, always) = match operator.value {
        TriggerOperator::GreaterThan => (max.is_some_and(|max| max <= wanted), min > wanted),
        TriggerOperator::LessThan => (min >= wanted, max.is_some_and(|max| max < wanted)),
        TriggerOperator::Equal => (is_beyond, is_exact),
        TriggerOperator::NotEqual => (is_exact, is_beyond),
    };
    let verdict = if never {
        Verdict::Never
    } else if always {
        Verdict::Always
    } else {
        return None;
    };
    Some((verdict, rows, threshold.range))
}

/// How many rows the query returns at most, and the operator that says so.
pub(super) fn most<'a>(analysis: &Analysis<'a>) -> Option<(u64, Node<'a>)> {
    if analysis.has_errors() {
        return None;
    }
    let rows = rows(last_expression(analysis.tree)?, analysis.bound);
    Some((rows.max?, rows.by?))
}

/// How many rows `expression` returns.
fn rows<'a>(expression: Node<'a>, bound: &Bound<'a>) -> Rows<'a> {
    let unknown = Rows { min: 0, max: None, by: None };
    let one = |by| Rows { min: 1, max: Some(1), by: Some(by) };
    // The operators after the one that settles it, the last one first.
    let mut after = Vec::new();
    let mut node = expression;
    let mut rows = unknown;
    for _ in 0..MAX_STEPS {
        if let Some(pipe) = PipeExpression::cast(node) {
            let operator = pipe.operator();
            node = pipe.expression();
            match operator.kind() {
                NodeKind::CountOperator => {
                    rows = one(operator);
                    break;
                }
                NodeKind::SummarizeOperator => {
                    let summarize = SummarizeOperator::of_slot(operator);
                    if summarize.by_clause().is_none() && !summarize.aggregates().is_empty() {
                        rows = one(operator);
                        break;
                    }
                    after.push(operator);
                }
                NodeKind::FilterOperator
                | NodeKind::TakeOperator
                | NodeKind::TopOperator
                | NodeKind::DistinctOperator
                | NodeKind::ExtendOperator
                | NodeKind::ProjectOperator
                | NodeKind::ProjectAwayOperator
                | NodeKind::ProjectKeepOperator
                | NodeKind::ProjectRenameOperator
                | NodeKind::ProjectReorderOperator
                | NodeKind::ParseOperator
                | NodeKind::SortOperator
                | NodeKind::SerializeOperator => after.push(operator),
                _ => break,
            }
        } else if let Some(inside) = ParenthesizedExpression::cast(node) {
            node = inside.expression();
        } else if node.kind() == NodeKind::PrintOperator {
            rows = one(node);
            break;
        } else if let Some(Symbol::Variable(variable)) = bound.symbol(node)
            && let Some(source) = variable.source
        {
            node = source;
        } else {
            break;
        }
    }
    after.into_iter().rev().fold(rows, |rows, operator| passed(rows, operator, bound))
}

/// What `operator` makes of `rows`.
fn passed<'a>(rows: Rows<'a>, operator: Node<'a>, bound: &Bound<'a>) -> Rows<'a> {
    let most = |count: Node<'a>| match bound.value(count) {
        Some(Value::Long(count)) => u64::try_from(count).ok(),
        _ => None,
    };
    let limited = |count: Option<u64>| match (count, rows.max) {
        (None, _) => Rows { min: 0, ..rows },
        (Some(count), Some(max)) if max <= count => rows,
        (Some(count), _) => Rows { min: rows.min.min(count), max: Some(count), by: Some(operator) },
    };
    match operator.kind() {
        NodeKind::FilterOperator => Rows { min: 0, ..rows },
        NodeKind::DistinctOperator | NodeKind::SummarizeOperator => Rows { min: rows.min.min(1), ..rows },
        NodeKind::TakeOperator => limited(most(TakeOperator::of_slot(operator).expression())),
        NodeKind::TopOperator => limited(most(TopOperator::of_slot(operator).expression())),
        _ => rows,
    }
}
