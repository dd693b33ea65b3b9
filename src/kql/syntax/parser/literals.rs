//! Literals, JSON inside `dynamic(…)`, and types.

use super::{CommaList, ListEnd, Parser, node};
use crate::kql::codes;
use crate::kql::syntax::keyword::KeywordClass;
use crate::kql::syntax::token::TokenKind as T;
use crate::kql::syntax::tree::{NodeId, Slot, TokenId};

impl<'a> Parser<'a> {
    pub(super) fn literal(&mut self) -> Option<NodeId> {
        match self.kind() {
            T::StringLiteral => self.string_literal(),
            T::BoolLiteral
            | T::LongLiteral
            | T::RealLiteral
            | T::DecimalLiteral
            | T::IntLiteral
            | T::GuidLiteral
            | T::DateTimeLiteral
            | T::TimeSpanLiteral => Some(self.token_literal()),
            T::RawGuidLiteral => {
                let literal = self.token_literal();
                let message = "a GUID is written `guid(…)` here";
                self.report_node(codes::RAW_GUID_LITERAL_NOT_ALLOWED, literal, message);
                Some(literal)
            }
            T::DynamicKw => self.dynamic_literal(),
            T::Plus | T::Minus => self.signed_literal(&[T::LongLiteral, T::RealLiteral, T::TimeSpanLiteral]),
            T::TypeofKw => self.type_of_literal(),
            T::OpenBrace => self.braced_name_reference(),
            _ => None,
        }
    }

    /// The current token as a literal.
    pub(super) fn token_literal(&mut self) -> NodeId {
        let token = self.bump();
        node!(self, LiteralExpression, token)
    }

    /// A string, or adjacent strings that mean one.
    pub(super) fn string_literal(&mut self) -> Option<NodeId> {
        if !self.at(T::StringLiteral) {
            return None;
        }
        if self.kind_at(1) != T::StringLiteral {
            return Some(self.token_literal());
        }
        let mut parts = Vec::new();
        while self.at(T::StringLiteral) {
            parts.push(self.token_literal().into());
        }
        let parts = self.make_list(&parts);
        Some(node!(self, CompoundStringLiteral, parts))
    }

    /// A single string token.
    pub(super) fn one_string_literal(&mut self) -> Option<NodeId> {
        self.at(T::StringLiteral).then(|| self.token_literal())
    }

    /// A sign and a number of one of `kinds` without space between, as one literal.
    fn signed_literal(&mut self, kinds: &[T]) -> Option<NodeId> {
        let kind = self.kind_at(1);
        let signed = matches!(self.kind(), T::Plus | T::Minus)
            && kinds.contains(&kind)
            && !self.token(1).has_trivia()
            && self.text_at(1).starts_with(|c: char| c.is_ascii_digit());
        if !signed {
            return None;
        }
        let token = self.join(2, kind);
        Some(node!(self, LiteralExpression, token))
    }

    /// A number where only a real one is meant, such as an axis bound.
    pub(super) fn real_literal(&mut self) -> Option<NodeId> {
        match self.kind() {
            T::LongLiteral | T::RealLiteral if self.text_at(0).starts_with(|c: char| c.is_ascii_digit()) => {
                Some(self.token_literal())
            }
            T::Plus | T::Minus => self.signed_literal(&[T::LongLiteral, T::RealLiteral]),
            T::OpenBrace => self.braced_name_reference(),
            _ => None,
        }
    }

    pub(super) fn dynamic_literal(&mut self) -> Option<NodeId> {
        if !self.at(T::DynamicKw) || self.kind_at(1) != T::OpenParen {
            return None;
        }
        let keyword = self.bump();
        let open = self.bump();
        let value = self.json_value().unwrap_or_else(|| self.missing_json_value());
        let close = self.expect(T::CloseParen);
        Some(node!(self, DynamicExpression, keyword, open, value, close))
    }

    fn json_value(&mut self) -> Option<NodeId> {
        self.nested(|parser| match parser.kind() {
            T::LongLiteral | T::RealLiteral => parser.literal(),
            T::Minus => parser.negative_json_number(),
            T::BoolLiteral
            | T::DateTimeLiteral
            | T::TimeSpanLiteral
            | T::GuidLiteral
            | T::RawGuidLiteral
            | T::DecimalLiteral
            | T::StringLiteral
            | T::DynamicKw => parser.literal(),
            T::NullKw => Some(parser.token_literal()),
            T::OpenBracket => Some(parser.json_array()),
            T::OpenBrace if parser.scan_braced_name() > 0 => parser.braced_name_reference(),
            T::OpenBrace => Some(parser.json_object()),
            _ => None,
        })
    }

