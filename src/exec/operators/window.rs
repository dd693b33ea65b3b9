//! Functions that look at other rows: `row_number`, `prev`, `next` and their like.
//!
//! An operator whose expressions call one gets an operator before it that computes the calls as hidden columns, and one
//! behind it that leaves them out.

use std::sync::Arc;

use super::Operator;
use crate::exec::compile::{Compiler, Scope};
use crate::exec::error::Result;
use crate::exec::expr::{Expr, settle};
use crate::exec::functions::add;
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table};
use crate::exec::value::{DateTime, Key, Value};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::FunctionCall;
use crate::text::TextRange;

/// A call of a window function.
#[derive(Debug)]
pub(in crate::exec) struct WindowCall {
    /// The hidden column with its values.
    name: Arc<str>,
    ty: Option<crate::catalog::ScalarType>,
    body: Body,
    arguments: Vec<Expr>,
}

/// Computes the values of a call: one for each row, from the values of the arguments for each row.
type Body = fn(&[Row]) -> Vec<Value>;

const FUNCTIONS: &[(&str, Body)] = &[
    ("row_number", row_number),
    ("prev", previous),
    ("next", next),
    ("row_cumsum", cumulative_sum),
    ("row_rank", rank_dense),
    ("row_rank_dense", rank_dense),
    ("row_rank_min", rank_min),
    ("row_window_session", session_start),
];

/// The names of the functions that look at other rows.
pub(in crate::exec) fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|(name, _)| *name)
}

/// Whether a function is one of these.
pub(in crate::exec) fn is_window(name: &str) -> bool {
    FUNCTIONS.iter().any(|(known, _)| *known == name)
}

