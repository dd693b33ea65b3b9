//! Files of Parquet: of each row group only the columns that the query reads, only the pages with rows that it keeps.
//!
//! - Row groups whose times are all outside of what is asked for are passed over by their statistics.
//! - Conditions on single columns are tested on the columns: once for each value of a dictionary, and not at all where a
//!   dictionary has no value that meets them.
//! - Rows are made of what is left, some at a time.

mod bits;
mod column;
mod kind;
mod whole;
mod write;

use std::collections::HashMap;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use parquet::file::metadata::{
    ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData,
};
use parquet::file::statistics::Statistics;

use super::layout;
use crate::catalog::ScalarType;
use crate::exec::value::{DateTime, Value};
use crate::exec::{Field, Judge, Row, Scan, Sieve, Sink, Table, Test};
pub use write::ParquetWriter;

use column::{Cell, Column, said};
use kind::{Kind, Raw, fitted};

/// How many rows of a row group are looked at at a time.
const ROWS_AT_A_TIME: usize = 16 * 1024;

/// Told of a value that cannot be read: the row in the file, from 1, the column, and what is wrong.
pub(super) type Report<'r> = dyn Fn(usize, &str, String) + 'r;

/// Reads what the end of a file says of it.
///
/// # Errors
/// Why it is no file of Parquet.
pub(super) fn open(path: &Path) -> Result<Arc<ParquetMetaData>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let meta = ParquetMetaDataReader::new().parse_and_finish(&file);
    meta.map(Arc::new).map_err(|error| format!("no Parquet: {}", said(error)))
}

/// A row group to read.
pub(super) struct Group<'g> {
    /// The file.
    pub(super) path: &'g Path,
    /// What its end says.
    pub(super) meta: &'g ParquetMetaData,
    /// The number of the row group.
    pub(super) number: usize,
    /// What is read.
    pub(super) scan: &'g Scan,
    /// Which rows are of use.
    pub(super) sieve: &'g Sieve,
    /// What texts of times in rows are relative to.
    pub(super) now: DateTime,
}

/// Where the values of a column of the table come from.
enum Source {
    /// A column that is read page by page, by its number.
    Leaf(usize),
    /// One that is read as a whole.
    Whole(Vec<Option<Value>>),
    /// The file has none.
    Missing,
}

/// A row group under way.
struct Reading<'g> {
    group: &'g Group<'g>,
    file: Arc<File>,
    row_group: &'g RowGroupMetaData,
    rows: usize,
    /// The row of the file that the group begins with.
    first: usize,
    sources: HashMap<Arc<str>, Source>,
}

impl Group<'_> {
    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        usize::try_from(self.meta.row_group(self.number).num_rows()).unwrap_or(0)
    }

    /// Hands the rows over that are of use.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(super) fn read(&self, report: &Report<'_>, sink: &mut Sink<'_>) -> Result<(), String> {
        let row_group = self.meta.row_group(self.number);
        if self.is_outside(row_group) {
            return Ok(());
        }
        let before =
            self.meta.row_groups().iter().take(self.number).map(|group| group.num_rows()).sum::<i64>();
        let file = File::open(self.path).map_err(|error| error.to_string())?;
        let mut reading = Reading {
            group: self,
            file: Arc::new(file),
            row_group,
            rows: self.rows(),
            first: usize::try_from(before).unwrap_or(0),
            sources: HashMap::new(),
        };
        let mut kept = vec![true; reading.rows];
        let mut judge = self.sieve.judge();
        for test in self.sieve.tests() {
            reading.apply(test, &mut kept, &mut judge)?;
        }
        reading.hand_over(&kept, report, sink)
    }

    /// Whether statistics say that no row is of a time that is asked for.
    fn is_outside(&self, row_group: &RowGroupMetaData) -> bool {
        self.scan.schema.fields.iter().filter(|field| field.ty == ScalarType::DateTime).any(|field| {
            let (from, to) = self.sieve.bounds(&field.name);
            if (from, to) == (DateTime::MIN, DateTime::MAX) {
                return false;
            }
            let Some(at) = leaf(row_group, &field.name) else { return false };
            times(row_group.column(at)).is_some_and(|(min, max)| max < from || min > to)
        })
    }
}

