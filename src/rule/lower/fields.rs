//! The known entries of a mapping.

use super::{At, Context};
use crate::diag::{Applicability, Diagnostic, Fix, nearest};
use crate::rule::keys::{self, Key, Match, Table, ValueType};
use crate::rule::lints;
use crate::text::TextRange;
use crate::yaml::{Entry, Mapping, Node};

/// The entries of a mapping whose keys its table knows and whose values are not null, in the order written.
pub(super) struct Fields<'a> {
    entries: Vec<(&'static Key, TextRange, &'a Node)>,
    /// All bytes of the mapping.
    pub(super) range: TextRange,
}

impl<'a> Fields<'a> {
    /// Sorts out the entries of `mapping`, and reports unknown keys, keys in other capitals, properties
    /// given twice and keys without a value.
    pub(super) fn new(
        context: &mut Context,
        mapping: &'a Mapping,
        table: &'static Table,
        range: TextRange,
    ) -> Self {
        let mut entries: Vec<(&'static Key, &'a Entry)> = Vec::new();
        for entry in &mapping.entries {
            let Some(key) = context.known_key(entry, mapping, table) else { continue };
            let earlier = entries.iter().find(|(other, _)| other.name == key.name);
            match earlier {
                Some((_, first)) if !matches!(key.value, ValueType::Techniques) || same_key(first, entry) => {
                    context.given_twice(key, first, entry);
                }
                _ if entry.value.is_null() => context.empty_value(key, entry),
                _ => entries.push((key, entry)),
            }
        }
        let entries = entries.into_iter().map(|(key, entry)| (key, entry.key.range, &entry.value)).collect();
        Self { entries, range }
    }

    /// A mapping that is written as the value of its one key.
    pub(super) fn of_one(key: &'static Key, node: &'a Node) -> Self {
        Self { entries: vec![(key, node.range, node)], range: node.range }
    }

    /// The value of the key `name`, if it is there.
    pub(super) fn at(&self, name: &'static str) -> Option<At<'a>> {
        self.all(name).next()
    }

    /// The values of the key `name` under any of its names.
    pub(super) fn all(&self, name: &'static str) -> impl Iterator<Item = At<'a>> {
        let of_name = self.entries.iter().filter(move |(key, ..)| key.name == name);
        of_name.map(|(key, _, node)| At { node, key, item: false })
    }

    /// Every key that is there, with its bytes.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&'static Key, TextRange)> {
        self.entries.iter().map(|(key, range, _)| (*key, *range))
    }
}

fn key_text(entry: &Entry) -> &str {
    entry.key.as_scalar().map_or("", |scalar| scalar.text.as_str())
}

fn same_key(a: &Entry, b: &Entry) -> bool {
    key_text(a) == key_text(b)
}

impl Context {
    /// The key of `entry`, a finding when it is unknown or in other capitals.
    fn known_key(&mut self, entry: &Entry, mapping: &Mapping, table: &'static Table) -> Option<&'static Key> {
        let range = entry.key.range;
        let Some(written) = entry.key.as_scalar().map(|scalar| scalar.text.as_str()) else {
            let message = format!("a key of {} is {}, expected text", table.what, entry.key.describe());
            let finding = self.finding(&lints::UNKNOWN_KEY, range, message);
            self.push(finding.with_help("write the key as plain text"));
            return None;
        };
        match table.find(written) {
            Some((key, Match::Canonical | Match::Alias)) => Some(key),
            Some((key, Match::Case)) => {
                let same = |name: &&str| name.eq_ignore_ascii_case(written);
                let name = key.names().find(same).unwrap_or(key.name);
                let message = format!("the key `{written}` is written `{name}`");
                let mut finding = self
                    .finding(&lints::KEY_CASE, range, message)
                    .with_help(format!("write `{name}`: other tools do not know `{written}`"));
                if mapping.get(name).is_none() {
                    finding = finding.with_fix(self.rename(range, name, Applicability::Safe));
                }
                self.push(finding);
                Some(key)
            }
            None => {
                let finding = self.unknown_key(written, range, mapping, table);
                self.push(finding);
                None
            }
        }
    }

    fn unknown_key(
        &self,
        written: &str,
        range: TextRange,
        mapping: &Mapping,
        table: &'static Table,
    ) -> Diagnostic {
        let finding =
            self.finding(&lints::UNKNOWN_KEY, range, format!("{} has no key `{written}`", table.what));
        let names = || table.keys.iter().flat_map(Key::names);
        let elsewhere = || {
            let mut tables = keys::RULE.nested().into_iter();
            tables.find(|other| !std::ptr::eq(*other, table) && other.find(written).is_some())
        };
        if let Some(other) = elsewhere() {
            let place = match other.path {
                "" => "the top of the rule".to_owned(),
                path => format!("`{path}`"),
            };
            return finding.with_help(format!("`{written}` belongs to {place}"));
        }
        if let Some(name) = nearest(written, names()) {
            let finding = finding.with_help(format!("the nearest known key is `{name}`"));
            return match table.find(name) {
                Some((key, _)) if key.names().all(|name| mapping.get(name).is_none()) => {
                    finding.with_fix(self.rename(range, name, Applicability::Unsafe))
                }
                _ => finding,
            };
        }
        if std::ptr::eq(table, &keys::RULE) {
            return finding.with_help("remove it, or keep facts of that kind under `metadata`");
        }
        let known = table.names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        finding.with_help(format!("known keys are {known}"))
    }

    fn rename(&self, range: TextRange, name: &str, applicability: Applicability) -> Fix {
        Fix::replace(format!("rename the key to `{name}`"), applicability, self.span(range), name)
    }

    fn given_twice(&mut self, key: &Key, first: &Entry, second: &Entry) {
        if same_key(first, second) {
            // The YAML reader has reported the duplicate key.
            return;
        }
        let (first_name, second_name) = (key_text(first), key_text(second));
        let message = format!("`{second_name}` is the same as `{first_name}`, which is given already");
        let finding = self
            .finding(&lints::GIVEN_TWICE, second.key.range, message)
            .with_secondary(self.span(first.key.range), "given here first")
            .with_help(format!("remove one of the two; `{}` is the usual name", key.name));
        self.push(finding);
    }

    fn empty_value(&mut self, key: &Key, entry: &Entry) {
        let message = format!("`{}` has no value", key_text(entry));
        let finding = self
            .finding(&lints::EMPTY_VALUE, entry.key.range, message)
            .with_help(format!("remove the key, or give it {}", key.value.expected()));
        self.push(finding);
    }
}
