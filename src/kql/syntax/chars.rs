//! Which characters are what in KQL text.

/// White space between tokens, a byte order mark and zero width space included.
pub(super) fn is_whitespace(c: char) -> bool {
    matches!(
        c,
        '\t' | ' ' | '\r' | '\n' | '\u{c}' | '\u{a0}' | '\u{1680}' | '\u{180e}' | '\u{2000}'
            ..='\u{200b}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}'
    )
}

/// What ends a line: CR, LF, and Unicode's line and paragraph separators.
pub(super) fn is_line_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{2028}' | '\u{2029}')
}

/// Whether `text` holds a line break.
pub(super) fn has_line_break(text: &str) -> bool {
    text.chars().any(is_line_break)
}

/// A character inside a name.
pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A character that starts a name.
pub(super) fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$'
}
