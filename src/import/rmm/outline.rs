//! The block structure of YAML text, read line by line without insisting that it is valid.
//!
//! A YAML parser stops at the first thing it cannot place. To say what is wrong with a damaged file, and
//! where the damaged line was meant to stand, only indentation, dashes and keys are needed: this reads
//! those, and steps over the insides of block scalars, quotes and flow collections.

use crate::text::TextRange;

/// One line of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its bytes, without the line ending.
    pub range: TextRange,
    /// Number of spaces it starts with.
    pub indent: u32,
    /// What it is.
    pub role: Role,
}

/// What a line is to the structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// Empty, or spaces only, or a comment.
    Blank,
    /// The inside of a scalar or flow collection that an earlier line began.
    Content,
    /// Dashes, a key, a value: at least one of them.
    Structure(Structure),
}

/// A line of block structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Structure {
    /// The columns of its `- ` marks.
    pub dashes: Vec<u32>,
    /// The column and bytes of its key, if it has one.
    pub key: Option<(u32, TextRange)>,
    /// What follows on the line, without trailing space and comment; may be empty.
    pub value: TextRange,
    /// Whether the next line goes on with the value.
    pub value_continues: bool,
}

/// What the lines after a structure line belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Nothing: structure follows.
    Block,
    /// A block scalar whose content is indented deeper than this.
    Literal(u32),
    /// Quotes that are still open.
    Quotes(char),
    /// Flow brackets that are still open, this many.
    Flow(usize),
}

/// Reads the outline of `text`.
pub(super) fn outline(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut inside = Inside::Block;
    let mut start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    for chunk in text[start..].split_inclusive('\n') {
        let content = chunk.trim_end_matches(['\r', '\n']);
        let indent = content.len() - content.trim_start_matches(' ').len();
        let body = &content[indent..];
        let role = match inside {
            Inside::Literal(parent) if body.is_empty() || indent as u32 > parent => Role::Content,
            Inside::Quotes(quote) => {
                if close_of_quotes(body, quote).is_some() {
                    inside = Inside::Block;
                }
                Role::Content
            }
            Inside::Flow(depth) => {
                inside = after_flow(body, depth);
                Role::Content
            }
            Inside::Block | Inside::Literal(_) => {
                inside = Inside::Block;
                let blank = body.trim().is_empty() || body.starts_with('#') || is_marker(content);
                match structure(body, start + indent, indent) {
                    _ if blank => Role::Blank,
                    Some(structure) => {
                        inside = after(&structure, text, indent);
                        Role::Structure(structure)
                    }
                    None => Role::Content,
                }
            }
        };
        if role == Role::Content
            && let Some(Line { role: Role::Structure(before), .. }) = lines.last_mut()
        {
            before.value_continues = true;
        }
        let range = TextRange::from_usize(start, start + content.len());
        lines.push(Line { range, indent: indent as u32, role });
        start += chunk.len();
    }
    lines
}

/// Whether a line separates documents or is a directive.
fn is_marker(line: &str) -> bool {
    ["---", "..."].iter().any(|mark| line == *mark || line.starts_with(&format!("{mark} ")))
        || line.starts_with("%YAML ")
        || line.starts_with("%TAG ")
}

/// Splits `body`, which starts at byte `at` and column `column`, into dashes, key and value.
fn structure(body: &str, at: usize, column: usize) -> Option<Structure> {
    let mut dashes = Vec::new();
    let mut skip = 0;
    while let Some(rest) = body[skip..].strip_prefix('-') {
        if !rest.is_empty() && !rest.starts_with(' ') {
            break;
        }
        dashes.push((column + skip) as u32);
        skip += 1 + rest.len() - rest.trim_start_matches(' ').len();
    }
    let rest = &body[skip..];
    let key_length = key_length(rest);
    if dashes.is_empty() && key_length.is_none() {
        return None;
    }
    let (key, value_at) = match key_length {
        Some(length) => {
            let range = TextRange::from_usize(at + skip, at + skip + length);
            // The colon may stand apart from a key, as in `key : value`.
            let colon = rest[length..].find(':').unwrap_or(0);
            (Some(((column + skip) as u32, range)), skip + length + colon + 1)
        }
        None => (None, skip),
    };
    let value = body.get(value_at..).unwrap_or_default();
    let lead = value.len() - value.trim_start().len();
    let value = without_comment(value.trim());
    let value_start = at + value_at + lead;
    let value = TextRange::from_usize(value_start, value_start + value.len());
    Some(Structure { dashes, key, value, value_continues: false })
}

/// The length of the key that `text` starts with, if it starts with one.
fn key_length(text: &str) -> Option<usize> {
    if let Some(quote) = text.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        let end = 1 + close_of_quotes(&text[1..], quote)?;
        return text[end..].trim_start().starts_with(':').then_some(end);
    }
    if text.starts_with(['[', '{', '#', '|', '>', '%', '@', '`', ',', ']', '}']) {
        return None;
    }
    let colon = text.match_indices(':').map(|(at, _)| at).find(|at| ends_key(&text[at + 1..]))?;
    let key = text[..colon].trim_end();
    (!key.is_empty() && !key.contains(" #")).then_some(key.len())
}

