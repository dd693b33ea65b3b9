//! Analytics rules that the service refuses.

use std::sync::Arc;

use picket::emulator::{QueryCheck, QueryRefusal};
use serde_json::{Value, json};

use crate::client::*;

/// Refusals of a scheduled rule with these properties, by the text of the service. Each body keeps to the
/// contract, so that the exchange may be held against it.
pub fn scheduled_refusals() -> Vec<(Value, String)> {
    let mapping = |entity: &str, fields: Value| json!([{ "entityType": entity, "fieldMappings": fields }]);
    let field = |identifier: &str, column: &str| json!({ "identifier": identifier, "columnName": column });
    let many =
        |count: usize| Value::Array(vec![mapping("IP", json!([field("Address", "Ip")]))[0].clone(); count]);
    let details = |count: usize| {
        Value::Object((0..count).map(|number| (format!("key{number}"), json!("Column"))).collect())
    };
    let schedule =
        |frequency: &str, period: &str| json!({ "queryFrequency": frequency, "queryPeriod": period });
    let grouping = |lookback: &str| {
        json!({ "createIncident": true, "groupingConfiguration": {
            "enabled": true, "reopenClosedIncident": false, "lookbackDuration": lookback, "matchingMethod": "AnyAlert" } })
    };
    let invalid = |what: &str| format!("Invalid Properties for Scheduled alert rule: {what}");
    let length = |count: usize, what: &str, most: usize| {
        let least = usize::from(what != "CustomDetails");
        format!(
            "Invalid length of '{count}' for '{what}'. '{what}' length should be between '{least}' and '{most}'"
        )
    };
    vec![
        (
            json!({ "techniques": ["T1550.001"], "tactics": ["LateralMovement"] }),
            "Invalid data model. The technique 'T1550.001' is invalid. The expected format is 'T####'".to_owned(),
        ),
        (
            json!({ "techniques": ["T1219", "T1078"] }),
            "No valid tactic corresponding to the technique T1078 was provided in the tactics field.".to_owned(),
        ),
        (
            json!({ "techniques": ["T1219"], "tactics": [] }),
            "No valid tactic corresponding to the technique T1219 was provided in the tactics field.".to_owned(),
        ),
        (
            json!({ "techniques": ["T9999"] }),
            "No valid tactic corresponding to the technique T9999 was provided in the tactics field.".to_owned(),
        ),
        (schedule("PT4M59S", "PT1H"), "The field QueryFrequency must be between PT5M and P14D.".to_owned()),
        (schedule("P14DT1S", "P14D"), "The field QueryFrequency must be between PT5M and P14D.".to_owned()),
        (schedule("PT5M", "PT1M"), "The field QueryPeriod must be between PT5M and P14D.".to_owned()),
        (schedule("P1D", "P15D"), "The field QueryPeriod must be between PT5M and P14D.".to_owned()),
        (
            schedule("PT2H", "PT1H"),
            invalid("'queryPeriod' should be greater than or equal to 'queryFrequency'"),
        ),
        (
            schedule("PT59M", "P2D"),
            invalid(
                "When 'queryPeriod' greater than or equal to 2 days, the 'queryFrequency' should be greater than \
                 or equal to 1 hour.",
            ),
        ),
        (json!({ "triggerThreshold": -1 }), "The field TriggerThreshold must be between 0 and 10000.".to_owned()),
        (json!({ "triggerThreshold": 10001 }), "The field TriggerThreshold must be between 0 and 10000.".to_owned()),
        (json!({ "suppressionDuration": "PT4M" }), "The field SuppressionDuration must be between PT5M and P1D.".to_owned()),
        (json!({ "suppressionDuration": "PT25H" }), "The field SuppressionDuration must be between PT5M and P1D.".to_owned()),
        (json!({ "query": null }), invalid("'query' is required")),
        (json!({ "severity": null }), invalid("'severity' is required")),
        (json!({ "queryPeriod": null }), invalid("'queryPeriod' is required")),
        (json!({ "triggerOperator": null }), invalid("'triggerOperator' is required")),
        (
            json!({ "query": "" }),
            "The field Query must be a string with a minimum length of 1 and a maximum length of 10000.".to_owned(),
        ),
        (
            json!({ "query": " \n" }),
            "The field Query must be a string with a minimum length of 1 and a maximum length of 10000.".to_owned(),
        ),
        (
            json!({ "query": "ä".repeat(10_001) }),
            "The field Query must be a string with a minimum length of 1 and a maximum length of 10000.".to_owned(),
        ),
        (json!({ "query": "union *\n| take 1" }), invalid("'query' cannot contain 'union *'")),
        (
            json!({ "displayName": "x".repeat(257) }),
            "The field DisplayName must be a string with a minimum length of 1 and a maximum length of 256.".to_owned(),
        ),
        (
            json!({ "description": "x".repeat(5001) }),
            "The field Description must be a string with a maximum length of 5000.".to_owned(),
        ),
        (
            json!({ "templateVersion": "1.0.0" }),
            "Invalid data model. [: Invalid Properties for alert rule: 'templateVersion' can only be used if \
             'alertRuleTemplateName' is not empty.]"
                .to_owned(),
        ),
        (json!({ "entityMappings": [] }), length(0, "EntityMappings", 10)),
        (json!({ "entityMappings": many(11) }), length(11, "EntityMappings", 10)),
        (json!({ "entityMappings": mapping("IP", json!([])) }), length(0, "FieldMappings", 3)),
        (
            json!({ "entityMappings": mapping("IP", json!([field("Address", "A"), field("Host", "B")])) }),
            "Invalid identifier 'Host' for entity type 'IP' encountered. Valid identifiers are: [Address]".to_owned(),
        ),
        (
            json!({ "entityMappings": mapping("IP", json!([field("Address", "A"), field("Address", "B")])) }),
            "Identifier 'Address' is mapped more than once for entity type 'IP'.".to_owned(),
        ),
        (
            json!({ "entityMappings": mapping("FileHash", json!([field("Value", "Hash")])) }),
            "Missing required identifiers in 'EntityMappings' for type 'FileHash'. Required identifiers are one \
             of the following combinations: Algorithm, Value"
                .to_owned(),
        ),
        (
            json!({ "entityMappings": mapping("IP", json!([field("Address", "1st")])) }),
            "The column name '1st' is invalid.".to_owned(),
        ),
        (json!({ "customDetails": details(21) }), length(21, "CustomDetails", 20)),
        (
            json!({ "customDetails": { "a key of 21 letters !": "Column" } }),
            "The field CustomDetails key must be a string with a maximum length of 20.".to_owned(),
        ),
        (json!({ "customDetails": { "1st": "Column" } }), "The custom detail key '1st' is invalid.".to_owned()),
        (
            json!({ "alertDetailsOverride": { "alertDisplayNameFormat": "{{A}} {{B}} {{C}} {{D}}" } }),
            "The field AlertDisplayNameFormat can have at most 3 placeholders.".to_owned(),
        ),
        (
            json!({ "alertDetailsOverride": { "alertDescriptionFormat": "x".repeat(5001) } }),
            "The field AlertDescriptionFormat must be a string with a maximum length of 5000.".to_owned(),
        ),
        (
            json!({ "incidentConfiguration": grouping("PT1M") }),
            "The field LookbackDuration must be between PT5M and P7D.".to_owned(),
        ),
    ]
}

