//! What may stand at the cursor in a rule, outside of its query.

use super::item::{Item, ItemKind, Offer};
use super::yaml_lines::{Cursor, Line, cursor, siblings};
use crate::catalog::Catalog;
use crate::kql::bind::{Arena, bind};
use crate::kql::syntax;
use crate::lsp::analysis::DOCUMENT;
use crate::lsp::view::Place;
use crate::rule::keys::{Key, RULE, Table, ValueType};
use crate::rule::{self, Rule, RuleKind};

/// Lengths of time that schedules commonly have.
const DURATIONS: [&str; 9] = ["5m", "10m", "15m", "30m", "1h", "6h", "1d", "7d", "14d"];

/// The keys whose value is a column of the result.
const COLUMN_KEYS: [&str; 4] = ["columnName", "value", "alertTacticsColumnName", "alertSeverityColumnName"];

/// What is offered at a place.
pub(super) fn offer(place: &Place<'_>) -> Option<Offer> {
    let text = place.document.text();
    let before = text.get(..place.offset as usize)?;
    let lines: Vec<&str> = text.split('\n').map(|line| line.trim_end_matches('\r')).collect();
    let cursor = cursor(before, &lines)?;
    let at = At { place, lines: &lines, before, cursor: &cursor };
    let mut table = &RULE;
    let mut list: Option<(&'static Key, usize)> = None;
    for (number, name) in &cursor.above {
        if list.is_some() {
            return None;
        }
        let (key, _) = table.find(name)?;
        match key.value.table() {
            Some(inner) => table = inner,
            None => list = Some((key, *number)),
        }
    }
    match (cursor.line.key, list) {
        (Some(_), Some((names, _))) if names.value == ValueType::Names => Some(at.columns()),
        (Some(_), Some(_)) => None,
        (Some(name), None) => at.value(table.find(name)?.0, cursor.number),
        (None, Some((key, number))) if key.value != ValueType::Names => at.value(key, number),
        (None, Some(_)) => None,
        (None, None) => at.keys(table),
    }
}

struct At<'a, 't> {
    place: &'a Place<'a>,
    lines: &'a [&'t str],
    before: &'t str,
    cursor: &'a Cursor<'t>,
}

impl At<'_, '_> {
    /// The rule as it is without the line of the cursor, which may be half of one.
    fn rule(&self) -> Option<Rule> {
        let lines = self.lines.iter().enumerate();
        let kept = lines.map(|(number, line)| if number == self.cursor.number { "" } else { *line });
        let text = kept.collect::<Vec<_>>().join("\n");
        let (rules, _) = rule::read(DOCUMENT, &text);
        let mut before = rules.into_iter().take_while(|rule| rule.range.start <= self.place.offset);
        let first = before.next()?;
        Some(before.last().unwrap_or(first))
    }

    /// The kind of the rule, where it is written.
    fn kind(&self) -> Option<RuleKind> {
        let at_top =
            siblings(self.lines, self.cursor.above.first().map_or(self.cursor.number, |(at, _)| *at), 0);
        let (_, written) = at_top.into_iter().find(|(key, _)| *key == "kind")?;
        RuleKind::ALL.into_iter().find(|kind| kind.as_str() == written)
    }

    fn catalog(&self) -> &Catalog {
        &self.place.document.project().catalog
    }

    /// The keys that the mapping does not have yet.
    fn keys(&self, table: &'static Table) -> Option<Offer> {
        let typed = self.cursor.line.value;
        if !self.before.ends_with(typed) || typed.contains(' ') {
            return None;
        }
        let present = siblings(self.lines, self.cursor.number, self.cursor.line.column);
        let is_there =
            |key: &Key| present.iter().any(|(name, _)| table.find(name).is_some_and(|(it, _)| it == key));
        let kind = self.kind();
        let mut offer = Offer::new(typed);
        for key in table.keys.iter().filter(|key| !is_there(key)) {
            if kind.is_some_and(|kind| !key.is_for(kind)) {
                continue;
            }
            let is_needed = kind.map_or(!key.required.is_empty(), |kind| key.required.contains(&kind));
            let item = Item::new(key.name, ItemKind::Key).detail(key.value.expected()).doc(key.doc);
            let insert = match key.value {
                ValueType::Query => format!("{}: |", key.name),
                value if is_nested(value) => format!("{}:", key.name),
                _ => format!("{}: ", key.name),
            };
            offer.add(item.insert(insert).group(if is_needed { 1 } else { 2 }));
        }
        Some(offer)
    }

    /// The text of a value before the cursor.
    fn typed(&self) -> &str {
        let start = self.before.rfind([' ', '\n', '[', ',', '"', '\'', '{', ':']).map_or(0, |at| at + 1);
        self.before.get(start..).unwrap_or_default()
    }

