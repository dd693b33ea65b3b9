//! Operators that make rows, or hand them on: `range`, `as`, `invoke`, `render`, `consume`.

use std::sync::Arc;

use super::Operator;
use crate::catalog::ScalarType;
use crate::exec::compile::{Compiler, Scope, name_text};
use crate::exec::error::{Result, RunError};
use crate::exec::expr::Expr;
use crate::exec::functions::add;
use crate::exec::relation::{Relation, RelationKind};
use crate::exec::run::Run;
use crate::exec::table::{Field, Schema, Table};
use crate::exec::value::{coerce, compare};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::{
    AsOperator, ConsumeOperator, FunctionCall, InvokeOperator, RangeOperator, RenderOperator,
};
use crate::text::TextRange;

/// How many rows `range` may make: the service's limit of a result, and more than a test needs.
const MAX_ROWS: usize = 10_000_000;

#[derive(Debug)]
struct Range {
    name: String,
    ty: Option<ScalarType>,
    from: Expr,
    to: Expr,
    step: Expr,
    range: TextRange,
}

pub(super) fn compile_range<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: RangeOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let column = scope.sense.columns_after(node.syntax()).and_then(|columns| columns.first());
    let range = Range {
        name: name_text(node.name().syntax()),
        ty: column.and_then(|column| crate::exec::compile::scalar_type(Some(column.ty))),
        from: compiler.expression(node.from(), scope),
        to: compiler.expression(node.to(), scope),
        step: compiler.expression(node.step(), scope),
        range: node.syntax().range(),
    };
    input.pipe(range, node.syntax().range())
}

impl Operator for Range {
    fn run(&self, run: &Run<'_>, _: Table) -> Result<Table> {
        let value = |expression: &Expr| expression.value(&Vec::new(), run);
        let (from, to, step) = (value(&self.from)?, value(&self.to)?, value(&self.step)?);
        let ty = self.ty.or(from.ty()).unwrap_or(ScalarType::Long);
        let from = coerce(&from, ty);
        let next = add(&from, &step);
        let rising = match compare(&next, &from) {
            Some(ordering) if ordering.is_ne() => ordering.is_gt(),
            _ => return Ok(Table::new(Schema::new([Field::new(&self.name, ty)]), Vec::new())),
        };
        let mut rows = Vec::new();
        let mut at = from;
        while compare(&at, &to)
            .is_some_and(|ordering| if rising { ordering.is_le() } else { ordering.is_ge() })
        {
            if rows.len() == MAX_ROWS {
                return Err(RunError::new(
                    self.range,
                    format!("`range` makes more than {MAX_ROWS} rows here"),
                ));
            }
            rows.push(vec![coerce(&at, ty)]);
            // Where the sum is out of range it is null, which ends the loop; a wrapped one must end it, too.
            let next = add(&at, &step);
            if compare(&next, &at).is_none_or(|ordering| ordering.is_gt() != rising) {
                break;
            }
            at = next;
        }
        Ok(Table::new(Schema::new([Field::new(&self.name, ty)]), rows))
    }
}

/// `as Name` gives the rows a name, for what comes later.
pub(super) fn compile_as<'c, 'a>(
    _: &mut Compiler<'c, 'a>,
    input: Relation,
    node: AsOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let shared = input.shared();
    scope.declare_table(&name_text(node.name().syntax()), Arc::clone(&shared));
    Relation { kind: RelationKind::Shared(shared), range: node.syntax().range() }
}

/// `invoke f(…)` calls a function with the rows as its first argument.
pub(super) fn compile_invoke<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: InvokeOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    match FunctionCall::cast(node.function()) {
        Some(call) => compiler.called_table(call, scope, Some(input)),
        None => {
            compiler.unsupported(node.syntax().range(), "this `invoke`");
            input
        }
    }
}

/// A chart shows the rows that it is given.
pub(super) fn compile_render<'c, 'a>(
    _: &mut Compiler<'c, 'a>,
    input: Relation,
    _: RenderOperator<'a>,
    _: &mut Scope<'c, 'a>,
) -> Relation {
    input
}

#[derive(Debug)]
struct Consume;

/// `consume` reads all rows and returns none.
pub(super) fn compile_consume<'c, 'a>(
    _: &mut Compiler<'c, 'a>,
    input: Relation,
    node: ConsumeOperator<'a>,
    _: &mut Scope<'c, 'a>,
) -> Relation {
    input.pipe(Consume, node.syntax().range())
}

impl Operator for Consume {
    fn run(&self, _: &Run<'_>, _: Table) -> Result<Table> {
        Ok(Table::default())
    }
}
