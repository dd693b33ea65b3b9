//! `picket kql fmt`

use std::path::PathBuf;

use crate::cli::formatting::FormattingArgs;
use crate::cli::load;
use crate::cli::{CliError, Exit, Shell};
use crate::project::Wanted;
use crate::style;

/// Write KQL in its one canonical style: an operator a line, comments kept.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct FmtArgs {
    /// Files of KQL and folders of them; standard input without any, or with `-`.
    #[arg(value_name = "FILE", default_value = load::STDIN)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    formatting: FormattingArgs,
}

const EXAMPLES: &str = "\
Examples:
  picket kql fmt hunts/*.kql          rewrite the files
  picket kql fmt --check hunts/*.kql  exit with 1 when one would change
  picket kql fmt --diff hunt.kql      show the change
  picket kql fmt - < hunt.kql         standard input to standard output

A file that does not parse is left as it is, and gives exit code 2.
Management commands are passed over.";

impl FmtArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let opened = load::open(shell, false)?;
        let inputs = load::read(&opened, &self.files, Wanted::Kql)?;
        self.formatting.run(&inputs, |source, input| style::kql(source, &input.text), shell)
    }
}
