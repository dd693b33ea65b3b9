//! Edits to source text.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::text::{Span, TextRange};

/// Whether a fix may be applied without a person reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// Keeps the meaning, or restores the only one possible.
    Safe,
    /// Probably right, but may change what the rule does.
    Unsafe,
    /// Shown as a suggestion, never applied.
    Display,
}

/// Replaces the bytes of `span` with `replacement`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace; an empty span inserts.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

/// A remedy as text edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What applying it does, as an imperative without a full stop.
    pub title: String,
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix of a single edit.
    pub fn replace(
        title: impl Into<String>,
        applicability: Applicability,
        span: Span,
        replacement: impl Into<String>,
    ) -> Self {
        let edits = vec![Edit { span, replacement: replacement.into() }];
        Self { title: title.into(), applicability, edits }
    }
}

/// Why a set of edits could not be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FixError {
    /// Two edits touch the same bytes.
    #[error("two edits overlap at byte {0}")]
    Overlap(u32),
    /// An edit names bytes that the text does not have, or cuts a character.
    #[error("an edit does not fit the text at byte {0}")]
    OutOfBounds(u32),
}

/// Applies `edits` (range and replacement) to `text`. Order does not matter; two insertions at one place
/// keep the order given.
///
/// # Errors
/// When two edits overlap, or one does not fall on character boundaries of `text`.
pub fn apply_edits(text: &str, edits: &[(TextRange, &str)]) -> Result<String, FixError> {
    let mut sorted: Vec<_> = edits.iter().collect();
    sorted.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, replacement) in sorted {
        if range.start < done {
            return Err(FixError::Overlap(range.start));
        }
        let between = text.get(done as usize..range.start as usize);
        let fits = text.is_char_boundary(range.end as usize);
        let (Some(between), true) = (between, fits) else {
            return Err(FixError::OutOfBounds(range.start));
        };
        out.push_str(between);
        out.push_str(replacement);
        done = range.end;
    }
    out.push_str(&text[done as usize..]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applies_edits_in_any_order_and_refuses_overlap() {
        let edits = [(TextRange::new(4, 5), "D"), (TextRange::new(0, 1), "A"), (TextRange::empty(2), "-")];
        assert_eq!(apply_edits("a b c d", &edits), Ok("A -b D d".into()));
        let overlap = [(TextRange::new(0, 3), ""), (TextRange::new(2, 4), "")];
        assert_eq!(apply_edits("abcdef", &overlap), Err(FixError::Overlap(2)));
        assert_eq!(apply_edits("ä", &[(TextRange::new(1, 2), "")]), Err(FixError::OutOfBounds(1)));
        assert_eq!(apply_edits("a", &[(TextRange::new(7, 9), "")]), Err(FixError::OutOfBounds(7)));
    }
}
