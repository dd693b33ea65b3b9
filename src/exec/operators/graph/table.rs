//! `graph-where-nodes`, `graph-where-edges`, `graph-mark-components` and `graph-to-table`.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Graph, ID, number};
use crate::catalog::ScalarType;
use crate::exec::compile::{Compiler, Scope, name_text};
use crate::exec::error::Result;
use crate::exec::expr::Expr;
use crate::exec::operators::Operator;
use crate::exec::relation::{Relation, RelationKind};
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table, type_of_values};
use crate::exec::value::Value;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::{
    GraphMarkComponentsOperator, GraphToTableOperator, GraphWhereEdgesOperator, GraphWhereNodesOperator,
};

/// The nodes or the edges for which a condition is true.
#[derive(Debug)]
struct Filter {
    condition: Expr,
    nodes: bool,
}

pub(in crate::exec::operators) fn compile_where_nodes<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: GraphWhereNodesOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let condition = compiler.expression(node.condition(), scope);
    input.pipe(Filter { condition, nodes: true }, node.syntax().range())
}

pub(in crate::exec::operators) fn compile_where_edges<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: GraphWhereEdgesOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let condition = compiler.expression(node.condition(), scope);
    input.pipe(Filter { condition, nodes: false }, node.syntax().range())
}

impl Operator for Filter {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let mut graph = Graph::of(input);
        if self.nodes {
            let (schema, rows) = graph.full_nodes();
            let condition = self.condition.linked(&schema)?;
            let kept: Vec<bool> =
                rows.iter().map(|row| Ok(condition.value(row, run)?.is_true())).collect::<Result<_>>()?;
            graph.retain_nodes(&kept);
        } else {
            let condition = self.condition.linked(&graph.edges)?;
            let mut kept = Vec::new();
            for edge in std::mem::take(&mut graph.edge_rows) {
                if condition.value(&edge.row, run)?.is_true() {
                    kept.push(edge);
                }
            }
            graph.edge_rows = kept;
        }
        Ok(graph.into_table())
    }
}

/// Gives each node the number of the part of the graph that it is in.
#[derive(Debug)]
struct MarkComponents {
    name: String,
    /// Whether edges count in their direction only.
    strong: bool,
}

pub(in crate::exec::operators) fn compile_mark<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: GraphMarkComponentsOperator<'a>,
    _: &mut Scope<'c, 'a>,
) -> Relation {
    let word = |name| compiler.parameter_word(node.parameters().iter(), name);
    let mark = MarkComponents {
        name: word("with_component_id").unwrap_or_else(|| "ComponentId".to_owned()),
        strong: word("kind").is_some_and(|kind| kind == "strong"),
    };
    input.pipe(mark, node.syntax().range())
}

/// The nodes that can be reached from one.
fn reached(from: usize, next: &[Vec<usize>]) -> Vec<bool> {
    let mut seen = vec![false; next.len()];
    let mut pending = vec![from];
    while let Some(node) = pending.pop() {
        match seen.get_mut(node) {
            Some(slot) if !*slot => *slot = true,
            _ => continue,
        }
        pending.extend(next.get(node).into_iter().flatten());
    }
    seen
}

impl Operator for MarkComponents {
    fn run(&self, _: &Run<'_>, input: Table) -> Result<Table> {
        let mut graph = Graph::of(input);
        let mut forward = vec![Vec::new(); graph.node_rows.len()];
        let mut backward = vec![Vec::new(); graph.node_rows.len()];
        for edge in &graph.edge_rows {
            if let Some(next) = forward.get_mut(edge.source) {
                next.push(edge.target);
            }
            if let Some(next) = backward.get_mut(edge.target) {
                next.push(edge.source);
            }
        }
        if !self.strong {
            for (next, before) in forward.iter_mut().zip(&backward) {
                next.extend(before);
            }
        }
        let mut components: HashMap<usize, usize> = HashMap::new();
        let mut next = 0;
        for node in 0..graph.node_rows.len() {
            if components.contains_key(&node) {
                continue;
            }
            let mut part = reached(node, &forward);
            if self.strong {
                let back = reached(node, &backward);
                part.iter_mut().zip(back).for_each(|(there, back)| *there &= back);
            }
            let members = part.iter().enumerate().filter(|(_, there)| **there).map(|(member, _)| member);
            for member in members {
                components.entry(member).or_insert(next);
            }
            next += 1;
        }
        graph.nodes.fields.push(Field::new(&self.name, ScalarType::Long));
        for (place, node) in graph.node_rows.iter_mut().enumerate() {
            node.row.push(number(components.get(&place).copied().unwrap_or(0)));
        }
        Ok(graph.into_table())
    }
}

/// The nodes or the edges as rows.
#[derive(Debug)]
struct ToTable {
    nodes: bool,
    /// The columns for the hashes of the ids of nodes: of a node, or of both ends of an edge.
    ids: [Option<String>; 2],
    /// The hash of an id.
    hash: Expr,
}

pub(in crate::exec::operators) fn compile_to_table<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: GraphToTableOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let range = node.syntax().range();
    let graph = input.shared();
    let mut first = None;
    for output in node.outputs().iter() {
        let nodes = output.entity().text().eq_ignore_ascii_case("nodes");
        let word = |name| compiler.parameter_word(output.parameters().iter(), name);
        let ids = if nodes {
            [word("with_node_id"), None]
        } else {
            [word("with_source_id"), word("with_target_id")]
        };
        let id = Expr::column(ID, None, range);
        let hash = match ids.iter().flatten().next() {
            Some(_) => compiler.applied("hash", vec![id], Some(ScalarType::Long), range),
            None => id,
        };
        let rows = Relation { kind: RelationKind::Shared(Arc::clone(&graph)), range };
        let table = rows.pipe(ToTable { nodes, ids, hash }, range);
        if let Some(name) = output.as_clause() {
            let shared = table.shared();
            scope.declare_table(&name_text(name.name().syntax()), Arc::clone(&shared));
            first.get_or_insert(Relation { kind: RelationKind::Shared(shared), range });
        } else {
            first.get_or_insert(table);
        }
    }
    first.unwrap_or_else(|| compiler.nothing(range))
}

impl Operator for ToTable {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let graph = Graph::of(input);
        let ids = type_of_values(graph.node_rows.iter().map(|node| &node.id));
        let hash = self.hash.linked(&Schema::new([Field::new(ID, ids)]))?;
        let hashes: Vec<Value> = graph
            .node_rows
            .iter()
            .map(|node| hash.value(&vec![node.id.clone()], run))
            .collect::<Result<_>>()?;
        let schema = if self.nodes { &graph.nodes } else { &graph.edges };
        let named = self.ids.iter().flatten().map(|name| Field::new(name, ScalarType::Long));
        let fields: Vec<Field> = named.chain(schema.fields.iter().cloned()).collect();
        let row = |ends: [usize; 2], values: &Row| -> Row {
            let shown = self.ids.iter().zip(ends).filter(|(name, _)| name.is_some());
            let hash = |end: usize| hashes.get(end).cloned().unwrap_or(Value::Null);
            shown.map(|(_, end)| hash(end)).chain(values.iter().cloned()).collect()
        };
        let rows = if self.nodes {
            let nodes = graph.node_rows.iter().enumerate();
            nodes.map(|(place, node)| row([place, place], &node.row)).collect()
        } else {
            graph.edge_rows.iter().map(|edge| row([edge.source, edge.target], &edge.row)).collect()
        };
        Ok(Table::new(Schema::new(fields), rows))
    }
}
