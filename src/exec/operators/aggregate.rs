//! `summarize` and `distinct`: groups of rows.

use std::sync::Arc;

use super::groups::{Groups, Taken};
use super::project::expanded;
use super::{Fold, Folding, Operator};
use crate::catalog::ScalarType;
use crate::exec::aggregates::{self, Accumulator, Aggregate};
use crate::exec::compile::{Assignment, Compiler, Scope, scalar_type};
use crate::exec::error::{Result, RunError};
use crate::exec::expr::{Expr, ExprKind, Parts};
use crate::exec::needs::Wanted;
use crate::exec::outline::{self, Step, Term, TermKind};
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, HIDDEN, Row, Schema, Table, type_of_values};
use crate::kql::bind::{Symbol, Type};
use crate::kql::syntax::nodes::{DistinctOperator, FunctionCall, SummarizeOperator};
use crate::kql::syntax::{Node, NodeKind, View};
use crate::text::TextRange;

/// A call of an aggregate.
#[derive(Debug, Clone)]
pub(in crate::exec) struct AggregateCall {
    aggregate: &'static Aggregate,
    arguments: Vec<Expr>,
    /// The hidden columns with its values, and their types: several for `arg_max`, `percentiles` and their like.
    outputs: Vec<(Arc<str>, Option<ScalarType>)>,
    /// The columns beside that `*` stands for, where only the rows tell all of them.
    rest: Option<Rest>,
}

/// The columns that `*` stands for and the query does not know.
#[derive(Debug, Clone)]
struct Rest {
    /// What their hidden names begin with.
    prefix: Arc<str>,
    /// The columns that the query knows.
    known: Vec<Arc<str>>,
}

impl AggregateCall {
    /// The call for rows of `schema`: arguments linked, `*` filled in. `keys` are the names of what rows are grouped by.
    fn linked(&self, schema: &Schema, keys: &[Arc<str>]) -> Result<Self> {
        let mut linked = self.clone();
        linked.arguments =
            self.arguments.iter().map(|argument| argument.linked(schema)).collect::<Result<_>>()?;
        let Some(rest) = &self.rest else { return Ok(linked) };
        for field in &schema.fields {
            let known = rest.known.contains(&field.name) || keys.contains(&field.name);
            if known || field.is_hidden() {
                continue;
            }
            let range = self.arguments.first().map_or_else(TextRange::default, |argument| argument.range);
            linked.arguments.push(Expr::column(&field.name, Some(field.ty), range).linked(schema)?);
            linked.outputs.push((format!("{}{}", rest.prefix, field.name).into(), Some(field.ty)));
        }
        Ok(linked)
    }
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
        expressions: impl Iterator<Item = Node<'a>>,
        scope: &Scope<'c, 'a>,
    ) -> (Vec<Assignment>, Vec<AggregateCall>) {
        let outer = self.open_aggregation();
        let columns = expressions.flat_map(|expression| self.assignments(expression, scope)).collect();
        (columns, self.close_aggregation(outer))
    }

    /// An expression in which aggregates may be called, and the calls.
    pub(in crate::exec) fn aggregation(
        &mut self,
        expression: Node<'a>,
        scope: &Scope<'c, 'a>,
    ) -> (Expr, Vec<AggregateCall>) {
        let outer = self.open_aggregation();
        let value = self.expression(expression, scope);
        (value, self.close_aggregation(outer))
    }
}

