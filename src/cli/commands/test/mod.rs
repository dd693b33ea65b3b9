//! `picket test`

mod proposed;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use rayon::prelude::*;

use crate::cli::load;
use crate::cli::output::{count, human};
use crate::cli::rule_tests::{Gathered, gather};
use crate::cli::{CliError, Exit, Shell, completing, watching};
use crate::diag::{Diagnostic, Severity};
use crate::report::{self, TestRun};
use crate::rule::Rule;
use crate::testing::{self, Looks, Status, Test, Update, run_rule};
use crate::text::SourceId;

/// Run the tests of rules on rows kept beside them, without a workspace.
///
/// The tests of `NAME.yaml` stand in `NAME.test.yaml` beside it. Each gives rows, a clock, and what the rule has to make of
/// them; the query runs on this machine.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TestArgs {
    /// Files of tests, rule files for their tests, and folders; without any, those of the project.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only tests whose name, rule or scenario contains this.
    #[arg(long, short, value_name = "TEXT")]
    filter: Option<String>,
    /// Also say which conditions of the queries no test makes both true and false.
    #[arg(long)]
    coverage: bool,
    /// Also turn each condition over, true where it is false, and say where no test fails.
    #[arg(long)]
    mutate: bool,
    /// Write what there is into the expectations that are not met. `none` and `fires` stay.
    #[arg(long, conflicts_with = "watch")]
    update: bool,
    /// Run again whenever a file changes.
    #[arg(long)]
    watch: bool,
    /// A line for every test, not only for those that fail.
    #[arg(long, short)]
    verbose: bool,
    /// How many rules are tested at a time; as many as there are cores where it is not given.
    #[arg(long, short, value_name = "NUMBER")]
    jobs: Option<usize>,
    /// The rules as this environment of picket.toml has them.
    #[arg(long, value_name = "NAME", add = completing::environments())]
    env: Option<String>,
    /// Propose tests for this rule, by its file, name or id, from the conditions of its query: rows that fire, and rows that just miss.
    #[arg(long, value_name = "RULE", add = completing::rules(), conflicts_with_all = ["paths", "filter", "coverage", "mutate", "update", "watch"])]
    scaffold: Option<String>,
    /// With `--scaffold`: write them beside the rule, where there are none yet.
    #[arg(long, requires = "scaffold")]
    write: bool,
    /// End with 0 where there are no tests yet, as a pipeline of a new repository has to.
    #[arg(long)]
    allow_none: bool,
    /// How to write what came of the tests.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: TestFormat,
}

/// How what came of tests is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum TestFormat {
    /// For a person.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// JUnit XML.
    Junit,
    /// A summary for a pull request.
    Markdown,
}

const EXAMPLES: &str = "\
Examples:
  picket test                                   the tests of the project
  picket test rules/failed-sign-ins.yaml        those of one rule
  picket test --filter scanner --verbose        those whose name, rule or scenario says `scanner`
  picket test --coverage                        and which conditions no test decides
  picket test --mutate                          and which can be turned over without a test that fails
  picket test --update                          write what there is into expectations that are not met
  picket test --scaffold rules/new.yaml         propose tests from the conditions of the query
  picket test --format junit > tests.xml        for a build server

Exit codes: 0 all tests passed, 1 some did not or conditions survive --mutate, 2 the tests could not be run.";

