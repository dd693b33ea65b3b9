//! A rule with what its query means.

use std::cell::OnceCell;

use super::query_walk::QueryWalk;
use super::time_bounds::{TimeBound, time_bounds};
use crate::catalog::kql::KqlCatalog;
use crate::diag::{Applicability, Diagnostic, Edit, Fix, Severity};
use crate::kql::bind::{Arena, Bound, Column, Table, bind};
use crate::kql::syntax::{self, Tree};
use crate::kql::{self, Uses};
use crate::rule::Rule;
use crate::text::{Span, TextRange};
use crate::yaml::{Scalar, ScalarStyle};

/// A rule with the tree and the meaning of its query. Ranges of the tree are ranges of the query's text; [`Self::span`]
/// says where they stand in the file.
pub(crate) struct Analysis<'a> {
    /// The rule.
    pub(crate) rule: &'a Rule,
    /// The text of the query.
    pub(crate) text: &'a str,
    /// Its tree.
    pub(crate) tree: &'a Tree,
    /// Its meaning.
    pub(crate) bound: &'a Bound<'a>,
    catalog: &'a KqlCatalog,
    uses: OnceCell<Uses>,
    scalar: &'a Scalar,
    syntax: &'a [Diagnostic],
    walk: OnceCell<QueryWalk<'a>>,
    time_bounds: OnceCell<Vec<TimeBound<'a>>>,
}

impl<'a> Analysis<'a> {
    /// Its comparisons, calls and pipelines.
    pub(crate) fn walk(&self) -> &QueryWalk<'a> {
        self.walk.get_or_init(|| QueryWalk::new(self.tree, self.bound))
    }

    /// The bounds that it sets on the time of events.
    pub(crate) fn time_bounds(&self) -> &[TimeBound<'a>] {
        self.time_bounds.get_or_init(|| time_bounds(self.tree, self.bound))
    }

    /// `range` of the query in the file.
    pub(crate) fn span(&self, range: TextRange) -> Span {
        Span::new(self.rule.source, self.scalar.range_of(range))
    }

    /// The edit that puts `text` in the place of `range`; nothing where the file's way of writing the query might not hold it.
    pub(crate) fn edit(&self, range: TextRange, text: &str) -> Option<Edit> {
        let replacement = match self.scalar.style {
            ScalarStyle::Literal | ScalarStyle::Folded => text.to_owned(),
            ScalarStyle::SingleQuoted => text.replace('\'', "''"),
            ScalarStyle::DoubleQuoted => text.replace('\\', "\\\\").replace('"', "\\\""),
            ScalarStyle::Plain => text.to_owned(),
        };
        let plain = self.scalar.style == ScalarStyle::Plain;
        let unfit = text.contains(['\n', '\r']) || (plain && text.contains(['#', ':']));
        (!unfit).then(|| Edit { span: self.span(range), replacement })
    }

    /// The edit that takes `range` away; what follows keeps its place in the line.
    pub(crate) fn removal(&self, range: TextRange) -> Edit {
        let place = |offset| self.scalar.map.offset(offset);
        let range = TextRange::new(place(range.start), place(range.end));
        Edit { span: Span::new(self.rule.source, range), replacement: String::new() }
    }

    /// A fix that puts `text` in the place of `range`, where the file can hold it.
    pub(crate) fn replacement(
        &self,
        title: impl Into<String>,
        applicability: Applicability,
        range: TextRange,
        text: &str,
    ) -> Option<Fix> {
        let edit = self.edit(range, text)?;
        Some(Fix { title: title.into(), applicability, edits: vec![edit] })
    }

    /// The tables, functions and watchlists that the query needs.
    pub(crate) fn uses(&self) -> &Uses {
        self.uses.get_or_init(|| kql::uses(self.bound, self.catalog))
    }

    /// What the front end of KQL found, at its place in the query.
    pub(crate) fn findings(&self) -> impl Iterator<Item = &'a Diagnostic> {
        self.syntax.iter().chain(self.bound.diagnostics())
    }

    /// A finding of the query, moved to its place in the file.
    pub(crate) fn in_file(&self, finding: &Diagnostic) -> Diagnostic {
        finding.clone().moved(self.rule.source, |range| self.scalar.range_of(range))
    }

    /// Whether the query has errors, so that its columns may not be those that were meant.
    pub(crate) fn has_errors(&self) -> bool {
        self.findings().any(|finding| finding.severity == Severity::Error)
    }

    /// The table that the query returns, where it returns one.
    pub(crate) fn result(&self) -> Option<&'a Table<'a>> {
        self.bound.result()?.as_table()
    }

    /// The columns that the query returns, where all of them are known.
    pub(crate) fn columns(&self) -> Option<&'a [&'a Column<'a>]> {
        self.result().filter(|table| !table.open).map(Table::columns)
    }
}

/// Gives `look` the rule with the meaning of its query, where it has one.
pub(super) fn analyse(rule: &Rule, catalog: &KqlCatalog, look: impl FnOnce(&Analysis<'_>)) {
    let Some(query) = &rule.query else { return };
    let text = query.text();
    let (tree, found) = syntax::parse(text);
    let arena = Arena::new();
    let bound = bind(&tree, catalog, &arena);
    look(&Analysis {
        rule,
        text,
        tree: &tree,
        bound: &bound,
        catalog,
        uses: OnceCell::new(),
        scalar: &query.scalar,
        syntax: &found,
        walk: OnceCell::new(),
        time_bounds: OnceCell::new(),
    });
}
