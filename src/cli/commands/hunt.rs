//! `picket hunt`

#[cfg(all(feature = "azure", feature = "emulator"))]
use crate::azure::Cluster;
#[cfg(all(feature = "azure", feature = "emulator"))]
use crate::cli::connect::azure_error;
#[cfg(all(feature = "azure", feature = "emulator"))]
use crate::cli::environment::PlaceArgs;
use crate::cli::load;
#[cfg(all(feature = "azure", feature = "emulator"))]
use crate::cli::remote::{self, ClusterArgs, Place};
use crate::cli::running::RunningArgs;
use crate::cli::subject::with_subject;
use crate::cli::writing::WritingArgs;
use crate::cli::{CliError, Exit, Shell, completing};

/// Run the query of a rule over exported logs, over those of a workspace, or over those of a cluster.
///
/// Which table a file holds, its path says: `SigninLogs.jsonl`, `SigninLogs/2026/11/30/a.json.gz`, and the folders that the
/// data export of Log Analytics and the streaming of Defender write. Rows are read some at a time, on all cores; what the
/// query filters at its start is never held in memory.
///
/// With `--data` the query runs on this machine. With `--workspace` Log Analytics runs it, over the rule's own period or
/// `--since`; with `--cluster` Azure Data Explorer does.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct HuntArgs {
    /// The rule: its id, name or file; or a file of KQL.
    #[arg(value_name = "RULE", add = completing::rules())]
    rule: String,
    #[command(flatten)]
    running: RunningArgs,
    #[cfg(all(feature = "azure", feature = "emulator"))]
    #[command(flatten)]
    place: PlaceArgs,
    #[cfg(all(feature = "azure", feature = "emulator"))]
    #[command(flatten)]
    cluster: ClusterArgs,
    #[command(flatten)]
    writing: WritingArgs,
}

const EXAMPLES: &str = "\
Examples:
  picket hunt 'Rule A' --data logs                    the rows that the rule finds
  picket hunt rules/a.yaml --data logs --format csv   for a spreadsheet
  picket hunt query.kql --data logs --at 2026-11-30   as if it were that day
  picket hunt 'Rule A' --data logs --env prod         the rule as that environment has it
  picket hunt 'Rule A' --workspace prod --since 7d    on Log Analytics, over the last seven days
  picket hunt 'Rule A' --cluster https://sec.westeurope.kusto.windows.net --database logs

Queries of a workspace take the role Log Analytics Reader, those of a cluster the role Viewer of the database. A token is
only sent to clusters of Azure Data Explorer.
Exit codes: 0 it ran, 1 errors in the query, rows that could not be read or a partial answer, 2 the run stopped.";

impl HuntArgs {
    /// Runs the command.
    #[cfg(all(feature = "azure", feature = "emulator"))]
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut opened = load::open(shell, false)?;
        let workspace = match self.place.is_named() {
            true => Some(self.place.enter(&mut opened, shell)?),
            false => None,
        };
        let place = match (&self.cluster.cluster, &self.cluster.database, &workspace) {
            _ if self.running.data.is_some() => None,
            (Some(cluster), Some(database), _) => {
                Some(Place::Cluster { cluster: Cluster::parse(cluster).map_err(azure_error)?, database })
            }
            (_, _, Some(workspace)) => Some(Place::Workspace(workspace)),
            _ => None,
        };
        let Self { rule, running, writing, .. } = &self;
        with_subject(rule, &opened, shell, |subject, shell| match &place {
            Some(place) => remote::hunt(place, subject, running, writing, &opened, shell),
            None => running.run(subject, writing, shell),
        })
    }

    /// Runs the command.
    #[cfg(not(all(feature = "azure", feature = "emulator")))]
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let opened = load::open(shell, false)?;
        with_subject(&self.rule, &opened, shell, |subject, shell| {
            self.running.run(subject, &self.writing, shell)
        })
    }
}
