//! From text to documents, over the events of `saphyr-parser`.
//!
//! The event parser decides what is a key, a value, an item or an error; every place and every decoded
//! text is found here from the bytes of the file, so that both always agree.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle as EventStyle, Span as EventSpan};

use super::cursor::{self, Marks};
use super::limits::{self, Budget, MAX_DEPTH, MAX_NODES, Size};
use super::{
    Document, Entry, Mapping, Node, NodeKind, OffsetMap, Scalar, ScalarStyle, lints, scalar, syntax,
};
use crate::diag::{self, Diagnostic};
use crate::text::{SourceId, Span, TextRange, to_u32};

/// Reads all documents of `text`.
///
/// Never fails: what is wrong becomes a diagnostic, and what was read before it is returned. After a
/// syntax error the collections that were open end where the error is.
pub fn parse(source: SourceId, text: &str) -> (Vec<Document>, Vec<Diagnostic>) {
    if let Some(refusal) = limits::refusal(source, text) {
        return (Vec::new(), vec![refusal]);
    }
    let mut builder = Builder::new(source, text);
    builder.diagnostics.extend(syntax::control_character(source, text));
    for event in Parser::new_from_str(text) {
        let going_on = match event {
            Ok((event, span)) => builder.event(event, span),
            Err(error) => {
                let at = builder.marks.byte(error.marker().index());
                let found = syntax::explain(source, text, at, error.info());
                if !builder.diagnostics.contains(&found) {
                    builder.diagnostics.push(found);
                }
                false
            }
        };
        if !going_on {
            break;
        }
    }
    builder.finish()
}

/// What the next node of a collection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Root,
    Item,
    Key,
    Value,
}

/// The content of a collection under construction.
#[derive(Debug)]
enum Content {
    Sequence(Vec<Node>),
    Mapping { entries: Vec<Entry>, key: Option<Node> },
}

/// A collection under construction.
#[derive(Debug)]
struct Frame {
    content: Content,
    start: usize,
    /// Column of the first token, which the indentation indicators of block scalars count from.
    column: usize,
    tag: Option<String>,
    anchor: usize,
}

/// What is known of an anchor.
#[derive(Debug)]
enum Anchor {
    /// Its node is being read.
    Open,
    /// Its node, to be repeated.
    Done(Node, Size),
    /// Its node is more than aliases may repeat.
    TooLarge,
}

/// How a node starts.
#[derive(Debug, Clone, Copy)]
struct Head {
    anchor: usize,
    /// How many anchors and tags stand before the content.
    properties: usize,
    start: usize,
}

impl Head {
    fn new(anchor: usize, tagged: bool, start: usize) -> Self {
        Self { anchor, properties: usize::from(anchor > 0) + usize::from(tagged), start }
    }
}

struct Builder<'a> {
    source: SourceId,
    text: &'a str,
    marks: Marks<'a>,
    documents: Vec<Document>,
    diagnostics: Vec<Diagnostic>,
    frames: Vec<Frame>,
    root: Option<Node>,
    /// Start of the document that is being read.
    document: Option<usize>,
    /// One past the last byte of the last token.
    cursor: usize,
    nodes: usize,
    /// The anchors of this document, by the event parser's number.
    anchors: HashMap<usize, Anchor>,
    budget: Budget,
    expansion_reported: bool,
}

