//! Plugins that give rows another shape: `bag_unpack`, `pivot`, `narrow`, `preview`, `rows_near`, `dcount_intersect`.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use super::Plugin;
use crate::catalog::ScalarType;
use crate::exec::compile::name_text;
use crate::exec::error::{Result, RunError};
use crate::exec::expr::Expr;
use crate::exec::functions::count;
use crate::exec::operators::Operator;
use crate::exec::operators::aggregate::{AggregateCall, grouped};
use crate::exec::operators::project::compute;
use crate::exec::run::Run;
use crate::exec::sketch::Distinct;
use crate::exec::table::{Field, Row, Schema, Table};
use crate::exec::value::{Dynamic, Key, Value};
use crate::text::TextRange;

/// Returns the rows as they are.
#[derive(Debug)]
pub(super) struct Identity;

impl Operator for Identity {
    fn run(&self, _: &Run<'_>, input: Table) -> Result<Table> {
        Ok(input)
    }
}

/// What happens where a property has the name of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Conflict {
    Error,
    ReplaceSource,
    KeepSource,
}

/// A column for each property of a bag.
#[derive(Debug)]
struct BagUnpack {
    bag: Expr,
    prefix: String,
    conflict: Conflict,
    ignored: HashSet<String>,
    range: TextRange,
}

pub(super) fn bag_unpack(mut plugin: Plugin<'_, '_, '_>) -> Option<Box<dyn Operator>> {
    let bag = plugin.expression(0)?;
    let prefix = plugin.constant(1, "OutputColumnPrefix").map(|prefix| prefix.to_text().into_owned());
    let conflict = match plugin.constant(2, "columnsConflict").map(|value| value.to_text().into_owned()) {
        Some(word) if word == "replace_source" => Conflict::ReplaceSource,
        Some(word) if word == "keep_source" => Conflict::KeepSource,
        _ => Conflict::Error,
    };
    let ignored = plugin.constant(3, "ignoredProperties");
    let ignored = ignored.as_ref().and_then(Value::as_array).unwrap_or_default();
    let ignored = ignored.iter().map(|name| name.to_text().into_owned()).collect();
    let range = plugin.range;
    Some(Box::new(BagUnpack { bag, prefix: prefix.unwrap_or_default(), conflict, ignored, range }))
}

impl Operator for BagUnpack {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let bag = self.bag.linked(&input.schema)?;
        let bags: Vec<Value> = input.rows.iter().map(|row| bag.value(row, run)).collect::<Result<_>>()?;
        let mut names: BTreeMap<Arc<str>, Option<ScalarType>> = BTreeMap::new();
        for bag in &bags {
            let Some(Dynamic::Bag(entries)) = bag.as_dynamic() else { continue };
            for (name, value) in entries {
                if self.ignored.contains(&**name) || value.is_null() {
                    continue;
                }
                let ty = value.scalar().and_then(|scalar| scalar.ty()).unwrap_or(ScalarType::Dynamic);
                let known = names.entry(Arc::clone(name)).or_insert(Some(ty));
                if *known != Some(ty) {
                    *known = Some(ScalarType::Dynamic);
                }
            }
        }
        // Properties that are null in every bag are columns, too.
        for bag in &bags {
            let Some(Dynamic::Bag(entries)) = bag.as_dynamic() else { continue };
            for name in entries.keys().filter(|name| !self.ignored.contains(&***name)) {
                names.entry(Arc::clone(name)).or_insert(None);
            }
        }
        let unpacked: Vec<(Arc<str>, Field)> = names
            .into_iter()
            .map(|(name, ty)| {
                let shown = format!("{}{name}", self.prefix);
                (name, Field::new(shown, ty.unwrap_or(ScalarType::Dynamic)))
            })
            .collect();
        let own = self.bag.as_column().cloned();
        let taken = |name: &Arc<str>| unpacked.iter().any(|(_, field)| field.name == *name);
        let mut kept = Vec::new();
        for (place, field) in input.schema.fields.iter().enumerate() {
            if own.as_ref() == Some(&field.name) {
                continue;
            }
            match self.conflict {
                Conflict::Error if taken(&field.name) => {
                    let message =
                        format!("`bag_unpack` finds a property with the name of the column `{}`", field.name);
                    return Err(RunError::new(self.range, message));
                }
                Conflict::ReplaceSource if taken(&field.name) => {}
                _ => kept.push((place, field.clone())),
            }
        }
        let unpacked: Vec<(Arc<str>, Field)> = unpacked
            .into_iter()
            .filter(|(_, field)| !kept.iter().any(|(_, known)| known.name == field.name))
            .collect();
        let rows = input
            .rows
            .iter()
            .zip(&bags)
            .map(|(row, bag)| {
                let kept = kept.iter().map(|(place, _)| row.get(*place).cloned().unwrap_or(Value::Null));
                let property = |(name, field): &(Arc<str>, Field)| {
                    let found = bag.as_dynamic().and_then(|bag| bag.property(name));
                    let value = found.map_or(Value::Null, |found| Value::dynamic(found.clone()));
                    crate::exec::expr::settle(value, field.ty)
                };
                kept.chain(unpacked.iter().map(property)).collect()
            })
            .collect();
        let fields = kept.iter().map(|(_, field)| field.clone());
        let unpacked = unpacked.iter().map(|(_, field)| field.clone());
        Ok(Table::new(Schema::new(fields.chain(unpacked)), rows))
    }
}

