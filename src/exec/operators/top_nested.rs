//! `top-nested`: the top values of a column within those of another.

use indexmap::IndexMap;

use super::Operator;
use super::aggregate::{AggregateCall, grouped};
use super::project::compute;
use super::take::number;
use crate::catalog::ScalarType;
use crate::exec::compile::{Compiler, Scope, scalar_type};
use crate::exec::error::Result;
use crate::exec::expr::{Expr, settle};
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table};
use crate::exec::value::{Key, Value, order};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::{OrderedExpression, TopNestedOperator};

/// A level of the hierarchy.
#[derive(Debug)]
struct Level {
    /// How many values are kept; all where it does not say.
    count: Option<Expr>,
    of: Expr,
    /// What stands for the values that are not kept.
    others: Option<Expr>,
    by: Expr,
    calls: Vec<AggregateCall>,
    ascending: bool,
}

#[derive(Debug)]
struct TopNested {
    levels: Vec<Level>,
    fields: Vec<Field>,
}

pub(super) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: TopNestedOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let mut levels = Vec::new();
    for clause in node.clauses().iter() {
        let by = clause.by_expression();
        let direction = OrderedExpression::cast(by).and_then(|ordered| ordered.ordering().direction());
        let ascending = direction.is_some_and(|direction| direction.text().eq_ignore_ascii_case("asc"));
        let (by, calls) = compiler.aggregation(by, scope);
        levels.push(Level {
            count: clause.expression().map(|count| compiler.expression(count, scope)),
            of: compiler.expression(clause.of_expression(), scope),
            others: clause.with_others().map(|others| compiler.expression(others.expression(), scope)),
            by,
            calls,
            ascending,
        });
    }
    let columns = scope.sense.columns_after(node.syntax()).unwrap_or_default();
    let fields = columns
        .iter()
        .map(|column| Field::new(column.name, scalar_type(Some(column.ty)).unwrap_or(ScalarType::Dynamic)))
        .collect();
    input.pipe(TopNested { levels, fields }, node.syntax().range())
}

impl Level {
    /// The aggregate of some rows.
    fn aggregate(&self, rows: &Table, run: &Run<'_>) -> Result<Value> {
        let groups = grouped(rows, &[], &self.calls, run)?;
        let (values, _) = compute(std::slice::from_ref(&self.by), &groups, run)?;
        Ok(values.into_iter().flatten().next().unwrap_or(Value::Null))
    }
}

impl TopNested {
    /// The rows of the result for some rows of the input, from a level down; `path` are the values of the levels above.
    fn descend(
        &self,
        rows: &Table,
        depth: usize,
        path: &Row,
        run: &Run<'_>,
        result: &mut Vec<Row>,
    ) -> Result<()> {
        let Some(level) = self.levels.get(depth) else {
            result.push(path.clone());
            return Ok(());
        };
        let of = level.of.linked(&rows.schema)?;
        let mut parts: IndexMap<Key, (Value, Vec<Row>)> = IndexMap::new();
        for row in &rows.rows {
            let value = of.value(row, run)?;
            parts.entry(Key::of(&value)).or_insert_with(|| (value, Vec::new())).1.push(row.clone());
        }
        let mut found: Vec<(Value, Value, Table)> = Vec::new();
        for (value, part) in parts.into_values() {
            let part = Table::new(rows.schema.clone(), part);
            found.push((level.aggregate(&part, run)?, value, part));
        }
        found.sort_by(|(a, ..), (b, ..)| if level.ascending { order(a, b) } else { order(b, a) });
        let kept = match &level.count {
            Some(count) => number(count, run)?.min(found.len()),
            None => found.len(),
        };
        let rest = found.split_off(kept);
        for (aggregate, value, part) in found {
            let mut path = path.clone();
            path.extend([value, aggregate]);
            self.descend(&part, depth + 1, &path, run, result)?;
        }
        if level.others.is_some() && !rest.is_empty() {
            let others = rest.into_iter().flat_map(|(.., part)| part.rows).collect();
            result.push(self.others(&Table::new(rows.schema.clone(), others), depth, path, run)?);
        }
        Ok(())
    }

    /// The row for what a level leaves out: levels below it that have a word for the rest say it, too.
    fn others(&self, rows: &Table, depth: usize, path: &Row, run: &Run<'_>) -> Result<Row> {
        let mut row = path.clone();
        for level in self.levels.iter().skip(depth) {
            match &level.others {
                Some(others) => {
                    row.extend([others.value(&Row::new(), run)?, level.aggregate(rows, run)?]);
                }
                None => row.extend([Value::Null, Value::Null]),
            }
        }
        Ok(row)
    }
}

impl Operator for TopNested {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let mut rows = Vec::new();
        self.descend(&input, 0, &Row::new(), run, &mut rows)?;
        for row in &mut rows {
            for (value, field) in row.iter_mut().zip(&self.fields) {
                *value = settle(std::mem::replace(value, Value::Null), field.ty);
            }
        }
        Ok(Table::new(Schema::new(self.fields.iter().cloned()), rows))
    }
}
