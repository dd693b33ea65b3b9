//! A run of a query: its clock, its tables, and what was computed so far.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use regex::Regex;

use super::chance::Chance;
use super::error::{Result, RunError};
use super::operators::{Fold, Operator, Taken, united};
use super::relation::{Chain, ParameterId, Relation, Scan, ScanSource};
use super::sieve::Sieve;
use super::spill::Scratch;
use super::table::{Field, Row, Schema, Table};
use super::value::{DateTime, Key, Value};
use crate::text::TextRange;

/// The rows that a query can read.
pub trait Tables {
    /// The rows of a source; nothing where there is none of it, which reads as no rows. The columns are among those of
    /// `scan`, or more where it is open.
    ///
    /// # Errors
    ///
    /// Why the rows cannot be read, in one sentence.
    fn rows(&self, scan: &Scan) -> std::result::Result<Option<Arc<Table>>, String>;

    /// The names of the tables there are, for `search *` and the like.
    fn names(&self) -> Vec<Arc<str>>;

    /// A place outside of memory for rows that do not fit, a new one at each call. Nothing where there is none.
    ///
    /// # Errors
    ///
    /// Why there is none though there should be, in one sentence.
    fn scratch(&self) -> std::result::Result<Option<Box<dyn Scratch>>, String> {
        Ok(None)
    }

    /// The rows of a source in parts that can be read side by side, where there are too many to hold: what can be
    /// computed row by row is computed of each part as it comes, on all cores. Nothing where [`Self::rows`] has them. Rows
    /// that `sieve` keeps out may be left out.
    ///
    /// # Errors
    ///
    /// As [`Self::rows`].
    fn parts<'t>(&'t self, _: &Scan, _: &Sieve) -> std::result::Result<Option<Vec<Part<'t>>>, String> {
        Ok(None)
    }
}

/// What a part of a source hands its rows to, some at a time, each under the same columns. It says whether more are wanted.
pub type Sink<'s> = dyn FnMut(Table) -> ControlFlow<()> + 's;

/// Reads a part of a source.
pub type Part<'t> = Box<dyn FnOnce(&mut Sink<'_>) -> std::result::Result<(), String> + Send + 't>;

/// No tables at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTables;

impl Tables for NoTables {
    fn rows(&self, _: &Scan) -> std::result::Result<Option<Arc<Table>>, String> {
        Ok(None)
    }

    fn names(&self) -> Vec<Arc<str>> {
        Vec::new()
    }
}

/// Hears which conditions were true and which false.
pub trait Observer {
    /// The condition at `range` of the query had this outcome for a row.
    fn observe(&self, range: TextRange, truth: bool);
}

/// What the operators of a chain make of rows.
fn through(steps: &[(&dyn Operator, TextRange)], rows: Table, run: &Run<'_>) -> Result<Table> {
    steps.iter().try_fold(rows, |rows, (operator, _)| operator.run(run, rows))
}

