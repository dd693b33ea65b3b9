//! Columns that are read as a whole for a row group: of encodings that are seldom, and of lists, maps and groups.

use std::fs::File;
use std::sync::Arc;

use indexmap::IndexMap;
use parquet::basic::Type as Physical;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::DataType;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::reader::{FileReader, SerializedFileReader, SerializedPageReader};
use parquet::file::serialized_reader::ReadOptionsBuilder;
use parquet::record::{Field, List, Map, Row};
use parquet::schema::types::Type;
use rust_decimal::Decimal;

use super::column::{misfit, said};
use super::kind::{Kind, Raw};
use crate::exec::value::{DateTime, Dynamic, TICKS_PER_DAY, TimeSpan, Value};

/// The values of a flat column; nothing for one that is out of range.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn flat(
    file: &Arc<File>,
    meta: &ColumnChunkMetaData,
    rows: usize,
) -> Result<Vec<Option<Value>>, String> {
    let pages = SerializedPageReader::new(Arc::clone(file), meta, rows, None).map_err(said)?;
    let column = meta.column_descr_ptr();
    let (kind, full) = (Kind::of(&column), column.max_def_level());
    let of = |raw: Raw<'_>, physical: Physical| kind.value(raw, physical);
    match get_column_reader(column, Box::new(pages)) {
        ColumnReader::BoolColumnReader(reader) => all(reader, rows, full, |value| Some(Value::Bool(*value))),
        ColumnReader::Int32ColumnReader(reader) => {
            all(reader, rows, full, |value| of(Raw::Whole(i64::from(*value)), Physical::INT32))
        }
        ColumnReader::Int64ColumnReader(reader) => {
            all(reader, rows, full, |value| of(Raw::Whole(*value), Physical::INT64))
        }
        ColumnReader::Int96ColumnReader(reader) => all(reader, rows, full, |value| {
            let bytes: Vec<u8> = value.data().iter().flat_map(|word| word.to_le_bytes()).collect();
            of(Raw::Bytes(&bytes), Physical::INT96)
        }),
        ColumnReader::FloatColumnReader(reader) => {
            all(reader, rows, full, |value| Some(Value::Real(f64::from(*value))))
        }
        ColumnReader::DoubleColumnReader(reader) => {
            all(reader, rows, full, |value| Some(Value::Real(*value)))
        }
        ColumnReader::ByteArrayColumnReader(reader) => {
            all(reader, rows, full, |value| of(Raw::Bytes(value.data()), Physical::BYTE_ARRAY))
        }
        ColumnReader::FixedLenByteArrayColumnReader(reader) => {
            all(reader, rows, full, |value| of(Raw::Bytes(value.data()), Physical::FIXED_LEN_BYTE_ARRAY))
        }
    }
}

fn all<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    rows: usize,
    full: i16,
    value: impl Fn(&T::T) -> Option<Value>,
) -> Result<Vec<Option<Value>>, String> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    while values.len() + levels.iter().filter(|level| **level != full).count() < rows {
        let levels = (full > 0).then_some(&mut levels);
        let (read, ..) = reader.read_records(rows, levels, None, &mut values).map_err(said)?;
        if read == 0 {
            return Err(misfit());
        }
    }
    let mut values = values.iter();
    if full == 0 {
        return Ok(values.map(value).collect());
    }
    let cell = |level: &i16| if *level == full { values.next().and_then(&value) } else { Some(Value::Null) };
    Ok(levels.iter().map(cell).collect())
}

/// The values of a column of lists, maps or groups, as dynamic ones.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn nested(file: &File, root: &Type, group: usize) -> Result<Vec<Option<Value>>, String> {
    let file = file.try_clone().map_err(|error| error.to_string())?;
    let options = ReadOptionsBuilder::new().build();
    let reader = SerializedFileReader::new_with_options(file, options).map_err(said)?;
    let schema = reader.metadata().file_metadata().schema();
    let projection =
        Type::group_type_builder(schema.name()).with_fields(vec![Arc::new(root.clone())]).build();
    let rows = reader.get_row_group(group).map_err(said)?;
    let rows = rows.get_row_iter(Some(projection.map_err(said)?)).map_err(said)?;
    rows.map(|row| {
        let row = row.map_err(said)?;
        let field = row.get_column_iter().next().map_or(Dynamic::Null, |(_, field)| dynamic(field));
        Ok(Some(Value::dynamic(field)))
    })
    .collect()
}

