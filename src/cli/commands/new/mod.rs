//! `picket new`

mod choices;
mod questions;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::cli::asking::Terminal;
use crate::cli::load::{self, Opened};
use crate::cli::output::{count, human};
use crate::cli::{CliError, Exit, Shell};
use crate::diag::Severity as Level;
use crate::import::safe_name;
use crate::project::{Wanted, shown};
use crate::report::Counts;
use crate::rule::{RuleKind, Severity};
use crate::start::rule::{Draft, QueryFacts, first_query};

/// Write a rule: from options, or on a terminal from questions and answers.
///
/// Entities are proposed from the columns that the query returns, data connectors from the tables that it reads.
#[derive(Debug, Default, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct NewArgs {
    /// The name of the rule.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// What kind of rule it is; scheduled without.
    #[arg(long, value_enum, ignore_case = true, value_name = "KIND")]
    kind: Option<Kind>,
    /// The table that it reads, for a first query.
    #[arg(long, value_name = "TABLE", conflicts_with_all = ["query", "file"])]
    table: Option<String>,
    /// The condition of the first query, what stands behind `where`.
    #[arg(long = "where", value_name = "CONDITION", requires = "table")]
    condition: Option<String>,
    /// The query.
    #[arg(long, value_name = "KQL", conflicts_with = "file")]
    query: Option<String>,
    /// The file with the query, `-` for standard input.
    #[arg(long, short = 'f', value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: Option<PathBuf>,
    /// What the rule finds, in a sentence or two.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// The severity of its alerts; medium without.
    #[arg(long, value_enum, ignore_case = true, value_name = "SEVERITY")]
    severity: Option<Heaviness>,
    /// A tactic of ATT&CK; that of the technique without, where it has only one.
    #[arg(long, value_name = "TACTIC", value_delimiter = ',')]
    tactic: Vec<String>,
    /// A technique of ATT&CK, by its id or its name.
    #[arg(long, value_name = "TECHNIQUE")]
    technique: Vec<String>,
    /// How often it runs, such as 15m, 1h or 1d; an hour without.
    #[arg(long, value_name = "DURATION")]
    frequency: Option<String>,
    /// How far back it looks; as far as the last run without.
    #[arg(long, value_name = "DURATION")]
    period: Option<String>,
    /// An entity in a column: Account=UserPrincipalName, or with identifiers Host.HostName=Name,DnsDomain=Domain.
    #[arg(long, value_name = "TYPE=COLUMN")]
    entity: Vec<String>,
    /// Propose no entities.
    #[arg(long, conflicts_with = "entity")]
    no_entities: bool,
    /// The id; a random UUID without.
    #[arg(long, value_name = "UUID")]
    id: Option<String>,
    /// The file to write, `-` for standard output; without, one named as the rule in the first folder of rules.
    #[arg(long, short, value_name = "PATH", value_hint = clap::ValueHint::FilePath)]
    output: Option<PathBuf>,
}

/// A kind of rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Kind {
    /// Runs on a schedule and raises alerts.
    Scheduled,
    /// Runs about every minute and raises alerts.
    Nrt,
    /// Is run by an analyst.
    Hunting,
}

impl Kind {
    fn rule_kind(self) -> RuleKind {
        match self {
            Self::Scheduled => RuleKind::Scheduled,
            Self::Nrt => RuleKind::Nrt,
            Self::Hunting => RuleKind::Hunting,
        }
    }
}

/// A severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Heaviness {
    /// Informational.
    Informational,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
}

