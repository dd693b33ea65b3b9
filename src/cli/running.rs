//! Queries run on rows at hand: what the commands share that do so.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::load::is_unreadable;
use super::output::human;
use super::queries::{Queries, Query};
use super::{CliError, Exit, Shell};
use crate::diag::{Diagnostic, Severity};
use crate::exec::value::DateTime;
use crate::exec::{NoTables, RunOptions, Table, Tables, codes};
use crate::hunt::Folder;
use crate::report::{rows_csv, rows_json, rows_text};

/// Where rows come from, and how they are written.
#[derive(Debug, clap::Args)]
pub(crate) struct RunningArgs {
    /// A folder of exported logs: JSON, an event a line, or CSV, plain or .gz; the name of a file or folder names the table.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// What `now()` says, such as 2026-11-30T12:00:00Z; the time of the run without.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<DateTime>,
    /// How much memory rows may take, in MiB.
    #[arg(long, default_value_t = RunOptions::MEMORY >> 20, value_name = "MIB")]
    memory: usize,
    /// How to write the rows.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Shape,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum Shape {
    /// Aligned text.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// Comma-separated values with a line of names.
    Csv,
}

fn time(text: &str) -> Result<DateTime, String> {
    DateTime::parse(text).ok_or_else(|| "a time is expected, such as 2026-11-30T12:00:00Z".to_owned())
}

/// The time.
pub(crate) fn clock() -> DateTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let ticks = i64::try_from(since.as_nanos() / 100).unwrap_or(0);
    DateTime::from_unix_ticks(ticks).unwrap_or(DateTime::MIN)
}

impl RunningArgs {
    /// Runs the one query among `loaded` that `is_meant`, and writes its rows.
    pub(crate) fn run(
        &self,
        loaded: &Queries,
        is_meant: impl Fn(&Query) -> bool,
        shell: &mut Shell,
    ) -> Result<Exit, CliError> {
        let mut findings: Vec<Diagnostic> = loaded.findings.clone();
        findings.retain(|finding| finding.severity == Severity::Error);
        if !findings.is_empty() {
            report(loaded, &findings, shell)?;
            return Ok(if findings.iter().any(is_unreadable) { Exit::Failed } else { Exit::Findings });
        }
        let queries: Vec<&Query> = loaded.queries.iter().filter(|query| is_meant(query)).collect();
        let query = match queries[..] {
            [query] => query,
            [] => return Err(CliError::new("there is no query to run")),
            _ => {
                let names: Vec<String> = queries.iter().take(3).map(|query| loaded.name_of(query)).collect();
                let message = format!("{} queries were found, and one is run at a time", queries.len());
                return Err(CliError::new(message).help(format!("name one of them: {}", names.join(", "))));
            }
        };
        let program = match loaded.program(query) {
            Ok(program) => program,
            Err(findings) => {
                report(loaded, &findings, shell)?;
                return Ok(Exit::Findings);
            }
        };
        let now = self.at.unwrap_or_else(clock);
        let options = RunOptions { memory: self.memory.saturating_mul(1 << 20), ..RunOptions::at(now) };
        let folder = self.data.as_deref().map(|data| folder(data, now)).transpose()?;
        let tables: &dyn Tables = folder.as_ref().map_or(&NoTables, |folder| folder);
        let bar = folder.as_ref().map(|folder| Watch::start(folder, shell.is_interactive()));
        let ran = std::thread::scope(|scope| {
            let watching = bar.as_ref().zip(folder.as_ref());
            if let Some((bar, folder)) = watching {
                scope.spawn(|| bar.draw(folder));
            }
            let ran = program.run(tables, options);
            if let Some(bar) = &bar {
                bar.stop();
            }
            ran
        });
        if let Some(folder) = &folder {
            self.tell(folder, shell)?;
        }
        match ran {
            Ok(table) => {
                shell.out().write_all(self.text(&table).as_bytes())?;
                let is_whole = folder.is_none_or(|folder| folder.bad_rows().1 == 0);
                Ok(if is_whole { Exit::Clean } else { Exit::Findings })
            }
            Err(error) => {
                report(loaded, &[query.in_place(codes::run_failed(&error))], shell)?;
                Ok(Exit::Failed)
            }
        }
    }

    fn text(&self, table: &Table) -> String {
        match self.format {
            Shape::Text => rows_text(table),
            Shape::Json => rows_json(table),
            Shape::Csv => rows_csv(table),
        }
    }

    /// What was read, and the rows that could not be.
    fn tell(&self, folder: &Folder, shell: &mut Shell) -> Result<(), CliError> {
        let (bad, count) = folder.bad_rows();
        for row in &bad {
            let column = row.column.as_ref().map_or_else(String::new, |column| format!("`{column}`: "));
            writeln!(shell.err(), "{}:{}: {column}{}", row.path.display(), row.line, row.message)?;
        }
        if count > bad.len() {
            writeln!(shell.err(), "and {} rows more", count - bad.len())?;
        }
        let (rows, files) = (folder.rows_read(), folder.files_read());
        writeln!(shell.err(), "read {rows} rows of {files} files; {count} rows could not be read")?;
        Ok(())
    }
}

/// A bar of the files that are being read; nothing where standard error is no terminal.
struct Watch {
    bar: indicatif::ProgressBar,
    done: std::sync::atomic::AtomicBool,
}

impl Watch {
    fn start(folder: &Folder, is_interactive: bool) -> Self {
        let bar = if is_interactive {
            indicatif::ProgressBar::new(u64::try_from(folder.len()).unwrap_or(0))
        } else {
            indicatif::ProgressBar::hidden()
        };
        Self { bar, done: std::sync::atomic::AtomicBool::new(false) }
    }

    fn draw(&self, folder: &Folder) {
        use std::sync::atomic::Ordering;
        while !self.done.load(Ordering::Relaxed) {
            self.bar.set_position(u64::try_from(folder.files_read()).unwrap_or(0));
            self.bar.set_message(format!("{} rows", folder.rows_read()));
            std::thread::park_timeout(std::time::Duration::from_millis(100));
        }
        self.bar.finish_and_clear();
    }

    fn stop(&self) {
        self.done.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

fn report(loaded: &Queries, findings: &[Diagnostic], shell: &mut Shell) -> Result<(), CliError> {
    let text = human(&loaded.sources, findings, shell.colors_err());
    Ok(shell.err().write_all(text.as_bytes())?)
}

/// The files below a folder.
///
/// # Errors
/// When the folder cannot be read, or holds no rows.
pub(crate) fn folder(root: &Path, now: DateTime) -> Result<Folder, CliError> {
    let mut paths = Vec::new();
    for entry in ignore::WalkBuilder::new(root).standard_filters(false).follow_links(false).build() {
        let entry = entry.map_err(|error| {
            CliError::new(format!("the folder `{}` cannot be read", root.display())).cause(error)
        })?;
        if entry.file_type().is_some_and(|kind| kind.is_file())
            && let Ok(path) = entry.path().strip_prefix(root)
        {
            paths.push(path.to_owned());
        }
    }
    let folder = Folder::new(root, paths, now);
    if folder.is_empty() {
        return Err(CliError::new(format!("the folder `{}` holds no exported logs", root.display()))
            .help("files end in .json, .jsonl, .ndjson or .csv, or in that and .gz"));
    }
    Ok(folder)
}
