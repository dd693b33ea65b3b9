//! Expectations written anew from what there is, all else of the file left as it is.

use super::document::{Expect, ExpectedRows, Said, TestFile};
use super::judge::{is_equal, matched, wanted_row};
use super::simulate::Simulated;
use crate::exec::value::{Dynamic, Value as Held};
use crate::rule::RuleKind;
use crate::text::{SourceId, Spanned};
use crate::yaml::emit::Value;
use crate::yaml::patch::{Change, Place, patch};
use crate::yaml::{self, Mapping, Node};

/// A test whose expectation is written anew.
#[derive(Debug, Clone, Copy)]
pub struct Update<'s> {
    /// Its number in the file.
    pub index: usize,
    /// The kind of its rule.
    pub kind: RuleKind,
    /// What there is.
    pub simulated: &'s Simulated,
}

/// The text of a file of tests with the expectations of `updates` as they are met; nothing where that cannot be done without
/// touching something else. Only keys that are written are updated; a test with an empty expectation gets all of them.
/// `expect: none` and `expect: fires` stay: they are meant, not recorded.
pub fn updated(text: &str, file: &TestFile, updates: &[Update<'_>]) -> Option<String> {
    let (documents, _) = yaml::parse(SourceId::default(), text);
    let root = documents.first()?.root.as_ref()?.as_mapping()?;
    let tests = root.get("tests")?.as_sequence()?;
    let mut values = Vec::new();
    for (index, node) in tests.iter().enumerate() {
        let update = updates.iter().find(|update| update.index == index);
        let said = file.tests.iter().find(|test| test.index == index).and_then(|test| match &test.expect {
            Expect::Said(said) => Some((test, said)),
            Expect::Fires | Expect::Nothing => None,
        });
        values.push(match (update, said, node.as_mapping()) {
            (Some(update), Some((test, said)), Some(mapping)) => {
                let entries = mapping.entries.iter().filter_map(|entry| {
                    let key = entry.key.as_scalar()?.text.clone();
                    let value = match key.as_str() {
                        "expect" => expectation(said, entry.value.as_mapping(), test, update),
                        _ => Value::of(&entry.value),
                    };
                    Some((key, value))
                });
                Value::mapping(entries.collect::<Vec<_>>())
            }
            _ => Value::of(node),
        });
    }
    let tests = Value::sequence(values);
    let change = Change { key: "tests".to_owned(), value: Some(&tests) };
    patch(text, Place::top(0), &[change], &|_| 0)
}

fn expectation(
    said: &Said,
    written: Option<&Mapping>,
    test: &super::document::Test,
    update: &Update<'_>,
) -> Value {
    let simulated = update.simulated;
    let alerts = &simulated.alerts;
    let is_hunt = update.kind == RuleKind::Hunting;
    let mut entries: Vec<(String, Value)> = Vec::new();
    let keys: Vec<String> = match written.filter(|mapping| !mapping.entries.is_empty()) {
        Some(mapping) => {
            mapping.entries.iter().filter_map(|entry| Some(entry.key.as_scalar()?.text.clone())).collect()
        }
        None if is_hunt => vec!["rows".to_owned()],
        None => ["alerts", "title", "severity", "entities", "incidents", "rows"].map(str::to_owned).to_vec(),
    };
    for key in keys {
        let old = written.and_then(|mapping| mapping.get(&key));
        let texts = |of: fn(&super::Alert) -> &str| one_or_all(alerts.iter().map(of).collect());
        let value = match key.as_str() {
            "alerts" if !is_hunt => number(alerts.len()),
            "incidents" if !is_hunt => number(simulated.incidents.len()),
            "title" => texts(|alert| &alert.title),
            "description" => texts(|alert| &alert.description),
            "severity" => texts(|alert| &alert.severity),
            "entities" => entities(alerts),
            "rows" => rows(said.rows.as_ref(), test, simulated),
            _ => match old {
                Some(node) => Value::of(node),
                None => continue,
            },
        };
        entries.push((key, value));
    }
    Value::mapping(entries)
}

fn number(number: usize) -> Value {
    Value::Plain(number.to_string())
}

/// One text where all are the same.
fn one_or_all(texts: Vec<&str>) -> Value {
    match texts.split_first() {
        Some((first, rest)) if rest.iter().all(|text| text == first) => Value::text(*first),
        _ => Value::sequence(texts.into_iter().map(Value::text)),
    }
}

fn entities(alerts: &[super::Alert]) -> Value {
    let mut seen = Vec::new();
    for entity in alerts.iter().flat_map(|alert| &alert.entities) {
        if !seen.contains(&entity) {
            seen.push(entity);
        }
    }
    Value::sequence(seen.into_iter().map(|entity| {
        let identifiers = entity.identifiers.iter().map(|(name, value)| (name.clone(), Value::text(value)));
        Value::mapping(std::iter::once(("type".to_owned(), Value::text(&entity.ty))).chain(identifiers))
    }))
}

/// The rows under the columns that were expected before; those that still are there stay as they are written.
fn rows(expected: Option<&ExpectedRows>, test: &super::document::Test, simulated: &Simulated) -> Value {
    let got = simulated.rows();
    let nodes: &[Node] = match expected {
        Some(ExpectedRows::Count(_)) => return number(got.rows.len()),
        Some(ExpectedRows::Rows(Spanned { value, .. })) => value,
        None => &[],
    };
    let wanted: Vec<_> = nodes
        .iter()
        .filter_map(|node| wanted_row(node.as_mapping()?, test, &got).ok().map(|row| (node, row)))
        .collect();
    let pairs = matched(&wanted, &got.rows, |(_, (slots, values)), row| {
        slots.iter().zip(values).all(|(slot, wanted)| row.get(*slot).is_some_and(|got| is_equal(got, wanted)))
    });
    let mut columns: Vec<usize> = Vec::new();
    for slot in wanted.iter().flat_map(|(_, (slots, _))| slots) {
        if !columns.contains(slot) {
            columns.push(*slot);
        }
    }
    let mut out: Vec<Value> = wanted
        .iter()
        .zip(&pairs)
        .filter(|(_, pair)| pair.is_some())
        .map(|((node, _), _)| Value::of(node))
        .collect();
    for (_, row) in got.rows.iter().enumerate().filter(|(number, _)| !pairs.contains(&Some(*number))) {
        let cells = got.schema.fields.iter().zip(row).enumerate();
        let is_meant = |at: usize, value: &Held| match columns.is_empty() {
            true => !value.is_empty(),
            false => columns.contains(&at),
        };
        let cells = cells.filter(|(at, (_, value))| is_meant(*at, value));
        out.push(Value::mapping(cells.map(|(_, (field, value))| (field.name.to_string(), held(value)))));
    }
    Value::sequence(out)
}

/// A value of a row as it is written in a file of tests.
pub(super) fn held(value: &Held) -> Value {
    match value {
        Held::Null => Value::Plain(String::new()),
        Held::String(text) => Value::text(&**text),
        Held::Bool(truth) => Value::Plain(truth.to_string()),
        Held::Dynamic(value) => dynamic(value),
        Held::TimeSpan(_) => Value::text(value.to_text()),
        _ => Value::Plain(value.to_text().into_owned()),
    }
}

fn dynamic(value: &Dynamic) -> Value {
    match value {
        Dynamic::Null => Value::Plain(String::new()),
        Dynamic::Bool(truth) => Value::Plain(truth.to_string()),
        Dynamic::Long(number) => Value::Plain(number.to_string()),
        Dynamic::Array(items) => Value::sequence(items.iter().map(dynamic)),
        Dynamic::Bag(entries) => {
            Value::mapping(entries.iter().map(|(name, value)| (name.to_string(), dynamic(value))))
        }
        Dynamic::Real(_) => Value::Plain(value.to_text().into_owned()),
        _ => Value::text(value.to_text()),
    }
}