pub(super) fn compile_summarize<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: SummarizeOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let by = node.by_clause().map(|by| by.expressions());
    if let Some(bin) = node.by_clause().and_then(|by| by.bin()) {
        compiler.unsupported(bin.range(), "`bin = …` behind `by`");
    }
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
    let star = call.arguments().expressions().iter().any(|node| node.kind() == NodeKind::StarExpression);
    let (arguments, rest) =
        if star { star_arguments(compiler, call, scope) } else { (compiler.arguments(call, scope), None) };
    compiler.resume_aggregation(outer);
    if let Some(why) = aggregates::refusal(name, arguments.first().and_then(|argument| argument.ty)) {
        compiler.unsupported(range, why);
    }
    let types: Vec<Option<ScalarType>> = match scope.sense.info(call.syntax()).ty {
        Some(Type::Tuple(tuple)) => tuple.columns.iter().map(|column| scalar_type(Some(column.ty))).collect(),
        ty => vec![scalar_type(ty)],
    };
    let outputs: Vec<(Arc<str>, Option<ScalarType>)> =
        types.into_iter().map(|ty| (compiler.hidden_name(), ty)).collect();
    let expr = match (&outputs[..], &rest) {
        ([(name, ty)], None) => Expr::column(name, *ty, range),
        _ => {
            let rest = rest.as_ref().map(|rest| Arc::clone(&rest.prefix));
            Expr { kind: ExprKind::Parts(Parts { columns: outputs.clone(), rest }), ty: None, range }
        }
    };
    compiler.add_aggregate(AggregateCall { aggregate, arguments, outputs, rest });
    expr
}

/// The arguments of a call with `*` among them: one for each column that the binder says it has, and what else there may
/// be in the rows.
fn star_arguments<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    call: FunctionCall<'a>,
    scope: &Scope<'c, 'a>,
) -> (Vec<Expr>, Option<Rest>) {
    let range = call.syntax().range();
    let operator = std::iter::successors(call.syntax().parent(), |node| node.parent())
        .find(|node| scope.sense.input(*node).is_some());
    let (Some(operator), Some(Type::Tuple(tuple))) = (operator, scope.sense.info(call.syntax()).ty) else {
        compiler.unsupported(range, "`*` in this call");
        return (Vec::new(), None);
    };
    let before = scope.sense.columns_before(operator).unwrap_or_default();
    let written: Vec<Node<'a>> = call
        .arguments()
        .expressions()
        .iter()
        .filter(|node| node.kind() != NodeKind::StarExpression)
        .collect();
    // What is no column of the input is computed by an argument; the first column always is the first argument's.
    let is_column = |node: &&Node<'a>| matches!(scope.sense.symbol(**node), Some(Symbol::Column(_)));
    let first = if tuple.columns.is_empty() { 0 } else { 1 };
    let mut computed = written.iter().skip(first).filter(|node| !is_column(node));
    let mut arguments = Vec::new();
    for (index, column) in tuple.columns.iter().enumerate() {
        if index == 0
            && let Some(node) = written.first()
        {
            arguments.push(compiler.expression(*node, scope));
        } else if before.iter().any(|known| std::ptr::eq(*known, *column)) {
            arguments.push(Expr::column(column.name, scalar_type(Some(column.ty)), range));
        } else if let Some(node) = computed.next() {
            arguments.push(compiler.expression(*node, scope));
        } else {
            compiler.unsupported(range, "`*` in this call");
        }
    }
    if computed.next().is_some() {
        compiler.unsupported(range, "`*` in this call");
    }
    let open = scope.sense.input(operator).is_some_and(|table| table.open);
    let rest = open.then(|| Rest {
        prefix: compiler.hidden_name(),
        known: before.iter().map(|column| Arc::from(column.name)).collect(),
    });
    (arguments, rest)
}

/// The groups of rows by keys, in the order in which they first occur; one of all rows where there are no keys.
pub(in crate::exec) fn grouped(
    input: &Table,
    keys: &[(Arc<str>, Expr)],
    calls: &[AggregateCall],
    run: &Run<'_>,
) -> Result<Table> {
    let linked_keys: Vec<Expr> =
        keys.iter().map(|(_, key)| key.linked(&input.schema)).collect::<Result<_>>()?;
    let names: Vec<Arc<str>> = keys.iter().map(|(name, _)| Arc::clone(name)).collect();
    let calls: Vec<AggregateCall> =
        calls.iter().map(|call| call.linked(&input.schema, &names)).collect::<Result<_>>()?;
    let mut groups = Groups::new(&calls, run);
    if keys.is_empty() {
        groups.begin_whole();
    }
    let place = place_of(&linked_keys, &calls);
    // Once more where the groups do not fit: then rows wait on disk.
    'rows: loop {
        for row in &input.rows {
            let (values, arguments) = evaluated(row, &linked_keys, &calls, run)?;
            let taken = groups.add(values, &arguments).map_err(|message| RunError::new(place, message))?;
            if taken == Taken::Again {
                continue 'rows;
            }
        }
        break;
    }
    let rows = groups.finish().map_err(|message| RunError::new(place, message))?;
    let types: Vec<Option<ScalarType>> = linked_keys.iter().map(|key| key.ty).collect();
    Ok(group_table(rows, &names, &types, &calls))
}

