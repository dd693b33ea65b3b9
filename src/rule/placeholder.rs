//! `{{Column}}` in the texts of alerts: what a column of the result stands in for.

use std::ops::Range;

/// A placeholder: bytes of the text that it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholder {
    /// With its braces.
    pub whole: Range<usize>,
    /// The name of the column.
    pub column: Range<usize>,
}

impl Placeholder {
    /// The name of the column, in the text that the placeholder is in.
    pub fn name<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.column.clone()).unwrap_or_default()
    }
}

/// The placeholders of a text, in their order. Braces that are not closed are none.
pub fn placeholders(text: &str) -> impl Iterator<Item = Placeholder> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        let open = from + text.get(from..)?.find("{{")?;
        let inner = text.get(open + 2..)?;
        let inner = inner.get(..inner.find("}}")?)?;
        let column = inner.trim();
        let start = open + 2 + inner.len() - inner.trim_start().len();
        from = open + 2 + inner.len() + 2;
        Some(Placeholder { whole: open..from, column: start..start + column.len() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_double_braces() {
        let text = "{{ User }} from {{Host}}, {{open and }} {{}} {{ left";
        let found: Vec<(&str, &str)> =
            placeholders(text).map(|it| (&text[it.whole.clone()], it.name(text))).collect();
        let expected =
            [("{{ User }}", "User"), ("{{Host}}", "Host"), ("{{open and }}", "open and"), ("{{}}", "")];
        assert_eq!(found, expected);
    }
}
