//! Text to tokens. Lossless: every byte is part of a token or of the trivia before one.

use std::sync::LazyLock;

use super::chars::{is_line_break, is_name_byte, is_name_start, is_whitespace};
use super::token::{KEYWORDS, LexToken, TokenKind};
use crate::diag::Diagnostic;
use crate::kql::codes;
use crate::text::{TextRange, to_u32};

/// The tokens of `text`, the last being [`TokenKind::EndOfText`], and what is wrong with them.
pub fn lex(text: &str) -> (Vec<LexToken>, Vec<Diagnostic>) {
    let mut lexer = Lexer { text, bytes: text.as_bytes(), diagnostics: Vec::new() };
    let mut tokens = Vec::with_capacity(text.len() / 4 + 1);
    let mut at = 0;
    loop {
        let start = lexer.skip_trivia(at);
        let (kind, end) = lexer.token(start);
        tokens.push(LexToken { kind, trivia_start: to_u32(at), range: TextRange::from_usize(start, end) });
        at = end;
        if kind == TokenKind::EndOfText {
            return (tokens, lexer.diagnostics);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    diagnostics: Vec<Diagnostic>,
}

impl Lexer<'_> {
    /// The byte at `at`, or zero past the end.
    fn peek(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..).and_then(|rest| rest.chars().next())
    }

    /// The end of white space and comments from `at`.
    fn skip_trivia(&self, mut at: usize) -> usize {
        loop {
            match self.peek(at) {
                b' ' | b'\n' | b'\r' | b'\t' | 0x0c => at += 1,
                b'/' if self.peek(at + 1) == b'/' => at = self.next_line(at),
                byte if byte >= 0x80 => match self.char_at(at) {
                    Some(c) if is_whitespace(c) => at += c.len_utf8(),
                    _ => return at,
                },
                _ => return at,
            }
        }
    }

    /// The end of the line that holds `at`, before its line break.
    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find(is_line_break).map_or(self.text.len(), |found| at + found)
    }

    fn next_line(&self, at: usize) -> usize {
        let end = self.line_end(at);
        match self.char_at(end) {
            Some('\r') if self.peek(end + 1) == b'\n' => end + 2,
            Some(c) => end + c.len_utf8(),
            None => end,
        }
    }

    fn token(&mut self, at: usize) -> (TokenKind, usize) {
        let byte = self.peek(at);
        if !byte.is_ascii_alphanumeric() {
            if at >= self.bytes.len() {
                return (TokenKind::EndOfText, at);
            }
            if let Some((kind, len)) = self.punctuation(at) {
                return (kind, at + len);
            }
            match byte {
                b'\'' | b'"' | b'`' | b'~' | b'@' => {
                    if let Some(end) = self.string(at) {
                        return (TokenKind::StringLiteral, end);
                    }
                }
                b'#' => return (TokenKind::Directive, self.line_end(at)),
                _ => {}
            }
        }
        if let Some((kind, end)) = self.keyword(at) {
            return (kind, end);
        }
        if is_name_start(byte) {
            self.name_or_literal(at)
        } else if byte.is_ascii_digit() {
            self.number(at)
        } else {
            self.bad(at)
        }
    }

    fn bad(&mut self, at: usize) -> (TokenKind, usize) {
        let len = self.char_at(at).map_or(1, char::len_utf8);
        let range = TextRange::from_usize(at, at + len);
        let shown = range.slice(self.text).escape_debug().to_string();
        let message = format!("the character `{shown}` has no meaning here");
        self.diagnostics.push(codes::UNEXPECTED_CHARACTER.at(range, message));
        (TokenKind::Bad, at + len)
    }

    fn punctuation(&self, at: usize) -> Option<(TokenKind, usize)> {
        use TokenKind as T;
        let next = self.peek(at + 1);
        let one = |kind| Some((kind, 1));
        let two = |kind| Some((kind, 2));
        match (self.peek(at), next) {
            (b'(', _) => one(T::OpenParen),
            (b')', _) => one(T::CloseParen),
            (b'[', _) => one(T::OpenBracket),
            (b']', _) => one(T::CloseBracket),
            (b'{', _) => one(T::OpenBrace),
            (b'}', _) => one(T::CloseBrace),
            (b'|', _) => one(T::Bar),
            (b'.', b'.') => two(T::DotDot),
            (b'.', _) => one(T::Dot),
            (b'+', _) => one(T::Plus),
            (b'-', _) => one(T::Minus),
            (b'*', _) => one(T::Asterisk),
            (b'/', _) => one(T::Slash),
            (b'%', _) => one(T::Percent),
            (b'<', b'=') => two(T::LessEqual),
            (b'<', b'|') => two(T::LessBar),
            (b'<', b'>') => two(T::LessGreater),
            (b'<', _) => one(T::Less),
            (b'>', b'=') => two(T::GreaterEqual),
            (b'>', _) => one(T::Greater),
            (b'=', b'=') => two(T::EqualEqual),
            (b'=', b'>') => two(T::FatArrow),
            (b'=', b'~') => two(T::EqualTilde),
            (b'=', _) => one(T::Equal),
            (b'!', b'=') => two(T::BangEqual),
            (b'!', b'~') => two(T::BangTilde),
            (b'!', next) if !is_name_byte(next) => one(T::Bang),
            (b':', _) => one(T::Colon),
            (b';', _) => one(T::Semicolon),
            (b',', _) => one(T::Comma),
            (b'@', next) if !matches!(next, b'\'' | b'"' | b'`' | b'~') => one(T::At),
            (b'?', _) => one(T::Question),
            _ => None,
        }
    }

    /// A keyword, or a literal written as a type's keyword with its value in parentheses.
    fn keyword(&mut self, at: usize) -> Option<(TokenKind, usize)> {
        let (kind, len) = KEYWORD_TABLE.longest(&self.bytes[at..])?;
        let end = at + len;
        let next = self.peek(end);
        if next == b'('
            && let Some(literal) = literal_of_type(kind)
        {
            return Some((literal, self.parenthesized_literal(at, end)));
        }
        (!is_name_byte(next)).then_some((kind, end))
    }

    /// The end of `(…)` from `open`; the value must end on its line.
    fn parenthesized_literal(&mut self, start: usize, open: usize) -> usize {
        let stop = |c: char| c == ')' || is_line_break(c);
        let found = self.text[open..].find(stop).map_or(self.text.len(), |found| open + found);
        if self.peek(found) == b')' {
            return found + 1;
        }
        self.missing(found, ")", &self.text[start..open]);
        found
    }

    fn missing(&mut self, at: usize, closer: &str, opener: &str) {
        let message = format!("`{opener}` is not closed: `{closer}` is missing");
        self.diagnostics.push(codes::MISSING_TEXT.at(TextRange::from_usize(at, at), message));
    }

    fn name_or_literal(&mut self, at: usize) -> (TokenKind, usize) {
        let end = self.name_end(at + 1);
        if matches!(&self.text[at..end], "true" | "True" | "TRUE" | "false" | "False" | "FALSE") {
            return (TokenKind::BoolLiteral, end);
        }
        if let Some(end) = self.raw_guid(at) {
            return (TokenKind::RawGuidLiteral, end);
        }
        if end == at + 1
            && matches!(self.peek(at), b'h' | b'H')
            && matches!(self.peek(end), b'\'' | b'"' | b'`' | b'~' | b'@')
            && let Some(end) = self.string(at)
        {
            return (TokenKind::StringLiteral, end);
        }
        (TokenKind::Identifier, end)
    }

    fn name_end(&self, mut at: usize) -> usize {
        while is_name_byte(self.peek(at)) {
            at += 1;
        }
        at
    }

    fn number(&mut self, at: usize) -> (TokenKind, usize) {
        if let Some(end) = self.raw_guid(at) {
            return (TokenKind::RawGuidLiteral, end);
        }
        if let Some(end) = self.real(at) {
            return (TokenKind::RealLiteral, end);
        }
        if let Some(end) = self.time_span(at) {
            return (TokenKind::TimeSpanLiteral, end);
        }
        if let Some(end) = self.long(at) {
            return (TokenKind::LongLiteral, end);
        }
        let digits = self.digits_end(at);
        let next = self.peek(digits);
        if next.is_ascii_alphabetic() || next == b'_' {
            return (TokenKind::Identifier, self.name_end(digits));
        }
        self.bad(at)
    }

    fn digits_end(&self, mut at: usize) -> usize {
        while self.peek(at).is_ascii_digit() {
            at += 1;
        }
        at
    }

    /// Digits with a fraction, an exponent or both; `1..2` is no fraction.
    fn real(&self, at: usize) -> Option<usize> {
        let mut end = self.digits_end(at);
        if self.peek(end) == b'.' && (self.peek(end + 1) != b'.' || self.peek(end + 2) == b'.') {
            end = self.digits_end(end + 1);
            end = self.exponent(end).unwrap_or(end);
        } else {
            end = self.exponent(end)?;
        }
        (!is_name_byte(self.peek(end))).then_some(end)
    }

    fn exponent(&self, at: usize) -> Option<usize> {
        if !matches!(self.peek(at), b'e' | b'E') {
            return None;
        }
        let digits = if matches!(self.peek(at + 1), b'+' | b'-') { at + 2 } else { at + 1 };
        let end = self.digits_end(digits);
        (end > digits).then_some(end)
    }

    fn time_span(&self, at: usize) -> Option<usize> {
        let mut end = self.digits_end(at);
        if self.peek(end) == b'.' {
            let fraction = self.digits_end(end + 1);
            if fraction > end + 1 {
                end = fraction;
            }
        }
        let unit_end = self.name_end(end);
        TIME_UNITS.contains(&&self.text[end..unit_end]).then_some(unit_end)
    }

    fn long(&self, at: usize) -> Option<usize> {
        if self.peek(at) == b'0' && matches!(self.peek(at + 1), b'x' | b'X') {
            let mut end = at + 2;
            while self.peek(end).is_ascii_hexdigit() {
                end += 1;
            }
            if end > at + 2 && !is_name_byte(self.peek(end)) {
                return Some(end);
            }
        }
        let end = self.digits_end(at);
        (!is_name_byte(self.peek(end))).then_some(end)
    }

    fn raw_guid(&self, at: usize) -> Option<usize> {
        let guid = self.bytes.get(at..at + 36)?;
        let fits = guid.iter().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
        fits.then_some(at + 36)
    }

    /// The end of a string literal that starts at `at`, if one does.
    fn string(&mut self, at: usize) -> Option<usize> {
        let mut open = at;
        if matches!(self.peek(open), b'h' | b'H') {
            open += 1;
        }
        let verbatim = self.peek(open) == b'@';
        if verbatim {
            open += 1;
        }
        let quote = self.peek(open);
        let (closer, content_end) = match quote {
            b'\'' | b'"' => {
                (if quote == b'"' { "\"" } else { "'" }, self.string_content(open + 1, quote, verbatim))
            }
            b'`' | b'~' => {
                let closer = if quote == b'`' { "```" } else { "~~~" };
                let content = self.text[open..].strip_prefix(closer)?;
                (closer, open + 3 + content.find(closer).unwrap_or(content.len()))
            }
            _ => return None,
        };
        if self.text[content_end..].starts_with(closer) {
            return Some(content_end + closer.len());
        }
        self.missing(content_end, closer, closer);
        Some(content_end)
    }

    /// The end of what stands between quotes: the quote, the end of the line, or an escape that is none.
    fn string_content(&self, mut at: usize, quote: u8, verbatim: bool) -> usize {
        while at < self.bytes.len() {
            match self.bytes[at] {
                byte if byte == quote && verbatim && self.peek(at + 1) == quote => at += 2,
                b'\\' if !verbatim => match self.escape_len(at) {
                    Some(len) => at += len,
                    None => return at,
                },
                byte if byte == quote || byte == b'\r' || byte == b'\n' => return at,
                _ => at += 1,
            }
        }
        at
    }

    fn escape_len(&self, at: usize) -> Option<usize> {
        let hex = |count: usize| {
            let digits = self.bytes.get(at + 2..at + 2 + count)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(count + 2)
        };
        match self.peek(at + 1) {
            b'\\' | b'\'' | b'"' | b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' => Some(2),
            b'u' => hex(4),
            b'U' => hex(8),
            b'x' => hex(2),
            first @ b'0'..=b'7' => {
                let octal = |offset: usize| matches!(self.peek(at + offset), b'0'..=b'7');
                Some(match (octal(2), octal(3) && first <= b'3') {
                    (true, true) => 4,
                    (true, false) => 3,
                    (false, _) => 2,
                })
            }
            _ => None,
        }
    }
}

