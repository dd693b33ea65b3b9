//! Rows of tests: typed by the columns that the query reads, each with its place.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::document::{Data, Given};
use super::lints::{BAD_TEST_VALUE, UNKNOWN_TEST_COLUMN, UNREADABLE_TEST_DATA};
use super::value;
use crate::catalog::ScalarType;
use crate::diag::{Diagnostic, nearest};
use crate::exec::value::{DateTime, TICKS_PER_SECOND, TimeSpan, Value};
use crate::exec::{INGESTED, Row, Scan, ScanSource, Schema};
use crate::text::{SourceId, Span, TextRange, csv};
use crate::yaml::{self, Node};

/// The key of a row in place of a column: when it was ingested.
pub(super) const INGESTION_KEY: &str = "ingestion_time()";

/// The column by which the service cuts windows.
pub(super) const TIME: &str = "TimeGenerated";

/// The longest line of a file of rows.
pub const MAX_LINE_BYTES: usize = 16 << 20;

/// Files with rows, by the file of tests and the name there: their texts, or why there is none.
pub type Files = BTreeMap<(SourceId, String), Result<(SourceId, Arc<str>), String>>;

/// The rows of one source.
#[derive(Debug, Clone, Default)]
pub(super) struct Records {
    /// The columns.
    pub schema: Schema,
    /// The rows.
    pub records: Vec<Record>,
}

/// A row.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// Its values, in the order of the columns.
    pub values: Row,
    /// When its event was; nothing where the source has no column for that.
    pub time: Option<DateTime>,
    /// When it was ingested.
    pub ingested: DateTime,
    /// Where it is written.
    pub span: Span,
}

/// When rows are that do not say so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// What times are relative to.
    pub now: DateTime,
    /// The time of an event without one.
    pub event: DateTime,
    /// How long after its event a row is ingested.
    pub delay: TimeSpan,
}

impl Times {
    /// For a test whose first run is at `first`, and whose clock ends at `now`.
    pub(super) fn of(now: DateTime, first: DateTime, delay: TimeSpan) -> Self {
        let event = first.plus(TimeSpan(-TICKS_PER_SECOND)).unwrap_or(first);
        Self { now, event, delay }
    }
}

/// A value as it is written.
enum Cell<'d> {
    Node(&'d Node),
    Json(&'d serde_json::Value),
    Text(&'d str),
}

impl Cell<'_> {
    fn value(&self, ty: ScalarType, now: DateTime) -> Result<Value, String> {
        match self {
            Self::Node(node) => value::of_node(node, ty, now),
            Self::Json(json) => value::of_json(json, ty, now),
            Self::Text(text) => value::of_text(text, ty, now),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Node(node) => {
                node.as_scalar().map_or_else(|| node.describe().to_owned(), |it| format!("`{}`", it.text))
            }
            Self::Json(json) => format!("`{json}`"),
            Self::Text(text) => format!("`{text}`"),
        }
    }
}

/// Reads rows for the scans of a query.
pub(super) struct RowReader<'d> {
    pub source: SourceId,
    pub files: &'d Files,
    pub times: Times,
    pub findings: Vec<Diagnostic>,
}

