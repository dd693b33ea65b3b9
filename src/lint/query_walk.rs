//! What lints look for in a query, found in one walk of its tree: comparisons with their constants, calls, pipelines.

use std::collections::HashSet;

use crate::catalog::ScalarType;
use crate::kql::bind::{Bound, Column, Symbol, Table, Type, Value};
use crate::kql::syntax::nodes::{
    BinaryExpression, DynamicExpression, FilterOperator, FunctionCall, HasAllExpression, HasAnyExpression,
    InExpression, JsonArray, ParenthesizedExpression, PipeExpression,
};
use crate::kql::syntax::{Node, NodeId, NodeKind, Separated, Token, Tree, View};

/// The parts of a query.
#[derive(Debug, Default)]
pub(crate) struct QueryWalk<'a> {
    /// Comparisons, in order of the text.
    pub(crate) comparisons: Vec<Comparison<'a>>,
    /// Calls of functions, in order of the text.
    pub(crate) calls: Vec<Call<'a>>,
    /// Pipelines, the outer ones first.
    pub(crate) pipelines: Vec<Pipeline<'a>>,
}

/// How a comparison compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// `==`, `=~`
    Equals,
    /// `in`, `in~`
    In,
    /// `has`
    Has,
    /// `has_any`
    HasAny,
    /// `has_all`
    HasAll,
    /// `hasprefix`
    HasPrefix,
    /// `hassuffix`
    HasSuffix,
    /// `contains`
    Contains,
    /// `startswith`
    StartsWith,
    /// `endswith`
    EndsWith,
    /// `matches regex`
    Regex,
}

impl Relation {
    /// Whether the whole value is compared, not a part of it.
    pub(crate) fn is_equality(self) -> bool {
        matches!(self, Self::Equals | Self::In)
    }
}

/// The operator of a comparison.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operator<'a> {
    /// How it compares.
    pub(crate) relation: Relation,
    /// Whether it asks for what does not compare so: `!=`, `!has`.
    pub(crate) negated: bool,
    /// Whether the case of letters counts.
    pub(crate) cased: bool,
    /// Its place.
    pub(crate) token: Token<'a>,
}

impl<'a> Operator<'a> {
    fn of(token: Token<'a>) -> Option<Self> {
        let text = token.kind().text()?;
        let (negated, positive) = match text {
            "<>" => (true, "=="),
            "!~" => (true, "=~"),
            "!=" => (true, "=="),
            _ => text.strip_prefix('!').map_or((false, text), |positive| (true, positive)),
        };
        let (cased, name) = match positive.strip_suffix("_cs") {
            Some(name) => (true, name),
            None => (matches!(positive, "==" | "in" | "matches regex"), positive),
        };
        let relation = match name {
            "==" | "=~" => Relation::Equals,
            "in" | "in~" => Relation::In,
            "has" => Relation::Has,
            "has_any" => Relation::HasAny,
            "has_all" => Relation::HasAll,
            "hasprefix" => Relation::HasPrefix,
            "hassuffix" => Relation::HasSuffix,
            "contains" => Relation::Contains,
            "startswith" => Relation::StartsWith,
            "endswith" => Relation::EndsWith,
            "matches regex" => Relation::Regex,
            _ => return None,
        };
        Some(Self { relation, negated, cased, token })
    }

    /// The operator as written.
    pub(crate) fn text(&self) -> &'a str {
        self.token.text()
    }
}

/// What is compared with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operand<'a> {
    /// Its expression; an item of the list behind a variable stands in that list.
    pub(crate) node: Node<'a>,
    /// Its content, where it is a constant string.
    pub(crate) text: Option<&'a str>,
}

impl Operand<'_> {
    /// Whether the constant is written here, not behind a name.
    pub(crate) fn is_literal(&self) -> bool {
        matches!(self.node.kind(), NodeKind::LiteralExpression | NodeKind::CompoundStringLiteral)
    }
}

/// `left operator right`, `left in (items)`.
#[derive(Debug)]
pub(crate) struct Comparison<'a> {
    /// The expression.
    pub(crate) node: Node<'a>,
    /// What is compared.
    pub(crate) left: Node<'a>,
    /// How.
    pub(crate) operator: Operator<'a>,
    /// With what. The items of a constant list, written here or behind a name, count one by one; a list behind a name is
    /// given to the first comparison that uses it alone.
    pub(crate) right: Vec<Operand<'a>>,
    /// The list as written where the items stand, with the separators between them.
    pub(crate) list: Option<Separated<'a, Node<'a>>>,
}

