//! Reading the keys of one mapping.

use super::{Mapping, Node};
use crate::diag::{Diagnostic, LintMeta, nearest};
use crate::text::{SourceId, Span, Spanned, TextRange};

/// Reads one mapping, and keeps what is wrong with it. What keys mean beyond texts, its users add.
pub(crate) struct Reader<'n, 'f> {
    pub(crate) source: SourceId,
    /// What messages call the mapping.
    pub(crate) noun: &'static str,
    pub(crate) node: &'n Node,
    pub(crate) mapping: &'n Mapping,
    /// The code of what is wrong.
    lint: &'static LintMeta,
    pub(crate) findings: &'f mut Vec<Diagnostic>,
}

impl<'n, 'f> Reader<'n, 'f> {
    /// A reader of `node`, which is a `noun` that may have `keys`; nothing where it is no mapping. Keys that are none of
    /// these are reported.
    pub(crate) fn new(
        lint: &'static LintMeta,
        source: SourceId,
        noun: &'static str,
        node: &'n Node,
        keys: &[&'static str],
        findings: &'f mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let mapping = node.as_mapping()?;
        let mut reader = Self { source, noun, node, mapping, lint, findings };
        for entry in &mapping.entries {
            let Some(key) = entry.key.as_scalar().filter(|key| !keys.contains(&key.text.as_str())) else {
                continue;
            };
            let help = match nearest(&key.text, keys.iter().copied()) {
                Some(meant) => format!("the nearest is `{meant}`"),
                None => format!("the keys are {}", keys.join(", ")),
            };
            reader.bad(entry.key.range, format!("unknown key `{}` of the {noun}", key.text), help);
        }
        Some(reader)
    }

    /// Reports what is wrong in `range`.
    pub(crate) fn bad(&mut self, range: TextRange, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(self.lint.at(Span::new(self.source, range), message).with_help(help));
    }

    /// The value under `key`, if there is one.
    pub(crate) fn value(&self, key: &str) -> Option<&'n Node> {
        self.mapping.get(key).filter(|node| !node.is_null())
    }

    /// The text under `key`.
    pub(crate) fn text(&mut self, key: &str) -> Option<Spanned<String>> {
        let node = self.value(key)?;
        let text = node.as_str();
        if text.is_none() {
            self.bad(node.range, format!("`{key}` is {}, expected text", node.describe()), "write a text");
        }
        text.map(|text| Spanned::new(text.to_owned(), node.range))
    }
}
