//! `picket watch`

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::test::{TestArgs, TestFormat};
use crate::cli::load::{self, is_unreadable};
use crate::cli::output::{count, human};
use crate::cli::{CliError, Exit, Shell, watching};
use crate::diag::Diagnostic;
use crate::project::{Wanted, is_test_file};
use crate::report::Counts;

/// Check the rules again whenever a file changes, and with --test run their tests.
///
/// The first time all findings are shown, and then those of the files that changed, with how many there are in all.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct WatchArgs {
    /// Files and folders; without any, the rules of the project.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Also run the tests of what changed.
    #[arg(long)]
    test: bool,
    /// Count warnings as errors.
    #[arg(long)]
    strict: bool,
    /// Keep what was shown before, instead of clearing the terminal at each change.
    #[arg(long)]
    no_clear: bool,
}

const EXAMPLES: &str = "\
Examples:
  picket watch                      check again whenever a file changes
  picket watch --test               and run the tests of what changed
  picket watch rules/rmm --strict   a part of the rules, warnings as errors

Ctrl-C ends it.

Exit codes: 0 ended by Ctrl-C, 2 the current folder is gone.";

/// Goes to the top of the terminal, and clears it with what was scrolled away.
const CLEAR: &str = "\x1b[2J\x1b[3J\x1b[H";

impl WatchArgs {
    /// Runs the command.
    pub(crate) fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        watching::end_on_signal();
        let mut changed = None;
        loop {
            if shell.is_terminal() && !self.no_clear {
                shell.file().write_all(CLEAR.as_bytes())?;
            }
            let files = self.once(changed.as_ref(), shell).unwrap_or_else(|error| {
                shell.error(&error);
                Vec::new()
            });
            shell.out().flush()?;
            changed = Some(watching::until_changed(&files, &self.paths, shell)?);
        }
    }

    /// Checks everything, says what is found in `changed`, or all of it, and runs tests. Gives the files that were read.
    fn once(&self, changed: Option<&BTreeSet<PathBuf>>, shell: &mut Shell) -> Result<Vec<PathBuf>, CliError> {
        let opened = load::open(shell, self.strict)?;
        let inputs = load::read(&opened, &self.paths, Wanted::Rules)?;
        let loaded = load::check(&opened, &inputs);
        let is_meant = |finding: &&Diagnostic| {
            let Some(changed) = changed else { return true };
            let name = loaded.sources.get(finding.primary.span.source).map(|source| &source.name);
            is_unreadable(finding) || name.is_some_and(|name| changed.contains(&opened.folder.join(&**name)))
        };
        let meant: Vec<Diagnostic> = loaded.findings.iter().filter(is_meant).cloned().collect();
        let text = human(&loaded.sources, &meant, shell.colors_out());
        shell.out().write_all(text.as_bytes())?;
        let all = Counts::of(&loaded.findings);
        let rules = count(loaded.rules.len(), "rule");
        match changed {
            None => writeln!(shell.out(), "checked {rules}: {all}")?,
            Some(changed) => {
                let here = Counts::of(&meant);
                let files = count(changed.len(), "changed file");
                writeln!(shell.out(), "checked {rules}: {here} in {files}, {all} in all")?;
            }
        }
        let mut files: Vec<PathBuf> = inputs.files.into_iter().filter_map(|input| input.path).collect();
        if self.test {
            let paths = self.tested(changed, &files);
            if paths.as_ref().is_none_or(|paths| !paths.is_empty()) {
                let tests = TestArgs::of(paths.unwrap_or_default(), TestFormat::Text);
                files.extend(tests.once(shell)?.1);
            }
        }
        Ok(files)
    }

    /// The files whose tests are run: those that changed and are still there, or where something else changed, all.
    fn tested(&self, changed: Option<&BTreeSet<PathBuf>>, rules: &[PathBuf]) -> Option<Vec<PathBuf>> {
        let all = (!self.paths.is_empty()).then(|| self.paths.clone());
        let Some(changed) = changed else { return all };
        let is_known = |path: &PathBuf| is_test_file(path) || rules.contains(path) || !path.exists();
        if !changed.iter().all(is_known) {
            return all;
        }
        Some(changed.iter().filter(|path| path.exists()).cloned().collect())
    }
}
