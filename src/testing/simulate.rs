//! A rule run on the rows of a test.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::alert::{self, Alert, Suppression};
use super::data::{Files, Record, Records, RowReader, Times, is_same};
use super::document::{Given, Test};
use super::incident::{Incident, incidents};
use super::lints::{ALERT_REPEATED, EVENT_MISSED, UNKNOWN_TEST_COLUMN};
use super::schedule::{self, Window};
use super::subject::Subject;
use crate::diag::{Diagnostic, Severity, nearest};
use crate::exec::value::Value;
use crate::exec::{self, Observer, RunOptions, Scan, ScanSource, Table, Tables};
use crate::text::{SourceId, Span, TextRange};

/// Items of a watchlist that stand for those of tests that give none.
#[derive(Debug, Clone, Default)]
pub struct WatchlistItems {
    /// The text of its CSV file.
    pub text: String,
    /// The column that queries join by.
    pub search_key: String,
}

/// What tests share.
#[derive(Debug, Default)]
pub struct Shared {
    /// The files with rows.
    pub files: Files,
    /// The watchlists of the project, by alias in lower case.
    pub watchlists: BTreeMap<String, WatchlistItems>,
}

/// The rows of a test, typed.
#[derive(Debug, Default)]
pub struct Material {
    sources: Vec<(ScanSource, Records)>,
}

/// What a run found.
#[derive(Debug, Clone)]
pub struct Ran {
    /// What it saw.
    pub window: Window,
    /// The rows of the query; nothing where the rule was suppressed.
    pub table: Option<Arc<Table>>,
}

/// What came of a test.
#[derive(Debug, Clone, Default)]
pub struct Simulated {
    /// The runs, in order.
    pub runs: Vec<Ran>,
    /// The alerts, in order.
    pub alerts: Vec<Alert>,
    /// The incidents, in order.
    pub incidents: Vec<Incident>,
    /// Runs that alert on rows that were alerted on before: their numbers.
    pub repeated: Vec<usize>,
    /// What was noticed: rows that no run sees, alerts that are repeated.
    pub notes: Vec<Diagnostic>,
}

impl Simulated {
    /// The rows of all runs under the columns of the first.
    pub fn rows(&self) -> Table {
        let mut tables = self.runs.iter().filter_map(|run| run.table.as_deref());
        let Some(first) = tables.next() else { return Table::default() };
        let mut all = first.clone();
        for table in tables {
            all.rows.extend(table.rows.iter().cloned());
        }
        all
    }
}

/// Types the rows that a test gives the query of a rule.
///
/// # Errors
/// What is wrong with them.
pub fn material(test: &Test, subject: &Subject<'_>, shared: &Shared) -> Result<Material, Vec<Diagnostic>> {
    let source = test.source;
    let windows = schedule::windows(subject.rule, test.clock);
    let first = windows.first().map_or(test.clock.to, |window| window.now);
    let times = Times::of(test.clock.to, first, test.delay);
    let mut reader = RowReader { source, files: &shared.files, times, findings: Vec::new() };
    let mut material = Material::default();
    let scans = subject.program.scans();
    for scan in scans {
        let is_given = test.given.iter().any(|given| is_same(&given.source, &scan.source));
        let list = match &scan.source {
            ScanSource::Watchlist(alias) => shared.watchlists.get(&alias.to_lowercase()),
            _ => None,
        };
        let mut records = match list {
            Some(list) if !is_given => reader.items(scan, &list.text),
            _ => reader.records(scan, &test.given),
        };
        if let Some(list) = list {
            fill_search_keys(&mut records, &list.search_key);
        }
        material.sources.push((scan.source.clone(), records));
    }
    let unread = test.given.iter().filter(|given| !given.shared);
    let unread = unread.filter(|given| !scans.iter().any(|scan| is_same(&given.source, &scan.source)));
    reader.findings.extend(unread.map(|given| not_read(given, source, scans)));
    match reader.findings.iter().any(|finding| finding.severity == Severity::Error) {
        true => Err(reader.findings),
        false => Ok(material),
    }
}

/// Gives the items of a watchlist the column `SearchKey`, as the service does.
fn fill_search_keys(records: &mut Records, key: &str) {
    let (Some(from), Some(to)) = (records.schema.position(key), records.schema.position("SearchKey")) else {
        return;
    };
    for record in &mut records.records {
        if record.values.get(to).is_some_and(Value::is_empty)
            && let Some(value) = record.values.get(from).cloned()
            && let Some(slot) = record.values.get_mut(to)
        {
            *slot = value;
        }
    }
}

fn not_read(given: &Given, source: SourceId, scans: &[Scan]) -> Diagnostic {
    let message = format!("the query of the rule does not read {}", given.source);
    let finding = UNKNOWN_TEST_COLUMN.at(Span::new(source, given.range), message);
    let names: Vec<String> = scans.iter().map(|scan| scan.source.to_string()).collect();
    match nearest(&given.source.to_string(), names.iter().map(String::as_str)) {
        Some(meant) => finding.with_help(format!("the nearest is `{meant}`")),
        None => finding.with_help(format!("it reads {}", names.join(", "))),
    }
}

