//! `union`: the rows of several tables.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::Operator;
use crate::catalog::ScalarType;
use crate::exec::compile::{Compiler, Scope, name_text};
use crate::exec::error::Result;
use crate::exec::outline::Step;
use crate::exec::relation::{Relation, RelationKind, Scan, ScanSource};
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table};
use crate::exec::value::Value;
use crate::kql::bind::{Function, Symbol, Type};
use crate::kql::syntax::nodes::{
    AsOperator, FunctionCall, ParenthesizedExpression, PipeExpression, UnionOperator,
};
use crate::kql::syntax::{Node, NodeKind, View};
use crate::text::TextRange;

/// `union`
#[derive(Debug)]
pub(in crate::exec) struct Union {
    /// The name of the input, whose rows come first, where the operator stands behind a pipe.
    piped: Option<String>,
    tables: Vec<Member>,
    /// Whether only columns that all tables have are returned.
    inner: bool,
    /// The column that names the table of each row.
    source: Option<String>,
}

/// A table among several.
#[derive(Debug)]
pub(super) struct Member {
    /// The name by which results call it.
    pub(super) name: String,
    pub(super) relation: Relation,
    /// Whether a pattern stands for it, so that the workspace may lack it.
    matched: bool,
}

pub(super) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: UnionOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let range = node.syntax().range();
    let piped = scope.sense.columns_before(node.syntax()).is_some();
    let fuzzy = compiler
        .parameter_word(node.parameters().iter(), "isfuzzy")
        .is_some_and(|fuzzy| fuzzy.eq_ignore_ascii_case("true"));
    // What is not there is passed over where the query says so.
    let expressions = node.expressions().iter().filter(|expression| !fuzzy || is_there(*expression, scope));
    let expressions: Vec<Node<'a>> = expressions.collect();
    let unnamed = |place: usize| format!("union_arg{}", place + usize::from(piped));
    let tables = members(compiler, expressions.into_iter(), unnamed, scope);
    let tables =
        tables.into_iter().map(|member| Member { relation: member.relation.pruned(), ..member }).collect();
    let parameter = |names: [&str; 2]| {
        names.iter().find_map(|name| compiler.parameter_word(node.parameters().iter(), name))
    };
    let union = Union {
        piped: piped.then(|| table_name(&input).unwrap_or_else(|| "union_arg0".to_owned())),
        tables,
        inner: parameter(["kind", "kind"]).is_some_and(|kind| kind == "inner"),
        source: parameter(["withsource", "with_source"]),
    };
    input.pipe(union, range)
}

/// The rows of several relations, one after the other.
pub(in crate::exec) fn union_of(first: Relation, rest: Vec<Relation>, range: TextRange) -> Relation {
    let tables = rest
        .into_iter()
        .map(|relation| Member { name: String::new(), relation: relation.pruned(), matched: false })
        .collect();
    first.pipe(Union { piped: Some(String::new()), tables, inner: false, source: None }, range)
}

/// The name by which `withsource` calls a table of the workspace.
fn table_name(relation: &Relation) -> Option<String> {
    match &relation.kind {
        RelationKind::Scan(Scan { source: ScanSource::Table(name), .. }) => Some(name.to_string()),
        RelationKind::Scan(scan) => Some(scan.source.to_string()),
        _ => None,
    }
}

/// The tables that expressions stand for, with the names by which results call them; `unnamed` names one without by its
/// place.
pub(super) fn members<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    expressions: impl Iterator<Item = Node<'a>>,
    unnamed: impl Fn(usize) -> String,
    scope: &mut Scope<'c, 'a>,
) -> Vec<Member> {
    let mut tables = Vec::new();
    for expression in expressions {
        if let Some(Type::Group(members)) = scope.sense.type_of(expression) {
            // A pattern stands for every table of the catalog that it matches.
            for member in members {
                match member {
                    Symbol::Type(Type::Table(table)) => {
                        let relation = compiler.scan(table, expression.range());
                        tables.push(Member { name: table.name.to_owned(), relation, matched: true });
                    }
                    Symbol::Type(Type::Function(view)) => {
                        tables.extend(viewed(compiler, view, expression, scope));
                    }
                    _ => {}
                }
            }
            continue;
        }
        if let Some(Symbol::Type(Type::Function(view))) = scope.sense.symbol(expression)
            && name_text(expression).contains('*')
        {
            tables.extend(viewed(compiler, view, expression, scope));
            continue;
        }
        let relation = compiler.table(expression, scope, None);
        let name = member_name(&relation, expression).unwrap_or_else(|| unnamed(tables.len()));
        tables.push(Member { name, relation, matched: false });
    }
    tables
}

/// The rows of a view of the query, under its name.
pub(super) fn viewed<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    view: &Function<'a>,
    expression: Node<'a>,
    scope: &Scope<'c, 'a>,
) -> Option<Member> {
    let relation = compiler.view(view, scope);
    if relation.is_none() {
        compiler.unsupported(expression.range(), format!("the view `{}` by a pattern", view.name));
    }
    Some(Member { name: view.name.to_owned(), relation: relation?, matched: false })
}

/// Whether a query has rows to begin with: the table at its start is known.
fn is_there(expression: Node<'_>, scope: &Scope<'_, '_>) -> bool {
    let mut source = expression;
    loop {
        if let Some(inner) = ParenthesizedExpression::cast(source) {
            source = inner.expression();
        } else if let Some(pipe) = PipeExpression::cast(source) {
            source = pipe.expression();
        } else {
            let called = matches!(source.kind(), NodeKind::NameReference | NodeKind::FunctionCall);
            // The binder gives what is passed over a table without a name, of which nothing is known.
            return match scope.sense.type_of(source) {
                Some(Type::Table(table)) => {
                    !called || !table.open || !table.name.is_empty() || !table.columns().is_empty()
                }
                ty => ty.is_some_and(|ty| !ty.is_error()),
            };
        }
    }
}

