//! `project` and its family, `extend`, `print`, `serialize`: columns chosen, computed, renamed, put in order.

use std::sync::Arc;

use super::Operator;
use crate::exec::compile::{Assignment, Compiler, Scope, name_text};
use crate::exec::error::Result;
use crate::exec::expr::Expr;
use crate::exec::needs::Wanted;
use crate::exec::outline::{self, Step};
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table, put, type_of_values};
use crate::kql::syntax::nodes::{
    ExtendOperator, OrderedExpression, PrintOperator, ProjectAwayOperator, ProjectByNamesOperator,
    ProjectKeepOperator, ProjectOperator, ProjectRenameOperator, ProjectReorderOperator, SerializeOperator,
    SimpleNamedExpression,
};
use crate::kql::syntax::{Node, View};

/// Only these columns.
#[derive(Debug)]
pub(in crate::exec) struct Project {
    pub(in crate::exec) columns: Vec<Assignment>,
}

/// These columns added, or put in place of those of the same name.
#[derive(Debug)]
pub(in crate::exec) struct Extend {
    pub(in crate::exec) columns: Vec<Assignment>,
}

fn compile_all<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    expressions: impl Iterator<Item = Node<'a>>,
    scope: &Scope<'c, 'a>,
) -> Vec<Assignment> {
    expressions.flat_map(|expression| compiler.assignments(expression, scope)).collect()
}

pub(super) fn compile_project<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: ProjectOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let columns = compile_all(compiler, node.expressions().iter(), scope);
    let range = node.syntax().range();
    compiler.behind_windows(input, range, |input| input.pipe(Project { columns }, range))
}

pub(super) fn compile_print<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: PrintOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let columns = compile_all(compiler, node.expressions().iter(), scope);
    input.pipe(Project { columns }, node.syntax().range())
}

pub(super) fn compile_extend<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: ExtendOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let columns = compile_all(compiler, node.expressions().iter(), scope);
    let range = node.syntax().range();
    compiler.behind_windows(input, range, |input| input.pipe(Extend { columns }, range))
}

pub(super) fn compile_serialize<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: SerializeOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let columns = compile_all(compiler, node.expressions().iter(), scope);
    let range = node.syntax().range();
    compiler.behind_windows(input, range, |input| input.pipe(Extend { columns }, range))
}

/// The values of columns for each row, with the types of the columns.
pub(super) fn compute(columns: &[Expr], table: &Table, run: &Run<'_>) -> Result<(Vec<Row>, Vec<Field>)> {
    let linked: Vec<Expr> =
        columns.iter().map(|column| column.linked(&table.schema)).collect::<Result<_>>()?;
    let mut rows = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        rows.push(linked.iter().map(|column| column.value(row, run)).collect::<Result<Row>>()?);
    }
    let fields = linked
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let ty =
                column.ty.unwrap_or_else(|| type_of_values(rows.iter().filter_map(|row| row.get(index))));
            Field::new("", ty)
        })
        .collect();
    Ok((rows, fields))
}

/// The assignments with `*` replaced by the columns of a table.
pub(super) fn expanded(columns: &[Assignment], schema: &Schema) -> Vec<(Field, Expr)> {
    let mut all: Vec<(Field, Expr)> = Vec::new();
    for column in columns {
        match &column.name {
            Some(name) => {
                all.push((
                    Field::new(name, column.value.ty.unwrap_or(crate::catalog::ScalarType::Dynamic)),
                    column.value.clone(),
                ));
            }
            None => {
                all.extend(schema.fields.iter().filter(|field| !field.is_hidden()).map(|field| {
                    (field.clone(), Expr::column(&field.name, Some(field.ty), column.value.range))
                }))
            }
        }
    }
    all
}

impl Operator for Project {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let (fields, values): (Vec<Field>, Vec<Expr>) =
            expanded(&self.columns, &input.schema).into_iter().unzip();
        let (rows, types) = compute(&values, &input, run)?;
        let fields = fields.into_iter().zip(types).map(|(field, ty)| Field { ty: ty.ty, ..field });
        Ok(Table::new(Schema::new(fields), rows))
    }

    fn outline(&self, input: Step) -> Step {
        let keeps = self.columns.iter().any(|column| column.name.is_none());
        Step::Compute { input: Box::new(input), columns: outline::columns(&self.columns), keeps }
    }

    fn row_by_row(&self) -> Option<Vec<&Expr>> {
        // What `*` and data make of columns is the same in each part; types that only values tell may not be.
        Some(self.columns.iter().map(|column| &column.value).collect())
    }

    fn reads(&self, _: Wanted) -> Wanted {
        match self.columns.iter().any(|column| column.name.is_none()) {
            true => Wanted::All,
            false => Wanted::none().and(self.columns.iter().map(|column| &column.value)),
        }
    }
}

