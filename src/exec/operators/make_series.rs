//! `make-series`: aggregates along an axis, as arrays.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Operator;
use super::aggregate::{AggregateCall, grouped};
use super::project::{compute, expanded};
use crate::catalog::ScalarType;
use crate::exec::compile::{Assignment, Compiler, Scope};
use crate::exec::error::{Result, RunError};
use crate::exec::expr::{Expr, settle};
use crate::exec::functions::{add, bin, subtract};
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table};
use crate::exec::value::{DateTime, Dynamic, Key, TimeSpan, Value, coerce, compare};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::{MakeSeriesFromToStep, MakeSeriesInRange, MakeSeriesOperator};
use crate::text::TextRange;

/// How many elements an array may have: the service's limit.
const MAX_ELEMENTS: i64 = 1_048_576;

/// The hidden column with the number of the step that a row falls in.
const STEP: &str = "\0step";

/// The ends of the axis.
#[derive(Debug)]
enum Ends {
    /// `from a to b`: steps are counted from the start, and the end is not part of them.
    FromTo(Expr, Expr),
    /// `from a`: up to the last step with rows of a series.
    From(Expr),
    /// From the first step with rows of a series to the last one.
    Open,
    /// `in range(a, b, step)`: steps are multiples of it, and the end is part of them.
    Range(Expr, Expr),
}

#[derive(Debug)]
struct MakeSeries {
    keys: Vec<Assignment>,
    calls: Vec<AggregateCall>,
    columns: Vec<(Assignment, Option<Expr>)>,
    axis: Assignment,
    ends: Ends,
    step: Expr,
    /// Whether there is a series of defaults where there are no rows.
    nonempty: bool,
    range: TextRange,
}

pub(super) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: MakeSeriesOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let range = node.syntax().range();
    let by = node.by_clause().into_iter().flat_map(|by| by.expressions().iter());
    let keys = by.flat_map(|key| compiler.assignments(key, scope)).collect();
    let mut columns = Vec::new();
    let outer = compiler.open_aggregation();
    for aggregate in node.aggregates().iter() {
        let default = aggregate.default().map(|default| compiler.expression(default.expression(), scope));
        for column in compiler.assignments(aggregate.expression(), scope) {
            columns.push((column, default.clone()));
        }
    }
    let calls = compiler.close_aggregation(outer);
    let axis = compiler.assignments(node.on_clause().expression(), scope).into_iter().next();
    let (ends, step) = if let Some(written) = MakeSeriesInRange::cast(node.range()) {
        let arguments: Vec<Expr> = written
            .arguments()
            .expressions()
            .iter()
            .map(|argument| compiler.expression(argument, scope))
            .collect();
        match <[Expr; 3]>::try_from(arguments) {
            Ok([from, to, step]) => (Ends::Range(from, to), step),
            Err(_) => (Ends::Open, compiler.null(range)),
        }
    } else if let Some(written) = MakeSeriesFromToStep::cast(node.range()) {
        let from = written.from().map(|from| compiler.expression(from.expression(), scope));
        let to = written.to().map(|to| compiler.expression(to.expression(), scope));
        let step = compiler.expression(written.step().expression(), scope);
        let ends = match (from, to) {
            (Some(from), Some(to)) => Ends::FromTo(from, to),
            (Some(from), None) => Ends::From(from),
            (None, None) => Ends::Open,
            (None, Some(to)) => {
                compiler.unsupported(to.range, "`make-series` with `to` and without `from`");
                Ends::Open
            }
        };
        (ends, step)
    } else {
        (Ends::Open, compiler.null(range))
    };
    let Some(axis) = axis else { return input };
    let nonempty =
        compiler.parameter_word(node.parameters().iter(), "kind").is_some_and(|kind| kind == "nonempty");
    input.pipe(MakeSeries { keys, calls, columns, axis, ends, step, nonempty, range }, range)
}

/// The axis of a run: where steps are counted from, and how long they are.
struct Axis {
    origin: Value,
    step: Value,
}

