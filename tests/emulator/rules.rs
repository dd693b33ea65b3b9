//! Analytics rules that the service takes.

use std::time::Duration;

use picket::emulator::Clock;
use serde_json::{Value, json};

use crate::client::*;
use crate::traffic::full;

#[tokio::test]
async fn creates_updates_and_deletes_by_etag() {
    let (_running, client) = workspace().await;
    let path = rule("a", STABLE);
    let created = client.put(&path, &scheduled(json!({}))).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.body["type"], "Microsoft.SecurityInsights/alertRules");
    let id = path.split('?').next().unwrap();
    assert_eq!(created.body["id"], id);
    let first = created.etag();
    assert!(first.starts_with('"') && first.ends_with('"'), "Sentinel's etags hold their quotes: {first}");

    let changed = scheduled(json!({ "severity": "High" }));
    let absent = client.put(&path, &changed).await;
    let (status, code, message) = absent.error();
    assert_eq!((status, code), (409, "Conflict"));
    let text = "Newer instance of rule 'a' exists for workspace '";
    assert!(message.starts_with(text) && message.ends_with("' (Etag does not match). Data was not saved."));

    let updated = client.put(&path, &with_etag(changed.clone(), &first)).await;
    assert_eq!((updated.status, updated.body["properties"]["severity"].as_str()), (200, Some("High")));
    let second = updated.etag();
    assert_ne!(first, second);
    assert_eq!(client.put(&path, &with_etag(changed.clone(), &first)).await.status, 409, "stale");
    assert_eq!(client.put(&rule("new", STABLE), &with_etag(changed.clone(), &first)).await.status, 409);
    assert_eq!(client.get(&path).await.etag(), second, "a refused write changes nothing");

    let other_kind = json!({ "kind": "MicrosoftSecurityIncidentCreation", "etag": second, "properties": {
        "displayName": "x", "enabled": true, "productFilter": "Azure Security Center" } });
    assert_eq!(client.put(&path, &other_kind).await.status, 400);

    let deleted = client.delete(&path).await;
    assert_eq!((deleted.status, deleted.body), (200, Value::Null));
    assert_eq!(client.delete(&path).await.status, 204);
    assert_eq!(client.get(&path).await.error().0, 404);
}

#[tokio::test]
async fn refuses_an_id_deleted_lately_until_its_time_is_over() {
    let clock = Clock::manual(1_800_000_000_000);
    let (_running, client) = workspace_with(|options| options.clock = clock.clone()).await;
    let path = rule("a", STABLE);
    assert_eq!(client.put(&path, &scheduled(json!({}))).await.status, 201);
    assert_eq!(client.delete(&path).await.status, 200);
    let again = client.put(&path, &scheduled(json!({}))).await;
    let text = "The rule with id 'a' was recently deleted. You need to allow some time before re-using the same \
                id. Please try again later.";
    assert_eq!(again.error(), (409, "Conflict", text));
    assert_eq!(client.put(&rule("b", STABLE), &scheduled(json!({}))).await.status, 201);
    clock.advance(Duration::from_secs(24 * 60 * 60 - 1));
    assert_eq!(client.put(&path, &scheduled(json!({}))).await.status, 409);
    clock.advance(Duration::from_secs(1));
    let answer = client.put(&path, &scheduled(json!({}))).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body["properties"]["lastModifiedUtc"], "2027-01-16T08:00:00.0000000Z");

    let (_running, client) = workspace_with(|options| options.deleted_id_window = None).await;
    for _ in 0..3 {
        assert_eq!(client.put(&path, &scheduled(json!({}))).await.status, 201);
        assert_eq!(client.delete(&path).await.status, 200);
    }
}

