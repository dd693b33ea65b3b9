//! What the server knows of kinds and words is what the published contract knows.

use serde_json::{Value, json};

use crate::client::*;

fn definitions(version: &str) -> Option<Value> {
    let file = crate::common::shared()?.join(format!("arm/contract/alertRules.{version}.json"));
    let contract: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    Some(contract["definitions"].clone())
}

/// Answers hold exactly the properties of the contract, for every kind and both versions.
#[tokio::test]
async fn answers_hold_the_properties_of_the_contract() {
    let (_running, client) = workspace().await;
    let template =
        json!({ "alertRuleTemplateName": "f71aba3d-28fb-450b-b192-4e76a83015c8", "enabled": true });
    let incidents = json!({ "displayName": "x", "enabled": true, "productFilter": "Azure Security Center" });
    for (version, kind, definition, properties) in [
        (STABLE, "Scheduled", "Scheduled", scheduled(json!({}))["properties"].clone()),
        (PREVIEW, "Scheduled", "Scheduled", scheduled(json!({}))["properties"].clone()),
        (PREVIEW, "NRT", "Nrt", nrt(json!({}))["properties"].clone()),
        (STABLE, "MicrosoftSecurityIncidentCreation", "MicrosoftSecurityIncidentCreation", incidents.clone()),
        (PREVIEW, "MicrosoftSecurityIncidentCreation", "MicrosoftSecurityIncidentCreation", incidents),
        (STABLE, "Fusion", "Fusion", template.clone()),
        (PREVIEW, "Fusion", "Fusion", template.clone()),
        (PREVIEW, "MLBehaviorAnalytics", "MLBehaviorAnalytics", template.clone()),
        (PREVIEW, "ThreatIntelligence", "ThreatIntelligence", template),
    ] {
        let Some(definitions) = definitions(version) else {
            return;
        };
        let name = format!("{kind}-{version}");
        let answer =
            client.put(&rule(&name, version), &json!({ "kind": kind, "properties": properties })).await;
        assert_eq!(answer.status, 201, "{name}: {:?}", answer.error());
        let contract = &definitions[format!("{definition}AlertRuleProperties")]["properties"];
        let sorted = |value: &Value| {
            let mut names: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
            names.sort();
            names
        };
        assert_eq!(sorted(&answer.body["properties"]), sorted(contract), "{name}");
        let fields = contract.as_object().unwrap();
        for (field, _) in fields.iter().filter(|(_, shape)| shape["readOnly"] == true) {
            let mut properties = properties.clone();
            properties[field] = json!("x");
            let body = json!({ "kind": kind, "properties": properties });
            let refused = client.put(&rule("b", version), &body).await;
            let text = format!("Read-only property '{field}' cannot be assigned");
            assert_eq!(refused.error(), (400, "BadRequest", text.as_str()), "{name}");
        }
        let required = &definitions[format!("{definition}AlertRuleProperties")]["required"];
        for field in required.as_array().unwrap().iter().filter_map(Value::as_str) {
            let mut properties = properties.clone();
            properties.as_object_mut().unwrap().remove(field);
            let body = json!({ "kind": kind, "properties": properties });
            let refused = client.put(&rule("b", version), &body).await;
            assert!(refused.status == 400 && refused.error().2.contains(field), "{name}: {field}");
        }
    }
}