/// Whether a colon followed by `rest` ends a key.
fn ends_key(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with([' ', '\t'])
}

/// The offset after the quote that closes `text`, which starts inside quotes.
fn close_of_quotes(text: &str, quote: char) -> Option<usize> {
    let mut rest = text.char_indices().peekable();
    while let Some((at, found)) = rest.next() {
        if found == '\\' && quote == '"' {
            rest.next();
        } else if found == quote {
            if quote == '\'' && rest.peek().is_some_and(|(_, next)| *next == '\'') {
                rest.next();
            } else {
                return Some(at + 1);
            }
        }
    }
    None
}

/// `value` up to a comment, which a space and a hash begin outside quotes.
fn without_comment(value: &str) -> &str {
    if let Some(quote) = value.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        return close_of_quotes(&value[1..], quote).map_or(value, |end| &value[..end + 1]);
    }
    if value.starts_with('#') {
        return "";
    }
    value.find(" #").map_or(value, |at| value[..at].trim_end())
}

/// What the lines after `line` are inside of.
fn after(line: &Structure, text: &str, indent: usize) -> Inside {
    let value = line.value.slice(text);
    let parent = match (&line.key, line.dashes.last()) {
        (Some((column, _)), _) => *column,
        (None, Some(dash)) => *dash,
        (None, None) => indent as u32,
    };
    match value.chars().next() {
        Some('|' | '>') => Inside::Literal(parent),
        Some(quote @ ('"' | '\'')) if close_of_quotes(&value[1..], quote).is_none() => Inside::Quotes(quote),
        Some('[' | '{') => after_flow(value, 0),
        _ => Inside::Block,
    }
}

/// The state after `text` inside `depth` flow brackets.
fn after_flow(text: &str, mut depth: usize) -> Inside {
    let mut at = 0;
    while let Some(found) = text[at..].chars().next() {
        at += found.len_utf8();
        match found {
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            '"' | '\'' => match close_of_quotes(&text[at..], found) {
                Some(end) => at += end,
                None => break,
            },
            _ => {}
        }
    }
    if depth == 0 { Inside::Block } else { Inside::Flow(depth) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outline as text: `column:key=value` for structure, `.` for content, `_` for blank.
    fn shape(text: &str) -> Vec<String> {
        let describe = |line: &Line| match &line.role {
            Role::Blank => "_".to_owned(),
            Role::Content => ".".to_owned(),
            Role::Structure(line) => {
                let dashes = line.dashes.iter().map(|column| format!("-{column} ")).collect::<String>();
                let key = line.key.map_or(String::new(), |(at, key)| format!("{at}:{}", key.slice(text)));
                format!("{dashes}{key}={}", line.value.slice(text))
            }
        };
        outline(text).iter().map(describe).collect()
    }

    #[test]
    fn reads_keys_dashes_and_values() {
        assert_eq!(
            shape(
                "a: 1 # one\r\nlist:\n  - - x: 'it''s: # here' # not\n    y : 2\n  -\n# c\n---\nurl: http://a:1"
            ),
            ["0:a=1", "0:list=", "-2 -4 6:x='it''s: # here'", "4:y=2", "-2 =", "_", "_", "0:url=http://a:1"]
        );
    }

    #[test]
    fn steps_over_the_inside_of_scalars() {
        assert_eq!(
            shape(
                "q: |\n  a: 1\n\n - b: 2\nc: \"x\n  d: 1\n  y\"\ne: [1,\n  {f: ']'},\n 2]\ng: plain\n  more\nh: 3"
            ),
            ["0:q=|", ".", ".", ".", "0:c=\"x", ".", ".", "0:e=[1,", ".", ".", "0:g=plain", ".", "0:h=3"]
        );
        assert_eq!(shape("- |\n x: 1\n- >-\n y\nz: 1"), ["-0 =|", ".", "-0 =>-", ".", "0:z=1"]);
    }

    #[test]
    fn says_which_values_continue() {
        let lines = outline("a: one\n  two\nb: three\n");
        let continues = |at: usize| matches!(&lines[at].role, Role::Structure(line) if line.value_continues);
        assert!(continues(0) && !continues(2));
    }

    proptest::proptest! {
        #[test]
        fn covers_any_text_line_by_line(text in "[-a:#|>'\"\\[\\]{}%\\\\ é\t\r\n]{0,60}") {
            let lines = outline(&text);
            proptest::prop_assert_eq!(lines.len(), text.split_inclusive('\n').count());
            for line in &lines {
                proptest::prop_assert!(text.get(line.range.to_usize()).is_some());
                if let Role::Structure(structure) = &line.role {
                    proptest::prop_assert!(line.range.contains_range(structure.value));
                    proptest::prop_assert!(text.get(structure.value.to_usize()).is_some());
                }
            }
        }
    }
}