/// What a chain makes of the rows of a part.
fn of_part(part: Part<'_>, chain: &Chain<'_>, run: &Run<'_>, range: TextRange) -> Result<Table> {
    let mut whole = Table::default();
    let mut failed = None;
    let mut sink = |rows: Table| {
        let taken = through(&chain.steps, rows, run).and_then(|rows| {
            append(&mut whole, rows);
            run.account(&whole, range)
        });
        match taken {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    };
    let read = part(&mut sink);
    if let Some(error) = failed {
        return Err(error);
    }
    read.map_err(|message| RunError::new(range, message))?;
    Ok(whole)
}

/// The rows of all parts that a sieve lets through.
///
/// # Errors
///
/// Why they cannot be read; that they take too much memory.
pub(super) fn gathered(
    parts: Vec<Part<'_>>,
    scan: &Scan,
    sieve: &Sieve,
    memory: usize,
) -> std::result::Result<Table, String> {
    let held = AtomicUsize::new(0);
    let of_part = |part: Part<'_>| {
        let mut whole = Table::default();
        part(&mut |rows: Table| {
            let rows = sieve.sift(rows);
            let size = held.fetch_add(rows.size(), Ordering::Relaxed);
            append(&mut whole, rows);
            if size > memory { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(whole)
    };
    let outputs: Vec<std::result::Result<Table, String>> = parts.into_par_iter().map(of_part).collect();
    if held.into_inner() > memory {
        return Err(too_much(memory));
    }
    let mut whole = Table::new(scan.schema.clone(), Vec::new());
    for output in outputs {
        append(&mut whole, output?);
    }
    Ok(whole)
}

/// Says that rows take too much memory.
pub(super) fn too_much(memory: usize) -> String {
    format!(
        "the rows here take more than the {} MiB of memory allowed: raise `--memory`, or filter more",
        memory >> 20
    )
}

/// Puts rows behind others. Columns that only one of them has are empty in the other.
fn append(whole: &mut Table, more: Table) {
    if whole.schema.is_empty() && whole.rows.is_empty() {
        *whole = more;
    } else if whole.schema == more.schema {
        whole.rows.extend(more.rows);
    } else if !more.rows.is_empty() {
        let before = std::mem::take(whole);
        *whole = united(&[(String::new(), Arc::new(before)), (String::new(), Arc::new(more))], false, None);
    }
}

/// How a query is run.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// What `now()` says.
    pub now: DateTime,
    /// Where `rand()` begins, so that two runs agree.
    pub seed: u64,
    /// How much memory rows may take at one time, in bytes.
    pub memory: usize,
    /// The condition whose outcome is turned over: true where it is false, false where it is true.
    pub flipped: Option<TextRange>,
}

impl RunOptions {
    /// The memory that rows may take where nobody says otherwise: 2 GiB.
    pub const MEMORY: usize = 2 << 30;

    /// Options for a clock.
    pub fn at(now: DateTime) -> Self {
        Self { now, seed: 0, memory: Self::MEMORY, flipped: None }
    }
}

/// The keys of a column, by the place of its relation in memory and whether case is passed over.
type KeySets = HashMap<(usize, bool), Arc<HashSet<Key>>>;

type Computed = HashMap<usize, Arc<Table>>;

/// A run of a query.
pub(super) struct Run<'r> {
    /// How it is run.
    pub options: RunOptions,
    tables: &'r dyn Tables,
    observer: Option<&'r dyn Observer>,
    /// What was computed, by the place of its relation in memory; a layer for each subquery that is run for parts.
    computed: RefCell<Vec<Computed>>,
    parameters: RefCell<Vec<(ParameterId, Arc<Table>)>>,
    keys: RefCell<KeySets>,
    regexes: RefCell<HashMap<String, Option<Arc<Regex>>>>,
    chance: Cell<Chance>,
}

/// The rows under all columns that the query knows: a test gives only those that matter.
fn completed(table: Arc<Table>, scan: &Scan) -> Arc<Table> {
    let lacks = |field: &Field| table.schema.position(&field.name).is_none();
    if !scan.schema.fields.iter().any(lacks) {
        return table;
    }
    let known = scan.schema.fields.iter().map(|field| (table.schema.position(&field.name), field));
    let more = table.schema.fields.iter().enumerate();
    let more = more.filter(|(_, field)| scan.schema.position(&field.name).is_none());
    let (places, fields): (Vec<Option<usize>>, Vec<Field>) = known
        .map(|(place, field)| match place.and_then(|at| table.schema.fields.get(at)) {
            Some(given) => (place, given.clone()),
            None => (None, field.clone()),
        })
        .chain(more.map(|(place, field)| (Some(place), field.clone())))
        .unzip();
    let cell = |row: &Row, place: &Option<usize>, field: &Field| match place {
        Some(at) => row.get(*at).cloned().unwrap_or(Value::Null),
        None => Value::missing(field.ty),
    };
    let rows = table
        .rows
        .iter()
        .map(|row| places.iter().zip(&fields).map(|(place, field)| cell(row, place, field)).collect())
        .collect();
    Arc::new(Table::new(Schema::new(fields), rows))
}

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("options", &self.options).finish_non_exhaustive()
    }
}

impl<'r> Run<'r> {
    /// A run over `tables`.
    pub(super) fn new(
        options: RunOptions,
        tables: &'r dyn Tables,
        observer: Option<&'r dyn Observer>,
    ) -> Self {
        Self {
            options,
            tables,
            observer,
            computed: RefCell::new(vec![Computed::new()]),
            parameters: RefCell::default(),
            keys: RefCell::default(),
            regexes: RefCell::default(),
            chance: Cell::new(Chance::new(options.seed)),
        }
    }

