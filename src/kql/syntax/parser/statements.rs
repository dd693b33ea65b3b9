//! Statements and function bodies.

use super::{CommaList, ListEnd, Parser, node};
use crate::kql::codes;
use crate::kql::syntax::token::TokenKind as T;
use crate::kql::syntax::tree::{NodeId, Slot, TokenId, TreeBuilder};

impl<'a> Parser<'a> {
    /// The whole text.
    pub(super) fn query_block(&mut self) -> NodeId {
        let mut directives = Vec::new();
        while let Some(token) = self.eat(T::Directive) {
            directives.push(node!(self, Directive, token).into());
        }
        let directives = self.make_list(&directives);
        let (statements, skipped) = if self.at(T::Dot) {
            let command = self.command_statement();
            // What stands behind the statements of a command is passed over without a word.
            (self.statements_from(Some(command)), self.skip_until(|_| false))
        } else {
            (self.statement_list(), self.skipped_tokens())
        };
        let end = TreeBuilder::token(self.pos);
        node!(self, QueryBlock, directives, statements, skipped, end)
    }

    fn skipped_tokens(&mut self) -> Option<NodeId> {
        if self.at(T::EndOfText) {
            return None;
        }
        let range = self.token(0).range;
        let text = range.slice(self.text).escape_debug();
        let message = match self.kind() {
            T::CloseParen | T::CloseBracket | T::CloseBrace => {
                format!("`{text}` closes nothing that is open here")
            }
            _ => format!("`{text}` does not fit here: before it an operator, a comma or `|` may be missing"),
        };
        self.report(codes::INCOMPLETE_FRAGMENT, range, message);
        self.skip_until(|_| false)
    }

    /// The tokens before the first that `ends` takes, as skipped ones.
    pub(super) fn skip_until(&mut self, ends: fn(T) -> bool) -> Option<NodeId> {
        let mut tokens = Vec::new();
        while !self.at(T::EndOfText) && !ends(self.kind()) {
            let token = self.bump();
            tokens.push(node!(self, SkippedToken, token).into());
        }
        if tokens.is_empty() {
            return None;
        }
        let tokens = self.make_list(&tokens);
        Some(node!(self, SkippedTokens, tokens))
    }

    /// Statements with semicolons between; a missing semicolon is reported.
    pub(super) fn statement_list(&mut self) -> Slot {
        let first = self.statement();
        self.statements_from(first)
    }

    fn statements_from(&mut self, first: Option<NodeId>) -> Slot {
        let mut slots = Vec::new();
        let mut statement = first;
        while let Some(current) = statement {
            slots.push(current.into());
            if let Some(semicolon) = self.eat(T::Semicolon) {
                slots.push(semicolon.into());
                statement = self.statement();
                continue;
            }
            let before = self.mark();
            let semicolon = self.expect(T::Semicolon);
            statement = self.statement();
            if statement.is_some() {
                slots.push(semicolon.into());
            } else {
                self.rewind(before);
                slots.push(Slot::EMPTY);
            }
        }
        self.make_list(&slots)
    }

    fn statement(&mut self) -> Option<NodeId> {
        if self.at_statement() {
            return match self.kind() {
                T::AliasKw => Some(self.alias_statement()),
                T::LetKw => self.let_statement(),
                T::SetKw => Some(self.set_statement()),
                T::DeclareKw if self.kind_at(1) == T::PatternKw => Some(self.pattern_statement()),
                T::DeclareKw => self.query_parameters(),
                _ => Some(self.restrict_statement()),
            };
        }
        let expression = self.expression()?;
        Some(node!(self, ExpressionStatement, expression))
    }

    fn alias_statement(&mut self) -> NodeId {
        let alias = self.bump();
        let database = self.expect(T::DatabaseKw);
        let name = self.name_declaration().unwrap_or_else(|| self.missing_name_declaration());
        let equal = self.expect(T::Equal);
        let expression = self.unnamed_or_missing();
        node!(self, AliasStatement, alias, database, name, equal, expression)
    }

