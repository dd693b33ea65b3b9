//! `evaluate`: the plugins that need no service, one file a family.

mod activity;
mod beside;
#[cfg(feature = "geo")]
mod geo_lookup;
mod lookup;
mod shape;

use std::sync::Arc;

use super::Operator;
use crate::catalog::ScalarType;
use crate::exec::compile::{Compiler, Scope, name_text, named_types, scalar_type};
use crate::exec::error::Result;
use crate::exec::expr::{Expr, settle};
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table};
use crate::exec::value::Value;
use crate::kql::bind::{Symbol, Type};
use crate::kql::syntax::nodes::{EvaluateOperator, EvaluateRowSchema, FunctionCall, SimpleNamedExpression};
use crate::kql::syntax::{Node, View};
use crate::text::TextRange;

/// A call of a plugin that is being compiled.
struct Plugin<'p, 'c, 'a> {
    compiler: &'p mut Compiler<'c, 'a>,
    scope: &'p mut Scope<'c, 'a>,
    /// The arguments with the names given to them.
    arguments: Vec<(Option<String>, Node<'a>)>,
    /// The columns that the query knows of the result.
    columns: Vec<Field>,
    range: TextRange,
}

/// Compiles a call; nothing where something in it is not supported, which was said then.
type Compile = fn(Plugin<'_, '_, '_>) -> Option<Box<dyn Operator>>;

/// The plugins that work offline.
const PLUGINS: &[(&str, Compile)] = &[
    ("active_users_count", |plugin| activity::active_users_count(plugin)),
    ("activity_counts_metrics", |plugin| activity::counts_metrics(plugin)),
    ("activity_engagement", |plugin| activity::engagement(plugin)),
    ("activity_metrics", |plugin| activity::metrics(plugin)),
    ("bag_unpack", |plugin| shape::bag_unpack(plugin)),
    ("dcount_intersect", |plugin| shape::dcount_intersect(plugin)),
    #[cfg(feature = "geo")]
    ("geo_line_lookup", |plugin| geo_lookup::compile(plugin)),
    #[cfg(feature = "geo")]
    ("geo_polygon_lookup", |plugin| geo_lookup::compile(plugin)),
    ("identity", |_| Some(Box::new(shape::Identity))),
    ("identity_v3", |_| Some(Box::new(shape::Identity))),
    ("ipv4_lookup", |plugin| lookup::compile(plugin, false)),
    ("ipv6_lookup", |plugin| lookup::compile(plugin, true)),
    ("narrow", |_| Some(Box::new(shape::Narrow))),
    ("new_activity_metrics", |plugin| activity::new_metrics(plugin)),
    ("pivot", |plugin| shape::pivot(plugin)),
    ("preview", |plugin| shape::preview(plugin)),
    ("rolling_percentile", |plugin| activity::rolling_percentile(plugin)),
    ("rows_near", |plugin| shape::rows_near(plugin)),
    ("sliding_window_counts", |plugin| activity::sliding_window_counts(plugin)),
];

/// The names of the plugins that work offline.
pub(in crate::exec) fn names() -> impl Iterator<Item = &'static str> {
    PLUGINS.iter().map(|(name, _)| *name)
}

pub(super) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: EvaluateOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let range = node.syntax().range();
    let call: FunctionCall<'a> = node.call();
    let name = name_text(call.name().syntax());
    let Some((_, compile)) = PLUGINS.iter().find(|(known, _)| *known == name) else {
        compiler.unsupported(call.syntax().range(), name);
        return input;
    };
    let arguments = call
        .arguments()
        .expressions()
        .iter()
        .map(|argument| match SimpleNamedExpression::cast(argument) {
            Some(named) => (Some(name_text(named.name().syntax())), named.expression()),
            None => (None, argument),
        })
        .collect();
    let result = scope.sense.type_of(call.syntax());
    let result = match result {
        // Of several tables, as `preview` returns, the first counts.
        Some(Type::Group(members)) => members.first().and_then(|member| match member {
            Symbol::Type(ty) => ty.as_table(),
            _ => None,
        }),
        ty => ty.and_then(Type::as_table),
    };
    let columns = result
        .into_iter()
        .flat_map(|table| table.columns())
        .map(|column| Field::new(column.name, scalar_type(Some(column.ty)).unwrap_or(ScalarType::Dynamic)))
        .collect::<Vec<_>>();
    let plugin = Plugin { compiler, scope, arguments, columns: columns.clone(), range };
    let Some(operator) = compile(plugin) else { return input };
    let known = columns.into_iter().map(|column| column.name).collect();
    let output = node.schema().map(|clause| OutputSchema::of(clause.schema(), known));
    input.pipe(Evaluate { operator, output }, range)
}

