//! What the front end of KQL finds in the query of a rule.

use crate::diag::{Diagnostic, Severity};
use crate::kql::codes;
use crate::kql::syntax::{Node, NodeKind};
use crate::lint::analysis::Analysis;
use crate::lint::rules::connectors::meant_column;
use crate::lint::settled::is_scope_settled;

/// The findings of the front end at their places in the file.
///
/// The front end judges by what picket knows. A workspace may have more tables, functions and columns, so where the
/// query leans on one of those, the finding is a warning.
pub(in crate::lint) fn check(analysis: &Analysis<'_>, found: &mut Vec<Diagnostic>) {
    // A column by its name in Defender has a finding of its own.
    let is_left = |finding: &&Diagnostic| meant_column(analysis, finding).is_none();
    found.extend(analysis.findings().filter(is_left).map(|finding| {
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
    } else if code == codes::UNKNOWN_NAME.code
        || code == codes::COLUMN_MUST_EXIST_ON_BOTH_SIDES_OF_JOIN.code
        || code == codes::COLUMN_EXPECTED.code
    {
        let range = finding.range();
        if range.slice(analysis.text).contains('*') {
            return Doubt::MatchingColumn;
        }
        let location = analysis.tree.node_at(range.start);
        if is_whole_expression(location) {
            return Doubt::Table;
        }
        let is_settled = is_scope_settled(analysis.bound, location);
        if code == codes::COLUMN_EXPECTED.code || is_settled { Doubt::None } else { Doubt::Column }
    } else {
        Doubt::None
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
