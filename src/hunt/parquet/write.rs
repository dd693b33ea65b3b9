//! Rows written as Parquet.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
    Int32Type, Int64Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;

use super::column::said;
use crate::catalog::ScalarType;
use crate::exec::value::{DateTime, Value};
use crate::exec::{Row, Schema};

/// The level of a row that has a value.
const PRESENT: i16 = 1;
/// The nanoseconds of a tick.
const NANOS_PER_TICK: i64 = 100;

/// Writes rows as a file of Parquet.
///
/// Times are nanoseconds, as far as these reach (1677 to 2262; other times are null); dynamic values are JSON; spans of time and decimals,
/// which have no type of their own that readers agree on, are text as KQL writes it.
pub struct ParquetWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    types: Vec<ScalarType>,
}

impl<W: Write + Send> std::fmt::Debug for ParquetWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetWriter").field("types", &self.types).finish_non_exhaustive()
    }
}

impl<W: Write + Send> ParquetWriter<W> {
    /// A file of rows with these columns.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn new(out: W, schema: &Schema) -> Result<Self, String> {
        let column = |name: &str, ty: ScalarType| {
            let (physical, logical) = stored(ty);
            Type::primitive_type_builder(name, physical)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(logical)
                .with_length(if physical == Physical::FIXED_LEN_BYTE_ARRAY { 16 } else { -1 })
                .build()
                .map(Arc::new)
        };
        let fields = schema.fields.iter().map(|field| column(&field.name, field.ty));
        let fields = fields.collect::<Result<Vec<_>, _>>().map_err(said)?;
        let root = Type::group_type_builder("rows").with_fields(fields).build().map_err(said)?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let file = SerializedFileWriter::new(out, Arc::new(root), Arc::new(properties)).map_err(said)?;
        Ok(Self { file, types: schema.fields.iter().map(|field| field.ty).collect() })
    }

    /// Writes rows as a row group.
    ///
    /// # Errors
    /// Why they cannot be written.
    pub fn write(&mut self, rows: &[Row]) -> Result<(), String> {
        let mut group = self.file.next_row_group().map_err(said)?;
        let mut types = self.types.iter().enumerate();
        while let Some(mut column) = group.next_column().map_err(said)? {
            let Some((at, ty)) = types.next() else { break };
            write_column(&mut column, *ty, rows.iter().map(|row| row.get(at).unwrap_or(&Value::Null)))?;
            column.close().map_err(said)?;
        }
        group.close().map(drop).map_err(said)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn finish(self) -> Result<(), String> {
        self.file.close().map(drop).map_err(said)
    }
}

/// How values of a type are stored.
fn stored(ty: ScalarType) -> (Physical, Option<LogicalType>) {
    match ty {
        ScalarType::Bool => (Physical::BOOLEAN, None),
        ScalarType::Int => (Physical::INT32, None),
        ScalarType::Long => (Physical::INT64, None),
        ScalarType::Real => (Physical::DOUBLE, None),
        ScalarType::DateTime => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::NANOS))),
        ScalarType::Guid => (Physical::FIXED_LEN_BYTE_ARRAY, Some(LogicalType::Uuid)),
        ScalarType::Dynamic => (Physical::BYTE_ARRAY, Some(LogicalType::Json)),
        ScalarType::String | ScalarType::Decimal | ScalarType::TimeSpan => {
            (Physical::BYTE_ARRAY, Some(LogicalType::String))
        }
    }
}

fn write_column<'v>(
    column: &mut SerializedColumnWriter<'_>,
    ty: ScalarType,
    values: impl Iterator<Item = &'v Value>,
) -> Result<(), String> {
    let text =
        |value: &Value| (!value.is_null()).then(|| ByteArray::from(value.to_text().as_bytes().to_vec()));
    match ty {
        ScalarType::Bool => batch::<BoolType>(column, values, |value| match value {
            Value::Bool(truth) => Some(*truth),
            _ => None,
        }),
        ScalarType::Int => {
            batch::<Int32Type>(column, values, |value| value.as_i64().and_then(|it| i32::try_from(it).ok()))
        }
        ScalarType::Long => batch::<Int64Type>(column, values, Value::as_i64),
        ScalarType::Real => batch::<DoubleType>(column, values, Value::as_f64),
        ScalarType::DateTime => batch::<Int64Type>(column, values, |value| match value {
            Value::DateTime(time) => nanos(*time),
            _ => None,
        }),
        ScalarType::Guid => batch::<FixedLenByteArrayType>(column, values, |value| match value {
            Value::Guid(guid) => Some(FixedLenByteArray::from(guid.as_bytes().to_vec())),
            _ => None,
        }),
        ScalarType::Dynamic => batch::<ByteArrayType>(column, values, |value| {
            (!value.is_null()).then(|| ByteArray::from(value.to_dynamic().to_json().into_bytes()))
        }),
        ScalarType::String | ScalarType::Decimal | ScalarType::TimeSpan => {
            batch::<ByteArrayType>(column, values, text)
        }
    }
}

fn batch<'v, T: DataType>(
    column: &mut SerializedColumnWriter<'_>,
    values: impl Iterator<Item = &'v Value>,
    stored: impl Fn(&Value) -> Option<T::T>,
) -> Result<(), String> {
    let (mut levels, mut held) = (Vec::new(), Vec::new());
    for value in values {
        let value = stored(value);
        levels.push(if value.is_some() { PRESENT } else { 0 });
        held.extend(value);
    }
    column.typed::<T>().write_batch(&held, Some(&levels), None).map(drop).map_err(said)
}

/// Nanoseconds since 1970, where so many can be counted.
fn nanos(time: DateTime) -> Option<i64> {
    let epoch = DateTime::from_unix_ticks(0)?;
    time.since(epoch).0.checked_mul(NANOS_PER_TICK)
}
