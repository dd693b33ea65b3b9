//! PK423: events that several runs find.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint};
use crate::kql::bind::Table;
use crate::kql::syntax::nodes::{BinaryExpression, PipeExpression};
use crate::kql::syntax::{Node, NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};
use crate::lint::time_bounds::EVENT_TIME;

use super::spell;
use super::times::{Schedule, schedule};

declare_lint! {
    /// ## What it does
    /// Reports a rule that looks back over two or more of its runs and whose query hands on single events,
    /// without a filter on their time or that of their ingestion.
    ///
    /// ## Why is this bad
    /// Each event is found by every run whose period holds it, so that it raises the same alert several times.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1d
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1d
    /// triggerOperator: gt
    /// triggerThreshold: 20
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | where ingestion_time() > ago(1h)
    /// ```
    pub(in crate::lint) static OVERLAPPING_RUNS: "PK423", "overlapping-runs", Severity::Warning, since "0.1.0", confidence Medium
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(Schedule { frequency, period, .. }) = schedule(analysis) else { return };
    let (between, seen) = (frequency.value.seconds(), period.value.seconds());
    let runs = seen.checked_div(between).unwrap_or(0);
    let suppresses = analysis.rule.suppression_enabled.as_ref().is_some_and(|enabled| enabled.value);
    if runs < 2 || suppresses || !hands_on_events(analysis) {
        return;
    }
    let message = format!(
        "{runs} runs find each event, since the rule looks back {} every {}",
        period.value, frequency.value
    );
    let wanted = spell(between, period.value);
    let title = format!("look back to the last run: `queryPeriod: {wanted}`");
    let place = span(analysis.rule, period.range);
    found.push(
        OVERLAPPING_RUNS
            .at(place, message)
            .with_secondary(span(analysis.rule, frequency.range), "the time between two runs")
            .with_help(title.clone())
            .with_help(format!(
                "or, where events may come late, filter by `ingestion_time() > ago({})`",
                frequency.value
            ))
            .with_fix(Fix::replace(title, Applicability::Unsafe, place, wanted)),
    );
}

/// Whether each result is an event, found by itself, whatever its time.
fn hands_on_events(analysis: &Analysis<'_>) -> bool {
    let walk = analysis.walk();
    let is_clock = |name: &str| matches!(name, "ago" | "now" | "ingestion_time");
    if walk.calls.iter().any(|call| is_clock(call.name) || analysis.bound.output(call.node).is_some()) {
        return false;
    }
    let mut has_table = false;
    for node in analysis.tree.root().descendants() {
        match node.kind() {
            NodeKind::NameReference if is_compared_time(node, analysis) => return false,
            NodeKind::NameReference => {
                has_table |= analysis.bound.output(node).is_some_and(Table::is_stored);
            }
            NodeKind::ToScalarExpression
            | NodeKind::ToTableExpression
            | NodeKind::MaterializeExpression
            | NodeKind::FunctionDeclaration
            | NodeKind::DataTableExpression
            | NodeKind::ExternalDataExpression => return false,
            NodeKind::PipeExpression => match PipeExpression::of_slot(node).operator().kind() {
                NodeKind::FilterOperator
                | NodeKind::ExtendOperator
                | NodeKind::ProjectOperator
                | NodeKind::ProjectAwayOperator
                | NodeKind::ProjectKeepOperator
                | NodeKind::ProjectRenameOperator
                | NodeKind::ProjectReorderOperator
                | NodeKind::ParseOperator
                | NodeKind::ParseWhereOperator
                | NodeKind::MvExpandOperator
                | NodeKind::SortOperator => {}
                _ => return false,
            },
            _ => {}
        }
    }
    has_table
}

/// Whether `node` is the time of an event in a condition.
fn is_compared_time(node: Node<'_>, analysis: &Analysis<'_>) -> bool {
    let compares = |node: Node<'_>| {
        let operator = BinaryExpression::cast(node).and_then(|binary| binary.operator().kind().text());
        node.kind() == NodeKind::BetweenExpression
            || operator.is_some_and(|operator| matches!(operator, "<" | "<=" | ">" | ">=" | "==" | "!="))
    };
    node.text() == EVENT_TIME
        && std::iter::successors(node.parent(), |node| node.parent()).any(compares)
        && analysis.bound.type_of(node).is_some()
}
