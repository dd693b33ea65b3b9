//! A rule with what its query means.

use crate::catalog::kql::KqlCatalog;
use crate::diag::{Diagnostic, Severity};
use crate::kql::bind::{Arena, Bound, Column, Table, bind};
use crate::kql::syntax::{self, Tree};
use crate::rule::Rule;
use crate::text::{Span, TextRange};
use crate::yaml::Scalar;

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
    scalar: &'a Scalar,
    syntax: &'a [Diagnostic],
}

impl<'a> Analysis<'a> {
    /// `range` of the query in the file.
    pub(crate) fn span(&self, range: TextRange) -> Span {
        Span::new(self.rule.source, self.scalar.range_of(range))
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
    look(&Analysis { rule, text, tree: &tree, bound: &bound, scalar: &query.scalar, syntax: &found });
}
