//! `picket pull`

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::connect::{Wishes, azure_error, connect};
use crate::cli::merging::{Decide, Merging};
use crate::cli::output::{count, human};
use crate::cli::select::SelectArgs;
use crate::cli::{CliError, Exit, Shell, diff, load, revision, runtime};
use crate::import::safe_name;
use crate::plan::{self, Candidate, Pulled};
use crate::project::{LOCAL_WORKSPACE, Wanted, shown};
use crate::yaml::emit::{self, Value};
use crate::{deploy, diag};

/// Write what was changed in a workspace into the rule files.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PullArgs {
    /// The workspace: `local`, which is the default, or one of picket.toml.
    #[arg(long, short, value_name = "NAME", env = "PICKET_WORKSPACE")]
    workspace: Option<String>,
    #[command(flatten)]
    selection: SelectArgs,
    /// Rules of others as well, and those of nobody.
    #[arg(long)]
    all: bool,
    /// The folder of new files, instead of the first folder of rules.
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
  picket pull --workspace prod --dry-run         what somebody changed in the portal, as a patch of the rule files
  picket pull --workspace prod                   write it; comments and all else in the files stay as they are
  picket pull --workspace prod --target 'Rule A' only this rule, by id, name, file or folder
  picket pull --workspace prod --all --out found rules that the portal or another tool made, as new files

What only git changed since the last apply is left alone. Where both changed an entry, the file keeps what it says, a
comment beside it tells what the workspace says, and the command ends with 1; `--ours` or `--theirs` decides at once.
Watchlists, functions and automation rules are not written. Exit codes: 0 done, 1 conflicts, 2 it could not be done.";

/// What became of one rule.
struct Outcome {
    id: String,
    name: String,
    file: String,
    what: &'static str,
    entries: Vec<&'static str>,
}

