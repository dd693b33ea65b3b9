//! Plugins that count users along an axis: `activity_counts_metrics`, `sliding_window_counts` and their like.
//!
//! Windows are counted from the start. A row counts where it lies between start and end, both included.

use std::collections::{BTreeMap, HashSet};

use indexmap::IndexMap;

use super::Plugin;
use crate::exec::error::{Result, RunError};
use crate::exec::expr::{Expr, settle};
use crate::exec::functions::{bin, count};
use crate::exec::operators::Operator;
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::sketch::Digest;
use crate::exec::table::{Field, Row, Schema, Table};
use crate::exec::value::{DateTime, Key, TimeSpan, Value};
use crate::kql::bind::Type;
use crate::text::TextRange;

/// How many windows there may be.
const MAX_WINDOWS: i64 = 1_000_000;

/// A place on an axis, as a whole number: ticks, or the number itself.
fn place(value: &Value) -> Option<i64> {
    match value {
        Value::DateTime(time) => Some(time.ticks()),
        Value::TimeSpan(span) => Some(span.0),
        other => other.as_i64(),
    }
}

/// A user at a place of the axis.
type Event = (i64, Key);

/// What all these plugins have in common.
#[derive(Debug)]
struct Activity {
    id: Expr,
    timeline: Expr,
    /// The first and the last place; those of the rows where nothing is said.
    ends: Option<(Expr, Expr)>,
    /// How long a window is.
    step: Value,
    dimensions: Vec<Expr>,
    columns: Vec<Field>,
    measure: Measure,
    range: TextRange,
}

/// What is counted in each window.
#[derive(Debug)]
enum Measure {
    ActiveUsers { lookback: Value, period: Value, least: i64 },
    Counts,
    Engagement { outer: Value },
    Metrics,
    Sliding { lookback: Value },
    New { cohort: Option<Value>, lookback: Option<Relation> },
}

/// A constant that is a place or a length on an axis; words as `week` are not supported.
fn length(plugin: &mut Plugin<'_, '_, '_>, index: usize) -> Option<Value> {
    let value = plugin.constant(index, "")?;
    if place(&value).is_none() {
        let range = plugin.node(index).map_or(plugin.range, |node| node.range());
        plugin.compiler.unsupported(range, "a window that is no span and no whole number");
        return None;
    }
    Some(value)
}

impl Activity {
    fn operator(
        plugin: &mut Plugin<'_, '_, '_>,
        ends: Option<(Expr, Expr)>,
        step: Value,
        dimensions: Vec<Expr>,
        measure: Measure,
    ) -> Option<Box<dyn Operator>> {
        let (id, timeline) = (plugin.expression(0)?, plugin.expression(1)?);
        if place(&step).is_none_or(|step| step <= 0) {
            plugin.compiler.unsupported(plugin.range, "windows without length");
            return None;
        }
        let columns = plugin.columns.clone();
        let range = plugin.range;
        Some(Box::new(Self { id, timeline, ends, step, dimensions, columns, measure, range }))
    }
}

/// The start and the end, which are the same for all rows: constants, or times that hang on the clock.
fn ends(plugin: &mut Plugin<'_, '_, '_>) -> Option<(Expr, Expr)> {
    let (start, end) = (plugin.expression(2)?, plugin.expression(3)?);
    for end in [&start, &end] {
        if !end.columns().is_empty() || end.reads_all_columns() {
            plugin.compiler.unsupported(end.range, "a window that begins or ends where a row says");
            return None;
        }
    }
    Some((start, end))
}

pub(super) fn active_users_count(mut plugin: Plugin<'_, '_, '_>) -> Option<Box<dyn Operator>> {
    let ends = ends(&mut plugin)?;
    let (lookback, period) = (length(&mut plugin, 4)?, length(&mut plugin, 5)?);
    let least = plugin.constant(6, "")?.as_i64().unwrap_or(0);
    let step = length(&mut plugin, 7)?;
    let dimensions = plugin.expressions(8);
    Activity::operator(
        &mut plugin,
        Some(ends),
        step,
        dimensions,
        Measure::ActiveUsers { lookback, period, least },
    )
}

pub(super) fn counts_metrics(mut plugin: Plugin<'_, '_, '_>) -> Option<Box<dyn Operator>> {
    let ends = ends(&mut plugin)?;
    let step = length(&mut plugin, 4)?;
    let dimensions = plugin.expressions(5);
    Activity::operator(&mut plugin, Some(ends), step, dimensions, Measure::Counts)
}

