//! `picket kql check`

use crate::cli::load::is_unreadable;
use crate::cli::output::{Format, count, render};
use crate::cli::queries::QueryArgs;
use crate::cli::{CliError, Exit, Shell};
use crate::report::Counts;

/// Check queries: syntax, names, types, arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    queries: QueryArgs,
    /// How to write findings.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// Say nothing but findings.
    #[arg(long, short)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  picket kql check hunts/ rules/a.yaml          a folder, and the query of a rule
  picket kql check < hunt.kql                   standard input
  picket kql check a.kql --declarations t.json  with tables of one's own
  picket kql check hunts/ --format github       annotations on a pull request

Tables and functions of Sentinel, Log Analytics and Defender are known. Those that
picket.toml declares (`declarations`, by default the folder `kql`) are added.
Of rule files with defects that `picket import` mends, the queries are read all the same.
Errors give exit code 1. A file that cannot be read gives 2.";

impl CheckArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let loaded = self.queries.load(shell)?;
        let (_, findings) = loaded.visit(|_, _| ());
        let text = render(self.format, &loaded.sources, &findings, &loaded.about(), shell);
        shell.out().write_all(text.as_bytes())?;
        let counts = Counts::of(&findings);
        if self.format == Format::Human && !self.quiet {
            let queries = count(loaded.queries.len(), "query");
            writeln!(shell.out(), "checked {queries} in {}: {counts}", count(loaded.files, "file"))?;
        }
        Ok(match (findings.iter().any(is_unreadable), counts.errors) {
            (true, _) => Exit::Failed,
            (false, 0) => Exit::Clean,
            (false, _) => Exit::Findings,
        })
    }
}
