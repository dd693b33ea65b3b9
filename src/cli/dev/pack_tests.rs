//! `cargo dev pack-tests`: makes the tests of the pack in `rules/` from the conditions of its queries.

use std::path::PathBuf;

use rayon::prelude::*;

use super::generated::{self, Generated};
use crate::cli::load::{self, Sourced};
use crate::cli::output::count;
use crate::cli::rule_tests::watchlists;
use crate::cli::{CliError, Exit, Shell};
use crate::project::{FileSystem, RealFiles, Wanted, read_text};
use crate::rule::Rule;
use crate::testing::{self, Compact, Files, Shared, compact};
use crate::text::SourceId;

/// What stands at the head of each file.
const HEAD: &[&str] = &["Made of the conditions of the rules by `cargo dev pack-tests`."];

/// The file of made tests in a folder of rules. Tests written by hand stand in others.
const MADE: &str = "made.test.yaml";

/// Makes the tests of the rules in `rules/`: for each folder a file, in which every condition has a row that fires by it and one
/// that just misses it. Rules for which that does not work are named; their tests are written by hand.
#[derive(Debug, clap::Args)]
pub struct PackTestsArgs {
    /// Write nothing; fail when a file is not current.
    #[arg(long)]
    check: bool,
    /// Only folders whose name contains this.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

impl PackTestsArgs {
    /// Runs the command.
    ///
    /// # Errors
    /// When the rules cannot be read or a file not written.
    pub fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let opened = load::open(shell, false)?;
        let inputs = load::read(&opened, &[PathBuf::from("rules")], Wanted::Rules)?;
        let Sourced { rules, ids, kql, content, .. } = load::rules(&opened, &inputs);
        let shared = Shared { files: Files::new(), watchlists: watchlists(content) };
        let mut folders: Vec<(String, Vec<(&Rule, &str)>)> = Vec::new();
        for rule in &rules {
            let at = ids.iter().position(|id| *id == rule.source);
            let Some(input) = at.and_then(|at| inputs.files.get(at)) else { continue };
            let Some((folder, name)) = input.name.rsplit_once('/') else { continue };
            match folders.last_mut().filter(|(known, _)| known == folder) {
                Some((_, rules)) => rules.push((rule, name)),
                None => folders.push((folder.to_owned(), vec![(rule, name)])),
            }
        }
        folders.retain(|(folder, _)| self.only.as_ref().is_none_or(|only| folder.contains(only.as_str())));
        let made: Vec<(String, Compact)> = folders
            .par_iter()
            .map(|(folder, rules)| {
                let rules = without_own(folder, rules);
                (folder.clone(), compact(HEAD, &rules, kql, &shared))
            })
            .collect();
        let mut files = Vec::new();
        let mut open = 0;
        for (folder, Compact { text, open: left }) in made {
            for (file, why) in left {
                open += 1;
                writeln!(shell.out(), "{folder}/{file}: {why}")?;
            }
            if !text.is_empty() {
                files.push(Generated { path: format!("{folder}/{MADE}"), text });
            }
        }
        let exit = generated::settle(&files, self.check, shell)?;
        writeln!(shell.out(), "{} of tests; {open} rules to be tested by hand", count(files.len(), "file"))?;
        Ok(exit)
    }
}

/// The rules that no test names which was written by hand.
fn without_own<'r>(folder: &str, rules: &[(&'r Rule, &'r str)]) -> Vec<(&'r Rule, &'r str)> {
    let mut own: Vec<String> = Vec::new();
    for path in RealFiles.files_below(&generated::root().join(folder), Wanted::Tests).files {
        if path.ends_with(MADE) {
            continue;
        }
        let Ok(text) = read_text(&RealFiles, &path) else { continue };
        let file = testing::read(SourceId::default(), &text).0;
        let named = file.rules.iter().chain(file.tests.iter().flat_map(|test| &test.rules));
        own.extend(named.map(|rule| rule.value.clone()));
    }
    rules.iter().filter(|(_, name)| !own.iter().any(|own| own == name)).copied().collect()
}
