//! What commands that write to a workspace share: from a plan to its outcome.

use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::azure::{Interrupt, Recorder};
use crate::deploy::{self, ApplyOptions, DEFAULT_CONCURRENCY, Outcome, RULE_WAITS, Workspace};
use crate::project;
use crate::report::{self, PlanHumanOptions};

use super::connect::{Connected, Wishes};
use super::journal::Scribe;
use super::outcome::{self, OutcomeFormat};
use super::output::{About, Format, render};
use super::pipeline::{self, Planned, Planning, Stops};
use super::progress::Bar;
use super::refusals::Placed;
use super::several::{Style, Turn};
use super::signals::Idle;
use super::{CliError, Exit, Shell, deleted, load, refusals, runtime, signals};

/// How a plan is carried out.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ApplyingArgs {
    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
    /// Changes made at a time.
    #[arg(long, default_value_t = DEFAULT_CONCURRENCY, value_name = "NUMBER", value_parser = concurrency)]
    concurrency: usize,
    /// How to write the outcome.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: OutcomeFormat,
    /// Write the outcome to a file, too, as the JSON document of `--format json`.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Succeed although rules wait for tables, columns or functions that the workspace does not have yet, or for an id
    /// that was deleted lately.
    #[arg(long)]
    allow_pending: bool,
    /// Record requests and answers, one JSON line each, without credentials.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

/// Whether a workspace may be written to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leave {
    yes: bool,
    can_ask: bool,
}

impl Leave {
    /// Refuses what could not be confirmed later. What is done to a workspace on this machine needs no leave.
    ///
    /// # Errors
    /// When nobody said yes and nobody can be asked.
    pub(crate) fn check(self, connected: &Connected) -> Result<(), CliError> {
        if self.yes || connected.is_local || self.can_ask {
            return Ok(());
        }
        Err(CliError::new(format!("`{}` is only changed after a confirmation", connected.name))
            .help("add `--yes` where nobody can be asked")
            .help("`picket plan` shows the changes and asks nothing"))
    }
}

fn concurrency(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=64) => Ok(number),
        _ => Err("expected a number from 1 to 64".to_owned()),
    }
}

impl ApplyingArgs {
    /// The same for one of several runs: each has files of its own.
    pub(crate) fn of(&self, turn: &Turn) -> Self {
        let file = |path: &Option<PathBuf>| path.as_deref().map(|path| turn.file(path));
        Self { report: file(&self.report), record: file(&self.record), ..self.clone() }
    }

    /// How several runs write their outcomes.
    pub(crate) fn style(&self) -> Style {
        match self.format {
            OutcomeFormat::Human => Style::Text,
            OutcomeFormat::Json => Style::Json,
        }
    }

    /// Plans with `planner`, asks, and carries the plan out.
    ///
    /// # Errors
    /// When it cannot be planned, or the traffic cannot be recorded.
    pub(crate) fn run(
        &self,
        shell: &mut Shell,
        planner: impl AsyncFnOnce(Wishes, Leave, &mut Shell) -> Result<Planning, CliError>,
    ) -> Result<Exit, CliError> {
        let recorder = self.record.as_deref().map(record_to).transpose()?;
        runtime()?.block_on(async {
            let interrupt = Interrupt::default();
            let scribe = Scribe::new(Bar::new(shell.is_interactive()));
            let wishes = Wishes {
                recorder: recorder.clone(),
                observer: Some(Arc::clone(&scribe) as _),
                interrupt: interrupt.clone(),
                stops: match self.format {
                    OutcomeFormat::Human => Stops::Human,
                    OutcomeFormat::Json => Stops::Json,
                },
                ..Wishes::default()
            };
            let can_ask = std::io::stdin().is_terminal() && shell.is_interactive();
            let leave = Leave { yes: self.yes, can_ask };
            let idle = Idle::begin();
            let exit = match planner(wishes, leave, shell).await? {
                Planning::Stopped(exit) => exit,
                Planning::Planned(planned) => {
                    self.carry_out(*planned, interrupt, idle, &scribe, shell).await?
                }
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
        idle: Idle,
        scribe: &Scribe,
        shell: &mut Shell,
    ) -> Result<Exit, CliError> {
        let mut planned = planned;
        if self.yes || planned.connected.is_local {
            // Nobody is asked, and the outcome says it again, with the place in the query.
            planned.plan.warnings.retain(|it| it.code != RULE_WAITS.code);
        }
        let text =
            report::plan_human(&planned.plan, PlanHumanOptions { color: shell.colors_out(), full: false });
        let is_json = self.format == OutcomeFormat::Json;
        let plan_to = if is_json { shell.err() } else { shell.out() };
        plan_to.write_all(text.as_bytes())?;
        if pipeline::warn(&planned, shell)? {
            if is_json {
                let warnings = &planned.plan.warnings;
                let document = render(Format::Json, &planned.sources, warnings, &About::default(), shell);
                shell.out().write_all(document.as_bytes())?;
            }
            writeln!(shell.err(), "nothing was written")?;
            planned.connected.close().await?;
            return Ok(Exit::Findings);
        }
        if !planned.plan.has_changes() {
            let nothing = Outcome::nothing(planned.connected.workspace.describe());
            if is_json {
                outcome::write_json(&nothing, shell)?;
            }
            self.report(&nothing)?;
            planned.connected.close().await?;
            return Ok(Exit::Clean);
        }
        if !self.confirmed(&planned.connected, shell)? {
            writeln!(shell.err(), "nothing was written")?;
            planned.connected.close().await?;
            return Ok(Exit::Clean);
        }
        deleted::keep(&planned, shell)?;
        scribe.begin(&planned)?;
        // Until here nothing was written.
        signals::raise_on_signal(interrupt.clone());
        drop(idle);
        let options =
            ApplyOptions { concurrency: self.concurrency, interrupt, allow_pending: self.allow_pending };
        scribe.bar().start(planned.plan.pending().count());
        let mut outcome = deploy::apply(&planned.connected.workspace, &planned.plan, &options, scribe).await;
        scribe.bar().finish();
        let name = planned.connected.name.clone();
        planned.connected.close().await?;
        refusals::name_tables(&mut outcome, &planned.plan);
        let journal = scribe.end(&outcome);
        self.report(&outcome)?;
        let placed = Placed { rules: &planned.rules, sources: &planned.sources };
        match self.format {
            OutcomeFormat::Human => outcome::write(&outcome, &placed, &name, shell)?,
            OutcomeFormat::Json => outcome::write_json(&outcome, shell)?,
        }
        journal?;
        let is_well = outcome.is_complete() || (self.allow_pending && outcome.is_complete_but_pending());
        Ok(if is_well { Exit::Clean } else { Exit::Failed })
    }

    /// Writes the outcome to the file that `--report` names.
    fn report(&self, outcome: &Outcome) -> Result<(), CliError> {
        match &self.report {
            Some(path) => load::write(path, outcome::json_text(outcome).as_bytes()),
            None => Ok(()),
        }
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

pub(crate) fn record_to(path: &Path) -> Result<Recorder, CliError> {
    let file = project::create(path).map_err(|error| {
        CliError::new(format!("cannot write {}", path.display()))
            .cause(project::describe(&error))
            .help("name a file in a folder that may be written to")
    })?;
    Ok(Recorder::new(file))
}
