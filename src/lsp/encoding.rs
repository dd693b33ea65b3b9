//! Positions of the protocol and byte offsets.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

use crate::text::{LineIndex, TextRange, to_u32};

/// What the characters of a position count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Code units of UTF-16, which every client knows.
    #[default]
    Utf16,
}

impl Encoding {
    /// The one to use with a client that knows `offered`: bytes where that is possible, since nothing is to be counted then.
    pub(super) fn choose(offered: &[PositionEncodingKind]) -> Self {
        if offered.contains(&PositionEncodingKind::UTF8) { Self::Utf8 } else { Self::Utf16 }
    }

    /// Its name in the protocol.
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    /// The offset of `position` in `text`. What lies beyond a line or the text is its end, and what lies inside of a
    /// character its start.
    pub fn offset(self, text: &str, lines: &LineIndex, position: Position) -> u32 {
        let Some(start) = lines.line_start(position.line.saturating_add(1)) else {
            return to_u32(text.len());
        };
        let line = line_at(text, start);
        let wanted = position.character as usize;
        let column = match self {
            Self::Utf8 => {
                let mut column = wanted.min(line.len());
                while !line.is_char_boundary(column) {
                    column -= 1;
                }
                column
            }
            Self::Utf16 => {
                let mut units = 0;
                let inside = line.char_indices().find(|(_, c)| {
                    units += c.len_utf16();
                    units > wanted
                });
                inside.map_or(line.len(), |(at, _)| at)
            }
        };
        start + to_u32(column)
    }

    /// The position of `offset` in `text`.
    pub fn position(self, text: &str, lines: &LineIndex, offset: u32) -> Position {
        let line = lines.line_col(text, offset).line;
        let start = lines.line_start(line).unwrap_or_default() as usize;
        let mut end = (offset as usize).clamp(start, text.len().max(start));
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = text.get(start..end).unwrap_or_default();
        let character = match self {
            Self::Utf8 => before.len(),
            Self::Utf16 => before.chars().map(char::len_utf16).sum(),
        };
        Position { line: line - 1, character: to_u32(character) }
    }

    /// The range of the protocol of bytes of `text`.
    pub fn range(self, text: &str, lines: &LineIndex, range: TextRange) -> Range {
        Range { start: self.position(text, lines, range.start), end: self.position(text, lines, range.end) }
    }
}

/// The line that begins at `start`, without its ending.
fn line_at(text: &str, start: u32) -> &str {
    let rest = text.get(start as usize..).unwrap_or_default();
    rest.split(['\n', '\r']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_bytes_or_code_units() {
        let text = "a😀b\r\nä\n";
        let lines = LineIndex::new(text);
        let at =
            |encoding: Encoding, line, character| encoding.offset(text, &lines, Position { line, character });
        assert_eq!(at(Encoding::Utf16, 0, 3), 5, "the emoji is two units");
        assert_eq!(at(Encoding::Utf16, 0, 2), 1, "inside of a character is its start");
        assert_eq!(at(Encoding::Utf8, 0, 3), 1);
        assert_eq!(at(Encoding::Utf8, 0, 99), 6, "no further than the line");
        assert_eq!(at(Encoding::Utf16, 9, 0), 11, "no further than the text");
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            for (offset, _) in text.char_indices().filter(|(_, c)| *c != '\n') {
                let position = encoding.position(text, &lines, to_u32(offset));
                assert_eq!(encoding.offset(text, &lines, position), to_u32(offset));
            }
        }
    }
}
