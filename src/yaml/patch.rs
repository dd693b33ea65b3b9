//! Changes to YAML text that keep everything else as it is: comments, order, quotes, blank lines.
//!
//! A value is named by the way to it from the top of its document, and a change is a list of edits. What
//! stands beside or inside a value that is replaced or removed goes with it, but for the comment on the
//! line of a replaced value; comments on lines of their own around it stay.

use thiserror::Error;

use super::cursor::{self, break_len, is_blank, line_end, line_start, skip_trivia, skip_while};
use super::emit::{self, Value};
use super::{Document, Node, NodeKind, ScalarStyle};
use crate::diag::Edit;
use crate::text::{SourceId, Span, TextRange};

/// A step on the way to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// To the value of this key.
    Key(&'a str),
    /// To this item, counted from zero.
    Index(usize),
}

/// Why a change cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PatchError {
    /// The way leads nowhere.
    #[error("there is no such value")]
    Missing,
    /// A key was asked of a list or a text, or an item of a mapping or a text.
    #[error("the value above is of another kind")]
    OtherKind,
    /// The way leads through an alias or a merge key: a change would show elsewhere, too.
    #[error("the value is shared through an alias or a merge key")]
    Shared,
    /// The new name of a key is taken.
    #[error("there is such a key already")]
    Taken,
}

/// A document to be changed.
#[derive(Debug, Clone, Copy)]
pub struct Patch<'a> {
    source: SourceId,
    text: &'a str,
    document: &'a Document,
}

/// A collection on the way, and whether it stands in brackets.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    node: &'a Node,
    flow: bool,
}

impl<'a> Patch<'a> {
    /// Changes to `document`, read from `text`.
    pub fn new(source: SourceId, text: &'a str, document: &'a Document) -> Self {
        Self { source, text, document }
    }

