//! Names: declared, used, bracketed, wildcarded.

use super::{Parser, node};
use crate::kql::codes;
use crate::kql::syntax::keyword::KeywordClass;
use crate::kql::syntax::token::TokenKind;
use crate::kql::syntax::tree::{NodeId, TokenId};

impl<'a> Parser<'a> {
    /// Whether the token may be a name as it is.
    pub(super) fn is_name_token(&self, ahead: usize) -> bool {
        let kind = self.kind_at(ahead);
        kind == TokenKind::Identifier || kind.keyword_class() == Some(KeywordClass::Name)
    }

    /// Whether the token is a keyword that may be a name where an extended name stands.
    pub(super) fn is_extended_keyword(&self, ahead: usize) -> bool {
        matches!(self.kind_at(ahead).keyword_class(), Some(KeywordClass::Name | KeywordClass::Extended))
    }

    /// Number of tokens of the name at `ahead`; zero where none stands.
    pub(super) fn scan_name(&self, ahead: usize) -> usize {
        match self.kind_at(ahead) {
            TokenKind::OpenBracket => self.scan_bracketed_name(ahead),
            TokenKind::OpenBrace => {
                let braced =
                    self.is_name_token(ahead + 1) && self.kind_at(ahead + 2) == TokenKind::CloseBrace;
                if braced { 3 } else { 0 }
            }
            _ => usize::from(self.is_name_token(ahead)),
        }
    }

    pub(super) fn scan_extended_name(&self, ahead: usize) -> usize {
        match self.scan_name(ahead) {
            0 => usize::from(self.is_extended_keyword(ahead)),
            len => len,
        }
    }

    fn scan_bracketed_name(&self, ahead: usize) -> usize {
        if self.kind_at(ahead) != TokenKind::OpenBracket {
            return 0;
        }
        let mut end = ahead + 1;
        while self.kind_at(end) == TokenKind::StringLiteral {
            end += 1;
        }
        let closed = end > ahead + 1 && self.kind_at(end) == TokenKind::CloseBracket;
        if closed { end + 1 - ahead } else { 0 }
    }

    /// A name as a declaration or reference holds it.
    pub(super) fn name(&mut self) -> Option<NodeId> {
        match self.kind() {
            TokenKind::OpenBracket => self.bracketed_name(),
            TokenKind::OpenBrace => self.braced_name(),
            _ => self.is_name_token(0).then(|| self.token_name()),
        }
    }

    fn extended_name(&mut self) -> Option<NodeId> {
        match self.kind() {
            TokenKind::OpenBracket => self.bracketed_name(),
            TokenKind::OpenBrace => self.braced_name(),
            _ => (self.is_name_token(0) || self.is_extended_keyword(0)).then(|| self.token_name()),
        }
    }

    pub(super) fn token_name(&mut self) -> NodeId {
        let token = self.bump();
        node!(self, TokenName, token)
    }

    fn bracketed_name(&mut self) -> Option<NodeId> {
        if self.scan_bracketed_name(0) == 0 {
            return None;
        }
        let open = self.bump();
        let name = self.string_literal();
        let close = self.expect(TokenKind::CloseBracket);
        Some(node!(self, BracketedName, open, name, close))
    }

    /// Number of tokens of `{name}` or `{name[1]}`, a client parameter without spaces; zero where none stands.
    pub(super) fn scan_braced_name(&self) -> usize {
        if !self.at(TokenKind::OpenBrace) {
            return 0;
        }
        let adjacent = |ahead: usize, kind| self.kind_at(ahead) == kind && !self.token(ahead).has_trivia();
        let named = self.kind_at(1) == TokenKind::Identifier || self.kind_at(1).is_keyword();
        if !named || self.token(1).has_trivia() {
            return 0;
        }
        let mut end = 2;
        if adjacent(end, TokenKind::OpenBracket) {
            end += 1;
            if adjacent(end, TokenKind::Minus) {
                end += 1;
            }
            if !adjacent(end, TokenKind::LongLiteral) || !adjacent(end + 1, TokenKind::CloseBracket) {
                return 0;
            }
            end += 2;
        }
        if adjacent(end, TokenKind::CloseBrace) { end + 1 } else { 0 }
    }

    fn braced_name(&mut self) -> Option<NodeId> {
        let len = self.scan_braced_name();
        if len == 0 {
            return None;
        }
        let open = self.bump();
        let name = self.join(len - 2, TokenKind::Identifier);
        let close = self.bump();
        Some(node!(self, BracedName, open, name, close))
    }

    pub(super) fn braced_name_reference(&mut self) -> Option<NodeId> {
        let name = self.braced_name()?;
        Some(node!(self, NameReference, name))
    }

    pub(super) fn name_reference(&mut self) -> Option<NodeId> {
        let name = self.name()?;
        Some(node!(self, NameReference, name))
    }

    pub(super) fn extended_name_reference(&mut self) -> Option<NodeId> {
        let name = self.extended_name()?;
        Some(node!(self, NameReference, name))
    }

    pub(super) fn bracketed_name_reference(&mut self) -> Option<NodeId> {
        let name = self.bracketed_name()?;
        Some(node!(self, NameReference, name))
    }

    pub(super) fn name_declaration(&mut self) -> Option<NodeId> {
        let name = self.name()?;
        Some(node!(self, NameDeclaration, name))
    }

    pub(super) fn extended_name_declaration(&mut self) -> Option<NodeId> {
        let name = self.extended_name()?;
        Some(node!(self, NameDeclaration, name))
    }

    /// Tokens of a name left of `=`.
    pub(super) fn scan_rename_name(&self, ahead: usize) -> usize {
        self.scan_extended_name(ahead)
    }

