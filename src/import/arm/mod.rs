//! Templates of Azure Resource Manager, exports of the portal and answers of the API, to rules.
//!
//! Rules stand in the resources of a template, in resources nested in them, and in the templates inside of the content
//! templates of a solution; in a list under `value`; or by themselves. Expressions are resolved with the template's own
//! parameters and variables.

mod expression;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Planned;
use super::files::{ImportedFile, id_for};
use crate::arm::{ResourceKey, ResourceKind};
use crate::plan::content_of;
use crate::rule;
use crate::text::SourceId;
use crate::yaml::emit;
use expression::{Names, resolved};

/// How deep templates may nest.
const DEEPEST: usize = 16;

/// The rules of the file `source`, whose text is `text`.
///
/// # Errors
/// Why it is no JSON.
pub fn import_arm(source: &str, text: &str) -> Result<ImportedFile, String> {
    let document: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| format!("not valid JSON: {error}"))?;
    let mut imported = ImportedFile::default();
    let mut resources = Vec::new();
    let names = Names { parameters: None, variables: None };
    collect(&document, names, 0, &mut resources, &mut imported);
    if resources.is_empty() && imported.skipped.is_empty() {
        imported.skipped.push("it holds no resources of a workspace".to_owned());
    }
    for resource in &resources {
        one(source, resource, &mut imported);
    }
    Ok(imported)
}

/// The resources of a template, a list or a resource by itself, resolved.
fn collect(
    value: &Value,
    names: Names<'_>,
    depth: usize,
    found: &mut Vec<Map<String, Value>>,
    imported: &mut ImportedFile,
) {
    if depth > DEEPEST {
        imported.skipped.push("a template that nests too deep".to_owned());
        return;
    }
    let entries = match value {
        Value::Array(items) => {
            for item in items {
                collect(item, names, depth + 1, found, imported);
            }
            return;
        }
        Value::Object(entries) => entries,
        _ => return,
    };
    let is_template = entries.contains_key("resources") && !entries.contains_key("type");
    let map = |key: &str| entries.get(key).and_then(Value::as_object);
    let names = if is_template {
        Names {
            parameters: map("parameters").or(names.parameters),
            variables: map("variables").or(names.variables),
        }
    } else {
        names
    };
    if let Some(list) = entries.get("value").and_then(Value::as_array) {
        for item in list {
            collect(item, names, depth + 1, found, imported);
        }
    }
    match entries.get("resources") {
        Some(Value::Array(items)) => {
            for item in items {
                collect(item, names, depth + 1, found, imported);
            }
        }
        // With symbolic names they are a mapping.
        Some(Value::Object(named)) => {
            for item in named.values() {
                collect(item, names, depth + 1, found, imported);
            }
        }
        _ => {}
    }
    if is_template || !entries.contains_key("properties") {
        return;
    }
    if let Some(template) =
        entries["properties"].get("mainTemplate").or_else(|| entries["properties"].get("template"))
    {
        collect(template, names, depth + 1, found, imported);
        return;
    }
    let mut unknown = Vec::new();
    let own: Map<String, Value> = entries
        .iter()
        .filter(|(key, _)| *key != "resources")
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if let Value::Object(resource) = resolved(&Value::Object(own), names, &mut unknown) {
        for expression in unknown.iter().filter(|text| !text.contains("newGuid") && !text.contains("guid(")) {
            imported
                .repaired
                .push(format!("kept as text, since it is known only when deployed: {expression}"));
        }
        found.push(resource);
    }
}

/// One resource as a rule.
fn one(source: &str, resource: &Map<String, Value>, imported: &mut ImportedFile) {
    let text = |key: &str| resource.get(key).and_then(Value::as_str).unwrap_or_default();
    let of = text("type").to_ascii_lowercase();
    let name = text("name").rsplit('/').next().unwrap_or_default().to_owned();
    let display =
        resource["properties"].get("displayName").and_then(Value::as_str).unwrap_or(&name).to_owned();
    let kind = if of.ends_with("/alertrules")
        || of.ends_with("/alertruletemplates")
        || (of.is_empty() && resource.contains_key("kind"))
    {
        ResourceKind::AlertRule
    } else if of.ends_with("/savedsearches") {
        ResourceKind::SavedSearch
    } else {
        let shown = if of.is_empty() { "no type" } else { text("type") };
        imported.skipped.push(format!("{display}: {shown} is no rule"));
        return;
    };
    let id = match Uuid::parse_str(&name) {
        Ok(id) => id.hyphenated().to_string(),
        Err(_) => {
            // The same template always gives the same id, so that a second import finds the rule again.
            let id = id_for(source, &display);
            imported.repaired.push(format!("{display}: its name is not an id; it gets {id}"));
            id
        }
    };
    let body = Value::Object(resource.clone());
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
