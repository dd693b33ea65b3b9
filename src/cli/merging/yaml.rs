//! Changes to entries of YAML, comments kept.

use super::{Target, documents};
use crate::arm::{ResourceKind, detection_rule};
use crate::diag::apply_edits;
use crate::plan::{EntryChange, ITEMS};
use crate::rule::keys::Table;
use crate::text::TextRange;
use crate::yaml::emit::{self, Comments, Value};
use crate::yaml::patch::{self, Change};
use crate::yaml::{Entry, Mapping, Node};

/// Entries of custom detections, and those that said the same until October 2026. The newer are written in their place.
const OLDER: [(&str, &[&str]); 3] = [
    (
        "detectionAction.alertTemplate.tactics",
        &["detectionAction.alertTemplate.category", "detectionAction.alertTemplate.mitreTechniques"],
    ),
    ("detectionAction.alertTemplate.entityMappings", &["detectionAction.alertTemplate.impactedAssets"]),
    ("detectionAction.automatedActions", &["detectionAction.responseActions"]),
];

/// The paths, with what each becomes, that a change is made of. `has` says what the file has.
pub(super) fn parts(
    kind: ResourceKind,
    change: &EntryChange,
    has: &dyn Fn(&str) -> bool,
) -> Vec<(String, Option<Value>)> {
    let key = change.key.as_str();
    if kind != ResourceKind::CustomDetection {
        return vec![(key.to_owned(), change.value.clone())];
    }
    let said = match &change.value {
        Some(Value::Text(text) | Value::Plain(text)) => Some(text.as_str()),
        _ => None,
    };
    // A single word stays in the dialect of the file, with the comment beside it.
    if key == "status" && has("isEnabled") && !has("status") {
        let enabled = said != Some("disabled");
        return vec![("isEnabled".to_owned(), Some(Value::Plain(enabled.to_string())))];
    }
    if key == "schedule.frequency"
        && has("schedule.period")
        && !has("schedule.frequency")
        && let Some(period) = said.and_then(detection_rule::period)
    {
        return vec![("schedule.period".to_owned(), Some(Value::text(period)))];
    }
    let older = OLDER.iter().filter(|(newer, _)| *newer == key).flat_map(|(_, older)| *older);
    let older = older.filter(|older| has(older)).map(|older| ((*older).to_owned(), None));
    std::iter::once((key.to_owned(), change.value.clone())).chain(older).collect()
}

/// The entries of a mapping that are the canonical `key`, under whatever names.
fn known_as<'m>(
    table: &'static Table,
    mapping: &'m Mapping,
    key: &str,
) -> impl Iterator<Item = (&'m Entry, &'m str)> {
    mapping.entries.iter().filter_map(move |entry| {
        let written = entry.key.as_scalar()?.text.as_str();
        let name = table.find(written).map_or(written, |(known, _)| known.name);
        (name == key).then_some((entry, written))
    })
}

fn with_mapping<R>(
    text: &str,
    target: &Target<'_>,
    then: impl FnOnce(&Node, &Mapping) -> Option<R>,
) -> Option<R> {
    let documents = documents(text);
    let node = target.place.node(&documents)?;
    then(node, node.as_mapping()?)
}

/// The entry at `path`, or the deepest on the way that is there.
fn entry_at<'m>(table: &'static Table, mapping: &'m Mapping, path: &str) -> Option<&'m Entry> {
    let mut parts = path.split('.');
    let (mut entry, _) = known_as(table, mapping, parts.next()?).next()?;
    for part in parts {
        let Some(deeper) = entry.value.as_mapping().and_then(|mapping| mapping.entry(part)) else { break };
        entry = deeper;
    }
    Some(entry)
}

/// Where the entry `key` stands.
pub(super) fn place(text: &str, target: &Target<'_>, key: &str) -> Option<TextRange> {
    let table = target.table();
    with_mapping(text, target, |_, mapping| entry_at(table, mapping, key).map(|entry| entry.key.range))
}

/// The file with the items of a watchlist, and the column that tells them apart.
pub(super) fn items_file(text: &str, target: &Target<'_>) -> Option<(String, String)> {
    with_mapping(text, target, |_, mapping| {
        let said = |key: &str| mapping.get(key).and_then(Node::as_str).map(str::to_owned);
        Some((said(ITEMS)?, said("searchKey")?))
    })
}