    fn negative_json_number(&mut self) -> Option<NodeId> {
        if !matches!(self.kind_at(1), T::LongLiteral | T::RealLiteral) {
            return None;
        }
        let minus = self.bump();
        let number = self.token_literal();
        Some(node!(self, UnaryExpression, minus, number))
    }

    fn json_array(&mut self) -> NodeId {
        let open = self.bump();
        let values = self.comma_list(CommaList {
            element: Self::json_value,
            missing: Self::missing_json_value,
            end: ListEnd::Common,
            one_or_more: false,
            trailing_comma: false,
        });
        let close = self.expect(T::CloseBracket);
        node!(self, JsonArray, open, values, close)
    }

    fn json_object(&mut self) -> NodeId {
        let open = self.bump();
        let pairs = self.comma_list(CommaList {
            element: Self::json_pair,
            missing: |parser| {
                parser.report_missing(codes::MISSING_TOKEN, "a `\"name\": value` pair is missing here");
                let name = parser.silent(T::StringLiteral);
                let colon = parser.silent(T::Colon);
                let value = parser.silent_literal();
                node!(parser, JsonPair, name, colon, value)
            },
            end: ListEnd::Common,
            one_or_more: false,
            trailing_comma: false,
        });
        let close = self.expect(T::CloseBrace);
        node!(self, JsonObject, open, pairs, close)
    }

    fn json_pair(&mut self) -> Option<NodeId> {
        let (name, colon, value) = match self.kind() {
            T::StringLiteral => {
                let name = self.bump();
                let colon = self.expect(T::Colon);
                (name, colon, None)
            }
            T::Colon => (self.missing_string_token(), self.bump(), None),
            _ => {
                let before = self.mark();
                let name = self.missing_string_token();
                let colon = self.expect(T::Colon);
                match self.json_value() {
                    Some(value) => (name, colon, Some(value)),
                    None => {
                        self.rewind(before);
                        return None;
                    }
                }
            }
        };
        let value = match value {
            Some(value) => value,
            None => self.json_value().unwrap_or_else(|| self.missing_json_value()),
        };
        Some(node!(self, JsonPair, name, colon, value))
    }

    fn missing_string_token(&mut self) -> TokenId {
        self.report_missing_token(codes::MISSING_TOKEN, "a string is missing here".to_owned());
        self.silent(T::StringLiteral)
    }

    fn missing_json_value(&mut self) -> NodeId {
        self.report_missing(codes::MISSING_TOKEN, "a JSON value is missing here");
        self.silent_literal()
    }

    pub(super) fn missing_string_literal(&mut self) -> NodeId {
        self.report_missing(codes::MISSING_TOKEN, "a string is missing here");
        self.silent_literal()
    }

    pub(super) fn silent_literal(&mut self) -> NodeId {
        let token = self.silent(T::StringLiteral);
        node!(self, LiteralExpression, token)
    }

    // Types.

    /// Whether `typeof(…)` stands here; `typeof` may be a name too.
    pub(super) fn at_type_of(&self) -> bool {
        self.at(T::TypeofKw) && self.kind_at(1) == T::OpenParen
    }

    pub(super) fn type_of_literal(&mut self) -> Option<NodeId> {
        if !self.at_type_of() {
            return None;
        }
        let scalar = is_extended_type(self.kind_at(2))
            || (self.kind_at(2) == T::Identifier && self.kind_at(3) == T::CloseParen);
        let keyword = self.bump();
        let open = self.bump();
        let types = if scalar {
            let kind = self.bump();
            let kind = node!(self, PrimitiveType, kind);
            self.make_list(&[kind.into(), Slot::EMPTY])
        } else {
            self.comma_list(CommaList {
                element: |parser| parser.star_expression().or_else(|| parser.name_and_type()),
                missing: Self::missing_type,
                end: ListEnd::Common,
                one_or_more: false,
                trailing_comma: false,
            })
        };
        let close = self.expect(T::CloseParen);
        Some(node!(self, TypeOfExpression, keyword, open, types, close))
    }

    pub(super) fn missing_type_of(&mut self) -> NodeId {
        self.report_missing(codes::MISSING_TOKEN, "`typeof(…)` is missing here");
        let keyword = self.silent(T::TypeofKw);
        let open = self.silent(T::OpenParen);
        let close = self.silent(T::CloseParen);
        node!(self, TypeOfExpression, keyword, open, Slot::EMPTY, close)
    }

    pub(super) fn star_expression(&mut self) -> Option<NodeId> {
        let star = self.eat(T::Asterisk)?;
        Some(node!(self, StarExpression, star))
    }

    pub(super) fn primitive_type(&mut self) -> NodeId {
        let token = self.bump();
        node!(self, PrimitiveType, token)
    }

    /// A type of a parameter or column; what is no such type is read and reported.
    fn parameter_type(&mut self) -> NodeId {
        if is_type(self.kind()) {
            return self.primitive_type();
        }
        self.invalid_type().unwrap_or_else(|| self.missing_type())
    }

