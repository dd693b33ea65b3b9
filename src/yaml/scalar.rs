//! Decoding of scalars, every decoded byte with the file bytes it came from.

use super::cursor::{break_len, is_blank, is_break, line_end, skip_while};
use super::{OffsetMap, Segment};
use crate::text::{TextRange, to_u32};

/// A decoded scalar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) map: OffsetMap,
    /// One past the last byte of the token.
    pub(super) end: usize,
}

/// Collects decoded text and its segments.
#[derive(Debug, Default)]
struct Sink {
    text: String,
    segments: Vec<Segment>,
}

impl Sink {
    /// Appends `piece`, which stands for `source` as a whole.
    fn replace(&mut self, source: (usize, usize), piece: &str) {
        let start = to_u32(self.text.len());
        self.text.push_str(piece);
        let decoded = TextRange::new(start, to_u32(self.text.len()));
        let source = TextRange::from_usize(source.0, source.1);
        self.segments.push(Segment { decoded, source, copied: false });
    }

    /// Appends the bytes `from..to` of `text` as they are.
    fn copy(&mut self, text: &str, from: usize, to: usize) {
        let Some(piece) = text.get(from..to).filter(|piece| !piece.is_empty()) else { return };
        let start = to_u32(self.text.len());
        self.text.push_str(piece);
        let end = to_u32(self.text.len());
        if let Some(last) = self.segments.last_mut()
            && last.copied
            && last.source.end as usize == from
        {
            last.decoded.end = end;
            last.source.end = to_u32(to);
            return;
        }
        let source = TextRange::from_usize(from, to);
        self.segments.push(Segment { decoded: TextRange::new(start, end), source, copied: true });
    }

    /// Appends the line ending at `at` as `\n`.
    fn newline(&mut self, text: &str, at: usize) {
        match break_len(text.as_bytes(), at) {
            1 if text.as_bytes()[at] == b'\n' => self.copy(text, at, at + 1),
            len => self.replace((at, at + len), "\n"),
        }
    }

    fn finish(self, content_end: usize, end: usize) -> Decoded {
        Decoded { text: self.text, map: OffsetMap::new(self.segments, to_u32(content_end)), end }
    }
}

/// What a run of blanks and line endings stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fold {
    /// A plain scalar. The event parser lets it go on past a comment on a line indented with a tab.
    Plain,
    Quoted,
    /// A double-quoted scalar, after an escaped line ending.
    Escaped,
}

/// Folds the run of blanks and line endings that starts at `at`: without a line ending it is content;
/// else one line ending is a space, and of more the first is dropped and the others are kept. After an
/// escaped line ending all further ones are kept. Gives the end of the run.
fn fold(sink: &mut Sink, text: &str, at: usize, kind: Fold) -> usize {
    let bytes = text.as_bytes();
    let escaped = kind == Fold::Escaped;
    let mut breaks = Vec::new();
    let mut end = skip_while(bytes, at, is_blank);
    loop {
        let len = break_len(bytes, end);
        if len == 0 {
            break;
        }
        breaks.push(end);
        end = skip_while(bytes, end + len, is_blank);
        if kind == Fold::Plain && bytes.get(end) == Some(&b'#') {
            end = line_end(bytes, end);
        }
    }
    match &breaks[..] {
        [] if escaped => {}
        [] => sink.copy(text, at, end),
        [_] if !escaped => sink.replace((at, end), " "),
        all => all.iter().skip(usize::from(!escaped)).for_each(|found| sink.newline(text, *found)),
    }
    end
}

/// Decodes the plain scalar `start..end` of `text`.
pub(super) fn plain(text: &str, start: usize, end: usize) -> Decoded {
    let mut sink = Sink::default();
    let token = &text[..end];
    let mut at = start;
    while at < end {
        let word = skip_while(token.as_bytes(), at, |byte| !is_blank(byte) && !is_break(byte));
        sink.copy(token, at, word);
        at = if word < end { fold(&mut sink, token, word, Fold::Plain) } else { end };
    }
    sink.finish(end, end)
}

/// Decodes the single-quoted scalar whose opening quote is at `start`.
pub(super) fn single_quoted(text: &str, start: usize) -> Decoded {
    let bytes = text.as_bytes();
    let mut sink = Sink::default();
    let mut at = start + 1;
    while at < bytes.len() {
        let run = skip_while(bytes, at, |byte| byte != b'\'' && !is_blank(byte) && !is_break(byte));
        sink.copy(text, at, run);
        at = run;
        match bytes.get(at..) {
            Some([b'\'', b'\'', ..]) => {
                sink.replace((at, at + 2), "'");
                at += 2;
            }
            Some([b'\'', ..]) => return sink.finish(at, at + 1),
            _ => at = fold(&mut sink, text, at, Fold::Quoted),
        }
    }
    sink.finish(at, at)
}

/// An escape sequence: its length in bytes and the character it stands for. `None` where it is not one.
pub(super) fn escape(text: &str, at: usize) -> Option<(usize, char)> {
    let letter = text.get(at + 1..)?.chars().next()?;
    let simple = match letter {
        '0' => '\0',
        'a' => '\x07',
        'b' => '\x08',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\x0b',
        'f' => '\x0c',
        'r' => '\r',
        'e' => '\x1b',
        ' ' | '"' | '/' | '\\' => letter,
        'N' => '\u{85}',
        '_' => '\u{A0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        'x' | 'u' | 'U' => {
            let digits = match letter {
                'x' => 2,
                'u' => 4,
                _ => 8,
            };
            let hex = text.get(at + 2..at + 2 + digits)?;
            if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
            return Some((2 + digits, char::from_u32(u32::from_str_radix(hex, 16).ok()?)?));
        }
        _ => return None,
    };
    Some((2, simple))
}

