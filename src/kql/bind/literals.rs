//! The values of literals.

use super::arena::Arena;
use super::binder::{Binder, Info};
use super::symbols::{Symbol, Value};
use super::types::Type;
use crate::kql::codes;
use crate::kql::syntax::nodes::{
    CompoundStringLiteral, DynamicExpression, LiteralExpression, OrderedExpression, SimpleNamedExpression,
};
use crate::kql::syntax::{Node, NodeKind, TokenKind, View};

impl<'a> Value<'a> {
    /// The value as text, as names of columns are made of it.
    pub fn text(self, arena: &'a Arena) -> &'a str {
        match self {
            Self::Null => "",
            Self::Bool(true) => "True",
            Self::Bool(false) => "False",
            Self::Long(number) => arena.str(&number.to_string()),
            Self::Real(number) => arena.str(&number.to_string()),
            Self::String(text) | Self::Word(text) | Self::Other(text) => text,
        }
    }
}

impl<'a> Binder<'a> {
    /// Whether `node` is a literal, a word of an operator's parameter included.
    pub fn is_literal(&self, node: Node<'a>) -> bool {
        is_literal(node)
    }

    /// Whether `node` is a word that is no literal of a scalar type: the `inner` of `kind=inner`.
    pub fn is_word(&self, node: Node<'a>) -> bool {
        LiteralExpression::cast(node).is_some_and(|literal| {
            let kind = literal.token().kind();
            !kind.is_literal() && kind != TokenKind::NullKw
        })
    }

