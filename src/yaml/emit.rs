//! The canonical writer: values to YAML text that reads back as the same values, byte for byte.
//!
//! Two spaces of indentation, lists indented under their key, text plain where that reads back as text,
//! quoted or as a `|` block otherwise. Folded scalars, flow collections (but empty ones), anchors and tags
//! are never written.

use std::fmt::Write as _;

use super::node::{Node, NodeKind, ScalarStyle};

/// A value to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Written without quotes where that is possible, even if it then reads as a number, a truth value or
    /// nothing; empty text is nothing at all.
    Plain(String),
    /// Text: quoted where it would read as something else, a block where it has several lines.
    Text(String),
    /// Text as a `|` block wherever a block can hold it.
    Block(String),
    /// A list.
    Sequence(Sequence),
    /// A mapping.
    Mapping(Mapping),
}

/// A list with its comments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sequence {
    /// The items.
    pub items: Vec<Item>,
    /// Comments after the last item.
    pub end: Vec<String>,
}

/// A mapping with its comments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapping {
    /// The entries, in the order to write.
    pub entries: Vec<Entry>,
    /// Comments after the last entry.
    pub end: Vec<String>,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The value.
    pub value: Value,
    /// What is said about it.
    pub comments: Comments,
}

/// An entry of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The value.
    pub value: Value,
    /// What is said about it.
    pub comments: Comments,
}

/// The comments of an item or entry, each with its `#` and without its line ending.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comments {
    /// On lines before it.
    pub before: Vec<String>,
    /// On its first line.
    pub beside: Option<String>,
}

impl Value {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// What a node says, as it is written, without its comments.
    pub fn of(node: &Node) -> Self {
        match &node.kind {
            NodeKind::Scalar(scalar) => match scalar.style {
                ScalarStyle::Plain => Self::Plain(scalar.text.clone()),
                ScalarStyle::Literal | ScalarStyle::Folded => Self::Block(scalar.text.clone()),
                ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Self::text(&scalar.text),
            },
            NodeKind::Sequence(items) => Self::sequence(items.iter().map(Self::of)),
            NodeKind::Mapping(mapping) => Self::mapping(
                mapping
                    .entries
                    .iter()
                    .filter_map(|entry| Some((entry.key.as_scalar()?.text.clone(), Self::of(&entry.value)))),
            ),
        }
    }

    /// A list without comments.
    pub fn sequence(values: impl IntoIterator<Item = Self>) -> Self {
        let items = values.into_iter().map(|value| Item { value, comments: Comments::default() }).collect();
        Self::Sequence(Sequence { items, end: Vec::new() })
    }

    /// A mapping without comments.
    pub fn mapping<K: Into<String>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        let entry = |(key, value): (K, Self)| Entry { key: key.into(), value, comments: Comments::default() };
        Self::Mapping(Mapping { entries: entries.into_iter().map(entry).collect(), end: Vec::new() })
    }
}

/// Writes `value` as a document, without a `---` marker, ending in a line ending.
pub fn document(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Sequence(sequence) if !sequence.items.is_empty() => write_sequence(&mut out, sequence, 0),
        Value::Mapping(mapping) if !mapping.entries.is_empty() => write_mapping(&mut out, mapping, 0, false),
        leaf => {
            let text = scalar(leaf, 2);
            out.push_str(text.trim_start_matches(' '));
            if !out.ends_with('\n') {
                out.push('\n');
            }
        }
    }
    out
}

/// `value` as it stands after `key:` or `-` in a collection at column `column`: a space and the text, or a
/// line ending and the lines below. Ends without a line ending only where the caller's line goes on.
pub(super) fn write_value(out: &mut String, value: &Value, beside: Option<&str>, column: usize) {
    let comment = |out: &mut String| {
        if let Some(beside) = beside {
            let _ = write!(out, " {beside}");
        }
        out.push('\n');
    };
    match value {
        Value::Sequence(sequence) if !sequence.items.is_empty() => {
            comment(out);
            write_sequence(out, sequence, column + INDENT);
        }
        Value::Mapping(mapping) if !mapping.entries.is_empty() => {
            comment(out);
            write_mapping(out, mapping, column + INDENT, false);
        }
        Value::Sequence(Sequence { end, .. }) | Value::Mapping(Mapping { end, .. }) => {
            out.push_str(if matches!(value, Value::Sequence(_)) { " []" } else { " {}" });
            comment(out);
            write_comments(out, end, column + INDENT);
        }
        leaf => {
            let text = scalar(leaf, column + INDENT);
            let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
            out.push_str(first);
            comment(out);
            out.push_str(rest);
        }
    }
}

