//! Reading the keys of one mapping.

use super::lints;
use crate::arm::limits;
use crate::diag::{Diagnostic, nearest};
use crate::rule::keys::Table;
use crate::text::{SourceId, Span, Spanned};
use crate::yaml::{Node, Reader, Scalar};

/// A reader of `node`, which is a `noun` with the keys of `table`; nothing where it is no mapping.
pub(super) fn read_keys<'n, 'f>(
    source: SourceId,
    noun: &'static str,
    node: &'n Node,
    table: &'static Table,
    findings: &'f mut Vec<Diagnostic>,
) -> Option<Reader<'n, 'f>> {
    let keys: Vec<&str> = table.names().collect();
    Reader::new(&lints::BAD_CONTENT, source, noun, node, &keys, findings)
}

impl<'n> Reader<'n, '_> {
    /// The text under `key`, which has to be there.
    pub(in crate::content) fn required(&mut self, key: &str) -> Option<Spanned<String>> {
        if self.value(key).is_none() {
            let message = format!("the {} has no `{key}`", self.noun);
            self.bad(self.node.range, message, format!("add `{key}`"));
        }
        self.text(key)
    }

    /// The list of texts under `key`.
    pub(in crate::content) fn texts(&mut self, key: &str) -> Vec<String> {
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
    pub(in crate::content) fn id(&mut self) -> Option<Spanned<String>> {
        let id = self.required("id")?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let fits = (1..=limits::NAME_LENGTH).contains(&id.value.len()) && id.value.chars().all(is_plain);
        if !fits {
            self.bad(id.range, format!("`{}` cannot name a resource", id.value), "use a UUID as the id");
        }
        fits.then_some(id)
    }

    /// The value under `key`, which has to be there.
    pub(in crate::content) fn needed(&mut self, key: &str) -> Option<&'n Node> {
        if self.value(key).is_none() {
            let message = format!("the {} has no `{key}`", self.noun);
            self.bad(self.node.range, message, format!("add `{key}`"));
        }
        self.value(key)
    }

    /// True or false under `key`.
    pub(in crate::content) fn flag(&mut self, key: &str) -> Option<bool> {
        let node = self.value(key)?;
        let flag = node.as_scalar().and_then(Scalar::as_bool);
        if flag.is_none() {
            let message = format!("`{key}` is {}, expected true or false", node.describe());
            self.bad(node.range, message, "write `true` or `false`");
        }
        flag
    }

    /// The word of a closed set under `key`, in its spelling.
    pub(in crate::content) fn word(&mut self, key: &str, known: &[&str]) -> Option<String> {
        let node = self.value(key)?;
        self.word_of(key, node, known)
    }

    /// The words of a closed set in the list under `key`.
    pub(in crate::content) fn words(&mut self, key: &str, known: &[&str]) -> Vec<String> {
        let items = self.value(key).and_then(Node::as_sequence).unwrap_or_default();
        items.iter().filter_map(|item| self.word_of(key, item, known)).collect()
    }

    /// The word of a closed set that `node`, a value of `key`, is.
    pub(in crate::content) fn word_of(&mut self, key: &str, node: &Node, known: &[&str]) -> Option<String> {
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
}

/// Reports that `node`, which should be a `noun`, is no mapping.
pub(super) fn not_a_mapping(source: SourceId, noun: &str, node: &Node, findings: &mut Vec<Diagnostic>) {
    let message = format!("the {noun} is {}, expected a mapping", node.describe());
    let finding = lints::BAD_CONTENT.at(Span::new(source, node.range), message);
    findings.push(finding.with_help("write it as keys and values"));
}
