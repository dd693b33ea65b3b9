//! `sort by`, `order by` and `top`: rows in order.

use std::cmp::Ordering;

use super::Operator;
use super::take::number;
use crate::exec::compile::{Compiler, Scope};
use crate::exec::error::Result;
use crate::exec::expr::Expr;
use crate::exec::needs::Wanted;
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Row, Table};
use crate::exec::value::{Value, order};
use crate::kql::syntax::nodes::{OrderedExpression, SortOperator, TopOperator};
use crate::kql::syntax::{Node, View};

/// A key of an order.
#[derive(Debug, Clone)]
pub(in crate::exec) struct SortKey {
    /// What is compared.
    pub(in crate::exec) value: Expr,
    /// Whether the greatest comes first.
    pub(in crate::exec) descending: bool,
    /// Whether nulls come first.
    pub(in crate::exec) nulls_first: bool,
}

#[derive(Debug)]
struct Sort {
    keys: Vec<SortKey>,
    /// How many rows are kept.
    limit: Option<Expr>,
}

/// A key: descending, where it says nothing; nulls first in ascending order, last in descending order.
pub(super) fn compile_key<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    node: Node<'a>,
    scope: &Scope<'c, 'a>,
) -> SortKey {
    let ordering = OrderedExpression::cast(node).map(|ordered| ordered.ordering());
    let direction = ordering.and_then(|ordering| ordering.direction());
    let descending = !direction.is_some_and(|direction| {
        matches!(direction.text().to_ascii_lowercase().as_str(), "asc" | "granny-asc")
    });
    let nulls = ordering.and_then(|ordering| ordering.nulls());
    let nulls_first =
        nulls.map_or(!descending, |nulls| nulls.first_or_last().text().eq_ignore_ascii_case("first"));
    SortKey { value: compiler.expression(node, scope), descending, nulls_first }
}

pub(super) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: SortOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let keys = node.expressions().iter().map(|key| compile_key(compiler, key, scope)).collect();
    input.pipe(Sort { keys, limit: None }, node.syntax().range())
}

pub(super) fn compile_top<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: TopOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let limit = compiler.expression(node.expression(), scope);
    let keys = vec![compile_key(compiler, node.by_expression(), scope)];
    input.pipe(Sort { keys, limit: Some(limit) }, node.syntax().range())
}

/// Puts rows in the order of `keys`; rows with equal keys stay as they are.
pub(super) fn sort_rows(table: &mut Table, keys: &[SortKey], run: &Run<'_>) -> Result<()> {
    let linked: Vec<Expr> = keys.iter().map(|key| key.value.linked(&table.schema)).collect::<Result<_>>()?;
    let mut rows: Vec<(Vec<Value>, Row)> = Vec::with_capacity(table.rows.len());
    for row in std::mem::take(&mut table.rows) {
        let values = linked.iter().map(|key| key.value(&row, run)).collect::<Result<_>>()?;
        rows.push((values, row));
    }
    rows.sort_by(|(a, _), (b, _)| {
        a.iter()
            .zip(b)
            .zip(keys)
            .map(|((a, b), key)| compare_by(a, b, key))
            .find(|ordering| *ordering != Ordering::Equal)
            .unwrap_or(Ordering::Equal)
    });
    table.rows = rows.into_iter().map(|(_, row)| row).collect();
    Ok(())
}

fn compare_by(a: &Value, b: &Value, key: &SortKey) -> Ordering {
    match (a.is_null(), b.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) if key.nulls_first => Ordering::Less,
        (true, false) => Ordering::Greater,
        (false, true) if key.nulls_first => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) if key.descending => order(b, a),
        (false, false) => order(a, b),
    }
}

impl Operator for Sort {
    fn run(&self, run: &Run<'_>, mut input: Table) -> Result<Table> {
        sort_rows(&mut input, &self.keys, run)?;
        if let Some(limit) = &self.limit {
            input.rows.truncate(number(limit, run)?);
        }
        Ok(input)
    }

    fn reads(&self, wanted: Wanted) -> Wanted {
        wanted.and(self.keys.iter().map(|key| &key.value))
    }
}