#[tokio::test]
async fn words_its_refusals_as_the_service_does() {
    let (_running, client) = workspace().await;
    for (changes, expected) in scheduled_refusals() {
        let answer = client.put(&rule("a", STABLE), &scheduled(changes.clone())).await;
        assert_eq!(answer.error(), (400, "BadRequest", expected.as_str()), "{changes:.200}");
    }
    assert!(client.get(&rule("", PREVIEW)).await.names().is_empty(), "a refused rule is not written");
}

#[tokio::test]
async fn takes_what_lies_on_the_limits() {
    let (_running, client) = workspace().await;
    let field = |identifier: &str| json!({ "identifier": identifier, "columnName": "Column" });
    for (number, changes) in [
        json!({ "queryFrequency": "PT5M", "queryPeriod": "PT5M" }),
        json!({ "queryFrequency": "P14D", "queryPeriod": "P14D" }),
        json!({ "queryFrequency": "PT1H", "queryPeriod": "P2D" }),
        json!({ "queryFrequency": "PT5M", "queryPeriod": "PT47H59M" }),
        json!({ "triggerThreshold": 10000, "suppressionDuration": "PT24H" }),
        json!({ "query": "ä".repeat(10_000), "displayName": "x".repeat(256), "description": "x".repeat(5000) }),
        json!({ "techniques": [], "tactics": ["Impact"] }),
        json!({ "techniques": ["T1078"], "tactics": ["Impact", "InitialAccess"] }),
        json!({ "templateVersion": "1.0.0", "alertRuleTemplateName": "e7ec9fa6-e7f7-41ed-a34b-b956837a3ee6" }),
        json!({ "entityMappings": [{ "entityType": "account", "fieldMappings":
            [field("Name"), field("UPNSuffix"), field("NTDomain")] }] }),
        json!({ "customDetails": { "twenty_letters_key_1": "Column" } }),
        json!({ "query": "T | where a == 'search *' // union *" }),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = client.put(&rule(&number.to_string(), STABLE), &scheduled(changes.clone())).await;
        assert_eq!(answer.status, 201, "{changes:.200}: {:?}", answer.error());
    }
}

