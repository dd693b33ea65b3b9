//! Custom detections of Defender XDR, as Microsoft Graph has them.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::keys;
use super::reader::read_keys;
use crate::arm::alert_rule::tactic;
use crate::arm::detection_rule::{self, FREQUENCIES, SEVERITIES, STATUSES};
use crate::catalog::{Catalog, defender};
use crate::diag::Diagnostic;
use crate::rule::{self, Rule, RuleKind};
use crate::text::{SourceId, Spanned};
use crate::yaml::{Node, Reader};

/// A custom detection.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomDetection {
    /// The file it was read from.
    pub source: SourceId,
    /// `id`: the id of the rule; without one it comes from the name, where it then points.
    pub id: Spanned<String>,
    /// `displayName`
    pub name: String,
    /// The rule in the newer dialect.
    pub body: Value,
}

impl CustomDetection {
    /// Reads `node`; nothing when what has to be there is not.
    pub(super) fn read(source: SourceId, node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Self> {
        let before = findings.len();
        let mut reader = read_keys(source, "custom detection", node, &keys::CUSTOM_DETECTION, findings)?;
        let name = reader.required("displayName");
        let id = match reader.value("id") {
            Some(_) => reader.id(),
            // A file without an id is the same rule as long as it has the same name.
            None => name.as_ref().map(|name| Spanned::new(id_of(&name.value), name.range)),
        };
        reader.word("status", &STATUSES[..2]);
        let schedule = reader.needed("schedule");
        let action = reader.needed("detectionAction");
        let body = detection_rule::normalise(&rule::to_json(node));
        if let Some(schedule) = schedule {
            let frequency = body["schedule"]["frequency"].as_str();
            if !frequency.is_some_and(|frequency| FREQUENCIES.contains(&frequency)) {
                let message = "the schedule is none that Defender has";
                reader.bad(
                    schedule.range,
                    message,
                    "write `frequency`: PT0S (continuous), PT1H, PT3H, PT12H or P1D",
                );
            }
        }
        if body["queryCondition"]["queryText"].as_str().is_none_or(str::is_empty) {
            let place = reader.value("queryCondition").map_or(node.range, |query| query.range);
            reader.bad(
                place,
                "the custom detection has no `queryText`",
                "add the query under `queryCondition`",
            );
        }
        if let Some(action) = action {
            template(&mut reader, action, &body);
        }
        if findings.len() > before {
            return None;
        }
        Some(Self { source, id: id?, name: name?.value, body })
    }
}

impl CustomDetection {
    /// The detection that `rule` is, with its `query` in the words of Advanced Hunting; nothing where it has no id or
    /// name. What detections have no place for is for a lint to report.
    pub fn of_rule(rule: &Rule, query: &str) -> Option<Self> {
        let (id, name) = (rule.id.as_ref()?, rule.name.as_ref()?);
        let details = rule.alert_details_override.as_ref();
        let text =
            |text: Option<&Spanned<String>>| text.map(|text| text.value.clone()).filter(|it| !it.is_empty());
        let title = text(details.and_then(|it| it.display_name_format.as_ref()));
        let description = text(details.and_then(|it| it.description_format.as_ref()));
        let description = description.or_else(|| text(rule.description.as_ref()));
        let frequency = match rule.kind {
            RuleKind::Nrt => "PT0S".to_owned(),
            _ => rule.query_frequency.as_ref().map(|it| it.value.iso()).unwrap_or_default(),
        };
        let severity = rule.severity.as_ref().map(|it| it.value.as_str().to_ascii_lowercase());
        let custom: Map<String, Value> = rule
            .custom_details
            .iter()
            .map(|(key, column)| (key.value.clone(), column.value.clone().into()))
            .collect();
        let body = json!({
            "displayName": name.value,
            "status": if rule.is_enabled() { "enabled" } else { "disabled" },
            "queryCondition": { "queryText": query },
            "schedule": { "frequency": frequency },
            "detectionAction": { "alertTemplate": {
                "title": title.unwrap_or_else(|| name.value.clone()),
                "description": description.unwrap_or_else(|| name.value.clone()),
                "severity": severity,
                "tactics": tactics(rule),
                "entityMappings": entities(rule, query),
                "customDetails": custom,
            } },
        });
        let body = detection_rule::normalise(&body);
        Some(Self { source: rule.source, id: id.clone(), name: name.value.clone(), body })
    }
}

/// The tactics of a rule, each with those of its techniques that belong to it; the rest stand under the first.
fn tactics(rule: &Rule) -> Vec<Value> {
    let attack = Catalog::builtin().attack();
    let names: Vec<String> = rule.tactics.iter().map(|it| tactic(&it.value)).collect();
    let of = |name: &str, id: &str| {
        attack.technique(id).is_some_and(|technique| attack.tactics_of(technique).contains(name))
    };
    let ids: Vec<&str> = rule.techniques.iter().map(|it| it.value.as_str()).collect();
    let mut made = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let belongs = |id: &&str| of(name, id) || (at == 0 && !names.iter().any(|name| of(name, id)));
        let techniques = detection_rule::techniques(ids.iter().copied().filter(belongs));
        made.push(json!({ "tactic": name, "techniques": techniques }));
    }
    for item in &mut made {
        if item["techniques"].as_array().is_some_and(Vec::is_empty) {
            item.as_object_mut().map(|item| item.remove("techniques"));
        }
    }
    made
}

