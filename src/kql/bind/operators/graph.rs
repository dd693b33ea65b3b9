//! Graphs: `make-graph`, `graph-match`, `graph-shortest-paths`, `graph-to-table` and the operators between.

use foldhash::HashSet;

use crate::catalog::kql::UnionRule;
use crate::kql::bind::binder::{Binder, Info};
use crate::kql::bind::columns::of_union;
use crate::kql::bind::operators::subquery::{self, Allowed};
use crate::kql::bind::projection::Style;
use crate::kql::bind::result_columns::Projection;
use crate::kql::bind::symbols::{Column, Graph, Symbol, Table, Tuple, Variable};
use crate::kql::bind::types::Type;
use crate::kql::codes;
use crate::kql::syntax::nodes::{
    GraphMarkComponentsOperator, GraphMatchOperator, GraphPattern, GraphPatternEdge, GraphPatternNode,
    GraphProjectClause, GraphShortestPathsOperator, GraphToTableOperator, GraphToTableOutput,
    GraphWhereClause, GraphWhereEdgesOperator, GraphWhereNodesOperator, MakeGraphOperator,
    MakeGraphWithNodeId, MakeGraphWithTables, NamedParameter, PipeExpression,
};
use crate::kql::syntax::operator_parameters::GRAPH_MARK_COMPONENTS;
use crate::kql::syntax::{List, Node, NodeKind, Separated, TokenKind, View};

pub(super) fn bind_make<'a>(binder: &mut Binder<'a>, node: MakeGraphOperator<'a>) -> Type<'a> {
    let arena = binder.arena;
    let (source, target) = (node.source().syntax(), node.target().syntax());
    binder.named_parameters(node.parameters());
    binder.expression(source);
    binder.expression(target);
    let tables = node.with().and_then(MakeGraphWithTables::cast);
    for entry in tables.into_iter().flat_map(|with| with.tables().iter()) {
        binder.expression(entry.table());
        let scope = binder.table_of(entry.table());
        binder.in_row_scope(scope, |binder| binder.expression(entry.column().syntax()));
    }
    binder.check_not_first(node.syntax());
    for column in [source, target] {
        binder.check_column(column);
    }
    for column in [source, target] {
        check_node_id(binder, column);
    }
    let mut nodes: Option<&Table<'_>> = None;
    if let Some(with) = tables {
        let mut shapes: Vec<&Table<'_>> = Vec::new();
        for entry in with.tables().iter() {
            binder.check_tabular(entry.table());
            check_node_id(binder, entry.column().syntax());
            shapes.extend(binder.table_of(entry.table()));
        }
        if !shapes.is_empty() {
            nodes = Some(Table::new(arena, arena.slice(&of_union(binder, &shapes, UnionRule::Name))));
        }
    } else if let Some(with) = node.with().and_then(MakeGraphWithNodeId::cast) {
        let name = binder.name_text(with.name().syntax());
        if name.is_empty() {
            binder.report_at(
                codes::MAKE_GRAPH_IMPLICITY_ID_SHOULD_NOT_BE_EMPTY,
                with.name().syntax(),
                || "the column of the node ids needs a name".to_owned(),
            );
        }
        let column = Column::new(arena, name, binder.type_or_error(source));
        binder.set_declared(with.name().syntax(), column);
        nodes = Some(Table::new(arena, arena.slice(&[column])));
    }
    let graph = Type::Graph(arena.alloc(Graph { edges: binder.row_scope_or_empty(), nodes }));
    let Some(partitioned) = node.partitioned_by() else { return graph };
    // The subquery finds the graph here.
    binder.set(node.syntax(), Info::of(graph));
    binder.expression(partitioned.entity());
    binder.expression(partitioned.subquery());
    binder.check_column(partitioned.entity());
    subquery::check_operators(binder, partitioned.subquery(), Allowed::AfterPipe, true);
    binder.type_or_error(partitioned.subquery())
}

