//! What the front end of KQL finds in the query of a rule.

use std::collections::{HashMap, HashSet};

use crate::catalog::kql::WorkspaceFacts;
use crate::diag::{Diagnostic, Severity, nearest};
use crate::kql::bind::{Symbol, Type};
use crate::kql::codes;
use crate::kql::syntax::nodes::{
    BinaryExpression, FunctionCall, LetStatement, PipeExpression, SimpleNamedExpression,
};
use crate::kql::syntax::{Node, NodeKind, View};
use crate::lint::analysis::Analysis;
use crate::lint::rules::connectors::meant_column;
use crate::lint::settled::{is_scope_settled, reads_own_columns};
use crate::text::TextRange;

use super::nrt_workspace::ELSEWHERE;

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
        .filter(|finding| !errors.upset(analysis, finding))
        .filter(|finding| !WorkspaceFacts::get().is_hidden_column(finding.range().slice(analysis.text)))
        // A column by its name in Defender has a finding of its own.
        .filter(|finding| meant_column(analysis, finding).is_none());
    let mut doubted = HashSet::new();
    for finding in findings {
        let doubt = doubt(analysis, finding);
        // One declaration settles a name wherever the query uses it.
        if doubt.is_declarable() && !doubted.insert((finding.code, finding.range().slice(analysis.text))) {
            continue;
        }
        let mut moved = analysis.in_file(finding);
        if finding.severity == Severity::Error && !matches!(doubt, Doubt::None) {
            moved.severity = Severity::Warning;
        }
        if let Some(condition) = swapped_condition(analysis, finding) {
            // The service takes the sides in either order, and one finding says it all.
            if condition.right().range().start <= finding.range().start {
                continue;
            }
            moved.severity = Severity::Info;
        }
        if is_counted(analysis, finding) {
            moved.severity = Severity::Warning;
            moved.message = "`count` counts rows, and takes no column".to_owned();
            moved.help = vec!["write `count()`, or `dcount(…)` to count different values".to_owned()];
        }
        found.push(match doubt.help() {
            Some(help) => moved.with_help(help),
            None => moved,
        });
    }
}

/// Whether a finding is about the argument of `count(…)`.
///
/// The front end asks for a condition there; the service takes any column.
fn is_counted(analysis: &Analysis<'_>, finding: &Diagnostic) -> bool {
    if finding.code != codes::TYPE_EXPECTED.code {
        return false;
    }
    let location = analysis.tree.node_at(finding.range().start);
    let mut calls =
        std::iter::successors(Some(location), |node| node.parent()).filter_map(FunctionCall::cast);
    calls.any(|call| {
        let is_argument = |argument: Node<'_>| argument.range() == finding.range();
        call.name().syntax().text().trim() == "count"
            && call.arguments().expressions().iter().any(is_argument)
    })
}

/// The join condition that a finding is about, where it names `$right` first and `$left` second.
///
/// The reference front end refuses that, and published queries that run write it all the same.
fn swapped_condition<'a>(analysis: &Analysis<'a>, finding: &Diagnostic) -> Option<BinaryExpression<'a>> {
    if finding.code != codes::INVALID_JOIN_CONDITION_OPERAND.code {
        return None;
    }
    let location = analysis.tree.node_at(finding.range().start);
    let condition =
        std::iter::successors(Some(location), |node| node.parent()).find_map(BinaryExpression::cast)?;
    let is_of = |side: Node<'_>, table: &str| {
        side.text().trim().strip_prefix(table).is_some_and(|rest| rest.trim_start().starts_with('.'))
    };
    (is_of(condition.left(), "$right") && is_of(condition.right(), "$left")).then_some(condition)
}

