//! Positions in source text: one span type for every stage.
//!
//! All offsets are bytes into the UTF-8 text of one source, held as `u32`; files of 4 GiB and more
//! are refused before they reach this crate's core. Lines and columns exist only for display and are
//! computed from a [`LineIndex`] when a report is written.

mod composed;
pub mod csv;
mod line_index;
mod source_map;

pub use composed::Composition;
pub use line_index::{LineCol, LineIndex};
pub use source_map::{Source, SourceMap};

use serde::{Deserialize, Serialize};

/// Names one source text inside a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
pub struct SourceId(pub u32);

/// A half-open range of bytes, `start..end`, in one source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
pub struct TextRange {
    /// First byte of the range.
    pub start: u32,
    /// One past the last byte of the range.
    pub end: u32,
}

impl TextRange {
    /// A range from `start` up to, but without, `end`. A reversed pair yields the empty range at `start`.
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end: end.max(start) }
    }

    /// The empty range at `offset`.
    pub fn empty(offset: u32) -> Self {
        Self { start: offset, end: offset }
    }

    /// A range from `usize` bounds, as slices give them. Bounds beyond `u32::MAX` are clamped.
    pub fn from_usize(start: usize, end: usize) -> Self {
        Self::new(to_u32(start), to_u32(end))
    }

    /// Number of bytes covered.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether the range covers no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `offset` lies inside the half-open range.
    pub fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }

    /// Whether every byte of `other` lies inside this range.
    pub fn contains_range(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest range that covers both.
    pub fn cover(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The range as `usize` bounds, ready to slice a `str`.
    pub fn to_usize(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The text of this range, or the empty string where the range does not fit `text`.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.to_usize()).unwrap_or_default()
    }
}

/// A range in a named source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
pub struct Span {
    /// The source text.
    pub source: SourceId,
    /// The bytes in it.
    pub range: TextRange,
}

impl Span {
    /// A span over `range` of `source`.
    pub fn new(source: SourceId, range: TextRange) -> Self {
        Self { source, range }
    }
}

/// A value together with the bytes of the file it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands in its source.
    pub range: TextRange,
}

impl<T> Spanned<T> {
    /// Ties `value` to `range`.
    pub fn new(value: T, range: TextRange) -> Self {
        Self { value, range }
    }

    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: change(self.value), range: self.range }
    }
}

/// Narrows an offset to `u32`, clamping instead of wrapping.
pub fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
