//! Files of exported logs, read some rows at a time.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value as Json;

use super::layout::{self, Form, Shape};
use super::parquet::{self, Group};
use super::scratch::Files;
use crate::exec::value::{DateTime, Value};
use crate::exec::{Field, Part, Row, RunOptions, Scan, ScanSource, Scratch, Sieve, Sink, Table, Tables};
use crate::testing::value;

/// The longest line that is read: longer ones are no events.
pub const MAX_LINE_BYTES: usize = 64 << 20;

/// How many bad rows are kept to be shown; the rest is only counted.
pub const MAX_BAD_ROWS: usize = 20;

/// How many rows are handed over at a time.
const ROWS_AT_A_TIME: usize = 4096;

/// A row that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The file.
    pub path: PathBuf,
    /// Its line there, from 1; of Parquet, the number of the row. 0 where the file as a whole is at fault.
    pub line: usize,
    /// The column of the table, where one is at fault.
    pub column: Option<String>,
    /// What is wrong, in a few words.
    pub message: String,
}

/// A folder of exported logs.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// The files below it that hold rows, in order.
    files: Vec<(PathBuf, Form)>,
    now: DateTime,
    bad: Mutex<Vec<BadRow>>,
    bad_count: AtomicUsize,
    rows: AtomicUsize,
    done: AtomicUsize,
    /// Files and row groups that were read to their end: what is read again is not counted again.
    finished: Mutex<HashSet<(PathBuf, usize)>>,
}

impl Folder {
    /// The files at `paths`, relative to `root`, of which those are read that hold rows. `now` is what times in rows are
    /// relative to.
    pub fn new(root: &Path, paths: impl IntoIterator<Item = PathBuf>, now: DateTime) -> Self {
        let mut files: Vec<(PathBuf, Form)> =
            paths.into_iter().filter_map(|path| Form::of(&path).map(|form| (path, form))).collect();
        files.sort_by(|a, b| a.0.cmp(&b.0));
        Self {
            root: root.to_owned(),
            files,
            now,
            bad: Mutex::default(),
            bad_count: AtomicUsize::new(0),
            rows: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
            finished: Mutex::default(),
        }
    }

    /// The files that hold rows of `table`.
    pub fn files_of<'f>(&'f self, table: &'f str) -> impl Iterator<Item = &'f (PathBuf, Form)> {
        self.files.iter().filter(move |(path, _)| layout::holds(path, table))
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// How many rows were read so far.
    pub fn rows_read(&self) -> usize {
        self.rows.load(Ordering::Relaxed)
    }

    /// How many files were read to their end so far.
    pub fn files_read(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// The first bad rows, and how many there were.
    pub fn bad_rows(&self) -> (Vec<BadRow>, usize) {
        let mut bad = self.bad.lock().unwrap_or_else(PoisonError::into_inner).clone();
        bad.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        (bad, self.bad_count.load(Ordering::Relaxed))
    }

    /// Whether a file, or a row group of it, was read to its end before.
    fn is_finished(&self, path: &Path, part: usize) -> bool {
        let finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner);
        finished.contains(&(path.to_owned(), part))
    }

    /// Notes that it was.
    fn finish(&self, path: &Path, part: usize) {
        let mut finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner);
        finished.insert((path.to_owned(), part));
    }

    fn report(&self, path: &Path, line: usize, column: Option<&str>, message: String) {
        self.bad_count.fetch_add(1, Ordering::Relaxed);
        let mut bad = self.bad.lock().unwrap_or_else(PoisonError::into_inner);
        if bad.len() < MAX_BAD_ROWS {
            bad.push(BadRow { path: path.to_owned(), line, column: column.map(str::to_owned), message });
        }
    }

    fn read(&self, path: &Path, form: Form, scan: &Scan, sink: &mut Sink<'_>) -> Result<(), String> {
        let whole = self.root.join(path);
        let unreadable = |error: std::io::Error| format!("{} cannot be read: {error}", whole.display());
        let file = File::open(&whole).map_err(unreadable)?;
        let reader: Box<dyn Read> =
            if form.gzip { Box::new(flate2::read::MultiGzDecoder::new(file)) } else { Box::new(file) };
        let counts = !self.is_finished(path, 0);
        let mut rows = RowReader { folder: self, path, scan, buffer: Vec::new(), counts };
        let read = match form.shape {
            Shape::Json => rows.json(BufReader::new(reader), sink),
            Shape::Csv => rows.csv(BufReader::new(reader), sink),
            Shape::Parquet => Ok(ControlFlow::Continue(())),
        };
        match read {
            Ok(ControlFlow::Break(())) => {}
            Ok(ControlFlow::Continue(())) => {
                let _ = rows.hand_over(sink);
            }
            Err(error) => return Err(unreadable(error)),
        }
        if counts {
            self.done.fetch_add(1, Ordering::Relaxed);
            self.finish(path, 0);
        }
        Ok(())
    }
}