#[tokio::test]
async fn answers_in_the_spelling_of_the_service() {
    let (_running, client) = workspace().await;
    let written = scheduled(json!({
        "queryFrequency": "PT60M", "queryPeriod": "PT24H", "suppressionDuration": "P0DT5H",
        "severity": "medium", "tactics": ["commandandcontrol"], "triggerOperator": "greaterthan",
        "somethingElse": 1, "description": null,
    }));
    let properties = client.put(&rule("a", STABLE), &written).await.body["properties"].clone();
    for (name, expected) in [
        ("queryFrequency", json!("PT1H")),
        ("queryPeriod", json!("P1D")),
        ("suppressionDuration", json!("PT5H")),
        ("severity", json!("Medium")),
        ("tactics", json!(["CommandAndControl"])),
        ("triggerOperator", json!("GreaterThan")),
        ("customDetails", Value::Null),
        ("eventGroupingSettings", json!({ "aggregationKind": "SingleAlert" })),
    ] {
        assert_eq!(properties[name], expected, "{name}");
    }
    assert_eq!(properties["incidentConfiguration"]["createIncident"], true);
    assert_eq!(properties["incidentConfiguration"]["groupingConfiguration"]["lookbackDuration"], "PT5H");
    assert!(properties.get("somethingElse").is_none(), "what the contract lacks is passed over");
    assert!(properties.as_object().unwrap().contains_key("alertDetailsOverride"), "absent values are null");
    let query = "T\r\n| where a == \"ä\u{1F980}\\\"\"\t \n\n";
    let body = client.put(&rule("q", STABLE), &scheduled(json!({ "query": query }))).await.body;
    assert_eq!(body["properties"]["query"], query, "the query comes back byte for byte");
}

#[tokio::test]
async fn each_version_shows_what_it_knows() {
    let (_running, client) = workspace().await;
    let sub_techniques = scheduled(json!({
        "subTechniques": ["T1059.001"], "sentinelEntitiesMappings": [{ "columnName": "Entities" }],
    }));
    client.put(&rule("full", PREVIEW), &sub_techniques).await;
    let nrt_rule = nrt(json!({}));
    assert_eq!(client.put(&rule("nrt", PREVIEW), &nrt_rule).await.status, 201);
    let refused = client.put(&rule("nrt2", STABLE), &nrt_rule).await;
    assert!(refused.status == 400 && refused.error().2.contains("NRT"));

    assert_eq!(client.get(&rule("", PREVIEW)).await.names(), ["full", "nrt"]);
    assert_eq!(client.get(&rule("", STABLE)).await.names(), ["full"]);
    assert_eq!(client.get(&rule("nrt", STABLE)).await.status, 404);
    let preview = client.get(&rule("full", PREVIEW)).await.body["properties"].clone();
    assert_eq!(preview["subTechniques"], json!(["T1059.001"]));
    let stable = client.get(&rule("full", STABLE)).await;
    let properties = stable.body["properties"].as_object().unwrap();
    assert!(
        !properties.contains_key("subTechniques") && !properties.contains_key("sentinelEntitiesMappings")
    );

    let rewritten = client.put(&rule("full", STABLE), &with_etag(sub_techniques, &stable.etag())).await;
    assert_eq!(rewritten.status, 200);
    let lost = client.get(&rule("full", PREVIEW)).await;
    assert_eq!(
        lost.body["properties"]["subTechniques"],
        Value::Null,
        "the stable version does not read them"
    );
}

#[tokio::test]
async fn pages_through_rules_whatever_happens_meanwhile() {
    let (_running, client) = workspace_with(|options| options.page_size = 3).await;
    let names: Vec<String> = (0..10).map(|number| format!("rule {number}/ä")).collect();
    for name in &names {
        let path = rule(&name.replace('/', "%2F").replace(' ', "%20"), STABLE);
        assert_eq!(client.put(&path, &scheduled(json!({}))).await.status, 201);
    }
    let (mut found, mut link, mut pages) = (Vec::new(), rule("", STABLE), 0);
    loop {
        let page = client.get(&link).await;
        found.extend(page.names().into_iter().map(str::to_owned));
        pages += 1;
        if pages == 1 {
            // Gone from a page that has been read, and in front of it: neither moves the next page.
            client.delete(&rule("rule%200%2F%C3%A4", STABLE)).await;
            client.put(&rule("a", STABLE), &scheduled(json!({}))).await;
        }
        match page.body["nextLink"].as_str() {
            Some(next) => {
                assert!(next.starts_with(&client.endpoint) && next.contains("$skipToken="), "{next}");
                link = next.to_owned();
            }
            None => break,
        }
    }
    assert_eq!((pages, found), (4, names));
    let wrong = client.get(&format!("{}&$skipToken=zz", rule("", STABLE))).await;
    assert_eq!(wrong.error().0, 400);
}

