//! `picket explain`

use crate::cli::{CliError, Exit, Shell, codes};
use crate::lint;

/// Say what a code means, why it matters, and how it is put right.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  picket explain PK501\n  picket explain unknown-tactic\n  picket explain"
)]
pub(crate) struct ExplainArgs {
    /// A code or the name of a lint; without one, all are listed.
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

impl ExplainArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let text = match &self.code {
            Some(code) => lint::describe(codes::find(code)?),
            None => list(),
        };
        shell.out().write_all(text.as_bytes())?;
        Ok(Exit::Clean)
    }
}

fn list() -> String {
    let all = codes::all();
    let width = all.iter().map(|meta| meta.name.len()).max().unwrap_or_default();
    let line = |meta: &&crate::diag::LintMeta| {
        format!(
            "{}  {:<width$}  {:<7}  {}\n",
            meta.code,
            meta.name,
            meta.level.as_str(),
            first_sentence(&meta.summary())
        )
    };
    all.iter().map(line).collect()
}

fn first_sentence(text: &str) -> String {
    text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.').to_owned()
}