    /// Any type the language names; of a column in `find`.
    pub(super) fn column_type(&mut self) -> NodeId {
        if is_extended_type(self.kind()) {
            return self.primitive_type();
        }
        self.invalid_type().unwrap_or_else(|| self.missing_type())
    }

    fn invalid_type(&mut self) -> Option<NodeId> {
        let kind = self.kind();
        let word = kind == T::Identifier || kind.keyword_class() == Some(KeywordClass::Name);
        if !word && !is_extended_type(kind) {
            return None;
        }
        let name = self.text_at(0);
        let node = self.primitive_type();
        let message = if is_extended_type(kind) {
            format!("the type `{name}` cannot stand here")
        } else {
            format!("there is no type `{name}`")
        };
        self.report_node(codes::INVALID_TYPE_NAME, node, message);
        Some(node)
    }

    pub(super) fn missing_type(&mut self) -> NodeId {
        self.report_missing(codes::MISSING_TOKEN, "a type is missing here");
        let token = self.silent(T::Identifier);
        node!(self, PrimitiveType, token)
    }

    /// `name: type`, or `name: (columns)` for a table.
    pub(super) fn name_and_type(&mut self) -> Option<NodeId> {
        let (name, colon) = match self.extended_name_declaration() {
            Some(name) => (name, self.expect(T::Colon)),
            None if self.at(T::Colon) => return Some(self.type_without_name()),
            None => return None,
        };
        let kind = if self.at(T::OpenParen) { self.schema_type() } else { self.parameter_type() };
        Some(node!(self, NameAndType, name, colon, kind))
    }

    /// `name`, `name: type`; of parse.
    pub(super) fn name_and_optional_type(&mut self) -> Option<NodeId> {
        if self.at(T::Colon) {
            return Some(self.type_without_name());
        }
        let name = self.extended_name_declaration()?;
        let Some(colon) = self.eat(T::Colon) else { return Some(name) };
        let kind = self.parameter_type();
        Some(node!(self, NameAndType, name, colon, kind))
    }

    /// `: type`. The name is reported missing where the reference reports it: after the type.
    fn type_without_name(&mut self) -> NodeId {
        let anchor = self.anchor();
        let colon = self.bump();
        let kind = self.parameter_type();
        let missing = self.missing_message("a name");
        self.report(codes::MISSING_TOKEN, crate::text::TextRange::empty(anchor), missing);
        let token = self.builder.missing(T::Identifier, anchor);
        let name = node!(self, TokenName, token);
        let name = node!(self, NameDeclaration, name);
        node!(self, NameAndType, name, colon, kind)
    }

    pub(super) fn missing_name_and_type(&mut self) -> NodeId {
        self.report_missing(codes::MISSING_TOKEN, "a parameter `name: type` is missing here");
        self.silent_name_and_type()
    }

    pub(super) fn silent_name_and_type(&mut self) -> NodeId {
        let name = self.silent_name_declaration();
        let colon = self.silent(T::Colon);
        let kind = self.silent(T::StringKw);
        let kind = node!(self, PrimitiveType, kind);
        node!(self, NameAndType, name, colon, kind)
    }

    /// `(a: long, b: string)` or `(*)`.
    fn schema_type(&mut self) -> NodeId {
        let open = self.bump();
        let columns = if let Some(star) = self.star_expression() {
            self.make_list(&[star.into(), Slot::EMPTY])
        } else {
            self.comma_list(CommaList {
                element: Self::name_and_type,
                missing: Self::missing_name_and_type,
                end: ListEnd::Common,
                one_or_more: false,
                trailing_comma: true,
            })
        };
        let close = self.expect(T::CloseParen);
        node!(self, SchemaType, open, columns, close)
    }
}

/// The types that parameters and columns may be declared with.
pub(super) fn is_type(kind: T) -> bool {
    matches!(
        kind,
        T::BoolKw
            | T::BooleanKw
            | T::DateKw
            | T::DatetimeKw
            | T::DecimalKw
            | T::DoubleKw
            | T::DynamicKw
            | T::GuidKw
            | T::IntKw
            | T::Int64Kw
            | T::Int8Kw
            | T::LongKw
            | T::RealKw
            | T::StringKw
            | T::TimeKw
            | T::TimespanKw
            | T::UniqueidKw
    )
}

/// Those and the other names of number types.
pub(super) fn is_extended_type(kind: T) -> bool {
    is_type(kind)
        || matches!(
            kind,
            T::FloatKw
                | T::Int16Kw
                | T::Int32Kw
                | T::UintKw
                | T::Uint16Kw
                | T::Uint32Kw
                | T::Uint64Kw
                | T::Uint8Kw
                | T::UlongKw
        )
}
