//! `count`: how many rows there are.

use super::Operator;
use crate::catalog::ScalarType;
use crate::exec::compile::{Compiler, Scope, name_text};
use crate::exec::error::Result;
use crate::exec::needs::Wanted;
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, Schema, Table};
use crate::exec::value::Value;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::CountOperator;

#[derive(Debug)]
struct Count {
    name: String,
}

pub(super) fn compile<'c, 'a>(
    _: &mut Compiler<'c, 'a>,
    input: Relation,
    node: CountOperator<'a>,
    _: &mut Scope<'c, 'a>,
) -> Relation {
    let name =
        node.as_clause().map_or_else(|| "Count".to_owned(), |clause| name_text(clause.name().syntax()));
    input.pipe(Count { name }, node.syntax().range())
}

impl Operator for Count {
    fn run(&self, _: &Run<'_>, input: Table) -> Result<Table> {
        let rows = i64::try_from(input.rows.len()).unwrap_or(i64::MAX);
        let schema = Schema::new([Field::new(&self.name, ScalarType::Long)]);
        Ok(Table::new(schema, vec![vec![Value::Long(rows)]]))
    }

    fn reads(&self, _: Wanted) -> Wanted {
        Wanted::none()
    }
}
