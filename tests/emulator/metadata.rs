//! Metadata of content.

use serde_json::{Value, json};

use crate::client::*;

fn of(rule: &str, changes: &Value) -> Value {
    let mut properties = json!({
        "parentId": format!("{}/providers/Microsoft.SecurityInsights/alertRules/{rule}", workspace_path()),
        "kind": "AnalyticsRule",
        "contentId": rule,
        "version": "1.0.0",
        "source": { "kind": "SourceRepository", "name": "picket", "sourceId": "project" },
    });
    properties.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    json!({ "properties": properties })
}

#[tokio::test]
async fn writes_with_and_without_an_etag() {
    let (_running, client) = workspace().await;
    let path = metadata("picket-a", STABLE);
    let created = client.put(&path, &of("a", &json!({}))).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.body["properties"], of("a", &json!({}))["properties"], "what is absent stays absent");
    let replaced = client.put(&path, &of("a", &json!({ "version": "1.1.0" }))).await;
    assert_eq!((replaced.status, replaced.body["properties"]["version"].as_str()), (200, Some("1.1.0")));
    let stale = with_etag(of("a", &json!({})), &created.etag());
    assert_eq!(client.put(&path, &stale).await.error().0, 409);

    let change = json!({ "properties": { "version": "2.0.0", "contentId": null } });
    let patched = client.send("PATCH", &path, Some(&change)).await.unwrap();
    assert_eq!(patched.status, 200);
    assert_eq!(patched.body["properties"]["version"], "2.0.0");
    assert_eq!(patched.body["properties"]["contentId"], Value::Null);
    assert_eq!(patched.body["properties"]["kind"], "AnalyticsRule");
    let without_kind = json!({ "properties": { "kind": null } });
    assert_eq!(client.send("PATCH", &path, Some(&without_kind)).await.unwrap().status, 400);
    let absent = client.send("PATCH", &metadata("none", STABLE), Some(&change)).await.unwrap();
    assert_eq!(absent.status, 404);

    assert_eq!(client.get(&metadata("picket-a", PREVIEW)).await.body, patched.body);
    assert_eq!(client.delete(&path).await.status, 200);
    assert_eq!(client.delete(&path).await.status, 204);
    assert_eq!(client.get(&path).await.error().0, 404);
    assert_eq!(client.put(&path, &of("a", &json!({}))).await.status, 201);
}

#[tokio::test]
async fn filters_orders_and_pages() {
    let (_running, client) = workspace_with(|options| options.page_size = 2).await;
    for number in 0..5 {
        let kind = if number == 3 { "HuntingQuery" } else { "AnalyticsRule" };
        let body = of("r", &json!({ "kind": kind, "version": format!("1.{}.0", 9 - number) }));
        client.put(&metadata(&format!("m{number}"), STABLE), &body).await;
    }
    let list = |query: &str| {
        let link = format!("{}&{query}", metadata("", STABLE));
        let client = &client;
        async move {
            let (mut names, mut link) = (Vec::new(), Some(link));
            while let Some(next) = link {
                let page = client.get(&next).await;
                assert!(page.names().len() <= 2, "{next}");
                names.extend(page.names().into_iter().map(str::to_owned));
                link = page.body["nextLink"].as_str().map(str::to_owned);
            }
            names
        }
    };
    assert_eq!(list("").await, ["m0", "m1", "m2", "m3", "m4"]);
    assert_eq!(list("$filter=properties/kind%20eq%20'AnalyticsRule'").await, ["m0", "m1", "m2", "m4"]);
    assert_eq!(list("$orderby=properties/version").await, ["m4", "m3", "m2", "m1", "m0"]);
    assert_eq!(list("$orderby=name+desc&$top=3&$skip=1").await, ["m3", "m2", "m1"]);
    assert_eq!(list("$skip=9").await, Vec::<String>::new());
    for wrong in ["$filter=kind", "$top=many", "$skip=-1", "$orderby=name+up"] {
        let answer = client.get(&format!("{}&{wrong}", metadata("", STABLE))).await;
        assert_eq!(answer.error().0, 400, "{wrong}");
    }
}

#[tokio::test]
async fn refuses_what_the_contract_refuses() {
    let (_running, client) = workspace().await;
    for (body, part) in [
        (json!({}), "properties"),
        (json!({ "properties": { "kind": "AnalyticsRule" } }), "'parentId'"),
        (json!({ "properties": { "parentId": "/x" } }), "'kind'"),
        (of("a", &json!({ "source": { "name": "picket" } })), "properties.source"),
        (of("a", &json!({ "source": { "kind": "Elsewhere" } })), "properties.source.kind"),
        (of("a", &json!({ "support": { "tier": "Gold" } })), "properties.support.tier"),
        (of("a", &json!({ "version": 1 })), "properties.version"),
        (of("a", &json!({ "providers": ["a", 2] })), "properties.providers[1]"),
    ] {
        let answer = client.put(&metadata("a", STABLE), &body).await;
        let (status, _, message) = answer.error();
        assert!(status == 400 && message.contains(part), "{part}: {message}");
    }
    assert_eq!(client.put(&metadata("a%20b", STABLE), &of("a", &json!({}))).await.error().0, 400);
    assert!(client.get(&metadata("", STABLE)).await.names().is_empty());
}
