//! `picket backtest`

use std::path::{Path, PathBuf};

use crate::cli::load::{self, Opened};
use crate::cli::running::{folder, tell, watched};
use crate::cli::span::{Since, clock, memory, since};
use crate::cli::subject::{Subject, rule_of_file, with_rule};
use crate::cli::{CliError, Exit, Shell, completing};
use crate::exec::codes;
use crate::exec::value::{TICKS_PER_DAY, TimeSpan};
use crate::hunt::Folder;
use crate::project::{Wanted, has_rule_ending};
use crate::report::{BacktestReport, backtest_json, backtest_text};
use crate::testing::{Backtest, Stretch, backtest};

/// How long the stretch of time is where nobody says it.
const DEFAULT_STRETCH: TimeSpan = TimeSpan(7 * TICKS_PER_DAY);

/// Say how often a rule would have fired over a stretch of time, and what a changed rule would have added or lost.
///
/// The rule runs as the service would have run it: at each of its times, on the rows of its period, with threshold,
/// suppression, event grouping and incidents. An event counts as ingested when it was.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BacktestArgs {
    /// The rule: its id, name or file.
    #[arg(value_name = "RULE", add = completing::rules())]
    rule: String,
    /// A folder of exported logs, as `picket hunt` reads them.
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,
    /// The beginning: a time, or how long before the end. A week before it without.
    #[arg(long, value_name = "TIME", value_parser = since)]
    from: Option<Since>,
    /// The end: a time, or how long ago; now without.
    #[arg(long, value_name = "TIME", value_parser = since)]
    to: Option<Since>,
    /// The rule before: a rule file, or a revision of git (a commit, branch or tag) at which the same rule is taken.
    #[arg(long, value_name = "REVISION|FILE")]
    against: Option<String>,
    /// The rule as this environment of picket.toml has it.
    #[arg(long, short, value_name = "NAME", env = "PICKET_ENV", add = completing::environments())]
    env: Option<String>,
    /// How much memory rows may take, such as 512MB.
    #[arg(long, default_value = "2GB", value_name = "SIZE", value_parser = memory)]
    memory: usize,
    /// How to write it.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: BacktestFormat,
}

/// How a backtest is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum BacktestFormat {
    /// For a person.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

const EXAMPLES: &str = "\
Examples:
  picket backtest 'Rule A' --data logs                    the last seven days: runs, rows, alerts and incidents a day
  picket backtest 'Rule A' --data logs --from 2026-11-01 --to 2026-12-01
  picket backtest rules/a.yaml --data logs --against main what the rule as it is now adds or loses
  picket backtest 'Rule A' --data logs --against old.yaml --format json

Exit codes: 0 it ran, and with --against nothing changed; 1 something was added or lost, errors in the query, or rows that
could not be read; 2 the run stopped.";

impl BacktestArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let now = clock();
        let to = self.to.map_or(now, |to| to.before(now));
        let from = self.from.unwrap_or(Since::Ago(DEFAULT_STRETCH)).before(to);
        if from >= to {
            return Err(CliError::new(format!("the stretch of time ends before it begins: {from} to {to}")));
        }
        let stretch = Stretch { from, to };
        let opened = self.opened(shell)?;
        let folder = folder(&self.data, to)?;
        with_rule(&self.rule, &opened, shell, |subject, shell| {
            let Some(made) = self.made(subject, &folder, stretch, shell)? else { return Ok(Exit::Findings) };
            let rule = subject.rule.map_or("", |rule| rule.display_name());
            let exit = match &self.against {
                None => {
                    let report = BacktestReport { rule, stretch, backtest: &made, against: None };
                    self.write(&report, shell)?;
                    Exit::Clean
                }
                Some(against) => self.before(against, subject, &opened, shell, |before, shell| {
                    let Some(before) = self.made(before, &folder, stretch, shell)? else {
                        return Ok(Exit::Findings);
                    };
                    let changes = made.against(&before);
                    let is_same = changes.is_empty();
                    let against = Some((against.as_str(), &before, &changes));
                    self.write(&BacktestReport { rule, stretch, backtest: &made, against }, shell)?;
                    Ok(if is_same { Exit::Clean } else { Exit::Findings })
                })?,
            };
            tell(&folder, shell)?;
            Ok(if folder.bad_rows().1 == 0 { exit } else { exit.max(Exit::Findings) })
        })
    }

    fn opened(&self, shell: &Shell) -> Result<Opened, CliError> {
        let mut opened = load::open(shell, false)?;
        if let Some(env) = &self.env {
            opened.enter(env, shell)?;
        }
        Ok(opened)
    }

    /// Runs `command` on the rule before.
    fn before(
        &self,
        against: &str,
        subject: &Subject<'_>,
        opened: &Opened,
        shell: &mut Shell,
        command: impl FnOnce(&Subject<'_>, &mut Shell) -> Result<Exit, CliError>,
    ) -> Result<Exit, CliError> {
        let Some(rule) = subject.rule else { return Err(CliError::new("there is no rule to compare")) };
        let path = Path::new(against);
        if has_rule_ending(path) && path.is_file() {
            let inputs = load::read(opened, &[path.to_owned()], Wanted::Rules)?;
            let sourced = load::rules(opened, &inputs);
            let before = rule_of_file(rule, &sourced.rules, against)?;
            return match Subject::of_rule(before, &sourced, shell)? {
                Ok(subject) => command(&subject, shell),
                Err(exit) => Ok(exit),
            };
        }
        let mut then = self.opened(shell)?;
        then.read_from(against).map_err(|error| {
            if has_rule_ending(path) {
                error.help(format!("or check the path: there is no file `{against}`"))
            } else {
                error
            }
        })?;
        let id = rule.id.as_ref().map_or_else(|| rule.display_name().to_owned(), |id| id.value.clone());
        with_rule(&id, &then, shell, command)
    }

    /// What a rule makes of the logs; nothing where its query is wrong or stops, which is said.
    fn made(
        &self,
        subject: &Subject<'_>,
        folder: &Folder,
        stretch: Stretch,
        shell: &mut Shell,
    ) -> Result<Option<Backtest>, CliError> {
        let (Some(rule), Some(program)) = (subject.rule, subject.program(shell)?) else { return Ok(None) };
        let ran = watched(Some(folder), shell, || backtest(rule, &program, folder, stretch, self.memory));
        match ran {
            Ok(made) => Ok(Some(made)),
            Err(error) => {
                subject.report(vec![codes::run_failed(&error)], shell)?;
                Err(CliError::new("the backtest stopped"))
            }
        }
    }

    fn write(&self, report: &BacktestReport<'_>, shell: &mut Shell) -> Result<(), CliError> {
        let text = match self.format {
            BacktestFormat::Text => backtest_text(report),
            BacktestFormat::Json => backtest_json(report),
        };
        Ok(shell.out().write_all(text.as_bytes())?)
    }
}
