//! Conditions that rows of a source must meet, for readers that can test columns before they make rows.
//!
//! A sieve never keeps out a row that the query would keep: it may let through others, which the query then tests itself.

use std::sync::Arc;

use aho_corasick::AhoCorasick;

use super::expr::{Expr, ExprKind};
use super::run::{NoTables, Run, RunOptions};
use super::table::{Field, Row, Schema, Table};
use super::value::{DateTime, Value};
use crate::catalog::ScalarType;

/// Conditions, all of which a row must meet.
#[derive(Debug, Clone)]
pub struct Sieve {
    /// The conditions, each with whether it depends on the clock.
    tests: Vec<(Test, bool)>,
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
pub struct Ready {
    /// The condition; nothing where the column does not fit it.
    condition: Option<Expr>,
    /// What is looked for in text, and what follows where none of it is there.
    parts: Option<(AhoCorasick, bool)>,
}

impl Ready {
    /// What can be said of text without reading more of the condition: nothing of what it looks for stands there.
    pub fn at_once(&self, text: &str) -> Option<bool> {
        let (parts, verdict) = self.parts.as_ref()?;
        // Letters beyond ASCII may be those of ASCII in another case.
        (text.is_ascii() && !parts.is_match(text)).then_some(*verdict)
    }
}

/// The texts one of which must stand in a value for a condition to be true, or where it is negated, to be false.
fn parts_looked_for(condition: &Expr) -> Option<(Vec<String>, bool)> {
    let (name, items): (&str, Vec<&Expr>) = match &condition.kind {
        ExprKind::Call { function, arguments } => {
            let (column, items) = arguments.split_first()?;
            column.as_column()?;
            (function.name, items.iter().collect())
        }
        ExprKind::In(member) => {
            member.value.as_column()?;
            (if member.negated { "!in" } else { "in" }, member.items.iter().collect())
        }
        _ => return None,
    };
    let verdict = match name {
        "has" | "has_cs" | "has_any" | ":" | "contains" | "contains_cs" | "startswith" | "startswith_cs"
        | "endswith" | "endswith_cs" | "hasprefix" | "hasprefix_cs" | "hassuffix" | "hassuffix_cs" | "=="
        | "=~" | "in" => false,
        "!has" | "!has_cs" | "!contains" | "!contains_cs" | "!startswith" | "!startswith_cs"
        | "!endswith" | "!endswith_cs" | "!=" | "!~" | "!in" => true,
        _ => return None,
    };
    let mut parts = Vec::new();
    for item in items {
        match item.as_literal()? {
            Value::String(text) => parts.push(text.to_string()),
            value => {
                for item in value.as_array()? {
                    parts.push(item.as_str()?.to_owned());
                }
            }
        }
    }
    // What is beyond ASCII may have a case that is not looked for.
    parts.iter().all(|part| !part.is_empty() && part.is_ascii()).then_some((parts, verdict))
}

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
        let tests = conditions
            .into_iter()
            .flat_map(parts_of)
            .filter_map(|condition| Some((Test::of(condition, &judge.run)?, asks_clock(condition))));
        sieve.tests.extend(tests);
        sieve
    }

    /// The conditions.
    pub fn tests(&self) -> impl Iterator<Item = &Test> {
        self.tests.iter().map(|(test, _)| test)
    }

    /// The same without what depends on the clock.
    #[must_use]
    pub(super) fn timeless(&self) -> Self {
        let tests = self.tests.iter().filter(|(_, clocked)| !clocked).cloned().collect();
        Self { tests, options: self.options }
    }

    /// The rows of a table that it lets through.
    #[must_use]
    pub(super) fn sift(&self, mut table: Table) -> Table {
        let mut judge = self.judge();
        let tests: Vec<RowTest> = self.tests().map(|test| RowTest::of(test, &table.schema, &judge)).collect();
        table.rows.retain(|row| tests.iter().all(|test| test.meets(row, &mut judge)));
        table
    }

    /// The same, for rows of a stretch of time only.
    #[must_use]
    pub fn within(&self, column: &str, from: DateTime, to: DateTime) -> Self {
        let mut sieve = self.clone();
        sieve.tests.insert(0, (Test::Time { column: column.into(), from, to }, false));
        sieve
    }

    /// What tests values.
    pub fn judge(&self) -> Judge {
        Judge { run: Run::new(self.options, &NoTables, None), row: vec![Value::Null] }
    }

    /// From when to when all rows are that it lets through, by a column of times.
    pub fn bounds(&self, column: &str) -> (DateTime, DateTime) {
        bounds(self.tests(), column)
    }
}

