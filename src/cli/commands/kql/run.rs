//! `picket kql run`

use crate::cli::queries::QueryArgs;
use crate::cli::running::RunningArgs;
use crate::cli::subject::Subject;
use crate::cli::writing::WritingArgs;
use crate::cli::{CliError, Exit, Shell};

/// Run a query on rows at hand, without a workspace.
///
/// The rows are those that the query writes out itself, as `datatable` and `range` do, and those of exported logs.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    queries: QueryArgs,
    #[command(flatten)]
    running: RunningArgs,
    #[command(flatten)]
    writing: WritingArgs,
}

const EXAMPLES: &str = "\
Examples:
  echo 'range n from 1 to 3 step 1 | extend square = n * n' | picket kql run
  picket kql run --format json query.kql            for other programs
  picket kql run --data logs query.kql              on exported logs: logs/SigninLogs.jsonl and so on
  picket kql run --at 2026-11-30T12:00:00Z query.kql  with a clock of your own

What cannot be computed offline is named before anything runs; nothing is guessed.
Exit codes: 0 it ran, 1 errors in the query, or rows that could not be read, 2 the run stopped.";

impl RunArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let loaded = self.queries.load(shell)?;
        let subject = Subject::of_queries(&loaded, shell)?;
        subject.map_or_else(Ok, |subject| self.running.run(&subject, &self.writing, shell))
    }
}
