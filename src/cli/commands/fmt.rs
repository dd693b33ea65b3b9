//! `picket fmt`

use std::path::PathBuf;

use crate::cli::formatting::FormattingArgs;
use crate::cli::load;
use crate::cli::{CliError, Exit, Shell};
use crate::project::Wanted;
use crate::rule::write;

/// Write rule files in their one canonical form, comments kept.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct FmtArgs {
    /// Files and folders, `-` for standard input; without any, the rules of the project.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    formatting: FormattingArgs,
}

const EXAMPLES: &str = "\
Examples:
  picket fmt                   rewrite the rules of the project
  picket fmt --diff rules/rmm  show what would change in a folder
  picket fmt --check           name what would change, and exit with 1, as in CI
  picket fmt - < rule.yaml     standard input to standard output

Keys come in a fixed order, queries as blocks, lists as lists; what a rule does stays the same.
A file that cannot be read as rules is left as it is, and gives exit code 2.";

impl FmtArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let opened = load::open(shell, false)?;
        let inputs = load::read(&opened, &self.paths, Wanted::Rules)?;
        if !inputs.findings.is_empty() {
            return Err(load::config_error(&opened.sources, inputs.findings, shell));
        }
        self.formatting.run(&inputs, write::format, shell)
    }
}
