//! `picket doctor`

use crate::cli::connect::Destination;
use crate::cli::environment::PlaceArgs;
use crate::cli::several::Style;
use crate::cli::{CliError, Exit, Shell, examine, load, runtime};
use crate::doctor::Checkup;
use crate::report;

/// Check what a deployment needs: login, network, workspace, Sentinel, permissions, limits.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Look only for what `plan`, `drift`, `status` and `pull` need, not for what `apply` does.
    #[arg(long)]
    read_only: bool,
    /// How to write it.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: DoctorFormat,
}

/// How the checks are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum DoctorFormat {
    /// A line each.
    #[default]
    Text,
    /// One JSON document; `picket schema doctor` describes it.
    Json,
}

const EXAMPLES: &str = "\
Examples:
  picket doctor --workspace prod                what would keep a deployment to prod from working, and what to do
  picket doctor --workspace prod --read-only    for an identity that only plans
  picket doctor --workspace prod --format json  for a script

Nothing is changed. Secrets and tokens are never shown. Exit codes: 0 all is well, 1 something failed or wants a look,
2 it could not be found out, such as for a picket.toml that cannot be read.";

impl DoctorArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let style = match self.format {
            DoctorFormat::Text => Style::Text,
            DoctorFormat::Json => Style::Json,
        };
        self.place.in_each(style, shell, |turn, shell| self.run_in(&turn.place, shell))
    }

    /// Checks one workspace.
    fn run_in(&self, place: &PlaceArgs, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut opened = load::open(shell, false)?;
        let name = place.enter(&mut opened, shell)?;
        runtime()?.block_on(async {
            let destination = Destination::find(&opened, &name, shell).await?;
            let checks = examine::examine(&opened, &destination, self.read_only).await;
            destination.close().await?;
            let checkup = Checkup { workspace: name, checks };
            let text = match self.format {
                DoctorFormat::Text => report::doctor_text(&checkup),
                DoctorFormat::Json => report::doctor_json(&checkup),
            };
            shell.out().write_all(text.as_bytes())?;
            Ok(if checkup.is_well() { Exit::Clean } else { Exit::Findings })
        })
    }
}
