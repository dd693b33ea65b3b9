//! PK301: a column that the query does not return.

use crate::diag::{Applicability, Diagnostic, Fix, Severity, declare_lint, nearest};
use crate::kql::bind::{Column, Symbol};
use crate::kql::syntax::nodes::{
    ExpressionStatement, LetStatement, MaterializeExpression, ParenthesizedExpression, PipeExpression,
    QueryBlock,
};
use crate::kql::syntax::{Node, NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::{Context, span};
use crate::lint::settled::{is_settled, reads_own_columns};

use super::reference::{Reference, is_deployed, references};

declare_lint! {
    /// ## What it does
    /// Reports an entity mapping, a custom detail, a placeholder or another part of the rule that names a column which
    /// the query does not return. Where an operator of the query dropped the column, the finding says which one.
    ///
    /// It is a warning for hunting queries, which are saved without mappings, and where the query returns a table with
    /// all its columns: the table may have more in the workspace than picket knows.
    ///
    /// ## Why is this bad
    /// The service refuses the rule, or its alerts come without the entity or detail.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | summarize Failures = count(), TimeGenerated = max(TimeGenerated) by UserPrincipalName
    ///   | where Failures > 20
    /// entityMappings:
    ///   - entityType: Account
    ///     fieldMappings:
    ///       - identifier: AadUserId
    ///         columnName: UserId
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with many wrong passwords
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: |
    ///   SigninLogs
    ///   | where ResultType == 50126
    ///   | summarize Failures = count(), TimeGenerated = max(TimeGenerated) by UserPrincipalName, UserId
    ///   | where Failures > 20
    /// entityMappings:
    ///   - entityType: Account
    ///     fieldMappings:
    ///       - identifier: AadUserId
    ///         columnName: UserId
    /// ```
    pub(in crate::lint) static UNKNOWN_COLUMN: "PK301", "unknown-column", Severity::Error, since "0.1.0"
}

/// How many variables are followed to find where a column was lost.
const MAX_HOPS: usize = 24;

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let rule = analysis.rule;
    if analysis.has_errors() {
        return;
    }
    let Some(columns) = analysis.columns() else { return };
    let Some(result) = result_expression(analysis) else { return };
    let is_settled = is_settled(analysis.bound, result);
    // Such a table has in each workspace the columns that were put there.
    let may_be_there = !is_settled && reads_own_columns(analysis.bound);
    let is_certain = is_deployed(rule) && is_settled;
    for reference in references(rule).into_iter().filter(Reference::may_be_a_column) {
        let same = |column: &&&Column<'_>| column.name.eq_ignore_ascii_case(reference.name);
        // Other case is a finding of its own.
        if columns.iter().any(|column| same(&column)) {
            continue;
        }
        if may_be_there && !is_of_query(analysis, result, reference.name) {
            continue;
        }
        let mut finding = unknown(analysis, context, &reference, result);
        if !is_certain {
            finding.severity = Severity::Warning;
        }
        found.push(finding);
    }
}

/// Whether the query takes column `name` away, or makes one of nearly that name.
fn is_of_query<'t>(analysis: &Analysis<'t>, result: Node<'t>, name: &str) -> bool {
    let columns = analysis.columns().unwrap_or_default();
    let made = columns.iter().filter(|column| analysis.bound.declaration(Symbol::Column(column)).is_some());
    lost_by(analysis, result, name).is_some() || nearest(name, made.map(|column| column.name)).is_some()
}

fn unknown<'t>(
    analysis: &Analysis<'t>,
    context: &Context<'_>,
    reference: &Reference<'_>,
    result: Node<'t>,
) -> Diagnostic {
    let name = reference.name;
    let message =
        format!("{} is column `{name}`, which the query does not return", reference.purpose.describe());
    let mut finding = UNKNOWN_COLUMN.at(span(analysis.rule, reference.range), message);
    if let Some((operator, column)) = lost_by(analysis, result, name) {
        let keyword = operator.descendant_tokens().next().map_or("", |token| token.text());
        let keyword_range =
            operator.descendant_tokens().next().map_or(operator.range(), |token| token.range());
        finding = finding
            .with_secondary(analysis.span(keyword_range), format!("`{column}` is lost here"))
            .with_help(format!(
                "keep `{column}` in this `{keyword}`, or name a column that the query returns"
            ));
        return finding;
    }
    let columns = analysis.columns().unwrap_or_default();
    match nearest(name, columns.iter().map(|column| column.name)) {
        Some(near) => {
            let title = format!("name `{near}`");
            let place = span(analysis.rule, context.inside_quotes(analysis.rule, reference.range));
            finding
                .with_help(format!("the nearest column that the query returns is `{near}`"))
                .with_fix(Fix::replace(title, Applicability::Unsafe, place, near))
        }
        None => finding.with_help(format!("the query returns {}", super::list(columns))),
    }
}

/// The expression whose rows the query returns.
pub(super) fn result_expression<'t>(analysis: &Analysis<'t>) -> Option<Node<'t>> {
    let last = QueryBlock::of_slot(analysis.tree.root()).statements().iter().next_back()?;
    Some(ExpressionStatement::cast(last)?.expression())
}

/// The last operator on the way to the result that was given column `name` and did not pass it on, with the name in
/// its right case.
fn lost_by<'t>(analysis: &Analysis<'t>, result: Node<'t>, name: &str) -> Option<(Node<'t>, &'t str)> {
    let bound = analysis.bound;
    let mut node = result;
    for _ in 0..MAX_HOPS {
        while let Some(pipe) = PipeExpression::cast(node) {
            let operator = pipe.operator();
            let before = bound.columns_before(operator).unwrap_or_default();
            if let Some(column) = before.iter().find(|column| column.name == name) {
                return Some((operator, column.name));
            }
            node = pipe.expression();
        }
        node = match node.kind() {
            NodeKind::ParenthesizedExpression => ParenthesizedExpression::of_slot(node).expression(),
            NodeKind::MaterializeExpression => MaterializeExpression::of_slot(node).expression(),
            NodeKind::NameReference => {
                let symbol = bound.symbol(node).filter(|symbol| matches!(symbol, Symbol::Variable(_)))?;
                LetStatement::cast(bound.declaration(symbol)?.parent()?)?.expression()
            }
            _ => return None,
        };
    }
    None
}
