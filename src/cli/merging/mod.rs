//! Changes of a workspace written into the files of a project.

mod foreign;
mod given;
mod json;
mod kql;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::arm::ResourceKind;
use crate::catalog::kql::KqlCatalog;
use crate::content::items;
use crate::diag::Diagnostic;
use crate::env;
use crate::plan::{self, Conflict, EntryChange, ITEMS, Items, Pulled};
use crate::project::has_query_ending;
use crate::report::PullOutcome;
use crate::rule;
use crate::rule::keys::Table;
use crate::text::{SourceMap, Span};
use crate::yaml::emit::Value;
use crate::yaml::patch::Place;
use crate::yaml::{self as reading, Document};

pub(crate) use kql::new_file as new_function;

use super::load;

/// What becomes of an entry that both sides changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decide {
    /// The file keeps what it says, and a comment tells the other.
    Mark,
    /// The file keeps what it says.
    Ours,
    /// The workspace wins.
    Theirs,
}

/// The files of a project while changes are written into them.
pub(crate) struct Merging<'a> {
    sources: &'a SourceMap,
    /// Where the names of the sources begin.
    folder: &'a Path,
    decide: Decide,
    /// What queries may name.
    catalog: &'a KqlCatalog,
    /// The files that were written, each as it was and as it is.
    texts: BTreeMap<PathBuf, (String, String)>,
    /// What could not be written, at its place in the file as it was.
    pub(crate) findings: Vec<Diagnostic>,
}

/// What became of one piece of content.
pub(crate) struct Merged {
    /// The name of its file.
    pub(crate) file: String,
    /// What was done.
    pub(crate) what: PullOutcome,
    /// The entries that differ.
    pub(crate) entries: Vec<String>,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Yaml,
    Json,
    Kql,
    /// A rule that Defender runs as well, or alone: what Defender says of it is in other words.
    OtherWords,
}

/// One piece of content in its file.
struct Target<'p> {
    pulled: &'p Pulled,
    form: Form,
    place: Place,
    path: PathBuf,
    /// Of a rule that Defender runs, the entries of the rule file that what it says was translated to.
    words: BTreeSet<String>,
}

impl<'a> Merging<'a> {
    pub(crate) fn new(
        sources: &'a SourceMap,
        folder: &'a Path,
        decide: Decide,
        catalog: &'a KqlCatalog,
    ) -> Self {
        Self { sources, folder, decide, catalog, texts: BTreeMap::new(), findings: Vec::new() }
    }

