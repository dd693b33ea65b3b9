//! `partition`, `facet` and `fork`: queries over parts of the rows, or several over all of them.
//!
//! A run returns one table. Of the several that `facet` and `fork` make it is the first.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Operator;
use super::aggregate::Summarize;
use super::union::united;
use crate::catalog::ScalarType;
use crate::exec::compile::{Compiler, Scope};
use crate::exec::error::{Result, RunError};
use crate::exec::expr::Expr;
use crate::exec::relation::{ParameterId, Relation, RelationKind};
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table};
use crate::exec::value::Key;
use crate::kql::bind::Symbol;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::{
    FacetOperator, FacetWithExpression, FacetWithOperator, ForkOperator, PartitionOperator, PartitionQuery,
    PartitionSubquery,
};
use crate::text::TextRange;

/// How many parts the strategy `legacy` allows.
const LEGACY_PARTS: usize = 64;

#[derive(Debug)]
struct Partition {
    by: Expr,
    /// The rows of a part.
    rows: ParameterId,
    /// The key of a part.
    key: ParameterId,
    subquery: Relation,
    most: usize,
    range: TextRange,
}

pub(super) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: PartitionOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let range = node.syntax().range();
    if let Some(inner) = node.scope() {
        compiler.unsupported(inner.syntax().range(), "`in` of `partition`");
    }
    let strategy = compiler.parameter_word(node.parameters().iter(), "hint.strategy");
    let most = match strategy.as_deref() {
        Some("native" | "shuffle") => usize::MAX,
        _ => LEGACY_PARTS,
    };
    let by = compiler.expression(node.by_expression(), scope);
    let (rows, key) = (compiler.parameter(), compiler.parameter());
    let mut inner = scope.clone();
    let subquery = if let Some(query) = PartitionQuery::cast(node.operand()) {
        match scope.sense.symbol(node.by_expression()) {
            Some(Symbol::Column(column)) => compiler
                .with_outer_column(column, key, |compiler| compiler.table(query.query(), &mut inner, None)),
            _ => compiler.table(query.query(), &mut inner, None),
        }
    } else {
        let part = PartitionSubquery::cast(node.operand());
        let subquery = part.map_or(node.operand(), |part| part.subquery());
        let part = Relation { kind: RelationKind::Parameter(rows), range: subquery.range() };
        compiler.table(subquery, &mut inner, Some(part))
    };
    input.pipe(Partition { by, rows, key, subquery, most, range }, range)
}

impl Operator for Partition {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let by = self.by.linked(&input.schema)?;
        let schema = input.schema;
        let mut parts: IndexMap<Key, (Row, Vec<Row>)> = IndexMap::new();
        for row in input.rows {
            let value = by.value(&row, run)?;
            parts.entry(Key::of(&value)).or_insert_with(|| (vec![value], Vec::new())).1.push(row);
        }
        if parts.len() > self.most {
            let message = format!(
                "`partition` makes {} parts here, and without `hint.strategy=native` {LEGACY_PARTS} are the most",
                parts.len()
            );
            return Err(RunError::new(self.range, message));
        }
        // The subquery is run for no rows too, so that its columns are known.
        let none = parts.is_empty().then(|| (Vec::new(), Vec::new()));
        let mut results: Vec<(String, Arc<Table>)> = Vec::new();
        for (key, rows) in parts.into_values().chain(none) {
            let field = Field::new("key", by.ty.unwrap_or(ScalarType::Dynamic));
            let keys = if key.is_empty() { Vec::new() } else { vec![key] };
            let key = Arc::new(Table::new(Schema::new([field]), keys));
            let rows = Arc::new(Table::new(schema.clone(), rows));
            let result = run.with_parameter(self.rows, rows, || {
                run.with_parameter(self.key, key, || self.subquery.table(run))
            })?;
            results.push((String::new(), result));
        }
        Ok(match &results[..] {
            [(_, only)] => Table::clone(only),
            _ => united(&results, false, None),
        })
    }
}

/// The first of the tables that `facet` returns: the values of the first column with how often each occurs.
pub(super) fn compile_facet<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: FacetOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let range = node.syntax().range();
    // The other tables are not returned, but what does not work in them is said all the same.
    let with = node.with();
    let subquery = with
        .and_then(FacetWithExpression::cast)
        .map(|with| with.expression())
        .or_else(|| with.and_then(FacetWithOperator::cast).map(|with| with.operator()));
    if let Some(subquery) = subquery {
        let part = Relation { kind: RelationKind::Parameter(compiler.parameter()), range: subquery.range() };
        compiler.table(subquery, &mut scope.clone(), Some(part));
    }
    let Some(column) = node.expressions().iter().next() else { return input };
    let keys = compiler.assignments(column, scope);
    let name = keys.first().and_then(|key| key.name.clone()).unwrap_or_else(|| Arc::from(""));
    input.pipe(Summarize::counted(keys, &format!("count_{name}"), range), range)
}

/// The first of the tables that `fork` returns.
pub(super) fn compile_fork<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: ForkOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let shared = input.shared();
    let mut first = None;
    for branch in node.branches().iter() {
        let subquery = branch.expression();
        let rows = Relation { kind: RelationKind::Shared(Arc::clone(&shared)), range: subquery.range() };
        let result = compiler.table(subquery, &mut scope.clone(), Some(rows));
        first.get_or_insert(result);
    }
    first.unwrap_or_else(|| compiler.nothing(node.syntax().range()))
}
