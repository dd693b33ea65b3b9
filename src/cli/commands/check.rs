//! `picket check`

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::cli::load::{self, Inputs, Loaded, Opened, is_unreadable};
use crate::cli::output::{About, Format, count, render};
use crate::cli::revision::rules_at;
use crate::cli::{CliError, Exit, Shell, baseline, codes, completing, diff};
use crate::diag::{Applicability, Code, Confidence, Diagnostic, carry_out};
use crate::lint;
use crate::project::Wanted;
use crate::report::Counts;
use crate::text::Span;

/// Rounds of fixing before picket gives up on fixes that keep making new ones.
const MAX_ROUNDS: usize = 10;

/// Check rules for what the service would refuse and what would not work as meant.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CheckArgs {
    /// Files and folders to check, `-` for standard input; without any, the rules of the project.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to write findings.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// Carry out safe fixes.
    #[arg(long)]
    fix: bool,
    /// Carry out fixes that may change what a rule does, too.
    #[arg(long, visible_alias = "unsafe")]
    unsafe_fixes: bool,
    /// Show what fixes would change, and write nothing.
    #[arg(long)]
    diff: bool,
    /// Count findings by code instead of showing each.
    #[arg(long)]
    statistics: bool,
    /// Count warnings as errors.
    #[arg(long)]
    strict: bool,
    /// Report only these codes, names or starts of codes (PK5).
    #[arg(long, value_name = "CODE", value_delimiter = ',', add = completing::codes())]
    select: Vec<String>,
    /// Do not report these codes, names or starts of codes.
    #[arg(long, value_name = "CODE", value_delimiter = ',', add = completing::codes())]
    ignore: Vec<String>,
    /// Report only findings that are at least this sure, whatever the preset.
    #[arg(long, value_enum, value_name = "CONFIDENCE")]
    min_confidence: Option<MinConfidence>,
    /// Report only what is not in this baseline, instead of that of picket.toml.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the baseline: all findings if there is none yet, else take out of it what is mended.
    #[arg(long)]
    write_baseline: bool,
    /// Let the baseline grow when it is written.
    #[arg(long, requires = "write_baseline")]
    allow_growth: bool,
    /// Hold rules against this version of ATT&CK instead of the one in picket.toml.
    #[arg(long, value_name = "VERSION")]
    attack: Option<String>,
    /// Report rules that changed since this revision of git under the same version.
    #[arg(long, value_name = "REVISION")]
    since: Option<String>,
    /// Check the rules as this environment of picket.toml has them.
    #[arg(long, short, value_name = "NAME", conflicts_with_all = OF_FILES, add = completing::environments())]
    env: Option<String>,
    /// Check the rules as each environment of picket.toml has them.
    #[arg(long, conflicts_with = "env", conflicts_with_all = OF_FILES)]
    all_envs: bool,
    /// Say nothing but findings.
    #[arg(long, short)]
    quiet: bool,
}

/// What is about rules as their files say them.
const OF_FILES: [&str; 5] = ["fix", "unsafe_fixes", "diff", "write_baseline", "since"];

/// How sure a finding has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum MinConfidence {
    /// Any.
    Low,
    /// All but guesses.
    Medium,
    /// Only what follows from the rule and the facts.
    High,
}