impl Operator for Extend {
    fn run(&self, run: &Run<'_>, mut input: Table) -> Result<Table> {
        let values: Vec<Expr> = self.columns.iter().map(|column| column.value.clone()).collect();
        let (computed, types) = compute(&values, &input, run)?;
        let mut places = Vec::new();
        for (column, ty) in self.columns.iter().zip(types) {
            let Some(name) = &column.name else { continue };
            places.push(input.schema.place(Field { name: Arc::clone(name), ty: ty.ty }));
        }
        for (row, values) in input.rows.iter_mut().zip(computed) {
            put(row, input.schema.len(), &places, values);
        }
        Ok(input)
    }

    fn outline(&self, input: Step) -> Step {
        Step::Compute { input: Box::new(input), columns: outline::columns(&self.columns), keeps: true }
    }

    fn row_by_row(&self) -> Option<Vec<&Expr>> {
        Some(self.columns.iter().map(|column| &column.value).collect())
    }

    fn reads(&self, wanted: Wanted) -> Wanted {
        let made = self.columns.iter().filter_map(|column| column.name.as_ref());
        wanted.without(made).and(self.columns.iter().map(|column| &column.value))
    }
}

// Columns kept, left out, renamed, put in order.

/// Columns that a name or a pattern with `*` stands for.
#[derive(Debug, Clone)]
struct Pattern {
    text: String,
    /// How `project-reorder` orders the columns of a pattern: ascending or descending.
    order: Option<bool>,
}

impl Pattern {
    fn of(node: Node<'_>) -> Self {
        let ordered = OrderedExpression::cast(node);
        let direction = ordered.and_then(|ordered| ordered.ordering().direction());
        let order = direction.map(|direction| direction.text().to_ascii_lowercase().ends_with("asc"));
        let inner = ordered.map_or(node, |ordered| ordered.expression());
        Self { text: name_text(inner), order }
    }

    fn matches(&self, name: &str) -> bool {
        crate::catalog::kql::wildcard::matches(&self.text, name)
    }
}

/// Which columns of the input stay, by their places, in order.
#[derive(Debug)]
enum Choice {
    Away(Vec<Pattern>),
    Keep(Vec<Pattern>),
    Reorder(Vec<Pattern>),
}

#[derive(Debug)]
struct Choose(Choice);

pub(super) fn compile_away<'c, 'a>(
    _: &mut Compiler<'c, 'a>,
    input: Relation,
    node: ProjectAwayOperator<'a>,
    _: &mut Scope<'c, 'a>,
) -> Relation {
    let patterns = node.expressions().iter().map(Pattern::of).collect();
    input.pipe(Choose(Choice::Away(patterns)), node.syntax().range())
}

pub(super) fn compile_keep<'c, 'a>(
    _: &mut Compiler<'c, 'a>,
    input: Relation,
    node: ProjectKeepOperator<'a>,
    _: &mut Scope<'c, 'a>,
) -> Relation {
    let patterns = node.expressions().iter().map(Pattern::of).collect();
    input.pipe(Choose(Choice::Keep(patterns)), node.syntax().range())
}

pub(super) fn compile_reorder<'c, 'a>(
    _: &mut Compiler<'c, 'a>,
    input: Relation,
    node: ProjectReorderOperator<'a>,
    _: &mut Scope<'c, 'a>,
) -> Relation {
    let patterns = node.expressions().iter().map(Pattern::of).collect();
    input.pipe(Choose(Choice::Reorder(patterns)), node.syntax().range())
}

