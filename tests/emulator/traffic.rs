//! Traffic of every operation, for the contract's own validator (`.ci/validate-traffic`).
//!
//! Requests here keep to the contract, also those that are refused: the validator looks at both sides.

use std::path::Path;

use picket::emulator::{EmulatorOptions, Faults, Store, start};
use serde_json::{Value, json};

use crate::automation_rules::automation;
use crate::client::*;
use crate::refusals::scheduled_refusals;

/// A rule with every property the contract has.
pub fn full(kind: &str) -> Value {
    let everything = json!({
        "description": "What it finds", "subTechniques": ["T1059.001"],
        "alertRuleTemplateName": "e7ec9fa6-e7f7-41ed-a34b-b956837a3ee6", "templateVersion": "1.0.2",
        "eventGroupingSettings": { "aggregationKind": "AlertPerResult" },
        "customDetails": { "Tool": "InitiatingProcessFileName" },
        "entityMappings": [
            { "entityType": "Host", "fieldMappings": [{ "identifier": "HostName", "columnName": "DeviceName" }] },
        ],
        "sentinelEntitiesMappings": [{ "columnName": "Entities" }],
        "alertDetailsOverride": {
            "alertDisplayNameFormat": "{{Tool}} on {{DeviceName}}", "alertDescriptionFormat": "See {{RemoteUrl}}",
            "alertTacticsColumnName": "Tactics", "alertSeverityColumnName": "Severity",
            "alertDynamicProperties": [{ "alertProperty": "AlertLink", "value": "Link" }],
        },
        "incidentConfiguration": { "createIncident": true, "groupingConfiguration": {
            "enabled": true, "reopenClosedIncident": true, "lookbackDuration": "P1D", "matchingMethod": "Selected",
            "groupByEntities": ["Host"], "groupByAlertDetails": ["DisplayName"], "groupByCustomDetails": ["Tool"],
        } },
    });
    if kind == "NRT" { nrt(everything) } else { scheduled(everything) }
}

async fn rules(client: &Client) {
    for version in [STABLE, PREVIEW] {
        let name = format!("scheduled-{version}");
        let created = client.put(&rule(&name, version), &scheduled(json!({}))).await;
        let update = with_etag(scheduled(json!({ "severity": "Low" })), &created.etag());
        assert_eq!(client.put(&rule(&name, version), &update).await.status, 200);
        assert_eq!(client.put(&rule(&name, version), &update).await.status, 409);
        client.get(&rule(&name, version)).await;
        let incidents = json!({ "kind": "MicrosoftSecurityIncidentCreation", "properties": {
            "displayName": "x", "enabled": true, "productFilter": "Azure Security Center", "severitiesFilter": ["High"] } });
        assert_eq!(client.put(&rule(&format!("incidents-{version}"), version), &incidents).await.status, 201);
    }
    let fusion = json!({ "kind": "Fusion", "properties": { "enabled": true,
        "alertRuleTemplateName": "f71aba3d-28fb-450b-b192-4e76a83015c8", "sourceSettings": [
            { "enabled": true, "sourceName": "Anomalies" } ] } });
    assert_eq!(client.put(&rule("fusion", PREVIEW), &fusion).await.status, 201);
    for kind in ["Scheduled", "NRT"] {
        assert_eq!(client.put(&rule(&format!("full-{kind}"), PREVIEW), &full(kind)).await.status, 201);
    }
    for version in [STABLE, PREVIEW] {
        let mut link = Some(rule("", version));
        while let Some(next) = link {
            link = client.get(&next).await.body["nextLink"].as_str().map(str::to_owned);
        }
    }
    assert_eq!(client.get(&rule("full-NRT", STABLE)).await.status, 404);
    for (changes, _) in scheduled_refusals() {
        assert_eq!(client.put(&rule("refused", STABLE), &scheduled(changes)).await.status, 400);
    }
    let gone = rule(&format!("scheduled-{STABLE}"), STABLE);
    assert_eq!(client.delete(&gone).await.status, 200);
    assert_eq!(client.delete(&gone).await.status, 204);
    assert_eq!(client.put(&gone, &scheduled(json!({}))).await.status, 409);
}