const TIME_UNITS: &[&str] = &[
    "m",
    "min",
    "minute",
    "minutes",
    "s",
    "sec",
    "second",
    "seconds",
    "d",
    "day",
    "days",
    "h",
    "hr",
    "hrs",
    "hour",
    "hours",
    "ms",
    "milli",
    "millis",
    "millisec",
    "millisecond",
    "milliseconds",
    "micro",
    "micros",
    "microsec",
    "microsecond",
    "microseconds",
    "nano",
    "nanos",
    "nanosec",
    "nanosecond",
    "nanoseconds",
    "tick",
    "ticks",
];

fn literal_of_type(keyword: TokenKind) -> Option<TokenKind> {
    Some(match keyword {
        TokenKind::LongKw | TokenKind::Int64Kw => TokenKind::LongLiteral,
        TokenKind::IntKw | TokenKind::Int32Kw => TokenKind::IntLiteral,
        TokenKind::RealKw | TokenKind::DoubleKw => TokenKind::RealLiteral,
        TokenKind::DecimalKw => TokenKind::DecimalLiteral,
        TokenKind::BoolKw => TokenKind::BoolLiteral,
        TokenKind::DatetimeKw | TokenKind::DateKw => TokenKind::DateTimeLiteral,
        TokenKind::TimeKw | TokenKind::TimespanKw => TokenKind::TimeSpanLiteral,
        TokenKind::GuidKw => TokenKind::GuidLiteral,
        _ => return None,
    })
}

