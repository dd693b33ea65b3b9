//! The values of literals.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Compiler;
use crate::catalog::ScalarType;
use crate::exec::expr::Expr;
use crate::exec::value::{DateTime, Dynamic, Value, coerce};
use crate::kql::bind::{Arena, string_value};
use crate::kql::syntax::nodes::{
    CompoundStringLiteral, DynamicExpression, JsonArray, JsonObject, LiteralExpression, UnaryExpression,
};
use crate::kql::syntax::{Node, NodeKind, Token, TokenKind, View};

impl<'a> Compiler<'_, 'a> {
    /// A literal; nothing where the node is none.
    pub(super) fn literal(&mut self, node: Node<'a>) -> Option<Expr> {
        let (value, ty) = match node.kind() {
            NodeKind::LiteralExpression => {
                let token = LiteralExpression::of_slot(node).token();
                let ty = literal_type(token.kind());
                if ty == Some(ScalarType::DateTime) && is_time_of_day(inside(token.text())) {
                    self.unsupported(
                        node.range(),
                        "a time of day without a date, which is of the day of the run",
                    );
                }
                (token_value(token), ty)
            }
            NodeKind::CompoundStringLiteral => (Value::string(joined(node)), Some(ScalarType::String)),
            NodeKind::DynamicExpression => {
                let held = self.dynamic(DynamicExpression::of_slot(node).value());
                (Value::dynamic(held), Some(ScalarType::Dynamic))
            }
            _ => return None,
        };
        Some(Expr { ty, ..Expr::literal(value, node.range()) })
    }

    /// What stands in `dynamic(…)`.
    fn dynamic(&mut self, node: Node<'a>) -> Dynamic {
        self.deeper(node.range(), |compiler| compiler.dynamic_part(node)).unwrap_or(Dynamic::Null)
    }

    fn dynamic_part(&mut self, node: Node<'a>) -> Dynamic {
        match node.kind() {
            NodeKind::JsonObject => {
                let mut entries = IndexMap::new();
                for pair in JsonObject::of_slot(node).pairs().iter() {
                    let arena = Arena::new();
                    let name: Arc<str> = Arc::from(string_value(&arena, pair.name().text()));
                    entries.insert(name, self.dynamic(pair.value()));
                }
                Dynamic::Bag(entries)
            }
            NodeKind::JsonArray => Dynamic::Array(
                JsonArray::of_slot(node).values().iter().map(|value| self.dynamic(value)).collect(),
            ),
            NodeKind::UnaryExpression => {
                let unary = UnaryExpression::of_slot(node);
                let value = self.dynamic(unary.expression());
                match value {
                    Dynamic::Long(number) if unary.operator().kind() == TokenKind::Minus => {
                        Dynamic::Long(number.wrapping_neg())
                    }
                    Dynamic::Real(number) if unary.operator().kind() == TokenKind::Minus => {
                        Dynamic::Real(-number)
                    }
                    other => other,
                }
            }
            NodeKind::CompoundStringLiteral => Dynamic::string(joined(node)),
            NodeKind::LiteralExpression => {
                let token = LiteralExpression::of_slot(node).token();
                token_value(token).to_dynamic()
            }
            NodeKind::DynamicExpression => self.dynamic(DynamicExpression::of_slot(node).value()),
            _ => {
                self.unsupported(node.range(), "this inside `dynamic(…)`");
                Dynamic::Null
            }
        }
    }
}

fn joined(node: Node<'_>) -> String {
    let arena = Arena::new();
    CompoundStringLiteral::of_slot(node)
        .parts()
        .iter()
        .map(|part| string_value(&arena, part.token().text()).to_owned())
        .collect()
}

fn literal_type(kind: TokenKind) -> Option<ScalarType> {
    Some(match kind {
        TokenKind::BoolLiteral => ScalarType::Bool,
        TokenKind::IntLiteral => ScalarType::Int,
        TokenKind::LongLiteral => ScalarType::Long,
        TokenKind::RealLiteral => ScalarType::Real,
        TokenKind::DecimalLiteral => ScalarType::Decimal,
        TokenKind::DateTimeLiteral => ScalarType::DateTime,
        TokenKind::TimeSpanLiteral => ScalarType::TimeSpan,
        TokenKind::GuidLiteral | TokenKind::RawGuidLiteral => ScalarType::Guid,
        TokenKind::StringLiteral => ScalarType::String,
        _ => return None,
    })
}

/// What stands between the parentheses of `datetime(…)`; the text itself where there are none.
fn inside(text: &str) -> &str {
    let inner = text.split_once('(').map_or(text, |(_, rest)| rest.strip_suffix(')').unwrap_or(rest)).trim();
    let quoted = |quote: char| inner.strip_prefix(quote).and_then(|inner| inner.strip_suffix(quote));
    quoted('"').or_else(|| quoted('\'')).unwrap_or(inner)
}

/// Whether a text is a time of the clock alone: `8:05`.
fn is_time_of_day(text: &str) -> bool {
    let hour = text.split_once(':').map_or("", |(hour, _)| hour);
    (1..=2).contains(&hour.len()) && hour.bytes().all(|byte| byte.is_ascii_digit())
}

/// `2025, 6, 14`, which stands in a literal only.
fn date_of_parts(text: &str) -> Value {
    let parts: Option<Vec<i64>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    match parts.as_deref() {
        Some([year, month, day]) => {
            DateTime::from_date(*year, *month, *day).map_or(Value::Null, Value::DateTime)
        }
        _ => Value::Null,
    }
}

fn token_value(token: Token<'_>) -> Value {
    let text = token.text();
    if token.kind() == TokenKind::StringLiteral {
        return Value::string(string_value(&Arena::new(), text));
    }
    match literal_type(token.kind()) {
        Some(ScalarType::Real) => match inside(text).to_ascii_lowercase().as_str() {
            "+inf" => Value::Real(f64::INFINITY),
            "-inf" => Value::Real(f64::NEG_INFINITY),
            other => coerce(&Value::string(other), ScalarType::Real),
        },
        Some(ScalarType::DateTime) if inside(text).contains(',') => date_of_parts(inside(text)),
        // `datetime(2026 - 11 - 30)` is a time as well.
        Some(ScalarType::DateTime) => match coerce(&Value::string(inside(text)), ScalarType::DateTime) {
            Value::Null => coerce(&Value::string(inside(text).replace(" - ", "-")), ScalarType::DateTime),
            time => time,
        },
        Some(ty) => coerce(&Value::string(inside(text)), ty),
        None => Value::Null,
    }
}
