//! Reading the keys of one mapping.

use super::lints;
use crate::diag::{Diagnostic, nearest};
use crate::text::{SourceId, Span, Spanned, TextRange};
use crate::yaml::{Mapping, Node};

/// Reads one mapping, and keeps what is wrong with it.
pub(super) struct Reader<'a> {
    source: SourceId,
    noun: &'static str,
    node: &'a Node,
    mapping: &'a Mapping,
    findings: &'a mut Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    /// A reader of `node`, which is a `noun` with the keys `known`.
    pub(super) fn new(
        source: SourceId,
        noun: &'static str,
        node: &'a Node,
        known: &[&str],
        findings: &'a mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let mapping = node.as_mapping()?;
        let mut reader = Self { source, noun, node, mapping, findings };
        for entry in &mapping.entries {
            let Some(key) = entry.key.as_scalar().filter(|key| !known.contains(&key.text.as_str())) else {
                continue;
            };
            let help = match nearest(&key.text, known.iter().copied()) {
                Some(meant) => format!("the nearest is `{meant}`"),
                None => format!("the keys are {}", known.join(", ")),
            };
            reader.bad(entry.key.range, format!("a {noun} has no key `{}`", key.text), &help);
        }
        Some(reader)
    }

    /// Reports what is wrong in `range`.
    pub(super) fn bad(&mut self, range: TextRange, message: impl Into<String>, help: &str) {
        let finding = lints::BAD_CONTENT.at(Span::new(self.source, range), message);
        self.findings.push(finding.with_help(help));
    }

    /// The value under `key`, if there is one.
    pub(super) fn value(&self, key: &str) -> Option<&'a Node> {
        self.mapping.get(key).filter(|node| !node.is_null())
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

    /// The text under `key`, which has to be there.
    pub(super) fn required(&mut self, key: &str) -> Option<Spanned<String>> {
        if self.value(key).is_none() {
            let message = format!("the {} has no `{key}`", self.noun);
            self.bad(self.node.range, message, &format!("add `{key}`"));
        }
        self.text(key)
    }

    /// The list of texts under `key`.
    pub(super) fn texts(&mut self, key: &str) -> Vec<String> {
        let Some(node) = self.value(key) else { return Vec::new() };
        let Some(items) = node.as_sequence() else {
            self.bad(
                node.range,
                format!("`{key}` is {}, expected a list", node.describe()),
                "write a list of texts",
            );
            return Vec::new();
        };
        items.iter().filter_map(Node::as_str).map(str::to_owned).collect()
    }
}
