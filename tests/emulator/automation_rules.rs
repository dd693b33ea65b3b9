//! Automation rules.

use serde_json::{Value, json};

use crate::client::*;

/// A rule that the service takes, with these properties over it.
pub fn automation(changes: Value) -> Value {
    let properties = json!({
        "displayName": "Close incidents of tests",
        "order": 1,
        "triggeringLogic": { "isEnabled": true, "triggersOn": "Incidents", "triggersWhen": "Created", "conditions": [
            { "conditionType": "Property", "conditionProperties": {
                "propertyName": "IncidentTitle", "operator": "Contains", "propertyValues": ["test"] } } ] },
        "actions": [
            { "order": 1, "actionType": "ModifyProperties", "actionConfiguration": {
                "status": "Closed", "classification": "Undetermined" } },
            { "order": 2, "actionType": "RunPlaybook", "actionConfiguration": { "logicAppResourceId":
                "/subscriptions/x/resourceGroups/g/providers/Microsoft.Logic/workflows/w" } },
        ],
    });
    json!({ "properties": over(properties, changes) })
}

#[tokio::test]
async fn are_written_listed_and_deleted() {
    let (_running, client) = workspace_with(|options| options.page_size = 2).await;
    let path = |name: &str| insights("automationRules", name, STABLE);
    let created = client.put(&path("a"), &automation(json!({}))).await;
    assert_eq!((created.status, &created.body["properties"]["order"]), (201, &json!(1)));
    let update = automation(json!({ "order": 2 }));
    assert_eq!(client.put(&path("a"), &with_etag(update.clone(), "\"old\"")).await.status, 409);
    assert_eq!(client.put(&path("a"), &with_etag(update, &created.etag())).await.status, 200);
    assert_eq!(client.get(&path("A")).await.body["properties"]["order"], 2);
    for name in ["b", "c"] {
        client.put(&path(name), &automation(json!({}))).await;
    }
    let first = client.get(&path("")).await;
    let second = client.get(first.body["nextLink"].as_str().unwrap()).await;
    assert_eq!((first.names(), second.names()), (vec!["a", "b"], vec!["c"]));
    assert_eq!(client.delete(&path("a")).await.status, 200);
    assert_eq!(client.delete(&path("a")).await.status, 204);
    assert_eq!(client.get(&path("a")).await.status, 404);
}

#[tokio::test]
async fn are_refused_where_a_word_or_number_is_not_the_services() {
    let (_running, client) = workspace().await;
    let trigger = |on: &str| json!({ "isEnabled": true, "triggersOn": on, "triggersWhen": "Created" });
    let action = |kind: &str, configuration: Value| json!([{ "order": 1, "actionType": kind, "actionConfiguration": configuration }]);
    for (changes, part) in [
        (json!({ "order": 1001 }), "between 1 and 1000"),
        (json!({ "order": null }), "'order'"),
        (json!({ "triggeringLogic": trigger("Rules") }), "triggersOn"),
        (json!({ "actions": action("Delete", json!({})) }), "actionType"),
        (json!({ "actions": action("RunPlaybook", json!({})) }), "'logicAppResourceId'"),
        (json!({ "actions": action("ModifyProperties", json!({ "status": "Done" })) }), "status"),
    ] {
        let answer = client.put(&insights("automationRules", "a", STABLE), &automation(changes)).await;
        let (status, _, message) = answer.error();
        assert!(status == 400 && message.contains(part), "{part}: {message}");
    }
}
