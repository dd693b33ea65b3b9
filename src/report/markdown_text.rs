//! Text that is not trusted, in Markdown.
//!
//! Names are written with every sign of punctuation as a character reference, inside `<code>`, where neither markup,
//! nor links, nor mentions work; what stands in fences has one longer than any run of backticks in it.

use std::fmt::Write as _;

use super::plan_text::{plural, printable};

/// Appends pieces as long as they fit below `limit`, then says how many did not.
pub(super) fn append(out: &mut String, limit: usize, noun: &str, pieces: impl Iterator<Item = String>) {
    let mut left_out = 0;
    for piece in pieces {
        if left_out == 0 && out.len() + piece.len() <= limit {
            out.push_str(&piece);
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        let _ = write!(out, "\n{left_out} more {} left out for length.\n", plural(left_out, noun));
    }
}

/// A fence longer than any run of backticks in `text`.
pub(crate) fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    "`".repeat((longest + 1).max(3))
}

/// `text` as code.
pub(crate) fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

/// `text` on one line, every ASCII sign but blanks as a character reference: a reference is text, never
/// markup, in Markdown as in HTML.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '\t' => out.push(' '),
            ',' | ' ' => out.push(c),
            c if c.is_ascii_punctuation() => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_never_markup() {
        let escaped = escape("<b>|`x`|@team [a](b)\n# \\");
        assert!(!escaped.contains(['<', '>', '|', '`', '@', '[', '\n', '\\']), "{escaped}");
        assert!(escaped.starts_with("&#60;b&#62;"));
    }

    #[test]
    fn fences_outgrow_their_content() {
        assert_eq!(fence("a `b` ```` c"), "`````");
        assert_eq!(fence("plain"), "```");
    }
}
