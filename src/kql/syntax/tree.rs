//! The syntax tree: nodes in one arena, each with a fixed row of slots.
//!
//! A node's kind says how many slots it has and what each holds ([`super::nodes`] is the table); a slot is
//! a node, a token or empty. Nodes are numbered in the order they were completed, so children come before
//! their parents and side tables are plain vectors indexed by [`NodeId`]. The tree holds syntax only.

use std::sync::Arc;

use super::nodes::NodeKind;
use super::token::{LexToken, TokenKind};
use crate::catalog::kql::{Command, CommandPart};
use crate::text::TextRange;

/// Names a node of one [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    /// The index for side tables: below [`Tree::node_count`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Names a token of one [`Tree`]: a token of the text, or one that the parser joined or found missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenId(pub(super) u32);

const EXTRA: u32 = 1 << 30;
const NODE: u32 = 1 << 31;
const NONE: u32 = u32::MAX;

/// What a slot holds, packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot(u32);

impl Slot {
    /// An empty slot.
    pub const EMPTY: Self = Self(NONE);

    fn unpack(self) -> Option<Element> {
        match self.0 {
            NONE => None,
            bits if bits & NODE != 0 => Some(Element::Node(NodeId(bits & !NODE))),
            bits => Some(Element::Token(TokenId(bits))),
        }
    }
}

impl From<NodeId> for Slot {
    fn from(node: NodeId) -> Self {
        Self(node.0 | NODE)
    }
}

impl From<TokenId> for Slot {
    fn from(token: TokenId) -> Self {
        Self(token.0)
    }
}

impl<T: Into<Self>> From<Option<T>> for Slot {
    fn from(element: Option<T>) -> Self {
        element.map_or(Self::EMPTY, Into::into)
    }
}

/// A node or a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// A node.
    Node(NodeId),
    /// A token.
    Token(TokenId),
}

/// A token that is not one token of the text.
#[derive(Debug, Clone, Copy)]
struct ExtraToken {
    kind: TokenKind,
    /// Empty where the token is missing: the end of the token before.
    range: TextRange,
}

#[derive(Debug, Clone, Copy)]
struct NodeData {
    kind: NodeKind,
    range: TextRange,
    first_slot: u32,
    slot_count: u32,
    parent: u32,
}

/// What a [`super::nodes::CommandEntity`] names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandEntityKind {
    /// The part of the command that it is.
    pub part: CommandPart,
    /// Whether a table is what the command expects there.
    pub tabular: bool,
}

/// What the grammar of commands says of a node beyond its kind.
#[derive(Debug, Clone, Copy)]
enum Mark {
    Command(&'static Command),
    Entity(CommandEntityKind),
}

/// A parsed text: its tokens and its nodes.
#[derive(Debug, Clone)]
pub struct Tree {
    text: Arc<str>,
    tokens: Vec<LexToken>,
    extra: Vec<ExtraToken>,
    nodes: Vec<NodeData>,
    slots: Vec<Slot>,
    /// In order of the nodes.
    marks: Vec<(NodeId, Mark)>,
    root: NodeId,
}

impl Tree {
    /// The text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The tokens of the text, in order, the last being [`TokenKind::EndOfText`].
    pub fn tokens(&self) -> &[LexToken] {
        &self.tokens
    }

    /// The top node, a [`super::nodes::QueryBlock`].
    pub fn root(&self) -> Node<'_> {
        self.node(self.root)
    }

