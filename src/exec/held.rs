//! Rows that are read once and seen through many windows of time.

use std::collections::HashMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError};

use super::relation::{Scan, ScanSource};
use super::run::{Part, Tables};
use super::sieve::Sieve;
use super::spill::Scratch;
use super::table::{Row, Schema, Table};
use super::value::{DateTime, Value};
use super::within::{TIME, Within};

/// Other tables, whose rows of a stretch of time are read once and kept. What the query filters first, whatever its clock
/// says, is not kept.
pub struct Held<'t> {
    within: Within<'t>,
    /// What is kept, by the place of its scan in memory.
    kept: Mutex<HashMap<usize, Arc<Kept>>>,
    options: super::RunOptions,
}

/// Rows in the order of their times.
#[derive(Debug)]
struct Kept {
    schema: Schema,
    times: Vec<DateTime>,
    rows: Vec<Row>,
    /// Whether the table has times at all.
    is_timed: bool,
}

/// What a run sees of held tables.
#[derive(Debug, Clone, Copy)]
pub struct HeldView<'h, 't> {
    held: &'h Held<'t>,
    from: Bound<DateTime>,
    to: DateTime,
}

impl std::fmt::Debug for Held<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held").field("within", &self.within).finish_non_exhaustive()
    }
}

impl<'t> Held<'t> {
    /// The rows of `tables` from one time to another.
    pub fn new(within: Within<'t>, options: super::RunOptions) -> Self {
        Self { within, kept: Mutex::default(), options }
    }

    /// What there is from one time to another.
    pub fn view(&self, from: Bound<DateTime>, to: DateTime) -> HeldView<'_, 't> {
        HeldView { held: self, from, to }
    }

    fn kept(&self, scan: &Scan, sieve: &Sieve) -> Result<Option<Arc<Kept>>, String> {
        // The plan outlives the run, and each scan of it has its own filters.
        let place = std::ptr::from_ref(scan).addr();
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(&place) {
            return Ok(Some(Arc::clone(known)));
        }
        let sieve = sieve.timeless();
        let scan = scan.reading(TIME);
        let table = match self.within.parts(&scan, &sieve)? {
            Some(parts) => super::run::gathered(parts, &scan, &sieve, self.options.memory)?,
            None => match self.within.rows(&scan)? {
                Some(table) => sieve.sift(Arc::unwrap_or_clone(table)),
                None => return Ok(None),
            },
        };
        let is_event = matches!(scan.source, ScanSource::Table(_) | ScanSource::Function(_));
        let slot = table.schema.position(TIME).filter(|_| is_event);
        let time = |row: &Row| match slot.and_then(|slot| row.get(slot)) {
            Some(Value::DateTime(time)) => *time,
            _ => DateTime::MIN,
        };
        let mut rows = table.rows;
        rows.sort_by_key(time);
        let times = rows.iter().map(time).collect();
        let kept = Arc::new(Kept { schema: table.schema, times, rows, is_timed: slot.is_some() });
        all.insert(place, Arc::clone(&kept));
        Ok(Some(kept))
    }
}

impl HeldView<'_, '_> {
    fn seen(&self, kept: &Kept) -> Table {
        let (mut first, mut last) = (0, kept.rows.len());
        if kept.is_timed {
            first = kept.times.partition_point(|time| match self.from {
                Bound::Included(from) => *time < from,
                Bound::Excluded(from) => *time <= from,
                Bound::Unbounded => false,
            });
            last = kept.times.partition_point(|time| *time <= self.to);
        }
        let rows = kept.rows.get(first..last.max(first)).unwrap_or_default();
        Table::new(kept.schema.clone(), rows.to_vec())
    }
}

impl Tables for HeldView<'_, '_> {
    fn rows(&self, scan: &Scan) -> Result<Option<Arc<Table>>, String> {
        let kept = self.held.kept(scan, &Sieve::open(self.held.options))?;
        Ok(kept.map(|kept| Arc::new(self.seen(&kept))))
    }

    fn names(&self) -> Vec<Arc<str>> {
        self.held.within.names()
    }

    fn scratch(&self) -> Result<Option<Box<dyn Scratch>>, String> {
        self.held.within.scratch()
    }

    fn parts<'p>(&'p self, scan: &Scan, sieve: &Sieve) -> Result<Option<Vec<Part<'p>>>, String> {
        let Some(kept) = self.held.kept(scan, sieve)? else { return Ok(None) };
        let seen = self.seen(&kept);
        let part: Part<'p> = Box::new(move |sink| {
            let _ = sink(seen);
            Ok(())
        });
        Ok(Some(vec![part]))
    }
}
