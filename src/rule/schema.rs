//! The JSON Schema of a rule file, made of the table of keys.
//!
//! Draft 7, which the YAML language servers of editors support best. Aliases are accepted, marked
//! deprecated and not suggested. What the schema accepts beyond the canonical form is what reading
//! accepts without a finding: words in any case, a single text for a list.

use serde_json::{Map, Value, json};

use super::RuleKind;
use super::keys::{self, Choices, Key, Table, ValueType};

/// Words that the schema takes from tables of facts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vocabulary {
    /// Tactics as the service spells them.
    pub tactics: Vec<String>,
    /// Entity types that can be mapped, each with its identifiers.
    pub entities: Vec<(String, Vec<String>)>,
}

/// The JSON Schema of a rule file.
pub fn schema(vocabulary: &Vocabulary) -> Value {
    let mut rule = mapping(&keys::RULE, vocabulary);
    rule["allOf"] = json!(requirements());
    let mut definitions = Map::new();
    for table in keys::RULE.nested().into_iter().filter(|table| !table.path.is_empty()) {
        definitions.insert(table.path.to_owned(), mapping(table, vocabulary));
    }
    definitions.insert("duration".to_owned(), duration());
    definitions.insert("technique".to_owned(), technique());
    definitions.insert("tactic".to_owned(), json!({ "enum": vocabulary.tactics }));
    let types: Vec<&str> = vocabulary.entities.iter().map(|(name, _)| name.as_str()).collect();
    definitions.insert("entityType".to_owned(), json!({ "enum": types }));
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Rule",
        "description": "A Microsoft Sentinel analytics rule or hunting query, as picket reads it.",
    });
    if let (Value::Object(schema), Value::Object(rule)) = (&mut schema, rule) {
        schema.extend(rule);
        schema.insert("definitions".to_owned(), Value::Object(definitions));
    }
    schema
}

/// The object schema of a table.
fn mapping(table: &'static Table, vocabulary: &Vocabulary) -> Value {
    let mut properties = Map::new();
    for key in table.keys {
        properties.insert(key.name.to_owned(), property(key, vocabulary));
    }
    for key in table.keys {
        for alias in key.aliases {
            let mut property = property(key, vocabulary);
            property["deprecated"] = true.into();
            property["deprecationMessage"] = format!("Write `{}`.", key.name).into();
            property["doNotSuggest"] = true.into();
            properties.insert((*alias).to_owned(), property);
        }
    }
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !table.path.is_empty() {
        schema["required"] =
            table.keys.iter().filter(|key| !key.required.is_empty()).map(|key| key.name).collect();
    }
    if std::ptr::eq(table, &keys::ENTITY_MAPPING) {
        schema["allOf"] = identifiers(vocabulary).into();
    }
    schema
}

fn property(key: &Key, vocabulary: &Vocabulary) -> Value {
    let mut doc = key.doc.to_owned();
    if key.kinds.len() < RuleKind::ALL.len() {
        let kinds: Vec<&str> = key.kinds.iter().map(|kind| kind.as_str()).collect();
        doc.push_str(&format!(" For rules of kind {}.", kinds.join(" and ")));
    }
    let mut schema = json!({ "description": doc });
    let value = value(key.value, vocabulary);
    // Draft 7 ignores what stands beside a reference.
    let value = if value.get("$ref").is_some() { json!({ "allOf": [value] }) } else { value };
    if let (Value::Object(schema), Value::Object(value)) = (&mut schema, value) {
        schema.extend(value);
    }
    schema
}

