//! The parts of management commands that have a grammar of their own.

use super::commands::{Attempt, PartEnd};
use super::literals::is_extended_type;
use super::{Parser, node};
use crate::catalog::kql::CommandPart;
use crate::kql::syntax::chars::{has_line_break, is_line_break};
use crate::kql::syntax::token::TokenKind as T;
use crate::kql::syntax::tree::{CommandEntityKind, NodeId, Slot};

impl<'a> Parser<'a> {
    /// A part of a command, where it stands here. On trial, queries, bodies and scripts are read once a place only.
    pub(super) fn command_part(
        &mut self,
        part: CommandPart,
        tabular: bool,
        attempt: &mut Attempt,
    ) -> Option<Slot> {
        use CommandPart as P;
        let read: fn(&mut Self) -> Option<NodeId> = match part {
            P::Query => Self::command_query,
            P::FunctionDeclaration => Self::command_function,
            P::FunctionBody => Self::command_function_body,
            P::Script if !self.is_indented_dot(self.pos) => return None,
            P::Script => Self::command_script,
            _ => return self.simple_part(part, tabular).map(Slot::from),
        };
        if attempt.building {
            return self.nested(read).map(Slot::from);
        }
        let key = (self.pos, part);
        let known = self.part_ends.get(&key).copied();
        let end = known.unwrap_or_else(|| {
            let before = self.mark();
            self.nested(read);
            let errors = self.errors[before.errors..].iter().map(|finding| finding.range().start);
            let end = PartEnd { pos: self.pos, first_error: errors.min() };
            self.rewind(before);
            self.part_ends.insert(key, end);
            end
        });
        self.pos = end.pos;
        attempt.first_error = attempt.first_error.into_iter().chain(end.first_error).min();
        Some(Slot::EMPTY)
    }

    fn simple_part(&mut self, part: CommandPart, tabular: bool) -> Option<NodeId> {
        use CommandPart as P;
        match part {
            P::Value => match self.kind() {
                T::GuidLiteral | T::RawGuidLiteral => Some(self.token_literal()),
                _ => self.literal(),
            },
            P::String => self.one_string_literal(),
            P::Guid => {
                let guid = matches!(self.kind(), T::GuidLiteral | T::RawGuidLiteral | T::StringLiteral);
                guid.then(|| self.token_literal())
            }
            P::BracketedString => self.bracketed_text_length().map(|length| self.command_text(length)),
            P::Type => is_extended_type(self.kind()).then(|| self.primitive_type()),
            P::Name => self.command_name_declaration(),
            P::QualifiedName => {
                let first = self.command_name_declaration()?;
                Some(self.path_of_names(first, usize::MAX, Self::command_name_declaration))
            }
            P::WildcardedName => self.command_pattern(),
            P::QualifiedWildcardedName => self.qualified_pattern(),
            P::Text => {
                let length = self.limit - self.pos;
                let range = self.token(0).range.cover(self.token(length.saturating_sub(1)).range);
                if length > 0 {
                    self.data.push(range);
                }
                Some(self.command_text(length))
            }
            P::BracketedText => {
                let ends = |ahead: &usize| !matches!(self.kind_at(*ahead), T::CloseBracket | T::EndOfText);
                let length = (0..).take_while(ends).count();
                Some(self.command_text(length))
            }
            _ => self.command_entity(part, tabular),
        }
    }

    /// The next `length` tokens, which are not read as KQL.
    fn command_text(&mut self, length: usize) -> NodeId {
        let text = match length {
            0 => self.silent(T::StringLiteral),
            _ => self.join(length, T::StringLiteral),
        };
        node!(self, CommandText, text)
    }

    /// Tokens of `[any text]` on one line.
    fn bracketed_text_length(&self) -> Option<usize> {
        if !self.at(T::OpenBracket) {
            return None;
        }
        let inside = |ahead: &usize| {
            let token = self.token(*ahead);
            !matches!(token.kind, T::OpenBracket | T::CloseBracket | T::EndOfText)
                && !has_line_break(token.trivia().slice(self.text))
                && !has_line_break(token.range.slice(self.text))
        };
        let end = 1 + (1..).take_while(inside).count();
        Some(if self.kind_at(end) == T::CloseBracket { end + 1 } else { end })
    }

    // Names.

    /// A name, which commands take in quotes and in brackets without quotes too.
    fn command_name(&mut self) -> Option<NodeId> {
        if let Some(name) = self.name() {
            return Some(name);
        }
        if self.at(T::StringLiteral) {
            return Some(self.token_name());
        }
        let length = self.bracketed_text_length()?;
        let text = self.join(length, T::StringLiteral);
        Some(node!(self, TokenName, text))
    }

