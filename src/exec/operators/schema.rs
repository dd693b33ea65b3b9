//! `getschema` and `assert-schema`: the columns of rows as rows, and a check of them.

use super::Operator;
use crate::catalog::ScalarType;
use crate::exec::compile::{Compiler, Scope, name_text, row_schema};
use crate::exec::error::{Result, RunError};
use crate::exec::functions::count;
use crate::exec::relation::Relation;
use crate::exec::run::Run;
use crate::exec::table::{Field, Row, Schema, Table};
use crate::exec::value::Value;
use crate::kql::syntax::View;
use crate::kql::syntax::nodes::{AssertSchemaOperator, GetSchemaOperator};
use crate::text::TextRange;

#[derive(Debug)]
struct GetSchema {
    /// Whether the schema is wanted as one text.
    text: bool,
}

pub(super) fn compile<'c, 'a>(
    _: &mut Compiler<'c, 'a>,
    input: Relation,
    node: GetSchemaOperator<'a>,
    _: &mut Scope<'c, 'a>,
) -> Relation {
    let text = node.kind().is_some_and(|kind| name_text(kind.expression()) == "csl");
    input.pipe(GetSchema { text }, node.syntax().range())
}

/// The name of the type in .NET, as the service says it.
fn runtime_name(ty: ScalarType) -> &'static str {
    match ty {
        ScalarType::Bool => "System.SByte",
        ScalarType::Int => "System.Int32",
        ScalarType::Long => "System.Int64",
        ScalarType::Real => "System.Double",
        ScalarType::Decimal => "System.Data.SqlTypes.SqlDecimal",
        ScalarType::String => "System.String",
        ScalarType::DateTime => "System.DateTime",
        ScalarType::TimeSpan => "System.TimeSpan",
        ScalarType::Guid => "System.Guid",
        ScalarType::Dynamic => "System.Object",
    }
}

impl Operator for GetSchema {
    fn run(&self, _: &Run<'_>, input: Table) -> Result<Table> {
        let fields = &input.schema.fields;
        if self.text {
            let columns: Vec<String> =
                fields.iter().map(|field| format!("{}:{}", field.name, field.ty.name())).collect();
            let schema = Schema::new([Field::new("Schema", ScalarType::String)]);
            return Ok(Table::new(schema, vec![vec![Value::string(columns.join(","))]]));
        }
        let row = |(index, field): (usize, &Field)| -> Row {
            vec![
                Value::string(&field.name),
                count(index),
                Value::string(runtime_name(field.ty)),
                Value::string(field.ty.name()),
            ]
        };
        let schema = Schema::new([
            Field::new("ColumnName", ScalarType::String),
            Field::new("ColumnOrdinal", ScalarType::Long),
            Field::new("DataType", ScalarType::String),
            Field::new("ColumnType", ScalarType::String),
        ]);
        Ok(Table::new(schema, fields.iter().enumerate().map(row).collect()))
    }
}

#[derive(Debug)]
struct AssertSchema {
    expected: Schema,
    range: TextRange,
}

pub(super) fn compile_assert<'c, 'a>(
    _: &mut Compiler<'c, 'a>,
    input: Relation,
    node: AssertSchemaOperator<'a>,
    _: &mut Scope<'c, 'a>,
) -> Relation {
    let range = node.syntax().range();
    input.pipe(AssertSchema { expected: row_schema(node.schema()), range }, range)
}

impl Operator for AssertSchema {
    fn run(&self, _: &Run<'_>, input: Table) -> Result<Table> {
        if input.schema == self.expected {
            return Ok(input);
        }
        let list = |schema: &Schema| {
            let columns: Vec<String> =
                schema.fields.iter().map(|field| format!("{}: {}", field.name, field.ty.name())).collect();
            columns.join(", ")
        };
        let message = format!(
            "the rows have the columns ({}), `assert-schema` wants ({})",
            list(&input.schema),
            list(&self.expected)
        );
        Err(RunError::new(self.range, message))
    }
}
