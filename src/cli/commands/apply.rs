//! `picket apply`

use std::path::Path;

use crate::cli::applying::{ApplyingArgs, Leave};
use crate::cli::connect::{Connected, Wishes};
use crate::cli::pipeline::{self, Planning, PlanningArgs};
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
  picket apply --env prod               the rules as [env.prod] has them, to its workspace
  picket apply --workspace prod --yes   without a terminal, as in CI
  picket apply --prune                  deletes what the project deployed and whose rule is gone
  picket apply --target rules/rmm       only these rules
  picket apply plan.json                just what `picket plan --out plan.json` showed

A plan that was kept is refused when the workspace moved since, and when it is of another version, project or
workspace. Exit codes: 0 all is as planned, 1 errors in the rules or the plan stop it, 2 it could not be
carried out, or not all of it.

Errors of `picket check` stop it before anything is written. An apply that was interrupted is
completed by running it again.";

impl ApplyArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let kept = self.saved_plan()?;
        let planning = &self.planning;
        self.applying.run(shell, async |wishes: Wishes, leave: Leave, shell: &mut Shell| {
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

    /// The saved plan that is to be carried out, if one is named.
    fn saved_plan(&self) -> Result<Option<&Path>, CliError> {
        let PlanningArgs { scope, prune, prune_limit, adopt } = &self.planning;
        let [path] = scope.paths.as_slice() else { return Ok(None) };
        if !saved::is_plan(path) {
            return Ok(None);
        }
        if *prune || prune_limit.is_some() || *adopt || scope.selection.is_part() {
            return Err(CliError::new("a plan that was kept is carried out as it is").help(
                "leave out `--prune`, `--adopt`, `--target` and `--exclude`, or plan again with them",
            ));
        }
        Ok(Some(path))
    }
}
