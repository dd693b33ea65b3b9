//! `picket kql fmt`

use std::path::PathBuf;

use crate::cli::formatting::FormattingArgs;
use crate::cli::load;
use crate::cli::{CliError, Exit, Shell};
use crate::diag::Diagnostic;
use crate::kql::format::format;
use crate::text::{SourceId, Span};

/// Write KQL in its one canonical style: an operator a line, comments kept.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct FmtArgs {
    /// Files of KQL, `-` for standard input.
    #[arg(value_name = "FILE", required = true)]
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

A file that does not parse is left as it is, and gives exit code 2.";

impl FmtArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let opened = load::open(shell, false)?;
        let inputs = load::read(&opened, &self.files)?;
        let format = |source, text: &str| {
            let (formatted, found) = format(text);
            (formatted, found.into_iter().map(|finding| at_source(finding, source)).collect())
        };
        self.formatting.run(&inputs, format, shell)
    }
}

/// The finding of a text that is a whole source.
fn at_source(mut finding: Diagnostic, source: SourceId) -> Diagnostic {
    let place = |span: Span| Span::new(source, span.range);
    finding.primary.span = place(finding.primary.span);
    for label in &mut finding.secondary {
        label.span = place(label.span);
    }
    finding
}