/// The root of a file's column of this name.
pub(super) fn root<'m>(meta: &'m ParquetMetaData, name: &str) -> Option<&'m Type> {
    let fields = meta.file_metadata().schema().get_fields();
    fields.iter().map(AsRef::as_ref).find(|field: &&Type| field.name() == name)
}

fn dynamic(field: &Field) -> Dynamic {
    let time = |ticks: Option<i64>| {
        ticks.and_then(DateTime::from_unix_ticks).map_or(Dynamic::Null, Dynamic::DateTime)
    };
    match field {
        Field::Null => Dynamic::Null,
        Field::Bool(truth) => Dynamic::Bool(*truth),
        Field::Byte(number) => Dynamic::Long(i64::from(*number)),
        Field::Short(number) => Dynamic::Long(i64::from(*number)),
        Field::Int(number) => Dynamic::Long(i64::from(*number)),
        Field::Long(number) => Dynamic::Long(*number),
        Field::UByte(number) => Dynamic::Long(i64::from(*number)),
        Field::UShort(number) => Dynamic::Long(i64::from(*number)),
        Field::UInt(number) => Dynamic::Long(i64::from(*number)),
        Field::ULong(number) => {
            i64::try_from(*number).map_or_else(|_| Dynamic::Decimal(Decimal::from(*number)), Dynamic::Long)
        }
        Field::Float16(number) => Dynamic::Real(number.to_f64()),
        Field::Float(number) => Dynamic::Real(f64::from(*number)),
        Field::Double(number) => Dynamic::Real(*number),
        Field::Decimal(number) => {
            let scale = u32::try_from(number.scale()).unwrap_or(0);
            let kind = Kind::Decimal(scale);
            let value = kind.value(Raw::Bytes(number.data()), Physical::BYTE_ARRAY);
            value.map_or(Dynamic::Null, |value| value.to_dynamic())
        }
        Field::Str(text) => Dynamic::string(text),
        Field::Bytes(bytes) => Dynamic::string(String::from_utf8_lossy(bytes.data())),
        Field::Date(days) => time(i64::from(*days).checked_mul(TICKS_PER_DAY)),
        Field::TimeMillis(count) => Dynamic::TimeSpan(TimeSpan(i64::from(*count) * 10_000)),
        Field::TimeMicros(count) => Dynamic::TimeSpan(TimeSpan(count.saturating_mul(10))),
        Field::TimestampMillis(count) => time(count.checked_mul(10_000)),
        Field::TimestampMicros(count) => time(count.checked_mul(10)),
        Field::Group(row) => of_group(row),
        Field::ListInternal(list) => of_list(list),
        Field::MapInternal(map) => of_map(map),
    }
}

fn of_group(row: &Row) -> Dynamic {
    let fields = row.get_column_iter().map(|(name, field)| (Arc::from(name.as_str()), dynamic(field)));
    Dynamic::Bag(fields.collect::<IndexMap<Arc<str>, Dynamic>>())
}

fn of_list(list: &List) -> Dynamic {
    Dynamic::Array(list.elements().iter().map(dynamic).collect())
}

fn of_map(map: &Map) -> Dynamic {
    let entries = map.entries().iter().map(|(key, value)| {
        let key = match dynamic(key) {
            Dynamic::String(text) => text,
            other => Arc::from(other.to_text().as_ref()),
        };
        (key, dynamic(value))
    });
    Dynamic::Bag(entries.collect::<IndexMap<Arc<str>, Dynamic>>())
}