    fn command_name_declaration(&mut self) -> Option<NodeId> {
        let name = self.command_name()?;
        Some(node!(self, NameDeclaration, name))
    }

    fn command_name_reference(&mut self) -> Option<NodeId> {
        let name = self.command_name()?;
        Some(node!(self, NameReference, name))
    }

    fn command_pattern(&mut self) -> Option<NodeId> {
        let pattern = self.wildcarded_token()?;
        let name = node!(self, WildcardedName, pattern);
        Some(node!(self, NameDeclaration, name))
    }

    fn pattern_or_name(&mut self) -> Option<NodeId> {
        self.command_pattern().or_else(|| self.command_name_declaration())
    }

    fn qualified_pattern(&mut self) -> Option<NodeId> {
        let start = self.mark();
        if let Some(first) = self.command_name_declaration()
            && let Some(dot) = self.eat(T::Dot)
            && let Some(last) = self.pattern_or_name()
        {
            return Some(node!(self, PathExpression, first, dot, last));
        }
        self.rewind(start);
        self.pattern_or_name()
    }

    /// `first.name.name`, with at most `most` names behind the first.
    fn path_of_names(&mut self, first: NodeId, most: usize, name: fn(&mut Self) -> Option<NodeId>) -> NodeId {
        let mut path = first;
        for _ in 0..most {
            let Some(dot) = self.eat(T::Dot) else { break };
            let selector = name(self).unwrap_or_else(|| self.missing_name_reference());
            path = node!(self, PathExpression, path, dot, selector);
        }
        path
    }

    fn command_entity(&mut self, part: CommandPart, tabular: bool) -> Option<NodeId> {
        use CommandPart as P;
        let most = match part {
            P::DatabaseTable | P::DatabaseTableColumn | P::TableColumn | P::DatabaseMaterializedView => {
                usize::MAX
            }
            P::GraphModelSnapshot => 1,
            _ => 0,
        };
        let first = self.command_name_reference()?;
        let name = self.path_of_names(first, most, Self::command_name_reference);
        let entity = node!(self, CommandEntity, name);
        self.builder.mark_entity(entity, CommandEntityKind { part, tabular });
        Some(entity)
    }

    // Functions and queries.

    fn command_function(&mut self) -> Option<NodeId> {
        let open = self.expect(T::OpenParen);
        let parameters = self.function_parameter_list(false);
        let close = self.expect(T::CloseParen);
        let parameters = node!(self, FunctionParameters, open, parameters, close);
        let body = self.command_function_body()?;
        Some(node!(self, FunctionDeclaration, Slot::EMPTY, parameters, body))
    }

    fn command_function_body(&mut self) -> Option<NodeId> {
        let open = self.expect(T::OpenBrace);
        Some(self.function_body_after(open))
    }

    fn command_query(&mut self) -> Option<NodeId> {
        let statements = if self.at(T::Dot) {
            let command = self.command_statement();
            self.make_list(&[command.into(), Slot::EMPTY])
        } else {
            self.statement_list()
        };
        Some(node!(self, CommandQuery, statements))
    }

    /// Commands, one behind the other. Each reads at most up to the line that the next one starts.
    fn command_script(&mut self) -> Option<NodeId> {
        let outer = self.limit;
        let mut end = self.pos;
        let mut statements = Vec::new();
        while self.at(T::Dot) {
            if end <= self.pos {
                end = self.next_command();
            }
            self.limit = end;
            statements.push(self.command_statement().into());
            statements.push(self.eat(T::Semicolon).map_or(Slot::EMPTY, Slot::from));
            self.limit = outer;
        }
        if statements.is_empty() {
            return None;
        }
        let statements = self.make_list(&statements);
        Some(node!(self, CommandScript, statements))
    }

    /// The next token that starts a command of a script: a dot that begins a line.
    fn next_command(&self) -> usize {
        let begins_line = |at: &usize| has_line_break(self.tokens[*at].trivia().slice(self.text));
        let starts = |at: &usize| self.is_indented_dot(*at) && begins_line(at);
        (self.pos + 1..self.limit).find(starts).unwrap_or(self.limit)
    }

    /// Whether the token at `at` is a dot with nothing but white space before it on its line, or back to the token before.
    fn is_indented_dot(&self, at: usize) -> bool {
        let token = self.tokens[at];
        let indent = token.trivia().slice(self.text).rsplit(is_line_break).next();
        at < self.limit && token.kind == T::Dot && indent.is_some_and(|indent| indent.trim().is_empty())
    }
}
