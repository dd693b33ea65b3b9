//! Changes to entries of JSON files that are written as programs write them; others are left alone.

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::yaml::parts;
use super::{Target, documents};
use crate::plan::EntryChange;
use crate::rule;
use crate::yaml::emit;

/// `text` with the change. `None` where that would change how the rest of the file is written.
pub(super) fn patched(text: &str, target: &Target<'_>, change: &EntryChange) -> Option<String> {
    let mut document: Json = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let indent = ["  ", "    ", "\t"].into_iter().find(|indent| written(&document, indent, text) == text)?;
    let item = match target.place.item {
        Some(item) => document.get_mut(item)?,
        None => &mut document,
    };
    let has = |path: &str| item.pointer(&format!("/{}", path.replace('.', "/"))).is_some();
    for (path, value) in parts(target.pulled.key.kind, change, &has) {
        put(item, &path.split('.').collect::<Vec<_>>(), value.as_ref())?;
    }
    Some(written(&document, indent, text))
}

/// What the file, which was `text`, and the workspace say of an entry, in one line each: JSON has no comments to put it into.
pub(super) fn both(text: &str, target: &Target<'_>, change: &EntryChange) -> String {
    let mut theirs = change.value.as_ref().and_then(json_of);
    let document: Option<Json> = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok();
    let ours = document.as_ref().and_then(|document| {
        let item = target.place.item.map_or(Some(document), |item| document.get(item))?;
        item.pointer(&format!("/{}", change.key.replace('.', "/")))
    });
    if let (Some(Json::String(text)), Some(Json::String(ours))) = (&mut theirs, ours)
        && !ours.ends_with('\n')
    {
        text.truncate(text.trim_end_matches('\n').len());
    }
    let word =
        |value: Option<&Json>| value.map_or_else(|| "nothing".to_owned(), |value| format!("`{value}`"));
    let theirs = word(theirs.as_ref());
    match document {
        Some(_) => format!("the file says {}, and the workspace {theirs}; write what is right", word(ours)),
        None => format!("the workspace says {theirs}; write what is right"),
    }
}

/// The document with this indentation, ending as `like` does.
fn written(document: &Json, indent: &str, like: &str) -> String {
    let mut out = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, formatter);
    if document.serialize(&mut serializer).is_err() {
        return String::new();
    }
    let mut text = String::from_utf8(out).unwrap_or_default();
    if like.ends_with('\n') {
        text.push('\n');
    }
    if like.contains("\r\n") { text.replace('\n', "\r\n") } else { text }
}

fn put(held: &mut Json, path: &[&str], value: Option<&emit::Value>) -> Option<()> {
    let fields = held.as_object_mut()?;
    let (first, below) = path.split_first()?;
    match (below, value) {
        ([], None) => drop(fields.shift_remove(*first)),
        ([], Some(value)) => {
            let mut value = json_of(value)?;
            let ends = |held: &Json| held.as_str().is_some_and(|held| held.ends_with('\n'));
            if let (Json::String(text), false) = (&mut value, fields.get(*first).is_some_and(ends)) {
                text.truncate(text.trim_end_matches('\n').len());
            }
            fields.insert((*first).to_owned(), value);
        }
        (below, None) => {
            if let Some(held) = fields.get_mut(*first) {
                put(held, below, None)?;
            }
        }
        (below, value) => {
            put(fields.entry(*first).or_insert_with(|| Json::Object(Map::new())), below, value)?;
        }
    }
    Some(())
}

/// What a value reads as.
fn json_of(value: &emit::Value) -> Option<Json> {
    let text = emit::document(value);
    let documents = documents(&text);
    documents.first()?.root.as_ref().map(rule::to_json)
}