async fn others(client: &Client) {
    client.get(&format!("{}?api-version={LOG_ANALYTICS}", workspace_path())).await;
    for version in [LOG_ANALYTICS, "2025-07-01"] {
        client.get(&crate::tables::table("", version)).await;
        client.get(&crate::tables::table("Heartbeat", version)).await;
        client.get(&crate::tables::table("none", version)).await;
    }
    for version in [STABLE, PREVIEW] {
        client.get(&insights("onboardingStates", "default", version)).await;
        client.get(&insights("onboardingStates", "", version)).await;
        client.get(&insights("onboardingStates", "none", version)).await;
        let path = metadata(&format!("picket-{version}"), version);
        let body = json!({ "properties": { "parentId": rule("a", version), "kind": "AnalyticsRule", "version": "1.0.0",
            "source": { "kind": "SourceRepository", "name": "picket", "sourceId": "project" },
            "dependencies": { "operator": "AND", "criteria": [{ "kind": "DataConnector", "contentId": "x" }] } } });
        assert_eq!(client.put(&path, &body).await.status, 201);
        let updated = client.put(&path, &body).await;
        assert_eq!(updated.status, 200);
        assert_eq!(client.put(&path, &with_etag(body, "\"old\"")).await.status, 409);
        client.send("PATCH", &path, Some(&json!({ "properties": { "version": "1.0.1" } }))).await.unwrap();
        client.get(&path).await;
        client.get(&metadata("", version)).await;
        client
            .get(&format!("{}&$filter=name%20ne%20'x'&$orderby=name&$top=1&$skip=0", metadata("", version)))
            .await;
        client.get(&metadata("none", version)).await;
    }
    assert_eq!(client.delete(&metadata(&format!("picket-{STABLE}"), STABLE)).await.status, 200);
    assert_eq!(client.delete(&metadata("none", PREVIEW)).await.status, 204);

    let path = saved_search("hunt");
    client.get(&path).await;
    assert_eq!(client.put(&path, &hunt(json!({}))).await.status, 200);
    assert_eq!(client.put(&path, &hunt(json!({}))).await.status, 409);
    assert_eq!(client.put(&path, &with_etag(hunt(json!({ "version": 2 })), "*")).await.status, 200);
    let function = hunt(json!({ "functionAlias": "tools", "functionParameters": "a:int=1" }));
    assert_eq!(client.put(&saved_search("function"), &function).await.status, 200);
    client.get(&path).await;
    client.get(&saved_search("")).await;
    assert_eq!(client.delete(&path).await.status, 200);
    assert_eq!(client.delete(&path).await.status, 200);
}

async fn watchlists(client: &Client) {
    for version in [STABLE, PREVIEW] {
        let path = watchlist(&format!("assets-{version}"), version);
        let items = watchlist(&format!("assets-{version}/watchlistItems"), version);
        let body = assets(
            "Host,Owner\nsrv1,Ann\nsrv2,\nsrv3,Bo\n",
            json!({ "labels": ["soc"], "defaultDuration": "P90D" }),
        );
        assert_eq!(client.get(&path).await.status, 404);
        let created = client.put(&path, &body).await;
        assert_eq!(created.status, 201);
        assert_eq!(client.put(&path, &with_etag(body.clone(), &created.etag())).await.status, 200);
        assert_eq!(client.put(&path, &with_etag(body.clone(), "\"old\"")).await.status, 409);
        assert_eq!(client.put(&path, &assets("Server\n", json!({}))).await.status, 400);
        client.get(&path).await;
        client
            .put(&watchlist(&format!("bare-{version}"), version), &assets("", json!({ "rawContent": null })))
            .await;
        let mut link = Some(watchlist("", version));
        while let Some(next) = link {
            link = client.get(&next).await.body["nextLink"].as_str().map(str::to_owned);
        }
        let first = client.get(&items).await;
        assert!(first.body["nextLink"].is_string());
        let item = watchlist(&format!("assets-{version}/watchlistItems/{}", first.names()[0]), version);
        client.get(&item).await;
        let changed = json!({ "properties": { "itemsKeyValue": { "Host": "srv9", "Owner": "" } } });
        assert_eq!(client.put(&item, &changed).await.status, 200);
        let new = watchlist(&format!("assets-{version}/watchlistItems/new"), version);
        assert_eq!(client.put(&new, &changed).await.status, 201);
        assert_eq!(client.delete(&item).await.status, 200);
        assert_eq!(client.delete(&item).await.status, 204);
        assert_eq!(client.get(&item).await.status, 404);
        assert_eq!(client.delete(&path).await.status, 202);
        assert_eq!(client.delete(&path).await.status, 204);
        assert_eq!(client.get(&items).await.status, 404);
    }
}

async fn automation_rules(client: &Client) {
    for version in [STABLE, PREVIEW] {
        let path = insights("automationRules", &format!("a-{version}"), version);
        assert_eq!(client.put(&path, &automation(json!({}))).await.status, 201);
        assert_eq!(client.put(&path, &automation(json!({}))).await.status, 200);
        client.get(&path).await;
        client.get(&insights("automationRules", "", version)).await;
        assert_eq!(client.delete(&path).await.status, 200);
        assert_eq!(client.delete(&path).await.status, 204);
        assert_eq!(client.get(&path).await.status, 404);
    }
}

#[tokio::test]
async fn records_every_operation() {
    let mut options = EmulatorOptions::new(Store::Memory);
    options.page_size = 2;
    crate::tables::with_tables(&mut options);
    let running = start(options).await.unwrap();
    let client = Client::new(&running.endpoint());
    rules(&client).await;
    others(&client).await;
    watchlists(&client).await;
    automation_rules(&client).await;

    let (_failing, unlucky) = workspace_with(|options| {
        let nth = std::num::NonZeroU64::new;
        options.faults = Faults { throttle: nth(2), error: nth(3), ..Faults::default() };
    })
    .await;
    let statuses = [unlucky.get(&saved_search("")).await, unlucky.get(&rule("", STABLE)).await]
        .map(|answer| answer.status);
    assert_eq!(statuses, [200, 429]);
    assert_eq!(unlucky.get(&metadata("", STABLE)).await.status, 500);

    let traffic = client.traffic() + &unlucky.traffic();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("emulator-traffic.jsonl");
    std::fs::write(&file, &traffic).unwrap();
    assert!(traffic.lines().count() > 90, "{}", file.display());
}
