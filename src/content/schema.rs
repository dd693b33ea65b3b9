//! The JSON Schema of files of content. It says what the keys are and what they hold; what only a look at another file or
//! at the whole can tell is for reading to report.

use serde_json::{Value, json};

use super::{automation_rule, keys};
use crate::arm::automation_rule::{ACTION_TYPES, TRIGGERS_ON, TRIGGERS_WHEN};
use crate::arm::detection_rule::{FREQUENCIES, STATUSES};
use crate::arm::service_rule::ServiceRuleKind;
use crate::rule::keys::Table;

/// A mapping with the keys of `table`, of which `required` have to be there. `values` say what keys hold; the rest holds text.
fn mapping(title: &str, table: &'static Table, required: &[&str], values: &[(&str, Value)]) -> Value {
    let of = |key: &str| {
        let known = values.iter().find(|(name, _)| *name == key);
        known.map_or_else(|| json!({ "type": ["string", "null"] }), |(_, value)| value.clone())
    };
    let properties: serde_json::Map<String, Value> =
        table.names().map(|key| (key.to_owned(), of(key))).collect();
    json!({
        "title": title,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// Any of `words`, whatever their case.
fn among(words: &[&str]) -> Value {
    let letters = |word: &str| -> String {
        let both = |c: char| match c.is_ascii_alphabetic() {
            true => format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase()),
            false => c.to_string(),
        };
        word.chars().map(both).collect()
    };
    let any: Vec<String> = words.iter().map(|word| letters(word)).collect();
    // The list is for completion in an editor, the pattern for words in another case.
    json!({ "anyOf": [{ "enum": words }, { "type": "string", "pattern": format!("^({})$", any.join("|")) }] })
}

/// What files of content may hold, as a JSON Schema (draft 2020-12).
pub fn schema() -> Value {
    let texts = json!({ "type": ["array", "null"], "items": { "type": "string" } });
    let flag = json!({ "type": ["boolean", "null"] });
    let open = json!({ "type": "object" });
    let id = json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]+$" });
    let kinds: Vec<&str> = ServiceRuleKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let trigger = json!({
        "type": "object",
        "properties": {
            "isEnabled": &flag,
            "expirationTimeUtc": { "type": ["string", "null"] },
            "triggersOn": among(&TRIGGERS_ON),
            "triggersWhen": among(&TRIGGERS_WHEN),
            "conditions": { "type": ["array", "null"], "maxItems": automation_rule::MAX_CONDITIONS },
        },
        "required": ["triggersOn", "triggersWhen"],
        "additionalProperties": false,
    });
    let actions = json!({
        "type": "array",
        "maxItems": automation_rule::MAX_ACTIONS,
        "items": {
            "type": "object",
            "properties": {
                "order": { "type": "integer" },
                "actionType": among(&ACTION_TYPES),
                "actionConfiguration": &open,
            },
            "required": ["actionType"],
            "additionalProperties": false,
        },
    });
    let schedule = json!({
        "type": "object",
        "properties": {
            "frequency": { "type": "string", "examples": FREQUENCIES },
            "period": { "type": ["string", "integer"], "description": "Until October 2026: 0, 1H, 3H, 12H or 24H." },
        },
    });
    let query = json!({
        "type": "object",
        "properties": { "queryText": { "type": "string", "minLength": 1 } },
        "required": ["queryText"],
    });
    let order = json!({ "type": "integer", "minimum": 1, "maximum": 1000 });
    let date = json!({ "type": ["string", "null"] });
    let items = [
        mapping(
            "A watchlist",
            &keys::WATCHLIST,
            &["alias", "name", "searchKey", "items"],
            &[("labels", texts.clone())],
        ),
        mapping("A function", &keys::FUNCTION, &["name", "body"], &[]),
        mapping(
            "An analytics rule whose query is the service's",
            &keys::SERVICE_RULE,
            &["kind", "id"],
            &[
                ("kind", among(&kinds)),
                ("id", id.clone()),
                ("enabled", flag.clone()),
                ("displayNamesFilter", texts.clone()),
                ("displayNamesExcludeFilter", texts.clone()),
                ("severitiesFilter", texts),
            ],
        ),
        mapping(
            "An automation rule",
            &keys::AUTOMATION_RULE,
            &["id", "name", "order", "triggeringLogic", "actions"],
            &[("id", id.clone()), ("order", order), ("triggeringLogic", trigger), ("actions", actions)],
        ),
        mapping(
            "A custom detection of Defender XDR",
            &keys::CUSTOM_DETECTION,
            &["displayName", "queryCondition", "schedule", "detectionAction"],
            &[
                ("id", id),
                ("isEnabled", flag),
                ("status", among(&STATUSES[..2])),
                ("queryCondition", query),
                ("schedule", schedule),
                ("detectionAction", open.clone()),
                ("lastRunDetails", open),
                ("createdDateTime", date.clone()),
                ("lastModifiedDateTime", date),
            ],
        ),
    ];
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What a project deploys beside rules",
        "anyOf": [{ "$ref": "#/$defs/item" }, { "type": "array", "items": { "$ref": "#/$defs/item" } }],
        "$defs": { "item": { "anyOf": items } },
    })
}
