//! Graphs: `make-graph`, `graph-match`, `graph-shortest-paths`, `graph-to-table` and the operators between.
//!
//! Between these operators a graph is a table, so that it can have a name and be computed once as rows can: a row for each
//! node and for each edge, with hidden columns that say which of both it is and what it joins.

mod make;
mod matching;
mod paths;
mod table;

pub(super) use make::compile as compile_make;
pub(super) use matching::{compile as compile_match, compile_shortest};
pub(super) use table::{compile_mark, compile_to_table, compile_where_edges, compile_where_nodes};

pub(in crate::exec) use matching::{GraphCall, compile_function};

use crate::catalog::ScalarType;
use crate::exec::table::{Field, Row, Schema, Table};
use crate::exec::value::Value;

/// What the names of the columns begin with that a graph's table has for nodes, and for edges.
const NODE: &str = "\0n:";
const EDGE: &str = "\0e:";

/// The columns that every graph's table begins with: whether the row is an edge, the nodes that it joins by their number;
/// of a node, its id.
const HEAD: [&str; 4] = ["\0edge", "\0source", "\0target", "\0id"];

/// How the id of a node, and how many edges come in and go out, are called among its columns.
pub(super) const ID: &str = "\0id";
pub(super) const DEGREE_IN: &str = "\0in";
pub(super) const DEGREE_OUT: &str = "\0out";

/// A graph.
#[derive(Debug, Default)]
struct Graph {
    /// The columns of nodes.
    nodes: Schema,
    /// The columns of edges.
    edges: Schema,
    node_rows: Vec<Node>,
    edge_rows: Vec<Edge>,
}

#[derive(Debug, Clone)]
struct Node {
    id: Value,
    row: Row,
}

#[derive(Debug, Clone)]
struct Edge {
    source: usize,
    target: usize,
    row: Row,
}

fn number(value: usize) -> Value {
    crate::exec::functions::count(value)
}

fn place(value: Option<&Value>) -> usize {
    value.and_then(Value::as_i64).and_then(|place| usize::try_from(place).ok()).unwrap_or(usize::MAX)
}

impl Graph {
    /// The graph as a table.
    fn into_table(self) -> Table {
        let types = [ScalarType::Bool, ScalarType::Long, ScalarType::Long, ScalarType::Dynamic];
        let head = HEAD.iter().zip(types).map(|(name, ty)| Field::new(name, ty));
        let named = |prefix: &str, schema: &Schema| -> Vec<Field> {
            schema
                .fields
                .iter()
                .map(|field| Field::new(format!("{prefix}{}", field.name), field.ty))
                .collect()
        };
        let fields = head.chain(named(NODE, &self.nodes)).chain(named(EDGE, &self.edges));
        let (of_nodes, of_edges) = (self.nodes.len(), self.edges.len());
        let nodes = self.node_rows.into_iter().map(|node| {
            let head = [Value::Bool(false), Value::Null, Value::Null, node.id];
            let rest = std::iter::repeat_n(Value::Null, of_edges);
            head.into_iter().chain(node.row).chain(rest).collect()
        });
        let edges = self.edge_rows.into_iter().map(|edge| {
            let head = [Value::Bool(true), number(edge.source), number(edge.target), Value::Null];
            let rest = std::iter::repeat_n(Value::Null, of_nodes);
            head.into_iter().chain(rest).chain(edge.row).collect()
        });
        Table::new(Schema::new(fields), nodes.chain(edges).collect())
    }

    /// The graph that a table is.
    fn of(table: Table) -> Self {
        let part = |prefix: &str| -> Schema {
            let fields = table.schema.fields.iter();
            Schema::new(
                fields.filter_map(|field| Some(Field::new(field.name.strip_prefix(prefix)?, field.ty))),
            )
        };
        let mut graph = Self { nodes: part(NODE), edges: part(EDGE), ..Self::default() };
        let (head, nodes) = (HEAD.len(), graph.nodes.len());
        for row in table.rows {
            let cells = |from: usize, to: usize| row.get(from..to).map(<[Value]>::to_vec).unwrap_or_default();
            if row.first().is_some_and(Value::is_true) {
                let row_of = cells(head + nodes, row.len());
                let (source, target) = (place(row.get(1)), place(row.get(2)));
                graph.edge_rows.push(Edge { source, target, row: row_of });
            } else {
                let id = row.get(3).cloned().unwrap_or(Value::Null);
                graph.node_rows.push(Node { id, row: cells(head, head + nodes) });
            }
        }
        graph
    }

    /// How many edges come into each node, and how many go out.
    fn degrees(&self) -> Vec<(i64, i64)> {
        let mut degrees = vec![(0, 0); self.node_rows.len()];
        for edge in &self.edge_rows {
            if let Some((_, out)) = degrees.get_mut(edge.source) {
                *out += 1;
            }
            if let Some((into, _)) = degrees.get_mut(edge.target) {
                *into += 1;
            }
        }
        degrees
    }

    /// The columns of nodes with those that functions read, and the nodes' rows under them.
    fn full_nodes(&self) -> (Schema, Vec<Row>) {
        let mut schema = self.nodes.clone();
        schema.fields.push(Field::new(ID, ScalarType::String));
        schema.fields.push(Field::new(DEGREE_IN, ScalarType::Long));
        schema.fields.push(Field::new(DEGREE_OUT, ScalarType::Long));
        let full = self.node_rows.iter().zip(self.degrees()).map(|(node, (into, out))| {
            let mut row = node.row.clone();
            row.extend([Value::string(node.id.to_text()), Value::Long(into), Value::Long(out)]);
            row
        });
        (schema, full.collect())
    }

    /// Leaves out nodes, and the edges that they are part of.
    fn retain_nodes(&mut self, kept: &[bool]) {
        let mut places = vec![None; self.node_rows.len()];
        let mut nodes = Vec::new();
        for (place, node) in std::mem::take(&mut self.node_rows).into_iter().enumerate() {
            if kept.get(place).copied().unwrap_or(false) {
                if let Some(slot) = places.get_mut(place) {
                    *slot = Some(nodes.len());
                }
                nodes.push(node);
            }
        }
        self.node_rows = nodes;
        let moved = |place: usize| places.get(place).copied().flatten();
        self.edge_rows = std::mem::take(&mut self.edge_rows)
            .into_iter()
            .filter_map(|edge| {
                Some(Edge { source: moved(edge.source)?, target: moved(edge.target)?, row: edge.row })
            })
            .collect();
    }
}