impl<'a> Builder<'a> {
    fn new(source: SourceId, text: &'a str) -> Self {
        Self {
            source,
            text,
            marks: Marks::new(text),
            documents: Vec::new(),
            diagnostics: Vec::new(),
            frames: Vec::new(),
            root: None,
            document: None,
            cursor: if text.starts_with('\u{FEFF}') { 3 } else { 0 },
            nodes: 0,
            anchors: HashMap::new(),
            budget: Budget::new(),
            expansion_reported: false,
        }
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, TextRange::from_usize(start, end))
    }

    /// Takes one event; `false` ends the reading.
    fn event(&mut self, event: Event<'_>, span: EventSpan) -> bool {
        let start = self.marks.byte(span.start.index());
        let end = self.marks.byte(span.end.index());
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd => true,
            Event::DocumentStart(explicit) => self.document_start(explicit, end),
            Event::DocumentEnd => {
                let marker = end > start && self.text[start..end] == *"...";
                self.document_end(start, if marker { end } else { start });
                true
            }
            Event::Alias(anchor) => self.alias(anchor, start, end),
            Event::Scalar(text, style, anchor, tag) => {
                let head = Head::new(anchor, tag.is_some(), start);
                // A plain scalar has text; one without was left out.
                let style = (style != EventStyle::Plain || !text.is_empty()).then_some(style);
                self.scalar(style, &head, end)
            }
            Event::SequenceStart(anchor, tag) => {
                let head = Head::new(anchor, tag.is_some(), start);
                self.open(Content::Sequence(Vec::new()), &head, end)
            }
            Event::MappingStart(anchor, tag) => {
                let head = Head::new(anchor, tag.is_some(), start);
                self.open(Content::Mapping { entries: Vec::new(), key: None }, &head, end)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if end > start && matches!(self.bytes().get(start), Some(b']' | b'}')) {
                    self.cursor = start + 1;
                }
                self.close()
            }
        }
    }

    /// Starts a document; `false` at a directive that is none.
    fn document_start(&mut self, explicit: bool, end: usize) -> bool {
        let bytes = self.bytes();
        // Directives, and further `...` markers between documents, raise no event.
        let mut at = cursor::skip_trivia(bytes, self.cursor);
        loop {
            if self.text[at..].starts_with("...") {
                self.cursor = at + 3;
            } else if explicit && bytes.get(at) == Some(&b'%') {
                let name =
                    cursor::skip_while(bytes, at, |byte| !cursor::is_blank(byte) && !cursor::is_break(byte));
                if !matches!(&self.text[at..name], "%YAML" | "%TAG") {
                    self.diagnostics
                        .push(syntax::unknown_directive(self.span(at, name), &self.text[at..name]));
                    return false;
                }
                self.cursor = cursor::line_end(bytes, name);
            } else {
                break;
            }
            at = cursor::skip_trivia(bytes, self.cursor);
        }
        if explicit {
            self.cursor = end;
        }
        self.document = Some(self.cursor);
        self.anchors.clear();
        true
    }

    fn document_end(&mut self, end: usize, after: usize) {
        if let Some(start) = self.document.take() {
            let range = TextRange::from_usize(start, end.max(self.cursor));
            let root = self.root.take().filter(|root| !(root.range.is_empty() && root.is_null()));
            self.documents.push(Document { root, range });
        }
        self.cursor = after.max(self.cursor);
    }

    fn role(&self) -> Role {
        match self.frames.last().map(|frame| &frame.content) {
            None => Role::Root,
            Some(Content::Sequence(_)) => Role::Item,
            Some(Content::Mapping { key: None, .. }) => Role::Key,
            Some(Content::Mapping { key: Some(_), .. }) => Role::Value,
        }
    }

    /// Where a node that was left out would stand: after its indicator.
    fn empty_place(&self) -> usize {
        let at = cursor::skip_trivia(self.bytes(), self.cursor);
        let indicator = match self.role() {
            Role::Item => b'-',
            Role::Key => b'?',
            Role::Value => b':',
            Role::Root => return self.cursor,
        };
        let ends = |byte: &u8| cursor::is_blank(*byte) || cursor::is_break(*byte) || cursor::is_flow(*byte);
        let found = self.bytes().get(at) == Some(&indicator) && self.bytes().get(at + 1).is_none_or(ends);
        if found { at + 1 } else { self.cursor }
    }

    /// The tag of a node and the end of its anchor and tag.
    fn properties(&self, head: &Head) -> (Option<String>, usize) {
        let (tag, end) = cursor::skip_properties(self.bytes(), head.start, head.properties);
        (tag.and_then(|tag| self.text.get(tag)).map(str::to_owned), end)
    }

    /// A scalar up to `end`; without a style, one that was left out.
    fn scalar(&mut self, style: Option<EventStyle>, head: &Head, end: usize) -> bool {
        let bare = head.properties == 0;
        let (tag, after) = self.properties(head);
        let content = if bare { head.start } else { cursor::skip_trivia(self.bytes(), after) };
        // Without an anchor or a tag, the event of a block scalar starts at its content.
        let header = || cursor::block_header(self.bytes(), self.cursor).unwrap_or(content);
        let parent = self.frames.last().map(|frame| frame.column);
        let text = self.text;
        let (style, from, decoded) = match style {
            None => {
                let at = if bare { self.empty_place() } else { after };
                (ScalarStyle::Plain, at, scalar::plain(text, at, at))
            }
            Some(EventStyle::Plain) => (ScalarStyle::Plain, content, scalar::plain(text, content, end)),
            Some(EventStyle::SingleQuoted) => {
                (ScalarStyle::SingleQuoted, content, scalar::single_quoted(text, content))
            }
            Some(EventStyle::DoubleQuoted) => {
                (ScalarStyle::DoubleQuoted, content, scalar::double_quoted(text, content))
            }
            Some(EventStyle::Literal) => {
                let at = header();
                (ScalarStyle::Literal, at, scalar::block(text, at, parent))
            }
            Some(EventStyle::Folded) => {
                let at = header();
                (ScalarStyle::Folded, at, scalar::block(text, at, parent))
            }
        };
        self.cursor = decoded.end;
        let start = if bare { from } else { head.start };
        let range = TextRange::from_usize(start, decoded.end);
        let kind = NodeKind::Scalar(Scalar { text: decoded.text, style, map: decoded.map });
        self.place(Node { kind, range, tag }, head.anchor)
    }

    /// Where a collection without anchor and tag starts, whose event is at `start`: that of a list at the
    /// indentation of its key points behind the first dash.
    fn first_token(&self, content: &Content, start: usize) -> usize {
        let bytes = self.bytes();
        let beside_key = matches!(self.role(), Role::Key | Role::Value);
        if !(beside_key && matches!(content, Content::Sequence(_))) {
            return start;
        }
        let mut at = cursor::skip_trivia(bytes, self.cursor);
        if matches!(bytes.get(at), Some(b':' | b'?')) {
            at = cursor::skip_trivia(bytes, at + 1);
        }
        if at < start && bytes.get(at) == Some(&b'-') { at } else { start }
    }

    /// Opens a collection whose first token ends at `end`; `false` when it is too deep.
    fn open(&mut self, content: Content, head: &Head, end: usize) -> bool {
        if self.frames.len() >= MAX_DEPTH {
            let message = format!("lists and mappings are nested more than {MAX_DEPTH} deep");
            self.too_large(head.start, head.start + 1, message);
            return false;
        }
        let (tag, after) = self.properties(head);
        let first = match head.properties {
            0 => self.first_token(&content, head.start),
            _ => cursor::skip_trivia(self.bytes(), after),
        };
        let flow = end > first && matches!(self.bytes().get(first), Some(b'[' | b'{'));
        self.cursor = if flow { first + 1 } else { first };
        let column = cursor::column(self.text, first);
        let start = if head.properties > 0 { head.start } else { first };
        self.frames.push(Frame { content, start, column, tag, anchor: head.anchor });
        if head.anchor > 0 {
            self.anchors.insert(head.anchor, Anchor::Open);
        }
        true
    }

    /// Closes the innermost collection at the cursor.
    fn close(&mut self) -> bool {
        let Some(frame) = self.frames.pop() else { return true };
        let range = TextRange::from_usize(frame.start, self.cursor);
        let kind = match frame.content {
            Content::Sequence(items) => NodeKind::Sequence(items),
            Content::Mapping { mut entries, key } => {
                // Only a mapping that a syntax error cut short has a key without a value.
                if let Some(key) = key {
                    let value = null_at(key.range.end);
                    entries.push(Entry { key, value });
                }
                self.report_duplicates(&entries);
                NodeKind::Mapping(Mapping { entries: self.merge(entries) })
            }
        };
        self.place(Node { kind, range, tag: frame.tag }, frame.anchor)
    }

    /// Puts a finished node where it belongs; `false` when there are too many.
    fn place(&mut self, node: Node, anchor: usize) -> bool {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            self.too_large(
                node.range.start as usize,
                node.range.end as usize,
                format!("the text has more than {MAX_NODES} values"),
            );
            return false;
        }
        if anchor > 0 {
            let size = Size::of(&node);
            let kept =
                if self.budget.take(size) { Anchor::Done(node.clone(), size) } else { Anchor::TooLarge };
            self.anchors.insert(anchor, kept);
        }
        match self.frames.last_mut().map(|frame| &mut frame.content) {
            None => self.root = Some(node),
            Some(Content::Sequence(items)) => items.push(node),
            Some(Content::Mapping { entries, key }) => match key.take() {
                None => *key = Some(node),
                Some(key) => entries.push(Entry { key, value: node }),
            },
        }
        true
    }

    fn too_large(&mut self, start: usize, end: usize, message: String) {
        let range = TextRange::from_usize(start, end);
        self.diagnostics.push(limits::too_large(self.source, range, message));
    }

    /// An alias token `start..end`.
    fn alias(&mut self, anchor: usize, start: usize, end: usize) -> bool {
        self.cursor = end;
        let name = self.text.get(start + 1..end).unwrap_or_default();
        let span = self.span(start, end);
        let mut node = null_at(to_u32(end));
        match self.anchors.get(&anchor) {
            Some(Anchor::Done(anchored, size)) => {
                if self.frames.len() + size.height > MAX_DEPTH || !self.budget.take(*size) {
                    self.report_expansion(span);
                } else {
                    node = anchored.clone();
                }
            }
            Some(Anchor::TooLarge) => self.report_expansion(span),
            Some(Anchor::Open) => self.diagnostics.push(
                Diagnostic::error(
                    lints::UNRESOLVED_ALIAS.code,
                    span,
                    format!("the alias `*{name}` stands inside the value that `&{name}` marks"),
                )
                .with_help("write the value out instead of repeating it within itself"),
            ),
            None => self.diagnostics.push(syntax::unknown_alias(span, name)),
        }
        node.range = span.range;
        self.place(node, 0)
    }

    /// Reports, once, that aliases expand to too much.
    fn report_expansion(&mut self, span: Span) {
        if !std::mem::replace(&mut self.expansion_reported, true) {
            self.diagnostics.push(
                limits::too_large(self.source, span.range, "the aliases of this document expand to too much")
                    .with_label("read as nothing, as are all further ones that do not fit")
                    .with_help("write the values out, or repeat smaller ones"),
            );
        }
    }

    /// Reports every key that stands a second time, beside its first place.
    fn report_duplicates(&mut self, entries: &[Entry]) {
        let mut seen: HashMap<&str, TextRange> = HashMap::with_capacity(entries.len());
        for Entry { key, .. } in entries {
            let Some(scalar) = key.as_scalar().filter(|_| !is_merge(key)) else { continue };
            match seen.get(scalar.text.as_str()) {
                None => _ = seen.insert(&scalar.text, key.range),
                Some(first) => self.diagnostics.push(
                    Diagnostic::error(
                        lints::DUPLICATE_KEY.code,
                        Span::new(self.source, key.range),
                        format!("the key `{}` is written twice in one mapping", shown(&scalar.text)),
                    )
                    .with_label("second time")
                    .with_secondary(Span::new(self.source, *first), "first written here")
                    .with_help("keep one of the two"),
                ),
            }
        }
    }

    /// Replaces the merge keys of a mapping with the entries they bring. What is written in the mapping
    /// itself wins, and of several merged mappings the earlier one.
    fn merge(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        if !entries.iter().any(|entry| is_merge(&entry.key)) {
            return entries;
        }
        let own = entries.iter().filter(|entry| !is_merge(&entry.key));
        let mut known: HashSet<String> = own.filter_map(key_text).map(str::to_owned).collect();
        let mut merged = Vec::with_capacity(entries.len());
        for entry in entries {
            if !is_merge(&entry.key) {
                merged.push(entry);
                continue;
            }
            let sources = match entry.value.kind {
                NodeKind::Sequence(items) => items,
                kind => vec![Node { kind, range: entry.value.range, tag: entry.value.tag }],
            };
            for node in sources {
                let NodeKind::Mapping(mapping) = node.kind else {
                    self.report_merge(node.range);
                    continue;
                };
                let new = mapping.entries.into_iter();
                merged.extend(
                    new.filter(|entry| key_text(entry).is_none_or(|key| known.insert(key.to_owned()))),
                );
            }
        }
        merged
    }

    fn report_merge(&mut self, range: TextRange) {
        let span = Span::new(self.source, range);
        self.diagnostics.push(
            Diagnostic::error(lints::BAD_MERGE.code, span, "`<<` can merge a mapping only")
                .with_help("give `<<` an alias of a mapping, or quote it if it is meant as a name"),
        );
    }

    /// Ends what is open, and gives all documents and findings.
    fn finish(mut self) -> (Vec<Document>, Vec<Diagnostic>) {
        while !self.frames.is_empty() {
            self.close();
        }
        if self.document.is_some() {
            let end = cursor::skip_trivia(self.bytes(), self.cursor);
            self.document_end(end, end);
        }
        diag::sort(&mut self.diagnostics);
        (self.documents, self.diagnostics)
    }
}

