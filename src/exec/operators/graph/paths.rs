//! Looks for the places of a graph that a pattern fits.

use std::collections::HashMap;
use std::sync::Arc;

use super::Graph;
use super::matching::{Direction, GraphCall, PatternEdge, Quantifier, Sequence};
use crate::catalog::ScalarType;
use crate::exec::compile::Assignment;
use crate::exec::error::{Result, RunError};
use crate::exec::expr::Expr;
use crate::exec::operators::Operator;
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table, type_of_values};
use crate::exec::value::Value;
use crate::text::TextRange;

/// How many matches are kept before a run gives up.
const MAX_MATCHES: usize = 10_000_000;

/// Which cycles a match may go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cycles {
    All,
    /// No node twice.
    None,
    /// No edge twice.
    UniqueEdges,
}

/// What is looked for.
#[derive(Debug)]
pub(super) struct Match {
    pub(super) sequences: Vec<Sequence>,
    pub(super) cycles: Cycles,
    /// Whether only the shortest paths are wanted, and then whether all of them.
    pub(super) shortest: Option<bool>,
    /// What must be true.
    pub(super) conditions: Vec<Expr>,
    pub(super) columns: Vec<Assignment>,
    pub(super) calls: Vec<GraphCall>,
    pub(super) range: TextRange,
}

/// What the names of a pattern stand for.
#[derive(Debug, Clone, Default)]
struct Bound {
    /// Nodes by their number.
    nodes: HashMap<Arc<str>, usize>,
    /// Edges in the order of the pattern, with the nodes between.
    paths: HashMap<Arc<str>, Path>,
    /// The edges of all paths, in the order in which they were found.
    edges: Vec<usize>,
    /// The nodes of the match, the first of each sequence and those that edges lead to.
    visited: Vec<usize>,
}

#[derive(Debug, Clone, Default)]
struct Path {
    edges: Vec<usize>,
    inner: Vec<usize>,
}

/// A condition, or a column of the result, and what it is about.
struct Test {
    expression: Expr,
    /// The edge for each of whose edges it is evaluated, where it names columns of one that stands for a path.
    each: Option<Arc<str>>,
    /// The names that must stand for something.
    needs: Vec<Arc<str>>,
}

/// A search under way.
struct Search<'s, 'r> {
    wanted: &'s Match,
    run: &'s Run<'r>,
    graph: &'s Graph,
    /// The nodes' rows with what functions read.
    nodes: Vec<Row>,
    /// The edges at each node: the edge, and whether it goes out.
    around: Vec<Vec<(usize, bool)>>,
    /// Where the columns of each name stand in the row that expressions see.
    places: HashMap<Arc<str>, usize>,
    width: usize,
    conditions: Vec<Test>,
    calls: Vec<GraphCall>,
    found: Vec<Bound>,
}