    /// Gives the value at `path` another value. A key that its mapping does not have is added at the end,
    /// and so is the item after the last.
    ///
    /// # Errors
    /// When the way to the value does not exist, or the value is shared.
    pub fn set(&self, path: &[Step<'_>], value: &Value) -> Result<Vec<Edit>, PatchError> {
        let Some((last, above)) = path.split_last() else {
            let root = self.document.root.as_ref().ok_or(PatchError::Missing)?;
            let text = emit::document(value);
            let end = self.swallow(root.range.end as usize, value);
            let range = TextRange::new(root.range.start, crate::text::to_u32(end));
            return Ok(vec![self.edit(range, self.ended(&text, root.range.end as usize))]);
        };
        let place = self.find(above)?;
        match (&place.node.kind, last) {
            (NodeKind::Mapping(mapping), Step::Key(key)) => match mapping.entry(key) {
                Some(entry) if !within(&entry.key, place.node) => Err(PatchError::Shared),
                Some(entry) => Ok(vec![self.replace(place, entry.key.range.end, b':', &entry.value, value)]),
                None => Ok(vec![self.append_entry(place, key, value)]),
            },
            (NodeKind::Sequence(items), Step::Index(index)) => match items.get(*index) {
                Some(item) => {
                    let from = index.checked_sub(1).and_then(|before| items.get(before));
                    let from = from.map_or(self.content(place.node), |before| before.range.end as usize);
                    Ok(vec![self.replace(place, crate::text::to_u32(from), b'-', item, value)])
                }
                None if *index == items.len() => Ok(vec![self.append_item(place, value)]),
                None => Err(PatchError::Missing),
            },
            (NodeKind::Scalar(scalar), Step::Key(key)) if scalar.is_null() => {
                self.set(above, &Value::mapping([(*key, value.clone())]))
            }
            (NodeKind::Scalar(scalar), Step::Index(0)) if scalar.is_null() => {
                self.set(above, &Value::sequence([value.clone()]))
            }
            _ => Err(PatchError::OtherKind),
        }
    }

    /// Adds an entry before the one of `next` in the mapping at `path`.
    ///
    /// # Errors
    /// When there is no such mapping, or no such entry in it; when it has `key`, or is shared.
    pub fn insert(
        &self,
        path: &[Step<'_>],
        next: &str,
        key: &str,
        value: &Value,
    ) -> Result<Vec<Edit>, PatchError> {
        let place = self.find(path)?;
        let entries = &place.node.as_mapping().ok_or(PatchError::OtherKind)?.entries;
        let named = |name: &str| {
            let same = |entry: &super::Entry| entry.key.as_scalar().is_some_and(|scalar| scalar.text == name);
            entries.iter().position(same)
        };
        let index = named(next).ok_or(PatchError::Missing)?;
        if named(key).is_some() {
            return Err(PatchError::Taken);
        }
        let entry = &entries[index];
        if entries.iter().any(|entry| !within(&entry.key, place.node)) {
            return Err(PatchError::Shared);
        }
        let at = TextRange::empty(entry.key.range.start);
        if place.flow {
            let text = format!("{}: {}, ", emit::flow_text(key), emit::flow(value));
            return Ok(vec![self.edit(at, text)]);
        }
        let column = self.column(entry.key.range.start);
        if let Some(before) = index.checked_sub(1).and_then(|before| entries.get(before)) {
            return Ok(vec![self.after(&before.value, column, value, &self.entry(key, value, column))]);
        }
        let text = format!("{}{:column$}", self.entry(key, value, column), "");
        Ok(vec![self.edit(at, self.lines(&text))])
    }

    /// Removes the entry or item at `path`. The last of its collection leaves the collection empty.
    ///
    /// # Errors
    /// When there is no such entry or item, or it is shared.
    pub fn remove(&self, path: &[Step<'_>]) -> Result<Vec<Edit>, PatchError> {
        let (last, above) = path.split_last().ok_or(PatchError::Missing)?;
        let place = self.find(above)?;
        // Each entry or item with its first byte and its last node.
        let (parts, index): (Vec<(usize, &Node)>, usize) = match (&place.node.kind, last) {
            (NodeKind::Mapping(mapping), Step::Key(key)) => {
                let same =
                    |entry: &super::Entry| entry.key.as_scalar().is_some_and(|scalar| scalar.text == *key);
                let index = mapping.entries.iter().position(same).ok_or(PatchError::Missing)?;
                if mapping.entries.iter().any(|entry| !within(&entry.key, place.node)) {
                    return Err(PatchError::Shared);
                }
                let part = |entry: &'a super::Entry| (entry.key.range.start as usize, &entry.value);
                (mapping.entries.iter().map(part).collect(), index)
            }
            (NodeKind::Sequence(items), Step::Index(index)) => {
                let mut from = self.content(place.node);
                let mut parts = Vec::with_capacity(items.len());
                for item in items {
                    let start =
                        if place.flow { item.range.start as usize } else { skip_trivia(self.bytes(), from) };
                    parts.push((start, item));
                    from = item.range.end as usize;
                }
                (parts, *index)
            }
            _ => return Err(PatchError::OtherKind),
        };
        let (start, node) = *parts.get(index).ok_or(PatchError::Missing)?;
        if parts.len() == 1 {
            let empty = match last {
                Step::Key(_) => Value::Mapping(emit::Mapping::default()),
                Step::Index(_) => Value::Sequence(emit::Sequence::default()),
            };
            return self.set(above, &empty);
        }
        let range = if place.flow {
            match (parts.get(index + 1), index.checked_sub(1).and_then(|before| parts.get(before))) {
                (Some((next, _)), _) => TextRange::from_usize(start, *next),
                (None, Some((_, before))) => TextRange::new(before.range.end, self.end(start, node)),
                (None, None) => return Err(PatchError::Missing),
            }
        } else {
            let lines = self.lines_of(start, node);
            let before = index.checked_sub(1).and_then(|before| parts.get(before));
            // Blank lines would become part of a block before them.
            if before.is_some_and(|(_, before)| is_block(last_leaf(before))) {
                TextRange::from_usize(lines.start as usize, self.blank_lines(lines.end as usize))
            } else {
                lines
            }
        };
        Ok(vec![self.edit(range, String::new())])
    }

    /// Gives the key at `path` another name.
    ///
    /// # Errors
    /// When there is no such key, its mapping has `name` already, or it is shared.
    pub fn rename(&self, path: &[Step<'_>], name: &str) -> Result<Vec<Edit>, PatchError> {
        let (last, above) = path.split_last().ok_or(PatchError::Missing)?;
        let place = self.find(above)?;
        let (NodeKind::Mapping(mapping), Step::Key(key)) = (&place.node.kind, last) else {
            return Err(PatchError::OtherKind);
        };
        let entry = mapping.entry(key).ok_or(PatchError::Missing)?;
        if !within(&entry.key, place.node) {
            return Err(PatchError::Shared);
        }
        if mapping.entry(name).is_some() {
            return Err(PatchError::Taken);
        }
        let text = if place.flow { emit::flow_text(name) } else { emit::key(name) };
        Ok(vec![self.edit(entry.key.range, text)])
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn edit(&self, range: TextRange, replacement: String) -> Edit {
        Edit { span: Span::new(self.source, range), replacement }
    }

    fn column(&self, at: u32) -> usize {
        cursor::column(self.text, at as usize)
    }

    /// The node at `path`.
    fn find(&self, path: &[Step<'_>]) -> Result<Place<'a>, PatchError> {
        let mut node = self.document.root.as_ref().ok_or(PatchError::Missing)?;
        let mut flow = self.is_flow(node);
        for step in path {
            let next = match (&node.kind, step) {
                (NodeKind::Mapping(mapping), Step::Key(key)) => {
                    let entry = mapping.entry(key).ok_or(PatchError::Missing)?;
                    if !within(&entry.key, node) {
                        return Err(PatchError::Shared);
                    }
                    &entry.value
                }
                (NodeKind::Sequence(items), Step::Index(index)) => {
                    items.get(*index).ok_or(PatchError::Missing)?
                }
                _ => return Err(PatchError::OtherKind),
            };
            if self.is_alias(next) {
                return Err(PatchError::Shared);
            }
            node = next;
            flow |= self.is_flow(node);
        }
        Ok(Place { node, flow })
    }

    /// First byte of a node behind its anchor and tag.
    fn content(&self, node: &Node) -> usize {
        let mut at = node.range.start as usize;
        while at < node.range.end as usize && matches!(self.bytes()[at], b'&' | b'!') {
            at = skip_trivia(self.bytes(), cursor::skip_properties(self.bytes(), at, 1).1);
        }
        at
    }

    fn is_flow(&self, node: &Node) -> bool {
        let close = match (&node.kind, self.bytes().get(self.content(node))) {
            (NodeKind::Sequence(_), Some(b'[')) => ']',
            (NodeKind::Mapping(_), Some(b'{')) => '}',
            _ => return false,
        };
        node.range.slice(self.text).ends_with(close)
    }

    fn is_alias(&self, node: &Node) -> bool {
        let quoted = node.as_scalar().is_some_and(|scalar| {
            matches!(scalar.style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted)
        });
        !quoted && node.range.slice(self.text).starts_with('*')
    }

    /// `text` with the line endings of the file.
    fn lines(&self, text: &str) -> String {
        if self.text.contains("\r\n") { text.replace('\n', "\r\n") } else { text.to_owned() }
    }

    /// Replaces `old`, whose `indicator` is the first token from `from` on.
    fn replace(&self, place: Place<'a>, from: u32, indicator: u8, old: &Node, new: &Value) -> Edit {
        if place.flow {
            let text = emit::flow(new);
            let text = if old.range.is_empty() { format!(" {text}") } else { text };
            return self.edit(old.range, text);
        }
        let bytes = self.bytes();
        let at = skip_trivia(bytes, from as usize);
        let start = if bytes.get(at) == Some(&indicator) { at + 1 } else { old.range.start as usize };
        let mut end = (old.range.end as usize).max(start);
        let first = skip_while(bytes, start, is_blank);
        // The comment on the line of the indicator or header, or behind the old value.
        let header = if is_block(old) {
            skip_while(bytes, old.range.start as usize, |byte| !is_blank(byte))
        } else {
            first
        };
        let header = skip_while(bytes, header.min(line_end(bytes, header)), is_blank);
        let mut beside = self.comment(header);
        let tail = skip_while(bytes, end, is_blank);
        if let Some(comment) = self.comment(tail).filter(|_| end == 0 || bytes[end - 1] != b'\n') {
            end = line_end(bytes, tail);
            beside = Some(comment);
        }
        let column = match indicator {
            b'-' => self.column(crate::text::to_u32(self.content(place.node))),
            _ => self.mapping_column(place.node),
        };
        let mut text = String::new();
        if indicator == b'-' && beside.is_none() {
            text.push_str(&emit::item(new, column)[1..]);
        } else {
            emit::write_value(&mut text, new, beside, column);
        }
        let text = self.ended(&text, end);
        self.edit(TextRange::from_usize(start, self.swallow(end, new)), text)
    }

    /// `text`, which ends its last line, in place of what ends at `end`: without its line ending, unless
    /// what it replaces had one.
    fn ended(&self, text: &str, end: usize) -> String {
        let ended = end > 0 && cursor::is_break(self.bytes()[end - 1]);
        self.lines(if ended { text } else { text.strip_suffix('\n').unwrap_or(text) })
    }

    /// The end of the blank lines behind `end` that a block at the end of `value` would take for its own, or
    /// else `end`.
    fn swallow(&self, end: usize, value: &Value) -> usize {
        let blank = self.blank_lines(end);
        let takes = match last_text(value) {
            Some(text) if text.ends_with("\n\n") => true,
            Some(_) => self.text[end..blank].contains([' ', '\t']),
            None => false,
        };
        if takes { blank } else { end }
    }

    /// The comment that starts at `at`.
    fn comment(&self, at: usize) -> Option<&'a str> {
        let line = self.text.get(at..line_end(self.bytes(), at))?;
        line.starts_with('#').then(|| line.trim_end())
    }

    /// The end of the blank lines that start at `at`, or behind the line ending at `at`.
    fn blank_lines(&self, at: usize) -> usize {
        let bytes = self.bytes();
        let ended = at > 0 && (bytes[at - 1] == b'\n' || bytes[at - 1] == b'\r');
        let mut end = at;
        let mut next = if ended { at } else { at + break_len(bytes, at) };
        loop {
            let line = skip_while(bytes, next, is_blank);
            let len = break_len(bytes, line);
            if len == 0 {
                return end;
            }
            // The last line ending belongs to the line of what follows.
            end = if ended { line + len } else { line };
            next = line + len;
        }
    }

    fn mapping_column(&self, node: &Node) -> usize {
        let first = node.as_mapping().and_then(|mapping| mapping.entries.first());
        first.map_or(0, |entry| self.column(entry.key.range.start))
    }

    fn entry(&self, key: &str, value: &Value, column: usize) -> String {
        let mut text = format!("{}:", emit::key(key));
        emit::write_value(&mut text, value, None, column);
        text
    }

    fn append_entry(&self, place: Place<'a>, key: &str, value: &Value) -> Edit {
        let entries = place.node.as_mapping().map(|mapping| mapping.entries.as_slice()).unwrap_or_default();
        let text = format!("{}: {}", emit::flow_text(key), emit::flow(value));
        match entries.last() {
            Some(last) if place.flow => {
                self.edit(TextRange::empty(last.value.range.end), format!(", {text}"))
            }
            Some(last) => {
                let column = self.mapping_column(place.node);
                self.after(&last.value, column, value, &self.entry(key, value, column))
            }
            None => self.edit(
                TextRange::from_usize(self.content(place.node), place.node.range.end as usize),
                format!("{{{text}}}"),
            ),
        }
    }

    fn append_item(&self, place: Place<'a>, value: &Value) -> Edit {
        let items = place.node.as_sequence().unwrap_or_default();
        match items.last() {
            Some(last) if place.flow => {
                self.edit(TextRange::empty(last.range.end), format!(", {}", emit::flow(value)))
            }
            Some(last) => {
                let column = self.column(crate::text::to_u32(self.content(place.node)));
                self.after(last, column, value, &emit::item(value, column))
            }
            None => self.edit(
                TextRange::from_usize(self.content(place.node), place.node.range.end as usize),
                format!("[{}]", emit::flow(value)),
            ),
        }
    }

    /// Adds `text`, the lines of `value` at `column`, behind the lines of `node`.
    fn after(&self, node: &Node, column: usize, value: &Value, text: &str) -> Edit {
        let at = self.lines_end(node);
        let ended = at == 0 || matches!(self.bytes()[at - 1], b'\n' | b'\r');
        let text = if ended {
            format!("{:column$}{text}", "")
        } else {
            format!("\n{:column$}{}", "", text.strip_suffix('\n').unwrap_or(text))
        };
        self.edit(TextRange::from_usize(at, self.swallow(at, value)), self.lines(&text))
    }

    /// Where the last line of `node` ends, with its line ending.
    fn lines_end(&self, node: &Node) -> usize {
        let end = node.range.end as usize;
        if end > 0 && matches!(self.bytes()[end - 1], b'\n' | b'\r') && !node.range.is_empty() {
            return end;
        }
        let line = line_end(self.bytes(), end);
        line + break_len(self.bytes(), line)
    }

    /// The end of an entry or item that starts at `start`.
    fn end(&self, start: usize, node: &Node) -> u32 {
        node.range.end.max(crate::text::to_u32(start))
    }

    /// The lines of an entry or item from `start` on. Where it does not start its line, the line is left to
    /// what follows.
    fn lines_of(&self, start: usize, node: &Node) -> TextRange {
        let bytes = self.bytes();
        let first = line_start(bytes, start);
        let end = self.lines_end(node);
        if skip_while(bytes, first, is_blank) == start {
            return TextRange::from_usize(first, end);
        }
        TextRange::from_usize(start, skip_while(bytes, end, |byte| is_blank(byte) || cursor::is_break(byte)))
    }
}

/// Whether `inner` is written inside `outer`, not brought in by an alias or a merge key.
fn within(inner: &Node, outer: &Node) -> bool {
    outer.range.contains_range(inner.range)
}

/// The text at the end of what is written for `value`, if that may be a block.
fn last_text(value: &Value) -> Option<&str> {
    match value {
        Value::Plain(text) | Value::Text(text) | Value::Block(text) => Some(text),
        Value::Sequence(sequence) => last_text(&sequence.items.last()?.value),
        Value::Mapping(mapping) => last_text(&mapping.entries.last()?.value),
    }
}

/// The node at the end of what is written of `node`.
fn last_leaf(node: &Node) -> &Node {
    let last = match &node.kind {
        NodeKind::Scalar(_) => None,
        NodeKind::Sequence(items) => items.last(),
        NodeKind::Mapping(mapping) => mapping.entries.last().map(|entry| &entry.value),
    };
    last.map_or(node, last_leaf)
}

fn is_block(node: &Node) -> bool {
    node.as_scalar().is_some_and(|scalar| matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded))
}