pub(super) fn engagement(mut plugin: Plugin<'_, '_, '_>) -> Option<Box<dyn Operator>> {
    let (ends, at) = if plugin.arguments.len() < 6 { (None, 2) } else { (Some(ends(&mut plugin)?), 4) };
    let (step, outer) = (length(&mut plugin, at)?, length(&mut plugin, at + 1)?);
    let dimensions = plugin.expressions(at + 2);
    Activity::operator(&mut plugin, ends, step, dimensions, Measure::Engagement { outer })
}

pub(super) fn metrics(mut plugin: Plugin<'_, '_, '_>) -> Option<Box<dyn Operator>> {
    if plugin.arguments.len() < 5 {
        plugin.compiler.unsupported(plugin.range, "`activity_metrics` without start and end");
        return None;
    }
    let ends = ends(&mut plugin)?;
    let step = length(&mut plugin, 4)?;
    let dimensions = plugin.expressions(5);
    Activity::operator(&mut plugin, Some(ends), step, dimensions, Measure::Metrics)
}

pub(super) fn sliding_window_counts(mut plugin: Plugin<'_, '_, '_>) -> Option<Box<dyn Operator>> {
    let ends = ends(&mut plugin)?;
    let (lookback, step) = (length(&mut plugin, 4)?, length(&mut plugin, 5)?);
    let dimensions = plugin.expressions(6);
    Activity::operator(&mut plugin, Some(ends), step, dimensions, Measure::Sliding { lookback })
}

pub(super) fn new_metrics(mut plugin: Plugin<'_, '_, '_>) -> Option<Box<dyn Operator>> {
    let ends = ends(&mut plugin)?;
    let step = length(&mut plugin, 4)?;
    let mut rest = plugin.arguments.split_off(5.min(plugin.arguments.len()));
    let tabular =
        |plugin: &Plugin<'_, '_, '_>, node| plugin.scope.sense.type_of(node).is_some_and(Type::is_tabular);
    let lookback = match rest.last().map(|(_, node)| *node).filter(|node| tabular(&plugin, *node)) {
        Some(node) => {
            rest.pop();
            Some(plugin.compiler.table(node, plugin.scope, None))
        }
        None => None,
    };
    let mut cohort = None;
    let mut dimensions = Vec::new();
    for (index, (_, node)) in rest.into_iter().enumerate() {
        let value = plugin.compiler.expression(node, plugin.scope);
        if index == 0 && value.as_column().is_none() {
            cohort = Some(plugin.compiler.constant(node, plugin.scope));
        } else {
            dimensions.push(value);
        }
    }
    Activity::operator(&mut plugin, Some(ends), step, dimensions, Measure::New { cohort, lookback })
}

/// The events of one combination of dimensions, by window.
struct Windows {
    start: i64,
    step: i64,
    /// The events between start and end, by the number of their window.
    inside: BTreeMap<i64, Vec<Event>>,
    /// All events in order.
    all: Vec<Event>,
    /// The number of the last window.
    last: i64,
}

impl Windows {
    fn distinct(events: &[Event]) -> HashSet<&Key> {
        events.iter().map(|(_, id)| id).collect()
    }

    /// The events from `from` on up to before `to`.
    fn between(&self, from: i64, to: i64) -> &[Event] {
        let start = self.all.partition_point(|(at, _)| *at < from);
        let end = self.all.partition_point(|(at, _)| *at < to);
        self.all.get(start..end).unwrap_or_default()
    }
}

fn ratio(part: usize, whole: usize) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    Value::Real(part as f64 / whole as f64)
}

