//! `where`: the rows for which a condition is true.

use super::Operator;
use crate::exec::compile::{Compiler, Scope};
use crate::exec::error::Result;
use crate::exec::expr::Expr;
use crate::exec::needs::Wanted;
use crate::exec::outline::{Step, Term};
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::Table;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::FilterOperator;

/// `where condition`
#[derive(Debug)]
pub(in crate::exec) struct Filter {
    pub(in crate::exec) condition: Expr,
}

pub(super) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: FilterOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let condition = compiler.condition(node.condition(), scope);
    let range = node.syntax().range();
    compiler.behind_windows(input, range, |mut input| {
        input.wants(&condition);
        input.pipe(Filter { condition }, range)
    })
}

impl Operator for Filter {
    fn run(&self, run: &Run<'_>, mut input: Table) -> Result<Table> {
        let condition = self.condition.linked(&input.schema)?;
        let mut kept = Vec::new();
        for row in std::mem::take(&mut input.rows) {
            if condition.value(&row, run)?.is_true() {
                kept.push(row);
            }
        }
        Ok(Table::new(input.schema, kept))
    }

    fn outline(&self, input: Step) -> Step {
        Step::Filter(Box::new(input), Term::of(&self.condition))
    }

    fn passes_wants(&self) -> bool {
        true
    }

    fn row_by_row(&self) -> Option<Vec<&Expr>> {
        Some(vec![&self.condition])
    }

    fn condition(&self) -> Option<&Expr> {
        Some(&self.condition)
    }

    fn reads(&self, wanted: Wanted) -> Wanted {
        wanted.and([&self.condition])
    }
}
