//! Comma-separated values, as RFC 4180 has them: quotes around what holds commas, quotes or line ends.

use super::{Spanned, TextRange};

/// The rows of `text`, each with its line, counted from 1. Lines of nothing are passed over, a byte order mark is no
/// part of the first value, and values are without the blanks around them unless quoted.
pub fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
    let values = |row: PlacedRow| (row.line, row.values.into_iter().map(|value| value.value).collect());
    placed_rows(text).into_iter().map(values).collect()
}

/// A row with the places of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedRow {
    /// Its line, counted from 1.
    pub line: u32,
    /// The values, each with its bytes, quotes included.
    pub values: Vec<Spanned<String>>,
}

/// [`rows`] with the places of the values.
pub fn placed_rows(text: &str) -> Vec<PlacedRow> {
    let body = text.trim_start_matches('\u{feff}');
    let mut reader =
        Reader { begins: text.len() - body.len(), text: body, rest: body.char_indices().peekable(), line: 1 };
    let mut rows = Vec::new();
    while let Some(row) = reader.row() {
        if row.values.iter().any(|value| !value.value.is_empty()) {
            rows.push(row);
        }
    }
    rows
}

/// A row as a line, without its ending: values in quotes where they need them.
pub fn line<'v>(values: impl IntoIterator<Item = &'v str>) -> String {
    let value = |value: &str| {
        let is_open = value.contains([',', '"', '\n', '\r']) || value.trim() != value;
        if is_open { format!("\"{}\"", value.replace('"', "\"\"")) } else { value.to_owned() }
    };
    values.into_iter().map(value).collect::<Vec<_>>().join(",")
}

struct Reader<'t> {
    /// Where `text` begins in the file.
    begins: usize,
    text: &'t str,
    rest: std::iter::Peekable<std::str::CharIndices<'t>>,
    line: u32,
}

impl Reader<'_> {
    fn row(&mut self) -> Option<PlacedRow> {
        self.rest.peek()?;
        let line = self.line;
        let mut values = Vec::new();
        loop {
            let start = self.place();
            let (value, end, ends_row) = self.value();
            let range = TextRange::from_usize(self.begins + start.min(end), self.begins + end);
            values.push(Spanned::new(value, range));
            if ends_row {
                return Some(PlacedRow { line, values });
            }
        }
    }

    /// The place of the next character that is no blank.
    fn place(&mut self) -> usize {
        while self.rest.next_if(|(_, c)| *c == ' ' || *c == '\t').is_some() {}
        self.here()
    }

    fn here(&mut self) -> usize {
        self.rest.peek().map_or(self.text.len(), |(at, _)| *at)
    }

    fn next_is(&mut self, expected: char) -> bool {
        self.rest.next_if(|(_, c)| *c == expected).is_some()
    }

    /// A value, where it ends, and whether its row ends with it.
    fn value(&mut self) -> (String, usize, bool) {
        let mut value = String::new();
        let is_quoted = self.next_is('"');
        let mut is_open = is_quoted;
        while let Some((at, c)) = self.rest.next() {
            match c {
                '"' if is_open => {
                    is_open = self.next_is('"');
                    if is_open {
                        value.push('"');
                    }
                }
                '\r' if self.rest.peek().is_some_and(|(_, c)| *c == '\n') => {
                    if is_open {
                        value.push('\r');
                    }
                }
                '\n' | '\r' => {
                    self.line += 1;
                    if !is_open {
                        return (trimmed(value, is_quoted), at, true);
                    }
                    value.push(c);
                }
                ',' if !is_open => return (trimmed(value, is_quoted), at, false),
                _ => value.push(c),
            }
        }
        (trimmed(value, is_quoted), self.text.len(), true)
    }
}

fn trimmed(value: String, is_quoted: bool) -> String {
    if is_quoted { value } else { value.trim_end().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<Vec<String>> {
        rows(text).into_iter().map(|(_, values)| values).collect()
    }

    #[test]
    fn quotes_keep_commas_quotes_and_line_ends() {
        let text = "\u{feff}Host, Note\r\nsrv1,\"a, \"\"b\"\"\nc\"\n\n srv2 ,\n";
        let rows = rows(text);
        assert_eq!(rows[0], (1, vec!["Host".to_owned(), "Note".to_owned()]));
        assert_eq!(rows[1], (2, vec!["srv1".to_owned(), "a, \"b\"\nc".to_owned()]));
        assert_eq!(rows[2], (5, vec!["srv2".to_owned(), String::new()]));
        assert_eq!(rows.len(), 3);
    }

    #[test]
    fn a_line_reads_back_as_its_values() {
        let row = ["srv1", "a, \"b\"\r\nc", " d ", ""];
        assert_eq!(values(&line(row)), [row]);
        assert_eq!(line(["a", "b c"]), "a,b c");
    }

    #[test]
    fn an_open_quote_ends_with_the_text_and_nothing_is_no_row() {
        assert_eq!(values("a,\"b\nc"), [["a", "b\nc"]]);
        assert!(values("").is_empty() && values("\n\r\n").is_empty());
    }
}