/// What identifies a node is a scalar, and not a dynamic one.
fn check_node_id<'a>(binder: &mut Binder<'a>, column: Node<'a>) {
    let plain = binder.type_of(column).is_some_and(|ty| ty.is_scalar_symbol() && !ty.is_dynamic());
    if !plain {
        binder.report_with_help(
            codes::MAKE_GRAPH_DYNAMIC_NODE_ID_COLUMN_NOT_SUPPORTED,
            column.range(),
            || {
                let help = "convert it first, as in `extend id = tostring(column)`";
                ("the id of a node must be a scalar that is not dynamic".to_owned(), Some(help.to_owned()))
            },
        );
    }
}

/// The graph that an operator works on: what stands before the pipe, or what is being partitioned.
fn input_graph<'a>(binder: &Binder<'a>, operator: Node<'a>) -> Option<&'a Graph<'a>> {
    piped_graph(binder, operator).or_else(|| {
        let mut node = operator;
        while let Some(parent) = node.parent() {
            if node.kind() == NodeKind::MakeGraphPartitionedBy {
                return as_graph(binder.type_of(parent));
            }
            node = parent;
        }
        None
    })
}

fn piped_graph<'a>(binder: &Binder<'a>, operator: Node<'a>) -> Option<&'a Graph<'a>> {
    let pipe = PipeExpression::cast(operator.parent()?)?;
    as_graph(binder.type_of(pipe.expression()))
}

fn as_graph(ty: Option<Type<'_>>) -> Option<&Graph<'_>> {
    if let Some(Type::Graph(graph)) = ty { Some(graph) } else { None }
}

/// The graph before the pipe, or one whose edges are the rows before it.
fn graph_or_edges<'a>(binder: &Binder<'a>, operator: Node<'a>) -> Graph<'a> {
    piped_graph(binder, operator)
        .copied()
        .unwrap_or(Graph { edges: binder.row_scope_or_empty(), nodes: None })
}

fn report_graph_expected<'a>(binder: &mut Binder<'a>, operator: Node<'a>) {
    let place = operator.token(0).map_or(operator.range(), |keyword| keyword.range());
    binder.report_with_help(codes::QUERY_OPERATOR_EXPECTS_GRAPH, place, || {
        let help = "make one first: `| make-graph source --> target`";
        ("this operator works on a graph".to_owned(), Some(help.to_owned()))
    });
}

pub(super) fn bind_match<'a>(binder: &mut Binder<'a>, node: GraphMatchOperator<'a>) -> Type<'a> {
    Match {
        operator: node.syntax(),
        parameters: node.parameters(),
        patterns: node.patterns(),
        where_clause: node.where_clause(),
        project: node.project(),
    }
    .bind(binder)
}

pub(super) fn bind_shortest_paths<'a>(
    binder: &mut Binder<'a>,
    node: GraphShortestPathsOperator<'a>,
) -> Type<'a> {
    Match {
        operator: node.syntax(),
        parameters: node.parameters(),
        patterns: node.patterns(),
        where_clause: node.where_clause(),
        project: node.project(),
    }
    .bind(binder)
}

/// The parts that `graph-match` and `graph-shortest-paths` have in common.
struct Match<'a> {
    operator: Node<'a>,
    parameters: List<'a, NamedParameter<'a>>,
    patterns: Separated<'a, GraphPattern<'a>>,
    where_clause: Option<GraphWhereClause<'a>>,
    project: Option<GraphProjectClause<'a>>,
}