    /// Number of nodes; ids are below it.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// The node of `id`.
    pub fn node(&self, id: NodeId) -> Node<'_> {
        Node { tree: self, id }
    }

    /// The innermost node whose range holds `offset`, or touches it at its end.
    pub fn node_at(&self, offset: u32) -> Node<'_> {
        let mut node = self.root();
        loop {
            let touches = |child: &Node<'_>| {
                let range = child.range();
                range.start <= offset && offset <= range.end && !range.is_empty()
            };
            match node.child_nodes().rev().find(touches) {
                Some(child) => node = child,
                None => return node,
            }
        }
    }

    /// Which command a [`super::nodes::Command`] is; absent where it is none that is known.
    pub fn command_of(&self, node: NodeId) -> Option<&'static Command> {
        match self.mark(node)? {
            Mark::Command(command) => Some(command),
            Mark::Entity(_) => None,
        }
    }

    /// What a [`super::nodes::CommandEntity`] names.
    pub fn entity_of(&self, node: NodeId) -> Option<CommandEntityKind> {
        match self.mark(node)? {
            Mark::Entity(kind) => Some(kind),
            Mark::Command(_) => None,
        }
    }

    fn mark(&self, node: NodeId) -> Option<Mark> {
        let at = self.marks.binary_search_by_key(&node, |(id, _)| *id).ok()?;
        self.marks.get(at).map(|(_, mark)| *mark)
    }

    fn data(&self, id: NodeId) -> &NodeData {
        &self.nodes[id.index()]
    }

    fn token_parts(&self, id: TokenId) -> (TokenKind, TextRange) {
        if id.0 & EXTRA == 0 {
            let token = &self.tokens[id.0 as usize];
            (token.kind, token.range)
        } else {
            let token = &self.extra[(id.0 & !EXTRA) as usize];
            (token.kind, token.range)
        }
    }
}

/// A node of a tree: the untyped view that every typed one wraps.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    tree: &'t Tree,
    id: NodeId,
}

impl<'t> Node<'t> {
    /// Its id, for side tables.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The tree it is part of.
    pub fn tree(self) -> &'t Tree {
        self.tree
    }

    /// What it is.
    pub fn kind(self) -> NodeKind {
        self.tree.data(self.id).kind
    }

    /// From the first byte of its first token to the end of its last. Empty, at the end of the token before,
    /// where all its tokens are missing.
    pub fn range(self) -> TextRange {
        self.tree.data(self.id).range
    }

    /// Its text, trivia inside it included.
    pub fn text(self) -> &'t str {
        self.range().slice(&self.tree.text)
    }

    /// Whether nothing of it stands in the text.
    pub fn is_missing(self) -> bool {
        self.range().is_empty()
    }

    /// The node it is a part of. Lists are nodes too.
    pub fn parent(self) -> Option<Self> {
        let parent = self.tree.data(self.id).parent;
        (parent != NONE).then_some(Self { tree: self.tree, id: NodeId(parent) })
    }

    /// Number of slots.
    pub fn slot_count(self) -> usize {
        self.tree.data(self.id).slot_count as usize
    }

    /// What slot `index` holds.
    pub fn slot(self, index: usize) -> Option<Element> {
        let data = self.tree.data(self.id);
        if index >= data.slot_count as usize {
            return None;
        }
        self.tree.slots[data.first_slot as usize + index].unpack()
    }

    /// The node in slot `index`.
    pub fn node(self, index: usize) -> Option<Self> {
        match self.slot(index)? {
            Element::Node(id) => Some(Self { tree: self.tree, id }),
            Element::Token(_) => None,
        }
    }

    /// The node in slot `index`, or the placeholder node of the tree where there is none.
    pub(super) fn node_or_placeholder(self, index: usize) -> Self {
        self.node(index).unwrap_or(Self { tree: self.tree, id: PLACEHOLDER })
    }

    /// The token in slot `index`.
    pub fn token(self, index: usize) -> Option<Token<'t>> {
        match self.slot(index)? {
            Element::Token(id) => Some(Token { tree: self.tree, id }),
            Element::Node(_) => None,
        }
    }

    /// The token in slot `index`, or the end of the text where there is none.
    pub(super) fn token_or_end(self, index: usize) -> Token<'t> {
        let end = TokenId(u32::try_from(self.tree.tokens.len().saturating_sub(1)).unwrap_or(0));
        self.token(index).unwrap_or(Token { tree: self.tree, id: end })
    }

    /// Its parts in order.
    pub fn children(self) -> impl DoubleEndedIterator<Item = Element> + 't {
        let data = self.tree.data(self.id);
        let first = data.first_slot as usize;
        self.tree.slots[first..first + data.slot_count as usize].iter().filter_map(|slot| slot.unpack())
    }

    /// Its parts that are nodes, in order.
    pub fn child_nodes(self) -> impl DoubleEndedIterator<Item = Self> + 't {
        let tree = self.tree;
        self.children().filter_map(move |child| match child {
            Element::Node(id) => Some(Self { tree, id }),
            Element::Token(_) => None,
        })
    }

    /// The node and everything below it, parents first, in order of the text. Uses no stack of its own.
    pub fn descendants(self) -> impl Iterator<Item = Self> + 't {
        let mut pending = vec![self];
        std::iter::from_fn(move || {
            let node = pending.pop()?;
            pending.extend(node.child_nodes().rev());
            Some(node)
        })
    }

    /// Every token at or below the node, missing ones included, in order of the text.
    pub fn descendant_tokens(self) -> impl Iterator<Item = Token<'t>> + 't {
        let tree = self.tree;
        let mut pending = vec![Element::Node(self.id)];
        std::iter::from_fn(move || {
            loop {
                match pending.pop()? {
                    Element::Token(id) => return Some(Token { tree, id }),
                    Element::Node(id) => pending.extend(Self { tree, id }.children().rev()),
                }
            }
        })
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}@{:?} {:?}", self.kind(), self.range().to_usize(), self.text())
    }
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.tree, other.tree)
    }
}

