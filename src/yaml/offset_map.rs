//! From offsets in decoded text to offsets in the file.

use crate::text::TextRange;

/// A run of decoded bytes and the file bytes they came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// The decoded bytes.
    pub decoded: TextRange,
    /// The file bytes. Of equal length where the text was copied; of any length where an escape, a line
    /// fold or a line ending stands for the decoded bytes as a whole.
    pub source: TextRange,
    /// Whether the bytes were copied one for one.
    pub copied: bool,
}

/// The segments of one scalar: they cover its decoded text without gaps, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OffsetMap {
    segments: Vec<Segment>,
    /// The file bytes of the whole scalar token, which an empty text maps to.
    end: u32,
}

impl OffsetMap {
    /// A map of `segments`, in order of decoded text; `end` is the file offset after the last content byte.
    pub fn new(segments: Vec<Segment>, end: u32) -> Self {
        Self { segments, end }
    }

    /// The segments.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The file offset of decoded offset `at`; the end of the text maps past its last file byte.
    pub fn offset(&self, at: u32) -> u32 {
        let index = self.segments.partition_point(|segment| segment.decoded.end <= at);
        match self.segments.get(index) {
            Some(segment) if segment.copied => segment.source.start + (at - segment.decoded.start),
            Some(segment) => segment.source.start,
            None => self.end,
        }
    }

    /// The decoded offset of file offset `at`, where the file holds bytes of the text there; the end of the text for the
    /// place behind its last byte. A place in what stands for decoded bytes as a whole is their start.
    pub fn decoded(&self, at: u32) -> Option<u32> {
        let index = self.segments.partition_point(|segment| segment.source.end <= at);
        let end_before = || self.segments.get(index.checked_sub(1)?).map(|segment| segment.decoded.end);
        match self.segments.get(index) {
            Some(segment) if segment.source.start > at => {
                let before = self.segments.get(index.checked_sub(1)?)?;
                (before.source.end == at).then_some(before.decoded.end)
            }
            Some(segment) if segment.copied => Some(segment.decoded.start + (at - segment.source.start)),
            Some(segment) => Some(segment.decoded.start),
            None => (at == self.end).then(|| end_before().unwrap_or_default()),
        }
    }

    /// The file bytes of a decoded range. A range that cuts into an escape covers the whole escape.
    pub fn to_source(&self, decoded: TextRange) -> TextRange {
        let start = self.offset(decoded.start);
        if decoded.is_empty() {
            return TextRange::empty(start);
        }
        let last = decoded.end - 1;
        let index = self.segments.partition_point(|segment| segment.decoded.end <= last);
        let end = match self.segments.get(index) {
            Some(segment) if segment.copied => segment.source.start + (last - segment.decoded.start) + 1,
            Some(segment) => segment.source.end,
            None => self.end,
        };
        TextRange::new(start, end)
    }

    /// The segments of `decoded`, a range of the decoded text, with their decoded bytes counted from its start.
    pub fn part(&self, decoded: TextRange) -> Vec<Segment> {
        let first = self.segments.partition_point(|segment| segment.decoded.end <= decoded.start);
        let inside = self.segments[first..].iter().take_while(|segment| segment.decoded.start < decoded.end);
        let cut = |segment: &Segment| {
            let start = segment.decoded.start.max(decoded.start);
            let end = segment.decoded.end.min(decoded.end);
            let source = match segment.copied {
                true => {
                    let from = segment.source.start + (start - segment.decoded.start);
                    TextRange::new(from, from + (end - start))
                }
                false => segment.source,
            };
            let decoded = TextRange::new(start - decoded.start, end - decoded.start);
            Segment { decoded, source, copied: segment.copied }
        };
        inside.map(cut).collect()
    }

    /// The file offset behind the last byte.
    pub fn end(&self) -> u32 {
        self.end
    }
}
