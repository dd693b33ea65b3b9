//! What a workspace holds beside rules with queries as the entries of a content file: the way back from
//! [`content`](super::content).

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::entries::{Entries, Found, flag};
use crate::arm::saved_search::{self, SavedSearch};
use crate::arm::service_rule::ServiceRule;
use crate::arm::watchlist::{self, Watchlist};
use crate::arm::{ResourceKey, ResourceKind, automation_rule, detection_rule};
use crate::rule::write::json_value;
use crate::yaml::emit::Value;

/// Mappings whose entries are compared and written one by one, not as a whole.
const OPENED: [&str; 5] =
    ["triggeringLogic", "queryCondition", "schedule", "detectionAction", "detectionAction.alertTemplate"];

/// The entry that names the file with the items of a watchlist. Of content in normal form it says which items these are.
pub const ITEMS: &str = "items";

/// The entries of the content that `body` under `key` is, in canonical order. `None` for what no content file holds.
pub(super) fn entries(key: &ResourceKey, body: &Json) -> Option<Entries> {
    let mut found = Found::default();
    match key.kind {
        ResourceKind::Watchlist => watch_list(&mut found, key, body)?,
        ResourceKind::Function => function(&mut found, key, body)?,
        ResourceKind::AlertRule => service_rule(&mut found, key, body)?,
        ResourceKind::AutomationRule => automation(&mut found, key, body)?,
        ResourceKind::CustomDetection => detection(&mut found, key, body)?,
        ResourceKind::SavedSearch | ResourceKind::Metadata => return None,
    }
    Some(found.entries)
}

fn watch_list(found: &mut Found, key: &ResourceKey, body: &Json) -> Option<()> {
    let items = body["properties"]["items"].as_str().map(str::to_owned);
    let list = Watchlist::deserialize(body).ok()?.properties;
    found.text("alias", Some(&key.name));
    found.text("name", Some(&list.display_name));
    found.text("description", list.description.as_ref());
    found.text("searchKey", Some(&list.items_search_key));
    let own = list.labels.into_iter().filter(|label| !watchlist::is_items_label(label));
    found.texts("labels", &own.collect::<Vec<_>>());
    found.duration("defaultDuration", list.default_duration.as_ref());
    found.text(ITEMS, items.as_ref());
    Some(())
}

fn function(found: &mut Found, key: &ResourceKey, body: &Json) -> Option<()> {
    let search = SavedSearch::deserialize(body).ok()?.properties;
    let alias = search.function_alias.filter(|alias| !alias.is_empty())?;
    if !key.name.eq_ignore_ascii_case(&alias) {
        found.text("id", Some(&key.name));
    }
    found.text("name", Some(&alias));
    if search.display_name != alias {
        found.text("displayName", Some(&search.display_name));
    }
    if search.category != saved_search::FUNCTION_CATEGORY {
        found.text("category", Some(&search.category));
    }
    found.text("parameters", search.function_parameters.as_ref());
    found.put("body", block(search.query.trim()));
    Some(())
}

fn service_rule(found: &mut Found, key: &ResourceKey, body: &Json) -> Option<()> {
    let ServiceRule { kind, properties } = ServiceRule::deserialize(body).ok()?;
    found.text("kind", Some(&kind.as_str().to_owned()));
    found.text("id", Some(&key.name));
    found.text("name", properties.display_name.as_ref());
    if !kind.is_from_template() {
        found.text("description", properties.description.as_ref());
    }
    if !properties.enabled {
        found.put("enabled", flag(false));
    }
    found.text("alertRuleTemplateName", properties.alert_rule_template_name.as_ref());
    if !kind.is_from_template() {
        found.text("productFilter", properties.product_filter.as_ref());
        found.texts("displayNamesFilter", &properties.display_names_filter);
        found.texts("displayNamesExcludeFilter", &properties.display_names_exclude_filter);
        found.texts("severitiesFilter", &properties.severities_filter);
    }
    Some(())
}

fn automation(found: &mut Found, key: &ResourceKey, body: &Json) -> Option<()> {
    let mut body = ResourceKind::AutomationRule.request_body(body);
    automation_rule::respell(&mut body);
    let rule = body.get_mut("properties")?.as_object_mut()?;
    found.text("id", Some(&key.name));
    found.text("name", rule.get("displayName")?.as_str().map(str::to_owned).as_ref());
    found.put("order", json_value(rule.get("order")?));
    if let Some(Json::Object(mut trigger)) = rule.remove("triggeringLogic") {
        trigger.retain(|key, value| match key.as_str() {
            "isEnabled" => *value != Json::Bool(true),
            _ => value.as_array().is_none_or(|items| !items.is_empty()),
        });
        let known = ["isEnabled", "expirationTimeUtc", "triggersOn", "triggersWhen", "conditions"];
        found.put("triggeringLogic", json_value(&in_order(trigger, &known)));
    }
    let Some(Json::Array(mut actions)) = rule.remove("actions") else { return Some(()) };
    actions.sort_by_key(|action| action["order"].as_i64());
    for (at, action) in actions.iter_mut().enumerate() {
        let Json::Object(fields) = action else { continue };
        // The place in the list says it.
        if fields.get("order").and_then(Json::as_u64) == u64::try_from(at + 1).ok() {
            fields.shift_remove("order");
        }
        *action = in_order(std::mem::take(fields), &["order", "actionType", "actionConfiguration"]);
    }
    found.put("actions", json_value(&Json::Array(actions)));
    Some(())
}