/// The name by which `withsource` calls a member: that of a table, a view, a variable.
fn member_name(relation: &Relation, expression: Node<'_>) -> Option<String> {
    table_name(relation).or_else(|| match expression.kind() {
        NodeKind::NameReference => Some(name_text(expression)),
        NodeKind::FunctionCall => FunctionCall::cast(expression).map(|call| name_text(call.name().syntax())),
        NodeKind::ParenthesizedExpression => {
            ParenthesizedExpression::cast(expression).and_then(|inner| given_name(inner.expression()))
        }
        _ => None,
    })
}

/// The name that a query gives its rows at its end: `… | as Name`.
fn given_name(query: Node<'_>) -> Option<String> {
    let last = AsOperator::cast(PipeExpression::cast(query)?.operator())?;
    Some(name_text(last.name().syntax()))
}

/// Rows under the columns of several tables: a column for each name, or for each name and type where a name has several.
pub(in crate::exec) fn united(tables: &[(String, Arc<Table>)], inner: bool, source: Option<&str>) -> Table {
    united_with(tables, inner, source, |_| false)
}

/// The same, where some tables may not be there: such a table gives no column a second type.
fn united_with(
    tables: &[(String, Arc<Table>)],
    inner: bool,
    source: Option<&str>,
    absent: impl Fn(usize) -> bool,
) -> Table {
    let mut names: IndexMap<Arc<str>, (usize, Vec<ScalarType>)> = IndexMap::new();
    let mut guesses: HashMap<Arc<str>, ScalarType> = HashMap::new();
    for (index, (_, table)) in tables.iter().enumerate() {
        for field in &table.schema.fields {
            let (count, types) = names.entry(Arc::clone(&field.name)).or_default();
            *count += 1;
            if absent(index) {
                guesses.entry(Arc::clone(&field.name)).or_insert(field.ty);
            } else if !types.contains(&field.ty) {
                types.push(field.ty);
            }
        }
    }
    for (name, (_, types)) in &mut names {
        if types.is_empty() {
            types.extend(guesses.get(name));
        }
    }
    if inner {
        names.retain(|_, (count, _)| *count == tables.len());
    }
    // A name with a type behind it makes way for a column that has this name by itself.
    let mut taken = Schema::new(
        names
            .iter()
            .filter(|(_, (_, types))| types.len() == 1)
            .map(|(name, _)| Field::new(name, ScalarType::Dynamic)),
    );
    let mut fields = Vec::new();
    let mut origins: Vec<(Arc<str>, ScalarType)> = Vec::new();
    for (name, (_, types)) in &names {
        for ty in types {
            let shown = if types.len() == 1 {
                Arc::clone(name)
            } else {
                taken.free_name(&format!("{name}_{}", ty.name()).into())
            };
            if types.len() > 1 {
                taken.fields.push(Field { name: Arc::clone(&shown), ty: *ty });
            }
            fields.push(Field { name: shown, ty: *ty });
            origins.push((Arc::clone(name), *ty));
        }
    }
    // `union *` has thousands of tables and of columns: nothing is looked up by going through them.
    let places: HashMap<&(Arc<str>, ScalarType), usize> =
        origins.iter().enumerate().map(|(place, origin)| (origin, place)).collect();
    let mut rows = Vec::new();
    for (label, table) in tables {
        if table.rows.is_empty() {
            continue;
        }
        let mut slots: Vec<Option<usize>> = vec![None; origins.len()];
        for (at, field) in table.schema.fields.iter().enumerate() {
            let place = places.get(&(Arc::clone(&field.name), field.ty));
            if let Some(slot) = place.and_then(|place| slots.get_mut(*place)) {
                slot.get_or_insert(at);
            }
        }
        for row in &table.rows {
            let cell = |(slot, (_, ty)): (&Option<usize>, &(Arc<str>, ScalarType))| match slot {
                Some(at) => row.get(*at).cloned().unwrap_or(Value::Null),
                None => Value::missing(*ty),
            };
            let values = slots.iter().zip(&origins).map(cell);
            let label = source.map(|_| Value::string(label));
            rows.push(label.into_iter().chain(values).collect::<Row>());
        }
    }
    let first = source.map(|name| Field::new(name, ScalarType::String));
    Table::new(Schema::new(first.into_iter().chain(fields)), rows)
}

impl Operator for Union {
    fn run(&self, run: &Run<'_>, input: Table) -> Result<Table> {
        let mut tables = Vec::new();
        let mut absent = Vec::new();
        if let Some(name) = &self.piped {
            tables.push((name.clone(), Arc::new(input)));
            absent.push(false);
        }
        for member in &self.tables {
            let table = member.relation.table(run)?;
            absent.push(member.matched && table.rows.is_empty());
            tables.push((member.name.clone(), table));
        }
        let absent = |index: usize| absent.get(index).copied().unwrap_or(false);
        Ok(united_with(&tables, self.inner, self.source.as_deref(), absent))
    }

    fn outline(&self, input: Step) -> Step {
        let first = self.piped.as_ref().map(|_| input);
        Step::Union(
            first.into_iter().chain(self.tables.iter().map(|member| member.relation.outline())).collect(),
        )
    }
}
