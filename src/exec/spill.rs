//! Rows that wait outside of memory: how values are written as bytes, and where these are kept.

use std::io::Read;
use std::sync::Arc;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::table::Row;
use super::value::{DateTime, Dynamic, TimeSpan, Value};

/// A place for bytes outside of memory, in numbered parts.
pub trait Scratch: Send {
    /// Puts bytes behind those of a part.
    ///
    /// # Errors
    ///
    /// Why they cannot be kept, in one sentence.
    fn append(&mut self, part: usize, bytes: &[u8]) -> Result<(), String>;

    /// Reads a part from its beginning; nothing is put behind it any more.
    ///
    /// # Errors
    ///
    /// Why it cannot be read, in one sentence.
    fn open(&mut self, part: usize) -> Result<Box<dyn Read>, String>;
}

/// How many bytes a row may have, so that a damaged length takes no memory.
const MAX_ROW: u32 = 1 << 30;

/// The tag of an `int`: as a dynamic value it would be a `long`.
const INT: u8 = 2;
/// The tag before a value that is dynamic, scalars among them.
const DYNAMIC: u8 = 10;

/// Writes a row behind others.
pub(super) fn write(row: &[Value], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend([0; 4]);
    for value in row {
        write_value(value, out);
    }
    let length = u32::try_from(out.len() - start - 4).unwrap_or(u32::MAX);
    if let Some(slot) = out.get_mut(start..start + 4) {
        slot.copy_from_slice(&length.to_le_bytes());
    }
}

/// Reads the next row; nothing behind the last.
pub(super) fn read(from: &mut dyn Read) -> Result<Option<Row>, String> {
    let failed = |error: std::io::Error| format!("rows that were put aside cannot be read: {error}");
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(failed(error)),
    }
    let length = u32::from_le_bytes(length);
    if length > MAX_ROW {
        return Err(damaged());
    }
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
    from.read_exact(&mut bytes).map_err(failed)?;
    let mut rest = &bytes[..];
    let mut row = Row::new();
    while !rest.is_empty() {
        row.push(read_value(&mut rest).ok_or_else(damaged)?);
    }
    Ok(Some(row))
}

fn damaged() -> String {
    "rows that were put aside are damaged".to_owned()
}

/// Writes what is not dynamic as the dynamic value that it would be; what that does not tell has a tag of its own.
fn write_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Int(number) => tagged(INT, &number.to_le_bytes(), out),
        Value::Dynamic(held) => {
            out.push(DYNAMIC);
            write_dynamic(held, out);
        }
        value => write_dynamic(&value.to_dynamic(), out),
    }
}

fn write_dynamic(value: &Dynamic, out: &mut Vec<u8>) {
    match value {
        Dynamic::Null => out.push(0),
        Dynamic::Bool(truth) => out.extend([1, u8::from(*truth)]),
        Dynamic::Long(number) => tagged(3, &number.to_le_bytes(), out),
        Dynamic::Real(number) => tagged(4, &number.to_le_bytes(), out),
        Dynamic::Decimal(number) => tagged(5, &number.serialize(), out),
        Dynamic::String(text) => text_of(6, text, out),
        Dynamic::DateTime(time) => tagged(7, &time.ticks().to_le_bytes(), out),
        Dynamic::TimeSpan(span) => tagged(8, &span.0.to_le_bytes(), out),
        Dynamic::Guid(guid) => tagged(9, guid.as_bytes(), out),
        Dynamic::Array(items) => {
            tagged(11, &length(items.len()), out);
            items.iter().for_each(|item| write_dynamic(item, out));
        }
        Dynamic::Bag(entries) => {
            tagged(12, &length(entries.len()), out);
            for (name, value) in entries {
                text_of(6, name, out);
                write_dynamic(value, out);
            }
        }
    }
}

fn tagged(tag: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(bytes);
}

fn text_of(tag: u8, text: &str, out: &mut Vec<u8>) {
    tagged(tag, &length(text.len()), out);
    out.extend_from_slice(text.as_bytes());
}

fn length(count: usize) -> [u8; 4] {
    u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes()
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}

fn take_length(rest: &mut &[u8]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(take(rest)?)).ok()
}

fn take_text(rest: &mut &[u8]) -> Option<Arc<str>> {
    let length = take_length(rest)?;
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    std::str::from_utf8(head).ok().map(Arc::from)
}

fn read_value(rest: &mut &[u8]) -> Option<Value> {
    match *rest.first()? {
        INT => {
            take::<1>(rest)?;
            Some(Value::Int(i32::from_le_bytes(take(rest)?)))
        }
        DYNAMIC => {
            take::<1>(rest)?;
            Some(Value::Dynamic(Arc::new(read_dynamic(rest)?)))
        }
        _ => read_dynamic(rest)?.scalar(),
    }
}

fn read_dynamic(rest: &mut &[u8]) -> Option<Dynamic> {
    let [tag] = take(rest)?;
    Some(match tag {
        0 => Dynamic::Null,
        1 => Dynamic::Bool(take::<1>(rest)? == [1]),
        3 => Dynamic::Long(i64::from_le_bytes(take(rest)?)),
        4 => Dynamic::Real(f64::from_le_bytes(take(rest)?)),
        5 => Dynamic::Decimal(Decimal::deserialize(take(rest)?)),
        6 => Dynamic::String(take_text(rest)?),
        7 => Dynamic::DateTime(DateTime::from_ticks(i64::from_le_bytes(take(rest)?))?),
        8 => Dynamic::TimeSpan(TimeSpan(i64::from_le_bytes(take(rest)?))),
        9 => Dynamic::Guid(Uuid::from_bytes(take(rest)?)),
        11 => {
            let count = take_length(rest)?;
            Dynamic::Array((0..count).map(|_| read_dynamic(rest)).collect::<Option<Vec<Dynamic>>>()?)
        }
        12 => {
            let count = take_length(rest)?;
            let mut entries = IndexMap::new();
            for _ in 0..count {
                take::<1>(rest)?;
                let name = take_text(rest)?;
                entries.insert(name, read_dynamic(rest)?);
            }
            Dynamic::Bag(entries)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were() {
        let json = Dynamic::from_json(r#"{"a": [1, 2.5, null, true, "x"], "b": {"c": []}}"#).unwrap();
        let rows: Vec<Row> = vec![
            vec![Value::Null, Value::Bool(true), Value::Int(-5), Value::Long(i64::MIN), Value::Real(0.5)],
            vec![],
            vec![
                Value::Decimal("123.456".parse().unwrap()),
                Value::string("größe"),
                Value::DateTime(DateTime::parse("2026-11-30T12:00:00Z").unwrap()),
                Value::TimeSpan(TimeSpan(-7)),
                Value::Guid(Uuid::from_u128(7)),
                Value::dynamic(json),
            ],
        ];
        let mut bytes = Vec::new();
        rows.iter().for_each(|row| write(row, &mut bytes));
        let mut from = &bytes[..];
        for row in &rows {
            assert_eq!(read(&mut from).unwrap().as_ref(), Some(row));
        }
        assert_eq!(read(&mut from), Ok(None));
        assert!(read(&mut &bytes[..bytes.len() - 1]).is_ok());
        assert!(read(&mut &[1, 0, 0, 0, 99][..]).is_err(), "an unknown tag");
        assert!(read(&mut &[255, 255, 255, 255][..]).is_err(), "a row without end");
    }
}
