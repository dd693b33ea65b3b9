//! Line and column of a byte offset.

use super::to_u32;

/// A place for a person: both numbers count from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineCol {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters (Unicode scalar values), from 1.
    pub column: u32,
}

/// Where each line of a text starts. `\n`, `\r\n` and a lone `\r` end a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            let ends_line = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
            if ends_line {
                starts.push(to_u32(at + 1));
            }
        }
        Self { starts }
    }

    /// Number of lines; at least one.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The byte at which `line` (from 1) starts, if there is such a line.
    pub fn line_start(&self, line: u32) -> Option<u32> {
        self.starts.get((line as usize).checked_sub(1)?).copied()
    }

    /// Line and column of `offset` in `text`, the text this index was made of. An offset inside a
    /// character counts as its start; one past the end counts as the end.
    pub fn line_col(&self, text: &str, offset: u32) -> LineCol {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts[line - 1] as usize;
        let mut end = (offset as usize).clamp(start, text.len().max(start));
        while !text.is_char_boundary(end.min(text.len())) {
            end -= 1;
        }
        let column = text.get(start..end).map_or(0, |before| before.chars().count());
        LineCol { line: to_u32(line), column: to_u32(column + 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_of_every_line_ending() {
        let text = "a\r\nbä\rc\n";
        let index = LineIndex::new(text);
        let at = |offset| {
            let place = index.line_col(text, offset);
            (place.line, place.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(3), (2, 1));
        assert_eq!(at(6), (2, 3), "columns count characters, not bytes");
        assert_eq!(at(5), (2, 2), "inside a character is its start");
        assert_eq!(at(7), (3, 1));
        assert_eq!(at(99), (4, 1));
        assert_eq!(index.lines(), 4);
        assert_eq!(index.line_start(3), Some(7));
    }
}