impl<'a> Match<'a> {
    fn bind(self, binder: &mut Binder<'a>) -> Type<'a> {
        let graph = input_graph(binder, self.operator);
        binder.in_row_scope(None, |binder| {
            binder.in_inner_scope(|binder| {
                binder.named_parameters(self.parameters);
                self.declare_elements(binder, graph);
                if let Some(clause) = self.where_clause {
                    binder.expression(clause.condition());
                }
                if let Some(clause) = self.project {
                    binder.expressions(clause.expressions());
                }
            });
        });
        binder.check_not_first(self.operator);
        if graph.is_none() {
            report_graph_expected(binder, self.operator);
        }
        if self.patterns.is_empty() {
            let place = self.patterns.syntax().map_or(self.operator.range(), Node::range);
            binder.report(codes::MISSING_GRAPH_MATCH_PATTERN, place, || {
                "a pattern such as `(a)-[e]->(b)` is missing".to_owned()
            });
        }
        for pattern in self.patterns.iter() {
            check_pattern(binder, pattern);
        }
        if let Some(clause) = self.where_clause {
            binder.check_exact_type(clause.condition(), Type::BOOL);
        }
        let Some(project) = self.project else {
            return graph.map_or(Type::Error, Type::Graph);
        };
        let paths = self.variable_edges(binder);
        let mut projection = Projection::default();
        for expression in project.expressions().iter() {
            let of_path = !paths.is_empty()
                && expression.descendants().any(|node| {
                    node.kind() == NodeKind::NameReference && paths.contains(binder.name_text(node))
                });
            let ty = of_path.then(|| binder.type_or_error(expression).array_of(binder.arena));
            binder.project(expression, &mut projection, Style::GraphMatch, false, ty, None);
        }
        Type::Table(Table::new(binder.arena, binder.arena.slice(projection.columns())))
    }

    /// Brings the nodes and edges of the patterns into scope.
    fn declare_elements(&self, binder: &mut Binder<'a>, graph: Option<&'a Graph<'a>>) {
        let arena = binder.arena;
        let tuple = |table: Option<&'a Table<'a>>| {
            Type::Tuple(arena.alloc(Tuple { columns: table.map_or(&[], |table| table.columns()), table }))
        };
        let edge_type = tuple(graph.map(|graph| graph.edges));
        let node_type = tuple(graph.and_then(|graph| graph.nodes));
        for element in self.elements() {
            let (name, ty) = if let Some(node) = GraphPatternNode::cast(element) {
                (node.name(), node_type)
            } else if let Some(edge) = GraphPatternEdge::cast(element) {
                (edge.name(), edge_type)
            } else {
                continue;
            };
            let Some(name) = name else { continue };
            let text = binder.name_text(name.syntax());
            let variable = Symbol::Variable(Variable::new(arena, text, ty));
            binder.set(name.syntax(), Info::named(variable, ty));
            binder.local_scope.add(arena, variable);
        }
    }

    fn elements(&self) -> impl Iterator<Item = Node<'a>> {
        self.patterns.iter().flat_map(|pattern| pattern.elements().iter())
    }

    /// The names of edges that stand for paths of several edges.
    fn variable_edges(&self, binder: &Binder<'a>) -> HashSet<&'a str> {
        self.elements()
            .filter_map(GraphPatternEdge::cast)
            .filter(|edge| edge.range().is_some())
            .filter_map(|edge| edge.name())
            .map(|name| binder.name_text(name.syntax()))
            .collect()
    }
}

/// Nodes and edges alternate, and a node comes last.
fn check_pattern<'a>(binder: &mut Binder<'a>, pattern: GraphPattern<'a>) {
    let mut last = None;
    for (index, element) in pattern.elements().iter().enumerate() {
        let is_node = element.kind() == NodeKind::GraphPatternNode;
        last = Some((element, is_node));
        let wanted = if index.is_multiple_of(2) { "node" } else { "edge" };
        if is_node != (wanted == "node") {
            binder.report_at(codes::GRAPH_MATCH_PATTERN_SYNTAX_ERROR, element, || {
                format!("in a pattern nodes and edges alternate: this should be {wanted}")
            });
        }
    }
    let place = match last {
        None => pattern.syntax(),
        Some((element, false)) => element,
        Some((_, true)) => return,
    };
    binder.report_at(codes::MISSING_GRAPH_MATCH_PATTERN_ELEMENT, place, || {
        "a pattern ends with a node such as `(b)`".to_owned()
    });
}

pub(super) fn bind_mark_components<'a>(
    binder: &mut Binder<'a>,
    node: GraphMarkComponentsOperator<'a>,
) -> Type<'a> {
    let arena = binder.arena;
    binder.named_parameters(node.parameters());
    binder.check_not_first(node.syntax());
    binder.check_parameters(node.parameters(), GRAPH_MARK_COMPONENTS);
    let mut graph = graph_or_edges(binder, node.syntax());
    let name = binder.parameter_name(node.parameters(), &["with_component_id"]).unwrap_or("ComponentId");
    if let Some(nodes) = graph.nodes {
        let mut columns = nodes.columns().to_vec();
        columns.push(Column::new(arena, name, Type::LONG));
        graph.nodes = Some(Table::new(arena, arena.slice(&columns)).inherit(arena, nodes));
    }
    Type::Graph(arena.alloc(graph))
}