/// The rows that a run sees.
struct View<'m> {
    material: &'m Material,
    window: Window,
    /// Runs whose rows are left out.
    without: &'m [Window],
}

impl View<'_> {
    fn sees(&self, record: &Record) -> bool {
        self.window.sees(record) && !self.without.iter().any(|window| window.sees(record))
    }
}

impl Tables for View<'_> {
    fn rows(&self, scan: &Scan) -> Result<Option<Arc<Table>>, String> {
        let found = self.material.sources.iter().find(|(source, _)| *source == scan.source);
        let Some((source, records)) = found else { return Ok(None) };
        let are_events = matches!(source, ScanSource::Table(_) | ScanSource::Function(_));
        let seen = records.records.iter().filter(|record| !are_events || self.sees(record));
        let rows = seen.map(|record| record.values.clone()).collect();
        Ok(Some(Arc::new(Table::new(records.schema.clone(), rows))))
    }

    fn names(&self) -> Vec<Arc<str>> {
        let names = self.material.sources.iter().filter_map(|(source, _)| match source {
            ScanSource::Table(name) => Some(Arc::clone(name)),
            _ => None,
        });
        names.collect()
    }
}

/// How a test is run.
#[derive(Clone, Copy, Default)]
pub struct Probe<'o> {
    /// Told of each condition.
    pub observer: Option<&'o dyn Observer>,
    /// The condition that is turned over.
    pub flipped: Option<TextRange>,
}

impl std::fmt::Debug for Probe<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Probe").field("flipped", &self.flipped).finish_non_exhaustive()
    }
}

/// Runs a rule on the rows of a test.
///
/// # Errors
/// What stopped the query, at its place in the file of the rule.
pub fn simulate(
    test: &Test,
    subject: &Subject<'_>,
    material: &Material,
    probe: Probe<'_>,
) -> Result<Simulated, Box<Diagnostic>> {
    let rule = subject.rule;
    let windows = schedule::windows(rule, test.clock);
    let mut out = Simulated::default();
    let mut suppression = Suppression::default();
    let mut alerted: Vec<Window> = Vec::new();
    for window in &windows {
        if suppression.holds(window.now) {
            out.runs.push(Ran { window: *window, table: None });
            continue;
        }
        let table = run(subject, material, *window, &[], probe)?;
        let number = out.runs.len();
        let alerts = alert::alerts(rule, &table, window, number);
        if !alerts.is_empty() {
            if !alerted.is_empty() {
                let fresh = run(subject, material, *window, &alerted, Probe { observer: None, ..probe })?;
                if alert::alerts(rule, &fresh, window, number).len() < alerts.len() {
                    out.repeated.push(number);
                }
            }
            alerted.push(*window);
            suppression.begin(rule, window.now);
        }
        out.alerts.extend(alerts);
        out.runs.push(Ran { window: *window, table: Some(table) });
    }
    out.incidents = incidents(rule, &out.alerts);
    if test.clock.from.is_some() {
        out.notes = notes(test, material, &windows, &out);
    }
    Ok(out)
}

fn run(
    subject: &Subject<'_>,
    material: &Material,
    window: Window,
    without: &[Window],
    probe: Probe<'_>,
) -> Result<Arc<Table>, Box<Diagnostic>> {
    let view = View { material, window, without };
    let options = RunOptions { flipped: probe.flipped, ..RunOptions::at(window.now) };
    let table = match probe.observer {
        Some(observer) => subject.program.run_observed(&view, options, observer),
        None => subject.program.run(&view, options),
    };
    table.map_err(|error| {
        let span = subject.place(error.range);
        Box::new(exec::codes::run_failed(&error).placed(|_| span))
    })
}

/// What is noticed over a stretch of time.
fn notes(test: &Test, material: &Material, windows: &[Window], simulated: &Simulated) -> Vec<Diagnostic> {
    let mut notes = Vec::new();
    let (Some(from), Some(last)) = (test.clock.from, windows.last()) else { return notes };
    for (source, records) in &material.sources {
        if !matches!(source, ScanSource::Table(_) | ScanSource::Function(_)) {
            continue;
        }
        for record in &records.records {
            let Some(time) = record.time.filter(|time| *time > from && *time <= last.now) else { continue };
            if windows.iter().any(|window| window.sees(record)) {
                continue;
            }
            let covers =
                |window: &&Window| window.events_from.is_some_and(|from| time >= from && time <= window.now);
            let why = match windows.iter().rfind(covers) {
                Some(window) => format!("it came in at {}, after the run of {}", record.ingested, window.now),
                None => "the rule runs more seldom than its period is long".to_owned(),
            };
            notes.push(EVENT_MISSED.at(record.span, format!("no run of the rule sees this row: {why}")));
        }
    }
    for number in &simulated.repeated {
        let Some(run) = simulated.runs.get(*number) else { continue };
        let message = format!("the run of {} alerts on rows that were alerted on before", run.window.now);
        notes.push(ALERT_REPEATED.at(Span::new(test.source, test.name.range), message));
    }
    notes
}
