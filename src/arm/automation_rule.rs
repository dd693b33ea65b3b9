//! Automation rules: `Microsoft.SecurityInsights/automationRules`.

use serde_json::Value;

use super::canonical;
use super::{ApiVersion, SECURITY_INSIGHTS};

/// What answers carry and requests must not; `etag` is set by whoever writes.
pub const READ_ONLY: [&str; 9] = [
    "id",
    "name",
    "type",
    "etag",
    "systemData",
    "properties.createdTimeUtc",
    "properties.lastModifiedTimeUtc",
    "properties.createdBy",
    "properties.lastModifiedBy",
];

/// What a rule may be triggered by.
pub const TRIGGERS_ON: [&str; 2] = ["Incidents", "Alerts"];
/// When it is triggered.
pub const TRIGGERS_WHEN: [&str; 2] = ["Created", "Updated"];
/// The kinds of conditions.
pub const CONDITION_TYPES: [&str; 5] =
    ["Boolean", "Property", "PropertyArray", "PropertyArrayChanged", "PropertyChanged"];
/// The kinds of actions.
pub const ACTION_TYPES: [&str; 3] = ["AddIncidentTask", "ModifyProperties", "RunPlaybook"];
/// How values are compared.
pub const OPERATORS: [&str; 8] = [
    "Equals",
    "NotEquals",
    "Contains",
    "NotContains",
    "StartsWith",
    "NotStartsWith",
    "EndsWith",
    "NotEndsWith",
];
/// The severities that an action sets.
pub const SEVERITIES: [&str; 4] = super::alert_rule::SEVERITIES;
/// The states that an action sets.
pub const STATUSES: [&str; 3] = ["New", "Active", "Closed"];
/// What a closed incident is classified as.
pub const CLASSIFICATIONS: [&str; 4] = ["Undetermined", "TruePositive", "BenignPositive", "FalsePositive"];
/// Why it is classified so.
pub const REASONS: [&str; 4] =
    ["SuspiciousActivity", "SuspiciousButExpected", "IncorrectAlertLogic", "InaccurateData"];

/// The words of a closed set that a key of a rule holds, wherever in the rule it stands.
pub const WORDS: [(&str, &[&str]); 8] = [
    ("triggersOn", &TRIGGERS_ON),
    ("triggersWhen", &TRIGGERS_WHEN),
    ("conditionType", &CONDITION_TYPES),
    ("actionType", &ACTION_TYPES),
    ("severity", &SEVERITIES),
    ("status", &STATUSES),
    ("classification", &CLASSIFICATIONS),
    ("classificationReason", &REASONS),
];

/// Automation rules need no preview version.
pub fn api_version(_body: &Value) -> ApiVersion {
    ApiVersion::stable(SECURITY_INSIGHTS)
}

/// The one form in which two automation rules are compared. Actions say their order themselves, so that of the list
/// makes no difference.
pub fn normalise(body: &Value) -> Value {
    let mut body = body.clone();
    respell(&mut body);
    canonical::generic(&body, &READ_ONLY)
}

/// Brings words of the contract to its spelling.
pub fn respell(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let known = WORDS.iter().find(|(key, _)| key == name);
                match (known, &mut *value) {
                    (Some((_, words)), Value::String(text)) => canonical::word(text, words),
                    (_, value) => respell(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(respell),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn spelling_order_and_read_only_fields_are_no_difference() {
        let sent = json!({"properties": {"displayName": "n", "order": 1, "triggeringLogic": {"isEnabled": true,
            "triggersOn": "Incidents", "triggersWhen": "Created"}, "actions": [
            {"order": 1, "actionType": "ModifyProperties", "actionConfiguration": {"status": "Closed"}},
            {"order": 2, "actionType": "AddIncidentTask", "actionConfiguration": {"title": "t"}}]}});
        let answered = json!({"id": "i", "name": "n", "etag": "e", "properties": {"displayName": "n", "order": 1,
            "createdTimeUtc": "2026-11-24T00:00:00Z", "createdBy": {"name": "x"}, "triggeringLogic": {"isEnabled": true,
            "triggersOn": "incidents", "triggersWhen": "Created", "conditions": [], "expirationTimeUtc": null},
            "actions": [{"actionType": "AddIncidentTask", "actionConfiguration": {"title": "t"}, "order": 2},
            {"order": 1, "actionType": "ModifyProperties", "actionConfiguration": {"status": "closed", "owner": null}}]}});
        assert_eq!(normalise(&sent), normalise(&answered));
        let mut other = sent.clone();
        other["properties"]["order"] = json!(2);
        assert_ne!(normalise(&sent), normalise(&other));
    }
}