const INDENT: usize = 2;

fn write_comments(out: &mut String, comments: &[String], column: usize) {
    for comment in comments {
        let _ = writeln!(out, "{:column$}{comment}", "");
    }
}

pub(super) fn write_sequence(out: &mut String, sequence: &Sequence, column: usize) {
    for Item { value, comments } in &sequence.items {
        write_comments(out, &comments.before, column);
        match value {
            // The first entry stands on the line of the dash.
            Value::Mapping(mapping) if !mapping.entries.is_empty() => {
                if let Some(beside) = &comments.beside {
                    write_comments(out, std::slice::from_ref(beside), column);
                }
                if let Some(first) = mapping.entries.first() {
                    write_comments(out, &first.comments.before, column);
                }
                let start = out.len();
                write_mapping(out, mapping, column + INDENT, true);
                out.replace_range(start + column..=start + column, "-");
            }
            _ => {
                let _ = write!(out, "{:column$}-", "");
                write_value(out, value, comments.beside.as_deref(), column);
            }
        }
    }
    write_comments(out, &sequence.end, column);
}

/// `told`: whether the comments before the first entry are written already.
fn write_mapping(out: &mut String, mapping: &Mapping, column: usize, told: bool) {
    for (index, Entry { key, value, comments }) in mapping.entries.iter().enumerate() {
        if index > 0 || !told {
            write_comments(out, &comments.before, column);
        }
        let _ = write!(out, "{:column$}{}:", "", self::key(key));
        write_value(out, value, comments.beside.as_deref(), column);
    }
    write_comments(out, &mapping.end, column);
}

/// A key, on one line. YAML readers take no key longer than 1024 characters.
pub fn key(text: &str) -> String {
    if is_plain(text) && !reads_as_other(text) { text.to_owned() } else { quoted(text) }
}

/// A scalar after its indicator: a leading space unless it is nothing, lines of a block at `indent`, the
/// last with its line ending.
fn scalar(value: &Value, indent: usize) -> String {
    match value {
        Value::Plain(text) if text.is_empty() => String::new(),
        Value::Plain(text) if is_plain(text) => format!(" {text}"),
        Value::Plain(text) | Value::Text(text) if !text.contains('\n') => {
            if is_plain(text) && !reads_as_other(text) {
                format!(" {text}")
            } else {
                format!(" {}", quoted(text))
            }
        }
        Value::Plain(text) | Value::Text(text) | Value::Block(text) => {
            block(text, indent).map_or_else(|| format!(" {}", quoted(text)), |block| format!(" {block}"))
        }
        Value::Sequence(_) => " []".to_owned(),
        Value::Mapping(_) => " {}".to_owned(),
    }
}

/// Whether a character may stand in YAML text as it is. Line separators, which some readers take for line
/// endings, and the byte order mark may not.
fn is_printable(char: char) -> bool {
    matches!(char, ' '..='~' | '\u{A0}'..='\u{2027}' | '\u{202A}'..='\u{FFFD}' | '\u{10000}'..)
        && char != '\u{FEFF}'
}

/// Whether `text` can be written without quotes, in a block collection, and reads back as the same text.
pub fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    let starts = match first {
        b'-' | b'?' | b':' => bytes.get(1).is_some_and(|next| *next != b' '),
        b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%'
        | b'@' | b'`' | b' ' => false,
        _ => true,
    };
    starts
        && !matches!(last, b' ' | b':')
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.starts_with("---")
        && !text.starts_with("...")
        && text.chars().all(is_printable)
}