fn bounds<'t>(tests: impl IntoIterator<Item = &'t Test>, column: &str) -> (DateTime, DateTime) {
    tests.into_iter().fold((DateTime::MIN, DateTime::MAX), |(start, end), test| match test {
        Test::Time { column: own, from, to } if **own == *column => (start.max(*from), end.min(*to)),
        Test::All(tests) => {
            let (from, to) = bounds(tests, column);
            (start.max(from), end.min(to))
        }
        _ => (start, end),
    })
}

/// The parts of a condition that must all be true.
fn parts_of(condition: &Expr) -> Vec<&Expr> {
    match &condition.kind {
        ExprKind::And(parts) => parts.iter().flat_map(parts_of).collect(),
        _ => vec![condition],
    }
}

/// Whether the value of an expression depends on the clock.
fn asks_clock(expression: &Expr) -> bool {
    match &expression.kind {
        ExprKind::Call { function, arguments } => {
            matches!(function.name, "now" | "ago") || arguments.iter().any(asks_clock)
        }
        ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().any(asks_clock),
        ExprKind::In(member) => asks_clock(&member.value) || member.items.iter().any(asks_clock),
        ExprKind::AnyColumn(any) => asks_clock(&any.right),
        ExprKind::ColumnOr { default, .. } => asks_clock(default),
        ExprKind::Scalar(_) | ExprKind::Values(_) => true,
        ExprKind::Literal(_) | ExprKind::Column { .. } | ExprKind::AllColumns | ExprKind::Parts(_) => false,
    }
}

/// A condition made ready for rows.
enum RowTest {
    Time(usize, DateTime, DateTime),
    Column(usize, Ready),
    Any(Vec<Self>),
    All(Vec<Self>),
    /// The rows lack the column: the query says what follows.
    Open,
}

impl RowTest {
    fn of(test: &Test, schema: &Schema, judge: &Judge) -> Self {
        let place = |column: &Arc<str>| {
            let slot = schema.position(column)?;
            Some((slot, schema.fields.get(slot)?.ty))
        };
        match test {
            Test::Time { column, from, to } => match place(column) {
                Some((slot, ScalarType::DateTime)) => Self::Time(slot, *from, *to),
                _ => Self::Open,
            },
            Test::Column(test) => match place(&test.column) {
                Some((slot, ty)) => Self::Column(slot, judge.ready(test, ty)),
                None => Self::Open,
            },
            Test::Any(tests) => Self::Any(tests.iter().map(|test| Self::of(test, schema, judge)).collect()),
            Test::All(tests) => Self::All(tests.iter().map(|test| Self::of(test, schema, judge)).collect()),
        }
    }

    fn meets(&self, row: &Row, judge: &mut Judge) -> bool {
        let value = |slot: usize| row.get(slot).cloned().unwrap_or(Value::Null);
        match self {
            Self::Time(slot, from, to) => {
                matches!(value(*slot), Value::DateTime(time) if (*from..=*to).contains(&time))
            }
            Self::Column(slot, ready) => judge.meets(ready, value(*slot)),
            Self::Any(tests) => tests.iter().any(|test| test.meets(row, judge)),
            Self::All(tests) => tests.iter().all(|test| test.meets(row, judge)),
            Self::Open => true,
        }
    }
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
        let parts = parts_looked_for(&test.condition).filter(|_| ty == ScalarType::String);
        let parts = parts.and_then(|(parts, verdict)| {
            let parts = AhoCorasick::builder().ascii_case_insensitive(true).build(parts).ok()?;
            Some((parts, verdict))
        });
        Ready { condition: test.condition.linked(&schema).ok(), parts }
    }

    /// Whether a value meets a condition. What cannot be told counts as met: the query says then what is wrong.
    pub fn meets(&mut self, ready: &Ready, value: Value) -> bool {
        let Some(condition) = &ready.condition else { return true };
        if let Value::String(text) = &value
            && let Some(verdict) = ready.at_once(text)
        {
            return verdict;
        }
        if let Some(slot) = self.row.first_mut() {
            *slot = value;
        }
        condition.value(&self.row, &self.run).map_or(true, |value| value.is_true())
    }
}
