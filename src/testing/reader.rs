//! Reading the keys of one mapping of a file of tests.

use super::lints::BAD_TEST;
use crate::diag::Diagnostic;
use crate::text::{SourceId, Span, Spanned};
use crate::yaml::{Node, Reader, Scalar};

/// A reader of `node`, which is a `noun` that may have `keys`; reported, and nothing, where it is no mapping.
pub(super) fn read_keys<'n, 'f>(
    source: SourceId,
    noun: &'static str,
    node: &'n Node,
    keys: &[&'static str],
    findings: &'f mut Vec<Diagnostic>,
) -> Option<Reader<'n, 'f>> {
    if node.as_mapping().is_none() {
        let message = format!("the {noun} is {}, expected a mapping", node.describe());
        let finding = BAD_TEST.at(Span::new(source, node.range), message);
        findings.push(finding.with_help(format!("the keys are {}", keys.join(", "))));
    }
    Reader::new(&BAD_TEST, source, noun, node, keys, findings)
}

impl Reader<'_, '_> {
    /// Whether `key` is there, with or without a value.
    pub(in crate::testing) fn has(&self, key: &str) -> bool {
        self.mapping.get(key).is_some()
    }

    /// The texts under `key`: one, or a list of them.
    pub(in crate::testing) fn one_or_several(&mut self, key: &str) -> Vec<Spanned<String>> {
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
    pub(in crate::testing) fn number(&mut self, key: &str) -> Option<Spanned<usize>> {
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
    pub(in crate::testing) fn truth(&mut self, key: &str) -> Option<bool> {
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
