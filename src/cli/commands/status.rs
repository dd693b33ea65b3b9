//! `picket status`

use crate::cli::connect::{Wishes, azure_error, connect};
use crate::cli::environment::PlaceArgs;
use crate::cli::output::ShownFormat;
use crate::cli::select::SelectArgs;
use crate::cli::{CliError, Exit, Shell, fired, load, runtime, wanted};
use crate::plan::{self, Activity, Candidate};
use crate::project::{LOCAL_WORKSPACE, Wanted};
use crate::{deploy, report};

/// Show how what was deployed fares: what runs, fires, is silent, is disabled and by whom, what was changed since.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Over how many days it counts alerts; a rule that made none in them is silent.
    #[arg(long, value_name = "NUMBER", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=730))]
    days: u32,
    #[command(flatten)]
    selection: SelectArgs,
    /// How to write it.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ShownFormat,
}

const EXAMPLES: &str = "\
Examples:
  picket status --workspace prod                    each rule of the project: enabled, disabled, disabled by Azure, deleted
  picket status --workspace prod --days 90          when each fired last within 90 days, how often, and which never did
  picket status --workspace prod --format markdown  for an issue
  picket status --target rules/rmm                  only these rules, by id, name, file or folder

When rules fired is asked of the query API, which takes the role Log Analytics Reader; without it, the rest is shown.
Content of others is left out. Field by field, `picket drift` tells what was changed since the last apply, and ends
with 1 where something was. Exit codes: 0 shown, 2 it could not be found out.";

impl StatusArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        self.place.in_each(self.format.style(), shell, |turn, shell| self.run_in(&turn.place, shell))
    }

    /// Looks at one workspace.
    fn run_in(&self, place: &PlaceArgs, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut opened = load::open(shell, false)?;
        let workspace = place.enter(&mut opened, shell)?;
        let inputs = load::read(&opened, &[], Wanted::Rules)?;
        let sourced = load::rules(&opened, &inputs);
        runtime()?.block_on(async {
            let connected = connect(&opened, &workspace, Wishes::default(), shell).await?;
            let (desired, _) =
                wanted::wanted(&sourced.rules, &[], sourced.content, sourced.kql, &connected.target);
            let mut actual = deploy::read(&connected.workspace).await.map_err(azure_error)?;
            let owned = plan::owned(&actual, &connected.target);
            deploy::read_items(&connected.workspace, &mut actual, &owned).await.map_err(azure_error)?;
            let selector = self.selection.selector(&sourced.sources, &opened.folder);
            let keeps = |candidate: Candidate<'_>| selector.keeps(candidate);
            let drift = plan::drift(&desired, &actual, &connected.target, &keeps);
            let mut status = plan::status(&desired, &actual, &drift, &keeps);
            // In the workspace on this machine no rule runs.
            if workspace != LOCAL_WORKSPACE {
                let fired = fired::fired(&connected.destination, self.days, &Wishes::default()).await;
                let (fired, problem, help) = match fired {
                    Ok((fired, problem)) => (Some(fired), problem, Vec::new()),
                    Err(error) => (None, Some(error.to_string()), error.help()),
                };
                status.add_activity(Activity { days: self.days, problem, help }, fired);
            }
            connected.close().await?;
            selector.check()?;
            let text = match self.format {
                ShownFormat::Text => report::status_text(&status),
                ShownFormat::Json => report::status_json(&status),
                ShownFormat::Markdown => report::status_markdown(&status),
            };
            shell.out().write_all(text.as_bytes())?;
            Ok(Exit::Clean)
        })
    }
}