impl TestArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        if let Some(jobs) = self.jobs {
            // Only the first call sets the number; a second one has nothing to say.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global();
        }
        if let Some(rule) = &self.scaffold {
            return proposed::propose(rule, self.write, self.env.as_deref(), shell);
        }
        if !self.watch {
            return self.once(shell).map(|(exit, _)| exit);
        }
        watching::end_on_signal();
        loop {
            let files = match self.once(shell) {
                Ok((_, files)) => files,
                Err(error) => {
                    shell.error(&error);
                    Vec::new()
                }
            };
            shell.out().flush()?;
            watching::until_changed(&files, &self.paths, shell)?;
        }
    }

    /// The tests of `paths`, or of the project, a line for each that fails.
    pub(crate) fn of(paths: Vec<PathBuf>, format: TestFormat) -> Self {
        Self {
            paths,
            filter: None,
            coverage: false,
            mutate: false,
            update: false,
            watch: false,
            verbose: false,
            jobs: None,
            env: None,
            scaffold: None,
            write: false,
            allow_none: true,
            format,
        }
    }

    /// One run, and the files that it depends on.
    pub(crate) fn once(&self, shell: &mut Shell) -> Result<(Exit, Vec<PathBuf>), CliError> {
        let begun = Instant::now();
        let mut opened = load::open(shell, false)?;
        if let Some(env) = &self.env {
            opened.enter(env, shell)?;
        }
        let gathered = gather(&opened, &self.paths, self.allow_none)?;
        let looks = Looks { coverage: self.coverage, mutants: self.mutate };
        let pairs = self.selected(&gathered);
        let rules: Vec<(&Rule, Vec<&Test>)> = pairs
            .iter()
            .filter_map(|(rule, tests)| Some((gathered.rules.get(*rule)?, tests.clone())))
            .collect();
        let outcomes = rules.par_iter();
        let outcomes = outcomes
            .map(|(rule, tests)| run_rule(rule, tests, gathered.kql, &gathered.shared, looks))
            .collect();
        let run = TestRun {
            rules: outcomes,
            findings: gathered.findings.clone(),
            looked: self.coverage || self.mutate,
            seconds: begun.elapsed().as_secs_f64(),
        };
        if self.update {
            update(&gathered, &run, &rules, shell)?;
        }
        self.write(&gathered, &run, shell)?;
        Ok((exit(&run), gathered.files))
    }

    /// The tests that are asked for, by the number of their rule.
    fn selected<'g>(&self, gathered: &'g Gathered<'_>) -> BTreeMap<usize, Vec<&'g Test>> {
        let wanted = self.filter.as_ref().map(|text| text.to_lowercase());
        let is_wanted = |rule: usize, test: &Test| {
            let Some(wanted) = &wanted else { return true };
            let rule = gathered.rules.get(rule).map_or("", Rule::display_name);
            let scenario = test.scenario.as_ref().map_or("", |scenario| scenario.value.as_str());
            [rule, test.name.value.as_str(), scenario].iter().any(|text| text.to_lowercase().contains(wanted))
        };
        let mut selected: BTreeMap<usize, Vec<&Test>> = BTreeMap::new();
        for (rule, test) in gathered.pairs() {
            if is_wanted(rule, test) {
                selected.entry(rule).or_default().push(test);
            }
        }
        selected
    }

    fn write(&self, gathered: &Gathered<'_>, run: &TestRun, shell: &mut Shell) -> Result<(), CliError> {
        let sources = &gathered.sources;
        let text = match self.format {
            TestFormat::Text => {
                let findings = run.all_findings();
                let mut text = human(sources, &findings, shell.colors_out());
                text.push_str(&report::tests_text(sources, run, self.verbose));
                text
            }
            TestFormat::Json => report::tests_json(sources, run),
            TestFormat::Junit => report::tests_junit(sources, run),
            TestFormat::Markdown => report::tests_markdown(sources, run),
        };
        shell.out().write_all(text.as_bytes())?;
        if self.format == TestFormat::Junit {
            // JUnit has no place for what is wrong with a file as a whole.
            let text = human(sources, &run.findings, shell.colors_err());
            shell.err().write_all(text.as_bytes())?;
        }
        Ok(())
    }
}

fn exit(run: &TestRun) -> Exit {
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    let of_rules = || run.rules.iter().flat_map(|rule| &rule.findings);
    if run.findings.iter().any(load::is_unreadable) {
        return Exit::Failed;
    }
    let is_clean = run.count(Status::Failed) + run.count(Status::Broken) == 0
        && !run.findings.iter().any(is_error)
        && !of_rules().any(is_error);
    if is_clean { Exit::Clean } else { Exit::Findings }
}

/// Writes expectations that are not met as they are.
fn update(
    gathered: &Gathered<'_>,
    run: &TestRun,
    rules: &[(&Rule, Vec<&Test>)],
    shell: &mut Shell,
) -> Result<(), CliError> {
    let kinds: BTreeMap<(SourceId, &str), _> =
        rules.iter().map(|(rule, _)| ((rule.source, rule.display_name()), rule.kind)).collect();
    for file in &gathered.test_files {
        let mut updates = Vec::new();
        for test in run.tests().into_iter().filter(|test| test.source == file.file.source) {
            let kind = kinds.get(&(test.rule_source, test.rule.as_str())).copied();
            let is_shared =
                gathered.pairs().filter(|(_, it)| it.source == test.source && it.index == test.index).count()
                    > 1;
            if let (Some(simulated), Some(kind), Status::Failed, false) =
                (&test.simulated, kind, test.status, is_shared)
            {
                updates.push(Update { index: test.index, kind, simulated });
            }
        }
        let Some(source) = gathered.sources.get(file.file.source).filter(|_| !updates.is_empty()) else {
            continue;
        };
        match testing::updated(&source.text, &file.file, &updates) {
            Some(text) if *text != *source.text => {
                load::write(&file.path, text.as_bytes())?;
                writeln!(shell.err(), "{}: {} written", source.name, count(updates.len(), "expectation"))?;
            }
            Some(_) => {}
            None => writeln!(shell.err(), "{}: the expectations cannot be written in place", source.name)?,
        }
    }
    Ok(())
}
