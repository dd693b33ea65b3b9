//! `make-graph`: edges, and the nodes that they join.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexSet;

use super::{Edge, Graph, Node};
use crate::catalog::ScalarType;
use crate::exec::compile::{Compiler, Scope, name_text};
use crate::exec::error::Result;
use crate::exec::expr::Expr;
use crate::exec::operators::Operator;
use crate::exec::operators::union::united;
use crate::exec::relation::{ParameterId, Relation, RelationKind};
use crate::exec::run::Run;
use crate::exec::table::{Field, Schema, Table};
use crate::exec::value::{Key, Value};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::{MakeGraphOperator, MakeGraphWithNodeId, MakeGraphWithTables};

/// Where the columns of nodes come from.
#[derive(Debug)]
enum Nodes {
    /// Nodes have none.
    Bare,
    /// The id is their only column.
    Id(String),
    /// Tables, each with the column that holds the id.
    Tables(Vec<(Relation, Expr)>),
}

#[derive(Debug)]
struct MakeGraph {
    source: Expr,
    target: Expr,
    nodes: Nodes,
    partition: Option<Partition>,
}

pub(in crate::exec::operators) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: MakeGraphOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let range = node.syntax().range();
    let source = compiler.expression(node.source().syntax(), scope);
    let target = compiler.expression(node.target().syntax(), scope);
    let nodes = if let Some(with) = node.with().and_then(MakeGraphWithTables::cast) {
        let mut tables = Vec::new();
        for entry in with.tables().iter() {
            let table = compiler.table(entry.table(), scope, None);
            let key = entry.column().syntax();
            tables.push((table, Expr::column(name_text(key), None, key.range())));
        }
        Nodes::Tables(tables)
    } else if let Some(with) = node.with().and_then(MakeGraphWithNodeId::cast) {
        Nodes::Id(name_text(with.name().syntax()))
    } else {
        Nodes::Bare
    };
    let partition = node.partitioned_by().map(|partitioned| {
        let id = compiler.parameter();
        let subquery = partitioned.subquery();
        let graph = Relation { kind: RelationKind::Parameter(id), range: subquery.range() };
        let column = Expr::column(name_text(partitioned.entity()), None, partitioned.entity().range());
        Partition { column, id, subquery: compiler.table(subquery, &mut scope.clone(), Some(graph)) }
    });
    input.pipe(MakeGraph { source, target, nodes, partition }, range)
}

/// A graph for each value of a column, which edges and nodes have.
#[derive(Debug)]
struct Partition {
    column: Expr,
    id: ParameterId,
    subquery: Relation,
}

impl Partition {
    /// The rows with a value.
    fn part(&self, table: &Table, key: &Key, run: &Run<'_>) -> Result<Table> {
        let column = self.column.linked(&table.schema)?;
        let mut rows = Vec::new();
        for row in &table.rows {
            if Key::of(&column.value(row, run)?) == *key {
                rows.push(row.clone());
            }
        }
        Ok(Table::new(table.schema.clone(), rows))
    }
}

impl Operator for MakeGraph {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let Some(partition) = &self.partition else { return self.graph(run, input, None) };
        let column = partition.column.linked(&input.schema)?;
        let mut keys: IndexSet<Key> = IndexSet::new();
        for row in &input.rows {
            keys.insert(Key::of(&column.value(row, run)?));
        }
        let mut results = Vec::new();
        for key in &keys {
            let edges = partition.part(&input, key, run)?;
            let graph = Arc::new(self.graph(run, edges, Some((partition, key)))?);
            let result = run.with_parameter(partition.id, graph, || partition.subquery.table(run))?;
            results.push((String::new(), result));
        }
        Ok(united(&results, false, None))
    }
}

impl MakeGraph {
    /// The graph of some edges; of one part, with the nodes of that part.
    fn graph(&self, run: &Run<'_>, input: Table, part: Option<(&Partition, &Key)>) -> Result<Table> {
        let (source, target) = (self.source.linked(&input.schema)?, self.target.linked(&input.schema)?);
        let mut graph = Graph { edges: input.schema.clone(), ..Graph::default() };
        let mut known: HashMap<Key, usize> = HashMap::new();
        // The column that holds the id, for nodes that only edges name.
        let mut id_place = None;
        match &self.nodes {
            Nodes::Bare => {}
            Nodes::Id(name) => {
                let ty = source.ty.unwrap_or(ScalarType::String);
                graph.nodes = Schema::new([Field::new(name, ty)]);
                id_place = Some(0);
            }
            Nodes::Tables(tables) => {
                for (table, key) in tables {
                    let mut table = table.table(run)?;
                    if let Some((partition, wanted)) = part {
                        table = Arc::new(partition.part(&table, wanted, run)?);
                    }
                    let key = key.linked(&table.schema)?;
                    let places: Vec<usize> =
                        table.schema.fields.iter().map(|field| graph.column(field)).collect();
                    if id_place.is_none() {
                        id_place = key.as_column().and_then(|name| graph.nodes.position(name));
                    }
                    for row in &table.rows {
                        let id = key.value(row, run)?;
                        if id.is_null() {
                            continue;
                        }
                        let node = graph.node(&mut known, id, None);
                        let Some(node) = graph.node_rows.get_mut(node) else { continue };
                        for (place, value) in places.iter().zip(row) {
                            if let Some(slot) = node.row.get_mut(*place).filter(|slot| slot.is_empty()) {
                                *slot = value.clone();
                            }
                        }
                    }
                }
            }
        }
        for row in input.rows {
            let (from, to) = (source.value(&row, run)?, target.value(&row, run)?);
            if from.is_null() || to.is_null() {
                continue;
            }
            let source = graph.node(&mut known, from, id_place);
            let target = graph.node(&mut known, to, id_place);
            graph.edge_rows.push(Edge { source, target, row });
        }
        Ok(graph.into_table())
    }
}

impl Graph {
    /// Where a column of nodes stands; it is added where it is new.
    fn column(&mut self, field: &Field) -> usize {
        self.nodes.position(&field.name).unwrap_or_else(|| {
            self.nodes.fields.push(field.clone());
            for node in &mut self.node_rows {
                node.row.push(Value::missing(field.ty));
            }
            self.nodes.len() - 1
        })
    }

    /// The node of an id; it is added where it is new, with the id in the column at `id_place`.
    fn node(&mut self, known: &mut HashMap<Key, usize>, id: Value, id_place: Option<usize>) -> usize {
        *known.entry(Key::of(&id)).or_insert_with(|| {
            let mut row: Vec<Value> =
                self.nodes.fields.iter().map(|field| Value::missing(field.ty)).collect();
            if let Some(slot) = id_place.and_then(|place| row.get_mut(place)) {
                *slot = id.clone();
            }
            self.node_rows.push(Node { id, row });
            self.node_rows.len() - 1
        })
    }
}