/// `text` with the change. `None` where it cannot be made without touching something else.
pub(super) fn patched(text: &str, target: &Target<'_>, change: &EntryChange) -> Option<String> {
    let table = target.table();
    let wanted: Vec<(String, Option<Value>)> = with_mapping(text, target, |_, mapping| {
        let has = |path: &str| {
            let mut steps = path.split('.');
            let first = steps.next().and_then(|first| mapping.get(first));
            steps.fold(first, |node, step| node?.as_mapping()?.get(step)).is_some()
        };
        let mut wanted: Vec<(String, Option<Value>)> = Vec::new();
        for (path, new) in parts(target.pulled.key.kind, change, &has) {
            let path: Vec<&str> = path.split('.').collect();
            let (new, (first, below)) = (new.as_ref(), path.split_first()?);
            let mut written =
                known_as(table, mapping, first).map(|(entry, written)| (entry, written.to_owned()));
            let there = written.next();
            let key = there.as_ref().map_or_else(|| (*first).to_owned(), |(_, written)| written.clone());
            let value = match below {
                [] => new.cloned(),
                below => {
                    let known =
                        wanted.iter().find(|(name, _)| *name == key).and_then(|(_, value)| value.clone());
                    let held = known.or_else(|| there.map(|(entry, _)| Value::of(&entry.value)));
                    with_path(held, table.find(first).and_then(|(key, _)| key.value.table()), below, new)
                }
            };
            match wanted.iter_mut().find(|(name, _)| *name == key) {
                Some((_, known)) => *known = value,
                None => wanted.push((key, value)),
            }
            // The same under another name would count as well.
            wanted.extend(written.map(|(_, key)| (key, None)));
        }
        Some(wanted)
    })?;
    let changes: Vec<Change<'_>> =
        wanted.iter().map(|(key, value)| Change { key: key.clone(), value: value.as_ref() }).collect();
    patch::patch(text, target.place, &changes, &|key| table.rank(key))
}

/// `held` with `new` at `path` below it. An entry that was not there goes where `table` has it.
fn with_path(
    held: Option<Value>,
    table: Option<&'static Table>,
    path: &[&str],
    new: Option<&Value>,
) -> Option<Value> {
    let Some((first, below)) = path.split_first() else { return new.cloned() };
    let mut mapping = match held {
        Some(Value::Mapping(mapping)) => mapping,
        _ => emit::Mapping::default(),
    };
    let at = mapping.entries.iter().position(|entry| entry.key == *first);
    let deeper = table.and_then(|table| table.find(first)).and_then(|(key, _)| key.value.table());
    let value = with_path(at.map(|at| mapping.entries[at].value.clone()), deeper, below, new);
    match (at, value) {
        (Some(at), Some(value)) => mapping.entries[at].value = value,
        (Some(at), None) => drop(mapping.entries.remove(at)),
        (None, Some(value)) => {
            let rank = |key: &str| table.map_or(usize::MAX, |table| table.rank(key));
            let before = mapping.entries.iter().rposition(|entry| rank(&entry.key) <= rank(first));
            let entry = emit::Entry { key: (*first).to_owned(), value, comments: Comments::default() };
            mapping.entries.insert(before.map_or(0, |at| at + 1), entry);
        }
        (None, None) => {}
    }
    (!mapping.entries.is_empty()).then_some(Value::Mapping(mapping))
}

/// `text` with a comment before the entry, or at the start where there is none, that tells what the workspace says.
pub(super) fn marked(text: &str, target: &Target<'_>, change: &EntryChange) -> Option<String> {
    let name = change.key.rsplit('.').next().unwrap_or_default();
    let said = match &change.value {
        Some(value) => emit::document(&Value::mapping([(name, value.clone())])),
        None => format!("{name}: (nothing)\n"),
    };
    let table = target.table();
    with_mapping(text, target, |node, mapping| {
        let mut path = change.key.as_str();
        // In braces there is no line for a comment; then it stands before what holds them.
        loop {
            let entry = entry_at(table, mapping, path);
            let at = entry.map_or(node.range.start, |entry| entry.key.range.start) as usize;
            let line = text.get(..at)?.rfind('\n').map_or(0, |at| at + 1);
            let blanks = text.get(line..at)?.trim_start_matches('\u{feff}');
            if blanks.chars().all(|char| char == ' ') {
                return with_comment(text, at - blanks.len(), blanks, &said);
            }
            path = path.rsplit_once('.')?.0;
        }
    })
}

/// `text` with what is `said` as a comment at `at`, where a line begins, unless it stands there already.
fn with_comment(text: &str, at: usize, blanks: &str, said: &str) -> Option<String> {
    let mut comment = format!("{blanks}# picket pull: the workspace says\n");
    for line in said.lines() {
        comment.push_str(format!("{blanks}# {line}").trim_end());
        comment.push('\n');
    }
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let comment = comment.replace('\n', newline);
    if text.get(..at)?.ends_with(&comment) {
        return None;
    }
    apply_edits(text, &[(TextRange::from_usize(at, at), comment.as_str())]).ok()
}
