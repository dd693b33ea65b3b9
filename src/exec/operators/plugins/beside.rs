//! Rows of a table put behind those of the input that they belong to: what lookups by more than equal keys return.

use crate::catalog::ScalarType;
use crate::exec::table::{Field, Row, Schema, Table};
use crate::exec::value::Value;

/// A lookup under way.
pub(super) struct Beside {
    schema: Schema,
    /// Where the columns stand in the table that is looked up, and their types.
    kept: Vec<(usize, ScalarType)>,
    /// Whether rows of the input for which nothing is found are returned, too.
    unmatched: bool,
    rows: Vec<Row>,
}

impl Beside {
    /// A lookup in `table`, of which the columns that `keeps` names come behind those of `input`.
    pub(super) fn new(
        input: &Schema,
        table: &Schema,
        keeps: impl Fn(usize, &Field) -> bool,
        unmatched: bool,
    ) -> Self {
        let mut schema = input.clone();
        let mut kept = Vec::new();
        for (place, field) in table.fields.iter().enumerate().filter(|(place, field)| keeps(*place, field)) {
            let name = schema.free_name(&field.name);
            schema.fields.push(Field { name, ty: field.ty });
            kept.push((place, field.ty));
        }
        Self { schema, kept, unmatched, rows: Vec::new() }
    }

    /// Adds a row of the input with the rows of the table that were found for it.
    pub(super) fn add<'r>(&mut self, row: &Row, found: impl IntoIterator<Item = &'r Row>) {
        let before = self.rows.len();
        for known in found {
            let values = self.kept.iter().map(|(place, _)| known.get(*place).cloned().unwrap_or(Value::Null));
            self.rows.push(row.iter().cloned().chain(values).collect());
        }
        if self.unmatched && self.rows.len() == before {
            let values = self.kept.iter().map(|(_, ty)| Value::missing(*ty));
            self.rows.push(row.iter().cloned().chain(values).collect());
        }
    }

    /// All rows.
    pub(super) fn finish(self) -> Table {
        Table::new(self.schema, self.rows)
    }
}
