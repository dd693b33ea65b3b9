//! From the tree of a query and its meaning to a plan.

mod calls;
mod environment;
mod expressions;
mod literals;
mod projection;
mod special;
mod tables;

pub(super) use environment::Scope;
pub(super) use expressions::name_text;
pub(super) use projection::Assignment;
pub(super) use special::names as special_names;
pub(super) use tables::{named_types, row_schema};

use std::sync::Arc;

use super::codes;
use super::expr::{Expr, ExprKind};
use super::operators::aggregate::AggregateCall;
use super::operators::graph::GraphCall;
use super::operators::window::WindowCall;
use super::relation::{ParameterId, Relation, RelationKind, Scan};
use super::table::Table;
use super::value::Value;
use crate::catalog::ScalarType;
use crate::diag::Diagnostic;
use crate::kql::bind::{Bound, Column, Type};
use crate::kql::syntax::nodes::{ExpressionStatement, QueryBlock};
use crate::kql::syntax::{Node, Tree, View};
use crate::text::TextRange;

/// How deep expressions may be nested: what is deeper is refused rather than overflowing the stack.
const MAX_DEPTH: u32 = 250;

/// Makes a plan, and collects what is not supported.
#[derive(Debug)]
pub(super) struct Compiler<'c, 'a> {
    /// What it reads lives as long as the binding.
    meanings: std::marker::PhantomData<Scope<'c, 'a>>,
    diagnostics: Vec<Diagnostic>,
    next_parameter: u32,
    depth: u32,
    /// The aggregates of the operator that is being compiled.
    aggregates: Option<Vec<AggregateCall>>,
    /// The window functions of the operator that is being compiled.
    windows: Vec<WindowCall>,
    /// The calls of `any`, `all` and `map` of the graph pattern that is being compiled.
    graph_calls: Option<Vec<GraphCall>>,
    next_hidden: u32,
    /// The options that `set` gave values, by their names.
    options: Vec<(String, Expr)>,
    /// The tree of the query: what stands in another is in the body of a stored function.
    query: &'a Tree,
    /// Whether the query asks when rows were ingested.
    asks_ingestion: bool,
    conditions: Vec<TextRange>,
    scans: Vec<Scan>,
    /// The columns of outer operators that inner queries may name as values, by their place in memory.
    outer_columns: Vec<(usize, ParameterId)>,
}

/// What a query compiles to.
#[derive(Debug)]
pub(super) struct Compiled {
    /// What it computes: a table for each of its queries; there is one at least.
    pub plans: Vec<Arc<Relation>>,
    /// Where its conditions stand, in the order of their places.
    pub conditions: Vec<TextRange>,
    /// The rows from outside that it reads, each source once.
    pub scans: Vec<Scan>,
}

/// The plan of a query, or why there is none.
pub(super) fn compile(bound: &Bound<'_>) -> Result<Compiled, Vec<Diagnostic>> {
    let query = bound.tree();
    let mut compiler = Compiler {
        meanings: std::marker::PhantomData,
        diagnostics: Vec::new(),
        next_parameter: 0,
        depth: 0,
        aggregates: None,
        windows: Vec::new(),
        graph_calls: None,
        next_hidden: 0,
        options: Vec::new(),
        query,
        asks_ingestion: query.root().descendant_tokens().any(|token| token.text() == special::INGESTION_TIME),
        conditions: Vec::new(),
        scans: Vec::new(),
        outer_columns: Vec::new(),
    };
    let mut scope = Scope::new(bound.sense());
    let mut plans = Vec::new();
    for statement in QueryBlock::of_slot(bound.tree().root()).statements().iter() {
        match ExpressionStatement::cast(statement) {
            Some(query) => plans.push(Arc::new(compiler.result(query.expression(), &mut scope).pruned())),
            None => compiler.statement(statement, &mut scope),
        }
    }
    if plans.is_empty() {
        let end = TextRange::empty(bound.tree().root().range().end);
        compiler.diagnostics.push(codes::not_supported(end, "there is no query to run"));
    }
    if !compiler.diagnostics.is_empty() {
        return Err(compiler.diagnostics);
    }
    let Compiler { mut conditions, scans, .. } = compiler;
    conditions.sort();
    conditions.dedup();
    Ok(Compiled { plans, conditions, scans })
}

impl<'c, 'a> Compiler<'c, 'a> {
    /// The query itself: a table, or a value as a table of one cell.
    fn result(&mut self, node: Node<'a>, scope: &mut Scope<'c, 'a>) -> Relation {
        let scalar = scope.sense.type_of(node).is_some_and(|ty| ty.is_scalar_symbol());
        if !scalar {
            return self.table(node, scope, None);
        }
        let value = self.expression(node, scope);
        let unit = Relation { kind: RelationKind::Rows(Arc::new(Table::unit())), range: node.range() };
        let columns = vec![Assignment::one("Result", value)];
        unit.pipe(super::operators::project::Project { columns }, node.range())
    }

    /// Notes that rows decide the truth of `expression`, which `node` is compiled to.
    pub(super) fn note_condition(&mut self, expression: &Expr, node: Node<'_>) {
        let is_condition = match &expression.kind {
            ExprKind::Call { function, .. } => !matches!(function.name, "not" | "iff" | "iif" | "case"),
            ExprKind::In(_) | ExprKind::Column { .. } => true,
            _ => false,
        };
        if is_condition
            && expression.ty == Some(ScalarType::Bool)
            && !expression.is_constant()
            && std::ptr::eq(node.tree(), self.query)
        {
            self.conditions.push(expression.range);
        }
    }

