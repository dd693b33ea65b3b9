//! `picket adopt`

use crate::cli::applying::{ApplyingArgs, Leave};
use crate::cli::connect::{Connected, Wishes};
use crate::cli::pipeline::{self, Planning, ScopeArgs};
use crate::cli::several::Turn;
use crate::cli::{CliError, Exit, Shell};

/// Take over what exists in a workspace under the ids of rules and other content and belongs to nobody, without changing it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct AdoptArgs {
    #[command(flatten)]
    scope: ScopeArgs,
    #[command(flatten)]
    applying: ApplyingArgs,
}

const EXAMPLES: &str = "\
Examples:
  picket adopt --workspace prod                    shows what differs, then asks
  picket adopt --workspace prod --target 'Rule A'  only this rule
  picket adopt --workspace prod --yes              without a terminal, as in CI

Only ownership records are written, and the mark in the description of custom detections. What differs from
the files is a change that the next `picket plan` shows and the next `picket apply` makes. Content of another project is left out: `picket apply --adopt` takes
that over, and overwrites it.";

impl AdoptArgs {
    /// Runs the command.
    pub(crate) fn run(mut self, shell: &mut Shell) -> Result<Exit, CliError> {
        let place = self.scope.place.clone();
        place.in_each(self.applying.style(), shell, |turn, shell| {
            self.scope.place = turn.place.clone();
            self.run_in(turn, shell)
        })
    }

    /// Takes over what one workspace holds.
    fn run_in(&self, turn: &Turn, shell: &mut Shell) -> Result<Exit, CliError> {
        let scope = &self.scope;
        self.applying.of(turn).run(shell, async |wishes: Wishes, leave: Leave, shell: &mut Shell| {
            let allow = |connected: &Connected| leave.check(connected);
            let planning = pipeline::adoption(scope, wishes, allow, shell).await?;
            match planning {
                Planning::Planned(planned) if planned.plan.changes.is_empty() => {
                    let name = planned.connected.name.clone();
                    planned.connected.close().await?;
                    writeln!(
                        shell.err(),
                        "nothing to adopt: {name} holds nothing of the project that is nobody's"
                    )?;
                    Ok(Planning::Stopped(Exit::Clean))
                }
                other => Ok(other),
            }
        })
    }
}
