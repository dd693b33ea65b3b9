//! The values that Sigma's rules look for: text with wildcards, and what modifiers make of it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The most variants of one value.
const MOST_VARIANTS: usize = 64;

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// This text.
    Text(String),
    /// `*`: any characters.
    Any,
    /// `?`: one character.
    One,
}

/// Text with wildcards. Texts are not empty, no two of them stand side by side, and neither do two of [`Piece::Any`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Pattern {
    pub(super) pieces: Vec<Piece>,
}

impl Pattern {
    /// Reads a value: `*` and `?` are wildcards unless a backslash stands before them, and two backslashes are one.
    pub(super) fn parse(value: &str) -> Self {
        let mut pattern = Self::default();
        let mut rest = value.chars().peekable();
        while let Some(char) = rest.next() {
            match char {
                '*' => pattern.push(Piece::Any),
                '?' => pattern.push(Piece::One),
                '\\' => {
                    let escaped = rest.next_if(|next| matches!(next, '*' | '?' | '\\'));
                    pattern.push_char(escaped.unwrap_or('\\'));
                }
                char => pattern.push_char(char),
            }
        }
        pattern
    }

    /// A pattern of `text` alone.
    pub(super) fn of_text(text: &str) -> Self {
        let mut pattern = Self::default();
        pattern.push_text(text);
        pattern
    }

    fn push_char(&mut self, char: char) {
        self.push_text(char.encode_utf8(&mut [0; 4]));
    }