    /// The files that changed, with their new texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (PathBuf, String)> + '_ {
        let changed = self.texts.iter().filter(|(_, (before, after))| before != after);
        changed.map(|(path, (_, after))| (path.clone(), after.clone()))
    }

    /// Writes what the workspace changed of `pulled` into the file where it stands.
    pub(crate) fn merge(&mut self, pulled: &Pulled, origin: Span) -> Merged {
        let source = self.sources.get(origin.source);
        let file = source.map(|source| source.name.to_string()).unwrap_or_default();
        let changes = pulled.changes();
        let entries = changes.iter().map(|it| it.key.clone()).collect();
        let mut merged = Merged { file, what: PullOutcome::Changed, entries };
        let Some(before) = source.map(|source| &*source.text).filter(|_| !changes.is_empty()) else {
            return merged;
        };
        let path = self.folder.join(&merged.file);
        let Some(mut target) = target(pulled, path.clone(), before, origin.range.start) else {
            return merged;
        };
        self.texts.entry(path).or_insert_with(|| (before.to_owned(), before.to_owned()));
        let mut changes = changes;
        if target.form == Form::OtherWords
            && let Some(rule) = foreign::of_defender(before, origin)
        {
            (changes, target.words) = self.in_words_of_rules(&target, &rule, before, changes);
            merged.entries = changes.iter().map(|it| it.key.clone()).collect();
        }
        if target.form == Form::Kql {
            self.function(&target, changes, before, origin, &mut merged);
            return merged;
        }
        let mut left = Vec::new();
        for change in changes {
            let place = yaml::place(before, &target, &change.key).unwrap_or(origin.range);
            let place = Span::new(origin.source, place);
            let change = match given::own_level(change) {
                Ok(change) => change,
                Err(key) => {
                    let message =
                        format!("`{key}` was changed in the workspace, and the environment sets it");
                    let finding = env::EDITED_IN_WORKSPACE.at(place, message);
                    self.findings.push(
                        finding.with_help("change it in picket.toml, or let the next apply put it back"),
                    );
                    left.push(key);
                    continue;
                }
            };
            if change.key == ITEMS && self.items(&target, &change, place, &mut merged) {
                continue;
            }
            let keeps = change.conflict.filter(|_| self.decide != Decide::Theirs);
            if keeps.is_none() && self.write(&target, &change) {
                continue;
            }
            if keeps.is_some() && self.decide == Decide::Ours {
                continue;
            }
            self.mark(&target, &change);
            merged.what = PullOutcome::Conflicts;
            let is_foreign = !target.knows(&change.key);
            let said = (target.form == Form::Json).then(|| json::both(before, &target, &change));
            self.tell(&change.key, keeps, is_foreign, said, place);
        }
        if !left.is_empty() && left.len() == merged.entries.len() {
            merged.what = PullOutcome::LeftToEnvironment;
        } else {
            merged.entries.retain(|key| !left.contains(key));
        }
        merged
    }

    fn text(&self, path: &Path) -> &str {
        self.texts.get(path).map_or("", |(_, after)| after)
    }

    fn set(&mut self, path: &Path, text: Option<String>) -> bool {
        match (self.texts.get_mut(path), text) {
            (Some((_, after)), Some(text)) => {
                *after = text;
                true
            }
            _ => false,
        }
    }

    /// Writes a change into the file. False where that cannot be done without touching something else.
    fn write(&mut self, target: &Target<'_>, change: &EntryChange) -> bool {
        let text = self.text(&target.path);
        let patched = match target.form {
            Form::Yaml | Form::OtherWords if target.knows(&change.key) => yaml::patched(text, target, change),
            Form::Json => json::patched(text, target, change),
            Form::Yaml | Form::Kql | Form::OtherWords => None,
        };
        self.set(&target.path, patched)
    }

    /// Writes a comment into the file that tells what the workspace says.
    fn mark(&mut self, target: &Target<'_>, change: &EntryChange) {
        // JSON has no comments.
        if target.form != Form::Json {
            let marked = yaml::marked(self.text(&target.path), target, change);
            self.set(&target.path, marked);
        }
    }

    /// Writes the items of a watchlist into the file where they stand. False where they are not known.
    fn items(&mut self, target: &Target<'_>, change: &EntryChange, place: Span, merged: &mut Merged) -> bool {
        let (Some(theirs), Some((file, key))) =
            (&target.pulled.items, yaml::items_file(self.text(&target.path), target))
        else {
            return false;
        };
        let path = target.path.parent().unwrap_or(Path::new("")).join(file);
        if !self.texts.contains_key(&path) {
            let Ok(text) = load::read_file(&path) else { return false };
            self.texts.insert(path.clone(), (text.clone(), text));
        }
        let base: Option<Items> = target.pulled.applied_items();
        let wins = self.decide == Decide::Theirs;
        let items::Merged { text, contested } =
            items::merge(self.text(&path), &key, theirs, base.as_deref(), wins);
        self.set(&path, Some(text));
        if contested.is_empty() || self.decide == Decide::Ours {
            return true;
        }
        let lines = contested.iter().map(|(key, line)| match line {
            Some(line) => Value::text(line),
            None => Value::text(format!("(no {key})")),
        });
        let theirs = EntryChange { value: Some(Value::sequence(lines)), ..change.clone() };
        self.mark(target, &theirs);
        merged.what = PullOutcome::Conflicts;
        let said = (target.form == Form::Json).then(|| json::both("", target, &theirs));
        self.tell(ITEMS, Some(change.conflict.unwrap_or(Conflict::Both)), false, said, place);
        true
    }

    /// Writes what changed of a function into its file of KQL.
    fn function(
        &mut self,
        target: &Target<'_>,
        changes: Vec<EntryChange>,
        before: &str,
        origin: Span,
        merged: &mut Merged,
    ) {
        let (theirs, ours) = (self.decide == Decide::Theirs, self.decide == Decide::Ours);
        let (taken, kept): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|change| theirs || change.conflict.is_none());
        let name = merged.file.clone();
        let stuck = match kql::patched(&name, before, &taken) {
            Some(text) => !self.set(&target.path, Some(text)),
            None => true,
        };
        for change in taken.into_iter().filter(|_| stuck).chain(kept.into_iter().filter(|_| !ours)) {
            let marked = kql::marked(self.text(&target.path), &change);
            self.set(&target.path, marked);
            merged.what = PullOutcome::Conflicts;
            let keeps = change.conflict.filter(|_| !theirs);
            self.tell(&change.key, keeps, false, None, origin);
        }
    }

    /// Reports a change that was not written. `said` tells both sides where the file has no comments.
    fn tell(
        &mut self,
        key: &str,
        keeps: Option<Conflict>,
        is_foreign: bool,
        said: Option<String>,
        place: Span,
    ) {
        let message = match keeps {
            Some(Conflict::Both) => format!("`{key}` was changed in git and in the workspace"),
            Some(Conflict::Unknown) => {
                format!("`{key}` differs, and git does not have the commit that was last applied")
            }
            None if is_foreign => format!("`{key}` was changed in Defender, which says it in other words"),
            None => format!("`{key}` cannot be changed without touching something else"),
        };
        let code = plan::PULL_CONFLICT.code;
        let comment =
            "a comment in the file tells what the workspace says; write what is right, and remove it";
        let help = said.unwrap_or_else(|| comment.to_owned());
        let mut finding = Diagnostic::error(code, place, message).with_help(help);
        if keeps.is_some() {
            finding = finding
                .with_help("`--theirs` takes what the workspace says, `--ours` keeps what the file says");
        }
        self.findings.push(finding);
    }
}