#[tokio::test]
async fn refuses_bodies_that_break_the_contract() {
    let (_running, client) = workspace().await;
    for (body, part) in [
        (json!({}), "'kind'"),
        (json!({ "kind": "Scheduled" }), "'properties'"),
        (json!({ "kind": "Hunting", "properties": {} }), "'Hunting'"),
        (json!({ "kind": "Scheduled", "properties": [] }), "properties"),
        (scheduled(json!({ "displayName": null })), "'displayName'"),
        (scheduled(json!({ "enabled": null })), "'enabled'"),
        (scheduled(json!({ "suppressionDuration": null })), "'suppressionDuration'"),
        (scheduled(json!({ "suppressionEnabled": null })), "'suppressionEnabled'"),
        (scheduled(json!({ "enabled": "yes" })), "properties.enabled"),
        (scheduled(json!({ "severity": "Critical" })), "\"Critical\""),
        (scheduled(json!({ "tactics": ["Stealth"] })), "properties.tactics[0]"),
        (scheduled(json!({ "tactics": "Impact" })), "properties.tactics"),
        (scheduled(json!({ "triggerOperator": "gt" })), "\"gt\""),
        (scheduled(json!({ "triggerThreshold": 0.5 })), "properties.triggerThreshold"),
        (scheduled(json!({ "queryFrequency": "1h" })), "\"1h\""),
        (scheduled(json!({ "queryFrequency": "P1M" })), "TimeSpan"),
        (scheduled(json!({ "eventGroupingSettings": { "aggregationKind": "All" } })), "aggregationKind"),
        (scheduled(json!({ "entityMappings": [{ "entityType": "IoTDevice" }] })), "entityType"),
        (scheduled(json!({ "entityMappings": [{}] })), "'entityType'"),
        (scheduled(json!({ "customDetails": { "a": 1 } })), "properties.customDetails.a"),
        (scheduled(json!({ "incidentConfiguration": {} })), "'createIncident'"),
        (
            scheduled(json!({ "alertDetailsOverride": { "alertDynamicProperties":
            [{ "alertProperty": "SubTechniques", "value": "C" }] } })),
            "SubTechniques",
        ),
        (
            scheduled(json!({ "lastModifiedUtc": "2026-01-01T00:00:00Z" })),
            "Read-only property 'lastModifiedUtc' cannot be assigned",
        ),
        (
            json!({ "kind": "Fusion", "properties": { "alertRuleTemplateName": "f", "enabled": true, "severity": "High" } }),
            "Read-only property 'severity' cannot be assigned",
        ),
        (json!({ "kind": "Fusion", "properties": { "enabled": true } }), "'alertRuleTemplateName'"),
        (
            json!({ "kind": "MicrosoftSecurityIncidentCreation", "properties":
            { "displayName": "x", "enabled": true, "productFilter": "Other" } }),
            "\"Other\"",
        ),
    ] {
        let answer = client.put(&rule("a", STABLE), &body).await;
        let (status, code, message) = answer.error();
        assert!(
            (status, code) == (400, "BadRequest") && message.contains(part),
            "{part}: {message} ({body})"
        );
    }
    let elsewhere = json!({ "id": "/subscriptions/x", "kind": "Scheduled" });
    assert_eq!(client.put(&rule("a", STABLE), &elsewhere).await.error().1, "InvalidRequestContent");
    let got = client.put(&rule("a", STABLE), &scheduled(json!({}))).await;
    let echoed = client.put(&rule("a", STABLE), &got.body).await;
    assert_eq!(echoed.error().0, 400, "the body of an answer is no valid request");
}

#[tokio::test]
async fn keeps_schedules_out_of_nrt_rules() {
    let (_running, client) = workspace().await;
    for name in ["queryFrequency", "queryPeriod", "triggerOperator", "triggerThreshold"] {
        let answer = client.put(&rule("a", PREVIEW), &nrt(json!({ name: "PT1H" }))).await;
        let expected =
            format!("Invalid Properties for NRT alert rule: '{name}' cannot be used in a rule of this kind");
        assert_eq!(answer.error(), (400, "BadRequest", expected.as_str()));
    }
    for name in ["query", "severity"] {
        let answer = client.put(&rule("a", PREVIEW), &nrt(json!({ name: null }))).await;
        assert!(answer.error().2.contains(name), "{:?}", answer.error());
    }
    let wrong = nrt(json!({ "subTechniques": ["T1059"] }));
    assert!(client.put(&rule("a", PREVIEW), &wrong).await.error().2.contains("'T####.###'"));
    assert_eq!(client.put(&rule("a", PREVIEW), &nrt(json!({}))).await.status, 201);
}

pub struct NoTables;

impl QueryCheck for NoTables {
    fn check(&self, query: &str) -> Result<(), QueryRefusal> {
        if query.contains("Missing") {
            return Err(QueryRefusal { message: "One of the tables does not exist.".to_owned() });
        }
        Ok(())
    }
}

#[tokio::test]
async fn runs_the_query_when_given_something_to_run_it() {
    let (_running, client) = workspace_with(|options| options.query_check = Some(Arc::new(NoTables))).await;
    for body in [scheduled(json!({ "query": "Missing_CL" })), nrt(json!({ "query": "Missing_CL" }))] {
        let answer = client.put(&rule("a", PREVIEW), &body).await;
        let text = "Failed to run the analytics rule query. One of the tables does not exist.";
        assert_eq!(answer.error(), (400, "BadRequest", text));
    }
    assert_eq!(client.put(&rule("a", PREVIEW), &scheduled(json!({}))).await.status, 201);
}