fn value(value: ValueType, vocabulary: &Vocabulary) -> Value {
    let string = || json!({ "type": "string" });
    match value {
        ValueType::Text => string(),
        ValueType::Identifier => {
            let mut all: Vec<&str> =
                vocabulary.entities.iter().flat_map(|(_, names)| names).map(String::as_str).collect();
            all.sort_unstable();
            all.dedup();
            json!({ "enum": all })
        }
        ValueType::Uuid => json!({
            "type": "string",
            "pattern": "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
        }),
        ValueType::Query => json!({ "type": "string", "minLength": 1 }),
        ValueType::Bool => json!({ "type": "boolean" }),
        ValueType::Integer => json!({ "type": "integer" }),
        ValueType::Duration => reference("duration"),
        ValueType::DateTime => json!({ "type": "string", "format": "date-time" }),
        ValueType::Choice(choices) => choice(choices),
        ValueType::Choices(choices) => list(&choice(choices)),
        ValueType::TextList => list(&string()),
        ValueType::Tactics => list(&reference("tactic")),
        ValueType::Techniques => list(&reference("technique")),
        ValueType::EntityType => reference("entityType"),
        ValueType::EntityTypes => list(&reference("entityType")),
        ValueType::Mapping(table) => reference(table.path),
        ValueType::Mappings(table) => json!({ "type": "array", "items": reference(table.path) }),
        ValueType::MappingsOr(table, _) => list(&json!({ "anyOf": [reference(table.path), string()] })),
        ValueType::Names => names(),
        ValueType::Tags => json!({
            "anyOf": [{ "type": "array", "items": { "anyOf": [string(), names()] } }, string(), names()],
        }),
        ValueType::Any => json!({}),
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// A list, or a single item in its place.
fn list(item: &Value) -> Value {
    json!({ "anyOf": [{ "type": "array", "items": item }, item] })
}

fn names() -> Value {
    json!({ "type": "object", "additionalProperties": { "type": "string" } })
}

/// The canonical words, which editors suggest, or any spelling that is understood.
fn choice(choices: &Choices) -> Value {
    let spellings: Vec<String> = choices.spellings().map(any_case).collect();
    json!({
        "anyOf": [
            { "enum": choices.words },
            { "type": "string", "pattern": format!("^(?:{})$", spellings.join("|")) },
        ],
    })
}

/// A pattern of `word`, letters of either case: regular expressions of JSON Schema have no flags.
fn any_case(word: &str) -> String {
    let letter = |c: char| {
        if c.is_ascii_alphabetic() {
            format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase())
        } else {
            c.to_string()
        }
    };
    word.chars().map(letter).collect()
}

fn duration() -> Value {
    let short = "[0-9]+[smhdSMHD]";
    let iso = "[Pp](?=[0-9Tt])(?:[0-9]+[Ww])?(?:[0-9]+[Dd])?(?:[Tt](?=[0-9])(?:[0-9]+[Hh])?(?:[0-9]+[Mm])?(?:[0-9]+[Ss])?)?";
    let clock = "(?:[0-9]+\\.)?[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2})?";
    json!({
        "type": "string",
        "description": "A length of time: `90m`, `1h`, `14d`, `PT1H`, `P1D` or `1.02:00:00`.",
        "pattern": format!("^(?:{short}|{iso}|{clock})$"),
    })
}

fn technique() -> Value {
    json!({
        "type": "string",
        "description": "A technique such as `T1059`, or a sub-technique such as `T1059.001`.",
        "pattern": "^[Tt][0-9]{4}(?:\\.[0-9]{3})?$",
    })
}

/// Which identifiers each entity type has.
fn identifiers(vocabulary: &Vocabulary) -> Vec<Value> {
    let of_type = |(name, identifiers): &(String, Vec<String>)| {
        json!({
            "if": { "properties": { "entityType": { "const": name } }, "required": ["entityType"] },
            "then": { "properties": { "fieldMappings": { "items": {
                "properties": { "identifier": { "enum": identifiers } },
            } } } },
        })
    };
    vocabulary.entities.iter().map(of_type).collect()
}

/// The keys that each kind of rule needs, under any of their names.
fn requirements() -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for kind in RuleKind::ALL {
        let needed = keys::RULE.keys.iter().filter(|key| key.required.contains(&kind));
        let needed: Vec<Value> = needed.map(present).collect();
        all.push(json!({ "if": is_kind(kind), "then": { "allOf": needed } }));
    }
    all
}

/// That `key` is there under one of its names.
fn present(key: &Key) -> Value {
    let mut names: Vec<Value> = key.names().map(|name| json!({ "required": [name] })).collect();
    match names.pop() {
        Some(only) if names.is_empty() => only,
        last => {
            names.extend(last);
            json!({ "anyOf": names })
        }
    }
}

/// That a rule is of `kind`, written or inferred.
fn is_kind(kind: RuleKind) -> Value {
    let ValueType::Choice(choices) = keys::RULE.find("kind").map_or(ValueType::Any, |(key, _)| key.value)
    else {
        return Value::Bool(false);
    };
    let spellings: Vec<String> =
        choices.spellings().filter(|word| choices.find(word) == Some(kind.as_str())).map(any_case).collect();
    let written = json!({
        "properties": { "kind": { "pattern": format!("^(?:{})$", spellings.join("|")) } },
        "required": ["kind"],
    });
    let alerts: Vec<Value> = keys::RULE.keys.iter().filter(|key| key.shows_alerts()).map(present).collect();
    let unwritten = json!({ "not": { "required": ["kind"] } });
    match kind {
        RuleKind::Scheduled => json!({ "anyOf": [written, { "allOf": [unwritten, { "anyOf": alerts }] }] }),
        RuleKind::Hunting => {
            json!({ "anyOf": [written, { "allOf": [unwritten, { "not": { "anyOf": alerts } }] }] })
        }
        RuleKind::Nrt => written,
    }
}
