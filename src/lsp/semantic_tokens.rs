//! What each word of a query is, for colours.

use std::collections::BTreeMap;

use gen_lsp_types::{
    SemanticToken, SemanticTokens, SemanticTokensLegend, SemanticTokensParams, SemanticTokensRangeParams,
};

use super::analysis::Query;
use super::document::Document;
use super::view::{Answer, View};
use crate::kql::bind::{Bound, Symbol, Type};
use crate::kql::syntax::{Node, NodeKind, TokenKind};
use crate::text::{TextRange, to_u32};

/// The kinds of tokens, as the protocol names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Keyword,
    Operator,
    Function,
    Variable,
    Parameter,
    Property,
    Class,
    Type,
    String,
    Number,
    Comment,
    Macro,
    Namespace,
}

const KINDS: [(Kind, &str); 13] = [
    (Kind::Keyword, "keyword"),
    (Kind::Operator, "operator"),
    (Kind::Function, "function"),
    (Kind::Variable, "variable"),
    (Kind::Parameter, "parameter"),
    (Kind::Property, "property"),
    (Kind::Class, "class"),
    (Kind::Type, "type"),
    (Kind::String, "string"),
    (Kind::Number, "number"),
    (Kind::Comment, "comment"),
    (Kind::Macro, "macro"),
    (Kind::Namespace, "namespace"),
];

const MODIFIERS: [&str; 3] = ["declaration", "readonly", "defaultLibrary"];
const DECLARATION: u32 = 1;
const READONLY: u32 = 1 << 1;
const DEFAULT_LIBRARY: u32 = 1 << 2;

/// A token of a query.
#[derive(Debug, Clone, Copy)]
struct Token {
    range: TextRange,
    kind: Kind,
    modifiers: u32,
}

/// What the numbers of tokens mean.
pub(super) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend {
        token_types: KINDS.iter().map(|(_, name)| (*name).to_owned()).collect(),
        token_modifiers: MODIFIERS.map(str::to_owned).to_vec(),
    }
}

/// Answers `textDocument/semanticTokens/full`.
pub(super) fn full(view: View<'_>, params: SemanticTokensParams) -> Answer<Option<SemanticTokens>> {
    let document = view.of(&params.text_document)?;
    Ok(Some(encoded(view, document, TextRange::from_usize(0, document.text().len()))))
}

/// Answers `textDocument/semanticTokens/range`.
pub(super) fn range(view: View<'_>, params: SemanticTokensRangeParams) -> Answer<Option<SemanticTokens>> {
    let document = view.of(&params.text_document)?;
    let wanted = document.bytes(params.range, view.encoding());
    Ok(Some(encoded(view, document, wanted)))
}

fn encoded(view: View<'_>, document: &Document, wanted: TextRange) -> SemanticTokens {
    let analysis = document.analysis();
    let text = document.text();
    let mut pieces: Vec<Token> = Vec::new();
    for query in analysis.queries() {
        for token in query.read(tokens) {
            let Some(range) = in_file(query, token.range) else { continue };
            pieces.extend(lines(text, range).map(|range| Token { range, ..token }));
        }
    }
    pieces.retain(|piece| piece.range.start < wanted.end && wanted.start < piece.range.end);
    pieces.sort_by_key(|piece| (piece.range.start, piece.range.end));
    let (mut data, mut end, mut last) = (Vec::new(), 0, (0, 0));
    for piece in pieces {
        let range = view.range(document, piece.range);
        let length = range.end.character.saturating_sub(range.start.character);
        // Where several places of the query are one of the file, as the head of a function is, the first one counts.
        if piece.range.start < end || range.start.line != range.end.line || length == 0 {
            continue;
        }
        end = piece.range.end;
        let (line, character) = (range.start.line, range.start.character);
        data.push(SemanticToken {
            delta_line: line - last.0,
            delta_start: if line == last.0 { character - last.1 } else { character },
            length,
            token_type: to_u32(KINDS.iter().position(|(kind, _)| *kind == piece.kind).unwrap_or_default()),
            token_modifiers_bitset: piece.modifiers,
        });
        last = (line, character);
    }
    SemanticTokens { result_id: None, data }
}

/// Bytes of the query in the file; nothing for what the file holds in another way.
fn in_file(query: &Query, range: TextRange) -> Option<TextRange> {
    let at = query.in_file(range);
    (query.in_text(at.start) == Some(range.start)).then_some(at)
}

/// The parts of `range` that lie in one line each, without the blanks before each.
fn lines(text: &str, range: TextRange) -> impl Iterator<Item = TextRange> + '_ {
    let mut at = range.start as usize;
    range.slice(text).split_inclusive(['\n', '\r']).filter_map(move |line| {
        let start = at;
        at += line.len();
        let content = line.trim_end();
        let blanks = content.len() - content.trim_start().len();
        (blanks < content.len()).then(|| TextRange::from_usize(start + blanks, start + content.len()))
    })
}