    /// Says that something does not work offline.
    pub(super) fn unsupported(&mut self, range: TextRange, name: impl std::fmt::Display) {
        let message = format!("not supported offline: {name}");
        let known = self
            .diagnostics
            .iter()
            .any(|finding| finding.primary.span.range == range && finding.message == message);
        if !known {
            self.diagnostics.push(codes::not_supported(range, message));
        }
    }

    /// The relation in place of one that is not supported.
    pub(super) fn nothing(&self, range: TextRange) -> Relation {
        Relation { kind: RelationKind::Rows(Arc::new(Table::default())), range }
    }

    /// The expression in place of one that is not supported.
    pub(super) fn null(&self, range: TextRange) -> Expr {
        Expr::literal(Value::Null, range)
    }

    /// A name for the rows that an operator hands to its subquery.
    pub(super) fn parameter(&mut self) -> ParameterId {
        self.next_parameter += 1;
        ParameterId(self.next_parameter)
    }

    /// A name for a column that the query cannot name.
    pub(super) fn hidden_name(&mut self) -> Arc<str> {
        self.next_hidden += 1;
        format!("{}{}", super::table::HIDDEN, self.next_hidden).into()
    }

    /// Compiles an inner query that may name a column of the outer operator: its value is the first of the rows that
    /// `id` stands for.
    pub(super) fn with_outer_column<R>(
        &mut self,
        column: &Column<'_>,
        id: ParameterId,
        compile: impl FnOnce(&mut Self) -> R,
    ) -> R {
        self.outer_columns.push((std::ptr::from_ref(column).addr(), id));
        let result = compile(self);
        self.outer_columns.pop();
        result
    }

    /// The value of a column of an outer operator; nothing where it is no such column.
    fn outer_column(&self, column: &Column<'_>, range: TextRange) -> Option<Expr> {
        let place = std::ptr::from_ref(column).addr();
        let (_, id) = self.outer_columns.iter().rev().find(|(known, _)| *known == place)?;
        let rows = Arc::new(Relation { kind: RelationKind::Parameter(*id), range });
        Some(Expr { kind: super::expr::ExprKind::Scalar(rows), ty: scalar_type(Some(column.ty)), range })
    }

    // What the expressions of one operator call beside functions of values.

    /// Begins an operator: what the calls in its expressions need is collected anew.
    pub(super) fn open_operator(&mut self) -> (Option<Vec<AggregateCall>>, Vec<WindowCall>) {
        (self.aggregates.take(), std::mem::take(&mut self.windows))
    }

    /// Ends an operator.
    pub(super) fn close_operator(&mut self, outer: (Option<Vec<AggregateCall>>, Vec<WindowCall>)) {
        (self.aggregates, self.windows) = outer;
    }

    /// Whether an aggregate may be called here.
    pub(super) fn in_aggregation(&self) -> bool {
        self.aggregates.is_some()
    }

    pub(super) fn open_aggregation(&mut self) -> Option<Vec<AggregateCall>> {
        self.aggregates.replace(Vec::new())
    }

    /// The calls of aggregates since [`Self::open_aggregation`], which returned `outer`.
    pub(super) fn close_aggregation(&mut self, outer: Option<Vec<AggregateCall>>) -> Vec<AggregateCall> {
        std::mem::replace(&mut self.aggregates, outer).unwrap_or_default()
    }

    pub(super) fn suspend_aggregation(&mut self) -> Option<Vec<AggregateCall>> {
        self.aggregates.take()
    }

    pub(super) fn resume_aggregation(&mut self, outer: Option<Vec<AggregateCall>>) {
        self.aggregates = outer;
    }

    pub(super) fn add_aggregate(&mut self, call: AggregateCall) {
        self.aggregates.get_or_insert_default().push(call);
    }

    /// Begins a pattern of a graph: the calls of its functions are collected anew.
    pub(super) fn open_graph(&mut self) -> Option<Vec<GraphCall>> {
        self.graph_calls.replace(Vec::new())
    }

    /// The calls since [`Self::open_graph`], which returned `outer`.
    pub(super) fn close_graph(&mut self, outer: Option<Vec<GraphCall>>) -> Vec<GraphCall> {
        std::mem::replace(&mut self.graph_calls, outer).unwrap_or_default()
    }

    pub(super) fn add_graph_call(&mut self, call: GraphCall) {
        self.graph_calls.get_or_insert_default().push(call);
    }

    pub(super) fn add_window(&mut self, call: WindowCall) {
        self.windows.push(call);
    }

    pub(super) fn take_windows(&mut self) -> Vec<WindowCall> {
        std::mem::take(&mut self.windows)
    }

    /// The value that `set` gave an option.
    fn option(&self, name: &str) -> Option<Expr> {
        self.options.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// Goes one level deeper, or says that this is too deep.
    fn deeper<R>(&mut self, range: TextRange, go: impl FnOnce(&mut Self) -> R) -> Option<R> {
        if self.depth >= MAX_DEPTH {
            self.unsupported(range, "expressions nested so deep");
            return None;
        }
        self.depth += 1;
        let result = go(self);
        self.depth -= 1;
        Some(result)
    }
}

/// The scalar type that the binder found, where it found one.
pub(super) fn scalar_type(ty: Option<Type<'_>>) -> Option<ScalarType> {
    match ty? {
        Type::Scalar(scalar) => Some(scalar),
        Type::DynamicOf(_) | Type::Array(_) | Type::Bag(_) => Some(ScalarType::Dynamic),
        _ => None,
    }
}
