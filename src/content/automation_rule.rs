//! Automation rules.

use serde_json::{Map, Value};

use super::keys;
use super::reader::{not_a_mapping, read_keys};
use crate::arm::automation_rule::WORDS;
use crate::diag::Diagnostic;
use crate::rule;
use crate::rule::keys::Table;
use crate::text::{SourceId, Spanned};
use crate::yaml::{Node, Reader};

/// The most actions of a rule.
pub(super) const MAX_ACTIONS: usize = 20;
/// The most conditions of a rule.
pub(super) const MAX_CONDITIONS: usize = 50;

/// An automation rule.
#[derive(Debug, Clone, PartialEq)]
pub struct AutomationRule {
    /// The file it was read from.
    pub source: SourceId,
    /// `id`: the name of the resource.
    pub id: Spanned<String>,
    /// `name`: the display name.
    pub name: String,
    /// `order`: 1 to 1000.
    pub order: i64,
    /// `triggeringLogic`, as the API has it; enabled unless it says otherwise.
    pub triggering: Value,
    /// `actions`, as the API has them; each in its place unless it says another.
    pub actions: Vec<Value>,
}

impl AutomationRule {
    /// Reads `node`; nothing when what has to be there is not.
    pub(super) fn read(source: SourceId, node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        let before = findings.len();
        let mut reader = read_keys(source, "automation rule", node, &keys::AUTOMATION_RULE, findings)?;
        let (id, name) = (reader.id(), reader.required("name"));
        let order = order(&mut reader, node);
        let trigger = reader.needed("triggeringLogic");
        let actions = reader.needed("actions");
        if let Some(conditions) = trigger.and_then(|trigger| trigger.as_mapping()?.get("conditions")) {
            at_most(&mut reader, conditions, MAX_CONDITIONS, "conditions");
        }
        let items = actions.and_then(Node::as_sequence);
        if let (Some(actions), None) = (actions, items) {
            let message = format!("`actions` is {}, expected a list", actions.describe());
            reader.bad(actions.range, message, "write a list of actions");
        }
        if let Some(actions) = actions {
            at_most(&mut reader, actions, MAX_ACTIONS, "actions");
        }
        words(&mut reader, node);
        let trigger = trigger?;
        let known: [(&Node, &'static str, &'static Table, &[&str]); 1] =
            [(trigger, "triggering logic", &keys::TRIGGER, &["triggersOn", "triggersWhen"])];
        let items = items?;
        let actions = items.iter().map(|item| (item, "action", &keys::ACTION, &["actionType"][..]));
        for (node, noun, table, required) in known.into_iter().chain(actions) {
            match read_keys(source, noun, node, table, findings) {
                Some(mut reader) => required.iter().for_each(|key| drop(reader.required(key))),
                None => not_a_mapping(source, noun, node, findings),
            }
        }
        if findings.len() > before {
            return None;
        }
        let mut triggering = rule::to_json(trigger);
        default(&mut triggering, "isEnabled", Value::from(true));
        let actions = items.iter().enumerate().map(|(at, item)| {
            let mut action = rule::to_json(item);
            default(&mut action, "order", Value::from(at + 1));
            action
        });
        let actions = actions.collect();
        Some(Self { source, id: id?, name: name?.value, order: order?, triggering, actions })
    }
}

fn default(value: &mut Value, key: &str, default: Value) {
    let fields: Option<&mut Map<String, Value>> = value.as_object_mut();
    if let Some(fields) = fields {
        fields.entry(key).or_insert(default);
    }
}

fn order(reader: &mut Reader<'_, '_>, node: &Node) -> Option<i64> {
    let Some(written) = reader.value("order") else {
        reader.bad(node.range, "the automation rule has no `order`", "add `order`, 1 to 1000");
        return None;
    };
    let order = written.as_scalar().and_then(crate::yaml::Scalar::as_i64);
    let order = order.filter(|order| (1..=1000).contains(order));
    if order.is_none() {
        reader.bad(written.range, "`order` is no whole number from 1 to 1000", "write such as `order: 10`");
    }
    order
}

fn at_most(reader: &mut Reader<'_, '_>, node: &Node, most: usize, what: &str) {
    let count = node.as_sequence().map_or(0, <[Node]>::len);
    if count > most {
        let message = format!("there are {count} {what}, and the service takes {most}");
        reader.bad(node.range, message, "split the rule");
    }
}

/// Reports values of closed sets that are none of their words, however deep they stand.
fn words(reader: &mut Reader<'_, '_>, node: &Node) {
    for entry in node.as_mapping().into_iter().flat_map(|mapping| &mapping.entries) {
        let key = entry.key.as_str().unwrap_or_default();
        match WORDS.iter().find(|(name, _)| *name == key) {
            Some((_, known)) if !entry.value.is_null() => drop(reader.word_of(key, &entry.value, known)),
            _ => words(reader, &entry.value),
        }
    }
    node.as_sequence().into_iter().flatten().for_each(|item| words(reader, item));
}
