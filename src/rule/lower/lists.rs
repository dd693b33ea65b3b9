//! Values that hold others: lists, mappings of names, tags.

use super::Context;
use super::fields::Fields;
use super::values::{At, split_at_commas};
use crate::rule::keys::{Table, ValueType};
use crate::rule::lints;
use crate::text::Spanned;
use crate::yaml::{Node, NodeKind, ScalarStyle};

impl Context {
    /// The texts of a list under all names of its key; a single text is a list of one.
    pub(super) fn texts_of(&mut self, fields: &Fields<'_>, name: &'static str) -> Vec<Spanned<String>> {
        let mut texts = Vec::new();
        for at in fields.all(name) {
            for item in self.items(at) {
                texts.extend(self.words(item));
            }
        }
        texts
    }

    /// The words of a list from a closed set, canonical.
    pub(super) fn choices_of(&mut self, fields: &Fields<'_>, name: &'static str) -> Vec<Spanned<String>> {
        let items = fields.at(name).map(|at| self.items(at)).unwrap_or_default();
        items.into_iter().filter_map(|item| self.choice(item)).map(|word| word.map(str::to_owned)).collect()
    }

    /// The items of a list that have a value. A single value is its only item.
    fn items<'a>(&mut self, at: At<'a>) -> Vec<At<'a>> {
        match &at.node.kind {
            NodeKind::Scalar(_) => vec![at],
            NodeKind::Sequence(items) => {
                let mut found = Vec::new();
                for node in items {
                    if node.is_null() {
                        let message = format!("an item of `{}` has no value", at.key.name);
                        let finding = self.finding(&lints::EMPTY_VALUE, node.range, message);
                        self.push(finding.with_help("remove the item"));
                    } else {
                        found.push(at.item(node));
                    }
                }
                found
            }
            NodeKind::Mapping(_) => {
                self.wrong_type(at, at.key.value.expected());
                Vec::new()
            }
        }
    }

    /// The text of an item; several with commas where none of them can hold a comma.
    fn words(&mut self, at: At<'_>) -> Vec<Spanned<String>> {
        let single_words =
            matches!(at.key.value, ValueType::Tactics | ValueType::Techniques | ValueType::EntityTypes);
        let listed = at.node.as_scalar().filter(|scalar| single_words && scalar.text.contains(','));
        let Some(scalar) = listed else { return self.text(at).into_iter().collect() };
        let pieces: Vec<_> = split_at_commas(&scalar.text)
            .into_iter()
            .map(|range| Spanned::new(range.slice(&scalar.text).to_owned(), scalar.range_of(range)))
            .collect();
        let names: Vec<&str> = pieces.iter().map(|piece| piece.value.as_str()).collect();
        let message = format!("{} is several words with commas, expected a list", at.name());
        let one_line = !matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded);
        let plain =
            names.iter().all(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || " .".contains(c)));
        if !at.item && one_line && plain {
            self.loose(at, message, &format!("[{}]", names.join(", ")));
        } else {
            let finding = self.finding(&lints::LOOSE_TYPE, at.node.range, message);
            self.push(finding.with_help("write each as an item of its own"));
        }
        pieces
    }

    /// Reads each mapping of a list with `read`.
    pub(super) fn mappings<T>(
        &mut self,
        fields: &Fields<'_>,
        name: &'static str,
        read: impl Fn(&mut Self, &Fields<'_>) -> T,
    ) -> Vec<T> {
        let Some(at) = fields.at(name) else { return Vec::new() };
        let Some(table) = at.key.value.table() else { return Vec::new() };
        if at.node.as_mapping().is_some() {
            let message = format!("`{name}` is a mapping, expected {}", at.key.value.expected());
            let finding = self.finding(&lints::LOOSE_TYPE, at.node.range, message);
            self.push(finding.with_help("write the mapping as an item of a list, after `- `"));
            return self.item(at, table, &read).into_iter().collect();
        }
        let items = self.items(at);
        items.into_iter().filter_map(|item| self.item(item, table, &read)).collect()
    }

    fn item<T>(
        &mut self,
        at: At<'_>,
        table: &'static Table,
        read: &impl Fn(&mut Self, &Fields<'_>) -> T,
    ) -> Option<T> {
        if let Some(mapping) = at.node.as_mapping() {
            let fields = Fields::new(self, mapping, table, at.node.range);
            return Some(read(self, &fields));
        }
        let stands_for = match at.key.value {
            ValueType::MappingsOr(_, name) if at.node.as_scalar().is_some() => Some(name),
            _ => None,
        };
        let Some((key, _)) = stands_for.and_then(|name| table.find(name)) else {
            self.wrong_type(at, if at.item { "a mapping" } else { at.key.value.expected() });
            return None;
        };
        Some(read(self, &Fields::of_one(key, at.node)))
    }

    /// Reads a mapping with `read`.
    pub(super) fn mapping<T>(
        &mut self,
        fields: &Fields<'_>,
        name: &'static str,
        read: impl Fn(&mut Self, &Fields<'_>) -> T,
    ) -> Option<T> {
        let at = fields.at(name)?;
        let table = at.key.value.table()?;
        let Some(mapping) = at.node.as_mapping() else {
            self.wrong_type(at, at.key.value.expected());
            return None;
        };
        let fields = Fields::new(self, mapping, table, at.node.range);
        Some(read(self, &fields))
    }

    /// A mapping from name to text. A list of such mappings is understood.
    pub(super) fn names(&mut self, at: At<'_>) -> Vec<(Spanned<String>, Spanned<String>)> {
        let mut pairs = Vec::new();
        match &at.node.kind {
            NodeKind::Mapping(_) => self.pairs(at, &mut pairs),
            NodeKind::Sequence(items) if items.iter().all(|item| item.as_mapping().is_some()) => {
                if !items.is_empty() {
                    let message = format!("`{}` is a list, expected one mapping", at.key.name);
                    let finding = self.finding(&lints::LOOSE_TYPE, at.node.range, message);
                    self.push(finding.with_help("write the pairs as one mapping, without `- `"));
                }
                for item in items {
                    self.pairs(at.item(item), &mut pairs);
                }
            }
            _ => self.wrong_type(at, at.key.value.expected()),
        }
        pairs
    }

    /// The pairs of one mapping, names and values text.
    fn pairs(&mut self, at: At<'_>, pairs: &mut Vec<(Spanned<String>, Spanned<String>)>) {
        for entry in at.node.as_mapping().map(|mapping| mapping.entries.as_slice()).unwrap_or_default() {
            let Some(name) = self.text(at.item(&entry.key)) else { continue };
            if entry.value.is_null() {
                let message = format!("`{}` in `{}` has no value", name.value, at.key.name);
                let finding = self.finding(&lints::EMPTY_VALUE, entry.key.range, message);
                self.push(finding.with_help("remove it, or give it a value"));
            } else if let Some(value) = self.text(at.item(&entry.value)) {
                pairs.push((name, value));
            }
        }
    }

    /// Tags: texts, `name: value` pairs and mappings of `name` and `value`.
    pub(super) fn tags(&mut self, at: At<'_>) -> Vec<(Spanned<String>, Spanned<String>)> {
        let mut tags = Vec::new();
        if at.node.as_mapping().is_some() {
            self.tag(at, &mut tags);
            return tags;
        }
        for item in self.items(at) {
            self.tag(item, &mut tags);
        }
        tags
    }

    fn tag(&mut self, at: At<'_>, tags: &mut Vec<(Spanned<String>, Spanned<String>)>) {
        let Some(mapping) = at.node.as_mapping() else {
            let Some(text) = self.text(at) else { return };
            let none = Spanned::new(String::new(), text.range);
            tags.push((text, none));
            return;
        };
        let named: Option<(&Node, &Node)> = match mapping.entries.as_slice() {
            [_, _] => mapping.get("name").zip(mapping.get("value")),
            _ => None,
        };
        match named {
            Some((name, value)) => {
                let name = self.text(at.item(name));
                tags.extend(name.zip(self.text(at.item(value))));
            }
            None => self.pairs(at, tags),
        }
    }
}
