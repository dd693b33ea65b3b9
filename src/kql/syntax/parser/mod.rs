//! Tokens to a tree, by recursive descent.
//!
//! The parser never fails: it asks for what the grammar wants, puts missing tokens where the text lacks
//! them, and keeps what fits nowhere as skipped tokens. It recovers where the reference does, so that both
//! report the same places. Methods that parse an optional construct return `None` without consuming a token.

mod command_parts;
mod commands;
mod expressions;
mod literals;
mod names;
mod operators;
mod operators_graph;
mod operators_series;
mod operators_table;
mod parameters;
mod scans;
mod statements;
mod tables;

use std::collections::HashMap;
use std::sync::Arc;

use super::chars::has_line_break;
use super::lexer::lex;
use super::nodes::NodeKind;
use super::token::{LexToken, TokenKind};
use super::tree::{Checkpoint, NodeId, Slot, TokenId, Tree, TreeBuilder};
use crate::catalog::kql::CommandPart;
use crate::diag::Diagnostic;
use crate::kql::codes::{self, KqlCode};
use crate::text::TextRange;
use commands::{PartEnd, Reading, Stop};
use parameters::ParameterTable;

/// How deep expressions may nest. Deeper ones are reported and skipped, so that no text overflows the stack.
const MAX_DEPTH: u32 = 200;

/// How long a token may be to be quoted in a message.
const MAX_QUOTED: usize = 24;

/// The tree of `text` and what is wrong with it. Places are bytes of `text`.
pub fn parse(text: impl Into<Arc<str>>) -> (Tree, Vec<Diagnostic>) {
    let text = text.into();
    let (tokens, mut diagnostics) = lex(&text);
    let mut parser = Parser {
        text: &text,
        builder: TreeBuilder::new(tokens.len()),
        tokens: &tokens,
        limit: tokens.len() - 1,
        pos: 0,
        errors: Vec::new(),
        depth: 0,
        too_deep: false,
        parameters: ParameterTable::NONE,
        commands: HashMap::new(),
        part_ends: HashMap::new(),
        data: Vec::new(),
    };
    let root = parser.query_block();
    let Parser { builder, errors, data, .. } = parser;
    let in_data = |finding: &Diagnostic| data.iter().any(|range| range.contains_range(finding.range()));
    diagnostics.retain(|finding| !in_data(finding));
    diagnostics.extend(errors);
    let tree = builder.finish(text.clone(), tokens, root);
    (tree, diagnostics)
}

/// Parses an optional construct.
type Element<'a> = fn(&mut Parser<'a>) -> Option<NodeId>;
/// Makes the stand-in of a construct that is missing.
type Missing<'a> = fn(&mut Parser<'a>) -> NodeId;

pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: &'a [LexToken],
    /// The token that reads as the end of the text: the last one, or the first behind a command of a script.
    limit: usize,
    pos: usize,
    builder: TreeBuilder,
    errors: Vec<Diagnostic>,
    depth: u32,
    /// Whether the depth limit was hit and reported.
    too_deep: bool,
    /// The parameters of the operator whose parameter list is being read.
    parameters: ParameterTable,
    /// The commands found behind dots, so that none is searched twice.
    commands: HashMap<usize, (Option<Reading>, Option<Stop>)>,
    /// Where the queries and bodies in commands end that were read on trial.
    part_ends: HashMap<(usize, CommandPart), PartEnd>,
    /// Where commands hold text that is not KQL.
    data: Vec<TextRange>,
}

/// Where the parser stood, to go back to.
#[derive(Clone, Copy)]
struct Mark {
    pos: usize,
    errors: usize,
    too_deep: bool,
    tree: Checkpoint,
}