impl Measure {
    /// The numbers for each window that has some: the number of the window, then what was counted.
    fn windows(&self, windows: &Windows) -> Vec<(i64, Vec<Value>)> {
        let place = |value: &Value| place(value).unwrap_or(0);
        match self {
            Self::ActiveUsers { lookback, period, least } => {
                let (lookback, period) = (place(lookback), place(period).max(1));
                let active = |(at, id): &&Event| {
                    let seen = windows.between(at.saturating_sub(lookback).saturating_add(1), at + 1);
                    let periods: HashSet<i64> = seen
                        .iter()
                        .filter(|(_, other)| other == id)
                        .map(|(at, _)| at.div_euclid(period))
                        .collect();
                    i64::try_from(periods.len()).unwrap_or(i64::MAX) >= *least
                };
                let counted = windows.inside.iter().map(|(window, events)| {
                    let users: HashSet<&Key> = events.iter().filter(active).map(|(_, id)| id).collect();
                    (*window, users.len())
                });
                counted
                    .filter(|(_, users)| *users > 0)
                    .map(|(window, users)| (window, vec![count(users)]))
                    .collect()
            }
            Self::Counts => {
                let mut known: HashSet<&Key> = HashSet::new();
                windows
                    .inside
                    .iter()
                    .map(|(window, events)| {
                        let users = Windows::distinct(events);
                        let new = users.iter().filter(|user| !known.contains(*user)).count();
                        known.extend(&users);
                        let counts = [events.len(), users.len(), new, known.len()];
                        (*window, counts.map(count).to_vec())
                    })
                    .collect()
            }
            Self::Engagement { outer } => windows
                .inside
                .iter()
                .map(|(window, events)| {
                    let end = windows.start + (window + 1) * windows.step;
                    let inner = Windows::distinct(events).len();
                    let outer =
                        Windows::distinct(windows.between(end.saturating_sub(place(outer)), end)).len();
                    (*window, vec![count(inner), count(outer), ratio(inner, outer)])
                })
                .collect(),
            Self::Metrics => windows
                .inside
                .iter()
                .map(|(window, events)| {
                    let users = Windows::distinct(events);
                    let before = windows.inside.get(&(window - 1)).map_or(&[][..], Vec::as_slice);
                    let before = Windows::distinct(before);
                    let returned = users.intersection(&before).count();
                    let rates = [ratio(returned, before.len()), ratio(before.len() - returned, before.len())];
                    let counts = [users.len(), users.len() - returned].map(count);
                    (*window, counts.into_iter().chain(rates).collect())
                })
                .collect(),
            Self::Sliding { lookback } => (0..=windows.last)
                .filter_map(|window| {
                    let end = windows.start + (window + 1) * windows.step;
                    let events = windows.between(end.saturating_sub(place(lookback)), end);
                    let counts = [events.len(), Windows::distinct(events).len()];
                    (!events.is_empty()).then(|| (window, counts.map(count).to_vec()))
                })
                .collect(),
            Self::New { .. } => Vec::new(),
        }
    }

    /// The numbers for each pair of windows, of the users that are new in the first of them.
    fn pairs(windows: &Windows, old: &HashSet<Key>) -> Vec<(i64, i64, Vec<Value>)> {
        let mut known: HashSet<&Key> = old.iter().collect();
        let mut found = Vec::new();
        for (from, events) in &windows.inside {
            let new: HashSet<&Key> =
                Windows::distinct(events).into_iter().filter(|user| !known.contains(*user)).collect();
            known.extend(&new);
            if new.is_empty() {
                continue;
            }
            for to in *from..=windows.last {
                let users = windows.inside.get(&to).map_or(&[][..], Vec::as_slice);
                let users = Windows::distinct(users);
                let unknown = users.iter().filter(|user| !known.contains(*user)).count();
                let fresh = if to == *from { new.len() } else { unknown };
                let retained = new.intersection(&users).count();
                let churned = new.len() - retained;
                let counts = [fresh, retained, churned].map(count);
                let rates = [ratio(retained, new.len()), ratio(churned, new.len())];
                found.push((*from, to, counts.into_iter().chain(rates).collect()));
            }
        }
        found
    }
}

