//! `picket emulator`

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

#[cfg(feature = "azure")]
use crate::azure::{Exchange, Recorder};
#[cfg(feature = "azure")]
use crate::cli::applying::record_to;
use crate::cli::query_check::Binding;
use crate::cli::{CliError, Exit, Shell, load, running, runtime, span};
use crate::emulator::{
    Absent, Alert, Chance, Chances, EmulatorError, EmulatorOptions, Fault, Store, Withheld, start,
};
#[cfg(feature = "azure")]
use crate::emulator::{Served, Traffic};

/// Run the local workspace alone: a server on this machine that answers as Azure does.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct EmulatorArgs {
    /// The address to listen on; port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:8085", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The file to keep resources in; without one they are gone when the server ends.
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// Resources on a page of a list.
    #[arg(long, default_value_t = 100, value_name = "NUMBER")]
    page_size: usize,
    /// Take the id of a deleted rule again at once, not only after a day.
    #[arg(long)]
    reuse_ids: bool,
    /// Throttle as Azure does.
    #[arg(long)]
    throttle: bool,
    /// Run each rule's query before it is saved, as Azure does, in a workspace with these tables; `all` for every
    /// table that picket knows. Without it no query is run.
    #[arg(long, value_name = "TABLE", value_delimiter = ',')]
    tables: Vec<String>,
    /// The alerts that rules have made, for `picket status`: rows of the table SecurityAlert with SystemAlertId, AlertType
    /// (the workspace's customerId, `_` and the id of the rule) and TimeGenerated, a JSON object a line.
    #[arg(long, value_name = "FILE")]
    alerts: Option<PathBuf>,
    /// Exported logs that the query API reads, as `picket hunt` does: JSON, an event a line, or CSV.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Go without these: subscription, resource-group, workspace, sentinel.
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    without: Vec<Absent>,
    /// Refuse these actions, `*` for any text, as if no role granted them: Microsoft.SecurityInsights/*/write.
    #[arg(long, value_name = "ACTION", value_delimiter = ',')]
    deny: Vec<String>,
    /// Make every Nth request fail: throttle=N, error=N, drop=N, lose=N; delay=MILLISECONDS, retry-after=SECONDS,
    /// pause=MILLISECONDS of a slow answer.
    #[arg(long = "fault", value_name = "NAME=NUMBER", value_delimiter = ',')]
    faults: Vec<Fault>,
    /// Make requests fail by chance, so many of each thousand: throttle, error (500), bad-gateway (502), unavailable
    /// (503), timeout (408), conflict (409), precondition (412), drop (no answer), lose (no answer, though all is
    /// done), late (504, though all is done), cut and short (half an answer), slow, or all.
    #[arg(long = "chance", value_name = "NAME=NUMBER", value_delimiter = ',')]
    chances: Vec<Chance>,
    /// Record requests and answers, one JSON line each, without credentials.
    #[cfg(feature = "azure")]
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// The seed of the chances: the same requests fail again with the same seed.
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    seed: u64,
}

const EXAMPLES: &str = "\
Examples:
  picket emulator                                     in memory, on port 8085
  picket emulator --listen 127.0.0.1:0 --store w.redb kept in a file, on any free port
  picket emulator --tables Heartbeat,SigninLogs       refuses queries of other tables
  picket emulator --data logs                         answers queries from exported logs
  picket emulator --deny '*/delete'                   refuses what needs these permissions
  picket emulator --fault throttle=5,delay=20         every fifth request is throttled
  picket emulator --record traffic.jsonl              keeps what it was asked and answered
  picket emulator --chance all=10 --seed 7            one of a hundred requests for each kind of failure

A workspace exists as soon as it is named. To deploy to it, give a workspace of picket.toml the key
`endpoint = \"http://127.0.0.1:8085\"`.";

impl EmulatorArgs {
    /// Runs the command until Ctrl-C.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut options = EmulatorOptions::new(self.store.map_or(Store::Memory, Store::File));
        options.listen = self.listen;
        options.page_size = self.page_size.max(1);
        options.enforce_rate = self.throttle;
        if !self.tables.is_empty() {
            options.query_check = Some(Arc::new(Binding::new(&self.tables)?));
        }
        if let Some(path) = &self.alerts {
            options.alerts = alerts(path)?;
        }
        if let Some(data) = &self.data {
            options.rows = Some(Arc::new(running::folder(data, span::clock())?));
        }
        options.withheld = Withheld { absent: self.without, denied: self.deny };
        options.faults = self.faults.into_iter().collect();
        options.faults.chances = Chances::new(self.seed).with_all(self.chances);
        if self.reuse_ids {
            options.deleted_id_window = None;
        } else {
            options.deleted_id_window = Some(Duration::from_secs(24 * 60 * 60));
        }
        #[cfg(feature = "azure")]
        let recorder = self.record.as_deref().map(record_to).transpose()?;
        #[cfg(feature = "azure")]
        {
            options.traffic =
                recorder.clone().map(|recorder| Arc::new(Recorded(recorder)) as Arc<dyn Traffic>);
        }
        let fail = |error: EmulatorError| CliError::from_error(&error, error.help());
        runtime()?.block_on(async {
            let running = start(options).await.map_err(fail)?;
            writeln!(shell.out(), "listening on {}", running.endpoint())?;
            shell.out().flush()?;
            tokio::signal::ctrl_c()
                .await
                .map_err(|error| CliError::new("cannot wait for Ctrl-C").cause(error))?;
            running.shutdown().await.map_err(fail)?;
            #[cfg(feature = "azure")]
            if let Some(recorder) = recorder {
                recorder.finish().map_err(|error| CliError::new("cannot record the traffic").cause(error))?;
            }
            Ok(Exit::Clean)
        })
    }
}

/// A record of the traffic in the form of those that `apply --record` writes.
#[cfg(feature = "azure")]
struct Recorded(Recorder);

#[cfg(feature = "azure")]
impl Traffic for Recorded {
    fn served(&self, served: Served<'_>) {
        let Served { method, url, request, status, response, headers } = served;
        let exchange = Exchange { method, url, request: request.as_ref(), status, response };
        self.0.record(exchange, headers.iter().map(|(name, value)| (name.as_str(), value.clone())));
    }
}

/// The alerts of a file of JSON lines.
fn alerts(path: &Path) -> Result<Vec<Alert>, CliError> {
    let unusable = |line: usize, cause: String| {
        CliError::new(format!("{}:{line} is no alert", path.display())).cause(cause).help(
            "write a JSON object a line: {\"SystemAlertId\": …, \"AlertType\": …, \"TimeGenerated\": …}",
        )
    };
    let text = load::read_file(path)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| {
            let row: Value =
                serde_json::from_str(line).map_err(|error| unusable(at + 1, error.to_string()))?;
            Alert::from_row(&row).map_err(|cause| unusable(at + 1, cause))
        })
        .collect()
}