/// Whether plain `text` reads as something other than text under the core schema, or under YAML 1.1, which
/// many readers still follow.
pub fn reads_as_other(text: &str) -> bool {
    const WORDS: [&str; 13] =
        ["", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "<<", "="];
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(text)) || is_number(text) || is_date(text)
}

/// Whether `text` is a number in any spelling of either YAML version, base 60 included.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let lower = digits.to_ascii_lowercase();
    if matches!(lower.as_str(), ".inf" | ".nan") {
        return true;
    }
    let all = |rest: &str, accept: fn(char) -> bool| !rest.is_empty() && rest.chars().all(accept);
    for prefix in ["0x", "0o", "0b"] {
        if let Some(rest) = lower.strip_prefix(prefix) {
            return all(rest, |char| char.is_ascii_hexdigit() || char == '_');
        }
    }
    let (mantissa, exponent) = match lower.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['-', '+']).unwrap_or(exponent)),
        None => (lower.as_str(), "0"),
    };
    let decimal =
        |part: &str| part.matches('.').count() <= 1 && part.contains(|char: char| char.is_ascii_digit());
    mantissa.starts_with(|char: char| char.is_ascii_digit() || char == '.')
        && mantissa.chars().all(|char| char.is_ascii_digit() || matches!(char, '.' | '_' | ':'))
        && decimal(mantissa)
        && all(exponent, |char| char.is_ascii_digit())
}

/// Whether `text` starts as a date does: `2026-01-31`.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let digits = |part: Option<&str>, least: usize, most: usize| {
        part.is_some_and(|part| {
            (least..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    digits(parts.next(), 4, 4)
        && digits(parts.next(), 1, 2)
        && parts.next().is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit()))
}

/// `text` in quotes, on one line: single ones, or double ones where it needs escapes.
pub fn quoted(text: &str) -> String {
    if text.chars().all(is_printable) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = String::with_capacity(text.len() + 8);
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            char if is_printable(char) => out.push(char),
            char => {
                let _ = match u32::from(char) {
                    code @ ..0x100 => write!(out, "\\x{code:02X}"),
                    code @ ..0x1_0000 => write!(out, "\\u{code:04X}"),
                    code => write!(out, "\\U{code:08X}"),
                };
            }
        }
    }
    out.push('"');
    out
}