impl Heaviness {
    fn severity(self) -> Severity {
        match self {
            Self::Informational => Severity::Informational,
            Self::Low => Severity::Low,
            Self::Medium => Severity::Medium,
            Self::High => Severity::High,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  picket new                                   questions and answers
  picket new 'Log was cleared' --table SecurityEvent --where 'EventID == 1102' --technique T1070
  picket new 'Sign-in by an old client' -f query.kql --technique 'Valid Accounts' --tactic InitialAccess \\
    --severity high --frequency 15m --period 1h --entity Account=UserPrincipalName
  picket new 'Rare parents' --kind hunting --query 'DeviceProcessEvents | take 10' --output -

The rule is checked at once. `picket test --scaffold` proposes tests for it.

Exit codes: 0 written, 1 written and with errors, 2 the file is there already, or something is missing.";

impl NewArgs {
    /// Runs the command.
    pub(crate) fn run(mut self, shell: &mut Shell) -> Result<Exit, CliError> {
        let opened = load::open(shell, false)?;
        let is_incomplete =
            self.name.is_none() || (self.table.is_none() && self.query.is_none() && self.file.is_none());
        let is_answered = std::io::stdin().is_terminal() && shell.is_interactive();
        if is_incomplete && is_answered {
            questions::ask(&mut self, &opened, &mut Terminal, shell)?;
        }
        let draft = self.draft(&opened, shell)?;
        let text = draft.text();
        if self.output.as_deref() == Some(Path::new(load::STDIN)) {
            shell.out().write_all(text.as_bytes())?;
            return Ok(Exit::Clean);
        }
        let path = self.path(&opened, &draft.name);
        let name = shown(&path, &opened.folder);
        if std::fs::symlink_metadata(&path).is_ok() {
            return Err(
                CliError::new(format!("{name} is there already")).help("name another file with `--output`")
            );
        }
        load::write(&path, text.as_bytes())?;
        writeln!(shell.out(), "wrote {name}")?;
        checked(&path, &name, shell)
    }

    /// The file to write.
    fn path(&self, opened: &Opened, rule: &str) -> PathBuf {
        if let Some(path) = &self.output {
            return opened.folder.join(path);
        }
        let folder =
            opened.project.config.rules.first().map_or(Path::new("rules"), |path| path.value.as_path());
        // A project may name its rules file by file; a new one then goes beside the first.
        let folder = match folder.extension() {
            Some(_) => folder.parent().unwrap_or(Path::new("")),
            None => folder,
        };
        opened.project.root.join(folder).join(format!("{}.yaml", safe_name(&rule.to_lowercase())))
    }

    /// The rule that the options say.
    fn draft(&self, opened: &Opened, shell: &Shell) -> Result<Draft, CliError> {
        let catalog = &opened.catalog;
        let missing =
            |what: &str, help: &str| CliError::new(format!("a rule needs {what}")).help(help.to_owned());
        let name = self.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| missing("a name", "say it: `picket new 'NAME'`"))?;
        let kind = self.kind.unwrap_or(Kind::Scheduled).rule_kind();
        let query = match (&self.query, &self.file, &self.table) {
            (Some(query), ..) => query.clone(),
            (None, Some(file), _) => load::read_file_or_input(file)?,
            (None, None, Some(table)) => {
                let table = choices::table(table, opened.kql())?;
                first_query(table, self.condition.as_deref(), opened.kql(), catalog)
            }
            (None, None, None) => {
                return Err(missing("a query", "say it with `--table`, `--query` or `-f`"));
            }
        };
        let facts = QueryFacts::of(&query, opened.kql());
        if !facts.errors.is_empty() {
            return Err(choices::wrong_query(&query, &facts, shell));
        }
        let techniques = choices::techniques(&self.technique, catalog)?;
        let tactics = choices::tactics(&self.tactic, &techniques, catalog)?;
        let mappings = match (self.no_entities, self.entity.as_slice()) {
            (true, _) => Vec::new(),
            (false, []) => facts.entities(catalog),
            (false, entities) => choices::entities(entities, &facts, catalog)?,
        };
        let frequency = choices::duration(self.frequency.as_deref().unwrap_or("1h"))?;
        let period = self.period.as_deref().map_or_else(|| Ok(frequency.clone()), choices::duration)?;
        let description = match &self.description {
            Some(text) => text.trim().to_owned(),
            None => choices::description(kind, &facts, &frequency),
        };
        Ok(Draft {
            id: choices::id(self.id.as_deref())?.unwrap_or_else(|| Uuid::new_v4().to_string()),
            name: name.to_owned(),
            kind,
            description,
            severity: self.severity.unwrap_or(Heaviness::Medium).severity(),
            frequency,
            period,
            tactics,
            techniques: techniques.iter().map(|technique| technique.id.to_owned()).collect(),
            query,
            mappings,
            connectors: facts.connectors(catalog),
        })
    }
}

/// Says what is wrong with the new rule, and what to do next.
fn checked(path: &Path, name: &str, shell: &mut Shell) -> Result<Exit, CliError> {
    let opened = load::open(shell, false)?;
    let inputs = load::read(&opened, &[path.to_path_buf()], Wanted::Rules)?;
    let loaded = load::check(&opened, &inputs);
    let text = human(&loaded.sources, &loaded.findings, shell.colors_err());
    shell.err().write_all(text.as_bytes())?;
    let counts = Counts::of(&loaded.findings);
    writeln!(shell.out(), "checked {}: {counts}\n", count(loaded.rules.len(), "rule"))?;
    let quoted = if name.contains(' ') { format!("'{name}'") } else { name.to_owned() };
    writeln!(
        shell.out(),
        "Next:\n  picket test --scaffold {quoted} --write   tests from the conditions of its query"
    )?;
    let has_errors = loaded.findings.iter().any(|finding| finding.severity == Level::Error);
    Ok(if has_errors { Exit::Findings } else { Exit::Clean })
}
