//! Changed parts of a query, every byte with where it comes from.

use crate::text::{TextRange, to_u32};
use crate::yaml::{OffsetMap, Scalar, Segment};

/// A part of a query that is to be replaced.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Splice {
    /// The bytes of the query's text that go; empty for an insertion.
    pub(super) at: TextRange,
    /// What comes there.
    pub(super) text: String,
    /// Where each byte of it comes from, decoded bytes counted from its start.
    pub(super) segments: Vec<Segment>,
}

impl Splice {
    pub(super) fn new(at: TextRange) -> Self {
        Self { at, text: String::new(), segments: Vec::new() }
    }

    /// Adds text that stands as a whole for the bytes of `source`.
    pub(super) fn push_made(&mut self, text: &str, source: TextRange) {
        if text.is_empty() {
            return;
        }
        let start = to_u32(self.text.len());
        self.text.push_str(text);
        let decoded = TextRange::new(start, to_u32(self.text.len()));
        self.segments.push(Segment { decoded, source, copied: false });
    }

    /// Adds text whose bytes come from `segments`, their decoded bytes counted from its start.
    pub(super) fn push_copied(&mut self, text: &str, segments: Vec<Segment>) {
        let start = to_u32(self.text.len());
        self.text.push_str(text);
        self.segments.extend(segments.into_iter().map(|segment| moved(segment, start)));
    }
}

fn moved(segment: Segment, by: u32) -> Segment {
    let decoded = TextRange::new(segment.decoded.start + by, segment.decoded.end + by);
    Segment { decoded, ..segment }
}

/// `query` with the splices, which do not overlap. Bytes that stay keep their places.
pub(super) fn spliced(query: &Scalar, mut splices: Vec<Splice>) -> Scalar {
    splices.sort_by_key(|splice| (splice.at.start, splice.at.end));
    let mut text = String::with_capacity(query.text.len());
    let mut segments = Vec::new();
    let mut kept = 0;
    let keep = |range: TextRange, text: &mut String, segments: &mut Vec<Segment>| {
        let start = to_u32(text.len());
        text.push_str(range.slice(&query.text));
        segments.extend(query.map.part(range).into_iter().map(|segment| moved(segment, start)));
    };
    for splice in splices {
        keep(TextRange::new(kept, splice.at.start), &mut text, &mut segments);
        let start = to_u32(text.len());
        text.push_str(&splice.text);
        segments.extend(splice.segments.into_iter().map(|segment| moved(segment, start)));
        kept = splice.at.end;
    }
    keep(TextRange::new(kept, to_u32(query.text.len())), &mut text, &mut segments);
    Scalar { text, style: query.style, map: OffsetMap::new(segments, query.map.end()) }
}