    fn let_statement(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::LetKw)?;
        let name = self.name_declaration().unwrap_or_else(|| self.missing_name_declaration());
        let equal = self.expect(T::Equal);
        let value = match self.kind() {
            T::MaterializeKw => Some(self.materialize()),
            T::EntityGroupKw => self.entity_group(),
            _ if self.at_function_declaration() => Some(self.function_declaration()),
            _ => self.expression(),
        };
        let value = value.unwrap_or_else(|| self.missing_expression());
        Some(node!(self, LetStatement, keyword, name, equal, value))
    }

    fn materialize(&mut self) -> NodeId {
        let keyword = self.bump();
        let open = self.expect(T::OpenParen);
        let expression = self.expression_or_missing();
        let close = self.expect(T::CloseParen);
        node!(self, MaterializeExpression, keyword, open, expression, close)
    }

    fn set_statement(&mut self) -> NodeId {
        let keyword = self.bump();
        let name = self.name_declaration().unwrap_or_else(|| self.missing_name_declaration());
        let value = self.eat(T::Equal).map(|equal| {
            let expression = self.unnamed_or_missing();
            node!(self, OptionValueClause, equal, expression)
        });
        node!(self, SetOptionStatement, keyword, name, value)
    }

    fn query_parameters(&mut self) -> Option<NodeId> {
        let declare = self.eat(T::DeclareKw)?;
        let keyword = self.expect(T::QueryParametersKw);
        let open = self.expect(T::OpenParen);
        let parameters = self.function_parameter_list(true);
        let close = self.expect(T::CloseParen);
        Some(node!(self, QueryParametersStatement, declare, keyword, open, parameters, close))
    }

    fn restrict_statement(&mut self) -> NodeId {
        let restrict = self.bump();
        let access = self.expect(T::AccessKw);
        let to = self.expect(T::ToKw);
        let open = self.expect(T::OpenParen);
        let entity = |parser: &mut Self| parser.best(&[Self::wildcarded_entity, Self::name_reference]);
        let expressions = self.expressions(entity, ListEnd::Common, true);
        let close = self.expect(T::CloseParen);
        let with = self.eat(T::WithKw).map(|with| {
            let open = self.expect(T::OpenParen);
            let properties = self.property_list();
            let close = self.expect(T::CloseParen);
            node!(self, RestrictWithClause, with, open, properties, close)
        });
        node!(self, RestrictStatement, restrict, access, to, open, expressions, close, with)
    }

    // Functions.

    fn function_declaration(&mut self) -> NodeId {
        let view = self.eat(T::ViewKw);
        let parameters = match self.eat(T::OpenParen) {
            Some(open) => {
                let parameters = self.function_parameter_list(false);
                let close = self.expect(T::CloseParen);
                node!(self, FunctionParameters, open, parameters, close)
            }
            None => {
                let open = self.expect(T::OpenParen);
                let close = self.expect(T::CloseParen);
                node!(self, FunctionParameters, open, Slot::EMPTY, close)
            }
        };
        let body = self.function_body();
        node!(self, FunctionDeclaration, view, parameters, body)
    }

    pub(super) fn function_parameter_list(&mut self, one_or_more: bool) -> Slot {
        self.comma_list(CommaList {
            element: Self::function_parameter,
            missing: |parser| {
                let name = parser.missing_name_and_type();
                node!(parser, FunctionParameter, name, Slot::EMPTY)
            },
            end: ListEnd::Common,
            one_or_more,
            trailing_comma: false,
        })
    }

    fn function_parameter(&mut self) -> Option<NodeId> {
        let name = self.name_and_type()?;
        let default = self.eat(T::Equal).map(|equal| {
            let value = match self.literal() {
                Some(literal) => literal,
                None if self.is_name_token(0) => self.token_literal(),
                None => self.missing_expression(),
            };
            node!(self, DefaultValue, equal, value)
        });
        Some(node!(self, FunctionParameter, name, default))
    }

    fn function_body(&mut self) -> NodeId {
        let Some(open) = self.eat(T::OpenBrace) else {
            let open = self.expect(T::OpenBrace);
            let close = self.expect(T::CloseBrace);
            let none = Slot::EMPTY;
            return node!(self, FunctionBody, open, none, none, none, close);
        };
        self.function_body_after(open)
    }

    /// What follows the opening brace of a body.
    pub(super) fn function_body_after(&mut self, open: TokenId) -> NodeId {
        let statement = |parser: &mut Self| match parser.let_statement() {
            Some(statement) => Some(statement),
            None => parser.query_parameters(),
        };
        let statements = self.body_statements(statement);
        self.body_rest(open, statements)
    }

    /// Statements, each with its semicolon.
    fn body_statements(&mut self, statement: fn(&mut Self) -> Option<NodeId>) -> Slot {
        let mut slots = Vec::new();
        while !self.at_common_end(0) {
            let Some(statement) = statement(self) else { break };
            slots.push(statement.into());
            slots.push(self.expect(T::Semicolon).into());
        }
        self.make_list(&slots)
    }

    fn body_rest(&mut self, open: TokenId, statements: Slot) -> NodeId {
        let expression = self.expression();
        let semicolon = self.eat(T::Semicolon);
        let close = self.expect(T::CloseBrace);
        node!(self, FunctionBody, open, statements, expression, semicolon, close)
    }

    // Patterns.

    fn pattern_statement(&mut self) -> NodeId {
        let declare = self.bump();
        let keyword = self.bump();
        let name = self.name_declaration().unwrap_or_else(|| self.missing_name_declaration());
        let pattern = self.pattern_declaration();
        node!(self, PatternStatement, declare, keyword, name, pattern)
    }

    fn pattern_declaration(&mut self) -> Option<NodeId> {
        let equal = self.eat(T::Equal)?;
        let open = self.expect(T::OpenParen);
        let parameters = self.comma_list(CommaList {
            element: Self::name_and_type,
            missing: Self::missing_name_and_type,
            end: ListEnd::Common,
            one_or_more: false,
            trailing_comma: false,
        });
        let close = self.expect(T::CloseParen);
        let path = self.eat(T::OpenBracket).map(|open| {
            let parameter = self.name_and_type().unwrap_or_else(|| self.missing_name_and_type());
            let close = self.expect(T::CloseBracket);
            node!(self, PatternPathParameter, open, parameter, close)
        });
        let open_brace = self.expect(T::OpenBrace);
        let mut matches = self.list(Self::pattern_match, ListEnd::Common);
        if matches.is_empty() {
            matches.push(self.missing_pattern_match().into());
        }
        let matches = self.make_list(&matches);
        let close_brace = self.expect(T::CloseBrace);
        Some(node!(
            self,
            PatternDeclaration,
            equal,
            open,
            parameters,
            close,
            path,
            open_brace,
            matches,
            close_brace
        ))
    }

    fn pattern_match(&mut self) -> Option<NodeId> {
        let open = self.eat(T::OpenParen)?;
        let values = self.comma_list(CommaList {
            element: Self::unnamed_expression,
            missing: Self::missing_string_literal,
            end: ListEnd::Common,
            one_or_more: true,
            trailing_comma: false,
        });
        let close = self.expect(T::CloseParen);
        let values = node!(self, ArgumentList, open, values, close);
        let path = self.eat(T::Dot).map(|dot| {
            let open = self.expect(T::OpenBracket);
            let value = self.literal().unwrap_or_else(|| self.missing_string_literal());
            let close = self.expect(T::CloseBracket);
            node!(self, PatternPathValue, dot, open, value, close)
        });
        let equal = self.expect(T::Equal);
        let open = self.expect(T::OpenBrace);
        let statements = self.body_statements(Self::let_statement);
        let body = self.body_rest(open, statements);
        let semicolon = self.expect(T::Semicolon);
        Some(node!(self, PatternMatch, values, path, equal, body, semicolon))
    }

    fn missing_pattern_match(&mut self) -> NodeId {
        self.report_missing(codes::MISSING_TOKEN, "a case `(value) = { query };` is missing here");
        let open = self.silent(T::OpenParen);
        let close = self.silent(T::CloseParen);
        let values = node!(self, ArgumentList, open, Slot::EMPTY, close);
        let equal = self.silent(T::Equal);
        let open = self.silent(T::OpenBrace);
        let close = self.silent(T::CloseBrace);
        let none = Slot::EMPTY;
        let body = node!(self, FunctionBody, open, none, none, none, close);
        let semicolon = self.silent(T::Semicolon);
        node!(self, PatternMatch, values, Slot::EMPTY, equal, body, semicolon)
    }
}
