//! Texts of TOML, each byte with its place in the file.

use crate::text::{TextRange, to_u32};
use crate::yaml::{OffsetMap, Scalar, ScalarStyle, Segment};

/// The text that the token at `range` of `source` stands for, which TOML reads as `decoded`. Where the two cannot be
/// brought together, every byte is that of the whole token.
pub(super) fn scalar(source: &str, range: TextRange, decoded: &str) -> Scalar {
    let token = range.slice(source);
    let mut reader = Reader { token, start: range.start, at: 0, text: String::new(), segments: Vec::new() };
    let end = reader.read();
    let map = match reader.text == decoded {
        true => OffsetMap::new(reader.segments, range.start + to_u32(end)),
        false => {
            let whole =
                Segment { decoded: TextRange::from_usize(0, decoded.len()), source: range, copied: false };
            OffsetMap::new(vec![whole], range.end)
        }
    };
    Scalar { text: decoded.to_owned(), style: ScalarStyle::DoubleQuoted, map }
}

struct Reader<'t> {
    token: &'t str,
    start: u32,
    at: usize,
    text: String,
    segments: Vec<Segment>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.token[self.at..]
    }

    /// Reads the token up to its closing quotes, and gives where these stand.
    fn read(&mut self) -> usize {
        let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quotes| self.token.starts_with(quotes));
        let Some(quotes) = quotes.filter(|quotes| self.token.len() >= 2 * quotes.len()) else { return 0 };
        let end = self.token.len() - quotes.len();
        self.at = quotes.len();
        if quotes.len() == 3 {
            // A line end right behind the quotes is none of the text.
            let first = ["\r\n", "\n"].into_iter().find(|newline| self.rest().starts_with(newline));
            self.at += first.map_or(0, str::len);
        }
        let has_escapes = quotes.starts_with('"');
        while self.at < end {
            let rest = &self.token[self.at..end];
            match rest.find('\\').filter(|_| has_escapes) {
                Some(0) => self.escape(end),
                plain => self.copy(plain.unwrap_or(rest.len())),
            }
        }
        end
    }

    fn copy(&mut self, length: usize) {
        let decoded = TextRange::from_usize(self.text.len(), self.text.len() + length);
        let source = self.source(length);
        self.text.push_str(&self.token[self.at..self.at + length]);
        self.segments.push(Segment { decoded, source, copied: true });
        self.at += length;
    }

    fn source(&self, length: usize) -> TextRange {
        TextRange::new(self.start + to_u32(self.at), self.start + to_u32(self.at + length))
    }

    /// Reads the escape at the current byte, a backslash.
    fn escape(&mut self, end: usize) {
        let rest = &self.token[self.at + 1..end];
        let hex = |digits: usize| {
            let code = rest.get(1..1 + digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
            (code.and_then(char::from_u32), digits + 2)
        };
        let (char, length) = match rest.chars().next() {
            Some('b') => (Some('\u{8}'), 2),
            Some('t') => (Some('\t'), 2),
            Some('n') => (Some('\n'), 2),
            Some('f') => (Some('\u{c}'), 2),
            Some('r') => (Some('\r'), 2),
            Some('e') => (Some('\u{1b}'), 2),
            Some(plain @ ('"' | '\\')) => (Some(plain), 2),
            Some('x') => hex(2),
            Some('u') => hex(4),
            Some('U') => hex(8),
            // A backslash at the end of a line takes the blanks behind it along.
            _ => (None, 1 + rest.len() - rest.trim_start().len()),
        };
        let length = length.min(end - self.at);
        if let Some(char) = char {
            let start = self.text.len();
            self.text.push(char);
            let decoded = TextRange::from_usize(start, self.text.len());
            self.segments.push(Segment { decoded, source: self.source(length), copied: false });
        }
        self.at += length.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use toml::de::DeTable;

    /// The scalar of the one value of a file.
    fn of(source: &str) -> Scalar {
        let table = DeTable::parse(source).unwrap();
        let value = table.get_ref().get("a").unwrap();
        let span = value.span();
        scalar(source, TextRange::from_usize(span.start, span.end), value.get_ref().as_str().unwrap())
    }

    #[test]
    fn every_byte_leads_to_where_it_is_written() {
        for source in [
            "a = \"x\\ty \\u00e9\\\\ é\\\"z\"",
            "a = 'x\\ty é'",
            "a = '''\n| where x\n  | take 1\n'''",
            "a = '''\r\n| where x\r\n| take 1'''",
            "a = \"\"\"\nx \\\n   y\\n\"quoted\"z\"\"\" # b",
            "a = \"\"",
            "a = ''''quoted''''",
        ] {
            let scalar = of(source);
            assert!(
                !scalar
                    .map
                    .segments()
                    .iter()
                    .any(|it| it.source.slice(source).starts_with(['\'', '"']) && !it.copied),
                "{source}: {scalar:?}"
            );
            for (at, char) in scalar.text.char_indices().filter(|(_, char)| char.is_alphanumeric()) {
                let range = scalar.range_of(TextRange::from_usize(at, at + char.len_utf8()));
                let written = range.slice(source);
                assert!(
                    written == char.to_string() || written.starts_with('\\'),
                    "{source}: {char} is {written}"
                );
            }
        }
    }
}