impl Folder {
    /// The row groups of a file of Parquet, each as a part.
    fn row_groups<'t>(&'t self, path: &'t Path, scan: &Scan, sieve: &Sieve) -> Vec<Part<'t>> {
        let whole = self.root.join(path);
        let meta = match parquet::open(&whole) {
            Ok(meta) => meta,
            Err(message) => {
                self.report(path, 0, None, message);
                return Vec::new();
            }
        };
        let left = Arc::new(AtomicUsize::new(meta.num_row_groups()));
        let of = |number: usize| {
            let (meta, whole, left) = (Arc::clone(&meta), whole.clone(), Arc::clone(&left));
            let (scan, sieve) = (scan.clone(), sieve.clone());
            let part = move |sink: &mut Sink<'_>| {
                let now = self.now;
                let group = Group { path: &whole, meta: &meta, number, scan: &scan, sieve: &sieve, now };
                let counts = !self.is_finished(path, number);
                let report = |row, column: &str, message| {
                    if counts {
                        self.report(path, row, Some(column), message);
                    }
                };
                let read = group.read(&report, sink);
                if !counts {
                    return Ok(());
                }
                if let Err(message) = read {
                    let message = format!("row group {} cannot be read: {message}", number + 1);
                    self.report(path, 0, None, message);
                }
                self.finish(path, number);
                self.rows.fetch_add(group.rows(), Ordering::Relaxed);
                if left.fetch_sub(1, Ordering::Relaxed) == 1 {
                    self.done.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            };
            Box::new(part) as Part<'t>
        };
        (0..meta.num_row_groups()).map(of).collect()
    }
}

impl Tables for Folder {
    fn rows(&self, scan: &Scan) -> Result<Option<Arc<Table>>, String> {
        let sieve = Sieve::open(RunOptions::at(self.now));
        let Some(parts) = self.parts(scan, &sieve)? else { return Ok(None) };
        let mut whole = Table::new(scan.schema.clone(), Vec::new());
        for part in parts {
            part(&mut |table: Table| {
                whole.rows.extend(table.rows);
                ControlFlow::Continue(())
            })?;
        }
        Ok(Some(Arc::new(whole)))
    }

    fn names(&self) -> Vec<Arc<str>> {
        Vec::new()
    }

    fn scratch(&self) -> Result<Option<Box<dyn Scratch>>, String> {
        Ok(Some(Box::new(Files::default())))
    }

    fn parts<'t>(&'t self, scan: &Scan, sieve: &Sieve) -> Result<Option<Vec<Part<'t>>>, String> {
        let (ScanSource::Table(name) | ScanSource::Function(name)) = &scan.source else { return Ok(None) };
        let mut files = self.files.iter().filter(|(path, _)| layout::holds(path, name)).peekable();
        if files.peek().is_none() {
            return Ok(None);
        }
        let mut parts: Vec<Part<'t>> = Vec::new();
        for (path, form) in files {
            if form.shape == Shape::Parquet {
                parts.extend(self.row_groups(path, scan, sieve));
                continue;
            }
            let scan = scan.clone();
            parts.push(Box::new(move |sink: &mut Sink<'_>| self.read(path, *form, &scan, sink)));
        }
        Ok(Some(parts))
    }
}

/// A line of a file that is too long to be read.
struct TooLong;

/// Reads a line without its end, no longer than is allowed; nothing at the end of the file.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<Option<Result<(), TooLong>>> {
    line.clear();
    let limit = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX);
    if reader.by_ref().take(limit).read_until(b'\n', line)? == 0 {
        return Ok(None);
    }
    let is_whole = line.ends_with(b"\n") || line.len() < MAX_LINE_BYTES;
    while line.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
        line.pop();
    }
    if is_whole {
        return Ok(Some(Ok(())));
    }
    // The rest of the line is passed over without being kept.
    loop {
        let held = reader.fill_buf()?;
        if held.is_empty() {
            break;
        }
        let end = held.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(held.len(), |end| end + 1);
        reader.consume(used);
        if end.is_some() {
            break;
        }
    }
    Ok(Some(Err(TooLong)))
}

/// Rows of one file under way.
struct RowReader<'f> {
    folder: &'f Folder,
    path: &'f Path,
    scan: &'f Scan,
    buffer: Vec<Row>,
    /// Whether what is read is counted, and told of where it is bad.
    counts: bool,
}