impl Operator for Activity {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let link = |expression: &Expr| expression.linked(&input.schema);
        let (id, timeline) = (link(&self.id)?, link(&self.timeline)?);
        let dimensions: Vec<Expr> = self.dimensions.iter().map(link).collect::<Result<_>>()?;
        let mut parts: IndexMap<Vec<Key>, (Row, Vec<Event>)> = IndexMap::new();
        let mut span: Option<(Value, Value)> = None;
        for row in &input.rows {
            let time = timeline.value(row, run)?;
            let Some(at) = place(&time) else { continue };
            let (least, most) = span.get_or_insert_with(|| (time.clone(), time.clone()));
            if place(least).is_some_and(|least| at < least) {
                *least = time.clone();
            }
            if place(most).is_some_and(|most| at > most) {
                *most = time.clone();
            }
            let key: Row = dimensions.iter().map(|part| part.value(row, run)).collect::<Result<_>>()?;
            let user = Key::of(&id.value(row, run)?);
            parts.entry(Key::row(&key)).or_insert_with(|| (key, Vec::new())).1.push((at, user));
        }
        let fields = Schema::new(self.columns.iter().cloned());
        let step = place(&self.step).unwrap_or(1).max(1);
        let ends = match &self.ends {
            Some((start, end)) => Some((start.value(&Row::new(), run)?, end.value(&Row::new(), run)?)),
            None => span.map(|(least, most)| (bin(&least, &self.step), most)),
        };
        let Some((start, end)) = ends else { return Ok(Table::new(fields, Vec::new())) };
        let (Some(first), Some(end)) = (place(&start), place(&end)) else {
            return Ok(Table::new(fields, Vec::new()));
        };
        let last = end.saturating_sub(first).div_euclid(step);
        if last > MAX_WINDOWS {
            let message = format!("there are {last} windows here, and {MAX_WINDOWS} are the most");
            return Err(RunError::new(self.range, message));
        }
        let at = |window: i64| match &start {
            Value::DateTime(_) => {
                DateTime::from_ticks(first + window * step).map_or(Value::Null, Value::DateTime)
            }
            Value::TimeSpan(_) => Value::TimeSpan(TimeSpan(first + window * step)),
            _ => Value::Long(first + window * step),
        };
        let old = match &self.measure {
            Measure::New { lookback: Some(lookback), .. } => {
                lookback.table(run)?.column(0).map(Key::of).collect()
            }
            _ => HashSet::new(),
        };
        let mut rows: Vec<(i64, Row)> = Vec::new();
        for (key, mut all) in parts.into_values() {
            all.sort_by_key(|(at, _)| *at);
            let mut inside: BTreeMap<i64, Vec<Event>> = BTreeMap::new();
            for event in all.iter().filter(|(at, _)| (first..=end).contains(at)) {
                inside.entry((event.0 - first).div_euclid(step)).or_default().push(event.clone());
            }
            let windows = Windows { start: first, step, inside, all, last };
            for (window, values) in self.measure.windows(&windows) {
                rows.push((window, [at(window)].into_iter().chain(key.clone()).chain(values).collect()));
            }
            if let Measure::New { cohort, .. } = &self.measure {
                for (from, to, values) in Measure::pairs(&windows, &old) {
                    let wanted = cohort.as_ref().is_none_or(|cohort| Key::of(cohort) == Key::of(&at(from)));
                    if wanted {
                        let row = [at(from), at(to)].into_iter().chain(key.clone()).chain(values);
                        rows.push((from, row.collect()));
                    }
                }
            }
        }
        rows.sort_by_key(|(window, _)| *window);
        let settled = |row: Row| {
            row.into_iter().zip(&self.columns).map(|(value, field)| settle(value, field.ty)).collect()
        };
        Ok(Table::new(fields, rows.into_iter().map(|(_, row)| settled(row)).collect()))
    }
}

/// A percentile over the last so many bins, for each bin.
#[derive(Debug)]
struct RollingPercentile {
    value: Expr,
    percentile: f64,
    index: Expr,
    size: Value,
    bins: i64,
    dimensions: Vec<Expr>,
    columns: Vec<Field>,
}

pub(super) fn rolling_percentile(mut plugin: Plugin<'_, '_, '_>) -> Option<Box<dyn Operator>> {
    let value = plugin.expression(0)?;
    let percentile = plugin.constant(1, "")?.as_f64()?;
    let index = plugin.expression(2)?;
    let size = length(&mut plugin, 3)?;
    let bins = plugin.constant(4, "")?.as_i64()?;
    let dimensions = plugin.expressions(5);
    let columns = plugin.columns.clone();
    Some(Box::new(RollingPercentile { value, percentile, index, size, bins, dimensions, columns }))
}

impl Operator for RollingPercentile {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let link = |expression: &Expr| expression.linked(&input.schema);
        let (value, index) = (link(&self.value)?, link(&self.index)?);
        let dimensions: Vec<Expr> = self.dimensions.iter().map(link).collect::<Result<_>>()?;
        let step = place(&self.size).unwrap_or(1).max(1);
        type Bins = BTreeMap<i64, (Value, Vec<Value>)>;
        let mut parts: IndexMap<Vec<Key>, (Row, Bins)> = IndexMap::new();
        for row in &input.rows {
            let start = bin(&index.value(row, run)?, &self.size);
            let Some(at) = place(&start) else { continue };
            let key: Row = dimensions.iter().map(|part| part.value(row, run)).collect::<Result<_>>()?;
            let (_, bins) = parts.entry(Key::row(&key)).or_insert_with(|| (key, BTreeMap::new()));
            bins.entry(at).or_insert_with(|| (start, Vec::new())).1.push(value.value(row, run)?);
        }
        let mut rows: Vec<(i64, Row)> = Vec::new();
        for (key, bins) in parts.values() {
            for (at, (start, _)) in bins {
                let from = at.saturating_sub((self.bins - 1).max(0).saturating_mul(step));
                let mut digest = Digest::default();
                for value in bins.range(from..=*at).flat_map(|(_, (_, values))| values) {
                    digest.add(value, 1);
                }
                let found = digest.percentiles(&[self.percentile]).pop().unwrap_or(Value::Null);
                rows.push((*at, [start.clone()].into_iter().chain(key.clone()).chain([found]).collect()));
            }
        }
        rows.sort_by_key(|(at, _)| *at);
        let schema = Schema::new(self.columns.iter().cloned());
        Ok(Table::new(schema, rows.into_iter().map(|(_, row)| row).collect()))
    }
}
