//! The rows of a stretch of time.

use std::sync::Arc;

use super::relation::Scan;
use super::run::{Part, Tables};
use super::sieve::Sieve;
use super::spill::Scratch;
use super::table::{Row, Schema, Table};
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

    fn retain(&self, schema: &Schema, rows: &mut Vec<Row>) {
        let Some(place) = schema.position(TIME).filter(|_| !self.is_all()) else { return };
        let (from, to) = (self.from, self.to);
        rows.retain(
            |row| matches!(row.get(place), Some(Value::DateTime(time)) if (from..=to).contains(time)),
        );
    }
}

impl Tables for Within<'_> {
    fn rows(&self, scan: &Scan) -> Result<Option<Arc<Table>>, String> {
        let scan = &if self.is_all() { scan.clone() } else { scan.reading(TIME) };
        let Some(table) = self.tables.rows(scan)? else { return Ok(None) };
        let mut table = Arc::unwrap_or_clone(table);
        self.retain(&table.schema, &mut table.rows);
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
                    Within { tables: &super::NoTables, from, to }.retain(&rows.schema, &mut rows.rows);
                    sink(rows)
                })
            });
            part
        });
        Ok(Some(within.collect()))
    }
}
