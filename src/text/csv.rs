//! Comma-separated values, as RFC 4180 has them: quotes around what holds commas, quotes or line ends.

/// The rows of `text`, each with its line, counted from 1. Lines of nothing are passed over, a byte order mark is no
/// part of the first value, and values are without the blanks around them unless quoted.
pub fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
    let mut reader = Reader { rest: text.trim_start_matches('\u{feff}').chars().peekable(), line: 1 };
    let mut rows = Vec::new();
    while let Some(row) = reader.row() {
        if row.1.iter().any(|value| !value.is_empty()) {
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
    rest: std::iter::Peekable<std::str::Chars<'t>>,
    line: u32,
}

impl Reader<'_> {
    fn row(&mut self) -> Option<(u32, Vec<String>)> {
        self.rest.peek()?;
        let line = self.line;
        let mut values = Vec::new();
        loop {
            let (value, ends_row) = self.value();
            values.push(value);
            if ends_row {
                return Some((line, values));
            }
        }
    }

    /// A value, and whether its row ends with it.
    fn value(&mut self) -> (String, bool) {
        let mut value = String::new();
        while self.rest.next_if(|c| *c == ' ' || *c == '\t').is_some() {}
        let is_quoted = self.rest.next_if_eq(&'"').is_some();
        let mut is_open = is_quoted;
        while let Some(c) = self.rest.next() {
            match c {
                '"' if is_open => {
                    is_open = self.rest.next_if_eq(&'"').is_some();
                    if is_open {
                        value.push('"');
                    }
                }
                '\r' if self.rest.peek() == Some(&'\n') => {
                    if is_open {
                        value.push('\r');
                    }
                }
                '\n' | '\r' => {
                    self.line += 1;
                    if !is_open {
                        return (trimmed(value, is_quoted), true);
                    }
                    value.push(c);
                }
                ',' if !is_open => return (trimmed(value, is_quoted), false),
                _ => value.push(c),
            }
        }
        (trimmed(value, is_quoted), true)
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
