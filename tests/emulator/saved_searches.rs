//! Saved searches.

use serde_json::{Value, json};

use crate::client::*;

#[tokio::test]
async fn always_answers_200_and_wants_an_etag_to_overwrite() {
    let (_running, client) = workspace().await;
    let path = saved_search("hunt");
    assert_eq!(client.get(&path).await.error().0, 404);
    let created = client.put(&path, &hunt(json!({}))).await;
    assert_eq!((created.status, created.body["properties"]["version"].as_u64()), (200, Some(2)));
    assert_eq!(created.body["type"], "Microsoft.OperationalInsights/savedSearches");
    assert!(created.etag().starts_with("W/\"datetime'"));

    let refused = client.put(&path, &hunt(json!({}))).await;
    assert!(refused.status == 409 && refused.error().2.contains("Customer Configuration Store"));
    assert_eq!(client.put(&path, &with_etag(hunt(json!({})), "W/\"old\"")).await.status, 409);
    let current = client.put(&path, &with_etag(hunt(json!({ "category": "Other" })), &created.etag())).await;
    assert_eq!((current.status, current.body["properties"]["category"].as_str()), (200, Some("Other")));
    assert_ne!(current.etag(), created.etag());
    assert_eq!(client.put(&path, &with_etag(hunt(json!({})), "*")).await.status, 200);
    assert_eq!(client.put(&saved_search("new"), &with_etag(hunt(json!({})), "*")).await.status, 200);

    for _ in 0..2 {
        let deleted = client.delete(&path).await;
        assert_eq!((deleted.status, deleted.body), (200, Value::Null));
    }
    assert_eq!(client.put(&path, &hunt(json!({}))).await.status, 200, "a deleted name is free at once");
}

#[tokio::test]
async fn lists_all_in_one_piece() {
    let (_running, client) = workspace_with(|options| options.page_size = 2).await;
    let names: Vec<String> = (0..7).map(|number| format!("hunt{number}")).collect();
    for name in &names {
        client.put(&saved_search(name), &hunt(json!({}))).await;
    }
    let list = client.get(&saved_search("")).await;
    assert_eq!(list.names(), names);
    assert!(list.body.get("nextLink").is_none());
}

#[tokio::test]
async fn refuses_what_lacks_a_property() {
    let (_running, client) = workspace().await;
    for (changes, part) in [
        (json!({ "category": null }), "'category'"),
        (json!({ "displayName": null }), "'displayName'"),
        (json!({ "query": null }), "'query'"),
        (json!({ "tags": [{ "name": "tactics" }] }), "'value'"),
        (json!({ "tags": "tactics" }), "properties.tags"),
        (json!({ "version": "two" }), "properties.version"),
    ] {
        let answer = client.put(&saved_search("a"), &hunt(changes)).await;
        let (status, code, message) = answer.error();
        assert!((status, code) == (400, "BadRequest") && message.contains(part), "{part}: {message}");
    }
    assert_eq!(client.put(&saved_search("a"), &json!({})).await.error().0, 400);
    let other = json!({ "name": "b", "properties": hunt(json!({}))["properties"] });
    assert_eq!(client.put(&saved_search("a"), &other).await.error().1, "InvalidRequestContent");
}