pub(super) fn bind_where_nodes<'a>(binder: &mut Binder<'a>, node: GraphWhereNodesOperator<'a>) -> Type<'a> {
    filtered(binder, node.syntax(), node.condition())
}

pub(super) fn bind_where_edges<'a>(binder: &mut Binder<'a>, node: GraphWhereEdgesOperator<'a>) -> Type<'a> {
    filtered(binder, node.syntax(), node.condition())
}

fn filtered<'a>(binder: &mut Binder<'a>, node: Node<'a>, condition: Node<'a>) -> Type<'a> {
    binder.expression(condition);
    binder.check_not_first(node);
    binder.check_exact_type(condition, Type::BOOL);
    Type::Graph(binder.arena.alloc(graph_or_edges(binder, node)))
}

pub(super) fn bind_to_table<'a>(binder: &mut Binder<'a>, node: GraphToTableOperator<'a>) -> Type<'a> {
    let arena = binder.arena;
    let outputs: Vec<GraphToTableOutput<'a>> = node.outputs().iter().collect();
    for output in &outputs {
        binder.named_parameters(output.parameters());
    }
    binder.check_not_first(node.syntax());
    let Some(graph) = input_graph(binder, node.syntax()) else {
        report_graph_expected(binder, node.syntax());
        return Type::Error;
    };
    let place = node.outputs().syntax().map_or(node.syntax().range(), Node::range);
    match outputs[..] {
        [output] => Type::Table(output_table(binder, output, graph)),
        [first, second] => {
            let nodes = [first, second].into_iter().find(|output| is_nodes(*output));
            let edges = [first, second].into_iter().find(|output| !is_nodes(*output));
            let (Some(nodes), Some(edges)) = (nodes, edges) else {
                binder.report(codes::MISSING_GRAPH_ENTITY_TYPE, place, || {
                    "two outputs are one of `nodes` and one of `edges`".to_owned()
                });
                return Type::Error;
            };
            let mut tables = [Symbol::Type(Type::Error); 2];
            for (slot, output) in tables.iter_mut().zip([nodes, edges]) {
                if output.as_clause().is_none() {
                    binder.report_at(codes::MULTIPLE_GRAPH_OUTPUTS_REQUIRE_ALIASES, output.syntax(), || {
                        "of two outputs each needs a name: `nodes as N, edges as E`".to_owned()
                    });
                }
                *slot = Symbol::Type(Type::Table(output_table(binder, output, graph)));
            }
            for table in tables.iter().filter(|table| !table.name().is_empty()) {
                binder.local_scope.add(arena, *table);
            }
            Type::Group(arena.slice(&tables))
        }
        _ => {
            binder.report(codes::INCORRECT_NUMBER_OF_OUTPUT_GRAPH_TO_TABLE_ENTITIES, place, || {
                "a graph has two outputs, `nodes` and `edges`".to_owned()
            });
            Type::Error
        }
    }
}

fn is_nodes(output: GraphToTableOutput<'_>) -> bool {
    output.entity().kind() == TokenKind::NodesKw
}

/// The nodes or the edges of a graph as a table, with the columns of hashes that are asked for.
fn output_table<'a>(binder: &Binder<'a>, output: GraphToTableOutput<'a>, graph: &Graph<'a>) -> &'a Table<'a> {
    let arena = binder.arena;
    let (shape, hashes): (_, &[&str]) = if is_nodes(output) {
        (graph.nodes.unwrap_or_else(|| binder.row_scope_or_empty()), &["with_node_id"])
    } else {
        (graph.edges, &["with_source_id", "with_target_id"])
    };
    let mut columns: Vec<&Column<'_>> = hashes
        .iter()
        .filter_map(|name| binder.parameter_name(output.parameters(), &[name]))
        .map(|name| Column::new(arena, name, Type::LONG))
        .collect();
    columns.extend(shape.columns());
    let name = output.as_clause().map_or("", |clause| binder.name_text(clause.name().syntax()));
    Table::with_name(arena, name, arena.slice(&columns))
}
