//! `take`, `limit`: some of the rows.

use super::Operator;
use crate::exec::compile::{Compiler, Scope};
use crate::exec::error::Result;
use crate::exec::expr::Expr;
use crate::exec::needs::Wanted;
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::Table;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::TakeOperator;

#[derive(Debug)]
struct Take {
    count: Expr,
}

pub(super) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: TakeOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let count = compiler.expression(node.expression(), scope);
    input.pipe(Take { count }, node.syntax().range())
}

/// The number that an expression without columns gives; 0 where it gives none.
pub(super) fn number(count: &Expr, run: &Run<'_>) -> Result<usize> {
    let value = count.value(&Vec::new(), run)?;
    Ok(value.as_i64().and_then(|number| usize::try_from(number).ok()).unwrap_or(0))
}

impl Operator for Take {
    fn run(&self, run: &Run<'_>, mut input: Table) -> Result<Table> {
        input.rows.truncate(number(&self.count, run)?);
        Ok(input)
    }

    fn reads(&self, wanted: Wanted) -> Wanted {
        wanted
    }
}
