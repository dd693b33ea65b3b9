//! Groups of rows under way, and those that wait on disk where there are too many to hold.
//!
//! Groups are held as long as they take no more than the memory allowed. Where they take more, all rows are taken once again:
//! each goes to one of several parts on disk, by the hash of its keys, and the parts are grouped one after the other.

use std::hash::BuildHasher as _;

use indexmap::IndexMap;

use super::aggregate::AggregateCall;
use crate::exec::aggregates::Accumulator;
use crate::exec::expr::settle;
use crate::exec::run::{Run, too_much};
use crate::exec::spill::{self, Scratch};
use crate::exec::table::Row;
use crate::exec::value::{Key, Value};

/// How many parts wait on disk.
const PARTS: usize = 32;
/// How many bytes of a part are collected before they are written.
const BUFFER: usize = 64 * 1024;
/// How often parts are taken apart again that are too large themselves.
const MAX_DEPTH: u64 = 3;
/// What a group takes beside its values.
const GROUP_BYTES: usize = 160;

/// A group: the values of its keys, and an accumulator for each call.
struct Group {
    keys: Row,
    accumulators: Vec<Box<dyn Accumulator>>,
}

/// Groups under way.
pub(super) struct Groups<'g> {
    calls: &'g [AggregateCall],
    run: &'g Run<'g>,
    groups: IndexMap<Vec<Key>, Group>,
    /// At least the bytes that were taken since they were last measured, and what they were then.
    bytes: usize,
    /// Where rows wait, if they do.
    aside: Option<Aside>,
    depth: u64,
}

/// Rows that wait on disk.
struct Aside {
    scratch: Box<dyn Scratch>,
    buffers: Vec<Vec<u8>>,
    /// Whether each part has rows.
    used: Vec<bool>,
}

/// Whether a row was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(in crate::exec) enum Taken {
    /// It was.
    Yes,
    /// The groups do not fit: all rows have to be taken again, from the first.
    Again,
}

impl<'g> Groups<'g> {
    /// No groups yet.
    pub(super) fn new(calls: &'g [AggregateCall], run: &'g Run<'g>) -> Self {
        Self { calls, run, groups: IndexMap::new(), bytes: 0, aside: None, depth: 0 }
    }

    fn begin(&self, keys: Row) -> Group {
        Group { keys, accumulators: self.calls.iter().map(AggregateCall::accumulator).collect() }
    }

    /// The one group that there is without keys, also of no rows.
    pub(super) fn begin_whole(&mut self) {
        let whole = self.begin(Row::new());
        self.groups.entry(Vec::new()).or_insert(whole);
    }

    /// Takes a row: the values of its keys, and the arguments of each call.
    ///
    /// # Errors
    ///
    /// That the groups take too much memory, or rows cannot be put on disk, in one sentence.
    pub(super) fn add(&mut self, keys: Row, arguments: &[Row]) -> Result<Taken, String> {
        let key = Key::row(&keys);
        if let Some(aside) = &mut self.aside {
            aside.put(&key, self.depth, &keys, arguments)?;
            return Ok(Taken::Yes);
        }
        let size = |row: &Row| row.iter().map(Value::size).sum::<usize>();
        if !self.groups.contains_key(&key) {
            self.bytes += GROUP_BYTES + 2 * size(&keys) + self.calls.len() * 64;
            let group = self.begin(keys);
            self.groups.insert(key.clone(), group);
        }
        self.bytes += arguments.iter().map(size).sum::<usize>();
        if let Some(group) = self.groups.get_mut(&key) {
            for (accumulator, values) in group.accumulators.iter_mut().zip(arguments) {
                accumulator.add(values, self.run);
            }
        }
        if self.bytes > self.run.options.memory { self.relieve() } else { Ok(Taken::Yes) }
    }

