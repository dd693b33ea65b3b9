//! `picket docs`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::cli::load::{self, is_unreadable};
use crate::cli::output::{count, human};
use crate::cli::{CliError, Exit, Shell, history, rule_tests};
use crate::diag::Diagnostic;
use crate::docs::{self, Documented, Page};
use crate::kql::bind::{Arena, bind};
use crate::kql::syntax::parse;
use crate::lint::Dependencies;
use crate::project::{self, FileSystem, MAX_FILE_BYTES, RealFiles, UNNAMED_PROJECT, Wanted};
use crate::rule::Rule;
use crate::testing::{self, Test};

/// The list of what was written, so that pages of rules that are gone do not stay.
const MANIFEST: &str = ".picket-docs";

/// Write pages about the rules: a site that needs no server, or Markdown for a wiki.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DocsArgs {
    /// Files and folders of rules; without any, the rules of the project.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The folder to write to.
    #[arg(long, value_name = "DIR", default_value = "site")]
    out: PathBuf,
    /// What to write.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: DocsFormat,
    /// The title; without it, the name of the project.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Leave the history of rules out, as for a page that others see.
    #[arg(long)]
    no_history: bool,
}

/// What pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum DocsFormat {
    /// A site for browsers, with search, in dark and light.
    #[default]
    Html,
    /// Markdown for a wiki.
    Markdown,
}

const EXAMPLES: &str = "\
Examples:
  picket docs                               a site in site/, to be opened at site/index.html
  picket docs --out public --title 'SOC'    elsewhere, under another title
  picket docs --format markdown --out wiki  pages for a wiki

A page shows the tests of its rule, and as sample output what comes of the first that expects the rule to find something and
passes: it is run on this machine. Pages that an earlier run wrote and that no rule has any more are deleted; other files in the folder stay. Rules that
cannot be read are named on standard error and give exit code 2.";

impl DocsArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let opened = load::open(shell, false)?;
        let inputs = load::read(&opened, &self.paths, Wanted::Rules)?;
        let sourced = load::rules(&opened, &inputs);
        let unreadable: Vec<Diagnostic> =
            sourced.found.iter().filter(|it| is_unreadable(it)).cloned().collect();
        if !unreadable.is_empty() {
            let text = human(&sourced.sources, &unreadable, shell.colors_err());
            shell.err().write_all(text.as_bytes())?;
        }
        let paths = sourced.scope.paths.clone();
        let gathered = rule_tests::of_rules(&opened, &inputs, sourced);
        let kql = gathered.kql;
        let mut tests: Vec<Vec<&Test>> = vec![Vec::new(); gathered.rules.len()];
        for (rule, test) in gathered.pairs() {
            if let Some(tests) = tests.get_mut(rule) {
                tests.push(test);
            }
        }
        let needs = Dependencies::of(&gathered.rules, kql).of_rules;
        // As the project and git name it; a file of no project by the name that reports show.
        let file = |rule: &Rule| {
            let named = || Some(gathered.sources.get(rule.source)?.name.to_string());
            paths.get(&rule.source).cloned().or_else(named).unwrap_or_default().replace('\\', "/")
        };
        let commits =
            if self.no_history { Default::default() } else { history::of_files(&opened.project.root) };
        let outputs = gathered.rules.par_iter().zip(&tests).map(|(rule, tests)| {
            let sample = testing::sample(rule, tests, kql, &gathered.shared);
            // A sample has the columns already.
            let columns = if sample.is_some() { None } else { columns(rule, kql) };
            (columns, sample)
        });
        let outputs: Vec<_> = outputs.collect();
        let documented: Vec<Documented<'_>> = gathered
            .rules
            .iter()
            .zip(needs)
            .zip(tests)
            .zip(outputs)
            .map(|(((rule, needs), tests), (columns, sample))| {
                let file = file(rule);
                let history = commits.get(&file).cloned().unwrap_or_default();
                Documented { rule, file, needs, columns, history, tests, sample }
            })
            .collect();
        let name = opened.project.config.name.as_ref().map(|name| name.value.as_str());
        let input = docs::Input {
            title: self.title.as_deref().or(name).unwrap_or(UNNAMED_PROJECT),
            rules: &documented,
            catalog: &opened.catalog,
        };
        let pages = match self.format {
            DocsFormat::Html => docs::html(&input),
            DocsFormat::Markdown => docs::markdown(&input),
        };
        let (written, deleted) = write(&self.out, &pages)?;
        writeln!(
            shell.out(),
            "{} for {} in {}: {written} written, {} unchanged, {deleted} deleted",
            count(pages.len(), "file"),
            count(documented.len(), "rule"),
            self.out.display(),
            pages.len() - written
        )?;
        Ok(if unreadable.is_empty() { Exit::Clean } else { Exit::Failed })
    }
}

/// The columns that a rule's query returns, with their types.
fn columns(rule: &Rule, kql: &crate::catalog::kql::KqlCatalog) -> Option<Vec<(String, String)>> {
    let query = rule.query.as_ref()?;
    let (tree, _) = parse(query.text());
    let arena = Arena::new();
    let bound = bind(&tree, kql, &arena);
    let columns = bound.columns()?;
    Some(columns.iter().map(|column| (column.name.to_owned(), column.ty.name().to_owned())).collect())
}

/// Writes the pages that differ from what is there, and deletes those of an earlier run that are gone. Gives the number of
/// both.
fn write(out: &Path, pages: &[Page]) -> Result<(usize, usize), CliError> {
    let cannot = |path: &Path, what: &str, cause: &std::io::Error| {
        CliError::new(format!("cannot {what} {}", path.display()))
            .cause(project::describe(cause))
            .help("name another folder with --out, or make this one accessible")
    };
    let put = |page: &Page| {
        let path = out.join(&page.path);
        if RealFiles.read(&path, MAX_FILE_BYTES).is_ok_and(|bytes| bytes == page.text.as_bytes()) {
            return Ok(0);
        }
        RealFiles.write_made(&path, page.text.as_bytes()).map_err(|cause| cannot(&path, "write", &cause))?;
        Ok(1)
    };
    let written = pages.par_iter().map(put).sum::<Result<usize, CliError>>()?;
    let manifest = out.join(MANIFEST);
    let before = RealFiles.read(&manifest, MAX_FILE_BYTES).unwrap_or_default();
    let now: BTreeSet<&str> = pages.iter().map(|page| page.path.as_str()).collect();
    let mut deleted = 0;
    for path in String::from_utf8_lossy(&before).lines() {
        // The list comes with the folder; it must not lead out of it.
        let inside =
            path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']));
        if inside && !now.contains(path) && std::fs::remove_file(out.join(path)).is_ok() {
            deleted += 1;
        }
    }
    let list: String = now.iter().map(|path| format!("{path}\n")).collect();
    if before != list.as_bytes() {
        RealFiles.write(&manifest, list.as_bytes()).map_err(|cause| cannot(&manifest, "write", &cause))?;
    }
    Ok((written, deleted))
}