/// The entities of a rule that Graph has, and the device of an event of one.
fn entities(rule: &Rule, query: &str) -> Map<String, Value> {
    let mut made: Map<String, Value> = Map::new();
    for mapping in &rule.entity_mappings {
        let kind = mapping.entity_type.as_ref().map(|it| it.value.as_str()).unwrap_or_default();
        let mut list = None;
        let mut item = Map::new();
        for field in &mapping.field_mappings {
            let (Some(identifier), Some(column)) = (&field.identifier, &field.column_name) else { continue };
            if let Some((of, key)) = defender::place(kind, &identifier.value) {
                list = Some(of);
                item.entry(key).or_insert_with(|| column.value.clone().into());
            }
        }
        let Some(list) = list else { continue };
        if let Some(items) = made.entry(list).or_insert_with(|| json!([])).as_array_mut() {
            items.push(Value::Object(item));
        }
    }
    if query.contains("Device") && !made.contains_key("hosts") {
        made.insert("hosts".to_owned(), json!([{ "deviceIdColumn": "DeviceId" }]));
    }
    made
}

/// What the service asks of an alert.
fn template(reader: &mut Reader<'_, '_>, action: &Node, body: &Value) {
    let alert = &body["detectionAction"]["alertTemplate"];
    let place = action
        .as_mapping()
        .and_then(|action| action.get("alertTemplate"))
        .map_or(action.range, |it| it.range);
    for key in ["title", "description", "severity"] {
        if alert[key].as_str().is_none_or(str::is_empty) {
            reader.bad(place, format!("the alert has no `{key}`"), format!("add `{key}` to `alertTemplate`"));
        }
    }
    if alert["severity"].as_str().is_some_and(|severity| !SEVERITIES.contains(&severity)) {
        reader.bad(
            place,
            "the severity is none that Defender has",
            "one of informational, low, medium, high",
        );
    }
    for key in detection_rule::untranslated(body) {
        let message = format!("`{key}` holds something that Defender has no longer a word for");
        reader.bad(place, message, "write `automatedActions`, `entityMappings` and `tactics` instead");
    }
    if alert["entityMappings"].is_null() {
        reader.bad(
            place,
            "the alert names no entity",
            "add `entityMappings`, such as `hosts` with `deviceIdColumn`",
        );
    }
}

/// The id of a detection of that name.
fn id_of(name: &str) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("picket:detection-rule:{name}").as_bytes()).to_string()
}
