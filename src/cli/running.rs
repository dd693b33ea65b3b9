//! Queries run on rows at hand: what the commands share that do so.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::span::{Since, clock, memory, since, time};
use super::subject::Subject;
use super::writing::WritingArgs;
use super::{CliError, Exit, Shell};
use crate::exec::value::DateTime;
use crate::exec::{NoTables, RunOptions, Tables, Within, codes};
use crate::hunt::Folder;

/// Where rows come from, and how the query is run.
#[derive(Debug, clap::Args)]
pub(crate) struct RunningArgs {
    /// A folder of exported logs: JSON, an event a line, or CSV, plain or .gz, or Parquet; the name of a file or folder names the table.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// Only rows from this time on, or so far back from now: 7d, 12h, 2026-11-30. What the query filters itself holds
    /// beside it.
    #[arg(long, visible_alias = "timespan", value_name = "TIME", value_parser = since)]
    pub(crate) since: Option<Since>,
    /// What `now()` says, such as 2026-11-30T12:00:00Z; the time of the run without.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) at: Option<DateTime>,
    /// How much memory rows may take, such as 512MB.
    #[arg(long, default_value = "2GB", value_name = "SIZE", value_parser = memory)]
    pub(crate) memory: usize,
}

impl RunningArgs {
    /// Runs the query, and writes its rows.
    ///
    /// # Errors
    /// When the folder of data cannot be read.
    pub(crate) fn run(
        &self,
        subject: &Subject<'_>,
        writing: &WritingArgs,
        shell: &mut Shell,
    ) -> Result<Exit, CliError> {
        let Some(program) = subject.program(shell)? else { return Ok(Exit::Findings) };
        let now = self.at.unwrap_or_else(clock);
        let options = RunOptions { memory: self.memory, ..RunOptions::at(now) };
        let folder = self.data.as_deref().map(|data| folder(data, now)).transpose()?;
        let tables: &dyn Tables = folder.as_ref().map_or(&NoTables, |folder| folder);
        let from = self.since.map_or(DateTime::MIN, |since| since.before(now));
        let within = Within { tables, from, to: DateTime::MAX };
        let ran = watched(folder.as_ref(), shell, || program.run(&within, options));
        if let Some(folder) = &folder {
            tell(folder, shell)?;
        }
        match ran {
            Ok(table) => {
                writing.write(&table, shell)?;
                let is_whole = folder.is_none_or(|folder| folder.bad_rows().1 == 0);
                Ok(if is_whole { Exit::Clean } else { Exit::Findings })
            }
            Err(error) => {
                subject.report(vec![codes::run_failed(&error)], shell)?;
                Ok(Exit::Failed)
            }
        }
    }
}

/// Runs `work` while a bar tells how far the reading of a folder is; there is none where standard error is no terminal.
pub(crate) fn watched<T>(folder: Option<&Folder>, shell: &Shell, work: impl FnOnce() -> T) -> T {
    let Some(folder) = folder.filter(|_| shell.is_interactive()) else { return work() };
    let bar = indicatif::ProgressBar::new(u64::try_from(folder.len()).unwrap_or(0));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                bar.set_position(u64::try_from(folder.files_read()).unwrap_or(0));
                bar.set_message(format!("{} rows", folder.rows_read()));
                std::thread::park_timeout(Duration::from_millis(100));
            }
            bar.finish_and_clear();
        });
        let made = work();
        done.store(true, Ordering::Relaxed);
        made
    })
}

/// What was read, and the rows that could not be.
///
/// # Errors
/// When that cannot be written.
pub(crate) fn tell(folder: &Folder, shell: &mut Shell) -> Result<(), CliError> {
    let (bad, count) = folder.bad_rows();
    for row in &bad {
        let column = row.column.as_ref().map_or_else(String::new, |column| format!("`{column}`: "));
        let place = if row.line == 0 { String::new() } else { format!(":{}", row.line) };
        writeln!(shell.err(), "{}{place}: {column}{}", row.path.display(), row.message)?;
    }
    if count > bad.len() {
        writeln!(shell.err(), "and {} rows more", count - bad.len())?;
    }
    let (rows, files) = (folder.rows_read(), folder.files_read());
    writeln!(shell.err(), "read {rows} rows of {files} files; {count} rows could not be read")?;
    Ok(())
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
            .help("files end in .json, .jsonl, .ndjson or .csv, or in that and .gz, or in .parquet"));
    }
    Ok(folder)
}
