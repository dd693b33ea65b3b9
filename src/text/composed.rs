//! Texts put together from others, and where each of their bytes comes from.

use std::sync::Arc;

use super::{SourceId, SourceMap, Span, TextRange, to_u32};

/// A text in the making: all of one source, and behind it pieces of others. Whatever is found in it is shown where it
/// [really stands](SourceMap::real).
#[derive(Debug, Clone)]
pub struct Composition {
    text: String,
    composed: Composed,
}

/// Where the bytes of a composed text come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Composed {
    base: SourceId,
    /// The length of the base, with which the text begins.
    len: u32,
    pieces: Vec<Piece>,
}

/// A piece of another source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// Its bytes in the composed text.
    at: TextRange,
    /// Where they come from.
    real: Span,
    /// The place in the base that they belong to.
    anchor: u32,
}

impl Composition {
    /// The text of `base` without pieces.
    pub fn new(sources: &SourceMap, base: SourceId) -> Self {
        let text = sources.get(base).map(|source| source.text.to_string()).unwrap_or_default();
        let len = to_u32(text.len());
        Self { text, composed: Composed { base, len, pieces: Vec::new() } }
    }

    /// Adds the bytes of `piece`, which belong to the place `anchor` of the base, and gives their bytes here. A range
    /// that begins before `anchor` and ends in the piece is shown to end at `anchor`.
    pub fn add(&mut self, sources: &SourceMap, piece: Span, anchor: u32) -> TextRange {
        self.text.push('\n');
        let start = self.text.len();
        self.text.push_str(sources.slice(piece));
        let at = TextRange::from_usize(start, self.text.len());
        self.composed.pieces.push(Piece { at, real: piece, anchor: anchor.min(self.composed.len) });
        at
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.composed.pieces.is_empty()
    }
}

impl Composed {
    fn piece_at(&self, offset: u32) -> Option<&Piece> {
        self.pieces.iter().find(|piece| piece.at.start <= offset && offset <= piece.at.end)
    }

    fn real(&self, range: TextRange) -> Span {
        if range.start > self.len {
            let Some(piece) = self.piece_at(range.start) else {
                return Span::new(self.base, TextRange::default());
            };
            let shift = |offset: u32| piece.real.range.start + (offset.min(piece.at.end) - piece.at.start);
            return Span::new(piece.real.source, TextRange::new(shift(range.start), shift(range.end)));
        }
        let end = match range.end > self.len {
            true => self.piece_at(range.end).map_or(self.len, |piece| piece.anchor),
            false => range.end,
        };
        Span::new(self.base, TextRange::new(range.start, end))
    }
}

impl SourceMap {
    /// Adds a composed text under the name of its base.
    pub fn add_composed(&mut self, composition: Composition) -> SourceId {
        let name =
            self.get(composition.composed.base).map_or_else(|| Arc::from(""), |base| Arc::clone(&base.name));
        let id = self.add(name, composition.text);
        if let Some(source) = self.sources.last_mut() {
            source.composed = Some(composition.composed);
        }
        id
    }

    /// Where `span` stands in the texts that people wrote: of a composed text, in what it was composed of.
    pub fn real(&self, span: Span) -> Span {
        let composed = self.get(span.source).and_then(|source| source.composed.as_ref());
        composed.map_or(span, |composed| composed.real(span.range))
    }

    /// Where the piece belongs in which `span` begins: a place in the base of the composed text.
    pub fn anchor(&self, span: Span) -> Option<Span> {
        let composed = self.get(span.source)?.composed.as_ref()?;
        let piece = composed.piece_at(span.range.start).filter(|_| span.range.start > composed.len)?;
        Some(Span::new(composed.base, TextRange::empty(piece.anchor)))
    }

    /// Whether the text of `id` was composed of others.
    pub fn is_composed(&self, id: SourceId) -> bool {
        self.get(id).is_some_and(|source| source.composed.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_lead_back_to_where_their_bytes_stand() {
        let mut sources = SourceMap::new();
        let base = sources.add("a.yaml", "severity: Low\n");
        let other = sources.add("picket.toml", "x = 'High' # y");
        let mut composition = Composition::new(&sources, base);
        assert!(composition.is_empty());
        let piece = Span::new(other, TextRange::new(4, 10));
        let at = composition.add(&sources, piece, 10);
        let second = composition.add(&sources, Span::new(other, TextRange::new(13, 14)), 13);
        let id = sources.add_composed(composition);
        assert!(sources.is_composed(id) && !sources.is_composed(base));
        let source = sources.get(id).unwrap();
        assert_eq!((&*source.name, at.slice(&source.text)), ("a.yaml", "'High'"));
        let real = |start, end| {
            let span = sources.real(Span::new(id, TextRange::new(start, end)));
            (span.source, span.range.start, span.range.end)
        };
        assert_eq!(real(10, 13), (base, 10, 13));
        assert_eq!(real(at.start, at.end), (other, 4, 10));
        assert_eq!(real(at.start + 1, at.end - 1), (other, 5, 9));
        assert_eq!(real(second.start, second.end), (other, 13, 14));
        assert_eq!(real(2, at.end - 1), (base, 2, 10), "up to where the piece belongs");
        assert_eq!(real(11, at.end), (base, 11, 11));
        assert_eq!(real(at.start, 99), (other, 4, 10), "no further than the piece");
        let anchor = |range| sources.anchor(Span::new(id, range));
        assert_eq!(anchor(at), Some(Span::new(base, TextRange::empty(10))));
        assert_eq!(anchor(TextRange::new(2, 3)), None);
        let span = Span::new(base, TextRange::new(0, 3));
        assert_eq!(sources.real(span), span);
    }
}
