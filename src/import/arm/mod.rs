//! Templates of Azure Resource Manager, exports of the portal and answers of the API, to rules.
//!
//! Rules and other content stand in the resources of a template, in resources nested in them, and in the templates inside
//! of the content templates of a solution; in a list under `value`; or by themselves. Expressions are resolved with the
//! template's own parameters and variables, and with the values of a file of parameters beside it.

mod comments;
mod expression;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Planned;
use super::content::{Beside, stem_of, take_loose, take_resource};
use super::files::{ImportedFile, id_for};
use crate::arm::service_rule::ServiceRuleKind;
use crate::arm::{ResourceKey, ResourceKind};
use crate::plan::content_of;
use crate::rule;
use crate::text::SourceId;
use crate::yaml::emit;
use expression::{Names, resolved};

/// How deep templates may nest.
const DEEPEST: usize = 16;

/// The rules and the content of the file `source`, whose text is `text`. `beside` reads files in its folder.
///
/// # Errors
/// Why it is no JSON.
pub fn import_arm(source: &str, text: &str, beside: &Beside<'_>) -> Result<ImportedFile, String> {
    let text = text.trim_start_matches('\u{feff}');
    // Templates may have comments, which JSON has not.
    let mut document: Value = serde_json::from_str(text)
        .or_else(|error| serde_json::from_str(&comments::without(text)).map_err(|_| error))
        .map_err(|error| format!("not valid JSON: {error}"))?;
    let mut imported = ImportedFile::default();
    give_parameters(source, &mut document, beside, &mut imported);
    let mut resources = Vec::new();
    let names = Names { parameters: None, variables: None, outer: None };
    let mut reader = Reader { source, beside, found: &mut resources, imported: &mut imported };
    reader.collect(&document, names, 0);
    if resources.is_empty() && imported.skipped.is_empty() && imported.content.is_empty() {
        imported.skipped.push("it holds no resources of a workspace".to_owned());
    }
    for Found { resource, unknown } in &resources {
        let before = imported.rules.len() + imported.content.len();
        one(source, resource, &mut imported);
        // Of what is left out it makes no difference.
        if imported.rules.len() + imported.content.len() > before {
            let kept = |text: &String| format!("kept as text, since it is known only when deployed: {text}");
            imported.repaired.extend(unknown.iter().map(kept));
        }
    }
    Ok(imported)
}

/// Gives the parameters of a template the values of the file of parameters beside it.
fn give_parameters(source: &str, document: &mut Value, beside: &Beside<'_>, imported: &mut ImportedFile) {
    let Some(parameters) = document.get_mut("parameters").and_then(Value::as_object_mut) else { return };
    let file = format!("{}.parameters.json", stem_of(source));
    let given = beside(&file).and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let Some(Value::Object(given)) = given.and_then(|mut given| given.get_mut("parameters").map(Value::take))
    else {
        return;
    };
    for (name, value) in given {
        let known = parameters.get_mut(&name).and_then(Value::as_object_mut);
        if let (Some(known), Some(value)) = (known, value.get("value")) {
            known.insert("defaultValue".to_owned(), value.clone());
            imported.repaired.push(format!("the parameter {name} has its value from {file}"));
        }
    }
}

/// A resource, resolved.
struct Found {
    resource: Map<String, Value>,
    /// Expressions in it that are known only when it is deployed, each once.
    unknown: Vec<String>,
}

struct Reader<'r> {
    source: &'r str,
    beside: &'r Beside<'r>,
    found: &'r mut Vec<Found>,
    imported: &'r mut ImportedFile,
}

impl Reader<'_> {
    /// The resources of a template, a list or a resource by itself, resolved.
    fn collect(&mut self, value: &Value, names: Names<'_>, depth: usize) {
        if depth > DEEPEST {
            self.imported.skipped.push("a template that nests too deep".to_owned());
            return;
        }
        let entries = match value {
            Value::Array(items) => {
                for item in items {
                    self.collect(item, names, depth + 1);
                }
                return;
            }
            Value::Object(entries) => entries,
            _ => return,
        };
        let is_template = entries.contains_key("resources") && !entries.contains_key("type");
        let map = |key: &str| entries.get(key).and_then(Value::as_object);
        let around = names;
        let names = match is_template {
            true => {
                Names { parameters: map("parameters"), variables: map("variables"), outer: Some(&around) }
            }
            false => around,
        };
        if let Some(list) = entries.get("value").and_then(Value::as_array) {
            for item in list {
                self.collect(item, names, depth + 1);
            }
        }
        match entries.get("resources") {
            Some(Value::Array(items)) => {
                for item in items {
                    self.collect(item, names, depth + 1);
                }
            }
            // With symbolic names they are a mapping.
            Some(Value::Object(named)) => {
                for item in named.values() {
                    self.collect(item, names, depth + 1);
                }
            }
            _ => {}
        }
        if is_template {
            return;
        }
        if !entries.contains_key("properties") {
            take_loose(self.source, value, self.beside, self.imported);
            return;
        }
        if let Some(template) =
            entries["properties"].get("mainTemplate").or_else(|| entries["properties"].get("template"))
        {
            self.collect(template, names, depth + 1);
            return;
        }
        let mut unknown = Vec::new();
        let own: Map<String, Value> = entries
            .iter()
            .filter(|(key, _)| *key != "resources")
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if let Value::Object(resource) = resolved(&Value::Object(own), names, &mut unknown) {
            unknown.retain(|text| !text.contains("newGuid") && !text.contains("guid("));
            unknown.sort();
            unknown.dedup();
            self.found.push(Found { resource, unknown });
        }
    }
}

