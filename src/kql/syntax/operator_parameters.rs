//! The parameters of operators: `hint.strategy=shuffle`, `kind=inner`, `isfuzzy=true`.
//!
//! Source: the parameter tables of Kusto.Language 12.4.1 (MIT), as facts.

#[rustfmt::skip]
mod table;

pub use table::*;

/// What a parameter's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterValue {
    /// A literal, a word or a name.
    Any,
    /// One of the parameter's words, or any word where it lists none.
    Word,
    /// One of the words, or a number.
    WordOrNumber,
    /// `true` or `false`.
    Bool,
    /// An integer.
    Integer,
    /// A number.
    Number,
    /// A real number, also when written as an integer.
    Real,
    /// A literal of any scalar type.
    Scalar,
    /// A string literal.
    StringLiteral,
    /// An expression that is a string.
    Text,
    /// A column.
    Column,
    /// Columns with commas between.
    Columns,
    /// A new name.
    Declaration,
}

/// A parameter of an operator.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Another spelling of the name.
    pub alias: Option<&'static str>,
    /// What its value is.
    pub value: ParameterValue,
    /// The words its value may be; empty where any may.
    pub words: &'static [&'static str],
    /// Whether it may be given more than once.
    pub repeatable: bool,
}

const fn parameter(name: &'static str, value: ParameterValue, words: &'static [&'static str]) -> Parameter {
    Parameter { name, alias: None, value, words, repeatable: false }
}

const fn repeated(name: &'static str, value: ParameterValue) -> Parameter {
    Parameter { name, alias: None, value, words: &[], repeatable: true }
}

const fn aliased(name: &'static str, alias: &'static str, value: ParameterValue) -> Parameter {
    Parameter { name, alias: Some(alias), value, words: &[], repeatable: false }
}

/// The kind of schema that getschema shows.
pub const GET_SCHEMA_KIND: Parameter = parameter("kind", ParameterValue::Word, &["csl"]);