/// A token as a part of a node.
#[derive(Clone, Copy)]
pub struct Token<'t> {
    tree: &'t Tree,
    id: TokenId,
}

impl<'t> Token<'t> {
    /// What it is; for a missing token, what was expected.
    pub fn kind(self) -> TokenKind {
        self.tree.token_parts(self.id).0
    }

    /// Its bytes.
    pub fn range(self) -> TextRange {
        self.tree.token_parts(self.id).1
    }

    /// Its text; empty where it is missing.
    pub fn text(self) -> &'t str {
        self.range().slice(&self.tree.text)
    }

    /// Whether it does not stand in the text.
    pub fn is_missing(self) -> bool {
        self.id.0 & EXTRA != 0 && self.range().is_empty()
    }

    /// Its id.
    pub fn id(self) -> TokenId {
        self.id
    }

    /// The index in [`Tree::tokens`] where it is one token of the text.
    pub fn lex_index(self) -> Option<usize> {
        (self.id.0 & EXTRA == 0).then_some(self.id.0 as usize)
    }
}

impl std::fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}@{:?} {:?}", self.kind(), self.range().to_usize(), self.text())
    }
}

/// The node that stands in for a part that is absent.
const PLACEHOLDER: NodeId = NodeId(0);

/// How much of a tree was built, to go back to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Checkpoint {
    extra: usize,
    nodes: usize,
    slots: usize,
    marks: usize,
}

/// Builds a tree from the leaves up.
#[derive(Debug)]
pub(super) struct TreeBuilder {
    extra: Vec<ExtraToken>,
    nodes: Vec<NodeData>,
    slots: Vec<Slot>,
    marks: Vec<(NodeId, Mark)>,
}

impl TreeBuilder {
    /// A builder for a text of about `tokens` tokens.
    pub(super) fn new(tokens: usize) -> Self {
        let mut builder = Self {
            extra: Vec::new(),
            nodes: Vec::with_capacity(tokens * 2),
            slots: Vec::with_capacity(tokens * 4),
            marks: Vec::new(),
        };
        builder.push(NodeKind::Placeholder, &[], TextRange::default());
        builder
    }

