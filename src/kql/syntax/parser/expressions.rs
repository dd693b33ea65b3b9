//! Expressions, from `or` at the top to names and literals.

use super::{CommaList, ListEnd, Parser, node};
use crate::kql::codes;
use crate::kql::syntax::operator_parameters;
use crate::kql::syntax::token::TokenKind as T;
use crate::kql::syntax::tree::{NodeId, Slot};

impl<'a> Parser<'a> {
    /// A query or a scalar expression.
    pub(super) fn expression(&mut self) -> Option<NodeId> {
        self.nested(Self::pipe_expression)
    }

    pub(super) fn expression_or_missing(&mut self) -> NodeId {
        self.expression().unwrap_or_else(|| self.missing_expression())
    }

    /// A scalar expression, or a name of something tabular, without `Name =`.
    pub(super) fn unnamed_expression(&mut self) -> Option<NodeId> {
        self.nested(Self::or_expression)
    }

    pub(super) fn unnamed_or_missing(&mut self) -> NodeId {
        self.unnamed_expression().unwrap_or_else(|| self.missing_expression())
    }

    pub(super) fn named_or_missing(&mut self) -> NodeId {
        self.named_expression().unwrap_or_else(|| self.missing_expression())
    }

    /// `expression`, `Name = expression` or `(A, B) = expression`.
    pub(super) fn named_expression(&mut self) -> Option<NodeId> {
        let before_equal = |parser: &Self, len: usize| len > 0 && parser.kind_at(len) == T::Equal;
        if before_equal(self, self.scan_rename_name(0)) {
            let name = self.extended_name_declaration();
            let equal = self.bump();
            let expression = self.unnamed_or_missing();
            return Some(node!(self, SimpleNamedExpression, name, equal, expression));
        }
        let dashed = self.scan_dashed_name();
        if before_equal(self, dashed) {
            let token = self.join(dashed, T::Identifier);
            let name = node!(self, TokenName, token);
            let name = node!(self, NameDeclaration, name);
            let (_, range) = self.builder.peek(name);
            let text = range.slice(self.text);
            let message = format!("`{text}` is written `['{text}']` as a name");
            self.report(codes::NAME_REQUIRES_BRACKETS, range, message);
            let equal = self.bump();
            let expression = self.unnamed_or_missing();
            return Some(node!(self, SimpleNamedExpression, name, equal, expression));
        }
        if before_equal(self, self.scan_rename_list()) {
            let open = self.bump();
            let names = self.comma_list(CommaList {
                element: Self::extended_name_declaration,
                missing: Self::missing_name_declaration,
                end: ListEnd::Common,
                one_or_more: true,
                trailing_comma: false,
            });
            let close = self.expect(T::CloseParen);
            let names = node!(self, RenameList, open, names, close);
            let equal = self.expect(T::Equal);
            let expression = self.unnamed_or_missing();
            return Some(node!(self, CompoundNamedExpression, names, equal, expression));
        }
        self.unnamed_expression()
    }

    fn or_expression(&mut self) -> Option<NodeId> {
        self.left_associative(Self::and_expression, |kind| kind == T::OrKw)
    }

    fn and_expression(&mut self) -> Option<NodeId> {
        self.left_associative(Self::equality, |kind| kind == T::AndKw)
    }

    fn additive(&mut self) -> Option<NodeId> {
        self.left_associative(Self::multiplicative, |kind| matches!(kind, T::Plus | T::Minus))
    }

    fn multiplicative(&mut self) -> Option<NodeId> {
        let times = |kind| matches!(kind, T::Asterisk | T::Slash | T::Percent);
        self.left_associative(Self::string_operation, times)
    }

    /// `operand (operator operand)*`, each operator taking all before it as its left side.
    fn left_associative(
        &mut self,
        operand: fn(&mut Self) -> Option<NodeId>,
        is_operator: fn(T) -> bool,
    ) -> Option<NodeId> {
        let mut left = operand(self)?;
        while is_operator(self.kind()) {
            left = self.binary(left, operand);
        }
        Some(left)
    }

    fn binary(&mut self, left: NodeId, operand: fn(&mut Self) -> Option<NodeId>) -> NodeId {
        let operator = self.bump();
        let right = operand(self).unwrap_or_else(|| self.missing_expression());
        node!(self, BinaryExpression, left, operator, right)
    }