impl From<MinConfidence> for Confidence {
    fn from(least: MinConfidence) -> Self {
        match least {
            MinConfidence::Low => Self::Low,
            MinConfidence::Medium => Self::Medium,
            MinConfidence::High => Self::High,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  picket check                          the rules of the project
  picket check rules/rmm new-rule.yaml  a folder and a file
  picket check --fix                    mend what has one certain remedy
  picket check --fix --diff             show it first
  picket check --since origin/main      rules that changed need a new version
  picket check --select PK5             only what concerns ATT&CK
  picket check --format github          annotations on a pull request
  picket check --format markdown        a comment for it
  picket check --env prod               the rules as [env.prod] of picket.toml has them
  picket check - < rule.yaml            standard input

Errors give exit code 1, warnings do so with --strict. A file that cannot be read gives 2.
A comment `# picket: ignore[PK501] reason` suppresses a finding on its line, and so does
`// picket: ignore[PK701] reason` in a query; `[[lint.ignore]]` in picket.toml does so in
whole paths. A baseline file lets what is there already pass: --write-baseline makes it,
and after that only ever takes out what was mended.";

impl CheckArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let mut opened = load::open(shell, self.strict)?;
        if let Some(version) = &self.attack {
            opened.use_attack(version)?;
        }
        if let Some(least) = self.min_confidence {
            opened.settings.set_min_confidence(least.into());
        }
        let filter = Filter::new(&self.select, &self.ignore)?;
        let mut inputs = load::read(&opened, &self.paths, Wanted::Rules)?;
        if let Some(since) = &self.since {
            inputs.before = rules_at(since, &opened.folder)?;
        }
        if let Some(env) = &self.env {
            opened.enter(env, shell)?;
        }
        let mut loaded = match self.all_envs {
            true => in_all_envs(&mut opened, &inputs, shell)?,
            false => load::check(&opened, &inputs),
        };
        if self.fix || self.unsafe_fixes || self.diff {
            loaded = self.fix(&opened, &mut inputs, loaded, &filter, shell)?;
        }
        self.settle_baseline(&opened, &mut loaded, shell)?;
        let Loaded { sources, findings, rules, ids, .. } = &mut loaded;
        filter.apply(findings);
        let is_incomplete = findings.iter().any(is_unreadable);
        let fixed_stdin =
            (self.fix || self.unsafe_fixes) && inputs.files.iter().any(|input| input.path.is_none());
        let text = if self.statistics && self.format == Format::Human {
            statistics(findings)
        } else {
            let about = About { subjects: lint::subjects(sources, rules), checked: ids.clone() };
            render(self.format, sources, findings, &about, shell)
        };
        // Standard output then holds the fixed text.
        let to_stderr = fixed_stdin || self.diff;
        let out = if to_stderr { shell.err() } else { shell.out() };
        out.write_all(text.as_bytes())?;
        let counts = Counts::of(findings);
        if self.format == Format::Human && !self.quiet {
            let rules = count(rules.len(), "rule");
            let files = count(inputs.files.len() + inputs.faults.len(), "file");
            writeln!(out, "checked {rules} in {files}: {counts}")?;
            let fixable = findings.iter().filter(|finding| is_safe(finding)).count();
            if fixable > 0 {
                writeln!(out, "{} can be fixed with `picket check --fix`", count(fixable, "finding"))?;
            }
        }
        Ok(match (is_incomplete, counts.errors) {
            (true, _) => Exit::Failed,
            (false, 0) => Exit::Clean,
            (false, _) => Exit::Findings,
        })
    }

    /// Writes the baseline where that was asked for, and takes what it knows out of the findings.
    fn settle_baseline(
        &self,
        opened: &Opened,
        loaded: &mut Loaded,
        shell: &mut Shell,
    ) -> Result<(), CliError> {
        let file = baseline::file(opened, self.baseline.as_deref());
        match (file, self.write_baseline) {
            (None, false) => Ok(()),
            (None, true) => Err(CliError::new("there is no file to write the baseline to").help(
                "name it with `--baseline FILE`, or in picket.toml: `[lint] baseline = \"picket-baseline.json\"`",
            )),
            (Some(file), write) => {
                if write {
                    let done = baseline::write(&file, loaded, self.allow_growth)?;
                    if !self.quiet {
                        writeln!(shell.err(), "{done}")?;
                    }
                }
                baseline::apply(opened, &file, loaded)
            }
        }
    }

    /// Carries fixes out, in memory first, round by round until none is left; then writes or shows them.
    fn fix(
        &self,
        opened: &Opened,
        inputs: &mut Inputs,
        mut loaded: Loaded,
        filter: &Filter,
        shell: &mut Shell,
    ) -> Result<Loaded, CliError> {
        let before: Vec<String> = inputs.files.iter().map(|input| input.text.clone()).collect();
        let mut total = 0;
        for _ in 0..MAX_ROUNDS {
            let mut findings = loaded.findings.clone();
            filter.apply(&mut findings);
            let (texts, number) = carry_out(&loaded.sources, &findings, self.unsafe_fixes);
            if texts.is_empty() {
                break;
            }
            total += number;
            for (input, id) in inputs.files.iter_mut().zip(&loaded.ids) {
                if let Some(text) = texts.get(id) {
                    input.text.clone_from(text);
                }
            }
            loaded = load::check(opened, inputs);
        }
        let mut changed = 0;
        for (input, old) in inputs.files.iter().zip(&before) {
            let differs = input.text != *old;
            changed += usize::from(differs);
            match &input.path {
                _ if self.diff => {
                    let patch = diff::unified(&input.name, old, &input.text);
                    shell.out().write_all(patch.as_bytes())?;
                }
                None => shell.out().write_all(input.text.as_bytes())?,
                Some(path) if differs => load::write(path, input.text.as_bytes())?,
                Some(_) => {}
            }
        }
        if total > 0 && !self.quiet {
            let verb = if self.diff { "would fix" } else { "fixed" };
            let what = count(total, "finding");
            writeln!(shell.err(), "{verb} {what} in {}", count(changed, "file"))?;
        }
        Ok(loaded)
    }
}

/// What is found in the rules as the environments have them, each finding once. What is not found in all of them says where.
fn in_all_envs(opened: &mut Opened, inputs: &Inputs, shell: &Shell) -> Result<Loaded, CliError> {
    let names: Vec<String> = opened.project.config.envs.keys().cloned().collect();
    let mut environments = Vec::new();
    for name in &names {
        environments.push(opened.environment(name, shell)?);
    }
    let mut runs = Vec::new();
    for environment in environments {
        opened.environment = Some(environment);
        runs.push(load::check(opened, inputs));
    }
    let mut found: BTreeMap<(Span, Code, &str), (&Diagnostic, Vec<&str>)> = BTreeMap::new();
    for (name, run) in names.iter().zip(&runs) {
        for finding in &run.findings {
            let key = (finding.primary.span, finding.code, finding.message.as_str());
            let (_, of) = found.entry(key).or_insert_with(|| (finding, Vec::new()));
            if of.last() != Some(&name.as_str()) {
                of.push(name);
            }
        }
    }
    let with_names = |(finding, of): &(&Diagnostic, Vec<&str>)| match of.len() == names.len() {
        true => (*finding).clone(),
        false => (*finding).clone().with_help(in_which(of)),
    };
    let mut findings: Vec<Diagnostic> = found.values().map(with_names).collect();
    crate::diag::sort(&mut findings);
    let Some(mut all) = runs.into_iter().max_by_key(|run| run.rules.len()) else {
        return Err(CliError::new("picket.toml has no environment").help("add one as [env.NAME]"));
    };
    all.findings = findings;
    Ok(all)
}

/// Where a finding is that is not in every environment.
fn in_which(names: &[&str]) -> String {
    let noun = if names.len() == 1 { "environment" } else { "environments" };
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("found in the {noun} {}", quoted.join(", "))
}

fn is_safe(finding: &Diagnostic) -> bool {
    finding.fix.as_ref().is_some_and(|fix| fix.applicability == Applicability::Safe)
}

/// What `--select` and `--ignore` leave.
struct Filter {
    selected: Option<BTreeSet<&'static str>>,
    ignored: BTreeSet<&'static str>,
}

impl Filter {
    fn new(select: &[String], ignore: &[String]) -> Result<Self, CliError> {
        let all = |written: &[String]| -> Result<BTreeSet<&'static str>, CliError> {
            let found: Result<Vec<_>, _> = written.iter().map(|name| codes::matching(name)).collect();
            Ok(found?.into_iter().flatten().collect())
        };
        let selected = if select.is_empty() { None } else { Some(all(select)?) };
        Ok(Self { selected, ignored: all(ignore)? })
    }

    /// Files that could not be read are reported whatever was asked for: nothing is known of their rules.
    fn apply(&self, findings: &mut Vec<Diagnostic>) {
        findings.retain(|finding| {
            let selected = self.selected.as_ref().is_none_or(|codes| codes.contains(finding.code));
            is_unreadable(finding) || (selected && !self.ignored.contains(finding.code))
        });
    }
}

/// A line for each code: how often, its name, and how many of it are fixable.
fn statistics(findings: &[Diagnostic]) -> String {
    let mut rows: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for finding in findings {
        let row = rows.entry(finding.code).or_default();
        row.0 += 1;
        row.1 += usize::from(is_safe(finding));
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(code, (number, _))| (std::cmp::Reverse(*number), *code));
    let all = codes::reported();
    let mut out = String::new();
    for (code, (number, fixable)) in rows {
        let name = all.iter().find(|meta| meta.code == code).map_or("", |meta| meta.name);
        let note = if fixable > 0 { format!("  ({fixable} fixable)") } else { String::new() };
        out.push_str(&format!("{number:>6}  {code}  {name}{note}\n"));
    }
    out
}
