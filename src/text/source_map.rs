//! The texts of one run, by id.

use std::sync::Arc;

use super::composed::Composed;
use super::{LineCol, LineIndex, SourceId, Span, to_u32};

/// One source text under the name that reports show.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path as shown to people: relative, with forward slashes.
    pub name: Arc<str>,
    /// The whole text, byte for byte (a byte order mark included).
    pub text: Arc<str>,
    lines: LineIndex,
    /// What it was composed of, where nobody wrote it.
    pub(super) composed: Option<Composed>,
}

impl Source {
    /// The line index of [`Source::text`].
    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }
}

/// All source texts of a run. Ids are handed out in order of insertion.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    pub(super) sources: Vec<Source>,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text and returns its id.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> SourceId {
        let text = text.into();
        let lines = LineIndex::new(&text);
        self.sources.push(Source { name: name.into(), text, lines, composed: None });
        SourceId(to_u32(self.sources.len() - 1))
    }

    /// The source of `id`, if this map made that id.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.0 as usize)
    }

    /// The text under `span`, empty where the span does not fit.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).map_or("", |source| span.range.slice(&source.text))
    }

    /// File name and place of the start of `span`.
    pub fn locate(&self, span: Span) -> Option<(&str, LineCol)> {
        let source = self.get(span.source)?;
        Some((&source.name, source.lines.line_col(&source.text, span.range.start)))
    }

    /// All sources with their ids, in order of insertion.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.sources.iter().enumerate().map(|(index, source)| (SourceId(to_u32(index)), source))
    }
}