/// Begins each key with a small letter.
fn respell(entries: &mut Map<String, Value>) {
    for (key, value) in std::mem::take(entries) {
        let mut letters = key.chars();
        let first = letters.next().map(|first| first.to_ascii_lowercase());
        entries.entry(first.into_iter().chain(letters).collect::<String>()).or_insert(value);
    }
}

/// One resource as a rule or other content.
fn one(source: &str, resource: &Map<String, Value>, imported: &mut ImportedFile) {
    let mut resource = resource.clone();
    // The service does not regard case, and older templates write some names of properties with a capital.
    if let Some(properties) = resource.get_mut("properties").and_then(Value::as_object_mut) {
        respell(properties);
        let tags = properties.get_mut("tags").and_then(Value::as_array_mut);
        tags.into_iter().flatten().filter_map(Value::as_object_mut).for_each(respell);
    }
    let resource = &resource;
    let text = |key: &str| resource.get(key).and_then(Value::as_str).unwrap_or_default();
    // A resource within another has the last part of its type alone.
    let of = text("type").to_ascii_lowercase();
    let of = of.rsplit('/').next().unwrap_or_default();
    let name = text("name").rsplit('/').next().unwrap_or_default().to_owned();
    let display =
        resource["properties"].get("displayName").and_then(Value::as_str).unwrap_or(&name).to_owned();
    let kind = match of {
        "alertrules" | "alertruletemplates" => ResourceKind::AlertRule,
        "" if resource.contains_key("kind") => ResourceKind::AlertRule,
        "savedsearches" => ResourceKind::SavedSearch,
        "watchlists" => ResourceKind::Watchlist,
        "automationrules" => ResourceKind::AutomationRule,
        _ => {
            let shown = if of.is_empty() { "no type" } else { text("type") };
            imported.skipped.push(format!("{display}: {shown} is no rule"));
            return;
        }
    };
    let body = Value::Object(resource.clone());
    let kind = kind.of(&body);
    let has_query = matches!(text("kind").to_ascii_lowercase().as_str(), "scheduled" | "nrt");
    match kind {
        ResourceKind::Function => {
            let alias = body["properties"]["functionAlias"].as_str().unwrap_or_default().to_owned();
            return take_resource(source, kind, &alias, body, imported);
        }
        ResourceKind::Watchlist => {
            let alias = body["properties"]["watchlistAlias"].as_str().unwrap_or(&name).to_owned();
            return take_resource(source, kind, &alias, body, imported);
        }
        ResourceKind::AutomationRule => return take_resource(source, kind, &name, body, imported),
        ResourceKind::AlertRule
            if !has_query && ServiceRuleKind::ALL.iter().any(|it| it.as_str() == text("kind")) =>
        {
            return take_resource(source, kind, &name, body, imported);
        }
        _ => {}
    }
    let id = match Uuid::parse_str(&name) {
        Ok(id) => id.hyphenated().to_string(),
        Err(_) => {
            // The same template always gives the same id, so that a second import finds the rule again.
            let id = id_for(source, &display);
            imported.repaired.push(format!("{display}: its name is not an id; it gets {id}"));
            id
        }
    };
    let key = ResourceKey::new(kind, id.clone());
    let Some(entries) = content_of(&key, &body, None) else {
        imported
            .skipped
            .push(format!("{display}: not a scheduled or near-real-time rule and not a hunting query"));
        return;
    };
    let written = emit::document(&emit::Value::mapping(entries));
    let formatted = rule::write::format(SourceId::default(), &written).0.unwrap_or(written);
    if !rule::read(SourceId::default(), &formatted).0.iter().any(|rule| rule.query.is_some()) {
        imported.skipped.push(format!("{display}: it has no query"));
        return;
    }
    let path = format!("{}.yaml", super::rmm::safe_name(&display.to_lowercase()));
    imported.rules.push(Planned { id, path, source: source.to_owned(), text: formatted, generated: None });
}