    fn push_text(&mut self, text: &str) {
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(Piece::Text(before)) => before.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    pub(super) fn push(&mut self, piece: Piece) {
        match piece {
            Piece::Text(text) => self.push_text(&text),
            Piece::Any if self.pieces.last() == Some(&Piece::Any) => {}
            piece => self.pieces.push(piece),
        }
    }

    /// The text where there is no wildcard.
    pub(super) fn plain(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The pattern with anything before it.
    pub(super) fn after_anything(self) -> Self {
        let mut pattern = Self { pieces: vec![Piece::Any] };
        self.pieces.into_iter().for_each(|piece| pattern.push(piece));
        pattern
    }

    /// The pattern with anything behind it.
    pub(super) fn before_anything(mut self) -> Self {
        self.push(Piece::Any);
        self
    }

    /// The pattern with each text replaced by what `change` makes of it.
    pub(super) fn map_texts(&self, change: impl Fn(usize, &str) -> String) -> Self {
        let mut pattern = Self::default();
        for (at, piece) in self.pieces.iter().enumerate() {
            pattern.push(match piece {
                Piece::Text(text) => Piece::Text(change(at, text)),
                other => other.clone(),
            });
        }
        pattern
    }

    /// The regular expression of the whole pattern.
    pub(super) fn regex(&self, cased: bool) -> String {
        let mut regex = String::from(if cased { "(?s)" } else { "(?is)" });
        if self.pieces.first() != Some(&Piece::Any) {
            regex.push('^');
        }
        let last = self.pieces.len().saturating_sub(1);
        for (at, piece) in self.pieces.iter().enumerate() {
            match piece {
                Piece::Text(text) => regex.push_str(&regex_syntax::escape(text)),
                Piece::Any if at == 0 || at == last => {}
                Piece::Any => regex.push_str(".*"),
                Piece::One => regex.push('.'),
            }
        }
        if self.pieces.last() != Some(&Piece::Any) {
            regex.push('$');
        }
        regex
    }

    /// The pattern, and the ones with `/` or another dash for each dash that starts a word.
    ///
    /// # Errors
    /// When there are too many.
    pub(super) fn windash(&self) -> Result<Vec<Self>, String> {
        let mut variants = vec![Self::default()];
        for piece in &self.pieces {
            let Piece::Text(text) = piece else {
                variants.iter_mut().for_each(|variant| variant.push(piece.clone()));
                continue;
            };
            let chars: Vec<char> = text.chars().collect();
            let is_word = |at: Option<usize>| {
                at.and_then(|at| chars.get(at)).is_some_and(|char| char.is_alphanumeric() || *char == '_')
            };
            for (at, char) in chars.iter().enumerate() {
                let starts_word =
                    matches!(char, '-' | '/') && !is_word(at.checked_sub(1)) && is_word(Some(at + 1));
                if !starts_word {
                    variants.iter_mut().for_each(|variant| variant.push_char(*char));
                    continue;
                }
                if variants.len() * DASHES.len() > MOST_VARIANTS {
                    return Err("it has too many dashes for `windash`".to_owned());
                }
                let with = |variant: &Self| {
                    DASHES.map(|dash| {
                        let mut variant = variant.clone();
                        variant.push_char(dash);
                        variant
                    })
                };
                variants = variants.iter().flat_map(with).collect();
            }
        }
        Ok(variants)
    }
}

/// What Windows programs take for the dash of an option.
const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];

/// `bytes` in Base64.
pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// What Base64 makes of `bytes` at each of the three places where they may start in what is encoded, without the
/// characters that depend on what is before and behind them. None where no character is left at one of the places:
/// whatever is looked for then, some of what is meant would not be found.
pub(super) fn base64_offsets(bytes: &[u8]) -> Option<Vec<String>> {
    let at = |shift: usize| {
        let mut padded = vec![b' '; shift];
        padded.extend_from_slice(bytes);
        let encoded = STANDARD.encode(&padded);
        let start = [0, 2, 3][shift];
        let end = encoded.len() - [0, 3, 2][padded.len() % 3].min(encoded.len());
        encoded.get(start..end).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    (0..3).map(at).collect()
}

/// `text` as UTF-16 with the byte order of `to`.
pub(super) fn utf16(text: &str, to: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_and_backslashes_are_read() {
        for (value, regex) in [
            (r"a\b", r"(?is)^a\\b$"),
            (r"a\\b", r"(?is)^a\\b$"),
            (r"a\*b", r"(?is)^a\*b$"),
            (r"a\\*b", r"(?is)^a\\.*b$"),
            (r"\\\*b*", r"(?is)^\\\*b"),
            (r"a?**b\", r"(?is)^a..*b\\$"),
            (r"*a.exe", r"(?is)a\.exe$"),
        ] {
            assert_eq!(Pattern::parse(value).regex(false), regex, "{value}");
        }
    }

    #[test]
    fn dashes_of_options_are_varied() {
        let texts = |value: &str| -> Vec<String> {
            let variants = Pattern::parse(value).windash().unwrap();
            variants.iter().map(|variant| variant.plain().unwrap().to_owned()).collect()
        };
        assert_eq!(texts("a-b"), ["a-b"]);
        assert_eq!(texts(" -a-b"), [" -a-b", " /a-b", " \u{2013}a-b", " \u{2014}a-b", " \u{2015}a-b"]);
        assert_eq!(texts("-a -b").len(), 25);
        assert!(Pattern::parse("-a -b -c").windash().is_err());
    }

    #[test]
    fn base64_is_found_at_each_offset() {
        for word in ["http://", "ab", "Invoke"] {
            let variants = base64_offsets(word.as_bytes()).unwrap();
            for shift in 0..3 {
                let text = format!("{}{word}tail", "z".repeat(shift));
                let encoded = base64(text.as_bytes());
                assert!(
                    variants.iter().any(|variant| encoded.contains(variant)),
                    "{word} {shift} {variants:?}"
                );
            }
        }
        assert_eq!(base64_offsets(b"x"), None);
        assert_eq!(base64(&utf16("ab", u16::to_le_bytes)), "YQBiAA==");
    }

    proptest::proptest! {
        #[test]
        fn any_value_gives_a_sound_expression(value in "[a-z*?\\\\.\\[(é-]{0,20}") {
            let regex = Pattern::parse(&value).after_anything().regex(false);
            proptest::prop_assert!(regex::Regex::new(&regex).is_ok());
        }
    }
}
