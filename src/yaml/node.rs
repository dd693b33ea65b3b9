//! The tree of a YAML document.

use super::OffsetMap;
use crate::text::TextRange;

/// One document of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The top node; absent in an empty document.
    pub root: Option<Node>,
    /// The bytes of the document, without its `---` and `...` markers.
    pub range: TextRange,
}

/// A node with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// All its bytes in the file: from the first of its first token to the last of its last one. For an
    /// alias, the alias token itself (`*name`).
    pub range: TextRange,
    /// The tag as written (`!!str`, `!custom`), if any.
    pub tag: Option<String>,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// Text.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// A mapping.
    Mapping(Mapping),
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScalarStyle {
    /// No quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// A scalar: decoded text, and where each byte of it stands in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Scalar {
    /// The decoded text.
    pub text: String,
    /// How it is written.
    pub style: ScalarStyle,
    /// Decoded offsets to file offsets.
    pub map: OffsetMap,
}

/// A mapping, entries in the order written. Keys may repeat here; the parser reports that.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mapping {
    /// The entries.
    pub entries: Vec<Entry>,
}

/// One key with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Node,
    /// The value. A key without a value has an empty plain scalar here.
    pub value: Node,
}

impl Node {
    /// The scalar, if it is one.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            NodeKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The items, if it is a sequence.
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.kind {
            NodeKind::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The mapping, if it is one.
    pub fn as_mapping(&self) -> Option<&Mapping> {
        match &self.kind {
            NodeKind::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The decoded text of a scalar that is not null.
    pub fn as_str(&self) -> Option<&str> {
        self.as_scalar().filter(|scalar| !scalar.is_null()).map(|scalar| scalar.text.as_str())
    }

    /// Whether the node is a null scalar (`~`, `null` or nothing).
    pub fn is_null(&self) -> bool {
        self.as_scalar().is_some_and(Scalar::is_null)
    }

    /// What a message calls this node: `a list`, `a mapping`, `text`, `a number`, `true or false`, `nothing`.
    pub fn describe(&self) -> &'static str {
        match &self.kind {
            NodeKind::Sequence(_) => "a list",
            NodeKind::Mapping(_) => "a mapping",
            NodeKind::Scalar(scalar) if scalar.is_null() => "nothing",
            NodeKind::Scalar(scalar) if scalar.as_bool().is_some() => "true or false",
            NodeKind::Scalar(scalar) if scalar.as_i64().is_some() => "a number",
            NodeKind::Scalar(_) => "text",
        }
    }
}

impl Scalar {
    /// Whether it is null under YAML's core schema: plain, and empty, `~` or `null`.
    pub fn is_null(&self) -> bool {
        self.style == ScalarStyle::Plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// The boolean a plain scalar means under the core schema (`true`, `True`, `TRUE` and their opposites).
    pub fn as_bool(&self) -> Option<bool> {
        match (self.style, self.text.as_str()) {
            (ScalarStyle::Plain, "true" | "True" | "TRUE") => Some(true),
            (ScalarStyle::Plain, "false" | "False" | "FALSE") => Some(false),
            _ => None,
        }
    }

    /// The integer a plain scalar means: decimal, `0x` or `0o`.
    pub fn as_i64(&self) -> Option<i64> {
        if self.style != ScalarStyle::Plain {
            return None;
        }
        let text = self.text.as_str();
        if let Some(digits) = text.strip_prefix("0x") {
            return i64::from_str_radix(digits, 16).ok();
        }
        if let Some(digits) = text.strip_prefix("0o") {
            return i64::from_str_radix(digits, 8).ok();
        }
        text.parse().ok()
    }

    /// The file bytes of `decoded`, a range of [`Scalar::text`].
    pub fn range_of(&self, decoded: TextRange) -> TextRange {
        self.map.to_source(decoded)
    }
}

impl Mapping {
    /// The value of the first entry whose key is the scalar `key`.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The first entry whose key is the scalar `key`.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.as_scalar().is_some_and(|scalar| scalar.text == key))
    }
}
