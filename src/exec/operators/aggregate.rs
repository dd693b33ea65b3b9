//! `summarize` and `distinct`: groups of rows.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Operator;
use super::project::expanded;
use crate::catalog::ScalarType;
use crate::exec::aggregates::{self, Accumulator, Aggregate};
use crate::exec::compile::{Assignment, Compiler, Scope, scalar_type};
use crate::exec::error::Result;
use crate::exec::expr::{Expr, settle};
use crate::exec::outline::{self, Step, Term, TermKind};
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table, type_of_values};
use crate::exec::value::{Key, Value};
use crate::kql::bind::Type;
use crate::kql::syntax::nodes::{DistinctOperator, FunctionCall, SummarizeOperator};
use crate::kql::syntax::{NodeKind, View};

/// A call of an aggregate.
#[derive(Debug, Clone)]
pub(in crate::exec) struct AggregateCall {
    aggregate: &'static Aggregate,
    arguments: Vec<Expr>,
    /// The hidden columns with its values, and their types: several for `arg_max`, `percentiles` and their like.
    outputs: Vec<(Arc<str>, Option<ScalarType>)>,
}

/// Groups of rows with the aggregates of each.
#[derive(Debug)]
pub(in crate::exec) struct Summarize {
    pub(in crate::exec) keys: Vec<Assignment>,
    pub(in crate::exec) calls: Vec<AggregateCall>,
    /// The columns behind the keys, computed from the keys and the hidden columns of the calls.
    pub(in crate::exec) columns: Vec<Assignment>,
}

impl<'c, 'a> Compiler<'c, 'a> {
    /// The assignments of expressions in which aggregates may be called, and the calls.
    pub(in crate::exec) fn aggregations(
        &mut self,
        expressions: impl Iterator<Item = crate::kql::syntax::Node<'a>>,
        scope: &Scope<'c, 'a>,
    ) -> (Vec<Assignment>, Vec<AggregateCall>) {
        let outer = self.open_aggregation();
        let columns = expressions.flat_map(|expression| self.assignments(expression, scope)).collect();
        (columns, self.close_aggregation(outer))
    }
}

pub(super) fn compile_summarize<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: SummarizeOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let by = node.by_clause().map(|by| by.expressions());
    let keys: Vec<Assignment> =
        by.into_iter().flat_map(|by| by.iter()).flat_map(|key| compiler.assignments(key, scope)).collect();
    let (columns, calls) = compiler.aggregations(node.aggregates().iter(), scope);
    // `arg_max(a, *)` returns no key a second time.
    let returned: Vec<&str> = scope
        .sense
        .columns_after(node.syntax())
        .unwrap_or_default()
        .iter()
        .skip(keys.len())
        .map(|column| column.name)
        .collect();
    let columns = columns
        .into_iter()
        .filter(|column| column.name.as_deref().is_none_or(|name| returned.contains(&name)))
        .collect();
    let range = node.syntax().range();
    compiler.behind_windows(input, range, |input| input.pipe(Summarize { keys, calls, columns }, range))
}

/// `distinct a, b` is a group for each.
pub(super) fn compile_distinct<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: DistinctOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let keys =
        node.expressions().iter().flat_map(|expression| compiler.assignments(expression, scope)).collect();
    let distinct = Summarize { keys, calls: Vec::new(), columns: Vec::new() };
    input.pipe(distinct, node.syntax().range())
}

/// A call of an aggregate as the hidden column that will hold its value.
pub(in crate::exec) fn compile_call<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    call: FunctionCall<'a>,
    name: &str,
    scope: &Scope<'c, 'a>,
) -> Expr {
    let range = call.syntax().range();
    let Some(aggregate) = aggregates::find(name) else {
        compiler.unsupported(range, name);
        return compiler.null(range);
    };
    // The arguments are of rows: an aggregate among them would be no aggregate of this operator.
    let outer = compiler.suspend_aggregation();
    let mut arguments = Vec::new();
    for argument in call.arguments().expressions().iter() {
        if argument.kind() == NodeKind::StarExpression {
            let operator = std::iter::successors(argument.parent(), |node| node.parent());
            let columns =
                operator.filter_map(|node| scope.sense.columns_before(node)).next().unwrap_or_default();
            arguments.extend(
                columns
                    .iter()
                    .map(|column| Expr::column(column.name, scalar_type(Some(column.ty)), argument.range())),
            );
        } else {
            arguments.push(compiler.expression(argument, scope));
        }
    }
    compiler.resume_aggregation(outer);
    let types: Vec<Option<ScalarType>> = match scope.sense.info(call.syntax()).ty {
        Some(Type::Tuple(tuple)) => tuple.columns.iter().map(|column| scalar_type(Some(column.ty))).collect(),
        ty => vec![scalar_type(ty)],
    };
    let several = types.len() > 1;
    let outputs: Vec<(Arc<str>, Option<ScalarType>)> =
        types.into_iter().map(|ty| (compiler.hidden_name(), ty)).collect();
    let expr = match &outputs[..] {
        [(name, ty)] => Expr::column(name, *ty, range),
        _ => Expr { kind: crate::exec::expr::ExprKind::Parts(outputs.clone()), ty: None, range },
    };
    debug_assert!(
        several == matches!(expr.kind, crate::exec::expr::ExprKind::Parts(_)) || outputs.is_empty()
    );
    compiler.add_aggregate(AggregateCall { aggregate, arguments, outputs });
    expr
}