/// A value of an axis or a step, where it is one that is counted exactly.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::DateTime(time) => Some(time.ticks()),
        Value::TimeSpan(span) => Some(span.0),
        _ => value.as_i64(),
    }
}

impl Axis {
    /// The number of the step that a value falls in; nothing where it falls in none.
    fn index(&self, value: &Value) -> Option<i64> {
        let apart = subtract(value, &self.origin);
        if let (Some(apart), Some(step)) = (whole(&apart), whole(&self.step)) {
            return apart.checked_div_euclid(step);
        }
        let steps = (apart.as_f64()? / self.step.as_f64()?).floor();
        steps.is_finite().then(|| coerce(&Value::Real(steps), ScalarType::Long).as_i64()).flatten()
    }

    /// Where a step begins.
    fn at(&self, index: i64) -> Value {
        match (&self.origin, &self.step) {
            (Value::DateTime(origin), Value::TimeSpan(step)) => {
                let ticks = step.0.checked_mul(index).and_then(|ticks| origin.plus(TimeSpan(ticks)));
                ticks.map_or(Value::Null, Value::DateTime)
            }
            (Value::TimeSpan(origin), Value::TimeSpan(step)) => {
                Value::TimeSpan(TimeSpan(origin.0.wrapping_add(step.0.wrapping_mul(index))))
            }
            (origin, step) => match (origin.as_i64(), step.as_i64()) {
                (Some(origin), Some(step)) => Value::Long(origin.wrapping_add(step.wrapping_mul(index))),
                #[expect(clippy::cast_precision_loss, reason = "at most a million steps")]
                _ => add(origin, &Value::Real(step.as_f64().unwrap_or(f64::NAN) * index as f64)),
            },
        }
    }
}

impl MakeSeries {
    /// The axis for a table, and how many steps it has where that is the same for all series.
    fn axis(&self, run: &Run<'_>, ty: Option<ScalarType>) -> Result<(Axis, Option<i64>)> {
        let value = |expression: &Expr| expression.value(&Vec::new(), run);
        let step = value(&self.step)?;
        let rising = match whole(&step) {
            Some(step) => step > 0,
            None => step.as_f64().is_some_and(|step| step > 0.0),
        };
        if !rising {
            return Err(RunError::new(self.step.range, "the step of a series must be above zero"));
        }
        let typed = |value: Value| ty.map_or_else(|| value.clone(), |ty| coerce(&value, ty));
        Ok(match &self.ends {
            Ends::FromTo(from, to) => {
                let axis = Axis { origin: typed(value(from)?), step };
                let end = typed(value(to)?);
                // The last step begins before the end.
                let last = axis.index(&end).unwrap_or(-1);
                let exact = compare(&axis.at(last), &end).is_some_and(std::cmp::Ordering::is_eq);
                let count = if exact { last } else { last.saturating_add(1) };
                (axis, Some(count))
            }
            Ends::Range(from, to) => {
                let axis = Axis { origin: bin(&typed(value(from)?), &step), step };
                let count = axis.index(&typed(value(to)?)).map_or(0, |last| last.saturating_add(1));
                (axis, Some(count))
            }
            Ends::From(from) => (Axis { origin: typed(value(from)?), step }, None),
            Ends::Open => {
                let origin = match ty {
                    Some(ScalarType::DateTime) => Value::DateTime(DateTime::MIN),
                    Some(ScalarType::TimeSpan) => Value::TimeSpan(TimeSpan(0)),
                    _ => Value::Long(0),
                };
                (Axis { origin, step }, None)
            }
        })
    }

    /// The rows that fall in a step, each with its number behind.
    fn numbered(&self, run: &Run<'_>, input: Table, axis: &Axis, count: Option<i64>) -> Result<Table> {
        let on = self.axis.value.linked(&input.schema)?;
        let mut schema = input.schema;
        schema.fields.push(Field::new(STEP, ScalarType::Long));
        let mut rows = Vec::new();
        for mut row in input.rows {
            let Some(index) = axis.index(&on.value(&row, run)?) else { continue };
            let from_start = matches!(self.ends, Ends::Open) || index >= 0;
            if from_start && count.is_none_or(|count| index < count) {
                row.push(Value::Long(index));
                rows.push(row);
            }
        }
        Ok(Table::new(schema, rows))
    }
}