    fn equality(&mut self) -> Option<NodeId> {
        if self.at(T::Asterisk) && self.kind_at(1) == T::EqualEqual {
            let star = self.star_expression()?;
            return Some(self.binary(star, Self::relational));
        }
        let left = self.relational()?;
        Some(match self.kind() {
            T::EqualEqual => self.binary(left, Self::relational),
            T::BangEqual | T::LessGreater => {
                let operator = self.bump();
                let right = self.relational().unwrap_or_else(|| {
                    self.report_missing(codes::TERMS_EXPECTED, "a value to compare with is expected here");
                    let token = self.silent(T::Identifier);
                    node!(self, LiteralExpression, token)
                });
                node!(self, BinaryExpression, left, operator, right)
            }
            T::InKw if self.kind_at(1) == T::RangeKw => left,
            T::InKw | T::InCiKw | T::NotInKw | T::NotInCiKw => {
                let operator = self.bump();
                let right = self.value_list();
                node!(self, InExpression, left, operator, right)
            }
            T::HasAnyKw => {
                let operator = self.bump();
                let right = self.value_list();
                node!(self, HasAnyExpression, left, operator, right)
            }
            T::HasAllKw => {
                let operator = self.bump();
                let right = self.value_list();
                node!(self, HasAllExpression, left, operator, right)
            }
            T::BetweenKw | T::NotBetweenKw => {
                let operator = self.bump();
                let right = self.expression_couple();
                node!(self, BetweenExpression, left, operator, right)
            }
            _ => left,
        })
    }

    /// `(a, b)` or `(query)` after `in` and its kin.
    fn value_list(&mut self) -> NodeId {
        let open = self.expect(T::OpenParen);
        let expressions = if self.at_query() {
            let query = self.expression_or_missing();
            self.make_list(&[query.into(), Slot::EMPTY])
        } else {
            self.comma_list(CommaList {
                element: Self::unnamed_expression,
                missing: Self::missing_expression,
                end: ListEnd::Common,
                one_or_more: true,
                trailing_comma: false,
            })
        };
        let close = self.expect(T::CloseParen);
        node!(self, ArgumentList, open, expressions, close)
    }

    fn expression_couple(&mut self) -> NodeId {
        let open = self.expect(T::OpenParen);
        let first = self.unnamed_or_missing();
        let dot_dot = self.expect(T::DotDot);
        let second = self.unnamed_or_missing();
        let close = self.expect(T::CloseParen);
        node!(self, ExpressionCouple, open, first, dot_dot, second, close)
    }

    fn relational(&mut self) -> Option<NodeId> {
        let left = self.additive()?;
        let compares = matches!(self.kind(), T::Less | T::LessEqual | T::Greater | T::GreaterEqual);
        Some(if compares { self.binary(left, Self::additive) } else { left })
    }

    fn string_operation(&mut self) -> Option<NodeId> {
        let left = if self.at(T::Asterisk) && self.kind_at(1).is_string_operator() {
            self.star_expression()?
        } else {
            self.invocation()?
        };
        Some(if self.kind().is_string_operator() { self.binary(left, Self::invocation) } else { left })
    }

    /// A path or call with an optional sign.
    pub(super) fn invocation(&mut self) -> Option<NodeId> {
        if !matches!(self.kind(), T::Minus | T::Plus) {
            return self.call_or_path();
        }
        let operator = self.bump();
        let operand = self.call_or_path().unwrap_or_else(|| self.missing_expression());
        Some(node!(self, UnaryExpression, operator, operand))
    }

    /// A primary expression with `.member` and `[element]` after it.
    pub(super) fn call_or_path(&mut self) -> Option<NodeId> {
        if self.at(T::TotableKw) {
            return Some(self.table_of_query());
        }
        let mut expression = self.primary()?;
        loop {
            match self.kind() {
                T::Dot => {
                    let dot = self.bump();
                    let selector =
                        self.path_element_or_call().unwrap_or_else(|| self.missing_name_reference());
                    expression = node!(self, PathExpression, expression, dot, selector);
                }
                T::OpenBracket => {
                    let selector = self.bracketed_expression();
                    expression = node!(self, ElementExpression, expression, selector);
                }
                _ => return Some(expression),
            }
        }
    }

