//! Schemas in the JSON that `picket kql answers` takes: large, made by programs, so read without places.

use serde::Deserialize;

use super::super::catalog::StoredFunction;
use super::super::tables::{Column, ProductSet, Table, TableKind};
use super::functions::in_brackets;
use super::intern;
use crate::catalog::ScalarType;

/// Why a schema cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the schema is not JSON of the expected shape: {0}")]
pub struct SchemaError(#[from] serde_json::Error);

#[derive(Deserialize)]
struct Schema<'t> {
    #[serde(borrow)]
    tables: Vec<SchemaTable<'t>>,
}

#[derive(Deserialize)]
struct SchemaTable<'t> {
    #[serde(borrow)]
    name: std::borrow::Cow<'t, str>,
    #[serde(borrow)]
    columns: Vec<(std::borrow::Cow<'t, str>, std::borrow::Cow<'t, str>)>,
}

#[derive(Deserialize)]
struct Function {
    name: String,
    #[serde(default)]
    parameters: String,
    body: String,
}

/// The tables of `{"tables": [{"name": "T", "columns": [["a", "string"]]}]}`. A type that is none of KQL's is read as
/// `dynamic`, and a column without a name, or of the name of one before it, is left out.
///
/// # Errors
/// When it is not JSON of that shape.
pub fn tables_from_json(text: &str) -> Result<Vec<Table>, SchemaError> {
    let schema: Schema<'_> = serde_json::from_str(text)?;
    let column = |(name, scalar): &(std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| Column {
        name: intern::name(name),
        scalar: ScalarType::from_name(scalar).unwrap_or(ScalarType::Dynamic),
        products: ProductSet::ALL,
    };
    let columns = |table: &SchemaTable<'_>| {
        let mut seen = foldhash::HashSet::default();
        table
            .columns
            .iter()
            .map(column)
            .filter(|column| !column.name.is_empty() && seen.insert(column.name))
            .collect()
    };
    let tables = schema.tables.iter().map(|table| Table {
        name: intern::name(&table.name),
        columns: columns(table),
        open: false,
        products: ProductSet::ALL,
        kind: TableKind::Project,
        basic_logs: false,
    });
    Ok(tables.collect())
}

/// The functions of `[{"name": "F", "parameters": "(a: long)", "body": "{ T }"}]`.
///
/// # Errors
/// When it is not JSON of that shape.
pub fn functions_from_json(text: &str) -> Result<Vec<StoredFunction>, SchemaError> {
    let functions: Vec<Function> = serde_json::from_str(text)?;
    let functions = functions.into_iter().map(|function| StoredFunction {
        name: intern::name(&function.name),
        parameters: in_brackets(&function.parameters),
        body: function.body,
    });
    Ok(functions.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_tables_and_functions() {
        let tables = tables_from_json(
            r#"{"tables":[{"name":"T","columns":[["a","long"],["b","odd"],["a","int"],["","int"]]}]}"#,
        )
        .unwrap();
        let columns: Vec<_> = tables[0].columns.iter().map(|column| (column.name, column.scalar)).collect();
        assert_eq!(columns, [("a", ScalarType::Long), ("b", ScalarType::Dynamic)]);
        let functions =
            functions_from_json(r#"[{"name":"F","parameters":"(a:long)","body":"{ T }"}]"#).unwrap();
        assert_eq!((functions[0].name, functions[0].parameters.as_str()), ("F", "(a:long)"));
        assert!(tables_from_json("{}").is_err());
    }
}
