//! `mv-expand` and `mv-apply`: a row for each element of an array.

use std::sync::Arc;

use super::Operator;
use super::take::number;
use crate::catalog::ScalarType;
use crate::exec::compile::{Assignment, Compiler, Scope};
use crate::exec::error::Result;
use crate::exec::expr::{Expr, settle};
use crate::exec::relation::{ParameterId, Relation, RelationKind};
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table, put};
use crate::exec::value::{Dynamic, Value};
use crate::kql::syntax::nodes::{
    MvApplyOperator, MvExpandOperator, NamedParameter, RowLimitClause, ToTypeOfClause,
};
use crate::kql::syntax::{List, Node, View};

/// A column whose elements become rows.
#[derive(Debug)]
struct Part {
    column: Assignment,
    /// The type that elements are converted to.
    ty: Option<ScalarType>,
}

/// How the elements of some columns become rows.
#[derive(Debug)]
struct Expansion {
    parts: Vec<Part>,
    /// Whether a property of a bag becomes an array of name and value, rather than a bag.
    bags_as_arrays: bool,
    /// The column with the index of each element.
    index: Option<String>,
    limit: Option<Expr>,
}

/// What both operators expand, each with the type that its elements are converted to.
fn compile_expansion<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    parts: impl Iterator<Item = (Node<'a>, Option<ToTypeOfClause<'a>>)>,
    parameters: List<'a, NamedParameter<'a>>,
    limit: Option<RowLimitClause<'a>>,
    scope: &Scope<'c, 'a>,
) -> Expansion {
    let parts = parts.filter_map(|(node, ty)| {
        let column = compiler.assignments(node, scope).into_iter().next()?;
        let written = ty.and_then(|ty| ty.type_of().types().iter().next());
        Some(Part { column, ty: written.and_then(|written| ScalarType::from_name(written.text().trim())) })
    });
    let parts = parts.collect();
    Expansion {
        parts,
        bags_as_arrays: false,
        index: compiler.parameter_word(parameters.iter(), "with_itemindex"),
        limit: limit.map(|limit| compiler.expression(limit.expression(), scope)),
    }
}

#[derive(Debug)]
struct MvExpand(Expansion);

pub(super) fn compile_expand<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: MvExpandOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let parts = node.expressions().iter().map(|part| (part.expression(), part.to_type()));
    let expansion = compile_expansion(compiler, parts, node.parameters(), node.limit(), scope);
    let word = |name| compiler.parameter_word(node.parameters().iter(), name);
    let kind = word("bagexpansion").or_else(|| word("kind"));
    let expansion = Expansion { bags_as_arrays: kind.as_deref() == Some("array"), ..expansion };
    input.pipe(MvExpand(expansion), node.syntax().range())
}

#[derive(Debug)]
struct MvApply {
    expansion: Expansion,
    id: ParameterId,
    subquery: Relation,
}

pub(super) fn compile_apply<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: MvApplyOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let parts = node.expressions().iter().map(|part| (part.expression(), part.to_type()));
    let expansion = compile_expansion(compiler, parts, node.parameters(), node.limit(), scope);
    let id = compiler.parameter();
    let subquery = node.subquery().expression();
    let rows = Relation { kind: RelationKind::Parameter(id), range: subquery.range() };
    let subquery = compiler.table(subquery, &mut scope.clone(), Some(rows));
    input.pipe(MvApply { expansion, id, subquery }, node.syntax().range())
}

impl Expansion {
    /// The schema of expanded rows, and the place of each expanded column in it.
    fn schema(&self, input: &Schema, parts: &[Expr]) -> (Schema, Vec<usize>) {
        let mut schema = input.clone();
        let mut places = Vec::new();
        for (part, value) in self.parts.iter().zip(parts) {
            let name = part.column.name.clone().unwrap_or_else(|| Arc::from(""));
            let ty = part.ty.or(value.ty).unwrap_or(ScalarType::Dynamic);
            places.push(schema.place(Field { name, ty }));
        }
        if let Some(index) = &self.index {
            schema.fields.push(Field::new(index, ScalarType::Long));
        }
        (schema, places)
    }

