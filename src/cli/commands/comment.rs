//! `picket comment`

use std::path::PathBuf;

use clap::Parser;

use crate::cli::environment::PlaceArgs;
use crate::cli::{Cli, CliError, Exit, Shell, dispatch, load};
use crate::report;

/// Write one comment for a pull request: findings, tests, what changes in the coverage of ATT&CK, and the plan.
///
/// Its first line is a mark by which a pipeline finds the comment that it wrote before. It is cut to what a comment on GitHub
/// holds: differences go first, and how many are left out is said.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CommentArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Plan what `apply --prune` would do.
    #[arg(long)]
    prune: bool,
    /// Show what changed in the coverage since this revision of git, and leave that out without.
    #[arg(long, value_name = "REVISION")]
    since: Option<String>,
    /// Leave the plan out, for pull requests that may not read the workspace.
    #[arg(long, conflicts_with_all = ["workspace", "env", "prune"])]
    no_plan: bool,
    /// Write it to a file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  picket comment --workspace prod --prune --since origin/main --out comment.md
  picket comment --no-plan --since origin/main    without a workspace, as for a fork

Exit codes: 0 nothing to report, 1 findings, tests that fail or errors in the plan, 2 a part could not be made; the comment
says which.";

impl CommentArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut parts =
            vec![vec!["check", "--format", "markdown"], vec!["test", "--allow-none", "--format", "markdown"]];
        if let Some(revision) = &self.since {
            parts.push(vec!["coverage", "--format", "markdown", "--diff", revision]);
        }
        let mut plan = vec!["plan", "--format", "markdown"];
        for (name, value) in [("--workspace", &self.place.workspace), ("--env", &self.place.env)] {
            plan.extend(value.iter().flat_map(|value| [name, value.as_str()]));
        }
        if self.prune {
            plan.push("--prune");
        }
        if !self.no_plan {
            parts.push(plan);
        }
        let mut exit = Exit::Clean;
        let mut texts = Vec::new();
        for part in parts {
            let (text, ended) = made(&part, shell)?;
            texts.push(text);
            exit = exit.max(ended);
        }
        let text = report::comment(&texts, report::COMMENT_LENGTH);
        match &self.out {
            Some(path) => load::write(path, text.as_bytes())?,
            None => shell.out().write_all(text.as_bytes())?,
        }
        Ok(exit)
    }
}

/// What the command `part` writes, and how it ends. Where it fails the text says so, and the error goes to standard error.
fn made(part: &[&str], shell: &mut Shell) -> Result<(String, Exit), CliError> {
    let name = part.first().copied().unwrap_or_default();
    let failed =
        |error: &dyn std::fmt::Display| CliError::new(format!("`picket {name}` cannot be run")).cause(error);
    let cli = Cli::try_parse_from(["picket"].iter().chain(part)).map_err(|error| failed(&error))?;
    shell.keep();
    let ended = dispatch(cli.command, shell);
    let text = shell.taken();
    match ended {
        Ok(exit) => Ok((text, exit)),
        Err(error) => {
            shell.error(&error);
            Ok((report::comment_failure(name, &error.message), Exit::Failed))
        }
    }
}