impl Operator for MakeSeries {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let axis_type = self.axis.value.linked(&input.schema)?.ty;
        let (axis, count) = self.axis(run, axis_type)?;
        let keys: Vec<(Arc<str>, Expr)> =
            expanded(&self.keys, &input.schema).into_iter().map(|(field, key)| (field.name, key)).collect();
        let input = self.numbered(run, input, &axis, count)?;
        let step = (Arc::from(STEP), Expr::column(STEP, Some(ScalarType::Long), self.range));
        let steps: Vec<(Arc<str>, Expr)> = keys.iter().cloned().chain([step]).collect();
        let groups = grouped(&input, &steps, &self.calls, run)?;
        let values: Vec<Expr> = self.columns.iter().map(|(column, _)| column.value.clone()).collect();
        let (computed, types) = compute(&values, &groups, run)?;
        let width = keys.len();
        let mut series: IndexMap<Vec<Key>, (Row, Steps)> = IndexMap::new();
        for (group, values) in groups.rows.iter().zip(computed) {
            let (key, rest) = group.split_at(width.min(group.len()));
            let index = rest.first().and_then(Value::as_i64).unwrap_or(0);
            let entry = series.entry(Key::row(key)).or_insert_with(|| (key.to_vec(), Vec::new()));
            entry.1.push((index, values));
        }
        if series.is_empty() && self.nonempty && keys.is_empty() {
            series.insert(Vec::new(), (Row::new(), Vec::new()));
        }
        let mut defaults = Row::new();
        for ((_, default), field) in self.columns.iter().zip(&types) {
            let value = default.as_ref().map(|default| default.value(&Vec::new(), run)).transpose()?;
            let value = value.unwrap_or(Value::Long(0));
            defaults.push(settle(value, field.ty));
        }
        let mut rows = Vec::new();
        for (_, (key, steps)) in series {
            let (first, count) = match count {
                Some(count) => (0, count.max(0)),
                None => {
                    let last = steps.iter().map(|(index, _)| *index).max().unwrap_or(-1);
                    let least = steps.iter().map(|(index, _)| *index).min().unwrap_or(0);
                    let first = if matches!(self.ends, Ends::Open) { least } else { 0 };
                    (first, last - first + 1)
                }
            };
            if count > MAX_ELEMENTS {
                let message = format!("a series has {count} steps here, and {MAX_ELEMENTS} are the most");
                return Err(RunError::new(self.range, message));
            }
            rows.push(self.series(key, first, count, &steps, &defaults, &axis));
        }
        let fields = groups.schema.fields.iter().take(width).cloned();
        let names = self.columns.iter().map(|(column, _)| column).chain([&self.axis]);
        let arrays =
            names.map(|column| Field::new(column.name.as_deref().unwrap_or_default(), ScalarType::Dynamic));
        Ok(Table::new(Schema::new(fields.chain(arrays)), rows))
    }
}

/// The steps of a series that have rows: the number of each, and its aggregates.
type Steps = Vec<(i64, Row)>;

impl MakeSeries {
    /// The row of a series: its key, an array for each aggregate, and the axis.
    fn series(
        &self,
        key: Row,
        first: i64,
        count: i64,
        steps: &[(i64, Row)],
        defaults: &Row,
        axis: &Axis,
    ) -> Row {
        let length = usize::try_from(count).unwrap_or(0);
        let mut row = key;
        for (column, default) in defaults.iter().enumerate() {
            let mut array = vec![default.to_dynamic(); length];
            for (index, values) in steps {
                let place = usize::try_from(index - first).ok();
                if let Some(slot) = place.and_then(|place| array.get_mut(place)) {
                    *slot = values.get(column).map_or(Dynamic::Null, Value::to_dynamic);
                }
            }
            row.push(Value::array(array));
        }
        row.push(Value::array((first..first + count).map(|index| axis.at(index).to_dynamic())));
        row
    }
}
