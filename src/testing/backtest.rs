//! How often a rule would have fired over a stretch of time, and what a changed rule would have added or lost.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::alert::{self, Alert, Entity, Suppression};
use super::document::Clock;
use super::incident::{Incident, incidents};
use super::schedule;
use crate::exec::value::{DateTime, TICKS_PER_DAY, TimeSpan, Value};
use crate::exec::{Held, Program, RunError, RunOptions, Schema, Tables, Within};
use crate::rule::{Rule, RuleKind};

/// A run of the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRun {
    /// When it was due.
    pub now: DateTime,
    /// How many rows its query returned.
    pub rows: usize,
    /// How many alerts it made.
    pub alerts: usize,
    /// Whether it was left out, as an alert before suppressed it.
    pub suppressed: bool,
}

/// What a rule would have made of a stretch of time.
#[derive(Debug, Clone, Default)]
pub struct Backtest {
    /// The runs, in order.
    pub runs: Vec<PastRun>,
    /// The alerts, in order.
    pub alerts: Vec<Alert>,
    /// The incidents, in order.
    pub incidents: Vec<Incident>,
    /// Each row that a run returned, as the texts of its columns, with how many runs returned it.
    pub found: BTreeMap<Vec<String>, usize>,
    /// The columns of these rows.
    pub columns: Vec<String>,
}

/// A day of a backtest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Day {
    /// How many runs returned rows.
    pub fired: usize,
    /// How many rows all runs returned.
    pub rows: usize,
    /// How many alerts were made.
    pub alerts: usize,
    /// How many incidents began.
    pub incidents: usize,
}

/// What a changed rule makes of the same stretch of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The columns by which rows are held against each other: those that both rules return.
    pub columns: Vec<String>,
    /// Rows that only the changed rule returns.
    pub added: Vec<Vec<String>>,
    /// Rows that only the rule before returned.
    pub lost: Vec<Vec<String>>,
    /// Entities that only alerts of the changed rule name.
    pub entities_added: Vec<Entity>,
    /// Entities that only alerts of the rule before named.
    pub entities_lost: Vec<Entity>,
}

/// The stretch of time of a backtest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Runs are after this.
    pub from: DateTime,
    /// The last moment at which one may be due.
    pub to: DateTime,
}

/// Runs a rule as it would have run: at each of its times, on what it would have seen. An event counts as ingested when it
/// was. The rows of `tables` are read once.
///
/// # Errors
/// What stopped the query, by its place in it.
pub fn backtest(
    rule: &Rule,
    program: &Program,
    tables: &dyn Tables,
    stretch: Stretch,
    memory: usize,
) -> Result<Backtest, RunError> {
    let clock = Clock { to: stretch.to, from: Some(stretch.from) };
    let windows = schedule::windows(rule, clock);
    // A hunting query is asked once, about the whole stretch.
    let start = |window: &schedule::Window| match (rule.kind, window.events_from, window.ingested_after) {
        (RuleKind::Hunting, ..) => Bound::Included(stretch.from),
        (_, Some(from), _) => Bound::Included(from),
        (_, None, Some(after)) => Bound::Excluded(after),
        _ => Bound::Unbounded,
    };
    let first = windows.first().map_or(Bound::Unbounded, start);
    let from = match first {
        Bound::Included(time) | Bound::Excluded(time) => time,
        Bound::Unbounded => DateTime::MIN,
    };
    let options = RunOptions { memory, ..RunOptions::at(stretch.to) };
    let held = Held::new(Within { tables, from, to: stretch.to }, options);
    let mut out = Backtest::default();
    let mut suppression = Suppression::default();
    for window in &windows {
        let number = out.runs.len();
        if suppression.holds(window.now) {
            out.runs.push(PastRun { now: window.now, rows: 0, alerts: 0, suppressed: true });
            continue;
        }
        let view = held.view(start(window), window.now);
        let table = program.run(&view, RunOptions { now: window.now, ..options })?;
        let alerts = alert::alerts(rule, &table, window, number);
        if !alerts.is_empty() {
            suppression.begin(rule, window.now);
        }
        if out.columns.is_empty() {
            out.columns = names(&table.schema);
        }
        for row in &table.rows {
            let texts = row.iter().map(|value: &Value| value.to_text().into_owned()).collect();
            *out.found.entry(texts).or_default() += 1;
        }
        out.runs.push(PastRun {
            now: window.now,
            rows: table.rows.len(),
            alerts: alerts.len(),
            suppressed: false,
        });
        out.alerts.extend(alerts);
    }
    out.incidents = incidents(rule, &out.alerts);
    Ok(out)
}