/// What a row has for keys and for the arguments of calls.
fn evaluated(row: &Row, keys: &[Expr], calls: &[AggregateCall], run: &Run<'_>) -> Result<(Row, Vec<Row>)> {
    let values =
        |expressions: &[Expr]| expressions.iter().map(|it| it.value(row, run)).collect::<Result<Row>>();
    Ok((values(keys)?, calls.iter().map(|call| values(&call.arguments)).collect::<Result<_>>()?))
}

/// Where an error of groups stands.
fn place_of(keys: &[Expr], calls: &[AggregateCall]) -> TextRange {
    let arguments = calls.iter().flat_map(|call| &call.arguments);
    keys.iter().chain(arguments).map(|expression| expression.range).next().unwrap_or_default()
}

/// The groups as a table: the columns of the keys, and those of the calls.
fn group_table(
    rows: Vec<Row>,
    names: &[Arc<str>],
    types: &[Option<ScalarType>],
    calls: &[AggregateCall],
) -> Table {
    let hidden = calls.iter().flat_map(|call| call.outputs.iter().cloned());
    let columns = names.iter().cloned().zip(types.iter().copied()).chain(hidden);
    let fields = columns.enumerate().map(|(index, (name, ty))| {
        let ty = ty.unwrap_or_else(|| type_of_values(rows.iter().filter_map(|row| row.get(index))));
        Field { name, ty }
    });
    let schema = Schema::new(fields.collect::<Vec<Field>>());
    Table::new(schema, rows)
}

impl AggregateCall {
    /// Begins a group.
    pub(super) fn accumulator(&self) -> Box<dyn Accumulator> {
        (self.aggregate.make)(&self.arguments)
    }

    /// The types of its values.
    pub(super) fn types(&self) -> impl Iterator<Item = Option<ScalarType>> {
        self.outputs.iter().map(|(_, ty)| *ty)
    }

    /// How many arguments it takes of a row.
    pub(super) fn width(&self) -> usize {
        self.arguments.len()
    }

    /// How many rows there are: the value, and the call behind it.
    pub(super) fn count(range: TextRange) -> (Expr, Vec<Self>) {
        let hidden: Arc<str> = format!("{HIDDEN}count").into();
        let ty = Some(ScalarType::Long);
        let value = Expr::column(&hidden, ty, range);
        let call = aggregates::find("count").map(|aggregate| Self {
            aggregate,
            arguments: Vec::new(),
            outputs: vec![(hidden, ty)],
            rest: None,
        });
        (value, call.into_iter().collect())
    }
}

impl Summarize {
    /// How many rows there are for each of `keys`.
    pub(super) fn counted(keys: Vec<Assignment>, name: &str, range: TextRange) -> Self {
        let (value, calls) = AggregateCall::count(range);
        Self { keys, calls, columns: vec![Assignment::one(name, value)] }
    }
}

impl Summarize {
    /// The columns behind the first `keys`, computed of the groups.
    fn finished(&self, mut groups: Table, keys: usize, run: &Run<'_>) -> Result<Table> {
        if self.calls.is_empty() && self.columns.is_empty() {
            return Ok(groups);
        }
        let columns = named_columns(&self.columns, &groups.schema, keys);
        let (computed, types) = super::project::compute(
            &columns.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>(),
            &groups,
            run,
        )?;
        groups.schema.fields.truncate(keys);
        for ((name, _), ty) in columns.into_iter().zip(types) {
            groups.schema.fields.push(Field { name, ty: ty.ty });
        }
        for (row, values) in groups.rows.iter_mut().zip(computed) {
            row.truncate(keys);
            row.extend(values);
        }
        Ok(groups)
    }
}

