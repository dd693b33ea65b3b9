//! `--target` and `--exclude`: a part of a plan.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::diag::nearest;
use crate::plan::Candidate;
use crate::project::shown;
use crate::text::SourceMap;

use super::CliError;

/// Which content a plan is to be about.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct SelectArgs {
    /// Only this rule, by id, name, file or folder; several times for several.
    #[arg(long = "target", short = 't', value_name = "ID|NAME|PATH")]
    targets: Vec<String>,
    /// Not this rule, by id, name, file or folder; several times for several.
    #[arg(long = "exclude", value_name = "ID|NAME|PATH")]
    excluded: Vec<String>,
}

impl SelectArgs {
    /// Whether a part is asked for.
    pub(crate) fn is_part(&self) -> bool {
        !self.targets.is_empty() || !self.excluded.is_empty()
    }

    /// What decides of each candidate. `folder` is where paths begin.
    pub(crate) fn selector<'a>(&'a self, sources: &'a SourceMap, folder: &'a Path) -> Selector<'a> {
        Selector { args: self, sources, folder, met: RefCell::default(), names: RefCell::default() }
    }
}

/// Decides of each candidate, and keeps which words met one.
pub(crate) struct Selector<'a> {
    args: &'a SelectArgs,
    sources: &'a SourceMap,
    folder: &'a Path,
    met: RefCell<BTreeSet<String>>,
    names: RefCell<BTreeSet<String>>,
}

impl Selector<'_> {
    /// Whether the plan is to be about `candidate`.
    pub(crate) fn keeps(&self, candidate: Candidate<'_>) -> bool {
        if self.args.is_part() {
            let mut names = self.names.borrow_mut();
            names.insert(candidate.display_name.to_owned());
            names.insert(candidate.key.name.clone());
        }
        // Each word is tried, so that every one that meets nothing can be named.
        let targeted = self.args.targets.iter().filter(|word| self.meets(word, candidate)).count() > 0;
        let excluded = self.args.excluded.iter().filter(|word| self.meets(word, candidate)).count() > 0;
        (targeted || self.args.targets.is_empty()) && !excluded
    }

    fn meets(&self, word: &str, candidate: Candidate<'_>) -> bool {
        let same = |name: &str| name.eq_ignore_ascii_case(word);
        let met = same(&candidate.key.name)
            || candidate.display_name.to_lowercase() == word.to_lowercase()
            || self.is_at(word, candidate);
        if met {
            self.met.borrow_mut().insert(word.to_owned());
        }
        met
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.args.targets.iter().chain(&self.args.excluded).map(String::as_str)
    }

    /// Whether the rule stands in the file or below the folder that `word` names.
    fn is_at(&self, word: &str, candidate: Candidate<'_>) -> bool {
        let Some((file, _)) = candidate.origin.and_then(|span| self.sources.locate(span)) else {
            return false;
        };
        let path = PathBuf::from(shown(&self.folder.join(word), self.folder));
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { &path };
        path == Path::new(".") || Path::new(file).starts_with(path)
    }

    /// Refuses words that met nothing: a slip would select another part than meant.
    ///
    /// # Errors
    /// Names the first such word, and the nearest name.
    pub(crate) fn check(&self) -> Result<(), CliError> {
        let met = self.met.borrow();
        let Some(word) = self.words().find(|word| !met.contains(*word)) else { return Ok(()) };
        let option = if self.args.targets.iter().any(|own| own == word) { "--target" } else { "--exclude" };
        let error = CliError::new(format!("`{option} {word}` is no id, name or path of a rule in this plan"));
        let names = self.names.borrow();
        Err(match nearest(word, names.iter().map(String::as_str)) {
            Some(name) => error.help(format!("the nearest is `{name}`")),
            None => error.help("`picket plan` shows names and ids"),
        })
    }
}
