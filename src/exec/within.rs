//! The rows of a stretch of time.

use std::sync::Arc;

use super::relation::Scan;
use super::run::{Part, Tables};
use super::sieve::Sieve;
use super::spill::Scratch;
use super::table::Table;
use super::value::{DateTime, Value};

/// The column by which the service knows when an event was.
pub(super) const TIME: &str = "TimeGenerated";

/// Other tables, of which only rows of a stretch of time are seen. Rows without a time are left out, tables without the
/// column are whole.
#[derive(Clone, Copy)]
pub struct Within<'t> {
    /// The tables.
    pub tables: &'t dyn Tables,
    /// The first time that is seen.
    pub from: DateTime,
    /// The last.
    pub to: DateTime,
}

impl std::fmt::Debug for Within<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Within").field("from", &self.from).field("to", &self.to).finish_non_exhaustive()
    }
}

impl Within<'_> {
    fn is_all(&self) -> bool {
        (self.from, self.to) == (DateTime::MIN, DateTime::MAX)
    }
}

/// Keeps the rows of a stretch of time; all where they have no times.
fn keep(rows: &mut Table, from: DateTime, to: DateTime) {
    let Some(place) = rows.schema.position(TIME) else { return };
    rows.rows
        .retain(|row| matches!(row.get(place), Some(Value::DateTime(time)) if (from..=to).contains(time)));
}

impl Tables for Within<'_> {
    fn rows(&self, scan: &Scan) -> Result<Option<Arc<Table>>, String> {
        if self.is_all() {
            return self.tables.rows(scan);
        }
        let Some(table) = self.tables.rows(&scan.reading(TIME))? else { return Ok(None) };
        let mut table = Arc::unwrap_or_clone(table);
        keep(&mut table, self.from, self.to);
        Ok(Some(Arc::new(table)))
    }

    fn names(&self) -> Vec<Arc<str>> {
        self.tables.names()
    }

    fn scratch(&self) -> Result<Option<Box<dyn Scratch>>, String> {
        self.tables.scratch()
    }

    fn parts<'t>(&'t self, scan: &Scan, sieve: &Sieve) -> Result<Option<Vec<Part<'t>>>, String> {
        if self.is_all() {
            return self.tables.parts(scan, sieve);
        }
        let scan = &scan.reading(TIME);
        if scan.schema.position(TIME).is_none() && !scan.open {
            return self.tables.parts(scan, sieve);
        }
        let Some(parts) = self.tables.parts(scan, &sieve.within(TIME, self.from, self.to))? else {
            return Ok(None);
        };
        let (from, to) = (self.from, self.to);
        let within = parts.into_iter().map(|part| {
            let part: Part<'t> = Box::new(move |sink| {
                part(&mut |mut rows: Table| {
                    keep(&mut rows, from, to);
                    sink(rows)
                })
            });
            part
        });
        Ok(Some(within.collect()))
    }
}
