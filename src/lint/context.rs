//! What a lint has at hand beside the rule.

use super::policy::Policy;
use crate::catalog::Catalog;
use crate::catalog::kql::KqlCatalog;
use crate::rule::Rule;
use crate::text::{SourceMap, Span, TextRange, to_u32};

/// The surroundings of a rule.
pub(crate) struct Context<'a> {
    /// The texts of the run.
    pub(crate) sources: &'a SourceMap,
    /// The facts to check against.
    pub(crate) catalog: &'a Catalog,
    /// What queries may name.
    pub(crate) kql: &'a KqlCatalog,
    /// What the team agreed on.
    pub(crate) policy: &'a Policy,
    /// The rules as they were before, where that is known.
    pub(crate) before: &'a [Rule],
}

impl Context<'_> {
    fn text(&self, rule: &Rule) -> &str {
        self.sources.get(rule.source).map_or("", |source| &source.text)
    }

    /// The name of the rule's file without its folder; nothing for standard input.
    pub(crate) fn file_name(&self, rule: &Rule) -> Option<&str> {
        let name = &self.sources.get(rule.source)?.name;
        let last = name.rsplit(['/', '\\']).next()?;
        (!last.starts_with('<')).then_some(last)
    }

    /// `range`, a scalar in the file of `rule`, without the quotes around it.
    pub(crate) fn inside_quotes(&self, rule: &Rule, range: TextRange) -> TextRange {
        let written = range.slice(self.text(rule));
        let is_quoted =
            |quote: char| written.len() > 1 && written.starts_with(quote) && written.ends_with(quote);
        if is_quoted('"') || is_quoted('\'') { TextRange::new(range.start + 1, range.end - 1) } else { range }
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

    /// The file's text at `range`.
    pub(crate) fn slice(&self, rule: &Rule, range: TextRange) -> &str {
        self.text(rule).get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    /// What goes when the item of a list at `range` goes: its line in a block list, the comma before it in a flow list.
    /// Nothing where that would take a comment along, or leave the list without an item.
    pub(crate) fn item_with_its_mark(&self, rule: &Rule, range: TextRange) -> Option<TextRange> {
        let text = self.text(rule);
        let (before, after) = (text.get(..range.start as usize)?, text.get(range.end as usize..)?);
        let line = self.line_before(rule, range.start);
        if line.trim() == "-" {
            let (rest, next) = after.split_once('\n')?;
            let is_only = !is_item(before.trim_end_matches([' ', '-']).trim_end().rsplit('\n').next()?)
                && !is_item(next.lines().next().unwrap_or_default());
            let end = range.end + to_u32(rest.len() + 1);
            let start = range.start - to_u32(line.len());
            return (rest.trim().is_empty() && !is_only).then_some(TextRange { start, end });
        }
        let bare = before.trim_end();
        if bare.ends_with(',') {
            return Some(TextRange { start: to_u32(bare.len() - 1), end: range.end });
        }
        let rest = after.trim_start();
        let gap = to_u32(after.len() - rest.len());
        let behind = rest.strip_prefix(',')?;
        let space = to_u32(behind.len() - behind.trim_start_matches(' ').len());
        bare.ends_with('[').then_some(TextRange { start: range.start, end: range.end + gap + 1 + space })
    }
}

/// Whether a line holds an item of a block list.
fn is_item(line: &str) -> bool {
    line.trim_start().starts_with("- ")
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