/// The first and the last time of a column, where statistics tell them.
fn times(column: &ColumnChunkMetaData) -> Option<(DateTime, DateTime)> {
    let kind = Kind::of(column.column_descr());
    let time = |count: Option<&i64>| match kind.value(Raw::Whole(*count?), column.column_type()) {
        Some(Value::DateTime(time)) => Some(time),
        _ => None,
    };
    let Some(Statistics::Int64(values)) = column.statistics() else { return None };
    Some((time(values.min_opt())?, time(values.max_opt())?))
}

/// The number of a flat column by the name that a table has for it.
fn leaf(row_group: &RowGroupMetaData, name: &str) -> Option<usize> {
    let find = |name: &str| {
        row_group.columns().iter().position(|column| {
            let parts = column.column_path().parts();
            parts.len() == 1 && parts.first().is_some_and(|part| part == name)
        })
    };
    let stand_in = || layout::stand_ins(name).iter().find_map(|name| find(name));
    let outer = || find("time").filter(|_| name == layout::TIME);
    find(name).or_else(stand_in).or_else(outer)
}

impl Reading<'_> {
    /// Takes the rows out of `kept` that do not meet a condition.
    fn apply(&mut self, test: &Test, kept: &mut [bool], judge: &mut Judge) -> Result<(), String> {
        if !kept.contains(&true) {
            return Ok(());
        }
        match test {
            Test::All(tests) => tests.iter().try_for_each(|test| self.apply(test, kept, judge)),
            Test::Any(tests) => {
                let mut met = vec![false; kept.len()];
                for test in tests {
                    // Those that met a condition before need not meet this one.
                    let mut one: Vec<bool> = kept.iter().zip(&met).map(|(kept, met)| *kept && !met).collect();
                    self.apply(test, &mut one, judge)?;
                    met.iter_mut().zip(one).for_each(|(met, one)| *met |= one);
                }
                kept.copy_from_slice(&met);
                Ok(())
            }
            Test::Time { column, from, to } => {
                if self.times(column).is_some_and(|(min, max)| min >= *from && max <= *to) {
                    return Ok(());
                }
                let (from, to, now) = (*from, *to, self.group.now);
                let is_in = |value: Value| match fitted(value, ScalarType::DateTime, now) {
                    Ok(Value::DateTime(time)) => (from..=to).contains(&time),
                    Ok(_) => false,
                    // What cannot be read is kept, to be told of.
                    Err(_) => true,
                };
                self.decide(column, kept, &mut |cell| match cell {
                    Cell::Value(Value::DateTime(time)) => (from..=to).contains(&time),
                    Cell::Value(value) => is_in(value),
                    Cell::Text(text) => is_in(Value::string(text)),
                    Cell::None => false,
                    Cell::Bad => true,
                })
            }
            Test::Column(test) => {
                let fields = &self.group.scan.schema.fields;
                let Some(field) = fields.iter().find(|field| field.name == test.column) else {
                    return Ok(());
                };
                let (ty, now) = (field.ty, self.group.now);
                let ready = judge.ready(test, ty);
                self.decide(&test.column, kept, &mut |cell| {
                    let value = match cell {
                        Cell::Bad => return true,
                        Cell::Text(text) if ty == ScalarType::String => {
                            return ready
                                .at_once(text)
                                .unwrap_or_else(|| judge.meets(&ready, Value::string(text)));
                        }
                        Cell::Text(text) => Value::string(text),
                        Cell::None => Value::Null,
                        Cell::Value(value) => value,
                    };
                    fitted(value, ty, now).map_or(true, |value| judge.meets(&ready, value))
                })
            }
        }
    }

    /// The first and the last time of a column, where statistics tell them and no row lacks one.
    fn times(&self, name: &str) -> Option<(DateTime, DateTime)> {
        let column = self.row_group.column(leaf(self.row_group, name)?);
        let none_lacks = column.statistics().and_then(Statistics::null_count_opt) == Some(0);
        times(column).filter(|_| none_lacks)
    }

    fn decide(
        &mut self,
        name: &Arc<str>,
        kept: &mut [bool],
        decide: &mut column::Decide<'_>,
    ) -> Result<(), String> {
        self.find(name)?;
        match self.sources.get(name) {
            Some(Source::Leaf(at)) => {
                Column::open(&self.file, self.row_group.column(*at), self.rows)?.test(kept, decide)
            }
            Some(Source::Whole(values)) => {
                for (kept, value) in kept.iter_mut().zip(values) {
                    *kept = *kept
                        && decide(match value {
                            Some(Value::Null) => Cell::None,
                            Some(value) => Cell::Value(value.clone()),
                            None => Cell::Bad,
                        });
                }
                Ok(())
            }
            _ => {
                if !decide(Cell::None) {
                    kept.fill(false);
                }
                Ok(())
            }
        }
    }

    /// Finds where the values of a column come from.
    fn find(&mut self, name: &Arc<str>) -> Result<(), String> {
        if self.sources.contains_key(name) {
            return Ok(());
        }
        let source = match leaf(self.row_group, name) {
            Some(at) if Column::reads(self.row_group.column(at)) => Source::Leaf(at),
            Some(at) => Source::Whole(whole::flat(&self.file, self.row_group.column(at), self.rows)?),
            None => match whole::root(self.group.meta, name) {
                Some(root) => Source::Whole(whole::nested(&self.file, root, self.group.number)?),
                None => Source::Missing,
            },
        };
        self.sources.insert(Arc::clone(name), source);
        Ok(())
    }

    /// Makes rows of what is kept.
    fn hand_over(&mut self, kept: &[bool], report: &Report<'_>, sink: &mut Sink<'_>) -> Result<(), String> {
        if !kept.contains(&true) {
            return Ok(());
        }
        let fields = self.group.scan.schema.fields.clone();
        let mut columns: Vec<Option<Column>> = Vec::with_capacity(fields.len());
        for field in &fields {
            self.find(&field.name)?;
            columns.push(match self.sources.get(&field.name) {
                Some(Source::Leaf(at)) => {
                    Some(Column::open(&self.file, self.row_group.column(*at), self.rows)?)
                }
                _ => None,
            });
        }
        for start in (0..self.rows).step_by(ROWS_AT_A_TIME) {
            let end = (start + ROWS_AT_A_TIME).min(self.rows);
            let rows: Vec<usize> = (start..end).filter(|row| kept.get(*row) == Some(&true)).collect();
            if rows.is_empty() {
                continue;
            }
            let rows = self.rows_of(&rows, &fields, &mut columns, report)?;
            if sink(Table::new(self.group.scan.schema.clone(), rows)) == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(())
    }

    fn rows_of(
        &self,
        rows: &[usize],
        fields: &[Field],
        columns: &mut [Option<Column>],
        report: &Report<'_>,
    ) -> Result<Vec<Row>, String> {
        let mut made: Vec<Row> = rows.iter().map(|_| Row::with_capacity(fields.len())).collect();
        let mut is_bad = vec![false; rows.len()];
        for (field, column) in fields.iter().zip(columns) {
            let mut values = Vec::with_capacity(rows.len());
            match (column, self.sources.get(&field.name)) {
                (Some(column), _) => column.values(rows, &mut values)?,
                (None, Some(Source::Whole(whole))) => {
                    values.extend(rows.iter().map(|row| whole.get(*row).cloned().flatten()));
                }
                _ => values.extend(rows.iter().map(|_| Some(Value::Null))),
            }
            for (index, value) in values.into_iter().enumerate() {
                let read = match value {
                    Some(value) => fitted(value, field.ty, self.group.now),
                    None => Err("the value is out of range".to_owned()),
                };
                let value = read.unwrap_or_else(|expected| {
                    if let (Some(bad), Some(row)) = (is_bad.get_mut(index), rows.get(index)) {
                        if !*bad {
                            report(self.first + row + 1, &field.name, expected);
                        }
                        *bad = true;
                    }
                    Value::Null
                });
                if let Some(row) = made.get_mut(index) {
                    row.push(value);
                }
            }
        }
        let mut is_bad = is_bad.into_iter();
        made.retain(|_| !is_bad.next().unwrap_or(false));
        Ok(made)
    }
}
