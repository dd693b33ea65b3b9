//! Changes of a workspace written into rule files.

use std::collections::BTreeMap;

use crate::diag::{Diagnostic, apply_edits};
use crate::plan::{self, Conflict, EntryChange, Pulled};
use crate::rule::keys;
use crate::text::{SourceId, SourceMap, Span, TextRange};
use crate::yaml::emit::{self, Value};
use crate::yaml::{self, Entry, Mapping, patch};

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
    decide: Decide,
    texts: BTreeMap<SourceId, String>,
    /// What could not be written, at its place in the file as it was.
    pub(crate) findings: Vec<Diagnostic>,
}

/// What became of one rule.
pub(crate) struct Merged {
    /// The name of its file.
    pub(crate) file: String,
    /// What was done.
    pub(crate) what: &'static str,
    /// The entries that differ.
    pub(crate) entries: Vec<&'static str>,
}

impl<'a> Merging<'a> {
    pub(crate) fn new(sources: &'a SourceMap, decide: Decide) -> Self {
        Self { sources, decide, texts: BTreeMap::new(), findings: Vec::new() }
    }

    /// The files that changed, with their new texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (SourceId, String)> + '_ {
        let changed = |(source, text): &(&SourceId, &String)| {
            self.sources.get(**source).is_some_and(|source| *source.text != **text)
        };
        self.texts.iter().filter(changed).map(|(source, text)| (*source, text.clone()))
    }

    /// Writes what the workspace changed of `rule` into the file where its rule stands.
    pub(crate) fn merge(&mut self, rule: &Pulled, origin: Span) -> Merged {
        let source = self.sources.get(origin.source);
        let file = source.map(|source| source.name.to_string()).unwrap_or_default();
        let changes = rule.changes();
        let mut merged = Merged { file, what: "changed", entries: changes.iter().map(|it| it.key).collect() };
        let Some(before) = source.map(|source| &*source.text).filter(|_| !changes.is_empty()) else {
            return merged;
        };
        let Some(index) = document_at(before, origin.range.start) else { return merged };
        for change in changes {
            let place = place(before, index, change.key).unwrap_or(origin.range);
            let text = self.texts.entry(origin.source).or_insert_with(|| before.to_owned());
            let keeps = change.conflict.filter(|_| self.decide != Decide::Theirs);
            if keeps.is_none() {
                if let Some(patched) = patched(text, index, &change) {
                    *text = patched;
                    continue;
                }
            } else if self.decide == Decide::Ours {
                continue;
            }
            if let Some(marked) = marked(text, index, &change) {
                *text = marked;
            }
            merged.what = "conflicts";
            let key = change.key;
            let message = match keeps {
                Some(Conflict::Both) => format!("`{key}` was changed in git and in the workspace"),
                Some(Conflict::Unknown) => {
                    format!("`{key}` differs, and git does not have the commit that was last applied")
                }
                None => format!("`{key}` cannot be changed without touching something else"),
            };
            let code = plan::PULL_CONFLICT.code;
            self.findings.push(
                Diagnostic::error(code, Span::new(origin.source, place), message)
                    .with_help("a comment in the file tells what the workspace says; write what is right, and remove it")
                    .with_help("`--theirs` takes what the workspace says, `--ours` keeps what the file says"),
            );
        }
        merged
    }
}

/// The number of the document that holds the byte at `offset`.
fn document_at(text: &str, offset: u32) -> Option<usize> {
    let (documents, _) = yaml::parse(SourceId::default(), text);
    documents.iter().position(|it| it.range.start <= offset && offset <= it.range.end)
}

/// The entries of a mapping that are the canonical `key`, under whatever names.
fn known_as<'m>(mapping: &'m Mapping, key: &str) -> impl Iterator<Item = (&'m Entry, &'m str)> {
    mapping.entries.iter().filter_map(move |entry| {
        let written = entry.key.as_scalar()?.text.as_str();
        let (known, _) = keys::RULE.find(written)?;
        (known.name == key).then_some((entry, written))
    })
}

fn with_root<R>(
    text: &str,
    index: usize,
    then: impl FnOnce(&yaml::Node, &Mapping) -> Option<R>,
) -> Option<R> {
    let (documents, _) = yaml::parse(SourceId::default(), text);
    let root = documents.get(index)?.root.as_ref()?;
    then(root, root.as_mapping()?)
}

/// Where the entry `key` stands.
fn place(text: &str, index: usize, key: &str) -> Option<TextRange> {
    with_root(text, index, |_, mapping| known_as(mapping, key).next().map(|(entry, _)| entry.key.range))
}

fn patched(text: &str, index: usize, change: &EntryChange) -> Option<String> {
    let mut changes = with_root(text, index, |_, mapping| {
        let mut written = known_as(mapping, change.key).map(|(_, written)| written.to_owned());
        let first = written.next().unwrap_or_else(|| change.key.to_owned());
        let mut changes = vec![patch::Change { key: first, value: change.value.as_ref() }];
        // The same under another name would count as well.
        changes.extend(written.map(|key| patch::Change { key, value: None }));
        Some(changes)
    })?;
    changes.dedup_by(|a, b| a.key == b.key);
    patch::patch(text, index, &changes, &|key| keys::RULE.rank(key))
}

/// `text` with a comment before the entry, or at the end where there is none, that tells what the workspace says.
fn marked(text: &str, index: usize, change: &EntryChange) -> Option<String> {
    let said = match &change.value {
        Some(value) => emit::document(&Value::mapping([(change.key, value.clone())])),
        None => format!("{}: (nothing)\n", change.key),
    };
    with_root(text, index, |root, mapping| {
        let entry = known_as(mapping, change.key).next();
        let at = entry.map_or(root.range.start, |(entry, _)| entry.key.range.start) as usize;
        let line = text.get(..at)?.rfind('\n').map_or(0, |at| at + 1);
        let blanks = text.get(line..at)?;
        if !blanks.chars().all(|char| char == ' ') {
            return None;
        }
        let mut comment = format!("{blanks}# picket pull: the workspace says\n");
        for line in said.lines() {
            comment.push_str(format!("{blanks}# {line}").trim_end());
            comment.push('\n');
        }
        if text.get(..line)?.ends_with(&comment) {
            return None;
        }
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let comment = comment.replace('\n', newline);
        apply_edits(text, &[(TextRange::from_usize(line, line), comment.as_str())]).ok()
    })
}
