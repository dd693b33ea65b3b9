//! `picket apply`

use std::path::{Path, PathBuf};

use crate::cli::applying::{ApplyingArgs, Leave};
use crate::cli::connect::{Connected, Wishes};
use crate::cli::pipeline::{self, Planning, PlanningArgs};
use crate::cli::several::{Turn, in_turns};
use crate::cli::{CliError, Exit, Shell, saved};

/// Carry a plan out: create and update what the rules say, and nothing else.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    planning: PlanningArgs,
    #[command(flatten)]
    applying: ApplyingArgs,
}

const EXAMPLES: &str = "\
Examples:
  picket apply                          to the local workspace; asks nothing
  picket apply --workspace prod         shows the plan, then asks
  picket apply --env prod               the rules as [env.prod] has them, to each of its workspaces
  picket apply --workspace prod --yes   without a terminal, as in CI
  picket apply --prune                  deletes what the project deployed and whose rule is gone
  picket apply --target rules/rmm       only these rules
  picket apply plan.json                just what `picket plan --out plan.json` showed
  picket apply plan.*.json              the same for each workspace of an environment

A plan that was kept is refused when the workspace moved since, and when it is of another version, project or
workspace. Exit codes: 0 all is as planned, 1 errors in the rules or the plan stop it, 2 it could not be
carried out, or not all of it.

Errors of `picket check` stop it before anything is written. An apply that was interrupted is
completed by running it again.";

impl ApplyArgs {
    /// Runs the command.
    pub(crate) fn run(mut self, shell: &mut Shell) -> Result<Exit, CliError> {
        let kept = self.saved_plans()?;
        let place = self.planning.scope.place.clone();
        if kept.is_empty() {
            return place.in_each(self.applying.style(), shell, |turn, shell| {
                self.planning.scope.place = turn.place.clone();
                self.run_in(turn, None, shell)
            });
        }
        let of = kept.len();
        let turn = |path: &PathBuf| Turn { name: path.display().to_string(), place: place.clone(), of };
        let turns: Vec<Turn> = kept.iter().map(turn).collect();
        let mut paths = kept.iter();
        in_turns(&turns, self.applying.style(), shell, |turn, shell| {
            self.run_in(turn, paths.next().map(PathBuf::as_path), shell)
        })
    }

    /// Applies to one workspace.
    fn run_in(&self, turn: &Turn, kept: Option<&Path>, shell: &mut Shell) -> Result<Exit, CliError> {
        let planning = &self.planning;
        self.applying.of(turn).run(shell, async |wishes: Wishes, leave: Leave, shell: &mut Shell| {
            let allow = |connected: &Connected| leave.check(connected);
            match kept {
                Some(path) => {
                    let planned = saved::open(path, &planning.scope.place, wishes, allow, shell).await?;
                    Ok(Planning::Planned(Box::new(planned)))
                }
                None => pipeline::plan(planning, wishes, allow, shell).await,
            }
        })
    }

    /// The saved plans that are to be carried out, if some are named.
    fn saved_plans(&self) -> Result<Vec<PathBuf>, CliError> {
        let PlanningArgs { scope, prune, prune_limit, adopt } = &self.planning;
        let plans = scope.paths.iter().filter(|path| saved::is_plan(path)).count();
        if plans == 0 {
            return Ok(Vec::new());
        }
        if plans < scope.paths.len() {
            return Err(
                CliError::new("plans that were kept cannot stand beside rules").help("run the command twice")
            );
        }
        if *prune || prune_limit.is_some() || *adopt || scope.selection.is_part() {
            return Err(CliError::new("a plan that was kept is carried out as it is").help(
                "leave out `--prune`, `--adopt`, `--target` and `--exclude`, or plan again with them",
            ));
        }
        Ok(scope.paths.clone())
    }
}
