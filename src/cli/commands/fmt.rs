//! `picket fmt`

use std::path::PathBuf;

use crate::cli::formatting::FormattingArgs;
use crate::cli::load::{self, Input};
use crate::cli::{CliError, Exit, Shell};
use crate::project::{Wanted, has_query_ending};
use crate::style;

/// Write files of rules, content and KQL in their one canonical form, comments kept.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct FmtArgs {
    /// Files and folders, `-` for a rule on standard input; without any, the rules, content and KQL of the project.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    formatting: FormattingArgs,
    /// Format the queries inside rules, too, as `queries = true` under `[format]` in picket.toml does.
    #[arg(long, overrides_with = "no_queries")]
    queries: bool,
    /// Leave the queries inside rules as they are, which is the default.
    #[arg(long, overrides_with = "queries")]
    no_queries: bool,
}

const EXAMPLES: &str = "\
Examples:
  picket fmt                   rewrite the rules, content and files of KQL of the project
  picket fmt --queries         the same, and the queries inside rules
  picket fmt --diff rules/rmm  show what would change in a folder
  picket fmt --check           name what would change, and exit with 1, as in CI
  picket fmt - < rule.yaml     standard input to standard output

Keys come in a fixed order, queries as blocks, lists as lists; what a rule does stays the same.
Queries inside rules keep their text, so that what was imported stays as its authors wrote it,
unless --queries is given or picket.toml says so, as a team's own rules should:

  [format]
  queries = true

The items of watchlists, which are CSV, and content in JSON stay as they are. A file that cannot be
read as rules or content is left as it is, and gives exit code 2. So does a query that does not parse;
the rest of its rule is formatted. Management commands in files of KQL are passed over.";

impl FmtArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let opened = load::open(shell, false)?;
        let inputs = load::read(&opened, &self.paths, Wanted::Queries)?;
        if !inputs.findings.is_empty() {
            return Err(load::config_error(&opened.sources, inputs.findings, shell));
        }
        let queries = !self.no_queries && (self.queries || opened.project.config.format.queries);
        let format = |source, input: &Input| match &input.path {
            Some(path) if has_query_ending(path) => style::kql(source, &input.text),
            Some(path) if opened.project.is_content(path) => style::content(source, &input.text, queries),
            _ => style::rules(source, &input.text, queries),
        };
        self.formatting.run(&inputs, format, shell)
    }
}