    fn primary(&mut self) -> Option<NodeId> {
        match self.kind() {
            T::LongLiteral
            | T::RealLiteral
            | T::BoolLiteral
            | T::IntLiteral
            | T::DecimalLiteral
            | T::TimeSpanLiteral
            | T::DateTimeLiteral
            | T::GuidLiteral
            | T::RawGuidLiteral
            | T::StringLiteral
            | T::DynamicKw => self.literal(),
            T::DatatableKw => Some(self.data_table()),
            T::InternalContextualDatatableKw => Some(self.contextual_data_table()),
            T::ExternaldataKw | T::ExternalDataKw => Some(self.external_data()),
            T::MaterializedViewCombineKw => Some(self.materialized_view_combine()),
            T::OpenParen => Some(self.parenthesized()),
            T::ToscalarKw => Some(self.scalar_of_query()),
            _ if self.at_type_of() => self.type_of_literal(),
            _ if self.at_call(0) => self.function_call(),
            _ => self.primary_path().or_else(|| self.keyword_as_name_reference()),
        }
    }

    pub(super) fn parenthesized(&mut self) -> NodeId {
        let open = self.bump();
        let expression = self.expression_or_missing();
        let close = self.expect(T::CloseParen);
        node!(self, ParenthesizedExpression, open, expression, close)
    }

    fn scalar_of_query(&mut self) -> NodeId {
        let keyword = self.bump();
        let kind = self.one_parameter_of(&operator_parameters::TO_SCALAR_KIND[0]);
        let open = self.expect(T::OpenParen);
        let expression = self.expression_or_missing();
        let close = self.expect(T::CloseParen);
        node!(self, ToScalarExpression, keyword, kind, open, expression, close)
    }

    fn table_of_query(&mut self) -> NodeId {
        let keyword = self.bump();
        let kind = self.one_parameter_of(&operator_parameters::TO_SCALAR_KIND[0]);
        let open = self.expect(T::OpenParen);
        let expression = self.expression_or_missing();
        let close = self.expect(T::CloseParen);
        node!(self, ToTableExpression, keyword, kind, open, expression, close)
    }

    fn primary_path(&mut self) -> Option<NodeId> {
        let selector = self.path_element()?;
        Some(match self.data_scope() {
            Some(scope) => node!(self, DataScopeExpression, selector, scope),
            None => selector,
        })
    }

    pub(super) fn data_scope(&mut self) -> Option<NodeId> {
        let keyword = self.eat(T::DatascopeKw)?;
        let equal = self.expect(T::Equal);
        let value = self.expect_word(&["all", "hotcache"]);
        Some(node!(self, DataScopeClause, keyword, equal, value))
    }

    /// A name, `@`, or `[…]` of a path.
    pub(super) fn path_element(&mut self) -> Option<NodeId> {
        if self.at(T::OpenBracket) {
            return Some(self.bracketed_path_element());
        }
        self.bare_path_element()
    }

    pub(super) fn path_element_or_call(&mut self) -> Option<NodeId> {
        if self.at_call(0) { self.function_call() } else { self.path_element() }
    }

    pub(super) fn bare_path_element(&mut self) -> Option<NodeId> {
        match self.kind() {
            T::At => {
                let at = self.bump();
                Some(node!(self, AtExpression, at))
            }
            T::KindKw | T::WithsourceKw | T::WithSourceKw => {
                let name = self.token_name();
                Some(node!(self, NameReference, name))
            }
            _ => self.name_reference(),
        }
    }

    /// `['name']`, `[Wild*]` or `[expression]`.
    pub(super) fn bracketed_path_element(&mut self) -> NodeId {
        match self.bracketed_entity_name() {
            Some(name) => name,
            None => self.bracketed_expression(),
        }
    }

    pub(super) fn bracketed_entity_name(&mut self) -> Option<NodeId> {
        self.bracketed_wildcarded_name_reference().or_else(|| self.bracketed_name_reference())
    }

