//! One column of a row group, read page by page: tested without values being made of it, and values of chosen rows.

use std::fs::File;
use std::sync::Arc;

use parquet::basic::{Encoding, Type as Physical};
use parquet::column::page::{Page, PageReader};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::SerializedPageReader;

use super::bits::Hybrid;
use super::kind::{Kind, Raw};
use crate::exec::value::Value;

/// A column of a row group under way.
pub(super) struct Column {
    pages: SerializedPageReader<File>,
    kind: Kind,
    physical: Physical,
    /// The length of values of a fixed one.
    length: usize,
    max_level: i16,
    /// Whether every page holds places in the dictionary.
    is_all_dictionary: bool,
    dictionary: Dictionary,
    /// The first row of the page at hand, and the page.
    page: Option<(usize, Data)>,
    /// The first row of the page that comes next.
    next: usize,
    rows: usize,
}

/// The values of a page.
struct Data {
    rows: usize,
    /// Whether each row has a value; nothing where all have.
    present: Option<Vec<bool>>,
    bytes: bytes::Bytes,
    encoding: Encoding,
}

/// Which encodings are read here.
const ENCODINGS: [Encoding; 4] =
    [Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY, Encoding::PLAIN_DICTIONARY];

/// What a row has of a column.
pub(super) enum Cell<'c> {
    /// Nothing.
    None,
    /// A value that is out of range.
    Bad,
    /// Text, as it stands in the file.
    Text(&'c str),
    /// Any other value.
    Value(Value),
}

/// A decision on what a row has.
pub(super) type Decide<'d> = dyn FnMut(Cell<'_>) -> bool + 'd;

/// The values that pages name by their numbers, in the bytes of their page.
#[derive(Default)]
struct Dictionary {
    bytes: bytes::Bytes,
    /// Where each value stands.
    places: Vec<(usize, usize)>,
}

impl Column {
    /// Whether a column can be read here.
    pub(super) fn reads(meta: &ColumnChunkMetaData) -> bool {
        meta.column_descr().max_rep_level() == 0
            // Levels that are packed the old way are among the encodings, too, though nobody writes them any more.
            && meta.encodings().all(|encoding| ENCODINGS.contains(&encoding))
    }

    /// The column with `meta` of a row group of so many rows.
    ///
    /// # Errors
    /// What the file lacks.
    pub(super) fn open(file: &Arc<File>, meta: &ColumnChunkMetaData, rows: usize) -> Result<Self, String> {
        let pages = SerializedPageReader::new(Arc::clone(file), meta, rows, None).map_err(said)?;
        let column = meta.column_descr();
        let is_all_dictionary = meta.dictionary_page_offset().is_some()
            && meta.page_encoding_stats_mask().is_some_and(|mask| {
                mask.is_only(Encoding::RLE_DICTIONARY) || mask.is_only(Encoding::PLAIN_DICTIONARY)
            });
        Ok(Self {
            pages,
            kind: Kind::of(column),
            physical: column.physical_type(),
            length: usize::try_from(column.type_length()).unwrap_or(0),
            max_level: column.max_def_level(),
            is_all_dictionary,
            dictionary: Dictionary::default(),
            page: None,
            next: 0,
            rows,
        })
    }