impl RowReader<'_> {
    /// The rows that a test gives a scan.
    pub(super) fn records(&mut self, scan: &Scan, given: &[Given]) -> Records {
        let mut columns = Columns { schema: scan.schema.clone(), open: scan.open, source: &scan.source };
        let mut records = Vec::new();
        for given in given.iter().filter(|given| is_same(&given.source, &scan.source)) {
            match &given.data {
                Data::Inline(nodes) => self.nodes(self.source, nodes, &mut columns, &mut records),
                Data::File(path) => {
                    let found = match self.files.get(&(self.source, path.value.clone())) {
                        Some(Ok((id, text))) => Ok((*id, Arc::clone(text))),
                        Some(Err(why)) => Err(why.clone()),
                        None => Err("it was not read".to_owned()),
                    };
                    match found {
                        Ok((id, text)) => self.file(id, &path.value, &text, &mut columns, &mut records),
                        Err(why) => {
                            let message = format!("no rows from `{}`: {why}", path.value);
                            let finding =
                                UNREADABLE_TEST_DATA.at(Span::new(self.source, path.range), message);
                            self.findings.push(finding.with_help("name a file relative to this one"));
                        }
                    }
                }
            }
        }
        columns.settled(records)
    }

    /// The items of a watchlist, from the text of its CSV file.
    pub(super) fn items(&mut self, scan: &Scan, text: &str) -> Records {
        let mut columns = Columns { schema: scan.schema.clone(), open: true, source: &scan.source };
        let mut records = Vec::new();
        self.csv(self.source, text, &mut columns, &mut records);
        columns.settled(records)
    }

    fn file(
        &mut self,
        id: SourceId,
        path: &str,
        text: &str,
        columns: &mut Columns<'_>,
        records: &mut Vec<Record>,
    ) {
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if line.len() > MAX_LINE_BYTES {
                let span = Span::new(id, TextRange::from_usize(start, start + 1));
                let finding = UNREADABLE_TEST_DATA.at(span, "the line has more than 16 MiB");
                self.findings
                    .push(finding.with_help("write an event a line; `picket hunt` reads large files"));
                return;
            }
            start += line.len();
        }
        match path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "csv" => self.csv(id, text, columns, records),
            "yaml" | "yml" => {
                let (documents, found) = yaml::parse(id, text);
                self.findings.extend(found);
                for root in documents.iter().filter_map(|document| document.root.as_ref()) {
                    self.nodes(
                        id,
                        root.as_sequence().unwrap_or(std::slice::from_ref(root)),
                        columns,
                        records,
                    );
                }
            }
            _ => self.json_lines(id, text, columns, records),
        }
    }

    fn nodes(&mut self, id: SourceId, nodes: &[Node], columns: &mut Columns<'_>, records: &mut Vec<Record>) {
        for node in nodes {
            let span = Span::new(id, node.range);
            let Some(mapping) = node.as_mapping() else {
                let message = format!("the row is {}, expected columns and values", node.describe());
                let finding = UNREADABLE_TEST_DATA.at(span, message);
                self.findings.push(finding.with_help("write it as `- {Column: value}`"));
                continue;
            };
            let cells = mapping.entries.iter().filter_map(|entry| {
                let name = entry.key.as_scalar()?;
                let places = (Span::new(id, entry.key.range), Span::new(id, entry.value.range));
                Some((name.text.as_str(), Cell::Node(&entry.value), places))
            });
            records.extend(self.record(cells, span, columns));
        }
    }

    fn csv(&mut self, id: SourceId, text: &str, columns: &mut Columns<'_>, records: &mut Vec<Record>) {
        let rows = csv::placed_rows(text);
        let Some((head, rows)) = rows.split_first() else { return };
        for row in rows {
            let first = row.values.first().map_or(0, |value| value.range.start);
            let span = Span::new(
                id,
                TextRange::new(first, row.values.last().map_or(first, |value| value.range.end)),
            );
            if row.values.len() != head.values.len() {
                let message =
                    format!("the row has {} values for {} columns", row.values.len(), head.values.len());
                let finding = UNREADABLE_TEST_DATA.at(span, message);
                self.findings.push(finding.with_help("put quotes around values that hold commas"));
                continue;
            }
            let cells = head.values.iter().zip(&row.values).map(|(name, value)| {
                let places = (Span::new(id, name.range), Span::new(id, value.range));
                (name.value.as_str(), Cell::Text(&value.value), places)
            });
            records.extend(self.record(cells, span, columns));
        }
    }

    fn json_lines(&mut self, id: SourceId, text: &str, columns: &mut Columns<'_>, records: &mut Vec<Record>) {
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let at = start;
            start += line.len();
            let json = line.trim_start_matches('\u{feff}');
            let at = at + line.len() - json.len();
            if json.trim().is_empty() {
                continue;
            }
            let span = Span::new(id, TextRange::from_usize(at, at + json.trim_end().len()));
            match serde_json::from_str::<serde_json::Value>(json) {
                Ok(serde_json::Value::Object(object)) => {
                    let cells = object.iter().map(|(name, value)| {
                        let places = || place_in_json(id, at, json, name);
                        (name.as_str(), Cell::Json(value), places)
                    });
                    // Places in a line are looked for only where something is wrong.
                    records.extend(self.record_placed(cells, span, columns));
                }
                Ok(_) => {
                    let finding = UNREADABLE_TEST_DATA.at(span, "the line is no JSON object");
                    self.findings.push(finding.with_help("write an object of columns and values a line"));
                }
                Err(error) => {
                    let end = json.trim_end().len();
                    let column = if error.is_eof() { end } else { error.column().saturating_sub(1).min(end) };
                    let place = TextRange::from_usize(at + column, (at + column + 1).min(at + json.len()));
                    let message = format!("the line is no JSON: {}", cause(&error));
                    let finding = UNREADABLE_TEST_DATA.at(Span::new(id, place), message);
                    self.findings.push(finding.with_help("write an object of columns and values a line"));
                }
            }
        }
    }

    fn record<'c>(
        &mut self,
        cells: impl Iterator<Item = (&'c str, Cell<'c>, (Span, Span))>,
        span: Span,
        columns: &mut Columns<'_>,
    ) -> Option<Record> {
        self.record_placed(cells.map(|(name, cell, places)| (name, cell, move || places)), span, columns)
    }

    /// A row; nothing where something is wrong with it. `places` say where a column is named, and its value.
    fn record_placed<'c, P: Fn() -> (Span, Span)>(
        &mut self,
        cells: impl Iterator<Item = (&'c str, Cell<'c>, P)>,
        span: Span,
        columns: &mut Columns<'_>,
    ) -> Option<Record> {
        let mut values: Row = columns.schema.fields.iter().map(|field| Value::missing(field.ty)).collect();
        let mut ingested = None;
        let mut is_whole = true;
        for (name, cell, places) in cells {
            let slot = match name {
                INGESTION_KEY => None,
                name => match columns.find(name) {
                    Some(slot) => Some(slot),
                    None => {
                        self.findings.push(columns.unknown(name, places().0));
                        is_whole = false;
                        continue;
                    }
                },
            };
            let ty = slot
                .and_then(|slot| columns.schema.fields.get(slot))
                .map_or(ScalarType::DateTime, |field| field.ty);
            match (cell.value(ty, self.times.now), slot) {
                (Ok(Value::DateTime(time)), None) => ingested = Some(time),
                (Ok(_), None) => {}
                (Ok(value), Some(slot)) => {
                    if values.len() <= slot {
                        values.resize(slot + 1, Value::Null);
                    }
                    if let Some(place) = values.get_mut(slot) {
                        *place = value;
                    }
                }
                (Err(expected), _) => {
                    let message = format!("`{name}` of type {} cannot be {}", ty.name(), cell.shown());
                    self.findings.push(BAD_TEST_VALUE.at(places().1, message).with_help(expected));
                    is_whole = false;
                }
            }
        }
        is_whole.then(|| self.timed(values, ingested, span, columns))
    }

    /// A row with the times that it does not say itself.
    fn timed(
        &self,
        mut values: Row,
        ingested: Option<DateTime>,
        span: Span,
        columns: &Columns<'_>,
    ) -> Record {
        let slot = columns.schema.position(TIME).filter(|_| columns.has_events());
        if let Some(value) = slot.and_then(|slot| values.get_mut(slot)).filter(|value| value.is_null()) {
            *value = Value::DateTime(self.times.event);
        }
        let time = match slot.and_then(|slot| values.get(slot)) {
            Some(Value::DateTime(time)) => Some(*time),
            _ => None,
        };
        let event = time.unwrap_or(self.times.event);
        let ingested = ingested.or_else(|| event.plus(self.times.delay)).unwrap_or(event);
        if let Some(value) = columns.schema.position(INGESTED).and_then(|slot| values.get_mut(slot)) {
            *value = Value::DateTime(ingested);
        }
        Record { values, time, ingested, span }
    }
}

