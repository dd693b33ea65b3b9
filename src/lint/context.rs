//! What a lint has at hand beside the rule.

use crate::catalog::Catalog;
use crate::catalog::kql::KqlCatalog;
use crate::rule::Rule;
use crate::text::{SourceMap, Span, TextRange};

/// The surroundings of a rule.
pub(crate) struct Context<'a> {
    /// The texts of the run.
    pub(crate) sources: &'a SourceMap,
    /// The facts to check against.
    pub(crate) catalog: &'a Catalog,
    /// What queries may name.
    pub(crate) kql: &'a KqlCatalog,
}

impl Context<'_> {
    fn text(&self, rule: &Rule) -> &str {
        self.sources.get(rule.source).map_or("", |source| &source.text)
    }

    /// The line ending of the rule's file.
    pub(crate) fn line_ending(&self, rule: &Rule) -> &'static str {
        if self.text(rule).contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// The file's text before `offset`, up to the start of the line.
    pub(crate) fn line_before(&self, rule: &Rule, offset: u32) -> &str {
        let before = self.text(rule).get(..offset as usize).unwrap_or_default();
        before.rsplit(['\n', '\r']).next().unwrap_or_default()
    }
}

/// `range` in the file of `rule`.
pub(crate) fn span(rule: &Rule, range: TextRange) -> Span {
    Span::new(rule.source, range)
}

/// Where to point for what concerns the rule as a whole: its kind, name or id, else its first byte.
pub(crate) fn head(rule: &Rule) -> Span {
    let name = || rule.name.as_ref().map(|name| name.range);
    let id = || rule.id.as_ref().map(|id| id.range);
    let range = rule.kind_range.or_else(name).or_else(id);
    span(rule, range.unwrap_or(TextRange::empty(rule.range.start)))
}

/// `` `a`, `b` and `c` ``
pub(crate) fn join<S: AsRef<str>>(items: &[S]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("`{}`", item.as_ref())).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