    /// Measures what the groups take, and has all rows wait on disk where that is too much.
    fn relieve(&mut self) -> Result<Taken, String> {
        let memory = self.run.options.memory;
        let of_group = |(_, group): (&Vec<Key>, &Group)| {
            let keys: usize = group.keys.iter().map(Value::size).sum();
            let held: usize = group.accumulators.iter().map(|accumulator| accumulator.size()).sum();
            GROUP_BYTES + 2 * keys + held
        };
        let measured: usize = self.groups.iter().map(of_group).sum();
        if measured <= memory {
            // Measured again only when as much as a quarter came.
            self.bytes = measured.min(memory - memory / 4);
            return Ok(Taken::Yes);
        }
        // One group cannot be taken apart.
        let may_part = self.groups.len() > 1 && self.depth < MAX_DEPTH;
        let scratch = if may_part { self.run.scratch()? } else { None };
        let scratch = scratch.ok_or_else(|| too_much(memory))?;
        self.groups = IndexMap::new();
        self.aside = Some(Aside { scratch, buffers: vec![Vec::new(); PARTS], used: vec![false; PARTS] });
        Ok(Taken::Again)
    }

    /// The groups: the values of the keys and of the calls.
    ///
    /// # Errors
    ///
    /// That what waits on disk cannot be read, or takes too much memory.
    pub(super) fn finish(mut self) -> Result<Vec<Row>, String> {
        let Some(mut aside) = self.aside.take() else { return Ok(self.rows()) };
        aside.flush()?;
        let mut rows = Vec::new();
        for part in (0..PARTS).filter(|part| aside.used.get(*part) == Some(&true)) {
            let mut groups = Groups { depth: self.depth + 1, ..Groups::new(self.calls, self.run) };
            while groups.take_part(&mut *aside.scratch.open(part)?)? == Taken::Again {}
            rows.extend(groups.finish()?);
        }
        Ok(rows)
    }

    /// Takes the rows of a part.
    fn take_part(&mut self, from: &mut dyn std::io::Read) -> Result<Taken, String> {
        while let Some(mut keys) = spill::read(from)? {
            let Some(Value::Long(count)) = keys.pop() else { continue };
            let mut rest = keys.split_off(usize::try_from(count).unwrap_or(0).min(keys.len())).into_iter();
            let arguments: Vec<Row> =
                self.calls.iter().map(|call| rest.by_ref().take(call.width()).collect()).collect();
            if self.add(keys, &arguments)? == Taken::Again {
                return Ok(Taken::Again);
            }
        }
        Ok(Taken::Yes)
    }

    /// The groups that are held.
    fn rows(self) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::with_capacity(self.groups.len());
        for (_, Group { keys: mut row, accumulators }) in self.groups {
            for (mut accumulator, call) in accumulators.into_iter().zip(self.calls) {
                let mut values = accumulator.finish().into_iter();
                row.extend(call.types().map(|ty| {
                    let value = values.next().unwrap_or(Value::Null);
                    ty.map_or_else(|| value.clone(), |ty| settle(value.clone(), ty))
                }));
            }
            rows.push(row);
        }
        rows
    }
}

impl Aside {
    fn put(&mut self, key: &[Key], depth: u64, keys: &Row, arguments: &[Row]) -> Result<(), String> {
        // Each depth takes rows apart in another way, and the same way in each run.
        let hash = foldhash::fast::FixedState::with_seed(depth).hash_one(key);
        let part = usize::try_from(hash % PARTS as u64).unwrap_or(0);
        let Some(buffer) = self.buffers.get_mut(part) else { return Ok(()) };
        let mut row = keys.clone();
        row.extend(arguments.iter().flatten().cloned());
        row.push(Value::Long(i64::try_from(keys.len()).unwrap_or(0)));
        spill::write(&row, buffer);
        if let Some(used) = self.used.get_mut(part) {
            *used = true;
        }
        if buffer.len() >= BUFFER {
            self.scratch.append(part, buffer)?;
            buffer.clear();
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), String> {
        for (part, buffer) in self.buffers.iter_mut().enumerate().filter(|(_, buffer)| !buffer.is_empty()) {
            self.scratch.append(part, buffer)?;
            buffer.clear();
        }
        Ok(())
    }
}