/// Decodes the double-quoted scalar whose opening quote is at `start`.
pub(super) fn double_quoted(text: &str, start: usize) -> Decoded {
    let bytes = text.as_bytes();
    let mut sink = Sink::default();
    let mut at = start + 1;
    while at < bytes.len() {
        let run =
            skip_while(bytes, at, |byte| !matches!(byte, b'"' | b'\\') && !is_blank(byte) && !is_break(byte));
        sink.copy(text, at, run);
        at = run;
        match bytes.get(at) {
            Some(b'"') => return sink.finish(at, at + 1),
            Some(b'\\') if break_len(bytes, at + 1) > 0 => {
                at = fold(&mut sink, text, at + 1 + break_len(bytes, at + 1), Fold::Escaped);
            }
            Some(b'\\') => match escape(text, at) {
                Some((len, char)) => {
                    sink.replace((at, at + len), char.encode_utf8(&mut [0; 4]));
                    at += len;
                }
                None => {
                    sink.copy(text, at, at + 1);
                    at += 1;
                }
            },
            _ => at = fold(&mut sink, text, at, Fold::Quoted),
        }
    }
    sink.finish(at, at)
}

/// What the header of a block scalar says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Header {
    folded: bool,
    /// `-`: no line ending at the end.
    strip: bool,
    /// `+`: every line ending at the end.
    keep: bool,
    increment: usize,
    /// First byte of the line after the header.
    content: usize,
}

fn header(bytes: &[u8], start: usize) -> Header {
    let mut found = Header {
        folded: bytes.get(start) == Some(&b'>'),
        strip: false,
        keep: false,
        increment: 0,
        content: 0,
    };
    let mut at = start + 1;
    while let Some(byte @ (b'+' | b'-' | b'1'..=b'9')) = bytes.get(at) {
        match byte {
            b'+' => found.keep = true,
            b'-' => found.strip = true,
            digit => found.increment = usize::from(digit - b'0'),
        }
        at += 1;
    }
    let end = line_end(bytes, at);
    found.content = end + break_len(bytes, end);
    found
}

/// The indentation, when the header does not say it: that of the first line that is not blank, or of a
/// longer blank line before it.
fn detect_indent(bytes: &[u8], mut at: usize) -> usize {
    let mut longest = 0;
    while at < bytes.len() {
        let text = skip_while(bytes, at, |byte| byte == b' ');
        longest = longest.max(text - at);
        let len = break_len(bytes, text);
        if len == 0 {
            break;
        }
        at = text + len;
    }
    longest
}

/// Whether a document marker (`---` or `...`) starts at `at`, the start of a line.
fn is_marker(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 3), Some(b"---" | b"..."))
        && bytes.get(at + 3).is_none_or(|byte| is_blank(*byte) || is_break(*byte))
}

/// Decodes the block scalar whose `|` or `>` is at `start`, inside a block collection at column `parent`
/// (`None` at the top of a document).
pub(super) fn block(text: &str, start: usize, parent: Option<usize>) -> Decoded {
    let bytes = text.as_bytes();
    let header = header(bytes, start);
    let least = parent.map_or(0, |column| column + 1);
    let indent = match header.increment {
        0 => detect_indent(bytes, header.content).max(least),
        increment => parent.unwrap_or(0) + increment,
    };
    let mut sink = Sink::default();
    // The line ending of the last content line, and those of the blank lines since.
    let mut last_break: Option<usize> = None;
    let mut blank_breaks: Vec<usize> = Vec::new();
    let mut after_blank_start = false;
    let mut end = header.content;
    let mut at = header.content;
    loop {
        let spaces = skip_while(&bytes[..bytes.len().min(at + indent)], at, |byte| byte == b' ');
        let len = break_len(bytes, spaces);
        if len > 0 {
            blank_breaks.push(spaces);
            at = spaces + len;
            continue;
        }
        if spaces - at < indent || spaces >= bytes.len() || (indent == 0 && is_marker(bytes, at)) {
            break;
        }
        let line = content_end(text, spaces);
        if line == spaces {
            break;
        }
        let blank_start = is_blank(bytes[spaces]);
        let joins = header.folded && !after_blank_start && !blank_start;
        match last_break {
            Some(from) if joins && blank_breaks.is_empty() => sink.replace((from, spaces), " "),
            // Between joined lines the first line ending counts for nothing beside blank lines.
            Some(from) if !joins => sink.newline(text, from),
            _ => {}
        }
        blank_breaks.drain(..).for_each(|found| sink.newline(text, found));
        after_blank_start = blank_start;
        sink.copy(text, spaces, line);
        end = line;
        let len = break_len(bytes, line);
        if len == 0 {
            last_break = None;
            break;
        }
        last_break = Some(line);
        at = line + len;
    }
    let kept_last = last_break.filter(|_| !header.strip);
    let kept_blank = blank_breaks.iter().filter(|_| header.keep);
    for found in kept_last.iter().chain(kept_blank) {
        sink.newline(text, *found);
        end = found + break_len(bytes, *found);
    }
    // Without content the token is its header alone.
    let end = if sink.text.is_empty() { header_end(bytes, start) } else { end };
    sink.finish(end, end)
}

/// End of the header's indicators.
fn header_end(bytes: &[u8], start: usize) -> usize {
    skip_while(bytes, start + 1, |byte| matches!(byte, b'+' | b'-' | b'0'..=b'9'))
}

/// The end of a line's content: its line ending, or a character that YAML does not allow in it.
fn content_end(text: &str, at: usize) -> usize {
    let line = &text[at..line_end(text.as_bytes(), at)];
    at + line.find(['\0', '\u{FEFF}']).unwrap_or(line.len())
}