    /// Takes out of `kept`, a flag a row, the rows whose value is decided against. Values of a dictionary are decided on
    /// once; pages without a row that is still kept are passed over.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(super) fn test(mut self, kept: &mut [bool], decide: &mut Decide<'_>) -> Result<(), String> {
        let of_none = self.max_level == 0 || decide(Cell::None);
        let mut verdicts: Vec<bool> = Vec::new();
        let mut at = 0;
        while let Some(rows) = self.peek()? {
            let Some(flags) = kept.get_mut(at..at + rows) else { return Err(misfit()) };
            at += rows;
            if !flags.contains(&true) {
                self.pages.skip_next_page().map_err(said)?;
                continue;
            }
            if verdicts.len() != self.dictionary.places.len() {
                let count = self.dictionary.places.len();
                verdicts = (0..count).map(|place| decide(self.cell(self.entry(place)))).collect();
                let none_met = !verdicts.contains(&true) && (self.max_level == 0 || !of_none);
                if none_met && self.is_all_dictionary {
                    kept.fill(false);
                    return Ok(());
                }
            }
            let data = self.read()?;
            self.test_page(&data, flags, &verdicts, of_none, decide)?;
        }
        if at == self.rows { Ok(()) } else { Err(misfit()) }
    }

    fn test_page(
        &self,
        data: &Data,
        flags: &mut [bool],
        verdicts: &[bool],
        of_none: bool,
        decide: &mut Decide<'_>,
    ) -> Result<(), String> {
        let mut slots = Slots { flags, present: data.present.as_deref(), at: 0, of_none };
        let count = data.count();
        if data.is_dictionary() {
            let (width, packed) = data.bytes.split_first().ok_or_else(misfit)?;
            let mut missing = false;
            Hybrid::new(packed, u32::from(*width))?.each(count, |place, times| {
                let verdict = usize::try_from(place).ok().and_then(|place| verdicts.get(place));
                missing |= verdict.is_none();
                slots.put(verdict.copied().unwrap_or(false), times);
            })?;
            slots.end();
            return if missing { Err(misfit()) } else { Ok(()) };
        }
        // Neighbours are often the same.
        let mut last: Option<(Vec<u8>, bool)> = None;
        self.plain(data, count, |_, raw| {
            if !slots.is_wanted() {
                slots.put(false, 1);
                return;
            }
            let verdict = match raw {
                Raw::Bytes(bytes) => match &last {
                    Some((known, verdict)) if known == bytes => *verdict,
                    _ => {
                        let verdict = decide(self.cell(Some(raw)));
                        let mut buffer = last.take().map(|(buffer, _)| buffer).unwrap_or_default();
                        buffer.clear();
                        buffer.extend_from_slice(bytes);
                        last = Some((buffer, verdict));
                        verdict
                    }
                },
                raw => decide(self.cell(Some(raw))),
            };
            slots.put(verdict, 1);
        })?;
        slots.end();
        Ok(())
    }

    /// The values of `rows`, in order, behind those that were asked for before; an error among them for one that is out of
    /// range.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(super) fn values(&mut self, rows: &[usize], out: &mut Vec<Option<Value>>) -> Result<(), String> {
        let mut rows = rows;
        while let Some(first) = rows.first() {
            let is_at_hand = |(start, data): &&(usize, Data)| (*start..start + data.rows).contains(first);
            let Some((start, data)) = self.page.as_ref().filter(is_at_hand) else {
                self.advance(*first)?;
                continue;
            };
            let end = start + data.rows;
            let split = rows.partition_point(|row| *row < end);
            let (here, rest) = rows.split_at(split);
            let picks: Vec<usize> = here.iter().map(|row| row - start).collect();
            self.pick(data, &picks, out)?;
            rows = rest;
        }
        Ok(())
    }

    /// Reads the page with a row.
    fn advance(&mut self, row: usize) -> Result<(), String> {
        self.page = None;
        while let Some(rows) = self.peek()? {
            let start = self.next;
            self.next += rows;
            if (start..start + rows).contains(&row) {
                let data = self.read()?;
                self.page = Some((start, data));
                return Ok(());
            }
            self.pages.skip_next_page().map_err(said)?;
        }
        Err(misfit())
    }

    fn pick(&self, data: &Data, picks: &[usize], out: &mut Vec<Option<Value>>) -> Result<(), String> {
        // Where among the values that there are each row has its own.
        let places: Vec<Option<usize>> = match &data.present {
            None => picks.iter().map(|pick| Some(*pick)).collect(),
            Some(present) => {
                let mut places = Vec::with_capacity(picks.len());
                let (mut row, mut before) = (0, 0);
                for pick in picks {
                    before += present.get(row..*pick).unwrap_or_default().iter().filter(|is| **is).count();
                    row = *pick;
                    places.push(present.get(row).copied().unwrap_or(false).then_some(before));
                }
                places
            }
        };
        let first = out.len();
        out.extend(std::iter::repeat_n(Some(Value::Null), picks.len()));
        let mut wanted =
            places.iter().enumerate().filter_map(|(slot, place)| Some((first + slot, (*place)?)));
        let Some(mut next) = wanted.next() else { return Ok(()) };
        let mut is_done = false;
        let mut put = |at: usize, value: &mut dyn FnMut() -> Option<Value>| {
            while !is_done && next.1 == at {
                if let Some(slot) = out.get_mut(next.0) {
                    *slot = value();
                }
                match wanted.next() {
                    Some(more) => next = more,
                    None => is_done = true,
                }
            }
        };
        if data.is_dictionary() {
            let (width, packed) = data.bytes.split_first().ok_or_else(misfit)?;
            let mut at = 0;
            return Hybrid::new(packed, u32::from(*width))?.each(data.count(), |place, times| {
                for at in at..at + times {
                    put(at, &mut || {
                        let raw = self.entry(usize::try_from(place).unwrap_or(usize::MAX))?;
                        self.kind.value(raw, self.physical)
                    });
                }
                at += times;
            });
        }
        let (kind, physical) = (self.kind, self.physical);
        self.plain(data, data.count(), |at, raw| put(at, &mut || kind.value(raw, physical)))
    }

    /// How many rows the next page of values has; nothing behind the last. A dictionary is read on the way.
    fn peek(&mut self) -> Result<Option<usize>, String> {
        loop {
            let Some(meta) = self.pages.peek_next_page().map_err(said)? else { return Ok(None) };
            if !meta.is_dict {
                // Without repetition each level is of a row.
                return meta.num_levels.map(Some).ok_or_else(misfit);
            }
            let Some(Page::DictionaryPage { buf, num_values, .. }) =
                self.pages.get_next_page().map_err(said)?
            else {
                return Err(misfit());
            };
            let count = usize::try_from(num_values).unwrap_or(0);
            self.dictionary = self.dictionary_of(buf, count)?;
        }
    }

    /// Where each value of a dictionary stands in its page.
    fn dictionary_of(&self, bytes: bytes::Bytes, count: usize) -> Result<Dictionary, String> {
        let size = match self.physical {
            Physical::BYTE_ARRAY => {
                let mut places = Vec::with_capacity(count.min(bytes.len()));
                let mut at = 0_usize;
                for _ in 0..count {
                    let size = bytes.get(at..).and_then(|rest| rest.first_chunk()).ok_or_else(misfit)?;
                    let start = at + 4;
                    let end = usize::try_from(u32::from_le_bytes(*size))
                        .ok()
                        .and_then(|size| start.checked_add(size));
                    at = end.filter(|end| *end <= bytes.len()).ok_or_else(misfit)?;
                    places.push((start, at));
                }
                return Ok(Dictionary { bytes, places });
            }
            Physical::INT32 | Physical::FLOAT => 4,
            Physical::INT64 | Physical::DOUBLE => 8,
            Physical::INT96 => 12,
            Physical::FIXED_LEN_BYTE_ARRAY => self.length,
            Physical::BOOLEAN => return Err(misfit()),
        };
        if count.checked_mul(size).is_none_or(|all| all > bytes.len()) {
            return Err(misfit());
        }
        Ok(Dictionary { bytes, places: (0..count).map(|at| (at * size, (at + 1) * size)).collect() })
    }

    /// A value of the dictionary.
    fn entry(&self, place: usize) -> Option<Raw<'_>> {
        let (start, end) = *self.dictionary.places.get(place)?;
        let bytes = self.dictionary.bytes.get(start..end)?;
        Some(match self.physical {
            Physical::INT32 => Raw::Whole(i64::from(i32::from_le_bytes(*bytes.first_chunk()?))),
            Physical::INT64 => Raw::Whole(i64::from_le_bytes(*bytes.first_chunk()?)),
            Physical::FLOAT => Raw::Real(f64::from(f32::from_le_bytes(*bytes.first_chunk()?))),
            Physical::DOUBLE => Raw::Real(f64::from_le_bytes(*bytes.first_chunk()?)),
            _ => Raw::Bytes(bytes),
        })
    }

    fn cell<'c>(&self, raw: Option<Raw<'c>>) -> Cell<'c> {
        match raw {
            Some(Raw::Bytes(bytes)) if self.kind == Kind::Text => match std::str::from_utf8(bytes) {
                Ok(text) => Cell::Text(text),
                Err(_) => Cell::Value(Value::string(String::from_utf8_lossy(bytes))),
            },
            Some(raw) => self.kind.value(raw, self.physical).map_or(Cell::Bad, Cell::Value),
            None => Cell::Bad,
        }
    }

    /// The next page.
    fn read(&mut self) -> Result<Data, String> {
        let page = self.pages.get_next_page().map_err(said)?.ok_or_else(misfit)?;
        let length = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let split = |bytes: &bytes::Bytes, from: usize, to: usize| {
            (from <= to && to <= bytes.len()).then(|| bytes.slice(from..to)).ok_or_else(misfit)
        };
        match page {
            Page::DataPage { buf, num_values, encoding, .. } => {
                let rows = length(num_values);
                if self.max_level == 0 {
                    return Ok(Data { rows, present: None, bytes: buf, encoding });
                }
                let size = buf.first_chunk::<4>().map(|size| length(u32::from_le_bytes(*size)));
                let end = size.and_then(|size| size.checked_add(4)).ok_or_else(misfit)?;
                let present = self.present(&split(&buf, 4, end)?, rows)?;
                Ok(Data { rows, present, bytes: split(&buf, end, buf.len())?, encoding })
            }
            Page::DataPageV2 {
                buf, num_values, encoding, def_levels_byte_len, rep_levels_byte_len, ..
            } => {
                let rows = length(num_values);
                let start = length(rep_levels_byte_len);
                let end = start.saturating_add(length(def_levels_byte_len));
                let present = match self.max_level {
                    0 => None,
                    _ => self.present(&split(&buf, start, end)?, rows)?,
                };
                Ok(Data { rows, present, bytes: split(&buf, end, buf.len())?, encoding })
            }
            Page::DictionaryPage { .. } => Err(misfit()),
        }
    }

    /// Which rows have a value, by their levels.
    fn present(&self, levels: &[u8], rows: usize) -> Result<Option<Vec<bool>>, String> {
        let full = u32::from(self.max_level.unsigned_abs());
        let width = u32::BITS - full.leading_zeros();
        let mut present = Vec::with_capacity(rows);
        Hybrid::new(levels, width)?.each(rows, |level, times| {
            present.resize(present.len() + times, level == full);
        })?;
        Ok(present.contains(&false).then_some(present))
    }

    /// Hands over values that are written plainly, each with its number.
    fn plain(&self, data: &Data, count: usize, mut take: impl FnMut(usize, Raw<'_>)) -> Result<(), String> {
        let bytes = &data.bytes[..];
        let fixed =
            |size: usize| bytes.get(..size.checked_mul(count)?).map(|all| all.chunks_exact(size.max(1)));
        match self.physical {
            Physical::BOOLEAN if data.encoding == Encoding::RLE => {
                let packed = bytes.get(4..).ok_or_else(misfit)?;
                let mut at = 0;
                return Hybrid::new(packed, 1)?.each(count, |bit, times| {
                    for _ in 0..times {
                        take(at, Raw::Bool(bit == 1));
                        at += 1;
                    }
                });
            }
            Physical::BOOLEAN => {
                for at in 0..count {
                    let byte = bytes.get(at / 8).ok_or_else(misfit)?;
                    take(at, Raw::Bool(byte >> (at % 8) & 1 == 1));
                }
            }
            Physical::INT32 => {
                for (at, chunk) in fixed(4).ok_or_else(misfit)?.enumerate() {
                    let number = chunk.first_chunk().map_or(0, |bytes| i32::from_le_bytes(*bytes));
                    take(at, Raw::Whole(i64::from(number)));
                }
            }
            Physical::INT64 => {
                for (at, chunk) in fixed(8).ok_or_else(misfit)?.enumerate() {
                    take(at, Raw::Whole(chunk.first_chunk().map_or(0, |bytes| i64::from_le_bytes(*bytes))));
                }
            }
            Physical::FLOAT => {
                for (at, chunk) in fixed(4).ok_or_else(misfit)?.enumerate() {
                    let number = chunk.first_chunk().map_or(0.0, |bytes| f32::from_le_bytes(*bytes));
                    take(at, Raw::Real(f64::from(number)));
                }
            }
            Physical::DOUBLE => {
                for (at, chunk) in fixed(8).ok_or_else(misfit)?.enumerate() {
                    take(at, Raw::Real(chunk.first_chunk().map_or(0.0, |bytes| f64::from_le_bytes(*bytes))));
                }
            }
            Physical::INT96 | Physical::FIXED_LEN_BYTE_ARRAY => {
                let size = if self.physical == Physical::INT96 { 12 } else { self.length };
                for (at, chunk) in fixed(size).ok_or_else(misfit)?.enumerate() {
                    take(at, Raw::Bytes(chunk));
                }
            }
            Physical::BYTE_ARRAY => {
                let mut rest = bytes;
                for at in 0..count {
                    let (size, behind) = rest.split_first_chunk::<4>().ok_or_else(misfit)?;
                    let size = usize::try_from(u32::from_le_bytes(*size)).map_err(|_| misfit())?;
                    let (value, behind) = behind.split_at_checked(size).ok_or_else(misfit)?;
                    take(at, Raw::Bytes(value));
                    rest = behind;
                }
            }
        }
        Ok(())
    }
}