/// The steps of a pattern: where a sequence begins, or what an edge leads to.
enum Step<'p> {
    Start(&'p Arc<str>),
    Edge(&'p Arc<str>, &'p PatternEdge, &'p Arc<str>),
}

impl<'s> Search<'s, '_> {
    /// The row that expressions see.
    fn row(&self, bound: &Bound) -> Result<Row> {
        let mut row = vec![Value::Null; self.width];
        let mut put = |name: &Arc<str>, values: &Row| {
            let Some(start) = self.places.get(name) else { return };
            for (offset, value) in values.iter().enumerate() {
                if let Some(slot) = row.get_mut(start + offset) {
                    *slot = value.clone();
                }
            }
        };
        for (name, node) in &bound.nodes {
            if let Some(values) = self.nodes.get(*node) {
                put(name, values);
            }
        }
        for (name, path) in &bound.paths {
            if let [edge] = path.edges[..]
                && let Some(edge) = self.graph.edge_rows.get(edge)
            {
                put(name, &edge.row);
            }
        }
        for call in &self.calls {
            let value = match bound.paths.get(&call.edge) {
                Some(path) => self.called(call, path)?,
                None => Value::Null,
            };
            put(&call.name, &vec![value]);
        }
        Ok(row)
    }

    /// The value of `any`, `all` or `map` for a path.
    fn called(&self, call: &GraphCall, path: &Path) -> Result<Value> {
        let rows: Vec<&Row> = if call.inner_nodes {
            path.inner.iter().filter_map(|node| self.nodes.get(*node)).collect()
        } else {
            path.edges
                .iter()
                .filter_map(|edge| self.graph.edge_rows.get(*edge))
                .map(|edge| &edge.row)
                .collect()
        };
        let mut values = Vec::new();
        for row in rows {
            values.push(call.expression.value(row, self.run)?);
        }
        Ok(match call.quantifier {
            Quantifier::Any => values.iter().any(Value::is_true).into(),
            Quantifier::All => values.iter().all(Value::is_true).into(),
            Quantifier::Map => Value::array(values.iter().map(Value::to_dynamic)),
        })
    }

    /// The values of an expression: one, or one for each edge of a path.
    fn values(&self, test: &Test, row: &Row, bound: &Bound) -> Result<Vec<Value>> {
        let Some(name) = &test.each else { return Ok(vec![test.expression.value(row, self.run)?]) };
        let mut values = Vec::new();
        let start = self.places.get(name).copied().unwrap_or(self.width);
        for edge in bound.paths.get(name).into_iter().flat_map(|path| &path.edges) {
            let mut row = row.clone();
            let edge = self.graph.edge_rows.get(*edge).map(|edge| &edge.row);
            for (offset, value) in edge.into_iter().flatten().enumerate() {
                if let Some(slot) = row.get_mut(start + offset) {
                    *slot = value.clone();
                }
            }
            values.push(test.expression.value(&row, self.run)?);
        }
        Ok(values)
    }

    /// Whether the conditions hold that are about what was bound last, `new`, and about nothing that is open yet.
    fn holds(&self, bound: &Bound, new: &[&Arc<str>]) -> Result<bool> {
        let known = |name: &Arc<str>| bound.nodes.contains_key(name) || bound.paths.contains_key(name);
        let mut row = None;
        for test in &self.conditions {
            let now = test.needs.iter().all(known) && test.needs.iter().any(|name| new.contains(&name));
            if !now {
                continue;
            }
            let row = match &row {
                Some(row) => row,
                None => row.insert(self.row(bound)?),
            };
            if !self.values(test, row, bound)?.iter().all(Value::is_true) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Goes on with the pattern from a step.
    fn go(&mut self, steps: &[Step<'_>], bound: &Bound) -> Result<()> {
        let Some((step, rest)) = steps.split_first() else {
            if self.found.len() >= MAX_MATCHES {
                let message = format!("the pattern fits more than {MAX_MATCHES} places of the graph");
                return Err(RunError::new(self.wanted.range, message));
            }
            self.found.push(bound.clone());
            return Ok(());
        };
        match step {
            Step::Start(name) => {
                if bound.nodes.contains_key(*name) {
                    return self.go(rest, bound);
                }
                for node in 0..self.nodes.len() {
                    let mut next = bound.clone();
                    next.nodes.insert(Arc::clone(name), node);
                    next.visited.push(node);
                    if self.holds(&next, &[name])? {
                        self.go(rest, &next)?;
                    }
                }
                Ok(())
            }
            Step::Edge(from, edge, to) => {
                let Some(start) = bound.nodes.get(*from).copied() else { return Ok(()) };
                let (least, most) = edge.range.unwrap_or((1, 1));
                self.walk(Walk { edge, to, least, most, rest }, start, &Path::default(), bound)
            }
        }
    }

    /// Goes along edges for an edge of the pattern.
    fn walk(&mut self, walk: Walk<'_, '_>, at: usize, path: &Path, bound: &Bound) -> Result<()> {
        if path.edges.len() >= walk.least {
            self.arrive(&walk, at, path, bound)?;
        }
        if path.edges.len() >= walk.most {
            return Ok(());
        }
        let around = self.around.get(at).cloned().unwrap_or_default();
        for (edge, out) in around {
            let fits = match walk.edge.direction {
                Direction::Forward => out,
                Direction::Backward => !out,
                Direction::Either => true,
            };
            let Some(row) = self.graph.edge_rows.get(edge).filter(|_| fits) else { continue };
            // An edge from a node to itself is met twice without a direction.
            if walk.edge.direction == Direction::Either && row.source == row.target && !out {
                continue;
            }
            let next = if out { row.target } else { row.source };
            let used = bound.edges.contains(&edge) || path.edges.contains(&edge);
            if self.wanted.cycles == Cycles::UniqueEdges && used {
                continue;
            }
            let mut longer = path.clone();
            if !path.edges.is_empty() {
                if self.wanted.cycles == Cycles::None
                    && (bound.visited.contains(&at) || path.inner.contains(&at))
                {
                    continue;
                }
                longer.inner.push(at);
            }
            longer.edges.push(edge);
            self.walk(walk, next, &longer, bound)?;
        }
        Ok(())
    }

    /// Ends an edge of the pattern at a node.
    fn arrive(&mut self, walk: &Walk<'_, '_>, at: usize, path: &Path, bound: &Bound) -> Result<()> {
        let mut next = bound.clone();
        match bound.nodes.get(walk.to) {
            Some(known) if *known != at => return Ok(()),
            Some(_) => {}
            None => {
                let seen = bound.visited.contains(&at) || path.inner.contains(&at);
                if self.wanted.cycles == Cycles::None && seen {
                    return Ok(());
                }
                next.nodes.insert(Arc::clone(walk.to), at);
                next.visited.push(at);
            }
        }
        next.visited.extend(&path.inner);
        next.edges.extend(&path.edges);
        next.paths.insert(Arc::clone(&walk.edge.name), path.clone());
        if self.holds(&next, &[walk.to, &walk.edge.name])? { self.go(walk.rest, &next) } else { Ok(()) }
    }
}

/// An edge of a pattern that is being followed.
#[derive(Clone, Copy)]
struct Walk<'w, 'p> {
    edge: &'w PatternEdge,
    to: &'w Arc<str>,
    least: usize,
    most: usize,
    rest: &'w [Step<'p>],
}

impl Match {
    /// The names of edges that stand for paths.
    fn path_names(&self) -> Vec<Arc<str>> {
        let edges = self.sequences.iter().flat_map(|sequence| &sequence.rest).map(|(edge, _)| edge);
        edges.filter(|edge| edge.range.is_some()).map(|edge| Arc::clone(&edge.name)).collect()
    }

    /// The expression with what it is about.
    fn test(&self, expression: &Expr, schema: &Schema) -> Result<Test> {
        let mut needs: Vec<Arc<str>> = Vec::new();
        let mut each = None;
        let paths = self.path_names();
        for column in expression.columns() {
            if let Some(call) = self.calls.iter().find(|call| call.name == column) {
                needs.push(Arc::clone(&call.edge));
                continue;
            }
            let owner: Arc<str> = Arc::from(column.split('.').next().unwrap_or_default());
            if paths.contains(&owner) {
                if each.as_ref().is_some_and(|each| *each != owner) {
                    let message = "an expression about two paths at once is not supported offline";
                    return Err(RunError::new(expression.range, message));
                }
                each = Some(Arc::clone(&owner));
            }
            needs.push(owner);
        }
        Ok(Test { expression: expression.linked(schema)?, each, needs })
    }

    /// Of matches between the same two nodes, the one with the fewest edges, or all with so few.
    fn shortest(&self, found: Vec<Bound>, all: bool) -> Vec<Bound> {
        let ends = |bound: &Bound| -> Option<(usize, usize)> {
            let sequence = self.sequences.first()?;
            let (_, last) = sequence.rest.last()?;
            Some((*bound.nodes.get(&sequence.first.name)?, *bound.nodes.get(&last.name)?))
        };
        let mut least: HashMap<(usize, usize), usize> = HashMap::new();
        for (bound, ends) in found.iter().filter_map(|bound| Some((bound, ends(bound)?))) {
            let length = least.entry(ends).or_insert(usize::MAX);
            *length = (*length).min(bound.edges.len());
        }
        let mut kept: Vec<Bound> = Vec::new();
        let mut done: Vec<(usize, usize)> = Vec::new();
        for bound in found {
            let Some(ends) = ends(&bound) else { continue };
            let shortest = least.get(&ends) == Some(&bound.edges.len());
            if shortest && (all || !done.contains(&ends)) {
                done.push(ends);
                kept.push(bound);
            }
        }
        kept
    }
}

impl Operator for Match {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let graph = Graph::of(input);
        let (node_schema, nodes) = graph.full_nodes();
        let mut schema = Schema::default();
        let mut places: HashMap<Arc<str>, usize> = HashMap::new();
        let mut add = |name: &Arc<str>, fields: &Schema| {
            if places.contains_key(name) {
                return;
            }
            places.insert(Arc::clone(name), schema.len());
            let named =
                fields.fields.iter().map(|field| Field::new(format!("{name}.{}", field.name), field.ty));
            schema.fields.extend(named);
        };
        let mut steps = Vec::new();
        for sequence in &self.sequences {
            add(&sequence.first.name, &node_schema);
            steps.push(Step::Start(&sequence.first.name));
            let mut from = &sequence.first.name;
            for (edge, node) in &sequence.rest {
                add(&edge.name, &graph.edges);
                add(&node.name, &node_schema);
                steps.push(Step::Edge(from, edge, &node.name));
                from = &node.name;
            }
        }
        for call in &self.calls {
            let ty = if call.quantifier == Quantifier::Map { ScalarType::Dynamic } else { ScalarType::Bool };
            places.insert(Arc::clone(&call.name), schema.len());
            schema.fields.push(Field { name: Arc::clone(&call.name), ty });
        }
        let conditions =
            self.conditions.iter().map(|condition| self.test(condition, &schema)).collect::<Result<_>>()?;
        let columns: Vec<Test> =
            self.columns.iter().map(|column| self.test(&column.value, &schema)).collect::<Result<_>>()?;
        let calls = self
            .calls
            .iter()
            .map(|call| {
                let about = if call.inner_nodes { &node_schema } else { &graph.edges };
                Ok(GraphCall { expression: call.expression.linked(about)?, ..call.clone() })
            })
            .collect::<Result<_>>()?;
        let mut around = vec![Vec::new(); nodes.len()];
        for (place, edge) in graph.edge_rows.iter().enumerate() {
            if let Some(edges) = around.get_mut(edge.source) {
                edges.push((place, true));
            }
            if let Some(edges) = around.get_mut(edge.target) {
                edges.push((place, false));
            }
        }
        let width = schema.len();
        let found = Vec::new();
        let mut search = Search {
            wanted: self,
            run,
            graph: &graph,
            nodes,
            around,
            places,
            width,
            conditions,
            calls,
            found,
        };
        search.go(&steps, &Bound::default())?;
        let mut found = std::mem::take(&mut search.found);
        if let Some(all) = self.shortest {
            found = self.shortest(found, all);
        }
        let mut rows = Vec::with_capacity(found.len());
        for bound in &found {
            let seen = search.row(bound)?;
            let mut row = Row::new();
            for column in &columns {
                let mut values = search.values(column, &seen, bound)?;
                row.push(match &column.each {
                    Some(_) => Value::array(values.iter().map(Value::to_dynamic)),
                    None => values.pop().unwrap_or(Value::Null),
                });
            }
            rows.push(row);
        }
        let fields = self.columns.iter().zip(&columns).enumerate().map(|(index, (column, test))| {
            let ty = match (&test.each, test.expression.ty) {
                (Some(_), _) => ScalarType::Dynamic,
                (None, Some(ty)) => ty,
                (None, None) => type_of_values(rows.iter().filter_map(|row| row.get(index))),
            };
            Field::new(column.name.as_deref().unwrap_or_default(), ty)
        });
        let schema = Schema::new(fields);
        Ok(Table::new(schema, rows))
    }
}