/// A column for each value of a column.
#[derive(Debug)]
struct Pivot {
    column: Expr,
    /// What a cell holds; how many rows, where nothing is said.
    cell: Option<(Expr, Vec<AggregateCall>)>,
    /// The column that is aggregated, which is none of the others then.
    spent: Option<Arc<str>>,
    others: Vec<Expr>,
}

pub(super) fn pivot(mut plugin: Plugin<'_, '_, '_>) -> Option<Box<dyn Operator>> {
    let column = plugin.expression(0)?;
    let cell = plugin.node(1).map(|node| plugin.compiler.aggregation(node, plugin.scope));
    if let Some((value, calls)) = &cell
        && calls.is_empty()
    {
        plugin.compiler.unsupported(value.range, "`pivot` without an aggregate as its second argument");
    }
    let spent = plugin.node(1).and_then(|node| node.child_nodes().last()?.node(1)?.node(0));
    let spent = spent.map(|node| Arc::from(name_text(node)));
    let others = plugin.expressions(2);
    Some(Box::new(Pivot { column, cell, spent, others }))
}

/// The cells of a row: the number of the column, and the value.
type Cells = Vec<(usize, Value)>;

impl Operator for Pivot {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let turned = self.column.as_column().cloned();
        let others: Vec<Expr> = if self.others.is_empty() {
            let free = |field: &&Field| {
                Some(&field.name) != turned.as_ref() && Some(&field.name) != self.spent.as_ref()
            };
            let fields = input.schema.fields.iter().filter(free);
            fields.map(|field| Expr::column(&field.name, Some(field.ty), self.column.range)).collect()
        } else {
            self.others.clone()
        };
        let keys: Vec<(Arc<str>, Expr)> = others
            .iter()
            .chain([&self.column])
            .map(|column| (column.as_column().cloned().unwrap_or_else(|| Arc::from("")), column.clone()))
            .collect();
        let counted;
        let (value, calls) = match &self.cell {
            Some((value, calls)) => (value, calls),
            None => {
                counted = AggregateCall::count(self.column.range);
                (&counted.0, &counted.1)
            }
        };
        let groups = grouped(&input, &keys, calls, run)?;
        let (cells, types) = compute(std::slice::from_ref(value), &groups, run)?;
        let ty = types.first().map_or(ScalarType::Long, |field| field.ty);
        let width = others.len();
        let mut names: IndexMap<Key, Arc<str>> = IndexMap::new();
        let mut rows: IndexMap<Vec<Key>, (Row, Cells)> = IndexMap::new();
        for (group, cell) in groups.rows.iter().zip(cells) {
            let (key, rest) = group.split_at(width.min(group.len()));
            let name = rest.first().cloned().unwrap_or(Value::Null);
            let entry = names.entry(Key::of(&name));
            let place = entry.index();
            entry.or_insert_with(|| Arc::from(&*name.to_text()));
            let (_, row) = rows.entry(Key::row(key)).or_insert_with(|| (key.to_vec(), Vec::new()));
            row.push((place, cell.into_iter().next().unwrap_or(Value::Null)));
        }
        // The cell of no rows is the aggregate of none: 0 where it counts or sums.
        let nothing = grouped(&Table::new(input.schema.clone(), Vec::new()), &[], calls, run)?;
        let (nothing, _) = compute(std::slice::from_ref(value), &nothing, run)?;
        let nothing = nothing.into_iter().flatten().next().unwrap_or(Value::Null);
        let nothing = if nothing.as_f64().is_some_and(f64::is_nan) { Value::Null } else { nothing };
        let rows = rows
            .into_values()
            .map(|(mut row, cells)| {
                row.resize(width + names.len(), nothing.clone());
                for (place, value) in cells {
                    if let Some(slot) = row.get_mut(width + place) {
                        *slot = value;
                    }
                }
                row
            })
            .collect();
        let fields = groups.schema.fields.into_iter().take(width);
        let turned = names.into_values().map(|name| Field { name, ty });
        Ok(Table::new(Schema::new(fields.chain(turned)), rows))
    }
}

