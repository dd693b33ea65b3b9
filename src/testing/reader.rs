//! Reading the keys of one mapping of a file of tests.

use super::lints::BAD_TEST;
use crate::diag::{Diagnostic, nearest};
use crate::text::{SourceId, Span, Spanned, TextRange};
use crate::yaml::{Mapping, Node, Scalar};

/// Reads one mapping, and keeps what is wrong with it.
pub(super) struct Reader<'n, 'f> {
    source: SourceId,
    /// What messages call the mapping.
    noun: &'static str,
    mapping: &'n Mapping,
    findings: &'f mut Vec<Diagnostic>,
}

impl<'n, 'f> Reader<'n, 'f> {
    /// A reader of `node`, which is a `noun` that may have `keys`; nothing where it is no mapping.
    pub(super) fn new(
        source: SourceId,
        noun: &'static str,
        node: &'n Node,
        keys: &[&'static str],
        findings: &'f mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let Some(mapping) = node.as_mapping() else {
            let message = format!("the {noun} is {}, expected a mapping", node.describe());
            findings.push(
                BAD_TEST
                    .at(Span::new(source, node.range), message)
                    .with_help(format!("the keys are {}", keys.join(", "))),
            );
            return None;
        };
        let mut reader = Self { source, noun, mapping, findings };
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
    pub(super) fn bad(&mut self, range: TextRange, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(BAD_TEST.at(Span::new(self.source, range), message).with_help(help));
    }

    /// Where findings go.
    pub(super) fn findings(&mut self) -> &mut Vec<Diagnostic> {
        self.findings
    }

    /// The value under `key`, if there is one.
    pub(super) fn value(&self, key: &str) -> Option<&'n Node> {
        self.mapping.get(key).filter(|node| !node.is_null())
    }

    /// Whether `key` is there, with or without a value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.mapping.get(key).is_some()
    }

    /// The text under `key`.
    pub(super) fn text(&mut self, key: &str) -> Option<Spanned<String>> {
        let node = self.value(key)?;
        let text = node.as_str();
        if text.is_none() {
            self.bad(node.range, format!("`{key}` is {}, expected text", node.describe()), "write a text");
        }
        text.map(|text| Spanned::new(text.to_owned(), node.range))
    }

    /// The texts under `key`: one, or a list of them.
    pub(super) fn texts(&mut self, key: &str) -> Vec<Spanned<String>> {
        let Some(node) = self.value(key) else { return Vec::new() };
        let items = node.as_sequence().unwrap_or(std::slice::from_ref(node));
        let mut texts = Vec::new();
        for item in items {
            match item.as_str() {
                Some(text) => texts.push(Spanned::new(text.to_owned(), item.range)),
                None => self.bad(
                    item.range,
                    format!("`{key}` holds {}, expected text", item.describe()),
                    "write a text, or a list of texts",
                ),
            }
        }
        texts
    }

    /// The number under `key`, not below nought.
    pub(super) fn number(&mut self, key: &str) -> Option<Spanned<usize>> {
        let node = self.value(key)?;
        let number =
            node.as_scalar().and_then(Scalar::as_i64).and_then(|number| usize::try_from(number).ok());
        if number.is_none() {
            let message = format!("`{key}` is {}, expected a number from 0", node.describe());
            self.bad(node.range, message, "write a whole number");
        }
        number.map(|number| Spanned::new(number, node.range))
    }

    /// True or false under `key`.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let node = self.value(key)?;
        let flag = node.as_scalar().and_then(Scalar::as_bool);
        if flag.is_none() {
            let message =
                format!("`{key}` of the {} is {}, expected true or false", self.noun, node.describe());
            self.bad(node.range, message, "write `true` or `false`");
        }
        flag
    }
}
