//! `picket kql run`

use std::time::{SystemTime, UNIX_EPOCH};

use crate::cli::load::is_unreadable;
use crate::cli::output::human;
use crate::cli::queries::{Query, QueryArgs};
use crate::cli::{CliError, Exit, Shell};
use crate::diag::{Diagnostic, Severity};
use crate::exec::value::DateTime;
use crate::exec::{NoTables, RunOptions, codes};
use crate::report::{rows_csv, rows_json, rows_text};

/// Run a query on rows at hand, without a workspace.
///
/// The rows are those that the query writes out itself, as `datatable` and `range` do.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    queries: QueryArgs,
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

const EXAMPLES: &str = "\
Examples:
  echo 'range n from 1 to 3 step 1 | extend square = n * n' | picket kql run
  picket kql run --format json query.kql            for other programs
  picket kql run --at 2026-11-30T12:00:00Z query.kql  with a clock of your own

What cannot be computed offline is named before anything runs; nothing is guessed.
Errors in the query give exit code 1, a run that stops gives 2.";

fn time(text: &str) -> Result<DateTime, String> {
    DateTime::parse(text).ok_or_else(|| "a time is expected, such as 2026-11-30T12:00:00Z".to_owned())
}

impl RunArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let loaded = self.queries.load(shell)?;
        let mut findings: Vec<Diagnostic> = loaded.findings.clone();
        findings.retain(|finding| finding.severity == Severity::Error);
        let report = |findings: &[Diagnostic], shell: &mut Shell| -> Result<(), CliError> {
            let text = human(&loaded.sources, findings, shell.colors_err());
            Ok(shell.err().write_all(text.as_bytes())?)
        };
        if !findings.is_empty() {
            report(&findings, shell)?;
            return Ok(if findings.iter().any(is_unreadable) { Exit::Failed } else { Exit::Findings });
        }
        let query: &Query = match &loaded.queries[..] {
            [query] => query,
            [] => return Err(CliError::new("there is no query to run")),
            several => {
                let names: Vec<String> = several.iter().take(3).map(|query| loaded.name_of(query)).collect();
                let message = format!("{} queries were found, and one is run at a time", several.len());
                return Err(CliError::new(message).help(format!("name one file: {}", names.join(", "))));
            }
        };
        let program = match loaded.program(query) {
            Ok(program) => program,
            Err(findings) => {
                report(&findings, shell)?;
                return Ok(Exit::Findings);
            }
        };
        let options = RunOptions {
            memory: self.memory.saturating_mul(1 << 20),
            ..RunOptions::at(self.at.unwrap_or_else(clock))
        };
        match program.run(&NoTables, options) {
            Ok(table) => {
                let text = match self.format {
                    Shape::Text => rows_text(&table),
                    Shape::Json => rows_json(&table),
                    Shape::Csv => rows_csv(&table),
                };
                shell.out().write_all(text.as_bytes())?;
                Ok(Exit::Clean)
            }
            Err(error) => {
                report(&[query.in_place(codes::run_failed(&error))], shell)?;
                Ok(Exit::Failed)
            }
        }
    }
}

/// The time.
fn clock() -> DateTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let ticks = i64::try_from(since.as_nanos() / 100).unwrap_or(0);
    DateTime::from_unix_ticks(ticks).unwrap_or(DateTime::MIN)
}