/// A null scalar without text.
fn null_at(at: u32) -> Node {
    let scalar =
        Scalar { text: String::new(), style: ScalarStyle::Plain, map: OffsetMap::new(Vec::new(), at) };
    Node { kind: NodeKind::Scalar(scalar), range: TextRange::empty(at), tag: None }
}

/// Whether `key` is the merge key: `<<`, unquoted.
fn is_merge(key: &Node) -> bool {
    let scalar = key.as_scalar();
    scalar.is_some_and(|scalar| scalar.style == ScalarStyle::Plain && scalar.text == "<<")
        && key.tag.is_none()
}

fn key_text(entry: &Entry) -> Option<&str> {
    entry.key.as_scalar().map(|scalar| scalar.text.as_str())
}

/// A key as a message shows it: one line, of bounded length.
fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Document>, Vec<(&'static str, &str)>) {
        let (documents, diagnostics) = parse(SourceId(0), text);
        let found = diagnostics.iter().map(|found| (found.code, found.range().slice(text))).collect();
        (documents, found)
    }

    fn root(text: &str) -> Node {
        read(text).0.remove(0).root.unwrap()
    }

    #[test]
    fn ranges_cover_nodes_from_their_first_token_to_their_last() {
        let text = "a:\n- x\n-\nb: {c: [y, z] , d: }  # no\ne: |-\n  t\n\nf: &g !h\n  - i\nj:\n";
        let root = root(text);
        let mapping = root.as_mapping().unwrap();
        let slice = |key| mapping.get(key).unwrap().range.slice(text);
        assert_eq!(slice("a"), "- x\n-");
        assert_eq!(slice("b"), "{c: [y, z] , d: }");
        assert_eq!(slice("e"), "|-\n  t");
        assert_eq!(slice("f"), "&g !h\n  - i");
        assert_eq!(mapping.get("f").unwrap().tag.as_deref(), Some("!h"));
        assert_eq!(mapping.get("j").unwrap().range, TextRange::from_usize(text.len() - 1, text.len() - 1));
        assert_eq!(root.range, TextRange::from_usize(0, text.len() - 1));
    }

    #[test]
    fn documents_are_apart() {
        let (documents, found) = read("%YAML 1.2\n---\na: 1\n...\n# c\n---\n---\nb: 2\n");
        assert_eq!(found, []);
        let roots: Vec<bool> = documents.iter().map(|document| document.root.is_some()).collect();
        assert_eq!(roots, [true, false, true]);
        assert_eq!(read("# nothing\n").0, []);
        assert_eq!(read("").0, []);
    }

    #[test]
    fn duplicate_keys_point_at_both_places() {
        let text = "a: 1\n'a': 2\nb: {c: 1, c: 2}\n";
        let (_, diagnostics) = parse(SourceId(0), text);
        let places: Vec<_> = diagnostics
            .iter()
            .map(|found| (found.code, found.range().start, found.secondary[0].span.range.start))
            .collect();
        assert_eq!(places, [("PK002", 5, 0), ("PK002", 22, 16)]);
    }

    #[test]
    fn merged_entries_give_way_to_written_ones() {
        let text = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 3\n";
        let root = root(text);
        let merged = root.as_mapping().unwrap().get("z").unwrap().as_mapping().unwrap();
        let pairs: Vec<_> = merged
            .entries
            .iter()
            .map(|entry| (entry.key.as_str().unwrap(), entry.value.as_str().unwrap()))
            .collect();
        assert_eq!(pairs, [("b", "1"), ("c", "2"), ("a", "3")]);
        assert_eq!(read("<<: x\n").1, [("PK005", "x")]);
        assert_eq!(read("'<<': x\n").1, []);
    }

    #[test]
    fn aliases_repeat_what_their_anchor_marks() {
        let text = "a: &a [x]\nb: *a\n";
        let root = root(text);
        let node = root.as_mapping().unwrap().get("b").unwrap();
        assert_eq!(node.range.slice(text), "*a");
        assert_eq!(node.as_sequence().unwrap()[0].as_str(), Some("x"));
        assert_eq!(read("a: &a [*a]\n").1, [("PK003", "*a")]);
        assert_eq!(read("a: 1\nb: *c\n").1, [("PK003", "*c")]);
        assert_eq!(read("a: &a 1\n---\nb: *a\n").1, [("PK003", "*a")]);
    }

    #[test]
    fn what_expands_too_far_is_refused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..30 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        let (documents, found) = read(&bomb);
        assert_eq!(found.iter().map(|(code, _)| *code).collect::<Vec<_>>(), ["PK004"]);
        assert!(Size::of(documents[0].root.as_ref().unwrap()).nodes < 200_000);

        let chain: String = (1..300).map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1)).collect();
        assert_eq!(read(&format!("a0: &a0 x\n{chain}")).1.first().map(|(code, _)| *code), Some("PK004"));
    }

    #[test]
    fn what_is_nested_too_deep_or_too_long_is_refused() {
        for text in ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000), "? ".repeat(100_000)]
        {
            let found = read(&text).1;
            assert_eq!(found.len(), 1, "{found:?}");
        }
        let text = "a: bcdefghijk\n".repeat(50 << 20 >> 4);
        assert_eq!(read(&text).1, [("PK004", "")]);
        let text = format!("a: [{}]", "x,".repeat(2 << 20));
        assert_eq!(read(&text).1, [("PK004", "")]);
    }

    #[test]
    fn what_stands_before_an_error_is_read() {
        let (documents, found) = read("a: 1\nb: [x, y\nc: @z\n");
        assert_eq!(found.len(), 1);
        let root = documents[0].root.as_ref().unwrap();
        assert_eq!(root.as_mapping().unwrap().get("a").and_then(Node::as_str), Some("1"));
    }
}