#[derive(Debug)]
struct Evaluate {
    operator: Box<dyn Operator>,
    output: Option<OutputSchema>,
}

impl Operator for Evaluate {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let result = self.operator.run(run, input)?;
        Ok(match &self.output {
            Some(output) => output.apply(result),
            None => result,
        })
    }
}

/// The columns that the query wants of the result: `: (*, a: long)`.
#[derive(Debug)]
struct OutputSchema {
    /// The columns that the query knows, where it wants them.
    star: Vec<Arc<str>>,
    fields: Vec<Field>,
}

impl OutputSchema {
    fn of(schema: EvaluateRowSchema<'_>, known: Vec<Arc<str>>) -> Self {
        let fields: Vec<Field> = named_types(schema.columns()).collect();
        let star = schema.asterisk().is_some_and(|asterisk| !asterisk.is_missing());
        let unnamed = |name: &Arc<str>| fields.iter().all(|field| field.name != *name);
        let star = if star { known.into_iter().filter(unnamed).collect() } else { Vec::new() };
        Self { star, fields }
    }

    fn apply(&self, table: Table) -> Table {
        let star = self.star.iter().filter_map(|name| {
            let place = table.schema.position(name)?;
            Some((Some(place), table.schema.fields.get(place)?.clone()))
        });
        let fields = self.fields.iter().map(|field| (table.schema.position(&field.name), field.clone()));
        let (places, fields): (Vec<Option<usize>>, Vec<Field>) = star.chain(fields).unzip();
        let cell = |row: &Row, place: Option<usize>, field: &Field| match place.and_then(|at| row.get(at)) {
            Some(value) => settle(value.clone(), field.ty),
            None => Value::missing(field.ty),
        };
        let rows = table
            .rows
            .iter()
            .map(|row| places.iter().zip(&fields).map(|(place, field)| cell(row, *place, field)).collect())
            .collect();
        Table::new(Schema::new(fields), rows)
    }
}

impl<'a> Plugin<'_, '_, 'a> {
    /// The node of an argument, by its place.
    fn node(&self, index: usize) -> Option<Node<'a>> {
        self.arguments.get(index).map(|(_, node)| *node)
    }

    /// An argument as an expression over the rows; what is missing is said.
    fn expression(&mut self, index: usize) -> Option<Expr> {
        match self.node(index) {
            Some(node) => Some(self.compiler.expression(node, self.scope)),
            None => {
                self.compiler.unsupported(self.range, "a plugin with so few arguments");
                None
            }
        }
    }

    /// The expressions from a place on.
    fn expressions(&mut self, from: usize) -> Vec<Expr> {
        let nodes: Vec<Node<'a>> = self.arguments.iter().skip(from).map(|(_, node)| *node).collect();
        nodes.into_iter().map(|node| self.compiler.expression(node, self.scope)).collect()
    }

    /// The value of a constant argument, by its place or by its name.
    fn constant(&mut self, index: usize, name: &str) -> Option<Value> {
        let named = self.arguments.iter().find(|(known, _)| known.as_deref() == Some(name));
        let node = match named {
            Some((_, node)) => Some(*node),
            None => self.arguments.get(index).filter(|(known, _)| known.is_none()).map(|(_, node)| *node),
        };
        node.map(|node| self.compiler.constant(node, self.scope))
    }
}