/// Groups that take rows some at a time.
struct Folded<'o> {
    summarize: &'o Summarize,
    names: Vec<Arc<str>>,
    /// The types of the keys, which the first rows tell.
    types: Option<Vec<Option<ScalarType>>>,
    groups: Groups<'o>,
    run: &'o Run<'o>,
}

impl Fold for Summarize {
    fn begin<'o>(&'o self, run: &'o Run<'o>) -> Box<dyn Folding + 'o> {
        let names: Vec<Arc<str>> = self.keys.iter().filter_map(|key| key.name.clone()).collect();
        let mut groups = Groups::new(&self.calls, run);
        if names.is_empty() {
            groups.begin_whole();
        }
        Box::new(Folded { summarize: self, names, types: None, groups, run })
    }
}

impl Folding for Folded<'_> {
    fn take(&mut self, rows: Table) -> Result<Taken> {
        let Summarize { keys, calls, .. } = self.summarize;
        let keys: Vec<Expr> = keys.iter().map(|key| key.value.linked(&rows.schema)).collect::<Result<_>>()?;
        let calls: Vec<AggregateCall> =
            calls.iter().map(|call| call.linked(&rows.schema, &self.names)).collect::<Result<_>>()?;
        self.types.get_or_insert_with(|| keys.iter().map(|key| key.ty).collect());
        let place = place_of(&keys, &calls);
        for row in &rows.rows {
            let (values, arguments) = evaluated(row, &keys, &calls, self.run)?;
            let taken =
                self.groups.add(values, &arguments).map_err(|message| RunError::new(place, message))?;
            if taken == Taken::Again {
                return Ok(Taken::Again);
            }
        }
        Ok(Taken::Yes)
    }

    fn finish(self: Box<Self>) -> Result<Table> {
        let Self { summarize, names, types, groups, run } = *self;
        let keys: Vec<Expr> = summarize.keys.iter().map(|key| key.value.clone()).collect();
        let place = place_of(&keys, &summarize.calls);
        let rows = groups.finish().map_err(|message| RunError::new(place, message))?;
        let table = group_table(rows, &names, &types.unwrap_or_default(), &summarize.calls);
        summarize.finished(table, names.len(), run)
    }
}

impl Operator for Summarize {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let keys: Vec<(Arc<str>, Expr)> =
            expanded(&self.keys, &input.schema).into_iter().map(|(field, key)| (field.name, key)).collect();
        let groups = grouped(&input, &keys, &self.calls, run)?;
        self.finished(groups, keys.len(), run)
    }

    fn fold(&self) -> Option<&dyn Fold> {
        let takes_any = self.keys.iter().any(|key| key.name.is_none())
            || self.calls.iter().any(|call| call.rest.is_some());
        (!takes_any).then_some(self)
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

    fn reads(&self, _: Wanted) -> Wanted {
        let takes_any = self.keys.iter().any(|key| key.name.is_none())
            || self.calls.iter().any(|call| call.rest.is_some());
        if takes_any {
            return Wanted::All;
        }
        let keys = self.keys.iter().map(|key| &key.value);
        Wanted::none().and(keys.chain(self.calls.iter().flat_map(|call| &call.arguments)))
    }
}

/// The columns behind the keys, with what `*` stands for in these groups.
fn named_columns(columns: &[Assignment], groups: &Schema, keys: usize) -> Vec<(Arc<str>, Expr)> {
    let mut taken = Schema::new(groups.fields.iter().take(keys).cloned());
    let named = columns.iter().filter_map(|column| column.name.as_ref());
    taken.fields.extend(named.map(|name| Field::new(name, ScalarType::Dynamic)));
    let mut all = Vec::new();
    for column in columns {
        if let Some(name) = &column.name {
            all.push((Arc::clone(name), column.value.clone()));
        } else if let ExprKind::Parts(Parts { rest: Some(prefix), .. }) = &column.value.kind {
            for field in &groups.fields {
                let Some(name) = field.name.strip_prefix(&**prefix) else { continue };
                let name = taken.free_name(&Arc::from(name));
                taken.fields.push(Field { name: Arc::clone(&name), ty: field.ty });
                all.push((name, Expr::column(&field.name, Some(field.ty), column.value.range)));
            }
        }
    }
    all
}