/// The columns that rows may have.
struct Columns<'s> {
    schema: Schema,
    /// Whether the catalog does not know all of them.
    open: bool,
    source: &'s ScanSource,
}

impl Columns<'_> {
    /// Where a column stands; one that is not there is added where that is allowed.
    fn find(&mut self, name: &str) -> Option<usize> {
        if let Some(at) = self.schema.position(name).filter(|_| name != INGESTED) {
            return Some(at);
        }
        if !self.open {
            return None;
        }
        // Watchlists hold text; of other open sources, the value says what it is.
        let ty = match self.source {
            ScanSource::Watchlist(_) => ScalarType::String,
            _ => ScalarType::Dynamic,
        };
        self.schema.fields.push(crate::exec::Field::new(name, ty));
        Some(self.schema.len() - 1)
    }

    fn unknown(&self, name: &str, span: Span) -> Diagnostic {
        let finding = UNKNOWN_TEST_COLUMN.at(span, format!("{} has no column `{name}`", self.source));
        let known = self.schema.fields.iter().map(|field| &*field.name).filter(|known| *known != INGESTED);
        match nearest(name, known) {
            Some(meant) => finding.with_help(format!("the nearest is `{meant}`")),
            None => finding.with_help("`picket kql columns` shows the columns of a table"),
        }
    }

    /// The rows, each with a value for every column.
    fn settled(self, mut records: Vec<Record>) -> Records {
        for record in &mut records {
            let more =
                self.schema.fields.iter().skip(record.values.len()).map(|field| Value::missing(field.ty));
            record.values.extend(more.collect::<Vec<_>>());
        }
        Records { schema: self.schema, records }
    }

    /// Whether the rows are events, which windows cut.
    fn has_events(&self) -> bool {
        matches!(self.source, ScanSource::Table(_) | ScanSource::Function(_))
    }
}

/// Whether what a test names is what a query reads. Names of tables are compared as the service does, those of watchlists
/// without regard to case.
pub(super) fn is_same(given: &ScanSource, read: &ScanSource) -> bool {
    match (given, read) {
        (ScanSource::Watchlist(given), ScanSource::Watchlist(read)) => given.eq_ignore_ascii_case(read),
        _ => given == read,
    }
}

/// What serde says, without the place, which is that of the finding.
fn cause(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

/// Where a line of JSON, which begins at `start`, names a column, and where its value stands.
fn place_in_json(id: SourceId, start: usize, line: &str, name: &str) -> (Span, Span) {
    let whole = Span::new(id, TextRange::from_usize(start, start + line.trim_end().len()));
    // An object of JSON is a mapping of YAML.
    let (documents, _) = yaml::parse(id, line);
    let root = documents.first().and_then(|document| document.root.as_ref());
    let entry = root.and_then(|root| root.as_mapping()).and_then(|mapping| mapping.entry(name));
    let moved = |range: TextRange| {
        let range = range.to_usize();
        Span::new(id, TextRange::from_usize(start + range.start, start + range.end))
    };
    entry.map_or((whole, whole), |entry| (moved(entry.key.range), moved(entry.value.range)))
}
