//! Walking over what stands between the tokens: blanks, comments, indicators, anchors and tags.
//!
//! The event parser counts characters and leaves the headers of block scalars, anchors and tags out of
//! the places it gives; these helpers find their bytes.

use std::ops::Range;

/// Whether `byte` is a space or a tab.
pub(super) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// Whether `byte` belongs to a line ending.
pub(super) fn is_break(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// Whether `byte` delimits flow collections.
pub(super) fn is_flow(byte: u8) -> bool {
    matches!(byte, b',' | b'[' | b']' | b'{' | b'}')
}

/// Length of the line ending at `at`: 2 for `\r\n`, 1 for a lone `\n` or `\r`, 0 where there is none.
pub(super) fn break_len(bytes: &[u8], at: usize) -> usize {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => 2,
        (Some(b'\n' | b'\r'), _) => 1,
        _ => 0,
    }
}

/// The first position from `at` on whose byte fails `accept`.
pub(super) fn skip_while(bytes: &[u8], at: usize, accept: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !accept(*byte)).unwrap_or(rest.len())
}

/// Skips blanks, line endings, byte order marks and comments.
pub(super) fn skip_trivia(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at = skip_while(bytes, at, |byte| is_blank(byte) || is_break(byte));
        match bytes.get(at..) {
            Some([b'#', ..]) => at = skip_while(bytes, at, |byte| !is_break(byte)),
            Some([0xEF, 0xBB, 0xBF, ..]) => at += 3,
            _ => return at,
        }
    }
}

/// The end of the anchor (`&name`) or tag (`!name`, `!<uri>`) that starts at `at`.
fn property_end(bytes: &[u8], at: usize) -> usize {
    if bytes[at..].starts_with(b"!<") {
        let close = skip_while(bytes, at, |byte| byte != b'>' && !is_break(byte));
        return (close + 1).min(bytes.len());
    }
    skip_while(bytes, at + 1, |byte| !is_blank(byte) && !is_break(byte) && !is_flow(byte))
}

/// Skips `count` anchors and tags from `at` on. Gives where the tag stands, if there is one, and the end of
/// the last of them; what follows may be a blank, a comment or a line ending.
pub(super) fn skip_properties(bytes: &[u8], mut at: usize, count: usize) -> (Option<Range<usize>>, usize) {
    let mut tag = None;
    for _ in 0..count {
        let start = skip_trivia(bytes, at);
        match bytes.get(start) {
            Some(b'&') => at = property_end(bytes, start),
            Some(b'!') => {
                at = property_end(bytes, start);
                tag = Some(start..at);
            }
            _ => break,
        }
    }
    (tag, at)
}

/// Finds the `|` or `>` that heads a block scalar, past indicators, anchors and tags from `at` on.
pub(super) fn block_header(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at = skip_trivia(bytes, at);
        match bytes.get(at)? {
            b'|' | b'>' => return Some(at),
            b'-' | b'?' | b':' => at += 1,
            b'&' | b'!' => at = property_end(bytes, at),
            _ => return None,
        }
    }
}

/// Start of the line that holds `at`.
pub(super) fn line_start(bytes: &[u8], at: usize) -> usize {
    let before = bytes.get(..at).unwrap_or(bytes);
    before.iter().rposition(|byte| is_break(*byte)).map_or(0, |index| index + 1)
}

/// End of the line that holds `at`, without its line ending.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    skip_while(bytes, at, |byte| !is_break(byte))
}

/// Column of `at` in characters, from zero; a byte order mark has no width.
pub(super) fn column(text: &str, at: usize) -> usize {
    let line = text.get(line_start(text.as_bytes(), at)..at).unwrap_or_default();
    line.chars().filter(|char| *char != '\u{FEFF}').count()
}

/// Byte offsets of a text's characters, by their number.
#[derive(Debug)]
pub(super) struct Marks<'a> {
    text: &'a str,
    /// Byte offset of each [`Marks::STEP`]th character; empty for ASCII, where the two are the same.
    steps: Vec<usize>,
}

impl<'a> Marks<'a> {
    const STEP: usize = 64;

    pub(super) fn new(text: &'a str) -> Self {
        let steps = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().step_by(Self::STEP).map(|(byte, _)| byte).collect()
        };
        Self { text, steps }
    }

    /// The byte offset of character number `index`; the end of the text past its last character.
    pub(super) fn byte(&self, index: usize) -> usize {
        if self.steps.is_empty() {
            return index.min(self.text.len());
        }
        let Some(start) = self.steps.get(index / Self::STEP) else {
            return self.text.len();
        };
        let mut chars = self.text[*start..].char_indices();
        chars.nth(index % Self::STEP).map_or(self.text.len(), |(byte, _)| start + byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_count_characters() {
        let text = "ä€x".repeat(100);
        let marks = Marks::new(&text);
        for (index, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(marks.byte(index), byte);
        }
        assert_eq!(marks.byte(300), text.len());
        assert_eq!(Marks::new("abc").byte(7), 3);
    }

    #[test]
    fn finds_properties_and_headers() {
        let text = "&a !t # c\n  |\n";
        let (tag, end) = skip_properties(text.as_bytes(), 0, 2);
        assert_eq!((tag, end), (Some(3..5), 5));
        assert_eq!(block_header(text.as_bytes(), 0), Some(12));
        assert_eq!(block_header(b": - !<x> >-", 0), Some(9));
        assert_eq!(block_header(b": text", 0), None);
    }
}
