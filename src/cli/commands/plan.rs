//! `picket plan`

use std::path::PathBuf;

use crate::cli::connect::Wishes;
use crate::cli::pipeline::{self, Planning, PlanningArgs};
use crate::cli::{CliError, Exit, Shell, load, runtime};
use crate::report::{self, PLAN_COMMENT_LENGTH, PlanHumanOptions};

/// Show what `apply` would change in a workspace, field by field.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    planning: PlanningArgs,
    /// How to write the plan.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: PlanFormat,
    /// Show every field of what would be created, not only an outline.
    #[arg(long)]
    full: bool,
    /// Exit with 1 when there is something to change.
    #[arg(long)]
    detailed_exitcode: bool,
    /// Write the plan to a file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// How a plan is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum PlanFormat {
    /// For a person.
    #[default]
    Human,
    /// One JSON document.
    Json,
    /// For the comment on a pull request.
    Markdown,
}

const EXAMPLES: &str = "\
Examples:
  picket plan                                        the project against the local workspace
  picket plan --workspace prod                       against [workspace.prod] of picket.toml
  picket plan --prune                                with the rules that `apply --prune` would delete
  picket plan --format markdown --out plan.md        for the comment on a pull request
  picket plan --detailed-exitcode                    exit code 1 when something would change

A workspace is only read. What another project or a person made is never changed.";

impl PlanArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        runtime()?.block_on(async {
            let planned = match pipeline::plan(&self.planning, Wishes::default(), |_| Ok(()), shell).await? {
                Planning::Stopped(exit) => return Ok(exit),
                Planning::Planned(planned) => planned,
            };
            let has_errors = pipeline::warn(&planned, shell)?;
            let colors = self.out.is_none() && shell.colors_out();
            let text = match self.format {
                PlanFormat::Human => {
                    let options = PlanHumanOptions { color: colors, full: self.full };
                    report::plan_human(&planned.plan, options)
                }
                PlanFormat::Json => report::plan_json(&planned.plan, &planned.loaded.sources),
                PlanFormat::Markdown => report::plan_markdown(&planned.plan, PLAN_COMMENT_LENGTH),
            };
            match &self.out {
                Some(path) => load::write(path, text.as_bytes())?,
                None => shell.out().write_all(text.as_bytes())?,
            }
            let pending = planned.plan.has_changes();
            planned.connected.close().await?;
            let findings = has_errors || (self.detailed_exitcode && pending);
            Ok(if findings { Exit::Findings } else { Exit::Clean })
        })
    }
}