    /// Whether somebody is told of conditions.
    pub(super) fn is_observed(&self) -> bool {
        self.observer.is_some()
    }

    /// The outcome of the condition at `range`, which the observer is told of.
    pub(super) fn outcome(&self, range: TextRange, truth: bool) -> bool {
        if let Some(observer) = self.observer {
            observer.observe(range, truth);
        }
        truth != (self.options.flipped == Some(range))
    }

    /// The rows of a source.
    pub(super) fn scan(&self, scan: &Scan, range: TextRange) -> Result<Arc<Table>> {
        match self.tables.rows(scan) {
            Ok(Some(table)) => Ok(completed(table, scan)),
            Ok(None) if matches!(scan.source, ScanSource::External(_)) => {
                Err(RunError::new(range, format!("no rows were given for {}", scan.source)))
            }
            Ok(None) => Ok(Arc::new(Table::new(scan.schema.clone(), Vec::new()))),
            Err(message) => Err(RunError::new(range, message)),
        }
    }

    /// The rows of a chain that ends at `range`. Where the source comes in parts, each part goes through the whole chain.
    pub(super) fn chain(&self, chain: &Chain<'_>, range: TextRange) -> Result<Arc<Table>> {
        let sieve = Sieve::of(chain.conditions(), self);
        let parts = self.tables.parts(chain.scan, &sieve).map_err(|message| RunError::new(range, message))?;
        if let Some(parts) = parts {
            return self.in_parts(chain, parts, range).map(Arc::new);
        }
        let mut table = self.scan(chain.scan, chain.at)?;
        for (operator, place) in &chain.steps {
            let output = operator.run(self, Arc::unwrap_or_clone(table))?;
            self.account(&output, *place)?;
            table = Arc::new(output);
        }
        Ok(table)
    }