    /// The values that a key takes. `number` is the line of the key.
    fn value(&self, key: &'static Key, number: usize) -> Option<Offer> {
        let mut offer = Offer::new(self.typed());
        let word = |word: &str| Item::new(word, ItemKind::Value);
        match key.value {
            ValueType::Choice(choices) | ValueType::Choices(choices) => {
                offer.items.extend(choices.words.iter().map(|it| word(it)));
            }
            ValueType::Bool => offer.items.extend(["true", "false"].map(word)),
            ValueType::Duration => offer.items.extend(DURATIONS.map(word)),
            ValueType::Tactics => self.tactics(&mut offer),
            ValueType::Techniques => self.techniques(&mut offer),
            ValueType::EntityType | ValueType::EntityTypes => {
                let entities = self.catalog().entities().iter().filter(|entity| entity.mappable);
                offer.items.extend(entities.map(|it| word(it.name).detail(it.identifiers.join(", "))));
            }
            ValueType::Identifier => {
                let entity = self.beside_above("entityType");
                let known = entity.and_then(|name| self.catalog().entities().get(name));
                let names = known.map_or(&[][..], |entity| &entity.identifiers);
                offer.items.extend(names.iter().map(|name| word(name)));
            }
            ValueType::Text if key.name == "connectorId" => {
                let connectors = self.catalog().connectors().iter();
                offer.items.extend(connectors.map(|it| word(it.id).detail(it.title)));
            }
            ValueType::TextList if key.name == "dataTypes" => {
                let id = self.beside(number, "connectorId")?;
                let connector = self.catalog().connectors().get(id)?;
                let all = connector.data_types.iter().chain(&connector.tables);
                offer.items.extend(all.map(|name| word(name)));
            }
            ValueType::TextList if key.name == "groupByCustomDetails" => {
                let details = self.rule().map(|rule| rule.custom_details).unwrap_or_default();
                offer.items.extend(details.iter().map(|(name, _)| word(&name.value)));
            }
            ValueType::Text if COLUMN_KEYS.contains(&key.name) => return Some(self.columns()),
            ValueType::Text if key.name.ends_with("Format") => return self.placeholder(),
            _ => return None,
        }
        Some(offer)
    }

    /// The value of the entry `name` in the mapping that the line `number` is in.
    fn beside(&self, number: usize, name: &str) -> Option<&str> {
        let column = Line::read(self.lines.get(number)?)?.column;
        let found = siblings(self.lines, number, column).into_iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| value.trim_matches(['"', '\'']))
    }

    /// The value of the entry `name` in the mapping that holds the innermost key above.
    fn beside_above(&self, name: &str) -> Option<&str> {
        let (number, _) = self.cursor.above.last()?;
        self.beside(*number, name)
    }

    fn tactics(&self, offer: &mut Offer) {
        let attack = self.catalog().attack();
        for (name, _) in attack.service_tactics() {
            let named = attack.tactics().iter().find(|tactic| tactic.sentinel == Some(*name));
            let detail = named.map_or_else(String::new, |tactic| format!("{} {}", tactic.id, tactic.name));
            offer.add(Item::new(*name, ItemKind::Value).detail(detail));
        }
    }

    fn techniques(&self, offer: &mut Offer) {
        let attack = self.catalog().attack();
        let tactics = self.rule().map(|rule| rule.tactics).unwrap_or_default();
        for technique in attack.techniques().iter().filter(|technique| technique.is_active()) {
            let of = attack.tactics_of(technique);
            if !tactics.is_empty() && !tactics.iter().any(|tactic| of.contains(&tactic.value)) {
                continue;
            }
            let item = Item::new(technique.id, ItemKind::Value).detail(technique.name);
            let filter = Some(format!("{} {}", technique.id, technique.name));
            offer.add(Item { filter, ..item.doc(of.named().join(", ")) });
        }
    }

    /// The columns of the result of the query.
    fn columns(&self) -> Offer {
        let mut offer = Offer::new(self.typed());
        offer.items = self.result();
        offer
    }

    fn result(&self) -> Vec<Item> {
        let Some(query) = self.rule().and_then(|rule| rule.query) else { return Vec::new() };
        let (tree, _) = syntax::parse(query.text());
        let arena = Arena::new();
        let bound = bind(&tree, &self.place.document.project().kql, &arena);
        let columns = bound.columns().unwrap_or_default().iter();
        columns.map(|column| Item::new(column.name, ItemKind::Column).detail(column.ty.name())).collect()
    }

    /// A column in double braces, where they are open before the cursor.
    fn placeholder(&self) -> Option<Offer> {
        let open = self.before.rfind("{{")?;
        let inside = self.before.get(open + 2..)?;
        if inside.contains(['}', '\n']) {
            return None;
        }
        let mut offer = Offer::new(inside.trim_start());
        let behind = self.place.document.text().get(self.place.offset as usize..).unwrap_or_default();
        let close = if behind.trim_start_matches(' ').starts_with("}}") { "" } else { "}}" };
        let items = self.result().into_iter();
        offer.items = items
            .map(|item| {
                let insert = format!("{}{close}", item.label);
                item.insert(insert)
            })
            .collect();
        Some(offer)
    }
}

/// Whether a value stands on lines of its own.
fn is_nested(value: ValueType) -> bool {
    value.table().is_some()
        || matches!(
            value,
            ValueType::TextList
                | ValueType::Choices(_)
                | ValueType::Tactics
                | ValueType::Techniques
                | ValueType::EntityTypes
                | ValueType::Names
                | ValueType::Tags
        )
}