    /// Where the builder stands now.
    pub(super) fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            extra: self.extra.len(),
            nodes: self.nodes.len(),
            slots: self.slots.len(),
            marks: self.marks.len(),
        }
    }

    /// Forgets everything built since `point`.
    pub(super) fn rewind(&mut self, point: Checkpoint) {
        self.extra.truncate(point.extra);
        self.nodes.truncate(point.nodes);
        self.slots.truncate(point.slots);
        self.marks.truncate(point.marks);
    }

    /// The token of the text at `index`.
    pub(super) fn token(index: usize) -> TokenId {
        TokenId(crate::text::to_u32(index) & !(EXTRA | NODE))
    }

    /// A token that is absent from the text, at `offset` (the end of the token before).
    pub(super) fn missing(&mut self, kind: TokenKind, offset: u32) -> TokenId {
        self.joined(kind, TextRange::empty(offset))
    }

    /// Several adjacent tokens of the text read as one.
    pub(super) fn joined(&mut self, kind: TokenKind, range: TextRange) -> TokenId {
        self.extra.push(ExtraToken { kind, range });
        TokenId(crate::text::to_u32(self.extra.len() - 1) | EXTRA)
    }

    /// A node over `slots`. `anchor`, the end of the token before, places a node without tokens.
    pub(super) fn node(
        &mut self,
        kind: NodeKind,
        slots: &[Slot],
        tokens: &[LexToken],
        anchor: u32,
    ) -> NodeId {
        let mut range: Option<TextRange> = None;
        let mut last = anchor;
        for slot in slots {
            let Some(part) = slot.unpack().map(|element| self.range(element, tokens)) else { continue };
            if range.is_none() {
                last = part.end;
            }
            if !part.is_empty() {
                range = Some(range.map_or(part, |range| range.cover(part)));
            }
        }
        self.push(kind, slots, range.unwrap_or(TextRange::empty(last)))
    }

    /// Says which command the node just made is.
    pub(super) fn mark_command(&mut self, node: NodeId, command: &'static Command) {
        self.marks.push((node, Mark::Command(command)));
    }

    /// Says what the node just made names.
    pub(super) fn mark_entity(&mut self, node: NodeId, kind: CommandEntityKind) {
        self.marks.push((node, Mark::Entity(kind)));
    }

    /// Withdraws that a table is expected where an entity stands.
    pub(super) fn forget_tabular(&mut self, slot: Slot) {
        let Some(Element::Node(node)) = slot.unpack() else { return };
        let at = self.marks.binary_search_by_key(&node, |(id, _)| *id).ok();
        if let Some((_, Mark::Entity(kind))) = at.and_then(|at| self.marks.get_mut(at)) {
            kind.tabular = false;
        }
    }

    /// The kind and range of a finished node.
    pub(super) fn peek(&self, id: NodeId) -> (NodeKind, TextRange) {
        let data = &self.nodes[id.index()];
        (data.kind, data.range)
    }

    fn range(&self, element: Element, tokens: &[LexToken]) -> TextRange {
        match element {
            Element::Node(id) => self.nodes[id.index()].range,
            Element::Token(id) if id.0 & EXTRA == 0 => tokens[id.0 as usize].range,
            Element::Token(id) => self.extra[(id.0 & !EXTRA) as usize].range,
        }
    }

    fn push(&mut self, kind: NodeKind, slots: &[Slot], range: TextRange) -> NodeId {
        let first_slot = crate::text::to_u32(self.slots.len());
        self.slots.extend_from_slice(slots);
        let slot_count = crate::text::to_u32(slots.len());
        self.nodes.push(NodeData { kind, range, first_slot, slot_count, parent: NONE });
        NodeId(crate::text::to_u32(self.nodes.len() - 1))
    }

    /// The tree under `root`.
    pub(super) fn finish(mut self, text: Arc<str>, tokens: Vec<LexToken>, root: NodeId) -> Tree {
        for index in 0..self.nodes.len() {
            let NodeData { first_slot, slot_count, .. } = self.nodes[index];
            for slot in first_slot..first_slot + slot_count {
                if let Some(Element::Node(child)) = self.slots[slot as usize].unpack() {
                    self.nodes[child.index()].parent = crate::text::to_u32(index);
                }
            }
        }
        Tree {
            text,
            tokens,
            extra: self.extra,
            nodes: self.nodes,
            slots: self.slots,
            marks: self.marks,
            root,
        }
    }
}
