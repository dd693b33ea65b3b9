//! `picket drift`

use crate::cli::connect::{Wishes, azure_error, connect};
use crate::cli::environment::PlaceArgs;
use crate::cli::output::ShownFormat;
use crate::cli::select::SelectArgs;
use crate::cli::{CliError, Exit, Shell, load, runtime, wanted};
use crate::plan::{self, Candidate};
use crate::project::Wanted;
use crate::{deploy, report};

/// Show what in a workspace is no longer as the last apply left it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DriftArgs {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    selection: SelectArgs,
    /// How to write it.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: ShownFormat,
}

const EXAMPLES: &str = "\
Examples:
  picket drift --workspace prod                    what was changed, deleted or disabled since the last apply
  picket drift --workspace prod --format markdown  for an issue that a nightly run opens
  picket drift --target 'Rule A'                   only this rule, by id, name, file or folder

Every field counts, `enabled` as well. Content of others is left out, and so is what git changed since: that is
for `picket plan`. Exit codes: 0 all is as it was applied, 1 something drifted, 2 it could not be found out.";

impl DriftArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        self.place.in_each(self.format.style(), shell, |turn, shell| self.run_in(&turn.place, shell))
    }

    /// Looks at one workspace.
    fn run_in(&self, place: &PlaceArgs, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut opened = load::open(shell, false)?;
        let workspace = place.enter(&mut opened, shell)?;
        let inputs = load::read(&opened, &[], Wanted::Rules)?;
        // Rules with faults do not matter: what was applied is on record.
        let sourced = load::rules(&opened, &inputs);
        runtime()?.block_on(async {
            let connected = connect(&opened, &workspace, Wishes::default(), shell).await?;
            let target = &connected.target;
            let (desired, _) = wanted::wanted(&sourced.rules, &[], sourced.content, sourced.kql, target);
            let mut actual = deploy::read(&connected.workspace).await.map_err(azure_error)?;
            let owned = plan::owned(&actual, target);
            deploy::read_items(&connected.workspace, &mut actual, &owned).await.map_err(azure_error)?;
            let selector = self.selection.selector(&sourced.sources, &opened.folder);
            let keeps = |candidate: Candidate<'_>| selector.keeps(candidate);
            let mut drift = plan::drift(&desired, &actual, target, &keeps);
            for applied in wanted::applied(drift.unexplained(), &opened, target) {
                drift.explain(&applied);
            }
            connected.close().await?;
            selector.check()?;
            let text = match self.format {
                ShownFormat::Text => report::drift_text(&drift),
                ShownFormat::Json => report::drift_json(&drift),
                ShownFormat::Markdown => report::drift_markdown(&drift),
            };
            shell.out().write_all(text.as_bytes())?;
            Ok(if drift.is_any() { Exit::Findings } else { Exit::Clean })
        })
    }
}
