//! `graph-match` and `graph-shortest-paths`: from a pattern to what is looked for.

use std::sync::Arc;

use super::paths::{Cycles, Match};
use super::{DEGREE_IN, DEGREE_OUT, ID};
use crate::catalog::ScalarType;
use crate::exec::compile::{Assignment, Compiler, Scope, name_text};
use crate::exec::expr::{Expr, ExprKind};
use crate::exec::relation::Relation;
use crate::kql::syntax::nodes::{
    FunctionCall, GraphMatchOperator, GraphPattern, GraphPatternEdge, GraphPatternNode, GraphProjectClause,
    GraphShortestPathsOperator, GraphWhereClause, NamedParameter,
};
use crate::kql::syntax::{List, Node, Separated, View};

/// A node of a pattern.
#[derive(Debug, Clone)]
pub(super) struct PatternNode {
    pub(super) name: Arc<str>,
}

/// Which way an edge of a pattern goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Backward,
    Either,
}

/// An edge of a pattern.
#[derive(Debug, Clone)]
pub(super) struct PatternEdge {
    pub(super) name: Arc<str>,
    pub(super) direction: Direction,
    /// The fewest and the most edges, where it stands for a path.
    pub(super) range: Option<(usize, usize)>,
}

/// A chain of nodes with edges between: an edge leads to the node behind it.
#[derive(Debug, Clone)]
pub(super) struct Sequence {
    pub(super) first: PatternNode,
    pub(super) rest: Vec<(PatternEdge, PatternNode)>,
}

/// What a call of `any`, `all` or `map` does with the elements of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    Any,
    All,
    Map,
}

/// A call of `any`, `all` or `map`.
#[derive(Debug, Clone)]
pub(in crate::exec) struct GraphCall {
    /// The hidden column that holds its value.
    pub(super) name: Arc<str>,
    pub(super) quantifier: Quantifier,
    /// The edge of the pattern.
    pub(super) edge: Arc<str>,
    /// Whether the nodes between the edges are meant.
    pub(super) inner_nodes: bool,
    pub(super) expression: Expr,
}

/// A call of a function that only works on graphs; nothing where `name` is none of them.
pub(in crate::exec) fn compile_function<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    call: FunctionCall<'a>,
    name: &str,
    scope: &Scope<'c, 'a>,
) -> Expr {
    let range = call.syntax().range();
    let arguments: Vec<Node<'a>> = call.arguments().expressions().iter().collect();
    let property = |property: &str| match arguments.first() {
        Some(owner) => format!("{}.{property}", name_text(*owner)),
        None => property.to_owned(),
    };
    let quantifier = match name {
        "node_id" => return Expr::column(property(ID), Some(ScalarType::String), range),
        "node_degree_in" => return Expr::column(property(DEGREE_IN), Some(ScalarType::Long), range),
        "node_degree_out" => return Expr::column(property(DEGREE_OUT), Some(ScalarType::Long), range),
        "any" => Quantifier::Any,
        "all" => Quantifier::All,
        "map" => Quantifier::Map,
        _ => {
            compiler.unsupported(range, name);
            return compiler.null(range);
        }
    };
    let [element, expression] = arguments[..] else {
        compiler.unsupported(range, name);
        return compiler.null(range);
    };
    let inner = FunctionCall::cast(element)
        .filter(|inner| name_text(inner.name().syntax()) == "inner_nodes")
        .and_then(|inner| inner.arguments().expressions().iter().next());
    let edge = Arc::from(name_text(inner.unwrap_or(element)));
    let expression = compiler.expression(expression, scope);
    let name = compiler.hidden_name();
    let ty = if quantifier == Quantifier::Map { ScalarType::Dynamic } else { ScalarType::Bool };
    let inner_nodes = inner.is_some();
    compiler.add_graph_call(GraphCall { name: Arc::clone(&name), quantifier, edge, inner_nodes, expression });
    Expr::column(name, Some(ty), range)
}

pub(in crate::exec::operators) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: GraphMatchOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let cycles = match compiler.parameter_word(node.parameters().iter(), "cycles").as_deref() {
        Some("all") => Cycles::All,
        Some("none") => Cycles::None,
        _ => Cycles::UniqueEdges,
    };
    let parts = Parts {
        node: node.syntax(),
        parameters: node.parameters(),
        patterns: node.patterns(),
        where_clause: node.where_clause(),
        project: node.project(),
    };
    parts.compile(compiler, input, scope, cycles, None)
}

