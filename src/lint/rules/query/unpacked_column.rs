//! PK215: a column that `bag_unpack` may not have made.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::kql::bind::{Symbol, Type};
use crate::kql::syntax::nodes::{EvaluateOperator, FunctionCall, NameReference, PipeExpression};
use crate::kql::syntax::{Node, View};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::rule::RuleKind;

declare_lint! {
    /// ## What it does
    /// Reports a column that only `evaluate bag_unpack(…)` can have made, where the call does not say which columns it makes.
    ///
    /// ## Why is this bad
    /// The plugin makes a column of each property that occurs in the rows at hand. When none has the property there is no column,
    /// the query fails, and so does the rule, until the service turns it off.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: |
    ///   SigninLogs
    ///   | project TimeGenerated, DeviceDetail
    ///   | evaluate bag_unpack(DeviceDetail)
    ///   | where trustType == "Workplace"
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Sign-in with a wrong password
    /// severity: Medium
    /// queryFrequency: 1h
    /// queryPeriod: 1h
    /// triggerOperator: gt
    /// triggerThreshold: 0
    /// query: |
    ///   SigninLogs
    ///   | project TimeGenerated, DeviceDetail
    ///   | evaluate bag_unpack(DeviceDetail) : (TimeGenerated: datetime, trustType: string)
    ///   | where trustType == "Workplace"
    /// ```
    pub(in crate::lint) static UNPACKED_COLUMN: "PK215", "unpacked-column", Severity::Warning, since "0.1.0", confidence Medium
}

/// A column that so many tables are known to have is one that agents and workspaces add to all.
const EVERYWHERE: usize = 100;

pub(in crate::lint) fn check(analysis: &Analysis<'_>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if analysis.rule.kind == RuleKind::Hunting || analysis.has_errors() {
        return;
    }
    let mut seen = BTreeSet::new();
    for name in analysis.tree.root().descendants().filter_map(NameReference::cast) {
        let Some(symbol @ Symbol::Column(column)) = analysis.bound.symbol(name.syntax()) else { continue };
        if !matches!(column.ty, Type::Unknown)
            || !column.originals.is_empty()
            || is_tested(name.syntax())
            || analysis.bound.declaration(symbol).is_some()
        {
            continue;
        }
        let Some(unpack) = unpack_before(analysis, name.syntax()) else { continue };
        if is_everywhere(context, column.name) {
            continue;
        }
        if !seen.insert((unpack.syntax().id(), column.name)) {
            continue;
        }
        let message = format!("there is a column `{}` only where a row has the property", column.name);
        found.push(
            UNPACKED_COLUMN
                .at(analysis.span(name.syntax().range()), message)
                .with_secondary(
                    analysis.span(unpack.call().syntax().range()),
                    "makes columns of what it finds",
                )
                .with_help(format!(
                    "say which columns it makes: `bag_unpack(…) : (*, {}: string)`",
                    as_written(column.name)
                ))
                .with_help(format!("or ask for it with `column_ifexists(\"{}\", \"\")`", column.name)),
        );
    }
}

/// A name as it stands in a schema: in brackets and quotes unless it is a plain word.
fn as_written(name: &str) -> Cow<'_, str> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_plain = name.bytes().all(is_word) && !name.starts_with(|first: char| first.is_ascii_digit());
    if is_plain { Cow::Borrowed(name) } else { Cow::Owned(format!("['{name}']")) }
}

/// Whether a table may well have the column without being known to.
fn is_everywhere(context: &Context<'_>, name: &str) -> bool {
    context.kql.tables().filter(|table| table.column(name).is_some()).take(EVERYWHERE).count() == EVERYWHERE
}

/// The `bag_unpack` without a schema that stands before `location` and was given rows whose columns are known.
fn unpack_before<'a>(analysis: &Analysis<'a>, location: Node<'a>) -> Option<EvaluateOperator<'a>> {
    let mut node = location;
    let mut pipe = loop {
        let parent = node.parent()?;
        match PipeExpression::cast(parent) {
            Some(pipe) if pipe.operator() == node => break PipeExpression::cast(pipe.expression())?,
            _ => node = parent,
        }
    };
    loop {
        if let Some(evaluate) = EvaluateOperator::cast(pipe.operator()) {
            let is_unpack = evaluate.call().name().syntax().text().trim() == "bag_unpack";
            let is_known = analysis.bound.input(evaluate.syntax()).is_some_and(|table| !table.open);
            return (is_unpack && evaluate.schema().is_none() && is_known).then_some(evaluate);
        }
        pipe = PipeExpression::cast(pipe.expression())?;
    }
}

/// Whether a name stands in a call of `column_ifexists`.
fn is_tested(name: Node<'_>) -> bool {
    std::iter::successors(name.parent(), |node| node.parent())
        .filter_map(FunctionCall::cast)
        .any(|call| call.name().syntax().text().trim().starts_with("column_ifexists"))
}