/// A call as the hidden column that will hold its values.
pub(in crate::exec) fn compile_call<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    call: FunctionCall<'a>,
    name: &str,
    scope: &Scope<'c, 'a>,
) -> Expr {
    let range = call.syntax().range();
    let Some((_, body)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else {
        compiler.unsupported(range, name);
        return compiler.null(range);
    };
    let arguments = compiler.arguments(call, scope);
    let ty = compiler.type_of(call.syntax(), scope);
    let name = compiler.hidden_name();
    compiler.add_window(WindowCall { name: Arc::clone(&name), ty, body: *body, arguments });
    Expr::column(name, ty, range)
}

#[derive(Debug)]
struct Windows {
    calls: Vec<WindowCall>,
}

#[derive(Debug)]
struct DropHidden;

impl Compiler<'_, '_> {
    /// Puts an operator behind `input`, with the window functions of its expressions computed before it.
    pub(in crate::exec) fn behind_windows(
        &mut self,
        input: Relation,
        range: TextRange,
        operator: impl FnOnce(Relation) -> Relation,
    ) -> Relation {
        let calls = self.take_windows();
        if calls.is_empty() {
            return operator(input);
        }
        operator(input.pipe(Windows { calls }, range)).pipe(DropHidden, range)
    }
}

impl Operator for Windows {
    fn run(&self, run: &Run<'_>, mut input: Table) -> Result<Table> {
        for call in &self.calls {
            let arguments: Vec<Expr> = call
                .arguments
                .iter()
                .map(|argument| argument.linked(&input.schema))
                .collect::<Result<_>>()?;
            let values: Vec<Row> = input
                .rows
                .iter()
                .map(|row| arguments.iter().map(|argument| argument.value(row, run)).collect())
                .collect::<Result<_>>()?;
            let computed = (call.body)(&values);
            let ty = call.ty.unwrap_or_else(|| crate::exec::table::type_of_values(&computed));
            input.schema.fields.push(Field { name: Arc::clone(&call.name), ty });
            for (row, value) in input.rows.iter_mut().zip(computed) {
                row.push(settle(value, ty));
            }
        }
        Ok(input)
    }
}

impl Operator for DropHidden {
    fn run(&self, _: &Run<'_>, input: Table) -> Result<Table> {
        let kept: Vec<bool> = input.schema.fields.iter().map(|field| !field.is_hidden()).collect();
        let schema = Schema::new(input.schema.fields.into_iter().filter(|field| !field.is_hidden()));
        let keep = |row: Row| {
            row.into_iter().zip(&kept).filter(|(_, kept)| **kept).map(|(value, _)| value).collect()
        };
        Ok(Table::new(schema, input.rows.into_iter().map(keep).collect()))
    }
}

fn argument(row: &Row, index: usize) -> Value {
    row.get(index).cloned().unwrap_or(Value::Null)
}

/// `row_number(start, restart)`
fn row_number(rows: &[Row]) -> Vec<Value> {
    let mut number = 0;
    rows.iter()
        .enumerate()
        .map(|(index, row)| {
            let start = argument(row, 0).as_i64().unwrap_or(1);
            number = if index == 0 || argument(row, 1).is_true() { start } else { number + 1 };
            Value::Long(number)
        })
        .collect()
}

/// `prev(column, offset, default)`
fn previous(rows: &[Row]) -> Vec<Value> {
    shifted(rows, -1)
}

/// `next(column, offset, default)`
fn next(rows: &[Row]) -> Vec<Value> {
    shifted(rows, 1)
}

fn shifted(rows: &[Row], direction: i64) -> Vec<Value> {
    (0_i64..)
        .zip(rows)
        .map(|(index, row)| {
            let offset = argument(row, 1).as_i64().unwrap_or(1);
            let at = usize::try_from(index + direction * offset).ok().and_then(|at| rows.get(at));
            at.map_or_else(|| argument(row, 2), |other| argument(other, 0))
        })
        .collect()
}

/// `row_cumsum(term, restart)`; a null adds nothing.
fn cumulative_sum(rows: &[Row]) -> Vec<Value> {
    let mut sum = Value::Null;
    rows.iter()
        .map(|row| {
            let term = argument(row, 0);
            let restart = argument(row, 1).is_true();
            sum = match (&sum, &term) {
                (_, term) if restart || sum.is_null() => Value::clone(term),
                (sum, Value::Null) => sum.clone(),
                (sum, term) => add(sum, term),
            };
            sum.clone()
        })
        .collect()
}

/// `row_rank_dense(term, restart)`: how many distinct values there were in a row.
fn rank_dense(rows: &[Row]) -> Vec<Value> {
    ranks(rows, |rank, _| rank + 1)
}

/// `row_rank_min(term, restart)`: the number of the first row with the value.
fn rank_min(rows: &[Row]) -> Vec<Value> {
    ranks(rows, |_, number| number)
}

/// Ranks, where `step` says the next one from the last one and the number of the row since the start.
fn ranks(rows: &[Row], step: fn(i64, i64) -> i64) -> Vec<Value> {
    let (mut rank, mut number) = (0, 0);
    let mut last: Option<Key> = None;
    rows.iter()
        .map(|row| {
            let key = Key::of(&argument(row, 0));
            if argument(row, 1).is_true() {
                (rank, number, last) = (0, 0, None);
            }
            number += 1;
            if last.as_ref() != Some(&key) {
                rank = step(rank, number);
                last = Some(key);
            }
            Value::Long(rank)
        })
        .collect()
}

/// `row_window_session(time, longest, gap, restart)`: when the session of a row began.
fn session_start(rows: &[Row]) -> Vec<Value> {
    let mut session: Option<(DateTime, DateTime)> = None;
    rows.iter()
        .map(|row| {
            let Value::DateTime(time) = argument(row, 0) else {
                session = None;
                return Value::Null;
            };
            let within = |since: DateTime, limit: Value| match limit {
                Value::TimeSpan(limit) => time.since(since) < limit,
                _ => false,
            };
            let goes_on = session.filter(|(first, last)| {
                !argument(row, 3).is_true()
                    && within(*first, argument(row, 1))
                    && within(*last, argument(row, 2))
            });
            let first = goes_on.map_or(time, |(first, _)| first);
            session = Some((first, time));
            Value::DateTime(first)
        })
        .collect()
}
