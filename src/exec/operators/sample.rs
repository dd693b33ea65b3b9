//! `sample`, `sample-distinct` and `top-hitters`: some rows, some values, the most frequent values.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::Operator;
use super::take::number;
use crate::catalog::ScalarType;
use crate::exec::compile::{Assignment, Compiler, Scope};
use crate::exec::error::Result;
use crate::exec::expr::Expr;
use crate::exec::functions::{add, count};
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, Schema, Table};
use crate::exec::value::{Key, Value, order};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::{SampleDistinctOperator, SampleOperator, TopHittersOperator};

#[derive(Debug)]
struct Sample {
    count: Expr,
}

pub(super) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: SampleOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let count = compiler.expression(node.expression(), scope);
    input.pipe(Sample { count }, node.syntax().range())
}

impl Operator for Sample {
    fn run(&self, run: &Run<'_>, mut input: Table) -> Result<Table> {
        let wanted = number(&self.count, run)?;
        if wanted >= input.rows.len() {
            return Ok(input);
        }
        // The first steps of a shuffle choose the rows; they stay in their order.
        let mut places: Vec<usize> = (0..input.rows.len()).collect();
        for index in 0..wanted {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a number from 0 up to the length"
            )]
            let ahead = (run.random() * (places.len() - index) as f64) as usize;
            let other = (index + ahead).min(places.len() - 1);
            places.swap(index, other);
        }
        let chosen: HashSet<usize> = places.into_iter().take(wanted).collect();
        let rows = std::mem::take(&mut input.rows).into_iter().enumerate();
        input.rows = rows.filter(|(place, _)| chosen.contains(place)).map(|(_, row)| row).collect();
        Ok(input)
    }
}

#[derive(Debug)]
struct SampleDistinct {
    count: Expr,
    column: Assignment,
}

pub(super) fn compile_distinct<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: SampleDistinctOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let count = compiler.expression(node.expression(), scope);
    match compiler.assignments(node.of_expression(), scope).into_iter().next() {
        Some(column) => input.pipe(SampleDistinct { count, column }, node.syntax().range()),
        None => input,
    }
}

impl Operator for SampleDistinct {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let value = self.column.value.linked(&input.schema)?;
        let wanted = number(&self.count, run)?;
        let mut seen = HashSet::new();
        let mut rows = Vec::new();
        for row in &input.rows {
            if rows.len() == wanted {
                break;
            }
            let value = value.value(row, run)?;
            if seen.insert(Key::of(&value)) {
                rows.push(vec![value]);
            }
        }
        let name = self.column.name.as_deref().filter(|name| !name.is_empty()).unwrap_or("Column1");
        let field = Field::new(name, value.ty.unwrap_or(ScalarType::Dynamic));
        Ok(Table::new(Schema::new([field]), rows))
    }
}

/// The most frequent values, or those with the greatest sum; exact here, where the service estimates.
#[derive(Debug)]
struct TopHitters {
    count: Expr,
    of: Expr,
    by: Option<Expr>,
    /// The names of both columns.
    names: Vec<String>,
}

pub(super) fn compile_hitters<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: TopHittersOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let columns = scope.sense.columns_after(node.syntax()).unwrap_or_default();
    let hitters = TopHitters {
        count: compiler.expression(node.expression(), scope),
        of: compiler.expression(node.of_expression(), scope),
        by: node.by_clause().map(|by| compiler.expression(by.expression(), scope)),
        names: columns.iter().map(|column| column.name.to_owned()).collect(),
    };
    input.pipe(hitters, node.syntax().range())
}

impl Operator for TopHitters {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let of = self.of.linked(&input.schema)?;
        let by = self.by.as_ref().map(|by| by.linked(&input.schema)).transpose()?;
        let mut sums: IndexMap<Key, (Value, Value)> = IndexMap::new();
        for row in &input.rows {
            let value = of.value(row, run)?;
            let weight = by.as_ref().map_or(Ok(count(1)), |by| by.value(row, run))?;
            let (_, sum) = sums.entry(Key::of(&value)).or_insert_with(|| (value, Value::Long(0)));
            if !weight.is_null() {
                *sum = add(sum, &weight);
            }
        }
        let mut rows: Vec<(Value, Value)> = sums.into_values().collect();
        rows.sort_by(|(_, a), (_, b)| order(b, a));
        rows.truncate(number(&self.count, run)?);
        let ty = by.as_ref().and_then(|by| by.ty).unwrap_or(ScalarType::Long);
        let types = [of.ty.unwrap_or(ScalarType::Dynamic), ty];
        let fields = self.names.iter().zip(types).map(|(name, ty)| Field::new(name, ty));
        let settle = |(value, sum)| vec![value, crate::exec::expr::settle(sum, ty)];
        Ok(Table::new(Schema::new(fields), rows.into_iter().map(settle).collect()))
    }
}
