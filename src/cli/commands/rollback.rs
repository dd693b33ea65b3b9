//! `picket rollback`

use crate::cli::applying::{ApplyingArgs, Leave};
use crate::cli::connect::{Connected, Wishes};
use crate::cli::pipeline::{self, Planning, PlanningArgs};
use crate::cli::several::Turn;
use crate::cli::{CliError, Exit, Shell};
use crate::report::{self, PlanHumanOptions};

/// Bring a workspace to what the rules said at an older revision.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RollbackArgs {
    /// The commit, branch or tag whose rules are to be in the workspace.
    #[arg(value_name = "REVISION")]
    revision: String,
    #[command(flatten)]
    planning: PlanningArgs,
    #[command(flatten)]
    applying: ApplyingArgs,
    /// Show the plan, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

const EXAMPLES: &str = "\
Examples:
  picket rollback v1.4 --workspace prod --dry-run          what would change
  picket rollback HEAD~1 --workspace prod                  the rules before the last commit
  picket rollback HEAD~1 --workspace prod -t 'Rule A'      only this rule, by id, name, file or folder
  picket rollback HEAD~1 --workspace prod --prune          deletes the rules that came later as well

The files of the working folder stay as they are, and so do the settings: picket.toml counts as it is now. Rules that
came after the revision are left alone unless --prune is given. The next `picket apply` brings back what the files
say, so let git say the same soon, as with `git revert`.";

impl RollbackArgs {
    /// Runs the command.
    pub(crate) fn run(mut self, shell: &mut Shell) -> Result<Exit, CliError> {
        let place = self.planning.scope.place.clone();
        place.in_each(self.applying.style(), shell, |turn, shell| {
            self.planning.scope.place = turn.place.clone();
            self.run_in(turn, shell)
        })
    }

    /// Rolls one workspace back.
    fn run_in(&self, turn: &Turn, shell: &mut Shell) -> Result<Exit, CliError> {
        self.applying.of(turn).run(shell, async |wishes: Wishes, leave: Leave, shell: &mut Shell| {
            let dry_run = self.dry_run;
            let allow = |connected: &Connected| if dry_run { Ok(()) } else { leave.check(connected) };
            let planning = pipeline::rollback(&self.planning, &self.revision, wishes, allow, shell).await?;
            match planning {
                Planning::Planned(planned) if dry_run => {
                    let has_errors = pipeline::warn(&planned, shell)?;
                    let options = PlanHumanOptions { color: shell.colors_out(), full: false };
                    let text = report::plan_human(&planned.plan, options);
                    shell.out().write_all(text.as_bytes())?;
                    planned.connected.close().await?;
                    Ok(Planning::Stopped(if has_errors { Exit::Findings } else { Exit::Clean }))
                }
                other => Ok(other),
            }
        })
    }
}
