//! Functions that look at other rows: `row_number`, `prev`, `next` and their like.
//!
//! An operator whose expressions call one gets an operator before it that computes the calls as hidden columns, and one
//! behind it that leaves them out.

use std::sync::Arc;

use super::Operator;
use crate::exec::compile::{Compiler, Scope};
use crate::exec::error::Result;
use crate::exec::expr::Expr;
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, HIDDEN, Row, Schema, Table};
use crate::exec::value::Value;
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

const FUNCTIONS: &[(&str, Body)] = &[("row_number", row_number), ("prev", previous), ("next", next)];

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
                row.push(value);
            }
        }
        Ok(input)
    }
}

impl Operator for DropHidden {
    fn run(&self, _: &Run<'_>, input: Table) -> Result<Table> {
        let kept: Vec<bool> =
            input.schema.fields.iter().map(|field| !field.name.starts_with(HIDDEN)).collect();
        let schema =
            Schema::new(input.schema.fields.into_iter().filter(|field| !field.name.starts_with(HIDDEN)));
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
