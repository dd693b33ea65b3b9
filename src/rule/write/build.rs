//! From the nodes of a rule file to the values of its canonical form.

use super::{FormatQuery, TableOf};
use crate::rule::Duration;
use crate::rule::keys::{Key, Table, ValueType};
use crate::text::TextRange;
use crate::yaml::comments::Comment;
use crate::yaml::emit::{Comments, Entry, Item, Mapping, Sequence, Value};
use crate::yaml::{Node, NodeKind, Scalar, ScalarStyle};

/// Builds values, giving each the comments that stand at it.
pub(super) struct Builder<'a, 'q> {
    text: &'a str,
    comments: std::vec::IntoIter<Comment>,
    query: &'a mut FormatQuery<'q>,
}

/// Where a node stands.
#[derive(Clone, Copy)]
struct Place {
    /// Where the next node, or the end of the document, is.
    limit: u32,
    /// Column of the block collection around it.
    around: Option<u32>,
}

impl<'a, 'q> Builder<'a, 'q> {
    pub(super) fn new(text: &'a str, comments: Vec<Comment>, query: &'a mut FormatQuery<'q>) -> Self {
        Self { text, comments: comments.into_iter(), query }
    }

    /// The root of a document: a mapping, or a list of them, with the keys that `table` says. `None` when there are
    /// keys that are no text.
    pub(super) fn root(&mut self, node: &Node, table: &TableOf<'_>, end: u32) -> Option<Value> {
        let place = Place { limit: end, around: None };
        let kind = |node: &Node| table(node).map_or(ValueType::Any, ValueType::Mapping);
        let mut value = match node.as_sequence() {
            Some(items) => self.sequence(node, items, &kind, place)?,
            None => self.value(node, kind(node), place)?,
        };
        match &mut value {
            Value::Mapping(mapping) => mapping.end.extend(self.take_while(|_| true)),
            Value::Sequence(sequence) => sequence.end.extend(self.take_while(|_| true)),
            _ => {}
        }
        Some(value)
    }

    fn value(&mut self, node: &Node, kind: ValueType, place: Place) -> Option<Value> {
        match &node.kind {
            NodeKind::Scalar(scalar) if matches!(kind, ValueType::Query) && !scalar.is_null() => {
                Some(Value::Block((self.query)(scalar).unwrap_or_else(|| scalar.text.clone())))
            }
            NodeKind::Scalar(scalar) => Some(self::scalar(scalar, kind)),
            NodeKind::Sequence(items) => {
                let kind = match kind {
                    ValueType::Mappings(table) | ValueType::MappingsOr(table, _) => ValueType::Mapping(table),
                    other => other,
                };
                self.sequence(node, items, &|_| kind, place)
            }
            NodeKind::Mapping(mapping) => {
                let table = match kind {
                    ValueType::Mapping(table) => Some(table),
                    ValueType::Mappings(table) | ValueType::MappingsOr(table, _) => {
                        // One mapping where a list is expected is a list of one.
                        let value = self.mapping(node, &mapping.entries, Some(table), place)?;
                        return Some(Value::sequence([value]));
                    }
                    _ => None,
                };
                self.mapping(node, &mapping.entries, table, place)
            }
        }
    }

    /// A list of items that are each of the `kind` said.
    fn sequence(
        &mut self,
        node: &Node,
        items: &[Node],
        kind: &dyn Fn(&Node) -> ValueType,
        place: Place,
    ) -> Option<Value> {
        let column = self.column(node.range.start);
        let mut sequence = Sequence::default();
        for (index, item) in items.iter().enumerate() {
            let limit = items.get(index + 1).map_or(place.limit, |next| next.range.start);
            let before = self.take_until(item.range.start);
            let kind = kind(item);
            let value = self.value(item, kind, Place { limit, around: Some(column) })?;
            let comments = self.beside(item, before, None, limit);
            sequence.items.extend(split(value, kind, comments));
        }
        sequence.end = self.end(node, place);
        Some(Value::Sequence(sequence))
    }