/// A group under way: the values of its keys, and an accumulator for each call.
type Group = (Row, Vec<Box<dyn Accumulator>>);

/// The groups of rows by keys, in the order in which they first occur; one of all rows where there are no keys.
pub(in crate::exec) fn grouped(
    input: &Table,
    keys: &[Expr],
    calls: &[AggregateCall],
    run: &Run<'_>,
) -> Result<Table> {
    let link =
        |items: &[Expr]| items.iter().map(|item| item.linked(&input.schema)).collect::<Result<Vec<_>>>();
    let linked_keys = link(keys)?;
    let linked: Vec<Vec<Expr>> = calls.iter().map(|call| link(&call.arguments)).collect::<Result<_>>()?;
    let start =
        || calls.iter().zip(&linked).map(|(call, arguments)| (call.aggregate.make)(arguments)).collect();
    let mut groups: IndexMap<Vec<Key>, Group> = IndexMap::new();
    if keys.is_empty() {
        groups.insert(Vec::new(), (Row::new(), start()));
    }
    for row in &input.rows {
        let values: Row = linked_keys.iter().map(|key| key.value(row, run)).collect::<Result<_>>()?;
        let (_, accumulators) = groups.entry(Key::row(&values)).or_insert_with(|| (values, start()));
        for (accumulator, arguments) in accumulators.iter_mut().zip(&linked) {
            let values: Row =
                arguments.iter().map(|argument| argument.value(row, run)).collect::<Result<_>>()?;
            accumulator.add(&values, run);
        }
    }
    let mut fields: Vec<Field> = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    for (_, (mut row, accumulators)) in groups {
        for (mut accumulator, call) in accumulators.into_iter().zip(calls) {
            let mut values = accumulator.finish().into_iter();
            row.extend(call.outputs.iter().map(|(_, ty)| {
                let value = values.next().unwrap_or(Value::Null);
                ty.map_or_else(|| value.clone(), |ty| settle(value.clone(), ty))
            }));
        }
        rows.push(row);
    }
    let hidden = calls.iter().flat_map(|call| &call.outputs);
    let columns = linked_keys.iter().map(|key| (Arc::from(""), key.ty)).chain(hidden.cloned());
    for (index, (name, ty)) in columns.enumerate() {
        let ty = ty.unwrap_or_else(|| type_of_values(rows.iter().filter_map(|row| row.get(index))));
        fields.push(Field { name, ty });
    }
    Ok(Table::new(Schema::new(fields), rows))
}

impl Operator for Summarize {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let (names, keys): (Vec<Field>, Vec<Expr>) = expanded(&self.keys, &input.schema).into_iter().unzip();
        let mut groups = grouped(&input, &keys, &self.calls, run)?;
        for (field, name) in groups.schema.fields.iter_mut().zip(&names) {
            field.name = Arc::clone(&name.name);
        }
        if self.calls.is_empty() && self.columns.is_empty() {
            return Ok(groups);
        }
        let (computed, types) = super::project::compute(
            &self.columns.iter().map(|column| column.value.clone()).collect::<Vec<_>>(),
            &groups,
            run,
        )?;
        groups.schema.fields.truncate(keys.len());
        for (column, ty) in self.columns.iter().zip(types) {
            let name = column.name.clone().unwrap_or_else(|| Arc::from(""));
            groups.schema.fields.push(Field { name, ty: ty.ty });
        }
        for (row, values) in groups.rows.iter_mut().zip(computed) {
            row.truncate(keys.len());
            row.extend(values);
        }
        Ok(groups)
    }

    fn outline(&self, input: Step) -> Step {
        let call = |name: &Arc<str>| {
            let call = self.calls.iter().find(|call| call.outputs.iter().any(|(known, _)| known == name))?;
            let at = call.outputs.iter().position(|(known, _)| known == name)?;
            // Of `arg_max(a, b, c)` each column is that of the row which is chosen.
            let argument = call.arguments.get(at).filter(|_| call.outputs.len() > 1);
            let arguments = argument.map_or(call.arguments.as_slice(), std::slice::from_ref);
            Some((call.aggregate.name, arguments.iter().map(Term::of).collect()))
        };
        let columns = outline::columns(&self.columns).into_iter().map(|(name, term)| {
            let term = match &term.kind {
                TermKind::Column(hidden) => match call(hidden) {
                    Some((aggregate, arguments)) => {
                        Term { kind: TermKind::Call(aggregate, arguments), ..term }
                    }
                    None => term,
                },
                _ => term,
            };
            (name, term)
        });
        let columns = columns.collect();
        Step::Group { input: Box::new(input), keys: outline::columns(&self.keys), columns }
    }
}