/// Keywords by first byte and length of their leading word, longest first.
struct KeywordTable {
    /// For each first byte, the keywords that start with it, longest first.
    by_first: Vec<Vec<(&'static [u8], TokenKind)>>,
    /// Whether a word of this first byte and length (up to 31) starts a keyword.
    word_lengths: Vec<u32>,
}

static KEYWORD_TABLE: LazyLock<KeywordTable> = LazyLock::new(|| {
    let mut by_first = vec![Vec::new(); 128];
    let mut word_lengths = vec![0_u32; 128];
    for (text, kind) in KEYWORDS {
        let bytes = text.as_bytes();
        let first = usize::from(bytes[0] & 0x7f);
        by_first[first].push((bytes, *kind));
        word_lengths[first] |= 1 << word_len(bytes).min(31);
    }
    for bucket in &mut by_first {
        bucket.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
    }
    KeywordTable { by_first, word_lengths }
});

/// Length of the first byte and the name characters after it.
fn word_len(bytes: &[u8]) -> usize {
    1 + bytes.iter().skip(1).take_while(|byte| is_name_byte(**byte)).count()
}

impl KeywordTable {
    /// The longest keyword that `bytes` starts with, and its length; what follows it is the caller's concern.
    ///
    /// Only words of a keyword's length are compared: a shorter keyword in a longer word is always followed by
    /// a name character, which makes the word a name unless it is a literal such as `long(…)`.
    fn longest(&self, bytes: &[u8]) -> Option<(TokenKind, usize)> {
        let first = usize::from(*bytes.first()?);
        let word = word_len(bytes);
        if *self.word_lengths.get(first)? & (1 << word.min(31)) == 0 {
            return None;
        }
        let bucket = self.by_first.get(first)?;
        bucket.iter().find(|(text, _)| bytes.starts_with(text)).map(|(text, kind)| (*kind, text.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        let (tokens, _) = lex(text);
        tokens.iter().map(|token| (token.kind, token.range.slice(text))).collect()
    }

    #[test]
    fn reads_keywords_by_longest_match() {
        use TokenKind as T;
        assert_eq!(
            kinds("project-away a | mv-expandx !has in~(x) hint.strategy=shuffle matches regex"),
            [
                (T::ProjectAwayKw, "project-away"),
                (T::Identifier, "a"),
                (T::Bar, "|"),
                (T::Identifier, "mv"),
                (T::Minus, "-"),
                (T::Identifier, "expandx"),
                (T::NotHasKw, "!has"),
                (T::InCiKw, "in~"),
                (T::OpenParen, "("),
                (T::Identifier, "x"),
                (T::CloseParen, ")"),
                (T::HintStrategyKw, "hint.strategy"),
                (T::Equal, "="),
                (T::Identifier, "shuffle"),
                (T::MatchesRegexKw, "matches regex"),
                (T::EndOfText, ""),
            ]
        );
    }

    #[test]
    fn reads_literals() {
        use TokenKind as T;
        let text = "1 0x1F 1.5 1e3 1..2 5min 1.5h 2x datetime(2024-01-01) h@'a''b' \"a\\\"b\" ```x\ny``` true \
                    74be27de-1e4e-49d9-b579-fe0b331d3642";
        let read: Vec<TokenKind> = kinds(text).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(
            read,
            [
                T::LongLiteral,
                T::LongLiteral,
                T::RealLiteral,
                T::RealLiteral,
                T::LongLiteral,
                T::DotDot,
                T::LongLiteral,
                T::TimeSpanLiteral,
                T::TimeSpanLiteral,
                T::Identifier,
                T::DateTimeLiteral,
                T::StringLiteral,
                T::StringLiteral,
                T::StringLiteral,
                T::BoolLiteral,
                T::RawGuidLiteral,
                T::EndOfText,
            ]
        );
    }

    #[test]
    fn reports_what_is_not_closed_or_has_no_meaning() {
        let found = |text: &str| {
            let (_, diagnostics) = lex(text);
            diagnostics.iter().map(|d| (d.code, d.range().to_usize())).collect::<Vec<_>>()
        };
        assert_eq!(found("print 'abc"), [("KQ001", 10..10)]);
        assert_eq!(found("print datetime(2024\n)"), [("KQ001", 19..19)]);
        assert_eq!(found("a ^ b"), [("KQ002", 2..3)]);
        assert_eq!(found("a // ^ 'x\n| b"), []);
    }
}
