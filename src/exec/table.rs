//! Rows under named columns: what operators take and return.

use std::sync::Arc;

use super::value::Value;
use crate::catalog::ScalarType;

/// What the names of columns begin with that an operator makes for itself.
pub(super) const HIDDEN: char = '\0';

/// The column with the times of ingestion, of the tables of a query that asks for them. No result has it.
pub const INGESTED: &str = "$IngestionTime";

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: ScalarType,
}

impl Field {
    /// A column.
    pub fn new(name: impl AsRef<str>, ty: ScalarType) -> Self {
        Self { name: Arc::from(name.as_ref()), ty }
    }

    /// Whether an operator made it for itself: no query can name it, and no result shows it.
    pub(super) fn is_hidden(&self) -> bool {
        self.name.starts_with(HIDDEN)
    }
}

/// The columns of a table, each with a name of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schema {
    /// The columns in order.
    pub fields: Vec<Field>,
}

impl Schema {
    /// A schema of these columns.
    pub fn new(fields: impl IntoIterator<Item = Field>) -> Self {
        Self { fields: fields.into_iter().collect() }
    }

    /// Where the column `name` stands; case counts.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| &*field.name == name)
    }

    /// Where a column goes: in the place of that of the same name, or behind all others.
    pub(super) fn place(&mut self, field: Field) -> usize {
        let place = self.position(&field.name).unwrap_or(self.len());
        match self.fields.get_mut(place) {
            Some(slot) => *slot = field,
            None => self.fields.push(field),
        }
        place
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is no column.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// `name`, or the first of `name1`, `name2` and so on that no column has.
    pub fn free_name(&self, name: &Arc<str>) -> Arc<str> {
        if self.position(name).is_none() {
            return Arc::clone(name);
        }
        let mut number = 1_u32;
        loop {
            let candidate = format!("{name}{number}");
            if self.position(&candidate).is_none() {
                return candidate.into();
            }
            number += 1;
        }
    }
}

/// The values of a row, in the order of the columns.
pub type Row = Vec<Value>;

/// Puts values into a row that has `width` columns now, each at its place.
pub(super) fn put(row: &mut Row, width: usize, places: &[usize], values: impl IntoIterator<Item = Value>) {
    row.resize(width, Value::Null);
    for (place, value) in places.iter().zip(values) {
        if let Some(slot) = row.get_mut(*place) {
            *slot = value;
        }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Its columns.
    pub schema: Schema,
    /// Its rows; each has as many values as there are columns.
    pub rows: Vec<Row>,
}

impl Table {
    /// A table.
    pub fn new(schema: Schema, rows: Vec<Row>) -> Self {
        Self { schema, rows }
    }

    /// A table without columns that has one row: what `print` computes on.
    pub fn unit() -> Self {
        Self { schema: Schema::default(), rows: vec![Row::new()] }
    }

    /// The values of a column.
    pub fn column(&self, index: usize) -> impl Iterator<Item = &Value> {
        self.rows.iter().filter_map(move |row| row.get(index))
    }

    /// An estimate of the memory that it takes, in bytes.
    pub fn size(&self) -> usize {
        self.rows.iter().flatten().map(Value::size).sum()
    }
}

/// The type of a column whose values are these, where nothing else says it: that of the first that is not null.
pub(super) fn type_of_values<'v>(values: impl IntoIterator<Item = &'v Value>) -> ScalarType {
    values.into_iter().find_map(Value::ty).unwrap_or(ScalarType::Dynamic)
}