impl<'a> Comparison<'a> {
    /// The constant strings that are compared with.
    pub(crate) fn constants(&self) -> impl Iterator<Item = (Node<'a>, &'a str)> {
        self.right.iter().filter_map(|operand| Some((operand.node, operand.text?)))
    }

    /// The constant string right of an operator that takes one value.
    pub(crate) fn constant(&self) -> Option<(Node<'a>, &'a str)> {
        match (self.list, &self.right[..]) {
            (None, [only]) => Some((only.node, only.text?)),
            _ => None,
        }
    }
}

/// `name(arguments)`
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// The expression.
    pub(crate) node: Node<'a>,
    /// The name of the function.
    pub(crate) name: &'a str,
    /// The arguments.
    pub(crate) arguments: Vec<Node<'a>>,
}

/// `source | operator | operator`
#[derive(Debug)]
pub(crate) struct Pipeline<'a> {
    /// The expression.
    pub(crate) node: Node<'a>,
    /// Where the rows come from.
    pub(crate) source: Node<'a>,
    /// The operators in order.
    pub(crate) operators: Vec<Node<'a>>,
}

impl<'a> QueryWalk<'a> {
    /// Walks `tree`.
    pub(crate) fn new(tree: &'a Tree, bound: &'a Bound<'a>) -> Self {
        let mut walk = Self::default();
        let mut lists = HashSet::new();
        for node in tree.root().descendants() {
            if let Some(comparison) = comparison(node, bound, &mut lists) {
                walk.comparisons.push(comparison);
            } else if let Some(call) = FunctionCall::cast(node) {
                walk.calls.push(Call {
                    node,
                    name: call.name().syntax().text(),
                    arguments: call.arguments().expressions().iter().collect(),
                });
            } else if let Some(pipe) = PipeExpression::cast(node).filter(|_| !is_continued(node)) {
                walk.pipelines.push(pipeline(pipe));
            }
        }
        walk
    }
}

/// Whether another operator follows in the same pipeline.
fn is_continued(node: Node<'_>) -> bool {
    let parent = node.parent().and_then(PipeExpression::cast);
    parent.is_some_and(|parent| parent.expression() == node)
}

fn pipeline(last: PipeExpression<'_>) -> Pipeline<'_> {
    let mut operators = vec![last.operator()];
    let mut source = last.expression();
    while let Some(pipe) = PipeExpression::cast(source) {
        operators.push(pipe.operator());
        source = pipe.expression();
    }
    operators.reverse();
    Pipeline { node: last.syntax(), source, operators }
}

fn comparison<'a>(node: Node<'a>, bound: &Bound<'a>, lists: &mut HashSet<NodeId>) -> Option<Comparison<'a>> {
    let (left, token, items) = match node.kind() {
        NodeKind::BinaryExpression => {
            let binary = BinaryExpression::of_slot(node);
            let operator = Operator::of(binary.operator())?;
            let right = vec![operand(binary.right(), bound)];
            return Some(Comparison { node, left: binary.left(), operator, right, list: None });
        }
        NodeKind::InExpression => {
            let of = InExpression::of_slot(node);
            (of.left(), of.operator(), of.right().expressions())
        }
        NodeKind::HasAnyExpression => {
            let of = HasAnyExpression::of_slot(node);
            (of.left(), of.operator(), of.right().expressions())
        }
        NodeKind::HasAllExpression => {
            let of = HasAllExpression::of_slot(node);
            (of.left(), of.operator(), of.right().expressions())
        }
        _ => return None,
    };
    let operator = Operator::of(token)?;
    let only = if items.len() == 1 { items.get(0) } else { None };
    let behind = only.and_then(|only| array(only, bound)).filter(|array| lists.insert(array.syntax().id()));
    let list = behind.map_or(items, JsonArray::values);
    let right = list.iter().map(|item| operand(item, bound)).collect();
    Some(Comparison { node, left, operator, right, list: Some(list) })
}

/// The array that `node` stands for: `dynamic([…])`, or a variable that is one.
fn array<'a>(node: Node<'a>, bound: &Bound<'a>) -> Option<JsonArray<'a>> {
    let node = match bound.symbol(node) {
        Some(Symbol::Variable(variable)) => variable.source.filter(|_| variable.constant)?,
        _ => node,
    };
    JsonArray::cast(DynamicExpression::cast(node)?.value())
}

fn operand<'a>(node: Node<'a>, bound: &Bound<'a>) -> Operand<'a> {
    let node = without_parentheses(node);
    Operand { node, text: constant_text(node, bound) }
}

/// The content of `node`, where it is a constant string.
pub(crate) fn constant_text<'a>(node: Node<'a>, bound: &Bound<'a>) -> Option<&'a str> {
    let text = match bound.value(node)? {
        Value::String(text) => text,
        _ => return None,
    };
    // A dynamic literal has its text for a value.
    let ty = bound.type_of(node);
    let is_string =
        matches!(ty, None | Some(Type::Scalar(ScalarType::String) | Type::DynamicOf(ScalarType::String)));
    (is_string && node.kind() != NodeKind::DynamicExpression).then_some(text)
}

/// The column that `node` names, in parentheses or not.
pub(crate) fn column<'a>(node: Node<'a>, bound: &Bound<'a>) -> Option<&'a Column<'a>> {
    let node = without_parentheses(node);
    if node.kind() == NodeKind::NameReference { bound.symbol(node)?.as_column() } else { None }
}

