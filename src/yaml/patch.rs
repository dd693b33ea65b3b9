//! Changed values written into a file, all else left as it is: comments, blank lines, quotes, the order of keys.

use super::emit::{self, Sequence, Value};
use super::{Document, Mapping, Node, NodeKind, Scalar, ScalarStyle};
use crate::diag::apply_edits;
use crate::text::{SourceId, TextRange};

/// What the entry of a key becomes; `None` takes it out.
#[derive(Debug, Clone, PartialEq)]
pub struct Change<'v> {
    /// The key, as it is written in the file, or as it is to be written.
    pub key: String,
    /// The value.
    pub value: Option<&'v Value>,
}

/// Where a mapping stands: at the top of a document, or in the list there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number of the document.
    pub document: usize,
    /// The number of the item, where the document is a list.
    pub item: Option<usize>,
}

impl Place {
    /// The mapping at the top of a document.
    pub fn top(document: usize) -> Self {
        Self { document, item: None }
    }

    /// The mapping that holds the byte at `offset`, where the documents are mappings or lists of them.
    pub fn at(documents: &[Document], offset: u32) -> Option<Self> {
        let holds = |document: &&Document| document.range.start <= offset && offset <= document.range.end;
        let document = documents.iter().position(|document| holds(&document))?;
        let items = documents.get(document)?.root.as_ref()?.as_sequence();
        let item = items.map(|items| {
            let behind = items.iter().position(|item| item.range.start > offset);
            behind.unwrap_or(items.len()).saturating_sub(1)
        });
        Some(Self { document, item })
    }

    /// The mapping.
    pub fn node(self, documents: &[Document]) -> Option<&Node> {
        let root = documents.get(self.document)?.root.as_ref()?;
        match self.item {
            Some(item) => root.as_sequence()?.get(item),
            None => Some(root),
        }
    }
}

