//! Parameters of operators.

use std::sync::LazyLock;

use foldhash::HashSet;

use super::{CommaList, ListEnd, Parser, expected_words, node};
use crate::kql::codes;
use crate::kql::syntax::operator_parameters::{ALL, Parameter, ParameterValue};
use crate::kql::syntax::token::TokenKind as T;
use crate::kql::syntax::tree::{NodeId, Slot};

/// The parameters that may stand in a list.
#[derive(Clone, Copy)]
pub(super) struct ParameterTable {
    /// The operator's own; `None` where there is no operator.
    own: Option<&'static [Parameter]>,
    /// Whether only the operator's own are read as parameters.
    own_only: bool,
    /// Whether a name is a parameter only with `=` after it.
    equals_needed: bool,
}

impl ParameterTable {
    /// Outside any operator.
    pub(super) const NONE: Self = Self { own: None, own_only: false, equals_needed: false };
    /// An operator without parameters of its own.
    pub(super) const NO_OWN: &'static [Parameter] = &[];

    fn find(self, name: &str) -> Option<&'static Parameter> {
        find(self.own?, name)
    }
}

fn find(table: &'static [Parameter], name: &str) -> Option<&'static Parameter> {
    table.iter().find(|parameter| parameter.name == name || parameter.alias == Some(name))
}

/// The names of all parameters.
static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    ALL.iter().flat_map(|parameter| [Some(parameter.name), parameter.alias]).flatten().collect()
});

/// Names that are several tokens.
static MULTI_TOKEN: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let is_one = |name: &str| super::super::token::KEYWORDS.iter().any(|(text, _)| *text == name);
    ALL.iter().map(|parameter| parameter.name).filter(|name| name.contains('.') && !is_one(name)).collect()
});

impl<'a> Parser<'a> {
    /// Parameters one after the other: those of `own`, and those of any operator.
    pub(super) fn parameter_list(&mut self, own: &'static [Parameter], equals_needed: bool) -> Slot {
        let table = ParameterTable { own: Some(own), own_only: false, equals_needed };
        let slots = self.with_parameters(table, |parser| parser.list(Self::parameter, ListEnd::Open));
        self.make_list(&slots)
    }

    /// Parameters with commas between, up to the closing parenthesis.
    pub(super) fn parameter_comma_list(&mut self, own: &'static [Parameter], own_only: bool) -> Slot {
        let equals_needed = self.parameters.equals_needed;
        let table = ParameterTable { own: Some(own), own_only, equals_needed };
        self.with_parameters(table, |parser| {
            parser.comma_list(CommaList {
                element: Self::parameter,
                missing: Self::missing_parameter,
                end: ListEnd::Common,
                one_or_more: false,
                trailing_comma: false,
            })
        })
    }