fn detection(found: &mut Found, key: &ResourceKey, body: &Json) -> Option<()> {
    let Json::Object(mut rule) = detection_rule::normalise(body) else { return None };
    found.text("id", Some(&key.name));
    let mut text = |name: &str| match rule.shift_remove(name) {
        Some(Json::String(text)) => Some(text),
        _ => None,
    };
    found.text("displayName", text("displayName").as_ref());
    found.text("description", text("description").as_ref());
    found.text("status", text("status").filter(|status| status != "enabled").as_ref());
    if let Some(Json::Object(condition)) = rule.shift_remove("queryCondition") {
        let condition = condition.iter().map(|(name, value)| match (name.as_str(), value) {
            ("queryText", Json::String(query)) => (name, block(query)),
            _ => (name, json_value(value)),
        });
        found.put("queryCondition", Value::mapping(condition));
    }
    if let Some(schedule) = rule.shift_remove("schedule") {
        found.put("schedule", json_value(&schedule));
    }
    let Some(Json::Object(mut action)) = rule.shift_remove("detectionAction") else { return Some(()) };
    if let Some(Json::Object(template)) = action.get_mut("alertTemplate") {
        let known = ["title", "description", "severity", "tactics", "recommendedActions", "entityMappings"];
        let template = in_order(std::mem::take(template), &known);
        action.insert("alertTemplate".to_owned(), template);
    }
    found.put("detectionAction", json_value(&in_order(action, &["alertTemplate", "automatedActions"])));
    Some(())
}

/// A query as a block of whole lines; what reads it does not see its end.
fn block(query: &str) -> Value {
    Value::Block(format!("{}\n", query.trim_end()))
}

/// The `known` fields first, in their order.
fn in_order(mut fields: Map<String, Json>, known: &[&str]) -> Json {
    let mut ordered = Map::new();
    for name in known {
        if let Some((name, value)) = fields.shift_remove_entry(*name) {
            ordered.insert(name, value);
        }
    }
    ordered.extend(fields);
    Json::Object(ordered)
}

/// The entries, those of mappings that are opened each by its path, such as `schedule.frequency`.
pub(super) fn opened(entries: &Entries) -> Vec<(String, Value)> {
    fn open(path: String, value: &Value, all: &mut Vec<(String, Value)>) {
        match value {
            Value::Mapping(mapping) if OPENED.contains(&path.as_str()) => {
                for entry in &mapping.entries {
                    open(format!("{path}.{}", entry.key), &entry.value, all);
                }
            }
            _ => all.push((path, value.clone())),
        }
    }
    let mut all = Vec::new();
    entries.iter().for_each(|(name, value)| open((*name).to_owned(), value, &mut all));
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::yaml::emit;

    fn written(kind: ResourceKind, body: &Json) -> String {
        let entries = entries(&ResourceKey::new(kind, "a"), body).unwrap();
        emit::document(&Value::mapping(entries))
    }

    #[test]
    fn actions_say_their_order_where_their_place_does_not() {
        let body = json!({"properties": {"displayName": "close", "order": 3, "triggeringLogic": {"conditions": [],
            "triggersWhen": "Created", "triggersOn": "incidents", "isEnabled": true}, "actions": [
            {"order": 5, "actionType": "AddIncidentTask", "actionConfiguration": {"title": "t"}},
            {"actionConfiguration": {"status": "Closed", "owner": null}, "order": 1, "actionType": "ModifyProperties"}]}});
        let expected = "\
id: a
name: close
order: 3
triggeringLogic:
  triggersOn: Incidents
  triggersWhen: Created
actions:
  - actionType: ModifyProperties
    actionConfiguration:
      status: Closed
  - order: 5
    actionType: AddIncidentTask
    actionConfiguration:
      title: t
";
        assert_eq!(written(ResourceKind::AutomationRule, &body), expected);
    }

    #[test]
    fn a_rule_from_a_template_says_little() {
        let body = json!({"kind": "Fusion", "properties": {"enabled": false, "alertRuleTemplateName": "t",
            "displayName": "Advanced Multistage Attack Detection", "description": "d", "severity": "High"}});
        let expected = "kind: Fusion\nid: a\nname: Advanced Multistage Attack Detection\nenabled: false\nalertRuleTemplateName: t\n";
        assert_eq!(written(ResourceKind::AlertRule, &body), expected);
    }

    #[test]
    fn mappings_are_opened_by_path() {
        let body = json!({"displayName": "d", "schedule": {"frequency": "PT1H"}, "queryCondition": {"queryText": "T"},
            "detectionAction": {"alertTemplate": {"title": "t", "tactics": [{"tactic": "Impact"}]}}});
        let entries = entries(&ResourceKey::new(ResourceKind::CustomDetection, "a"), &body).unwrap();
        let paths: Vec<String> = opened(&entries).into_iter().map(|(path, _)| path).collect();
        assert_eq!(
            paths,
            [
                "id",
                "displayName",
                "queryCondition.queryText",
                "schedule.frequency",
                "detectionAction.alertTemplate.title",
                "detectionAction.alertTemplate.tactics"
            ]
        );
    }
}