/// Whether a finding follows from an error before it in the query.
pub(in crate::lint) fn is_explained(analysis: &Analysis<'_>, finding: &Diagnostic) -> bool {
    Errors::of(analysis).explain(analysis, finding)
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
    /// Whether the project can declare what is meant.
    fn is_declarable(&self) -> bool {
        matches!(self, Self::Table | Self::Function | Self::Column)
    }

    fn help(&self) -> Option<&'static str> {
        match self {
            Self::None | Self::MatchingColumn => None,
            Self::Table => Some(
                "a table of the workspace is declared in the project's folder `kql`, in a YAML file: `tables: [{name: …, columns: {…}}]`, and a function in a file `name.kql` with its body",
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
    /// Where the names are that are not known.
    names: Vec<TextRange>,
    /// The names that the query declares by way of names that are not known.
    upset: HashSet<&'a str>,
}

/// The codes of values that are not of the type or kind that is wanted.
const OF_TYPES: [&str; 13] = [
    codes::OPERATOR_NOT_DEFINED.code,
    codes::TYPE_EXPECTED.code,
    codes::SCALAR_TYPE_EXPECTED.code,
    codes::COLUMN_EXPECTED.code,
    codes::TYPE_REQUIRED.code,
    codes::MUST_BE_ORDERABLE.code,
    codes::MUST_BE_SUMMABLE.code,
    codes::NUMERIC_EXPECTED.code,
    codes::COMMON_JOIN_COLUMNS_MUST_HAVE_SAME_TYPE.code,
    codes::NO_COMMON_ARGUMENT_TYPE.code,
    codes::INVALID_NAME_IN_AGGREGATE_CONTEXT.code,
    codes::JOIN_KEY_CANNOT_BE_DYNAMIC.code,
    codes::JOIN_KEYS_NOT_COMPARABLE.code,
];

/// The codes of names that are not known.
const OF_NAMES: [&str; 10] = [
    codes::UNKNOWN_NAME.code,
    codes::UNKNOWN_TABLE.code,
    codes::UNKNOWN_FUNCTION.code,
    codes::UNKNOWN_DATABASE.code,
    codes::UNKNOWN_CLUSTER.code,
    codes::SCALAR_FUNCTION_NOT_DEFINED.code,
    codes::AGGREGATE_FUNCTION_NOT_DEFINED.code,
    codes::FUNCTION_NOT_DEFINED.code,
    codes::FUZZY_ENTITY_NOT_DEFINED.code,
    codes::COLUMN_MUST_EXIST_ON_BOTH_SIDES_OF_JOIN.code,
];

impl<'a> Errors<'a> {
    fn of(analysis: &Analysis<'a>) -> Self {
        let is_unknown = |error: &Diagnostic| {
            error.code == codes::FUZZY_ENTITY_NOT_DEFINED.code
                || matches!(doubt(analysis, error), Doubt::Table | Doubt::Function)
        };
        let is_error =
            |finding: &&Diagnostic| finding.severity == Severity::Error || OF_NAMES.contains(&finding.code);
        let errors = analysis.findings().filter(is_error);
        let places: Vec<_> = errors.map(|error| (error.range(), is_unknown(error))).collect();
        let names = analysis.findings().filter(|finding| OF_NAMES.contains(&finding.code));
        let names: Vec<TextRange> = names.map(Diagnostic::range).collect();
        let mut errors = Self { places, names, declared: HashMap::new(), upset: HashSet::new() };
        if !errors.places.is_empty() {
            for node in analysis.tree.root().descendants() {
                if node.kind() == NodeKind::NameDeclaration {
                    errors.declared.entry(node.text().trim()).or_insert(node.range().end);
                } else if let Some(name) = declared_by(node)
                    && errors.upsets(analysis, node)
                {
                    errors.upset.insert(name.text().trim());
                }
            }
        }
        errors
    }

    /// Whether what `node` stands for hangs on a name that is not known.
    fn upsets(&self, analysis: &Analysis<'_>, node: Node<'_>) -> bool {
        let range = node.range();
        if self.names.iter().any(|name| range.contains_range(*name))
            || (!self.upset.is_empty() && references(node).any(|name| self.upset.contains(name.text())))
        {
            return true;
        }
        // Over rows that are not known, as those of another workspace, a column has no type, and its name may be taken
        // for that of a table.
        let sources = Sources::of(node);
        let is_elsewhere = || analysis.walk().calls.iter().any(|call| ELSEWHERE.contains(&call.name));
        let is_below = self.names.iter().any(|name| sources.have(*name, range)) || is_elsewhere();
        references(node).any(|name| match analysis.bound.symbol(name) {
            Some(Symbol::Type(Type::Table(_))) | None => is_below,
            Some(_) => is_below && matches!(analysis.bound.type_of(name), Some(Type::Unknown | Type::Error)),
        })
    }

    /// Whether a finding about a value comes of a name in it that is not known.
    fn upset(&self, analysis: &Analysis<'_>, finding: &Diagnostic) -> bool {
        if !OF_TYPES.contains(&finding.code) {
            return false;
        }
        let location = analysis.tree.node_at(finding.range().start);
        self.upsets(analysis, part_of(location, finding.range()))
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
            && !is_slip(analysis, location, name)
        {
            return true;
        }
        let sources = Sources::of(location);
        let is_declared = self.declared.get(name).is_some_and(|end| *end <= range.start);
        let is_lost = |place: &TextRange| {
            let mut around = ancestors(analysis.tree.node_at(place.start));
            let columns = around.find_map(|node| analysis.bound.columns_before(node));
            columns.is_some_and(|columns| columns.iter().any(|column| column.name == name))
        };
        self.places
            .iter()
            .any(|(place, is_unknown)| (*is_unknown || is_declared) && sources.have(*place, range))
            || self
                .names
                .iter()
                .any(|place| place.end <= range.start && sources.have(*place, range) && is_lost(place))
    }
}

/// Whether `name` is hardly a further column of a table, but one that the rows are known to have with a slip of the pen.
/// Columns of own tables, which end with a letter for their type, are often alike.
fn is_slip(analysis: &Analysis<'_>, location: Node<'_>, name: &str) -> bool {
    let is_own = name.len() > 2 && name.as_bytes()[name.len() - 2] == b'_';
    let columns = || ancestors(location).find_map(|node| analysis.bound.columns_before(node));
    !is_own && nearest(name, columns().into_iter().flatten().map(|column| column.name)).is_some()
}

/// What the rows at a place come from.
struct Sources {
    /// Where the statement begins.
    statement: Option<u32>,
    /// The expression before the operator.
    rows: Option<TextRange>,
    /// The operator, where it brings rows of its own.
    right: Option<TextRange>,
}

impl Sources {
    fn of(location: Node<'_>) -> Self {
        let is_join =
            |node: &Node<'_>| matches!(node.kind(), NodeKind::JoinOperator | NodeKind::LookupOperator);
        let statement = ancestors(location)
            .take_while(|node| node.kind() != NodeKind::QueryBlock)
            .filter(|node| node.kind() != NodeKind::List)
            .last();
        let pipe = ancestors(location).find_map(|node| {
            let pipe = PipeExpression::cast(node.parent()?)?;
            (pipe.operator() == node).then_some(pipe)
        });
        Self {
            statement: statement.map(|statement| statement.range().start),
            rows: pipe.map(|pipe| pipe.expression().range()),
            right: pipe.map(PipeExpression::operator).filter(is_join).map(Node::range),
        }
    }

    /// Whether `error` is in what the rows at `place` come from: the expression before, an earlier statement, or the
    /// right side of a join.
    fn have(&self, error: TextRange, place: TextRange) -> bool {
        self.rows.is_some_and(|rows| rows.contains_range(error))
            || self.statement.is_some_and(|start| error.end <= start)
            || self.right.is_some_and(|right| right.start <= error.start && error.end <= place.start)
    }
}

fn ancestors(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    std::iter::successors(Some(node), |node| node.parent())
}

/// The item of a list, the operator or the statement that holds `range`.
fn part_of(location: Node<'_>, range: TextRange) -> Node<'_> {
    let is_part = |node: &Node<'_>| {
        let Some(parent) = node.parent() else { return true };
        // The arguments of a call belong together.
        let is_argument = || parent.parent().is_some_and(|list| list.kind() == NodeKind::ArgumentList);
        node.range().contains_range(range)
            && match parent.kind() {
                NodeKind::PipeExpression | NodeKind::QueryBlock => true,
                NodeKind::List => !is_argument(),
                _ => false,
            }
    };
    ancestors(location).find(is_part).unwrap_or(location)
}

/// The names that `node` refers to.
fn references(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.descendants().filter(|node| node.kind() == NodeKind::NameReference)
}

/// The name that `node` declares: a variable, or a column with a value.
fn declared_by(node: Node<'_>) -> Option<Node<'_>> {
    let variable = LetStatement::cast(node).map(|statement| statement.name().syntax());
    variable.or_else(|| SimpleNamedExpression::cast(node).map(|named| named.name().syntax()))
}

/// Whether a name is all of a statement, or all that a variable stands for: then it may be that of a table.
fn is_whole_expression(location: Node<'_>) -> bool {
    let reference = ancestors(location).find(|node| node.kind() == NodeKind::NameReference);
    reference
        .and_then(Node::parent)
        .is_some_and(|parent| matches!(parent.kind(), NodeKind::ExpressionStatement | NodeKind::LetStatement))
}