impl PullArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let opened = load::open(shell, false)?;
        let inputs = load::read(&opened, &[], Wanted::Rules)?;
        let sourced = load::rules(&opened, &inputs);
        let (pulled, others) = runtime()?.block_on(async {
            let name = self.workspace.as_deref().unwrap_or(LOCAL_WORKSPACE);
            let connected = connect(&opened, name, Wishes::default(), shell).await?;
            let target = &connected.target;
            let (desired, _) = plan::desired(&sourced.rules, target);
            let actual = deploy::read(&connected.workspace).await.map_err(azure_error)?;
            let selector = self.selection.selector(&sourced.sources, &opened.folder);
            let keeps = |candidate: Candidate<'_>| selector.keeps(candidate);
            let (mut pulled, others) = plan::pull(&desired, &actual, target, self.all, &keeps);
            let mut commits: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for it in &pulled {
                if let Some(commit) = it.unexplained() {
                    commits.entry(commit.to_owned()).or_default().push(it.key.name.clone());
                }
            }
            for (commit, ids) in commits {
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                let rules = revision::rules_with(&ids, &commit, &opened.project.root);
                let applied = plan::desired(&rules, target).0;
                pulled.iter_mut().for_each(|it| it.explain(&applied));
            }
            connected.close().await?;
            selector.check()?;
            Ok::<_, CliError>((pulled, others))
        })?;
        let decide = match (self.ours, self.theirs) {
            (true, _) => Decide::Ours,
            (_, true) => Decide::Theirs,
            _ => Decide::Mark,
        };
        let mut merging = Merging::new(&sourced.sources, decide);
        let mut outcomes = Vec::new();
        let folder = self.folder(&opened);
        let mut taken: BTreeSet<String> =
            inputs.files.iter().filter_map(|input| input.path.as_ref()).map(|path| folded(path)).collect();
        let mut new: Vec<(PathBuf, String)> = Vec::new();
        for rule in &pulled {
            let id = rule.key.name.clone();
            let outcome = |file: String, what, entries| Outcome {
                id: id.clone(),
                name: rule.display_name.clone(),
                file,
                what,
                entries,
            };
            match rule.origin {
                _ if rule.auto_disabled => {
                    outcomes.push(outcome(String::new(), "disabled by the service", Vec::new()));
                }
                Some(origin) => {
                    let merged = merging.merge(rule, origin);
                    if !merged.entries.is_empty() {
                        outcomes.push(outcome(merged.file, merged.what, merged.entries));
                    }
                }
                None => {
                    let path = free_path(&folder, rule, &mut taken);
                    outcomes.push(outcome(shown(&path, &opened.folder), "new", Vec::new()));
                    new.push((path, file_of(rule)));
                }
            }
        }
        let mut writes = new;
        for (source, text) in merging.texts() {
            let name = sourced.sources.get(source).map(|source| &*source.name);
            let input = inputs.files.iter().find(|input| Some(input.name.as_str()) == name);
            if let Some(path) = input.and_then(|input| input.path.clone()) {
                writes.push((path, text));
            }
        }
        for (path, text) in &writes {
            if self.dry_run {
                let old = std::fs::read_to_string(path).unwrap_or_default();
                if self.format == PullFormat::Text {
                    shell
                        .out()
                        .write_all(diff::unified(&shown(path, &opened.folder), &old, text).as_bytes())?;
                }
            } else {
                load::write(path, text.as_bytes())?;
            }
        }
        let mut findings = merging.findings;
        diag::sort(&mut findings);
        let text = human(&sourced.sources, &findings, shell.colors_err());
        shell.err().write_all(text.as_bytes())?;
        self.tell(&outcomes, others, shell)?;
        Ok(if findings.is_empty() { Exit::Clean } else { Exit::Findings })
    }

    /// Where new files go.
    fn folder(&self, opened: &load::Opened) -> PathBuf {
        let first =
            opened.project.config.rules.first().map_or(Path::new("rules"), |path| path.value.as_path());
        match &self.out {
            Some(out) => opened.folder.join(out),
            None => opened.project.root.join(first),
        }
    }

    fn tell(&self, outcomes: &[Outcome], others: usize, shell: &mut Shell) -> Result<(), CliError> {
        if self.format == PullFormat::Json {
            let rules: Vec<_> = outcomes
                .iter()
                .map(|it| {
                    json!({ "id": it.id, "displayName": it.name, "file": it.file, "what": it.what, "entries": it.entries })
                })
                .collect();
            let document = json!({
                "format": 1, "picket": env!("CARGO_PKG_VERSION"), "dryRun": self.dry_run, "rules": rules,
                "otherContent": others,
            });
            return Ok(writeln!(shell.out(), "{document:#}")?);
        }
        for it in outcomes {
            let place = if it.file.is_empty() { &it.id } else { &it.file };
            let entries =
                if it.entries.is_empty() { String::new() } else { format!(": {}", it.entries.join(", ")) };
            writeln!(shell.out(), "{place}: \"{}\" {}{entries}", it.name, it.what)?;
        }
        let changed = count(outcomes.len(), "rule");
        let verb = if self.dry_run { "would be pulled" } else { "pulled" };
        let left = match others {
            0 => String::new(),
            others => format!("; {} of other kinds left out", count(others, "resource")),
        };
        Ok(writeln!(shell.out(), "Pull: {changed} {verb}{left}")?)
    }
}

/// A new rule file.
fn file_of(rule: &Pulled) -> String {
    emit::document(&Value::mapping(rule.entries.iter().map(|(name, value)| (*name, value.clone()))))
}

/// Paths that some systems take for one.
fn folded(path: &Path) -> String {
    path.to_string_lossy().to_lowercase()
}

/// A path for the rule that no other has, named after the rule, or where that is taken, after its id as well.
fn free_path(folder: &Path, rule: &Pulled, taken: &mut BTreeSet<String>) -> PathBuf {
    let name = safe_name(&rule.display_name.to_lowercase());
    let id = safe_name(&rule.key.name);
    let names = [name.clone(), format!("{name}-{id}")].into_iter();
    let more = (2_u32..).map(|number| format!("{name}-{id}-{number}"));
    let mut paths = names.chain(more).map(|name| folder.join(format!("{name}.yaml")));
    let free = |path: &PathBuf| !path.exists() && taken.insert(folded(path));
    paths.find(free).unwrap_or_else(|| folder.join(format!("{id}.yaml")))
}