/// Where a list of elements ends.
#[derive(Clone, Copy)]
enum ListEnd<'a> {
    /// It ends where no element follows.
    Open,
    /// At a closing bracket, a pipe, a semicolon or the end.
    Common,
    /// At one of these kinds too.
    At(&'static [TokenKind]),
    /// As this predicate says.
    When(fn(&Parser<'a>) -> bool),
}

/// What a list with commas asks for.
struct CommaList<'a> {
    element: Element<'a>,
    missing: Missing<'a>,
    end: ListEnd<'a>,
    one_or_more: bool,
    trailing_comma: bool,
}

/// `node!(parser, Kind, slot, …)`: a node of `Kind` with these slots.
macro_rules! node {
    ($parser:expr, $kind:ident $(, $slot:expr)* $(,)?) => {{
        let slots = [$(crate::kql::syntax::tree::Slot::from($slot)),*];
        $parser.make(crate::kql::syntax::nodes::NodeKind::$kind, &slots)
    }};
}
use node;

impl<'a> Parser<'a> {
    // Tokens.

    /// The token `ahead` of the current one; the end of the text beyond it.
    fn token(&self, ahead: usize) -> LexToken {
        let at = self.pos + ahead;
        if at < self.limit {
            return self.tokens[at];
        }
        LexToken { kind: TokenKind::EndOfText, ..self.tokens[self.limit] }
    }

    fn kind(&self) -> TokenKind {
        self.token(0).kind
    }

    fn kind_at(&self, ahead: usize) -> TokenKind {
        self.token(ahead).kind
    }

    fn text_at(&self, ahead: usize) -> &'a str {
        self.token(ahead).range.slice(self.text)
    }

    /// The text of the token before the current one, where it is short enough to be quoted.
    fn text_before(&self) -> Option<&'a str> {
        let before = self.tokens.get(self.pos.checked_sub(1)?)?.range.slice(self.text);
        (before.len() <= MAX_QUOTED && !has_line_break(before)).then_some(before)
    }

    fn at(&self, kind: TokenKind) -> bool {
        self.kind() == kind
    }

    /// The end of the token before the current one, where missing parts are placed.
    fn anchor(&self) -> u32 {
        self.token(0).trivia_start
    }

    /// Consumes the current token. The end of the text is never consumed here: it reads as missing.
    fn bump(&mut self) -> TokenId {
        if self.at(TokenKind::EndOfText) {
            return self.silent(TokenKind::Identifier);
        }
        self.pos += 1;
        TreeBuilder::token(self.pos - 1)
    }

    fn eat(&mut self, kind: TokenKind) -> Option<TokenId> {
        self.at(kind).then(|| self.bump())
    }

    fn eat_any(&mut self, kinds: &[TokenKind]) -> Option<TokenId> {
        kinds.contains(&self.kind()).then(|| self.bump())
    }

    /// The token of `kind`, or a missing one with a report.
    fn expect(&mut self, kind: TokenKind) -> TokenId {
        if let Some(token) = self.eat(kind) {
            return token;
        }
        match kind.text() {
            Some(text) => {
                self.report_missing_token(codes::TERMS_EXPECTED, format!("`{text}` is expected here"))
            }
            None => self.report_missing_token(codes::MISSING_TOKEN, "a name is missing here".to_owned()),
        }
        self.silent(kind)
    }

    /// One of `words`, or a missing token with a report.
    fn expect_word(&mut self, words: &[&str]) -> TokenId {
        match self.eat_word(words) {
            Some(token) => token,
            None => self.missing_word(words),
        }
    }

    fn missing_word(&mut self, words: &[&str]) -> TokenId {
        self.report_missing_token(codes::TERMS_EXPECTED, expected_words(words));
        self.silent(TokenKind::Identifier)
    }

    fn eat_word(&mut self, words: &[&str]) -> Option<TokenId> {
        words.iter().find_map(|word| self.eat_text(word, TokenKind::Identifier))
    }

    /// How many adjacent tokens from `ahead` spell `text`; zero where they do not.
    fn scan_text(&self, text: &str, ahead: usize) -> usize {
        let mut rest = text;
        for count in 0.. {
            let token = self.token(ahead + count);
            if token.kind == TokenKind::EndOfText || (count > 0 && token.has_trivia()) {
                return 0;
            }
            match rest.strip_prefix(token.range.slice(self.text)) {
                Some("") => return count + 1,
                Some(after) => rest = after,
                None => return 0,
            }
        }
        0
    }

    /// The adjacent tokens that spell `text`, joined as `kind` where they are several.
    fn eat_text(&mut self, text: &str, kind: TokenKind) -> Option<TokenId> {
        let count = self.scan_text(text, 0);
        (count > 0).then(|| self.join(count, kind))
    }

    /// The next `count` tokens as one token of `kind`; a single token stays what it is.
    fn join(&mut self, count: usize, kind: TokenKind) -> TokenId {
        if count == 1 {
            return self.bump();
        }
        let range = self.token(0).range.cover(self.token(count - 1).range);
        self.pos += count;
        self.builder.joined(kind, range)
    }

    /// A missing token without a report of its own.
    fn silent(&mut self, kind: TokenKind) -> TokenId {
        let anchor = self.anchor();
        self.builder.missing(kind, anchor)
    }

    // Reports.

    fn report(&mut self, code: KqlCode, range: TextRange, message: impl Into<String>) {
        self.errors.push(code.at(range, message));
    }

    /// Reports over a whole node.
    fn report_node(&mut self, code: KqlCode, node: NodeId, message: impl Into<String>) {
        let (_, range) = self.builder.peek(node);
        self.report(code, range, message);
    }

    /// Reports at the place of a construct that is missing.
    fn report_missing(&mut self, code: KqlCode, message: impl Into<String>) {
        self.report(code, TextRange::empty(self.anchor()), message);
    }

    /// Reports a missing token: at the next token where that is near and on the same line, else at the end of
    /// the token before.
    fn report_missing_token(&mut self, code: KqlCode, message: String) {
        let next = self.token(0);
        let trivia = next.trivia().slice(self.text);
        let near = trivia.chars().count() < 2 && !has_line_break(trivia);
        let range = if near { next.range } else { TextRange::empty(self.anchor()) };
        self.report(code, range, message);
    }

    // Nodes.

    fn make(&mut self, kind: NodeKind, slots: &[Slot]) -> NodeId {
        debug_assert!(kind == NodeKind::List || kind.slots().len() == slots.len(), "slots of {kind:?}");
        let anchor = self.anchor();
        self.builder.node(kind, slots, self.tokens, anchor)
    }

    /// A list node, or an empty slot for an empty list.
    fn make_list(&mut self, slots: &[Slot]) -> Slot {
        if slots.is_empty() { Slot::EMPTY } else { self.make(NodeKind::List, slots).into() }
    }

    // Going back.

    fn mark(&self) -> Mark {
        Mark {
            pos: self.pos,
            errors: self.errors.len(),
            too_deep: self.too_deep,
            tree: self.builder.checkpoint(),
        }
    }

    fn rewind(&mut self, mark: Mark) {
        self.pos = mark.pos;
        self.errors.truncate(mark.errors);
        self.too_deep = mark.too_deep;
        self.builder.rewind(mark.tree);
    }

    /// What the parser that reads furthest reads; the first of equals.
    fn best(&mut self, parsers: &[Element<'a>]) -> Option<NodeId> {
        let start = self.mark();
        let mut best: Option<(usize, Element<'a>)> = None;
        for parser in parsers {
            parser(self);
            if self.pos > best.map_or(start.pos, |(end, _)| end) {
                best = Some((self.pos, *parser));
            }
            self.rewind(start);
        }
        best.and_then(|(_, parser)| parser(self))
    }

    /// Runs `parse` one level deeper; past the limit, reports once and skips to the end of the statement.
    fn nested(&mut self, parse: Element<'a>) -> Option<NodeId> {
        if self.depth >= MAX_DEPTH {
            if !self.too_deep {
                self.too_deep = true;
                let range = self.token(0).range;
                let message =
                    format!("expressions nest deeper than {MAX_DEPTH} levels; the rest is not read");
                self.report(codes::QUERY_SYNTAX_DEPTH_EXCEEDED, range, message);
            }
            return None;
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    // Lists.

    fn at_list_end(&self, end: ListEnd<'a>) -> bool {
        match end {
            ListEnd::Open => false,
            ListEnd::Common => self.at_common_end(0),
            ListEnd::At(kinds) => kinds.contains(&self.kind()) || self.at_common_end(0),
            ListEnd::When(ends) => ends(self),
        }
    }

    fn at_common_end(&self, ahead: usize) -> bool {
        use TokenKind as T;
        matches!(
            self.kind_at(ahead),
            T::CloseParen | T::CloseBracket | T::CloseBrace | T::Bar | T::Semicolon | T::EndOfText
        )
    }

    /// Elements with commas between. Where the list has a known end, a missing comma is reported and the list
    /// goes on.
    fn comma_list(&mut self, list: CommaList<'a>) -> Slot {
        let mut slots = Vec::new();
        let ended = |parser: &Self| parser.at_list_end(list.end);
        let mut element = if ended(self) { None } else { (list.element)(self) };
        if element.is_none() && self.at(TokenKind::Comma) {
            element = Some((list.missing)(self));
        }
        while let Some(current) = element {
            slots.push(current.into());
            if self.at(TokenKind::EndOfText) || ended(self) {
                slots.push(Slot::EMPTY);
                break;
            }
            if self.at(TokenKind::Comma) {
                slots.push(self.bump().into());
                element = if ended(self) { None } else { (list.element)(self) };
                if element.is_none() && !list.trailing_comma {
                    slots.push((list.missing)(self).into());
                    slots.push(Slot::EMPTY);
                }
            } else if matches!(list.end, ListEnd::Open) {
                slots.push(Slot::EMPTY);
                break;
            } else {
                element = self.element_after_missing_comma(list.element, &mut slots);
            }
        }
        if list.one_or_more && slots.is_empty() {
            slots.push((list.missing)(self).into());
            slots.push(Slot::EMPTY);
        }
        self.make_list(&slots)
    }

    fn element_after_missing_comma(&mut self, element: Element<'a>, slots: &mut Vec<Slot>) -> Option<NodeId> {
        let before = self.mark();
        let comma = self.expect(TokenKind::Comma);
        match element(self) {
            Some(next) => {
                slots.push(comma.into());
                Some(next)
            }
            None => {
                self.rewind(before);
                slots.push(Slot::EMPTY);
                None
            }
        }
    }

    /// Elements one after the other.
    fn list(&mut self, element: Element<'a>, end: ListEnd<'a>) -> Vec<Slot> {
        let mut slots = Vec::new();
        while !self.at_list_end(end) {
            let Some(next) = element(self) else { break };
            slots.push(next.into());
        }
        slots
    }
}

/// The message that one of `words` is expected.
fn expected_words(words: &[&str]) -> String {
    match words {
        [word] => format!("`{word}` is expected here"),
        _ => format!("one of `{}` is expected here", words.join("`, `")),
    }
}