    /// What `fold` makes of the rows of a chain, some at a time. Nothing where the source does not come in parts.
    pub(super) fn folded(
        &self,
        chain: &Chain<'_>,
        fold: &dyn Fold,
        range: TextRange,
    ) -> Result<Option<Arc<Table>>> {
        let sieve = Sieve::of(chain.conditions(), self);
        let mut folding = fold.begin(self);
        let mut is_empty = true;
        'all: loop {
            let parts = self.tables.parts(chain.scan, &sieve);
            let Some(parts) = parts.map_err(|message| RunError::new(range, message))? else {
                return Ok(None);
            };
            let mut parts = parts.into_iter().peekable();
            // As many parts as keep the cores busy are held at a time.
            while parts.peek().is_some() {
                let some: Vec<Part<'_>> = parts.by_ref().take(2 * rayon::current_num_threads()).collect();
                for output in self.outputs(chain, some, range) {
                    let rows = output?;
                    if rows.schema.is_empty() && rows.rows.is_empty() {
                        continue;
                    }
                    is_empty = false;
                    if folding.take(rows)? == Taken::Again {
                        continue 'all;
                    }
                }
            }
            break;
        }
        if is_empty {
            let none = through(&chain.steps, Table::new(chain.scan.schema.clone(), Vec::new()), self)?;
            // No rows need no second look.
            let _ = folding.take(none)?;
        }
        folding.finish().map(Arc::new).map(Some)
    }

    /// A place outside of memory for rows that do not fit.
    pub(super) fn scratch(&self) -> std::result::Result<Option<Box<dyn Scratch>>, String> {
        self.tables.scratch()
    }

    fn in_parts(&self, chain: &Chain<'_>, parts: Vec<Part<'_>>, range: TextRange) -> Result<Table> {
        let outputs = self.outputs(chain, parts, range);
        let mut whole = Table::default();
        for output in outputs {
            append(&mut whole, output?);
            self.account(&whole, range)?;
        }
        // Parts without a row of use hand none over, and so no columns.
        if whole.schema.is_empty() && whole.rows.is_empty() {
            return through(&chain.steps, Table::new(chain.scan.schema.clone(), Vec::new()), self);
        }
        Ok(whole)
    }

    /// What a chain makes of each part, on all cores where that can be.
    fn outputs(&self, chain: &Chain<'_>, parts: Vec<Part<'_>>, range: TextRange) -> Vec<Result<Table>> {
        // A subquery in a condition needs the tables of this run, which stay on this thread.
        let is_closed = |operator: &dyn Operator| {
            operator.row_by_row().is_some_and(|all| all.iter().all(|it| it.is_closed()))
        };
        if chain.steps.iter().all(|(operator, _)| is_closed(*operator)) {
            let options = self.options;
            parts
                .into_par_iter()
                .map(|part| of_part(part, chain, &Run::new(options, &NoTables, None), range))
                .collect()
        } else {
            parts.into_iter().map(|part| of_part(part, chain, self, range)).collect()
        }
    }

    /// The names of the tables there are.
    pub(super) fn table_names(&self) -> Vec<Arc<str>> {
        self.tables.names()
    }

    /// What `relation` computes, computed by `compute` at first.
    pub(super) fn once(
        &self,
        relation: &Arc<Relation>,
        compute: impl FnOnce() -> Result<Arc<Table>>,
    ) -> Result<Arc<Table>> {
        let place = Arc::as_ptr(relation).addr();
        let known = self.computed.borrow().iter().rev().find_map(|layer| layer.get(&place).cloned());
        if let Some(table) = known {
            return Ok(table);
        }
        let table = compute()?;
        if let Some(layer) = self.computed.borrow_mut().last_mut() {
            layer.insert(place, Arc::clone(&table));
        }
        Ok(table)
    }

    /// Runs a subquery with `rows` as what its parameter stands for.
    pub(super) fn with_parameter<R>(
        &self,
        id: ParameterId,
        rows: Arc<Table>,
        run: impl FnOnce() -> Result<R>,
    ) -> Result<R> {
        self.parameters.borrow_mut().push((id, rows));
        self.computed.borrow_mut().push(Computed::new());
        let keys = self.keys.take();
        let result = run();
        self.keys.replace(keys);
        self.computed.borrow_mut().pop();
        self.parameters.borrow_mut().pop();
        result
    }

    /// The rows that a parameter stands for now.
    pub(super) fn parameter(&self, id: ParameterId) -> Arc<Table> {
        let parameters = self.parameters.borrow();
        parameters
            .iter()
            .rev()
            .find(|(known, _)| *known == id)
            .map(|(_, rows)| Arc::clone(rows))
            .unwrap_or_default()
    }

    /// The keys of the first column of a relation.
    pub(super) fn key_set(
        &self,
        relation: &Arc<Relation>,
        fold: bool,
        key: impl Fn(&Value) -> Key,
    ) -> Result<Arc<HashSet<Key>>> {
        let place = (Arc::as_ptr(relation).addr(), fold);
        if let Some(known) = self.keys.borrow().get(&place) {
            return Ok(Arc::clone(known));
        }
        let table = relation.table(self)?;
        let keys: Arc<HashSet<Key>> = Arc::new(table.column(0).map(key).collect());
        self.keys.borrow_mut().insert(place, Arc::clone(&keys));
        Ok(keys)
    }

    /// The regular expression `pattern`; nothing where it is none.
    pub(super) fn regex(&self, pattern: &str) -> Option<Arc<Regex>> {
        if let Some(known) = self.regexes.borrow().get(pattern) {
            return known.clone();
        }
        let regex = Regex::new(pattern).ok().map(Arc::new);
        self.regexes.borrow_mut().insert(pattern.to_owned(), regex.clone());
        regex
    }

    /// The next number of chance, evenly spread from 0 up to 1.
    pub(super) fn random(&self) -> f64 {
        let mut chance = self.chance.get();
        let fraction = chance.fraction();
        self.chance.set(chance);
        fraction
    }

    /// Checks that a table fits in memory.
    pub(super) fn account(&self, table: &Table, range: TextRange) -> Result<()> {
        // Rows are sampled: a sum over all of them would cost as much as the operator.
        let sample = table.rows.len().min(64);
        if sample == 0 {
            return Ok(());
        }
        let size: usize = table.rows.iter().take(sample).flatten().map(Value::size).sum();
        let estimate = size / sample * table.rows.len();
        if estimate > self.options.memory {
            return Err(RunError::new(range, too_much(self.options.memory)));
        }
        Ok(())
    }
}
