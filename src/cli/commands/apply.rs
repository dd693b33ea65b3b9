//! `picket apply`

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;

use crate::azure::{Interrupt, Recorder};
use crate::cli::connect::{Connected, Wishes};
use crate::cli::output::count;
use crate::cli::pipeline::{self, Planned, Planning, PlanningArgs};
use crate::cli::progress::Bar;
use crate::cli::{CliError, Exit, Shell, runtime, signals};
use crate::deploy::{self, ApplyOptions, DEFAULT_CONCURRENCY, ErrorReport, Operation, Outcome, Workspace};
use crate::project;
use crate::report::{self, PlanHumanOptions};

/// Carry a plan out: create and update what the rules say, and nothing else.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    planning: PlanningArgs,
    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
    /// Changes made at a time.
    #[arg(long, default_value_t = DEFAULT_CONCURRENCY, value_name = "NUMBER", value_parser = concurrency)]
    concurrency: usize,
    /// Record requests and answers, one JSON line each, without credentials.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  picket apply                          to the local workspace; asks nothing
  picket apply --workspace prod         shows the plan, then asks
  picket apply --workspace prod --yes   without a terminal, as in CI
  picket apply --prune                  deletes what the project deployed and whose rule is gone
  picket apply rules/rmm                only these rules

Errors of `picket check` stop it before anything is written. An apply that was interrupted is
completed by running it again.";

fn concurrency(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=64) => Ok(number),
        _ => Err("expected a number from 1 to 64".to_owned()),
    }
}

impl ApplyArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let recorder = self.record.as_deref().map(record_to).transpose()?;
        runtime()?.block_on(async {
            let interrupt = Interrupt::default();
            let bar = Arc::new(Bar::new(shell.is_interactive()));
            let wishes = Wishes {
                recorder: recorder.clone(),
                observer: Some(Arc::clone(&bar) as _),
                interrupt: interrupt.clone(),
            };
            let can_ask = std::io::stdin().is_terminal() && shell.is_interactive();
            let allow = |connected: &Connected| self.allow(connected, can_ask);
            let exit = match pipeline::plan(&self.planning, wishes, allow, shell).await? {
                Planning::Stopped(exit) => exit,
                Planning::Planned(planned) => self.carry_out(*planned, interrupt, &bar, shell).await?,
            };
            if let Some(recorder) = &recorder {
                recorder.finish().map_err(|error| CliError::new("cannot record the traffic").cause(error))?;
            }
            Ok(exit)
        })
    }

    async fn carry_out(
        &self,
        planned: Planned,
        interrupt: Interrupt,
        bar: &Bar,
        shell: &mut Shell,
    ) -> Result<Exit, CliError> {
        let text =
            report::plan_human(&planned.plan, PlanHumanOptions { color: shell.colors_out(), full: false });
        shell.out().write_all(text.as_bytes())?;
        if pipeline::warn(&planned, shell)? {
            writeln!(shell.err(), "nothing was written")?;
            planned.connected.close().await?;
            return Ok(Exit::Findings);
        }
        if !planned.plan.has_changes() {
            planned.connected.close().await?;
            return Ok(Exit::Clean);
        }
        if !self.confirmed(&planned.connected, shell)? {
            writeln!(shell.err(), "nothing was written")?;
            planned.connected.close().await?;
            return Ok(Exit::Clean);
        }
        // Until here nothing was written, and a signal simply ends the process.
        signals::raise_on_signal(interrupt.clone());
        let options = ApplyOptions { concurrency: self.concurrency, interrupt };
        bar.start(planned.plan.pending().count());
        let outcome = deploy::apply(&planned.connected.workspace, &planned.plan, &options, bar).await;
        bar.finish();
        let name = planned.connected.name.clone();
        planned.connected.close().await?;
        write_outcome(&outcome, &name, shell)?;
        Ok(if outcome.is_complete() { Exit::Clean } else { Exit::Failed })
    }

    /// Refuses what could not be confirmed later. What is done to a workspace on this machine needs no leave.
    fn allow(&self, connected: &Connected, can_ask: bool) -> Result<(), CliError> {
        if self.yes || connected.is_local || can_ask {
            return Ok(());
        }
        Err(CliError::new(format!("`{}` is only changed after a confirmation", connected.name))
            .help("add `--yes` where nobody can be asked")
            .help("`picket plan` shows the changes and asks nothing"))
    }

    /// Whether the plan is to be carried out.
    fn confirmed(&self, connected: &Connected, shell: &mut Shell) -> Result<bool, CliError> {
        if self.yes || connected.is_local {
            return Ok(true);
        }
        write!(shell.err(), "Apply this to {}? [y/N] ", connected.workspace.describe())?;
        shell.err().flush()?;
        let mut answer = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut answer)
            .map_err(|error| CliError::new("cannot read the answer").cause(error))?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }
}

fn record_to(path: &std::path::Path) -> Result<Recorder, CliError> {
    let file = project::create(path).map_err(|error| {
        CliError::new(format!("cannot write {}", path.display()))
            .cause(project::describe(&error))
            .help("name a file in a folder that may be written to")
    })?;
    Ok(Recorder::new(file))
}

/// The most failures that are shown; the rest are counted.
const MAX_SHOWN: usize = 10;

fn write_outcome(outcome: &Outcome, name: &str, shell: &mut Shell) -> Result<(), CliError> {
    for failure in outcome.failed.iter().take(MAX_SHOWN) {
        let verb = match failure.item.operation {
            Operation::Create => "create",
            Operation::Update => "update",
            Operation::Delete => "delete",
            Operation::Refuse => "take over",
        };
        let noun = failure.item.key.kind.noun();
        let what = format!("cannot {verb} the {noun} '{}'", failure.item.display_name);
        let ErrorReport { message, help, request_id, .. } = &failure.error;
        let mut error = CliError::new(what).cause(message).helps(help.iter().cloned());
        if let Some(id) = request_id {
            error = error.help(format!("Microsoft's support finds it as request {id}"));
        }
        shell.error(&error);
    }
    if outcome.failed.len() > MAX_SHOWN {
        writeln!(shell.err(), "and {} more", outcome.failed.len() - MAX_SHOWN)?;
    }
    let done = |operation| {
        outcome
            .done
            .iter()
            .filter(|done| {
                done.item.operation == operation && done.item.key.kind != crate::arm::ResourceKind::Metadata
            })
            .count()
    };
    let mut parts = Vec::new();
    for (number, verb) in [
        (done(Operation::Create), "created"),
        (done(Operation::Update), "updated"),
        (done(Operation::Delete), "deleted"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {verb}"));
        }
    }
    if parts.is_empty() {
        parts.push(count(outcome.done.len(), "ownership record"));
    }
    let mut line = format!("applied to {name}: {}", parts.join(", "));
    if !outcome.is_complete() {
        let failed = outcome.failed.len();
        let skipped = outcome.skipped.len();
        line.push_str(&format!("; {} failed, {skipped} not begun", failed));
    }
    writeln!(shell.out(), "{line}")?;
    if outcome.interrupted {
        writeln!(shell.err(), "interrupted; `picket apply` again completes it")?;
    }
    Ok(())
}