    /// The rows that one row becomes.
    fn rows(
        &self,
        row: &Row,
        parts: &[Expr],
        width: usize,
        places: &[usize],
        run: &Run<'_>,
    ) -> Result<Vec<Row>> {
        let mut columns: Vec<Vec<Value>> = Vec::new();
        for (part, value) in self.parts.iter().zip(parts) {
            let elements = elements(&value.value(row, run)?, self.bags_as_arrays);
            let typed = |value: Value| part.ty.map_or_else(|| value.clone(), |ty| cast(&value, ty));
            columns.push(elements.into_iter().map(typed).collect());
        }
        let mut count = columns.iter().map(Vec::len).max().unwrap_or(0);
        if let Some(limit) = &self.limit {
            count = count.min(number(limit, run)?);
        }
        let mut rows = Vec::with_capacity(count);
        for index in 0..count {
            let mut expanded = row.clone();
            let values = columns.iter().zip(&self.parts).map(|(elements, part)| {
                let missing = || Value::missing(part.ty.unwrap_or(ScalarType::Dynamic));
                elements.get(index).cloned().unwrap_or_else(missing)
            });
            put(&mut expanded, width, places, values);
            if self.index.is_some()
                && let Some(last) = expanded.last_mut()
            {
                *last = crate::exec::functions::count(index);
            }
            rows.push(expanded);
        }
        Ok(rows)
    }

    fn linked(&self, schema: &Schema) -> Result<Vec<Expr>> {
        self.parts.iter().map(|part| part.column.value.linked(schema)).collect()
    }
}

/// An element as one of a type. Text is not read as a number or a truth.
fn cast(value: &Value, ty: ScalarType) -> Value {
    use ScalarType as S;
    let read = matches!(ty, S::Bool | S::Int | S::Long | S::Real | S::Decimal);
    if read && value.as_str().is_some() { Value::Null } else { settle(value.clone(), ty) }
}

/// The elements of a value: those of an array, the properties of a bag, else the value itself.
fn elements(value: &Value, bags_as_arrays: bool) -> Vec<Value> {
    match value.as_dynamic() {
        Some(Dynamic::Array(items)) => items.iter().cloned().map(Value::dynamic).collect(),
        Some(Dynamic::Bag(entries)) => entries
            .iter()
            .map(|(name, value)| {
                if bags_as_arrays {
                    return Value::array([Dynamic::String(Arc::clone(name)), value.clone()]);
                }
                Value::dynamic(Dynamic::Bag(std::iter::once((Arc::clone(name), value.clone())).collect()))
            })
            .collect(),
        _ => vec![value.clone()],
    }
}

impl Operator for MvExpand {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let parts = self.0.linked(&input.schema)?;
        let (schema, places) = self.0.schema(&input.schema, &parts);
        let mut rows = Vec::new();
        for row in &input.rows {
            rows.extend(self.0.rows(row, &parts, schema.len(), &places, run)?);
        }
        Ok(Table::new(schema, rows))
    }
}

impl Operator for MvApply {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let parts = self.expansion.linked(&input.schema)?;
        let (schema, places) = self.expansion.schema(&input.schema, &parts);
        // An array that is given another name stays.
        let applied = |name: &Arc<str>| {
            let mut names = self.expansion.parts.iter().filter_map(|part| part.column.name.as_ref());
            names.any(|applied| applied == name)
        };
        let kept: Vec<usize> = (0..input.schema.len())
            .filter(|place| input.schema.fields.get(*place).is_none_or(|field| !applied(&field.name)))
            .collect();
        let mut result: Option<(Schema, Vec<usize>)> = None;
        let mut rows = Vec::new();
        // The subquery is run for no rows too, so that its columns are known.
        let empty = Row::new();
        let all = input.rows.iter().map(Some).chain(input.rows.is_empty().then_some(None));
        for row in all {
            let expanded = match row {
                Some(row) => self.expansion.rows(row, &parts, schema.len(), &places, run)?,
                None => Vec::new(),
            };
            let part = Arc::new(Table::new(schema.clone(), expanded));
            let output = run.with_parameter(self.id, part, || self.subquery.table(run))?;
            let (_, outer) = result.get_or_insert_with(|| beside(&input.schema, &kept, &output.schema));
            let row = row.unwrap_or(&empty);
            for found in &output.rows {
                let outer = outer.iter().filter_map(|place| row.get(*place));
                rows.push(outer.chain(found).cloned().collect());
            }
        }
        let schema = result.map(|(schema, _)| schema).unwrap_or_default();
        Ok(Table::new(schema, rows))
    }
}

/// The columns of the outer row that stay, and behind them those of the subquery, which replace those of the same name;
/// and where those that stay stand in the outer row.
fn beside(outer: &Schema, kept: &[usize], inner: &Schema) -> (Schema, Vec<usize>) {
    let stay: Vec<usize> = kept
        .iter()
        .copied()
        .filter(|place| outer.fields.get(*place).is_some_and(|field| inner.position(&field.name).is_none()))
        .collect();
    let fields = stay.iter().filter_map(|place| outer.fields.get(*place)).chain(&inner.fields).cloned();
    (Schema::new(fields), stay)
}