    /// Tokens of `(a, b)` left of `=`; zero where none stands.
    pub(super) fn scan_rename_list(&self) -> usize {
        if !self.at(TokenKind::OpenParen) {
            return 0;
        }
        let mut end = 1;
        while !self.at_common_end(end) {
            match self.scan_rename_name(end) {
                0 => return 0,
                len => end += len,
            }
            if self.kind_at(end) != TokenKind::Comma {
                break;
            }
            end += 1;
        }
        if self.kind_at(end) == TokenKind::CloseParen { end + 1 } else { 0 }
    }

    /// Tokens of a name with dashes in it, which needs brackets: `a-b`.
    pub(super) fn scan_dashed_name(&self) -> usize {
        let word = |ahead: usize| {
            let kind = self.kind_at(ahead);
            kind == TokenKind::Identifier || kind.is_keyword()
        };
        if !word(0) {
            return 0;
        }
        let part = |ahead: usize| word(ahead) || self.kind_at(ahead) == TokenKind::Minus;
        1 + (1..).take_while(|ahead| part(*ahead) && !self.token(*ahead).has_trivia()).count()
    }

    /// Tokens of a name with a `*` in it; zero where none stands.
    pub(super) fn scan_wildcarded_name(&self, ahead: usize) -> usize {
        let adjacent = |at: usize| !self.token(at).has_trivia();
        let word = |at: usize| self.kind_at(at) == TokenKind::Identifier || self.is_extended_keyword(at);
        let mut end = if self.kind_at(ahead) == TokenKind::Asterisk {
            ahead + 1
        } else if word(ahead) && self.kind_at(ahead + 1) == TokenKind::Asterisk && adjacent(ahead + 1) {
            ahead + 2
        } else {
            return 0;
        };
        let part =
            |at: usize| word(at) || matches!(self.kind_at(at), TokenKind::LongLiteral | TokenKind::Asterisk);
        while part(end) && adjacent(end) {
            end += 1;
        }
        end - ahead
    }

    pub(super) fn wildcarded_token(&mut self) -> Option<TokenId> {
        let len = self.scan_wildcarded_name(0);
        (len > 0).then(|| self.join(len, TokenKind::Identifier))
    }

    pub(super) fn wildcarded_name_reference(&mut self) -> Option<NodeId> {
        let pattern = self.wildcarded_token()?;
        let name = node!(self, WildcardedName, pattern);
        Some(node!(self, NameReference, name))
    }

    pub(super) fn bracketed_wildcarded_name_reference(&mut self) -> Option<NodeId> {
        if !self.at(TokenKind::OpenBracket) || self.scan_wildcarded_name(1) == 0 {
            return None;
        }
        let open = self.bump();
        let pattern = self.wildcarded_token();
        let close = self.expect(TokenKind::CloseBracket);
        let name = node!(self, BracketedWildcardedName, open, pattern, close);
        Some(node!(self, NameReference, name))
    }

    /// A keyword where only a name makes sense: read as one, and reported.
    pub(super) fn keyword_as_name_reference(&mut self) -> Option<NodeId> {
        if !self.is_keyword_in_name_position() {
            return None;
        }
        let word = self.text_at(0);
        let name = self.token_name();
        let reference = node!(self, NameReference, name);
        let message = format!("`{word}` is a keyword: as a name it is written `['{word}']`");
        self.report_node(codes::NAME_REQUIRES_BRACKETS, reference, message);
        Some(reference)
    }

    fn is_keyword_in_name_position(&self) -> bool {
        use TokenKind as T;
        self.kind().is_keyword()
            && (self.kind_at(1).is_binary_operator()
                || matches!(
                    self.kind_at(1),
                    T::CloseParen | T::CloseBracket | T::CloseBrace | T::Dot | T::Comma | T::Colon | T::Bar
                ))
    }

    // Missing names and values.

    pub(super) fn missing_name_declaration(&mut self) -> NodeId {
        self.report_missing_name();
        self.silent_name_declaration()
    }

    pub(super) fn missing_name_reference(&mut self) -> NodeId {
        self.report_missing_name();
        self.silent_name_reference()
    }

    pub(super) fn missing_expression(&mut self) -> NodeId {
        let message = self.missing_message("an expression");
        self.report_missing(codes::MISSING_TOKEN, message);
        self.silent_name_reference()
    }

    pub(super) fn missing_value(&mut self) -> NodeId {
        self.report_missing(codes::MISSING_TOKEN, "a value is missing here");
        self.silent_name_reference()
    }

    fn report_missing_name(&mut self) {
        let message = self.missing_message("a name");
        self.report_missing(codes::MISSING_TOKEN, message);
    }

    /// What is missing; where a keyword stands in its place, how that would be a name.
    pub(super) fn missing_message(&self, what: &str) -> String {
        let word = self.text_at(0);
        if self.kind().is_keyword() {
            format!("{what} is missing before the keyword `{word}`; as a name it is written `['{word}']`")
        } else {
            match self.text_before() {
                Some(before) => format!("{what} is missing after `{before}`"),
                None => format!("{what} is missing here"),
            }
        }
    }

    pub(super) fn silent_name_declaration(&mut self) -> NodeId {
        let name = self.silent_name();
        node!(self, NameDeclaration, name)
    }

    pub(super) fn silent_name_reference(&mut self) -> NodeId {
        let name = self.silent_name();
        node!(self, NameReference, name)
    }

    fn silent_name(&mut self) -> NodeId {
        let token = self.silent(TokenKind::Identifier);
        node!(self, TokenName, token)
    }
}