/// The tokens of a query, comments included.
fn tokens(bound: &Bound<'_>) -> Vec<Token> {
    let tree = bound.tree();
    let mut named: BTreeMap<u32, Token> = BTreeMap::new();
    for node in tree.root().descendants().filter(|node| !node.is_missing()) {
        if let Some((kind, modifiers)) = named_kind(bound, node) {
            named.insert(node.range().start, Token { range: node.range(), kind, modifiers });
        }
    }
    let mut found = Vec::new();
    let mut end = 0;
    for token in tree.tokens() {
        found.extend(comments(tree.text(), token.trivia()));
        if token.range.start < end || token.range.is_empty() {
            continue;
        }
        match named.get(&token.range.start) {
            Some(name) => {
                found.push(*name);
                end = name.range.end;
            }
            None => {
                let kind = token_kind(token.kind);
                found.extend(kind.map(|kind| Token { range: token.range, kind, modifiers: 0 }));
            }
        }
    }
    found
}

/// The comments in what stands between two tokens.
fn comments(text: &str, trivia: TextRange) -> impl Iterator<Item = Token> + '_ {
    let mut at = trivia.start as usize;
    trivia.slice(text).split_inclusive(['\n', '\r']).filter_map(move |line| {
        let start = at;
        at += line.len();
        let begins = line.find("//")?;
        let range = TextRange::from_usize(start + begins, start + line.trim_end().len());
        Some(Token { range, kind: Kind::Comment, modifiers: 0 })
    })
}

fn token_kind(kind: TokenKind) -> Option<Kind> {
    use TokenKind as T;
    Some(match kind {
        T::StringLiteral => Kind::String,
        T::BoolLiteral => Kind::Keyword,
        kind if kind.is_literal() => Kind::Number,
        T::RawGuidLiteral => Kind::Number,
        T::Directive => Kind::Macro,
        T::Bar
        | T::LessBar
        | T::Plus
        | T::Minus
        | T::Asterisk
        | T::Slash
        | T::Percent
        | T::Less
        | T::LessEqual
        | T::Greater
        | T::GreaterEqual
        | T::Equal
        | T::EqualEqual
        | T::BangEqual
        | T::LessGreater
        | T::EqualTilde
        | T::BangTilde
        | T::FatArrow
        | T::DotDot => Kind::Operator,
        kind if kind.is_keyword() => match kind.text().is_some_and(is_word_operator) {
            true => Kind::Operator,
            false => Kind::Keyword,
        },
        _ => return None,
    })
}

fn is_word_operator(word: &str) -> bool {
    crate::catalog::kql::Language::builtin().operator_by_text(word).is_some()
}

/// What a node is that names something, with its modifiers.
fn named_kind(bound: &Bound<'_>, node: Node<'_>) -> Option<(Kind, u32)> {
    match node.kind() {
        NodeKind::PrimitiveType => return Some((Kind::Type, DEFAULT_LIBRARY)),
        NodeKind::NameDeclaration | NodeKind::NameReference => {}
        _ => return None,
    }
    let parent = node.parent().map(Node::kind);
    let declaration = if node.kind() == NodeKind::NameDeclaration { DECLARATION } else { 0 };
    let Some(symbol) = bound.symbol(node) else {
        return Some(match parent {
            Some(NodeKind::FunctionCall) => (Kind::Function, 0),
            Some(NodeKind::NamedParameter) => (Kind::Parameter, 0),
            Some(NodeKind::PathExpression) => (Kind::Property, 0),
            Some(NodeKind::LetStatement) => (Kind::Variable, declaration),
            _ => return None,
        });
    };
    Some(match symbol {
        Symbol::Column(_) => (Kind::Property, declaration),
        Symbol::Parameter(_) => (Kind::Parameter, declaration),
        Symbol::Variable(variable) if matches!(variable.ty, Type::Function(_)) => {
            (Kind::Function, declaration)
        }
        Symbol::Variable(_) => (Kind::Variable, READONLY | declaration),
        Symbol::Operator(_) => (Kind::Operator, 0),
        Symbol::Type(ty) => match ty {
            Type::Function(function) if function.builtin().is_some() => (Kind::Function, DEFAULT_LIBRARY),
            Type::Function(_) | Type::Pattern(_) => (Kind::Function, declaration),
            Type::Table(table) if table.is_stored() => (Kind::Class, DEFAULT_LIBRARY),
            Type::Database(_) | Type::Cluster(_) | Type::EntityGroup(_) | Type::EntityGroupElement(_) => {
                (Kind::Namespace, declaration)
            }
            Type::Table(_) | Type::Group(_) | Type::Graph(_) => (Kind::Class, declaration),
            _ => (Kind::Variable, declaration),
        },
    })
}
