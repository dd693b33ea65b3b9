//! `picket retry`

use crate::cli::applying::{ApplyingArgs, Leave};
use crate::cli::connect::Wishes;
use crate::cli::environment::PlaceArgs;
use crate::cli::output::count;
use crate::cli::pipeline::{self, Planning, PlanningArgs, ScopeArgs};
use crate::cli::select::SelectArgs;
use crate::cli::several::Turn;
use crate::cli::{CliError, Exit, Shell, journal, load};

/// Apply what the last apply left: what failed, waited for data or was not begun.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RetryArgs {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    applying: ApplyingArgs,
}

const EXAMPLES: &str = "\
Examples:
  picket retry --workspace prod   what the last apply to prod left, as the rules are now

The journal of the workspace says what is left. What was applied since, by whomever, is not written again.";

impl RetryArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        self.place.in_each(self.applying.style(), shell, |turn, shell| self.run_in(turn, shell))
    }

    /// Completes the apply to one workspace.
    fn run_in(&self, turn: &Turn, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut opened = load::open(shell, false)?;
        let name = turn.place.enter(&mut opened, shell)?;
        let path = journal::file(&opened.project, &name);
        let left = if path.exists() { journal::left(&load::read_file(&path)?) } else { None };
        let Some(left) = left else {
            return Err(CliError::new(format!("nothing was applied to `{name}` from here yet"))
                .help("`picket apply` applies all rules"));
        };
        if left.keys.is_empty() {
            writeln!(shell.out(), "the apply of {} left nothing", left.began)?;
            return Ok(Exit::Clean);
        }
        writeln!(shell.err(), "the apply of {} left {}", left.began, count(left.keys.len(), "resource"))?;
        let planning = PlanningArgs {
            scope: ScopeArgs {
                paths: Vec::new(),
                place: PlaceArgs { env: self.place.env.clone(), workspace: Some(name) },
                selection: SelectArgs::default(),
                skip_tables: false,
                skip_items: false,
            },
            prune: left.deletes,
            prune_limit: None,
            adopt: false,
        };
        self.applying.of(turn).run(shell, async |wishes: Wishes, leave: Leave, shell: &mut Shell| {
            let planned =
                pipeline::plan(&planning, wishes, |connected| leave.check(connected), shell).await?;
            Ok(match planned {
                Planning::Planned(mut planned) => {
                    planned.plan.changes.retain(|change| left.keys.contains(&change.key));
                    planned.plan.orphans.clear();
                    Planning::Planned(planned)
                }
                stopped @ Planning::Stopped(_) => stopped,
            })
        })
    }
}