fn names(schema: &Schema) -> Vec<String> {
    schema.fields.iter().map(|field| field.name.to_string()).collect()
}

impl Backtest {
    /// How many runs returned rows.
    pub fn fired(&self) -> usize {
        self.runs.iter().filter(|run| run.rows > 0).count()
    }

    /// How many rows all runs returned.
    pub fn rows(&self) -> usize {
        self.runs.iter().map(|run| run.rows).sum()
    }

    /// The days with runs, those without rows among them, each by its beginning.
    pub fn days(&self) -> BTreeMap<DateTime, Day> {
        let mut days: BTreeMap<DateTime, Day> = BTreeMap::new();
        for run in &self.runs {
            let day = days.entry(day_of(run.now)).or_default();
            day.fired += usize::from(run.rows > 0);
            day.rows += run.rows;
            day.alerts += run.alerts;
        }
        for incident in &self.incidents {
            days.entry(day_of(incident.time)).or_default().incidents += 1;
        }
        days
    }

    /// The entities that alerts name, with in how many, those named most often first.
    pub fn entities(&self) -> Vec<(&Entity, usize)> {
        let mut counts: BTreeMap<&Entity, usize> = BTreeMap::new();
        for entity in self.alerts.iter().flat_map(|alert| &alert.entities) {
            *counts.entry(entity).or_default() += 1;
        }
        let mut all: Vec<(&Entity, usize)> = counts.into_iter().collect();
        all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        all
    }

    /// What this rule returns that `before` did not, and the other way round.
    pub fn against(&self, before: &Self) -> Changes {
        let columns: Vec<String> =
            self.columns.iter().filter(|name| before.columns.contains(name)).cloned().collect();
        let (now, then) = (self.rows_by(&columns), before.rows_by(&columns));
        let (named, named_then) = (self.named(), before.named());
        let entities = |some: &BTreeSet<&Entity>, others: &BTreeSet<&Entity>| {
            some.difference(others).map(|entity| (*entity).clone()).collect()
        };
        Changes {
            added: now.difference(&then).cloned().collect(),
            lost: then.difference(&now).cloned().collect(),
            entities_added: entities(&named, &named_then),
            entities_lost: entities(&named_then, &named),
            columns,
        }
    }

    /// The rows, each once, by some of their columns.
    fn rows_by(&self, columns: &[String]) -> BTreeSet<Vec<String>> {
        let places: Vec<usize> =
            columns.iter().filter_map(|name| self.columns.iter().position(|own| own == name)).collect();
        let of = |row: &Vec<String>| places.iter().filter_map(|place| row.get(*place).cloned()).collect();
        self.found.keys().map(of).collect()
    }

    fn named(&self) -> BTreeSet<&Entity> {
        self.alerts.iter().flat_map(|alert| &alert.entities).collect()
    }
}

impl Changes {
    /// Whether both rules make the same of the stretch of time.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty()
            && self.lost.is_empty()
            && self.entities_added.is_empty()
            && self.entities_lost.is_empty()
    }
}

/// The beginning of the day of a time.
fn day_of(time: DateTime) -> DateTime {
    let into = TimeSpan(-time.ticks().rem_euclid(TICKS_PER_DAY));
    time.plus(into).unwrap_or(time)
}