impl Target<'_> {
    /// The keys of the file.
    fn table(&self) -> &'static Table {
        match self.form {
            Form::OtherWords => &rule::keys::RULE,
            _ => self.pulled.table(),
        }
    }

    /// Whether the file has a word for the entry `key`.
    fn knows(&self, key: &str) -> bool {
        self.form != Form::OtherWords || self.words.contains(key)
    }
}

/// What `pulled` is in the text of its file; nothing where it stands nowhere there.
fn target<'p>(pulled: &'p Pulled, path: PathBuf, text: &str, offset: u32) -> Option<Target<'p>> {
    if has_query_ending(&path) {
        let (form, place, words) = (Form::Kql, Place::top(0), BTreeSet::new());
        return Some(Target { pulled, form, place, path, words });
    }
    let documents = documents(text);
    let place = Place::at(&documents, offset)?;
    let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let has = |key: &str| {
        let mapping = place.node(&documents).and_then(reading::Node::as_mapping);
        mapping.is_some_and(|mapping| mapping.get(key).is_some())
    };
    let form = match pulled.key.kind {
        ResourceKind::CustomDetection if !has("queryCondition") => Form::OtherWords,
        _ if is_json => Form::Json,
        _ => Form::Yaml,
    };
    Some(Target { pulled, form, place, path, words: BTreeSet::new() })
}

fn documents(text: &str) -> Vec<Document> {
    reading::parse(crate::text::SourceId::default(), text).0
}