/// `text` as a literal block whose lines are indented by `indent` columns, `INDENT` more than the
/// collection around it. `None` where a block cannot hold it: characters that need escapes, or no line with
/// text.
pub fn block(text: &str, indent: usize) -> Option<String> {
    let holds = |char: char| is_printable(char) || char == '\n' || char == '\t';
    let first = text.split('\n').find(|line| !line.is_empty())?;
    if !text.chars().all(holds) || text.trim_matches(['\n', ' ', '\t']).is_empty() {
        return None;
    }
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    out.push('|');
    // A first line that itself starts with blanks hides where the text begins.
    if first.starts_with([' ', '\t']) {
        let _ = write!(out, "{INDENT}");
    }
    let body = text.trim_end_matches('\n');
    out.push_str(match text.len() - body.len() {
        0 => "-",
        1 => "",
        _ => "+",
    });
    out.push('\n');
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        if !line.is_empty() {
            let _ = write!(out, "{:indent$}{line}", "");
        }
        out.push('\n');
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::SourceId;
    use crate::yaml::{Node, NodeKind, parse};

    /// What a value should read back as.
    #[derive(Debug, PartialEq)]
    enum Tree {
        Text(String),
        List(Vec<Tree>),
        Map(Vec<(String, Tree)>),
    }

    fn wanted(value: &Value) -> Tree {
        match value {
            Value::Plain(text) | Value::Text(text) | Value::Block(text) => Tree::Text(text.clone()),
            Value::Sequence(list) => Tree::List(list.items.iter().map(|item| wanted(&item.value)).collect()),
            Value::Mapping(map) => {
                Tree::Map(map.entries.iter().map(|entry| (entry.key.clone(), wanted(&entry.value))).collect())
            }
        }
    }

    fn got(node: &Node) -> Tree {
        match &node.kind {
            NodeKind::Scalar(scalar) => Tree::Text(scalar.text.clone()),
            NodeKind::Sequence(items) => Tree::List(items.iter().map(got).collect()),
            NodeKind::Mapping(map) => {
                let entry = |entry: &crate::yaml::Entry| {
                    (entry.key.as_scalar().unwrap().text.clone(), got(&entry.value))
                };
                Tree::Map(map.entries.iter().map(entry).collect())
            }
        }
    }

    fn any_text() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "\n",
            "\n",
            "\n\n",
            " ",
            "  ",
            "\t",
            "\r",
            ":",
            ": ",
            " #",
            "#",
            "-",
            "- ",
            "---",
            "...",
            "'",
            "\"",
            "\\",
            "a",
            "bc",
            "ä",
            "€",
            "🦀",
            "|",
            ">",
            "[",
            "{",
            "&",
            "*",
            "!",
            "%",
            "@",
            "`",
            "?",
            "\0",
            "\u{7}",
            "\u{85}",
            "\u{2028}",
            "\u{FEFF}",
            "\u{FFFF}",
            "null",
            "true",
            "0x1",
            "1.5",
            "1:30",
            "2026-01-31",
            "<<",
            "=",
            "~",
        ]);
        prop_oneof![prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()), any::<String>()]
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any_text().prop_map(Value::Text),
            any_text().prop_map(Value::Block),
            any_text().prop_map(Value::Plain),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let key =
                any_text().prop_filter("the event parser bounds the length of keys", |key| key.len() < 100);
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::sequence),
                prop::collection::btree_map(key, inner, 0..4).prop_map(Value::mapping),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_written_reads_back_the_same(value in any_value()) {
            let text = document(&value);
            let (documents, diagnostics) = parse(SourceId(0), &text);
            prop_assert_eq!(&diagnostics, &[], "{}", text);
            let root = documents.first().and_then(|document| document.root.as_ref());
            let read = root.map_or(Tree::Text(String::new()), got);
            prop_assert_eq!(read, wanted(&value), "{}", text);
        }
    }

    #[test]
    fn chooses_the_plainest_style_that_reads_back_as_text() {
        let after = |value| document(&Value::mapping([("k", value)]));
        for (text, expected) in [
            ("1.0.0", "k: 1.0.0\n"),
            ("1.0", "k: '1.0'\n"),
            ("1h", "k: 1h\n"),
            ("12e5", "k: '12e5'\n"),
            ("0d2f5dd9-0a3c-4a4e-9e19-0de5e6d1f8b7", "k: 0d2f5dd9-0a3c-4a4e-9e19-0de5e6d1f8b7\n"),
            ("no", "k: 'no'\n"),
            ("it's: so", "k: 'it''s: so'\n"),
            ("a\tb", "k: \"a\\tb\"\n"),
            ("a\nb", "k: |-\n  a\n  b\n"),
            ("a\n\nb\n", "k: |\n  a\n\n  b\n"),
            (" a\n\n\n", "k: |2+\n   a\n\n\n"),
            ("\n", "k: \"\\n\"\n"),
            ("a\r\nb", "k: \"a\\r\\nb\"\n"),
        ] {
            assert_eq!(after(Value::text(text)), expected);
        }
        assert_eq!(after(Value::Block("T".into())), "k: |-\n  T\n");
        assert_eq!(after(Value::Plain("1.0".into())), "k: 1.0\n");
    }

    #[test]
    fn indents_lists_under_their_key() {
        let inner = Value::mapping([("a", Value::text("x")), ("b", Value::sequence([Value::text("w")]))]);
        let value = Value::mapping([
            ("list", Value::sequence([inner, Value::sequence([Value::text("z")])])),
            ("none", Value::sequence([])),
        ]);
        let expected = "list:\n  - a: x\n    b:\n      - w\n  -\n    - z\nnone: []\n";
        assert_eq!(document(&value), expected);
    }
}
