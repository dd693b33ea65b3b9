//! Reading the keys of one mapping.

use super::lints;
use crate::arm::limits;
use crate::diag::{Diagnostic, nearest};
use crate::rule::keys::Table;
use crate::text::{SourceId, Span, Spanned, TextRange};
use crate::yaml::{Mapping, Node, Scalar};

/// Reads one mapping, and keeps what is wrong with it.
pub(super) struct Reader<'a, 'f> {
    source: SourceId,
    noun: &'static str,
    node: &'a Node,
    mapping: &'a Mapping,
    findings: &'f mut Vec<Diagnostic>,
}

impl<'a, 'f> Reader<'a, 'f> {
    /// A reader of `node`, which is a `noun` with the keys of `table`.
    pub(super) fn new(
        source: SourceId,
        noun: &'static str,
        node: &'a Node,
        table: &'static Table,
        findings: &'f mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let mapping = node.as_mapping()?;
        let mut reader = Self { source, noun, node, mapping, findings };
        for entry in &mapping.entries {
            let Some(key) = entry.key.as_scalar().filter(|key| table.names().all(|known| known != key.text))
            else {
                continue;
            };
            let help = match nearest(&key.text, table.names()) {
                Some(meant) => format!("the nearest is `{meant}`"),
                None => format!("the keys are {}", table.names().collect::<Vec<_>>().join(", ")),
            };
            reader.bad(entry.key.range, format!("unknown key `{}` of the {noun}", key.text), &help);
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

    /// The `id`, which names the resource.
    pub(super) fn id(&mut self) -> Option<Spanned<String>> {
        let id = self.required("id")?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let fits = (1..=limits::NAME_LENGTH).contains(&id.value.len()) && id.value.chars().all(is_plain);
        if !fits {
            self.bad(id.range, format!("`{}` cannot name a resource", id.value), "use a UUID as the id");
        }
        fits.then_some(id)
    }

    /// The value under `key`, which has to be there.
    pub(super) fn needed(&mut self, key: &str) -> Option<&'a Node> {
        if self.value(key).is_none() {
            let message = format!("the {} has no `{key}`", self.noun);
            self.bad(self.node.range, message, &format!("add `{key}`"));
        }
        self.value(key)
    }

    /// True or false under `key`.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let node = self.value(key)?;
        let flag = node.as_scalar().and_then(Scalar::as_bool);
        if flag.is_none() {
            let message = format!("`{key}` is {}, expected true or false", node.describe());
            self.bad(node.range, message, "write `true` or `false`");
        }
        flag
    }

    /// The word of a closed set under `key`, in its spelling.
    pub(super) fn word(&mut self, key: &str, known: &[&str]) -> Option<String> {
        let node = self.value(key)?;
        self.word_of(key, node, known)
    }

    /// The words of a closed set in the list under `key`.
    pub(super) fn words(&mut self, key: &str, known: &[&str]) -> Vec<String> {
        let items = self.value(key).and_then(Node::as_sequence).unwrap_or_default();
        items.iter().filter_map(|item| self.word_of(key, item, known)).collect()
    }

    /// The word of a closed set that `node`, a value of `key`, is.
    pub(super) fn word_of(&mut self, key: &str, node: &Node, known: &[&str]) -> Option<String> {
        let written = node.as_str().unwrap_or_default();
        let word = known.iter().find(|word| word.eq_ignore_ascii_case(written));
        if word.is_none() {
            let help = match nearest(written, known.iter().copied()) {
                Some(meant) => format!("the nearest is `{meant}`"),
                None => format!("one of {}", known.join(", ")),
            };
            self.bad(node.range, format!("`{key}` cannot be `{written}`"), &help);
        }
        word.map(|word| (*word).to_owned())
    }

    /// Reports that `node`, which should be a `noun`, is no mapping.
    pub(super) fn not_a_mapping(source: SourceId, noun: &str, node: &Node, findings: &mut Vec<Diagnostic>) {
        let message = format!("the {noun} is {}, expected a mapping", node.describe());
        let finding = lints::BAD_CONTENT.at(Span::new(source, node.range), message);
        findings.push(finding.with_help("write it as keys and values"));
    }
}