/// A row for each cell.
#[derive(Debug)]
pub(super) struct Narrow;

impl Operator for Narrow {
    fn run(&self, _: &Run<'_>, input: Table) -> Result<Table> {
        let fields = &input.schema.fields;
        let rows = input
            .rows
            .iter()
            .enumerate()
            .flat_map(|(index, row)| {
                fields.iter().zip(row).map(move |(field, value)| {
                    vec![count(index), Value::string(&field.name), Value::string(value.to_text())]
                })
            })
            .collect();
        let schema = Schema::new([
            Field::new("Row", ScalarType::Long),
            Field::new("Column", ScalarType::String),
            Field::new("Value", ScalarType::String),
        ]);
        Ok(Table::new(schema, rows))
    }
}

/// The first rows; the plugin's second table, how many there are, is not returned.
#[derive(Debug)]
struct Preview {
    rows: usize,
}

pub(super) fn preview(mut plugin: Plugin<'_, '_, '_>) -> Option<Box<dyn Operator>> {
    let rows = plugin.constant(0, "NumberOfRows").and_then(|rows| rows.as_i64());
    Some(Box::new(Preview { rows: rows.and_then(|rows| usize::try_from(rows).ok()).unwrap_or(0) }))
}

impl Operator for Preview {
    fn run(&self, _: &Run<'_>, mut input: Table) -> Result<Table> {
        input.rows.truncate(self.rows);
        Ok(input)
    }
}

/// The rows near one for which a condition is true.
#[derive(Debug)]
struct RowsNear {
    condition: Expr,
    before: usize,
    after: usize,
}

pub(super) fn rows_near(mut plugin: Plugin<'_, '_, '_>) -> Option<Box<dyn Operator>> {
    let condition = plugin.expression(0)?;
    let rows = |value: Option<Value>| value.and_then(|rows| usize::try_from(rows.as_i64()?).ok());
    let before = rows(plugin.constant(1, "NumRows")).unwrap_or(0);
    let after = rows(plugin.constant(2, "NumRowsAfter")).unwrap_or(before);
    Some(Box::new(RowsNear { condition, before, after }))
}

impl Operator for RowsNear {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let condition = self.condition.linked(&input.schema)?;
        let mut near = vec![false; input.rows.len()];
        for (index, row) in input.rows.iter().enumerate() {
            if condition.value(row, run)?.is_true() {
                let end = index.saturating_add(self.after).saturating_add(1).min(near.len());
                if let Some(range) = near.get_mut(index.saturating_sub(self.before)..end) {
                    range.fill(true);
                }
            }
        }
        let rows = input.rows.into_iter().zip(near).filter(|(_, near)| *near).map(|(row, _)| row).collect();
        Ok(Table::new(input.schema, rows))
    }
}

/// How many values the first states have in common, for one of them, two, and so on.
#[derive(Debug)]
struct DcountIntersect {
    states: Vec<Expr>,
}

pub(super) fn dcount_intersect(mut plugin: Plugin<'_, '_, '_>) -> Option<Box<dyn Operator>> {
    let states = plugin.expressions(0);
    Some(Box::new(DcountIntersect { states }))
}

impl Operator for DcountIntersect {
    fn run(&self, run: &Run<'_>, mut input: Table) -> Result<Table> {
        let states: Vec<Expr> =
            self.states.iter().map(|state| state.linked(&input.schema)).collect::<Result<_>>()?;
        for row in &mut input.rows {
            let mut common: Option<HashSet<Key>> = None;
            let mut counts = Row::new();
            for state in &states {
                let keys = Distinct::keys(&state.value(row, run)?);
                let shared = match common {
                    Some(common) => common.intersection(&keys).cloned().collect(),
                    None => keys,
                };
                counts.push(count(shared.len()));
                common = Some(shared);
            }
            row.extend(counts);
        }
        let fields = (0..states.len()).map(|index| Field::new(format!("s{index}"), ScalarType::Long));
        input.schema.fields.extend(fields);
        Ok(input)
    }
}
