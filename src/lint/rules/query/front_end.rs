//! What the front end of KQL finds in the query of a rule.

use std::collections::HashMap;

use crate::diag::{Diagnostic, Severity};
use crate::kql::codes;
use crate::kql::syntax::nodes::PipeExpression;
use crate::kql::syntax::{Node, NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::rules::connectors::meant_column;
use crate::lint::settled::{is_scope_settled, reads_own_columns};
use crate::text::TextRange;

/// Columns of every table in a workspace that no schema lists.
const HIDDEN_COLUMNS: [&str; 3] = ["_ItemId", "_TimeReceived", "_Internal_WorkspaceResourceId"];

/// The findings of the front end at their places in the file.
///
/// The front end judges by what picket knows. A workspace may have more tables, functions and columns, so where the
/// query leans on one of those, the finding is a warning.
pub(in crate::lint) fn check(analysis: &Analysis<'_>, found: &mut Vec<Diagnostic>) {
    let errors = Errors::of(analysis);
    // What other workspaces and databases have is not known at all.
    let elsewhere = [codes::UNKNOWN_DATABASE.code, codes::UNKNOWN_CLUSTER.code];
    let findings = analysis
        .findings()
        .filter(|finding| !elsewhere.contains(&finding.code) && !errors.explain(analysis, finding))
        .filter(|finding| !HIDDEN_COLUMNS.contains(&finding.range().slice(analysis.text)))
        // A column by its name in Defender has a finding of its own.
        .filter(|finding| meant_column(analysis, finding).is_none());
    found.extend(findings.map(|finding| {
        let mut moved = analysis.in_file(finding);
        let doubt = doubt(analysis, finding);
        if finding.severity == Severity::Error && !matches!(doubt, Doubt::None) {
            moved.severity = Severity::Warning;
        }
        match doubt.help() {
            Some(help) => moved.with_help(help),
            None => moved,
        }
    }));
}

/// What a workspace may have that picket does not know of.
enum Doubt {
    /// Nothing that matters here.
    None,
    /// A table.
    Table,
    /// A function.
    Function,
    /// A column of a table.
    Column,
    /// A column that a pattern matches.
    MatchingColumn,
}

impl Doubt {
    fn help(&self) -> Option<&'static str> {
        match self {
            Self::None | Self::MatchingColumn => None,
            Self::Table => Some(
                "a table of the workspace is declared in the project's folder `kql`, in a YAML file: `tables: [{name: …, columns: {…}}]`",
            ),
            Self::Function => Some(
                "a function of the workspace is declared in the project's folder `kql`, in a file `name.kql` with its body",
            ),
            Self::Column => Some(
                "where the table has this column in the workspace, declare the table with it in the project's folder `kql`",
            ),
        }
    }
}

fn doubt(analysis: &Analysis<'_>, finding: &Diagnostic) -> Doubt {
    let code = finding.code;
    if code == codes::UNKNOWN_TABLE.code {
        Doubt::Table
    } else if code == codes::UNKNOWN_FUNCTION.code {
        Doubt::Function
    } else if code == codes::UNKNOWN_NAME.code || code == codes::COLUMN_MUST_EXIST_ON_BOTH_SIDES_OF_JOIN.code
    {
        let range = finding.range();
        if range.slice(analysis.text).contains('*') {
            return Doubt::MatchingColumn;
        }
        let location = analysis.tree.node_at(range.start);
        if is_whole_expression(location) {
            return Doubt::Table;
        }
        // Custom columns of a table that Microsoft makes end so.
        let is_custom = range.slice(analysis.text).ends_with("_CF");
        let is_settled = !is_custom && is_scope_settled(analysis.bound, location);
        if is_settled { Doubt::None } else { Doubt::Column }
    } else {
        Doubt::None
    }
}

/// The errors of a query, and what they may keep from its rows.
struct Errors<'a> {
    /// Where each error is, and whether it is a table or function that is not known.
    places: Vec<(TextRange, bool)>,
    /// The names that the query declares, with the end of the first declaration.
    declared: HashMap<&'a str, u32>,
}

impl<'a> Errors<'a> {
    fn of(analysis: &Analysis<'a>) -> Self {
        let errors = analysis.findings().filter(|finding| finding.severity == Severity::Error);
        let places: Vec<_> = errors
            .map(|error| (error.range(), matches!(doubt(analysis, error), Doubt::Table | Doubt::Function)))
            .collect();
        let mut declared = HashMap::new();
        if !places.is_empty() {
            let nodes = analysis.tree.root().descendants();
            for node in nodes.filter(|node| node.kind() == NodeKind::NameDeclaration) {
                declared.entry(node.text().trim()).or_insert(node.range().end);
            }
        }
        Self { places, declared }
    }

    /// Whether a column is missing because of an error before, or may well be there.
    ///
    /// An error keeps columns from the rows where the rows come from where the error is: columns that the query declares,
    /// and all those of a table or function that is not known.
    fn explain(&self, analysis: &Analysis<'_>, finding: &Diagnostic) -> bool {
        if finding.code == codes::COLUMN_EXPECTED.code {
            // A pattern that matches no column was reported as such.
            return finding.range().slice(analysis.text).contains('*');
        }
        let about_columns = [codes::UNKNOWN_NAME.code, codes::COLUMN_MUST_EXIST_ON_BOTH_SIDES_OF_JOIN.code];
        if !about_columns.contains(&finding.code) {
            return false;
        }
        let range = finding.range();
        let name = range.slice(analysis.text);
        let location = analysis.tree.node_at(range.start);
        // Workspaces add columns with an underscore to every table, and others to tables of this kind.
        if (name.starts_with('_') || reads_own_columns(analysis.bound))
            && !is_scope_settled(analysis.bound, location)
            && !is_whole_expression(location)
        {
            return true;
        }
        let ancestors = || std::iter::successors(Some(location), |node| node.parent());
        let statement = ancestors()
            .take_while(|node| node.kind() != NodeKind::QueryBlock)
            .filter(|node| node.kind() != NodeKind::List)
            .last();
        let rows = ancestors().find_map(|node| {
            let pipe = PipeExpression::cast(node.parent()?)?;
            (pipe.operator() == node).then(|| pipe.expression().range())
        });
        let is_source = |error: TextRange| {
            let in_rows = rows.is_some_and(|rows| rows.start <= error.start && error.end <= rows.end);
            in_rows || statement.is_some_and(|statement| error.end <= statement.range().start)
        };
        let is_declared = self.declared.get(name).is_some_and(|end| *end <= range.start);
        self.places.iter().any(|(place, is_unknown)| (*is_unknown || is_declared) && is_source(*place))
    }
}

/// Whether a name is all of a statement, or all that a variable stands for: then it may be that of a table.
fn is_whole_expression(location: Node<'_>) -> bool {
    let reference = std::iter::successors(Some(location), |node| node.parent())
        .find(|node| node.kind() == NodeKind::NameReference);
    reference
        .and_then(Node::parent)
        .is_some_and(|parent| matches!(parent.kind(), NodeKind::ExpressionStatement | NodeKind::LetStatement))
}
