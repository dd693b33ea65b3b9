//! `picket plan`

use std::path::PathBuf;

use crate::cli::connect::Wishes;
use crate::cli::pipeline::{self, Planning, PlanningArgs, Stops};
use crate::cli::several::{Style, Turn, in_turns};
use crate::cli::{CliError, Exit, Shell, load, runtime, saved};
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
    /// Keep the plan in a file: as FILE.json for `picket apply FILE.json`, else as --format says.
    ///
    /// A plan that is kept for `apply` is shown as well. One with errors is not kept. Of an environment with several
    /// workspaces each has a file, such as FILE.prod-eu.json.
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
  picket plan --env prod                             the rules as [env.prod] has them, in each of its workspaces
  picket plan --prune                                with the rules that `apply --prune` would delete
  picket plan --target rules/rmm --exclude 'Rule A'  a part of it, by id, name, file or folder
  picket plan --out plan.json                        keeps it; `picket apply plan.json` does just that
  picket plan --format markdown --out plan.md        for the comment on a pull request
  picket plan --detailed-exitcode                    exit code 1 when something would change

Exit codes: 0 planned, 1 errors in the rules or the plan, or changes with --detailed-exitcode, 2 it could not
be planned.

A workspace is only read. What another project or a person made is never changed.";

impl PlanArgs {
    fn wishes(&self) -> Wishes {
        let stops = if self.format == PlanFormat::Json { Stops::Json } else { Stops::Human };
        Wishes { stops, ..Wishes::default() }
    }

    /// Runs the command.
    pub(crate) fn run(mut self, shell: &mut Shell) -> Result<Exit, CliError> {
        let turns = self.planning.scope.place.each(shell)?;
        let style = match self.format {
            PlanFormat::Human => Style::Text,
            PlanFormat::Json => Style::Json,
            PlanFormat::Markdown => Style::Markdown,
        };
        let out = self.out.clone();
        // What is no plan for `apply` is one text about all workspaces.
        let together = out.as_deref().filter(|path| turns.len() > 1 && !saved::is_plan(path));
        if together.is_some() {
            self.out = None;
            shell.keep();
        }
        let result = in_turns(&turns, style, shell, |turn, shell| {
            self.planning.scope.place = turn.place.clone();
            if together.is_none() {
                self.out = out.as_deref().map(|path| turn.file(path));
            }
            self.run_in(turn, shell)
        });
        if let Some(path) = together {
            load::write(path, shell.taken().as_bytes())?;
        }
        result
    }

    /// Plans for one workspace.
    fn run_in(&self, turn: &Turn, shell: &mut Shell) -> Result<Exit, CliError> {
        runtime()?.block_on(async {
            let planned = match pipeline::plan(&self.planning, self.wishes(), |_| Ok(()), shell).await? {
                Planning::Stopped(exit) => return Ok(exit),
                Planning::Planned(planned) => planned,
            };
            let has_errors = pipeline::warn(&planned, shell)?;
            let kept = self.out.as_deref().filter(|path| saved::is_plan(path));
            // What is kept for a later apply is shown as well, unless it would be the same again.
            let report_to = match kept {
                Some(path) if has_errors => {
                    writeln!(
                        shell.err(),
                        "{} was not written: a plan with errors is not kept",
                        path.display()
                    )?;
                    None
                }
                Some(path) => {
                    let document = report::kept_plan_json(&planned.plan, &planned.sources);
                    load::write(path, document.as_bytes())?;
                    None
                }
                None => self.out.as_deref(),
            };
            let colors = report_to.is_none() && shell.colors_out();
            let text = match self.format {
                PlanFormat::Human => {
                    let options = PlanHumanOptions { color: colors, full: self.full };
                    report::plan_human(&planned.plan, options)
                }
                PlanFormat::Json if kept.is_some() => String::new(),
                PlanFormat::Json => report::plan_json(&planned.plan, &planned.sources),
                PlanFormat::Markdown => report::plan_markdown(&planned.plan, PLAN_COMMENT_LENGTH / turn.of),
            };
            match report_to {
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