    fn bracketed_expression(&mut self) -> NodeId {
        let open = self.bump();
        let expression = self.unnamed_expression().unwrap_or_else(|| self.missing_name_reference());
        let close = self.expect(T::CloseBracket);
        node!(self, BracketedExpression, open, expression, close)
    }

    // Calls.

    pub(super) fn function_call(&mut self) -> Option<NodeId> {
        if !self.at_call(0) {
            return None;
        }
        let name = self.name_reference();
        let arguments = self.argument_list();
        Some(node!(self, FunctionCall, name, arguments))
    }

    /// A call where one must stand.
    pub(super) fn required_call(&mut self) -> NodeId {
        if let Some(call) = self.function_call() {
            return call;
        }
        if let Some(name) = self.name_reference() {
            let open = self.expect(T::OpenParen);
            let close = self.expect(T::CloseParen);
            let arguments = node!(self, ArgumentList, open, Slot::EMPTY, close);
            return node!(self, FunctionCall, name, arguments);
        }
        self.report_missing(codes::MISSING_TOKEN, "a function call is missing here");
        let name = self.silent_name_reference();
        let open = self.silent(T::OpenParen);
        let close = self.silent(T::CloseParen);
        let arguments = node!(self, ArgumentList, open, Slot::EMPTY, close);
        node!(self, FunctionCall, name, arguments)
    }

    /// `f()`, `a().b()`.
    pub(super) fn dotted_calls(&mut self) -> Option<NodeId> {
        let mut expression = self.function_call()?;
        while self.at(T::Dot) && self.at_call(1) {
            let dot = self.bump();
            let call = self.function_call();
            expression = node!(self, PathExpression, expression, dot, call);
        }
        Some(expression)
    }

    fn argument_list(&mut self) -> NodeId {
        let open = self.expect(T::OpenParen);
        let arguments = self.comma_list(CommaList {
            element: Self::argument,
            missing: Self::missing_expression,
            end: ListEnd::Common,
            one_or_more: false,
            trailing_comma: false,
        });
        let close = self.expect(T::CloseParen);
        node!(self, ArgumentList, open, arguments, close)
    }

    fn argument(&mut self) -> Option<NodeId> {
        if self.at(T::Asterisk) && matches!(self.kind_at(1), T::CloseParen | T::Comma) {
            return self.star_expression();
        }
        self.named_expression()
    }

    // Paths to tables and databases.

    /// `a.b['c']` of names only.
    pub(super) fn simple_path(&mut self) -> Option<NodeId> {
        let first = self.path_element()?;
        Some(self.path_from(first, Self::path_element))
    }

    /// `cluster('c').database('d').Table`
    pub(super) fn entity_path(&mut self) -> Option<NodeId> {
        let first = self.path_element_or_call()?;
        Some(self.path_from(first, Self::path_element_or_call))
    }

    fn path_from(&mut self, first: NodeId, element: fn(&mut Self) -> Option<NodeId>) -> NodeId {
        let mut path = first;
        loop {
            match self.kind() {
                T::Dot => {
                    let dot = self.bump();
                    let selector = element(self).unwrap_or_else(|| self.missing_name_reference());
                    path = node!(self, PathExpression, path, dot, selector);
                }
                T::OpenBracket => {
                    let selector = self.bracketed_path_element();
                    path = node!(self, ElementExpression, path, selector);
                }
                _ => return path,
            }
        }
    }

    /// An entity path whose last part may hold a `*`.
    pub(super) fn wildcarded_entity(&mut self) -> Option<NodeId> {
        if let Some(name) = self.wildcarded_name_reference() {
            return Some(name);
        }
        let mut path = self.path_element_or_call()?;
        loop {
            match self.kind() {
                T::Dot => {
                    let dot = self.bump();
                    if let Some(name) = self.wildcarded_name_reference() {
                        return Some(node!(self, PathExpression, path, dot, name));
                    }
                    let selector =
                        self.path_element_or_call().unwrap_or_else(|| self.missing_name_reference());
                    path = node!(self, PathExpression, path, dot, selector);
                }
                T::OpenBracket => {
                    let selector = self.bracketed_path_element();
                    path = node!(self, ElementExpression, path, selector);
                }
                _ => return Some(path),
            }
        }
    }
}