/// `text` with `changes` to the mapping at `place`. A new entry goes behind the last one of no higher `rank`.
///
/// `None` where that cannot be done without touching something else: it is no block mapping, or an anchor stands in what
/// changes.
pub fn patch(
    text: &str,
    place: Place,
    changes: &[Change<'_>],
    rank: &dyn Fn(&str) -> usize,
) -> Option<String> {
    let (documents, _) = super::parse(SourceId::default(), text);
    let node = place.node(&documents)?;
    let mapping = node.as_mapping().filter(|_| is_block(text, node))?;
    let mut patcher = Patcher { text, edits: Vec::new() };
    for change in changes {
        patcher.entry(node, mapping, change, rank)?;
    }
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let edits: Vec<(TextRange, String)> =
        patcher.edits.into_iter().map(|(range, new)| (range, new.replace('\n', newline))).collect();
    let edits: Vec<(TextRange, &str)> = edits.iter().map(|(range, new)| (*range, new.as_str())).collect();
    let patched = apply_edits(text, &edits).ok()?;
    is_as_wanted(&documents, &patched, place, changes).then_some(patched)
}

/// Whether `patched` reads as the documents before with the changes, and nothing else.
fn is_as_wanted(before: &[Document], patched: &str, place: Place, changes: &[Change<'_>]) -> bool {
    let (after, faults) = super::parse(SourceId::default(), patched);
    let roots = |documents: &[Document]| -> Vec<Option<Node>> {
        documents.iter().map(|document| document.root.clone()).collect()
    };
    let (before, after) = (roots(before), roots(&after));
    let mut pairs = before.iter().zip(&after).enumerate();
    let is_error = |fault: &crate::diag::Diagnostic| fault.severity == crate::diag::Severity::Error;
    !faults.iter().any(is_error)
        && before.len() == after.len()
        && pairs.all(|(at, pair)| match pair {
            (Some(old), Some(new)) if at == place.document => match place.item {
                Some(item) => has_changed_item(old, new, item, changes),
                None => has_changes(old, new, changes),
            },
            (Some(old), Some(new)) => is_equal(old, new),
            (old, new) => old.is_none() == new.is_none(),
        })
}

fn has_changed_item(old: &Node, new: &Node, item: usize, changes: &[Change<'_>]) -> bool {
    let (Some(old), Some(new)) = (old.as_sequence(), new.as_sequence()) else { return false };
    old.len() == new.len()
        && old.iter().zip(new).enumerate().all(|(at, (old, new))| match at == item {
            true => has_changes(old, new, changes),
            false => is_equal(old, new),
        })
}

fn has_changes(old: &Node, new: &Node, changes: &[Change<'_>]) -> bool {
    let (Some(old), Some(new)) = (old.as_mapping(), new.as_mapping()) else { return false };
    let is_changed = |key: &str| changes.iter().any(|change| change.key == key);
    let kept = old.entries.iter().filter(|entry| !key_of(entry).is_some_and(is_changed));
    let mut unchanged = new.entries.iter().filter(|entry| !key_of(entry).is_some_and(is_changed));
    kept.clone().count() == unchanged.clone().count()
        && kept.zip(&mut unchanged).all(|(a, b)| is_equal(&a.key, &b.key) && is_equal(&a.value, &b.value))
        && changes.iter().all(|change| match (change.value, new.get(&change.key)) {
            (Some(value), Some(node)) => means(node, value),
            (value, node) => value.is_none() && node.is_none(),
        })
}

fn key_of(entry: &super::Entry) -> Option<&str> {
    entry.key.as_scalar().map(|scalar| scalar.text.as_str())
}

/// Whether two nodes mean the same.
fn is_equal(a: &Node, b: &Node) -> bool {
    match (&a.kind, &b.kind) {
        (NodeKind::Scalar(a), NodeKind::Scalar(b)) => a.text == b.text && a.is_null() == b.is_null(),
        (NodeKind::Sequence(a), NodeKind::Sequence(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_equal(a, b))
        }
        (NodeKind::Mapping(a), NodeKind::Mapping(b)) => {
            a.entries.len() == b.entries.len()
                && a.entries
                    .iter()
                    .zip(&b.entries)
                    .all(|(a, b)| is_equal(&a.key, &b.key) && is_equal(&a.value, &b.value))
        }
        _ => false,
    }
}

/// Whether `node` reads as `value`.
fn means(node: &Node, value: &Value) -> bool {
    match (&node.kind, value) {
        (NodeKind::Scalar(scalar), Value::Plain(text)) => is_spelled(scalar, text),
        (NodeKind::Scalar(scalar), Value::Text(text) | Value::Block(text)) => {
            scalar.text == *text && !scalar.is_null()
        }
        (NodeKind::Sequence(items), Value::Sequence(values)) => {
            items.len() == values.items.len()
                && items.iter().zip(&values.items).all(|(node, item)| means(node, &item.value))
        }
        (NodeKind::Mapping(mapping), Value::Mapping(values)) => {
            mapping.entries.len() == values.entries.len()
                && values
                    .entries
                    .iter()
                    .all(|entry| mapping.get(&entry.key).is_some_and(|node| means(node, &entry.value)))
        }
        _ => false,
    }
}

fn is_spelled(scalar: &Scalar, text: &str) -> bool {
    if text.is_empty() {
        return scalar.is_null();
    }
    let truth = |text: &str| match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    scalar.text == text || (truth(text).is_some() && scalar.as_bool() == truth(text))
}

fn is_block(text: &str, node: &Node) -> bool {
    !matches!(text.as_bytes().get(node.range.start as usize), Some(b'{' | b'[' | b'&' | b'*' | b'!'))
}

fn is_block_scalar(node: &Node) -> Option<&Scalar> {
    node.as_scalar().filter(|scalar| matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded))
}

struct Patcher<'t> {
    text: &'t str,
    edits: Vec<(TextRange, String)>,
}

impl Patcher<'_> {
    /// Changes an entry of a block mapping. `None` where it stands in a way that lines cannot be put in or taken out.
    fn entry(
        &mut self,
        node: &Node,
        mapping: &Mapping,
        change: &Change<'_>,
        rank: &dyn Fn(&str) -> usize,
    ) -> Option<()> {
        let present = mapping.entry(&change.key);
        match (present, change.value) {
            (Some(entry), Some(value)) => {
                let column = self.column(entry.key.range.start);
                self.value(&entry.value, entry.key.range.end, value, column);
                Some(())
            }
            (Some(entry), None) => {
                let start = self.line_start(entry.key.range.start)?;
                self.edits.push((TextRange::new(start, self.line_end(&entry.value)), String::new()));
                Some(())
            }
            (None, Some(value)) => {
                let column = self.column(node.range.start);
                let wanted = rank(&change.key);
                let before = mapping
                    .entries
                    .iter()
                    .rev()
                    .find(|entry| key_of(entry).is_some_and(|key| rank(key) <= wanted));
                let mut new = format!("{:column$}{}:", "", emit::key(&change.key));
                emit::write_value(&mut new, value, None, column);
                let place = match before {
                    Some(entry) => self.line_end(&entry.value),
                    None => self.line_start(node.range.start)?,
                };
                self.insert(place, new);
                Some(())
            }
            (None, None) => Some(()),
        }
    }

    fn insert(&mut self, place: u32, mut lines: String) {
        let before = self.text.get(..place as usize).unwrap_or_default();
        if !before.is_empty() && !before.ends_with(['\n', '\r']) {
            lines.insert(0, '\n');
            lines.truncate(lines.trim_end_matches('\n').len());
        }
        self.edits.push((TextRange::empty(place), lines));
    }

    /// Makes the value behind a key that ends at `key_end`, in a mapping at `column`, read as `value`.
    fn value(&mut self, node: &Node, key_end: u32, value: &Value, column: usize) {
        if means(node, value) {
            return;
        }
        let done = is_block(self.text, node)
            && match (&node.kind, value) {
                (NodeKind::Mapping(mapping), Value::Mapping(values)) if !values.entries.is_empty() => {
                    self.mapping(node, mapping, values).is_some()
                }
                (NodeKind::Sequence(items), Value::Sequence(values)) if !values.items.is_empty() => {
                    self.sequence(items, values).is_some()
                }
                _ => false,
            };
        if !done {
            self.whole(node, key_end, value, column);
        }
    }

    /// All or nothing: what was done of it is undone where the rest cannot be.
    fn mapping(&mut self, node: &Node, mapping: &Mapping, values: &emit::Mapping) -> Option<()> {
        let done = self.edits.len();
        let order = |key: &str| values.entries.iter().position(|entry| entry.key == key).unwrap_or(0);
        let gone = mapping
            .entries
            .iter()
            .filter_map(key_of)
            .filter(|key| !values.entries.iter().any(|entry| entry.key == *key));
        let gone = gone.map(|key| Change { key: key.to_owned(), value: None });
        let set =
            values.entries.iter().map(|entry| Change { key: entry.key.clone(), value: Some(&entry.value) });
        for change in gone.chain(set) {
            if self.entry(node, mapping, &change, &order).is_none() {
                self.edits.truncate(done);
                return None;
            }
        }
        Some(())
    }

    fn sequence(&mut self, items: &[Node], values: &Sequence) -> Option<()> {
        let dashes: Vec<u32> = items.iter().map(|item| self.dash(item)).collect::<Option<_>>()?;
        let column = self.column(*dashes.first()?);
        let same = |(node, item): &(&Node, &emit::Item)| means(node, &item.value);
        let head = items.iter().zip(&values.items).take_while(same).count();
        let (left, wanted) = (items.get(head..)?, values.items.get(head..)?);
        let tail = left.iter().rev().zip(wanted.iter().rev()).take_while(same).count();
        let (left, wanted) = (left.get(..left.len() - tail)?, wanted.get(..wanted.len() - tail)?);
        let paired = left.len().min(wanted.len());
        for (at, (node, item)) in left.iter().zip(wanted).enumerate() {
            let dash = *dashes.get(head + at)?;
            self.value(node, dash, &item.value, column);
        }
        for at in head + paired..head + left.len() {
            let start = self.line_start(*dashes.get(at)?)?;
            self.edits.push((TextRange::new(start, self.line_end(items.get(at)?)), String::new()));
        }
        let more = Sequence { items: wanted.get(paired..)?.to_vec(), end: Vec::new() };
        if !more.items.is_empty() {
            let mut lines = String::new();
            emit::write_sequence(&mut lines, &more, column);
            let place = match (head + paired).checked_sub(1).and_then(|at| items.get(at)) {
                Some(item) => self.line_end(item),
                None => self.line_start(*dashes.first()?)?,
            };
            self.insert(place, lines);
        }
        Some(())
    }

    /// Where the dash of a list item stands that has its line for itself.
    fn dash(&self, item: &Node) -> Option<u32> {
        let before = self.text.get(..item.range.start as usize)?;
        let dash = before.trim_end_matches([' ', '\t']);
        let at = crate::text::to_u32(dash.strip_suffix('-')?.len());
        self.line_start(at).map(|_| at)
    }

    /// Writes the value anew, from behind the colon or dash.
    fn whole(&mut self, node: &Node, indicator: u32, value: &Value, column: usize) {
        let text = self.text;
        let between = text.get(indicator as usize..node.range.start as usize).unwrap_or_default();
        // Behind a key its colon comes first; a list item has its dash at `indicator`.
        let sign = between.find([':', '-']).map_or(0, |at| at + 1);
        let start = indicator + crate::text::to_u32(sign);
        let header = between.get(sign..).and_then(|rest| rest.lines().next()).map(str::trim);
        let mut beside = header.filter(|comment| comment.starts_with('#')).map(str::to_owned);
        if let Some(block) = is_block_scalar(node).and(node.range.slice(text).lines().next()) {
            beside = beside.or_else(|| block.find(" #").map(|at| block[at..].trim().to_owned()));
        }
        let mut end = self.content_end(node);
        let (before, rest) = text.split_at_checked(end as usize).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        let is_line_over = before.ends_with('\n');
        if !is_line_over && line.trim_start().starts_with('#') && beside.is_none() {
            beside = Some(line.trim().to_owned());
            end += crate::text::to_u32(line.trim_end().len());
        }
        let mut new = String::new();
        if matches!(value, Value::Mapping(_)) && between.starts_with('-') && beside.is_none() {
            // The first entry of an item stands on the line of its dash.
            let item = emit::Item { value: value.clone(), comments: emit::Comments::default() };
            emit::write_sequence(&mut new, &Sequence { items: vec![item], end: Vec::new() }, column);
            new.drain(..=column);
        } else if let Some(block) = self.block_like(node, value) {
            let (first, rest) = block.split_once('\n').unwrap_or((&block, ""));
            let beside = beside.map_or_else(String::new, |comment| format!(" {comment}"));
            new = format!(" {first}{beside}\n{rest}");
        } else {
            emit::write_value(&mut new, value, beside.as_deref(), column);
        }
        // The line ending behind the value stays, unless it is part of the old text.
        if !is_line_over {
            new.truncate(new.strip_suffix('\n').unwrap_or(&new).len());
        }
        self.edits.push((TextRange::new(start, end), new));
    }

    /// Text of several lines as a block that is indented as the one in its place.
    fn block_like(&self, node: &Node, value: &Value) -> Option<String> {
        let (Value::Text(new) | Value::Block(new)) = value else { return None };
        is_block_scalar(node).filter(|_| new.contains('\n') && !new.starts_with([' ', '\t', '\n']))?;
        let mut lines = node.range.slice(self.text).lines().skip(1);
        let line = lines.find(|line| !line.trim().is_empty())?;
        emit::block(new, line.len() - line.trim_start_matches(' ').len())
    }

    /// The end of a node without the blank lines behind a block, unless they are part of its text.
    fn content_end(&self, node: &Node) -> u32 {
        let last = match &node.kind {
            NodeKind::Mapping(mapping) => mapping.entries.last().map(|entry| &entry.value),
            NodeKind::Sequence(items) => items.last(),
            NodeKind::Scalar(_) => None,
        };
        if let Some(last) = last.filter(|_| is_block(self.text, node)) {
            return self.content_end(last).max(node.range.start);
        }
        let Some(scalar) = is_block_scalar(node) else { return node.range.end };
        let content = scalar.text.trim_end_matches('\n');
        if content.is_empty() || scalar.text.len() > content.len() + 1 {
            return node.range.end;
        }
        scalar.range_of(TextRange::from_usize(0, content.len())).end
    }

    /// Behind the line on which a node ends, its line ending included.
    fn line_end(&self, node: &Node) -> u32 {
        let end = self.content_end(node);
        let (before, rest) = self.text.split_at_checked(end as usize).unwrap_or_default();
        if before.ends_with('\n') {
            return end;
        }
        end + crate::text::to_u32(rest.find('\n').map_or(rest.len(), |at| at + 1))
    }

    /// The start of the line of `at`, where only blanks stand before it.
    fn line_start(&self, at: u32) -> Option<u32> {
        let before = self.text.get(..at as usize)?;
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        before
            .get(line..)?
            .trim_start_matches('\u{FEFF}')
            .chars()
            .all(|char| char == ' ')
            .then(|| crate::text::to_u32(line))
    }

    fn column(&self, at: u32) -> usize {
        let before = self.text.get(..at as usize).unwrap_or_default();
        let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
        line.chars().filter(|char| *char != '\u{FEFF}').count()
    }
}
