//! `picket pull`

use std::path::PathBuf;

use crate::cli::connect::{Wishes, azure_error, connect};
use crate::cli::environment::PlaceArgs;
use crate::cli::load::{Opened, Sourced};
use crate::cli::merging::{Decide, Merging};
use crate::cli::new_files::NewFiles;
use crate::cli::output::{count, human};
use crate::cli::select::SelectArgs;
use crate::cli::several::Style;
use crate::cli::{CliError, Exit, Shell, diff, load, runtime, wanted};
use crate::plan::{self, Candidate, Pulled};
use crate::project::{Wanted, shown};
use crate::report::{PullOutcome, PulledFile};
use crate::{deploy, diag, report};

/// Write what was changed in a workspace into the files of rules and content.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PullArgs {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    selection: SelectArgs,
    /// Content of others as well, and that of nobody.
    #[arg(long)]
    all: bool,
    /// The folder of new files, instead of the first folders of rules and content; content goes into `content` below it.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Where both changed an entry, keep what the file says, without a comment.
    #[arg(long, conflicts_with = "theirs")]
    ours: bool,
    /// Where both changed an entry, take what the workspace says.
    #[arg(long)]
    theirs: bool,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// How to say what was written.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: PullFormat,
}

/// How it is said what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum PullFormat {
    /// For a person.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

const EXAMPLES: &str = "\
Examples:
  picket pull --workspace prod --dry-run         what somebody changed in the portal, as a patch of the files
  picket pull --workspace prod                   write it; comments and all else in the files stay as they are
  picket pull --workspace prod --target 'Rule A' only this rule, by id, name, file or folder
  picket pull --workspace prod --all --out found rules that the portal or another tool made, as new files

What only git changed since the last apply is left alone. Where both changed an entry, the file keeps what it says, a
comment beside it tells what the workspace says, and the command ends with 1; `--ours` or `--theirs` decides at once.
Of an environment with several workspaces, each is held against what the ones before it wrote.
Watchlists come with their items, functions as files of KQL where these can hold them. Exit codes: 0 done, 1 conflicts, 2 it could not be done.";

impl PullArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let style = match self.format {
            PullFormat::Text => Style::Text,
            PullFormat::Json => Style::Json,
        };
        self.place.in_each(style, shell, |turn, shell| self.run_in(&turn.place, shell))
    }

    /// Pulls from one workspace.
    fn run_in(&self, place: &PlaceArgs, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut opened = load::open(shell, false)?;
        let workspace = place.enter(&mut opened, shell)?;
        let inputs = load::read(&opened, &[], Wanted::Rules)?;
        let sourced = load::rules(&opened, &inputs);
        let (pulled, others) = runtime()?.block_on(self.read(&opened, &workspace, &sourced, shell))?;
        let decide = match (self.ours, self.theirs) {
            (true, _) => Decide::Ours,
            (_, true) => Decide::Theirs,
            _ => Decide::Mark,
        };
        let mut merging = Merging::new(&sourced.sources, &opened.folder, decide, sourced.kql);
        let mut new = NewFiles::new(&opened, self.out.as_deref(), &sourced.sources);
        let mut outcomes = Vec::new();
        for it in &pulled {
            let outcome = |file: String, what, entries| PulledFile {
                id: it.key.name.clone(),
                display_name: it.display_name.clone(),
                file,
                what,
                entries,
            };
            match it.origin {
                _ if it.auto_disabled => {
                    outcomes.push(outcome(String::new(), PullOutcome::Disabled, Vec::new()));
                }
                Some(origin) => {
                    let merged = merging.merge(it, sourced.sources.real(origin));
                    if !merged.entries.is_empty() {
                        outcomes.push(outcome(merged.file, merged.what, merged.entries));
                    }
                }
                None => {
                    let path = new.add(it);
                    outcomes.push(outcome(shown(&path, &opened.folder), PullOutcome::New, Vec::new()));
                }
            }
        }
        for (path, text) in new.files.into_iter().chain(merging.texts()) {
            if self.dry_run {
                let old = std::fs::read_to_string(&path).unwrap_or_default();
                if self.format == PullFormat::Text {
                    let patch = diff::unified(&shown(&path, &opened.folder), &old, &text);
                    shell.out().write_all(patch.as_bytes())?;
                }
            } else {
                load::write(&path, text.as_bytes())?;
            }
        }
        let mut findings = merging.findings;
        diag::sort(&mut findings);
        let text = human(&sourced.sources, &findings, shell.colors_err());
        shell.err().write_all(text.as_bytes())?;
        self.tell(&outcomes, others, shell)?;
        Ok(if findings.is_empty() { Exit::Clean } else { Exit::Findings })
    }

    /// Reads the workspace.
    async fn read(
        &self,
        opened: &Opened,
        workspace: &str,
        sourced: &Sourced<'_>,
        shell: &Shell,
    ) -> Result<(Vec<Pulled>, usize), CliError> {
        let connected = connect(opened, workspace, Wishes::default(), shell).await?;
        let target = &connected.target;
        let Sourced { rules, own, content, kql, .. } = sourced;
        let (desired, _) = wanted::wanted(rules, own, content, kql, target);
        let mut actual = deploy::read(&connected.workspace).await.map_err(azure_error)?;
        let of = match self.all {
            true => actual.iter().map(|it| it.key.clone()).collect(),
            false => plan::owned(&actual, target),
        };
        let items = deploy::read_items(&connected.workspace, &mut actual, &of).await.map_err(azure_error)?;
        let selector = self.selection.selector(&sourced.sources, &opened.folder);
        let keeps = |candidate: Candidate<'_>| selector.keeps(candidate);
        let (mut pulled, others) = plan::pull(&desired, &actual, items, target, self.all, &keeps);
        let unexplained = pulled.iter().filter_map(|it| Some((&it.key, it.unexplained()?)));
        let applied = wanted::applied(unexplained, opened, target);
        for applied in applied {
            pulled.iter_mut().for_each(|it| it.explain(&applied));
        }
        connected.close().await?;
        selector.check()?;
        Ok((pulled, others))
    }

    fn tell(&self, outcomes: &[PulledFile], others: usize, shell: &mut Shell) -> Result<(), CliError> {
        if self.format == PullFormat::Json {
            let text = report::pull_json(outcomes, others, self.dry_run);
            return Ok(shell.out().write_all(text.as_bytes())?);
        }
        for it in outcomes {
            let place = if it.file.is_empty() { &it.id } else { &it.file };
            let entries =
                if it.entries.is_empty() { String::new() } else { format!(": {}", it.entries.join(", ")) };
            writeln!(shell.out(), "{place}: \"{}\" {}{entries}", it.display_name, it.what.as_str())?;
        }
        let changed = count(outcomes.len(), "resource");
        let verb = if self.dry_run { "would be pulled" } else { "pulled" };
        let left = match others {
            0 => String::new(),
            others => format!("; {others} that no file can hold left out"),
        };
        Ok(writeln!(shell.out(), "Pull: {changed} {verb}{left}")?)
    }
}
