//! Conditions that rows of a source must meet, for readers that can test columns before they make rows.
//!
//! A sieve never keeps out a row that the query would keep: it may let through others, which the query then tests itself.

use std::sync::Arc;

use super::expr::{Expr, ExprKind};
use super::run::{NoTables, Run, RunOptions};
use super::table::{Field, Row, Schema};
use super::value::{DateTime, Value};
use crate::catalog::ScalarType;

/// Conditions, all of which a row must meet.
#[derive(Debug, Clone)]
pub struct Sieve {
    /// The conditions.
    pub tests: Vec<Test>,
    options: RunOptions,
}

/// A condition on the columns of a row.
#[derive(Debug, Clone)]
pub enum Test {
    /// A column has a time from one to another, both within.
    Time {
        /// The column.
        column: Arc<str>,
        /// The first time.
        from: DateTime,
        /// The last.
        to: DateTime,
    },
    /// What the value of one column decides.
    Column(ColumnTest),
    /// One of these is met.
    Any(Vec<Self>),
    /// All of these are met.
    All(Vec<Self>),
}

/// A condition that the value of one column decides.
#[derive(Debug, Clone)]
pub struct ColumnTest {
    /// The column.
    pub column: Arc<str>,
    condition: Expr,
}

/// Tests values.
pub struct Judge {
    run: Run<'static>,
    row: Row,
}

impl std::fmt::Debug for Judge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Judge").finish_non_exhaustive()
    }
}

/// A condition made ready for a column of a type.
#[derive(Debug)]
pub struct Ready(Option<Expr>);

impl Sieve {
    /// What lets every row through.
    pub fn open(options: RunOptions) -> Self {
        Self { tests: Vec::new(), options }
    }

    /// What of `conditions` can be tested column by column.
    pub(super) fn of<'e>(conditions: impl IntoIterator<Item = &'e Expr>, run: &Run<'_>) -> Self {
        let mut sieve = Self::open(run.options);
        if run.is_observed() || run.options.flipped.is_some() {
            return sieve;
        }
        let judge = sieve.judge();
        sieve.tests.extend(conditions.into_iter().filter_map(|condition| Test::of(condition, &judge.run)));
        sieve
    }

    /// The same, for rows of a stretch of time only.
    #[must_use]
    pub fn within(&self, column: &str, from: DateTime, to: DateTime) -> Self {
        let mut sieve = self.clone();
        sieve.tests.insert(0, Test::Time { column: column.into(), from, to });
        sieve
    }

    /// What tests values.
    pub fn judge(&self) -> Judge {
        Judge { run: Run::new(self.options, &NoTables, None), row: vec![Value::Null] }
    }

    /// From when to when all rows are that it lets through, by a column of times.
    pub fn bounds(&self, column: &str) -> (DateTime, DateTime) {
        bounds(&self.tests, column)
    }
}

fn bounds(tests: &[Test], column: &str) -> (DateTime, DateTime) {
    tests.iter().fold((DateTime::MIN, DateTime::MAX), |(start, end), test| match test {
        Test::Time { column: own, from, to } if **own == *column => (start.max(*from), end.min(*to)),
        Test::All(tests) => {
            let (from, to) = bounds(tests, column);
            (start.max(from), end.min(to))
        }
        _ => (start, end),
    })
}

impl Test {
    /// What of a condition can be tested column by column; nothing where that is nothing.
    fn of(condition: &Expr, run: &Run<'_>) -> Option<Self> {
        match &condition.kind {
            ExprKind::And(parts) => {
                let tests: Vec<Self> = parts.iter().filter_map(|part| Self::of(part, run)).collect();
                (!tests.is_empty()).then_some(Self::All(tests))
            }
            // A part that nothing is known of may be true.
            ExprKind::Or(parts) => {
                let tests: Option<Vec<Self>> = parts.iter().map(|part| Self::of(part, run)).collect();
                tests.map(Self::Any)
            }
            _ => {
                if !condition.is_closed() || condition.reads_any_column() {
                    return None;
                }
                let mut columns = condition.columns();
                columns.sort();
                columns.dedup();
                let [column] = &columns[..] else { return None };
                let column = Arc::clone(column);
                Some(match of_time(condition, run) {
                    Some((from, to)) => Self::Time { column, from, to },
                    None => Self::Column(ColumnTest { column, condition: condition.clone() }),
                })
            }
        }
    }
}

/// The times that a comparison of a column with constants lets through.
fn of_time(condition: &Expr, run: &Run<'_>) -> Option<(DateTime, DateTime)> {
    let ExprKind::Call { function, arguments } = &condition.kind else { return None };
    let is_column = |expr: &Expr| expr.as_column().is_some() && expr.ty == Some(ScalarType::DateTime);
    let constant =
        |expr: &Expr| match expr.columns().is_empty().then(|| expr.value(&Row::new(), run).ok())?? {
            Value::DateTime(time) => Some(time),
            _ => None,
        };
    let after = |time: DateTime| DateTime::from_ticks(time.ticks().checked_add(1)?);
    let before = |time: DateTime| DateTime::from_ticks(time.ticks().checked_sub(1)?);
    let (first, last) = (DateTime::MIN, DateTime::MAX);
    match (function.name, &arguments[..]) {
        ("between", [column, low, high]) if is_column(column) => Some((constant(low)?, constant(high)?)),
        (name, [column, other]) if is_column(column) => match name {
            ">" => Some((after(constant(other)?)?, last)),
            ">=" => Some((constant(other)?, last)),
            "<" => Some((first, before(constant(other)?)?)),
            "<=" => Some((first, constant(other)?)),
            _ => None,
        },
        (name, [other, column]) if is_column(column) => match name {
            "<" => Some((after(constant(other)?)?, last)),
            "<=" => Some((constant(other)?, last)),
            ">" => Some((first, before(constant(other)?)?)),
            ">=" => Some((first, constant(other)?)),
            _ => None,
        },
        _ => None,
    }
}

impl Judge {
    /// A condition made ready for a column of a type.
    pub fn ready(&self, test: &ColumnTest, ty: ScalarType) -> Ready {
        let schema = Schema::new([Field { name: Arc::clone(&test.column), ty }]);
        Ready(test.condition.linked(&schema).ok())
    }

    /// Whether a value meets a condition. What cannot be told counts as met: the query says then what is wrong.
    pub fn meets(&mut self, ready: &Ready, value: Value) -> bool {
        let Some(condition) = &ready.0 else { return true };
        if let Some(slot) = self.row.first_mut() {
            *slot = value;
        }
        condition.value(&self.row, &self.run).map_or(true, |value| value.is_true())
    }
}