    /// The value of a literal.
    pub fn literal_value(&self, node: Node<'a>) -> Option<Value<'a>> {
        literal_value(self.arena, node)
    }

    /// The content of a string literal.
    pub fn string_value(&self, node: Node<'a>) -> Option<&'a str> {
        content(self.arena, node)
    }

    /// The value of an expression that is a literal or a variable that stands for one.
    pub fn constant_value(&self, node: Node<'a>) -> Option<Value<'a>> {
        constant_value(self.arena, node, self.symbol(node))
    }

    /// The same, names given to arguments looked through and only names followed.
    pub fn literal_or_variable(&self, node: Node<'a>) -> Option<Value<'a>> {
        let node = underlying(node);
        let followed = self.is_literal(node) || node.kind() == NodeKind::NameReference;
        if followed { self.constant_value(node) } else { None }
    }

    pub(super) fn literal(&mut self, node: LiteralExpression<'a>) {
        let ty = match node.token().kind() {
            TokenKind::BoolLiteral => Type::BOOL,
            TokenKind::IntLiteral => Type::INT,
            TokenKind::LongLiteral => Type::LONG,
            TokenKind::RealLiteral => Type::REAL,
            TokenKind::DecimalLiteral => {
                if self.dynamic_depth > 0 {
                    self.report_at(codes::DECIMAL_IN_DYNAMIC, node.syntax(), || {
                        "a decimal cannot stand inside `dynamic(…)`".to_owned()
                    });
                    self.set(node.syntax(), Info::of(Type::DECIMAL));
                    return;
                }
                Type::DECIMAL
            }
            TokenKind::DateTimeLiteral => Type::DATETIME,
            TokenKind::TimeSpanLiteral => Type::TIMESPAN,
            TokenKind::GuidLiteral | TokenKind::RawGuidLiteral => Type::GUID,
            TokenKind::StringLiteral => Type::STRING,
            TokenKind::NullKw => Type::Null,
            _ => {
                self.set(node.syntax(), Info::of(Type::Void));
                return;
            }
        };
        self.set(node.syntax(), Info::constant(ty));
    }
}

/// The value of an expression that names `symbol`: that of a literal, or of a variable that stands for one.
pub(super) fn constant_value<'a>(
    arena: &'a Arena,
    node: Node<'a>,
    symbol: Option<Symbol<'a>>,
) -> Option<Value<'a>> {
    if is_literal(node) {
        return literal_value(arena, node);
    }
    match symbol {
        Some(Symbol::Variable(variable)) if variable.constant => variable.value,
        _ => None,
    }
}

fn is_literal(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        NodeKind::LiteralExpression
            | NodeKind::CompoundStringLiteral
            | NodeKind::TypeOfExpression
            | NodeKind::DynamicExpression
    )
}

/// The value of a literal.
fn literal_value<'a>(arena: &'a Arena, node: Node<'a>) -> Option<Value<'a>> {
    match node.kind() {
        NodeKind::LiteralExpression => {
            let token = LiteralExpression::of_slot(node).token();
            let text = token.text();
            Some(match token.kind() {
                TokenKind::StringLiteral => Value::String(string_value(arena, text)),
                TokenKind::BoolLiteral => bool_value(text),
                TokenKind::LongLiteral | TokenKind::IntLiteral => integer_value(text),
                TokenKind::RealLiteral => inside(text).trim().parse().map_or(Value::Other(text), Value::Real),
                TokenKind::NullKw => Value::Null,
                kind if kind.is_literal() => Value::Other(text),
                _ => Value::Word(text),
            })
        }
        NodeKind::CompoundStringLiteral => content(arena, node).map(Value::String),
        NodeKind::DynamicExpression => {
            let value = DynamicExpression::of_slot(node).value();
            Some(match LiteralExpression::cast(value).map(|literal| literal.token().kind()) {
                Some(TokenKind::NullKw) => Value::Null,
                _ => Value::String(value.text()),
            })
        }
        _ => None,
    }
}

/// The content of a string literal.
fn content<'a>(arena: &'a Arena, node: Node<'a>) -> Option<&'a str> {
    match node.kind() {
        NodeKind::LiteralExpression => {
            let token = LiteralExpression::of_slot(node).token();
            (token.kind() == TokenKind::StringLiteral).then(|| string_value(arena, token.text()))
        }
        NodeKind::CompoundStringLiteral => {
            let parts: Vec<&str> = CompoundStringLiteral::of_slot(node)
                .parts()
                .iter()
                .map(|part| string_value(arena, part.token().text()))
                .collect();
            Some(arena.concat(&parts))
        }
        _ => None,
    }
}

/// The expression behind `name =` and `asc`.
pub(super) fn underlying(node: Node<'_>) -> Node<'_> {
    let mut node = node;
    loop {
        node = match node.kind() {
            NodeKind::SimpleNamedExpression => SimpleNamedExpression::of_slot(node).expression(),
            NodeKind::OrderedExpression => OrderedExpression::of_slot(node).expression(),
            _ => return node,
        };
    }
}

/// What stands inside `long(…)`, or the literal itself.
fn inside(text: &str) -> &str {
    match text.split_once('(') {
        Some((_, rest)) => rest.strip_suffix(')').unwrap_or(rest),
        None => text,
    }
}

fn bool_value(text: &str) -> Value<'_> {
    match inside(text).trim() {
        word if word.eq_ignore_ascii_case("true") => Value::Bool(true),
        word if word.eq_ignore_ascii_case("false") => Value::Bool(false),
        "0" => Value::Bool(false),
        "1" => Value::Bool(true),
        word if word.eq_ignore_ascii_case("null") => Value::Null,
        _ => Value::Other(text),
    }
}

fn integer_value(text: &str) -> Value<'_> {
    let digits = inside(text).trim();
    let hex = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let number = match hex {
        Some(hex) => u64::from_str_radix(hex, 16).ok().map(u64::cast_signed),
        None => digits.parse().ok(),
    };
    match number {
        Some(number) => Value::Long(number),
        None if digits.eq_ignore_ascii_case("null") => Value::Null,
        None => Value::Other(text),
    }
}

/// The content of a string literal, whose text with its quotes is `text`.
pub fn string_value<'a>(arena: &'a Arena, text: &'a str) -> &'a str {
    let text = text.strip_prefix(['h', 'H']).unwrap_or(text);
    for quotes in ["```", "~~~"] {
        if let Some(inner) = text.strip_prefix(quotes) {
            return inner.strip_suffix(quotes).unwrap_or(inner);
        }
    }
    let (verbatim, text) = match text.strip_prefix('@') {
        Some(text) => (true, text),
        None => (false, text),
    };
    let Some(quote) = text.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { return text };
    let inner = &text[1..];
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    if verbatim {
        let doubled: String = [quote, quote].iter().collect();
        return if inner.contains(&doubled) {
            arena.str(&inner.replace(&doubled, &quote.to_string()))
        } else {
            inner
        };
    }
    if !inner.contains('\\') {
        return inner;
    }
    arena.str(&unescaped(inner))
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut letters = after.chars();
        let escape = letters.next();
        let mut skip = escape.map_or(0, char::len_utf8);
        let code = |count: usize| after.get(1..1 + count).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        match escape {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('a') => out.push('\u{7}'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('v') => out.push('\u{b}'),
            Some(marker @ ('u' | 'U' | 'x')) => {
                let count = match marker {
                    'u' => 4,
                    'U' => 8,
                    _ => 2,
                };
                if let Some(letter) = code(count).and_then(char::from_u32) {
                    out.push(letter);
                    skip = 1 + count;
                }
            }
            Some(letter) => out.push(letter),
            None => {}
        }
        rest = &after[skip..];
    }
    out.push_str(rest);
    out
}