/// Whether `node` is known to be a string.
pub(crate) fn is_string(node: Node<'_>, bound: &Bound<'_>) -> bool {
    matches!(bound.type_of(node), Some(Type::Scalar(ScalarType::String)))
}

/// The expression inside any parentheses.
pub(crate) fn without_parentheses(node: Node<'_>) -> Node<'_> {
    let mut node = node;
    while let Some(inside) = ParenthesizedExpression::cast(node) {
        node = inside.expression();
    }
    node
}

impl<'a> Pipeline<'a> {
    /// The conditions of each run of filters; filters right after each other are one condition, joined by `and`.
    pub(crate) fn filter_chains(&self) -> Vec<Vec<Node<'a>>> {
        let runs = self.operators.split(|operator| operator.kind() != NodeKind::FilterOperator);
        let parts = |operator: &Node<'a>| joined_by(FilterOperator::of_slot(*operator).condition(), "and");
        runs.map(|run| run.iter().flat_map(parts).collect()).collect()
    }
}

/// How many operators and variables are followed to a table.
const MAX_STEPS: usize = 500;

/// Whether the rows of `query` are those of a table, or some of them, with other columns at most.
pub(crate) fn is_of_events<'a>(query: Node<'a>, bound: &Bound<'a>) -> bool {
    let mut node = query;
    for _ in 0..MAX_STEPS {
        node = without_parentheses(node);
        if let Some(pipe) = PipeExpression::cast(node) {
            if !keeps_events(pipe.operator()) {
                return false;
            }
            node = pipe.expression();
        } else if let Some(Symbol::Variable(variable)) = bound.symbol(node) {
            let Some(source) = variable.source else { return false };
            node = source;
        } else {
            return node.kind() == NodeKind::NameReference
                && bound.output(node).is_some_and(Table::is_stored);
        }
    }
    false
}

/// Whether the rows after `operator` are those before it, or some of them.
fn keeps_events(operator: Node<'_>) -> bool {
    matches!(
        operator.kind(),
        NodeKind::FilterOperator
            | NodeKind::ExtendOperator
            | NodeKind::ParseOperator
            | NodeKind::ParseWhereOperator
            | NodeKind::ProjectOperator
            | NodeKind::ProjectAwayOperator
            | NodeKind::ProjectKeepOperator
            | NodeKind::ProjectRenameOperator
            | NodeKind::ProjectReorderOperator
            | NodeKind::SortOperator
    )
}

/// The parts of a condition that `word` (`and`, `or`) joins, in order, parentheses looked through.
pub(crate) fn joined_by<'a>(node: Node<'a>, word: &str) -> Vec<Node<'a>> {
    let mut parts = Vec::new();
    let mut pending = vec![node];
    while let Some(node) = pending.pop() {
        let inside = without_parentheses(node);
        match BinaryExpression::cast(inside) {
            Some(binary) if binary.operator().kind().text() == Some(word) => {
                pending.extend([binary.right(), binary.left()]);
            }
            _ => parts.push(node),
        }
    }
    parts
}

/// Whether both are written the same, white space and comments aside.
pub(crate) fn same_text(a: Node<'_>, b: Node<'_>) -> bool {
    a == b || spelled(a) == spelled(b)
}

/// The text of `node`, with one space for white space and comments.
pub(crate) fn spelled(node: Node<'_>) -> String {
    let tokens: Vec<&str> = node.descendant_tokens().map(Token::text).collect();
    tokens.join(" ")
}