impl Data {
    fn is_dictionary(&self) -> bool {
        matches!(self.encoding, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY)
    }

    /// How many values there are.
    fn count(&self) -> usize {
        match &self.present {
            None => self.rows,
            Some(present) => present.iter().filter(|is| **is).count(),
        }
    }
}

/// The flags of the rows of a page, which are gone through value by value.
struct Slots<'s> {
    flags: &'s mut [bool],
    present: Option<&'s [bool]>,
    at: usize,
    /// The verdict on rows without a value.
    of_none: bool,
}

impl Slots<'_> {
    /// Passes the rows without a value before the next that has one.
    fn pass(&mut self) {
        let Some(present) = self.present else { return };
        while present.get(self.at) == Some(&false) {
            if let Some(flag) = self.flags.get_mut(self.at) {
                *flag &= self.of_none;
            }
            self.at += 1;
        }
    }

    /// Whether the row of the next value is still kept.
    fn is_wanted(&mut self) -> bool {
        self.pass();
        self.flags.get(self.at).copied().unwrap_or(false)
    }

    /// A verdict on the next values.
    fn put(&mut self, verdict: bool, times: usize) {
        if self.present.is_none() {
            if !verdict && let Some(flags) = self.flags.get_mut(self.at..self.at + times) {
                flags.fill(false);
            }
            self.at += times;
            return;
        }
        for _ in 0..times {
            self.pass();
            if let Some(flag) = self.flags.get_mut(self.at) {
                *flag &= verdict;
            }
            self.at += 1;
        }
    }

    fn end(&mut self) {
        self.pass();
    }
}

/// What the library says of a file.
pub(super) fn said(error: parquet::errors::ParquetError) -> String {
    use parquet::errors::ParquetError;
    match error {
        ParquetError::General(message) | ParquetError::NYI(message) | ParquetError::EOF(message) => message,
        other => other.to_string(),
    }
}

pub(super) fn misfit() -> String {
    "a column does not hold what the end of the file says".to_owned()
}
