//! The rows that a query returns: for a person, a program, a spreadsheet.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::aligned::aligned;
use super::plan_text::{plural, printable};
use super::schema::{object, text};
use crate::exec::Table;
use crate::exec::value::{Dynamic, Value};

/// The format that [`rows_json`] writes.
pub const ROWS_JSON_FORMAT: u64 = 1;

/// A table of text, and a line of how many rows it has.
pub fn rows_text(table: &Table) -> String {
    let heads: Vec<String> = table.schema.fields.iter().map(|field| printable(&field.name)).collect();
    let rows = table.rows.iter().map(|row| row.iter().map(|value| printable(&value.to_text())).collect());
    let mut out = aligned(&std::iter::once(heads).chain(rows).collect::<Vec<Vec<String>>>());
    let count = table.rows.len();
    let _ = writeln!(out, "\n{count} {}", plural(count, "row"));
    out
}

/// The rows as one JSON document with a line end, as [`rows_json_schema`] describes it.
pub fn rows_json(table: &Table) -> String {
    let columns: Vec<Json> = table
        .schema
        .fields
        .iter()
        .map(|field| json!({ "name": &*field.name, "type": field.ty.name() }))
        .collect();
    let rows: Vec<Vec<Json>> = table.rows.iter().map(|row| row.iter().map(json_of).collect()).collect();
    format!("{:#}\n", json!({ "format": ROWS_JSON_FORMAT, "columns": columns, "rows": rows }))
}

/// The JSON Schema of what [`rows_json`] writes.
pub fn rows_json_schema() -> Json {
    let column = object(
        json!({
            "name": text("The name of the column."),
            "type": text("Its type in KQL: `string`, `long`, `datetime` and so on."),
        }),
        &["name", "type"],
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What a query returned, as `picket kql run` writes it",
        "type": "object",
        "properties": {
            "format": { "const": ROWS_JSON_FORMAT },
            "columns": { "type": "array", "items": column },
            "rows": {
                "type": "array",
                "items": { "type": "array" },
                "description": "The values of each row in the order of the columns; times, spans and decimals as text.",
            },
        },
        "required": ["format", "columns", "rows"],
    })
}

/// The rows as CSV with a line of names.
pub fn rows_csv(table: &Table) -> String {
    let names: Vec<&str> = table.schema.fields.iter().map(|field| &*field.name).collect();
    let mut out = crate::text::csv::line(names);
    out.push('\n');
    for row in &table.rows {
        let cells: Vec<_> = row.iter().map(Value::to_text).collect();
        out.push_str(&crate::text::csv::line(cells.iter().map(|cell| &**cell)));
        out.push('\n');
    }
    out
}

/// A value as JSON has it.
fn json_of(value: &Value) -> Json {
    value.as_dynamic().map_or_else(|| value.to_cell(), json_of_dynamic)
}

fn json_of_dynamic(value: &Dynamic) -> Json {
    match value {
        Dynamic::Array(items) => items.iter().map(json_of_dynamic).collect(),
        Dynamic::Bag(entries) => Json::Object(
            entries.iter().map(|(name, value)| (name.to_string(), json_of_dynamic(value))).collect(),
        ),
        scalar => scalar.scalar().map_or(Json::Null, |scalar| json_of(&scalar)),
    }
}