    fn mapping(
        &mut self,
        node: &Node,
        entries: &[crate::yaml::Entry],
        table: Option<&'static Table>,
        place: Place,
    ) -> Option<Value> {
        let column = self.column(node.range.start);
        let mut found: Vec<(usize, Entry)> = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let limit = entries.get(index + 1).map_or(place.limit, |next| next.key.range.start);
            let written = entry.key.as_scalar()?.text.as_str();
            let known = table.and_then(|table| table.find(written)).map(|(key, _)| key);
            let kind = known.map_or(ValueType::Any, |key| key.value);
            let kind = if matches!(kind, ValueType::Mapping(_)) && entry.value.as_mapping().is_none() {
                ValueType::Any
            } else {
                kind
            };
            let mut before = self.take_until(entry.key.range.start);
            let beside_key = self.on_line_of(entry.key.range.end, entry.value.range.start);
            if entry.value.as_scalar().is_some() {
                before.extend(self.take_until(entry.value.range.start));
            }
            let value = self.value(&entry.value, kind, Place { limit, around: Some(column) })?;
            let comments = self.beside(&entry.value, before, beside_key, limit);
            let value = if is_list(kind) { listed(value, kind) } else { value };
            let rank = table.map_or(0, |table| table.rank(written));
            let key = known.filter(|key| alone(key, entries, table)).map_or(written, |key| key.name);
            found.push((rank, Entry { key: key.to_owned(), value, comments }));
        }
        found.sort_by_key(|(rank, _)| *rank);
        let entries = found.into_iter().map(|(_, entry)| entry).collect();
        Some(Value::Mapping(Mapping { entries, end: self.end(node, place) }))
    }

    /// The comments of an item or entry whose value is `node`: those before it, and the one beside its key
    /// or else beside its header or its end.
    fn beside(&mut self, node: &Node, before: Vec<String>, key: Option<String>, limit: u32) -> Comments {
        let mut comments = Comments { before, beside: key };
        let mut found = Vec::new();
        let block = node
            .as_scalar()
            .is_some_and(|scalar| matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded));
        if block {
            found.extend(self.on_line_of(node.range.start, limit));
        }
        found.extend(self.on_line_of(node.range.end, limit));
        for comment in found {
            match comments.beside {
                None => comments.beside = Some(comment),
                Some(_) => comments.before.push(comment),
            }
        }
        comments
    }

    /// The comments at the end of a collection: inside its brackets, or on lines of their own that are
    /// indented more than the collection around it.
    fn end(&mut self, node: &Node, place: Place) -> Vec<String> {
        let flow = matches!(self.text.as_bytes().get(node.range.start as usize), Some(b'[' | b'{'))
            && self.text[..node.range.end as usize].ends_with([']', '}']);
        self.take_while(|comment| {
            let inside = comment.range.start < node.range.end;
            let deeper = place.around.is_none_or(|column| comment.column > column);
            (flow && inside) || (!flow && comment.own_line && deeper && comment.range.start < place.limit)
        })
    }

    fn take_until(&mut self, limit: u32) -> Vec<String> {
        self.take_while(|comment| comment.range.start < limit)
    }

    fn take_while(&mut self, accept: impl Fn(&Comment) -> bool) -> Vec<String> {
        let mut taken = Vec::new();
        while let Some(next) = self.comments.as_slice().first().copied().filter(&accept) {
            self.comments.next();
            taken.push(super::written(self.text, &next).to_owned());
        }
        taken
    }

    /// The comment before `limit` that stands behind `from` on its line.
    fn on_line_of(&mut self, from: u32, limit: u32) -> Option<String> {
        let next = self.comments.as_slice().first()?;
        let between = TextRange::new(from, next.range.start);
        let beside = next.range.start >= from
            && next.range.start < limit
            && !next.own_line
            && !between.slice(self.text).contains(['\n', '\r']);
        if !beside {
            return None;
        }
        let comment = self.comments.next()?;
        Some(super::written(self.text, &comment).to_owned())
    }

    fn column(&self, at: u32) -> u32 {
        let before = &self.text[..at as usize];
        let line = before.rfind(['\n', '\r']).map_or(before, |end| &before[end + 1..]);
        crate::text::to_u32(line.chars().filter(|char| *char != '\u{FEFF}').count())
    }
}

/// Whether no other entry of the mapping is the same key under another name.
fn alone(key: &'static Key, entries: &[crate::yaml::Entry], table: Option<&'static Table>) -> bool {
    let same = |entry: &&crate::yaml::Entry| {
        let found = entry.key.as_scalar().and_then(|scalar| table?.find(&scalar.text));
        found.is_some_and(|(other, _)| std::ptr::eq(other, key))
    };
    entries.iter().filter(same).count() == 1
}

/// Whether a scalar in place of such a value is a list of one.
fn is_list(kind: ValueType) -> bool {
    use ValueType::{Choices, EntityTypes, Tactics, Techniques, TextList};
    matches!(kind, Choices(_) | EntityTypes | Tactics | Techniques | TextList)
}

/// A scalar as a list; nothing stays nothing.
fn listed(value: Value, kind: ValueType) -> Value {
    match &value {
        Value::Plain(text) if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL") => value,
        Value::Plain(_) | Value::Text(_) | Value::Block(_) => {
            Value::Sequence(Sequence { items: split(value, kind, Comments::default()), end: Vec::new() })
        }
        Value::Sequence(_) | Value::Mapping(_) => value,
    }
}

/// An item as items: words with commas, where no word can hold a comma, are several.
fn split(value: Value, kind: ValueType, comments: Comments) -> Vec<Item> {
    let words = matches!(kind, ValueType::EntityTypes | ValueType::Tactics | ValueType::Techniques);
    let pieces: Vec<Value> = match &value {
        Value::Plain(text) | Value::Text(text) if words && text.contains(',') => {
            text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(Value::text).collect()
        }
        _ => Vec::new(),
    };
    if pieces.is_empty() {
        return vec![Item { value, comments }];
    }
    let mut comments = Some(comments);
    let item = |value| Item { value, comments: comments.take().unwrap_or_default() };
    pieces.into_iter().map(item).collect()
}

/// A scalar of type `kind` in its canonical spelling. What cannot be understood is kept as written.
fn scalar(scalar: &Scalar, kind: ValueType) -> Value {
    let text = scalar.text.as_str();
    let kept = || match scalar.style {
        ScalarStyle::Plain => Value::Plain(text.to_owned()),
        _ => Value::text(text),
    };
    if scalar.is_null() {
        return kept();
    }
    match kind {
        ValueType::Duration => {
            Duration::parse(text).map_or_else(|_| kept(), |found| Value::text(found.short()))
        }
        ValueType::Choice(choices) | ValueType::Choices(choices) => {
            choices.find(text.trim()).map_or_else(kept, Value::text)
        }
        ValueType::Bool => match (scalar.as_bool(), text.to_ascii_lowercase().as_str()) {
            (Some(true), _) | (None, "true" | "yes" | "on") => Value::Plain("true".to_owned()),
            (Some(false), _) | (None, "false" | "no" | "off") => Value::Plain("false".to_owned()),
            _ => kept(),
        },
        ValueType::Integer => {
            let number = scalar.as_i64().or_else(|| text.trim().parse().ok());
            number.map_or_else(kept, |number| Value::Plain(number.to_string()))
        }
        _ => kept(),
    }
}