impl Choice {
    fn places(&self, schema: &Schema) -> Vec<usize> {
        let all = schema.fields.iter().enumerate();
        let any = |patterns: &[Pattern], name: &str| patterns.iter().any(|pattern| pattern.matches(name));
        match self {
            Self::Away(patterns) => {
                all.filter(|(_, field)| !any(patterns, &field.name)).map(|(place, _)| place).collect()
            }
            Self::Keep(patterns) => {
                all.filter(|(_, field)| any(patterns, &field.name)).map(|(place, _)| place).collect()
            }
            Self::Reorder(patterns) => {
                let mut places: Vec<usize> = Vec::new();
                for pattern in patterns {
                    let mut found: Vec<(usize, &Field)> = schema
                        .fields
                        .iter()
                        .enumerate()
                        .filter(|(place, field)| pattern.matches(&field.name) && !places.contains(place))
                        .collect();
                    match pattern.order {
                        Some(true) => found.sort_by(|a, b| a.1.name.cmp(&b.1.name)),
                        Some(false) => found.sort_by(|a, b| b.1.name.cmp(&a.1.name)),
                        None => {}
                    }
                    places.extend(found.into_iter().map(|(place, _)| place));
                }
                let rest: Vec<usize> = (0..schema.len()).filter(|place| !places.contains(place)).collect();
                places.extend(rest);
                places
            }
        }
    }
}

impl Operator for Choose {
    fn run(&self, _: &Run<'_>, input: Table) -> Result<Table> {
        let places = self.0.places(&input.schema);
        Ok(picked(input, &places))
    }

    fn row_by_row(&self) -> Option<Vec<&Expr>> {
        Some(Vec::new())
    }

    fn reads(&self, wanted: Wanted) -> Wanted {
        match &self.0 {
            Choice::Keep(patterns) if patterns.iter().all(|pattern| !pattern.text.contains('*')) => {
                Wanted::Only(patterns.iter().map(|pattern| pattern.text.as_str().into()).collect())
            }
            _ => wanted,
        }
    }
}

/// The columns that texts and arrays of texts name.
#[derive(Debug)]
struct ByNames(Vec<Expr>);

pub(super) fn compile_by_names<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: ProjectByNamesOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let names = node.expressions().iter().map(|name| compiler.expression(name, scope)).collect();
    input.pipe(ByNames(names), node.syntax().range())
}

impl Operator for ByNames {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let mut places: Vec<usize> = Vec::new();
        for names in &self.0 {
            let names = names.value(&Row::new(), run)?;
            let texts: Vec<String> = match names.as_array() {
                Some(items) => items.iter().map(|item| item.to_text().into_owned()).collect(),
                None => vec![names.to_text().into_owned()],
            };
            for text in texts {
                let pattern = Pattern { text, order: None };
                let found = input.schema.fields.iter().enumerate();
                let found: Vec<usize> = found
                    .filter(|(place, field)| pattern.matches(&field.name) && !places.contains(place))
                    .map(|(place, _)| place)
                    .collect();
                places.extend(found);
            }
        }
        Ok(picked(input, &places))
    }
}

/// A table of some of the columns, in the order of their places.
fn picked(input: Table, places: &[usize]) -> Table {
    let fields = places.iter().filter_map(|place| input.schema.fields.get(*place).cloned());
    let schema = Schema::new(fields);
    let pick = |row: Row| places.iter().filter_map(|place| row.get(*place).cloned()).collect();
    Table::new(schema, input.rows.into_iter().map(pick).collect())
}

#[derive(Debug)]
struct Rename {
    /// New and old names.
    names: Vec<(String, String)>,
}

pub(super) fn compile_rename<'c, 'a>(
    _: &mut Compiler<'c, 'a>,
    input: Relation,
    node: ProjectRenameOperator<'a>,
    _: &mut Scope<'c, 'a>,
) -> Relation {
    let names = node
        .expressions()
        .iter()
        .filter_map(SimpleNamedExpression::cast)
        .map(|named| (name_text(named.name().syntax()), name_text(named.expression())))
        .collect();
    input.pipe(Rename { names }, node.syntax().range())
}

impl Operator for Rename {
    fn run(&self, _: &Run<'_>, mut input: Table) -> Result<Table> {
        // All at once, so that two columns can swap their names.
        let before = input.schema.clone();
        for (new, old) in &self.names {
            if let Some(field) = before.position(old).and_then(|at| input.schema.fields.get_mut(at)) {
                field.name = new.as_str().into();
            }
        }
        Ok(input)
    }
}