    fn with_parameters<R>(&mut self, table: ParameterTable, parse: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.parameters, table);
        let result = parse(self);
        self.parameters = outer;
        result
    }

    pub(super) fn missing_parameter(&mut self) -> NodeId {
        self.report_missing(codes::MISSING_TOKEN, "a parameter `name = value` is missing here");
        let name = self.silent_name_declaration();
        let equal = self.silent(T::Equal);
        let value = self.silent_name_reference();
        node!(self, NamedParameter, name, equal, value)
    }

    fn parameter(&mut self) -> Option<NodeId> {
        let len = self.scan_parameter();
        if len == 0 {
            return None;
        }
        let word = self.text_at(0);
        let own = if len == 1 { self.parameters.find(word) } else { None };
        let name = self.join(len, T::Identifier);
        let name = node!(self, TokenName, name);
        let (_, range) = self.builder.peek(name);
        let parameter = own.or_else(|| find(ALL, range.slice(self.text)));
        let name = node!(self, NameDeclaration, name);
        let equal = self.expect(T::Equal);
        let value = match parameter {
            Some(parameter) => self.parameter_value(parameter, ListEnd::When(Self::at_column_list_end)),
            None => match self.any_value() {
                Some(value) => value,
                None => self.missing_value(),
            },
        };
        Some(node!(self, NamedParameter, name, equal, value))
    }

    /// Tokens of a parameter's name at the current place; zero where none stands.
    fn scan_parameter(&self) -> usize {
        let ParameterTable { own_only, equals_needed, .. } = self.parameters;
        if self.at_own_parameter(equals_needed, 0) {
            return 1;
        }
        if own_only { 0 } else { self.scan_known_parameter(equals_needed, 0) }
    }

    fn at_own_parameter(&self, equals_needed: bool, ahead: usize) -> bool {
        let kind = self.kind_at(ahead);
        (kind == T::Identifier || kind.is_keyword())
            && self.parameters.find(self.text_at(ahead)).is_some()
            && (!equals_needed || self.kind_at(ahead + 1) == T::Equal)
    }

    /// Tokens of a name that is a parameter of some operator; zero where none stands.
    pub(super) fn scan_known_parameter(&self, equals_needed: bool, ahead: usize) -> usize {
        let (kind, next) = (self.kind_at(ahead), self.kind_at(ahead + 1));
        let word = kind == T::Identifier || kind.is_keyword();
        // Most words are told from a parameter by what follows, and this is asked at most words.
        if !word || (equals_needed && !matches!(next, T::Equal | T::Dot)) {
            return 0;
        }
        let len =
            if KNOWN.contains(self.text_at(ahead)) || self.parameters.find(self.text_at(ahead)).is_some() {
                1
            } else if self.kind_at(1) == T::Dot {
                MULTI_TOKEN.iter().map(|name| self.scan_text(name, 0)).max().unwrap_or(0)
            } else {
                0
            };
        if len > 0 && equals_needed && self.kind_at(ahead + len) != T::Equal { 0 } else { len }
    }

    /// Whether a list of columns ends before what comes next.
    fn at_column_list_end(&self) -> bool {
        if self.at(T::Comma) {
            self.scan_known_parameter(false, 1) > 0 || self.at_common_end(1)
        } else {
            self.scan_known_parameter(true, 0) > 0 || self.at_common_end(0)
        }
    }

    /// `name = value` where only that name may stand.
    pub(super) fn one_parameter_of(&mut self, parameter: &'static Parameter) -> Option<NodeId> {
        let len = self.scan_text(parameter.name, 0);
        if len == 0 || self.kind_at(len) != T::Equal {
            return None;
        }
        let name = self.join(len, T::Identifier);
        let name = node!(self, TokenName, name);
        let name = node!(self, NameDeclaration, name);
        let equal = self.bump();
        let value = self.parameter_value(parameter, ListEnd::When(Self::at_column_list_end));
        Some(node!(self, NamedParameter, name, equal, value))
    }

    /// `name value` without `=`: an old form of render.
    pub(super) fn parameter_without_equal(
        &mut self,
        parameter: &'static Parameter,
        end: ListEnd<'a>,
    ) -> Option<NodeId> {
        let name = self.eat_text(parameter.name, T::Identifier)?;
        let name = node!(self, TokenName, name);
        let name = node!(self, NameDeclaration, name);
        let equal = self.silent(T::Equal);
        let value = self.parameter_value(parameter, end);
        Some(node!(self, NamedParameter, name, equal, value))
    }

    fn any_value(&mut self) -> Option<NodeId> {
        if let Some(literal) = self.literal() {
            return Some(literal);
        }
        if self.is_name_token(0) {
            return Some(self.token_literal());
        }
        self.name_reference()
    }

    fn parameter_value(&mut self, parameter: &'static Parameter, end: ListEnd<'a>) -> NodeId {
        use ParameterValue as V;
        let value = match parameter.value {
            V::Text => self.call_or_path(),
            V::Real => self.real_literal().or_else(|| self.any_value()),
            V::Word | V::WordOrNumber if !parameter.words.is_empty() => {
                match self.eat_word(parameter.words) {
                    Some(token) => Some(node!(self, LiteralExpression, token)),
                    None => self.any_value(),
                }
            }
            V::Declaration => self.name_declaration().or_else(|| self.any_value()),
            V::Column => self.name_reference().or_else(|| self.any_value()),
            V::Columns => return self.name_reference_list(end),
            _ => self.any_value(),
        };
        match value {
            Some(value) => value,
            None => self.missing_parameter_value(parameter),
        }
    }

    fn missing_parameter_value(&mut self, parameter: &Parameter) -> NodeId {
        use ParameterValue as V;
        match parameter.value {
            V::Declaration => return self.missing_name_declaration(),
            V::Column => return self.missing_name_reference(),
            V::Word | V::WordOrNumber if !parameter.words.is_empty() => {
                self.report_missing(codes::TERMS_EXPECTED, expected_words(parameter.words));
            }
            V::StringLiteral => self.report_missing(codes::MISSING_TOKEN, "a string is missing here"),
            V::Bool => self.report_missing(codes::MISSING_TOKEN, "`true` or `false` is missing here"),
            V::Integer | V::Number | V::Real => {
                self.report_missing(codes::MISSING_TOKEN, "a number is missing here");
            }
            _ => return self.missing_value(),
        }
        self.silent_literal()
    }

    fn name_reference_list(&mut self, end: ListEnd<'a>) -> NodeId {
        let names = self.comma_list(CommaList {
            element: |parser| {
                if parser.at_own_parameter(true, 0) { None } else { parser.extended_name_reference() }
            },
            missing: Self::missing_name_reference,
            end,
            one_or_more: true,
            trailing_comma: false,
        });
        node!(self, NameReferenceList, names)
    }
}
