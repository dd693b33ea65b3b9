//! What picket.toml says of an environment.

use crate::lint::PathGlobs;
use crate::rule::{Rule, RuleKind, Severity};
use crate::text::{SourceId, Span, Spanned, TextRange};
use crate::yaml::Scalar;

/// An environment: which rules it has, and what it changes of them. All places are in [`Environment::source`].
#[derive(Debug, Clone, PartialEq)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// The source of its settings.
    pub source: SourceId,
    /// The rules that it has: those that one of these selects; every rule where there is none.
    pub include: Vec<Selector>,
    /// The rules that it does not have.
    pub exclude: Vec<Selector>,
    /// The content beside rules that it has: what one of these means; all of it where there is none.
    pub include_content: Vec<Spanned<ContentSelector>>,
    /// The content beside rules that it does not have.
    pub exclude_content: Vec<Spanned<ContentSelector>>,
    /// What it changes; of two that set the same, the later one counts.
    pub overrides: Vec<Override>,
}

/// Which rules are meant: those that meet every list that is not empty, each by one of its items.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selector {
    /// The bytes of the selector, for messages.
    pub range: TextRange,
    /// `rules`: ids and names, in any case of letters.
    pub rules: Vec<Spanned<String>>,
    /// `paths`: patterns of paths below the project, each with its place.
    pub paths: Vec<Spanned<PathGlobs>>,
    /// `tags`: names of tags, or `name: value`.
    pub tags: Vec<Spanned<String>>,
    /// `severities`, as the rule file says them.
    pub severities: Vec<Spanned<Severity>>,
    /// `kinds`
    pub kinds: Vec<Spanned<RuleKind>>,
}

/// Which content beside rules is meant.
#[derive(Debug, Clone, PartialEq)]
pub enum ContentSelector {
    /// What stands in files whose path below the project matches.
    Path(PathGlobs),
    /// What has this alias, id or name, in any case of letters.
    Name(String),
}

/// What an environment changes of some rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Override {
    /// The bytes of its table, for messages.
    pub range: TextRange,
    /// Of which rules.
    pub selector: Selector,
    /// `set`: the keys of a rule with their values, read as a rule file is.
    pub set: Option<Box<Rule>>,
    /// `name_prefix`: what stands before the display name.
    pub name_prefix: Option<Spanned<String>>,
    /// `exclusions`, those of `exclusion_files` behind them.
    pub exclusions: Vec<Exclusion>,
    /// `exclusion_files`: files of KQL, relative to the project. Whoever reads files puts their texts into `exclusions`.
    pub exclusion_files: Vec<Spanned<String>>,
    /// `parameters`
    pub parameters: Vec<ParameterSetting>,
}

/// Operators that an environment puts at the marked place of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Exclusion {
    /// Where the text stands: all of it.
    pub place: Span,
    /// The text, with the place of each byte in the source of `place`.
    pub scalar: Scalar,
}

/// A parameter with the value that an environment gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterSetting {
    /// The name of the variable.
    pub name: Spanned<String>,
    /// The value.
    pub value: Spanned<ParameterValue>,
}

/// A value of picket.toml.
#[derive(Debug, Clone, PartialEq)]
pub enum ParameterValue {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Another number, as written.
    Float(String),
    /// Text.
    Text(String),
    /// A date and time, as written.
    DateTime(String),
    /// A list.
    List(Vec<ParameterValue>),
}

impl ParameterValue {
    /// What a message calls it, with its article.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Bool(_) => "true or false",
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::DateTime(_) => "a date and time",
            Self::List(_) => "a list",
        }
    }
}

impl Environment {
    /// `range` in the settings.
    pub(super) fn at(&self, range: TextRange) -> Span {
        Span::new(self.source, range)
    }
}