#[tokio::test]
async fn serves_many_clients_at_once() {
    let (_running, client) = workspace().await;
    let client = std::sync::Arc::new(client);
    let tasks: Vec<_> = (0..8)
        .map(|worker| {
            let client = client.clone();
            tokio::spawn(async move {
                for number in 0..20 {
                    let path = rule(&format!("{worker}-{number}"), STABLE);
                    assert_eq!(client.put(&path, &scheduled(json!({}))).await.status, 201);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(client.get(&rule("", STABLE)).await.names().len(), 100, "a full page");

    let etag = client.get(&rule("0-0", STABLE)).await.etag();
    let racing: Vec<_> = (0..16)
        .map(|_| {
            let (client, body) = (client.clone(), with_etag(scheduled(json!({})), &etag));
            tokio::spawn(async move { client.put(&rule("0-0", STABLE), &body).await.status })
        })
        .collect();
    let mut statuses = Vec::new();
    for task in racing {
        statuses.push(task.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (200, [409; 15].as_slice()), "one writer wins");
}

#[tokio::test]
async fn counts_enabled_rules_against_the_quota() {
    let (_running, client) = workspace_with(|options| options.deleted_id_window = None).await;
    for number in 0..50 {
        let answer = client.put(&rule(&format!("n{number}"), PREVIEW), &nrt(json!({}))).await;
        assert_eq!(answer.status, 201);
    }
    let full = client.put(&rule("n50", PREVIEW), &nrt(json!({}))).await;
    assert!(full.status == 400 && full.error().2.contains("50"), "{:?}", full.error());
    let disabled = nrt(json!({ "enabled": false }));
    assert_eq!(client.put(&rule("n50", PREVIEW), &disabled).await.status, 201);
    let etag = client.get(&rule("n0", PREVIEW)).await.etag();
    let update = with_etag(nrt(json!({ "severity": "Low" })), &etag);
    assert_eq!(client.put(&rule("n0", PREVIEW), &update).await.status, 200, "an update needs no room");

    for number in 0..462 {
        let answer = client.put(&rule(&format!("s{number}"), STABLE), &scheduled(json!({}))).await;
        assert_eq!(answer.status, 201);
    }
    let full = client.put(&rule("s462", STABLE), &scheduled(json!({}))).await;
    assert!(full.status == 400 && full.error().2.contains("512"), "{:?}", full.error());
    client.delete(&rule("s0", STABLE)).await;
    assert_eq!(client.put(&rule("s462", STABLE), &scheduled(json!({}))).await.status, 201);
}

/// What is compared when planning does not tell an answer from the request it came of.
#[tokio::test]
async fn answers_mean_what_was_written() {
    use picket::arm::{alert_rule, metadata as content, saved_search as search};
    let (_running, client) = workspace().await;
    let bare = scheduled(json!({ "tactics": null, "techniques": null, "suppressionDuration": "PT24H" }));
    for (number, body) in
        [bare, scheduled(json!({})), nrt(json!({})), full("Scheduled"), full("NRT")].into_iter().enumerate()
    {
        let path = rule(&number.to_string(), PREVIEW);
        assert_eq!(client.put(&path, &body).await.status, 201, "{body}");
        let read = client.get(&path).await.body;
        assert_eq!(alert_rule::normalise(&read), alert_rule::normalise(&body));
    }
    client.put(&saved_search("hunt"), &hunt(json!({}))).await;
    let read = client.get(&saved_search("hunt")).await.body;
    assert_eq!(search::normalise(&read), search::normalise(&hunt(json!({}))));
    let body = json!({ "properties": { "parentId": "/subscriptions/x", "kind": "HuntingQuery", "version": "1.0.0",
        "source": { "kind": "SourceRepository", "name": "picket", "sourceId": "project" } } });
    client.put(&metadata("m", STABLE), &body).await;
    let read = client.get(&metadata("m", STABLE)).await.body;
    assert_eq!(content::normalise(&read), content::normalise(&body));
}