impl RowReader<'_> {
    fn report(&self, line: usize, column: Option<&str>, message: String) {
        if self.counts {
            self.folder.report(self.path, line, column, message);
        }
    }

    fn json(&mut self, mut reader: impl BufRead, sink: &mut Sink<'_>) -> std::io::Result<ControlFlow<()>> {
        let mut line = Vec::new();
        let mut number = 0;
        while let Some(read) = next_line(&mut reader, &mut line)? {
            number += 1;
            if read.is_err() {
                let message = format!("the line has more than {} MiB", MAX_LINE_BYTES >> 20);
                self.report(number, None, message);
                continue;
            }
            let text = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line);
            // An array over many lines: brackets and commas of their own are passed over.
            let text = text.trim_ascii();
            let text = text.strip_suffix(b",").unwrap_or(text);
            if text.is_empty() || matches!(text, b"[" | b"]") {
                continue;
            }
            match serde_json::from_slice::<Json>(text) {
                Ok(json) => {
                    if self.events(&json, number, sink).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Err(error) => {
                    let message = format!("no JSON at column {}: {error}", error.column());
                    self.report(number, None, message);
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The events of a line: one, an array of them, or those within `records`.
    fn events(&mut self, json: &Json, line: usize, sink: &mut Sink<'_>) -> ControlFlow<()> {
        match json {
            Json::Array(events) => events.iter().try_for_each(|event| self.events(event, line, sink)),
            Json::Object(object) => match object.get("records") {
                Some(Json::Array(events)) if object.len() == 1 => {
                    events.iter().try_for_each(|event| self.events(event, line, sink))
                }
                _ => self.event(object, line, sink),
            },
            _ => {
                self.report(line, None, "the line is no event: an object is expected".to_owned());
                ControlFlow::Continue(())
            }
        }
    }

    fn event(
        &mut self,
        object: &serde_json::Map<String, Json>,
        line: usize,
        sink: &mut Sink<'_>,
    ) -> ControlFlow<()> {
        // Streams of Defender wrap the columns in `properties`.
        let inner = match object.get("properties") {
            Some(Json::Object(inner)) if self.scan.schema.position("properties").is_none() => Some(inner),
            _ => None,
        };
        let find = |name: &str| inner.and_then(|inner| inner.get(name)).or_else(|| object.get(name));
        let mut row = Row::with_capacity(self.scan.schema.len());
        for field in &self.scan.schema.fields {
            let stand_in = || layout::stand_ins(&field.name).iter().find_map(|name| find(name));
            // The streams have a time beside the columns, too.
            let outer = || object.get("time").filter(|_| *field.name == *layout::TIME);
            let cell = find(&field.name).or_else(stand_in).or_else(outer);
            let read = cell.map(|cell| value::of_json(cell, field.ty, self.folder.now));
            match self.settled(read, field, line) {
                Some(value) => row.push(value),
                None => return ControlFlow::Continue(()),
            }
        }
        self.push(row, sink)
    }

    fn csv(&mut self, reader: impl BufRead, sink: &mut Sink<'_>) -> std::io::Result<ControlFlow<()>> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
        let heads = reader.headers().map_err(std::io::Error::other)?.clone();
        let find = |name: &str| {
            heads.iter().position(|head| {
                // The portal writes `TimeGenerated [UTC]`.
                let head = head.trim_start_matches('\u{feff}').split(" [").next().unwrap_or_default().trim();
                head == name
            })
        };
        let place = |field: &Field| {
            find(&field.name).or_else(|| layout::stand_ins(&field.name).iter().find_map(|name| find(name)))
        };
        let places: Vec<Option<usize>> = self.scan.schema.fields.iter().map(place).collect();
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    let line = usize::try_from(line).unwrap_or(0);
                    self.report(line, None, error.to_string());
                    continue;
                }
            };
            let line = record.position().map_or(0, csv::Position::line);
            let line = usize::try_from(line).unwrap_or(0);
            let scan = self.scan;
            let row: Option<Row> = scan
                .schema
                .fields
                .iter()
                .zip(&places)
                .map(|(field, place)| {
                    let cell = place.and_then(|place| record.get(place));
                    let read = cell.map(|cell| value::of_text(cell, field.ty, self.folder.now));
                    self.settled(read, field, line)
                })
                .collect();
            if let Some(row) = row
                && self.push(row, sink).is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// A value of a row; nothing, and a bad row, where it cannot be read.
    fn settled(&self, read: Option<Result<Value, String>>, field: &Field, line: usize) -> Option<Value> {
        match read {
            None => Some(Value::missing(field.ty)),
            Some(Ok(value)) => Some(value),
            Some(Err(expected)) => {
                self.report(line, Some(&field.name), expected);
                None
            }
        }
    }

    fn push(&mut self, row: Row, sink: &mut Sink<'_>) -> ControlFlow<()> {
        self.buffer.push(row);
        if self.buffer.len() < ROWS_AT_A_TIME {
            return ControlFlow::Continue(());
        }
        self.hand_over(sink)
    }

    fn hand_over(&mut self, sink: &mut Sink<'_>) -> ControlFlow<()> {
        let rows = std::mem::take(&mut self.buffer);
        if self.counts {
            self.folder.rows.fetch_add(rows.len(), Ordering::Relaxed);
        }
        sink(Table::new(self.scan.schema.clone(), rows))
    }
}
