//! `union`: the rows of several tables.

use std::sync::Arc;

use super::Operator;
use crate::catalog::ScalarType;
use crate::exec::compile::{Compiler, Scope, name_text};
use crate::exec::error::Result;
use crate::exec::outline::Step;
use crate::exec::relation::{Relation, RelationKind, ScanSource};
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table};
use crate::exec::value::Value;
use crate::kql::bind::{Symbol, Type};
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::UnionOperator;

/// `union`
#[derive(Debug)]
pub(in crate::exec) struct Union {
    /// Whether the rows of the input come first: it stands behind a pipe.
    piped: bool,
    tables: Vec<Member>,
    /// Whether only columns that all tables have are returned.
    inner: bool,
    /// The column that names the table of each row.
    source: Option<String>,
}

#[derive(Debug)]
struct Member {
    name: String,
    relation: Arc<Relation>,
}

pub(super) fn compile<'c, 'a>(
    compiler: &mut Compiler<'c, 'a>,
    input: Relation,
    node: UnionOperator<'a>,
    scope: &mut Scope<'c, 'a>,
) -> Relation {
    let range = node.syntax().range();
    let piped = scope.sense.columns_before(node.syntax()).is_some();
    let mut tables = Vec::new();
    for expression in node.expressions().iter() {
        if let Some(Type::Group(members)) = scope.sense.type_of(expression) {
            // A pattern stands for every table of the catalog that it matches.
            for member in members {
                if let Symbol::Type(Type::Table(table)) = member {
                    let relation = Arc::new(compiler.scan(table, expression.range()));
                    tables.push(Member { name: table.name.to_owned(), relation });
                }
            }
            continue;
        }
        let relation = compiler.table(expression, scope, None);
        let name = match &relation.kind {
            RelationKind::Scan(scan) => match &scan.source {
                ScanSource::Table(name) => name.to_string(),
                source => source.to_string(),
            },
            RelationKind::Shared(_) => name_text(expression),
            _ => format!("union_arg{}", tables.len()),
        };
        tables.push(Member { name, relation: Arc::new(relation) });
    }
    let parameter = |names: [&str; 2]| {
        names.iter().find_map(|name| compiler.parameter_word(node.parameters().iter(), name))
    };
    let union = Union {
        piped,
        tables,
        inner: parameter(["kind", "kind"]).is_some_and(|kind| kind == "inner"),
        source: parameter(["withsource", "with_source"]),
    };
    input.pipe(union, range)
}

/// Rows under the columns of several tables: a column for each name, or for each name and type where a name has several.
pub(in crate::exec) fn united(tables: &[(String, Arc<Table>)], inner: bool, source: Option<&str>) -> Table {
    let mut names: Vec<(Arc<str>, Vec<ScalarType>)> = Vec::new();
    for (_, table) in tables {
        for field in &table.schema.fields {
            match names.iter_mut().find(|(name, _)| *name == field.name) {
                Some((_, types)) if types.contains(&field.ty) => {}
                Some((_, types)) => types.push(field.ty),
                None => names.push((Arc::clone(&field.name), vec![field.ty])),
            }
        }
    }
    if inner {
        names.retain(|(name, _)| tables.iter().all(|(_, table)| table.schema.position(name).is_some()));
    }
    let mut fields = Vec::new();
    let mut origins: Vec<(Arc<str>, ScalarType)> = Vec::new();
    for (name, types) in names {
        for ty in &types {
            let shown =
                if types.len() == 1 { Arc::clone(&name) } else { format!("{name}_{}", ty.name()).into() };
            fields.push(Field { name: shown, ty: *ty });
            origins.push((Arc::clone(&name), *ty));
        }
    }
    let mut rows = Vec::new();
    for (label, table) in tables {
        let slots: Vec<Option<usize>> = origins
            .iter()
            .map(|(name, ty)| {
                let at = table.schema.position(name)?;
                (table.schema.fields.get(at)?.ty == *ty).then_some(at)
            })
            .collect();
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
        if self.piped {
            tables.push(("union_arg0".to_owned(), Arc::new(input)));
        }
        for member in &self.tables {
            tables.push((member.name.clone(), member.relation.table(run)?));
        }
        Ok(united(&tables, self.inner, self.source.as_deref()))
    }

    fn outline(&self, input: Step) -> Step {
        let first = self.piped.then_some(input);
        Step::Union(
            first.into_iter().chain(self.tables.iter().map(|member| member.relation.outline())).collect(),
        )
    }
}