pub(in crate::exec::operators) fn compile_shortest<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: GraphShortestPathsOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let all =
        compiler.parameter_word(node.parameters().iter(), "output").is_some_and(|output| output == "all");
    let parts = Parts {
        node: node.syntax(),
        parameters: node.parameters(),
        patterns: node.patterns(),
        where_clause: node.where_clause(),
        project: node.project(),
    };
    parts.compile(compiler, input, scope, Cycles::None, Some(all))
}

struct Parts<'a> {
    node: Node<'a>,
    parameters: List<'a, NamedParameter<'a>>,
    patterns: Separated<'a, GraphPattern<'a>>,
    where_clause: Option<GraphWhereClause<'a>>,
    project: Option<GraphProjectClause<'a>>,
}

impl<'a> Parts<'a> {
    fn compile<'c>(
        self,
        compiler: &mut Compiler<'c, 'a>,
        input: Relation,
        scope: &Scope<'c, 'a>,
        cycles: Cycles,
        shortest: Option<bool>,
    ) -> Relation {
        let range = self.node.range();
        for parameter in self.parameters.iter() {
            let name = name_text(parameter.name().syntax());
            if !matches!(name.as_str(), "cycles" | "output") {
                compiler.unsupported(parameter.syntax().range(), format!("`{name}` of a graph operator"));
            }
        }
        let mut sequences = Vec::new();
        for pattern in self.patterns.iter() {
            sequences.extend(self.sequence(compiler, pattern, scope));
        }
        let outer = compiler.open_graph();
        let mut conditions = Vec::new();
        if let Some(clause) = self.where_clause {
            conditions.extend(conjuncts(compiler.expression(clause.condition(), scope)));
        }
        let columns: Vec<Assignment> = match self.project {
            Some(project) => project
                .expressions()
                .iter()
                .flat_map(|expression| compiler.assignments(expression, scope))
                .collect(),
            None => {
                compiler.unsupported(range, "a graph pattern without `project`");
                Vec::new()
            }
        };
        let calls = compiler.close_graph(outer);
        let found = Match { sequences, cycles, shortest, conditions, columns, calls, range };
        input.pipe(found, range)
    }

    fn sequence<'c>(
        &self,
        compiler: &mut Compiler<'c, 'a>,
        pattern: GraphPattern<'a>,
        scope: &Scope<'c, 'a>,
    ) -> Option<Sequence> {
        let mut first = None;
        let mut edge: Option<PatternEdge> = None;
        let mut rest = Vec::new();
        for element in pattern.elements().iter() {
            if let Some(node) = GraphPatternNode::cast(element) {
                let name = match node.name() {
                    Some(name) => Arc::from(name_text(name.syntax())),
                    None => compiler.hidden_name(),
                };
                let node = PatternNode { name };
                match edge.take() {
                    Some(edge) => rest.push((edge, node)),
                    None => first = first.or(Some(node)),
                }
            } else if let Some(written) = GraphPatternEdge::cast(element) {
                let name = match written.name() {
                    Some(name) => Arc::from(name_text(name.syntax())),
                    None => compiler.hidden_name(),
                };
                let signs: Vec<&str> = element.descendant_tokens().map(|token| token.text()).collect();
                let direction = match (signs.first(), signs.last()) {
                    (Some(first), _) if first.starts_with('<') => Direction::Backward,
                    (_, Some(last)) if last.ends_with('>') => Direction::Forward,
                    _ => Direction::Either,
                };
                let bound = |compiler: &mut Compiler<'c, 'a>, node: Node<'a>| {
                    let number = compiler.constant(node, scope).as_i64();
                    number.and_then(|number| usize::try_from(number).ok()).unwrap_or(0)
                };
                let range = written
                    .range()
                    .map(|range| (bound(compiler, range.start()), bound(compiler, range.end())));
                edge = Some(PatternEdge { name, direction, range });
            }
        }
        Some(Sequence { first: first?, rest })
    }
}

/// The parts of a condition that must all be true.
fn conjuncts(condition: Expr) -> Vec<Expr> {
    match condition.kind {
        ExprKind::And(parts) => parts.into_iter().flat_map(conjuncts).collect(),
        _ => vec![condition],
    }
}
