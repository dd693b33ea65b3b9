//! Watchlists and their items.

use serde_json::{Value, json};

use crate::client::*;

/// The values of all items, sorted.
async fn held(client: &Client, alias: &str) -> Vec<String> {
    let mut link = Some(watchlist(&format!("{alias}/watchlistItems"), STABLE));
    let mut held = Vec::new();
    while let Some(next) = link {
        let page = client.get(&next).await;
        let items = page.body["value"].as_array().unwrap().iter();
        held.extend(items.map(|item| item["properties"]["itemsKeyValue"].to_string()));
        link = page.body["nextLink"].as_str().map(str::to_owned);
    }
    held.sort();
    held
}

#[tokio::test]
async fn an_upload_adds_items_and_removes_none() {
    let (_running, client) = workspace_with(|options| options.page_size = 2).await;
    let path = watchlist("Assets", STABLE);
    let created = client.put(&path, &assets("Host,Owner\nsrv1,Ann\nsrv2,\"B, o\"\n", json!({}))).await;
    assert_eq!(created.status, 201);
    assert!(created.header("azure-asyncoperation").starts_with("http://"));
    assert_eq!(created.body["properties"]["provisioningState"], "InProgress");
    assert_eq!(created.body["properties"]["rawContent"], Value::Null, "no answer holds the items");
    let read = client.get(&path).await;
    assert_eq!(read.body["properties"]["provisioningState"], "Succeeded");
    assert_eq!(read.body["properties"]["watchlistAlias"], "Assets");
    let operation = client.get(created.header("azure-asyncoperation")).await;
    assert_eq!((operation.status, operation.body["status"].as_str()), (200, Some("Succeeded")));

    let again = client.put(&path, &assets("Host,Owner\nsrv1,Ann\nsrv3\n", json!({}))).await;
    assert_eq!(again.status, 200);
    assert_eq!(
        held(&client, "assets").await,
        [
            r#"{"Host":"srv1","Owner":"Ann"}"#,
            r#"{"Host":"srv2","Owner":"B, o"}"#,
            r#"{"Host":"srv3","Owner":""}"#
        ]
    );
    client.put(&watchlist("Assets2", STABLE), &assets("Host\nother\n", json!({}))).await;
    assert_eq!(client.delete(&path).await.status, 202);
    assert_eq!(client.get(&path).await.status, 404);
    assert_eq!(held(&client, "Assets2").await.len(), 1, "the items of another list stay");
    client.put(&path, &assets("Host\n", json!({}))).await;
    assert_eq!(held(&client, "Assets").await.len(), 0, "a new list of the name starts empty");
}

#[tokio::test]
async fn refuses_what_it_cannot_take_in() {
    let (_running, client) = workspace().await;
    let large = format!("Host\n{}", "x".repeat(3_800_000));
    for (body, part) in [
        (assets("Server\nsrv1\n", json!({})), "search key 'Host'"),
        (assets("", json!({})), "search key 'Host'"),
        (assets("Host\n", json!({ "contentType": "application/json" })), "content type"),
        (assets("Host\n", json!({ "provider": null })), "'provider'"),
        (assets("Host\n", json!({ "itemsSearchKey": null })), "'itemsSearchKey'"),
        (assets(&large, json!({})), "3.8 MB"),
    ] {
        let answer = client.put(&watchlist("Assets", STABLE), &body).await;
        let (status, _, message) = answer.error();
        assert!(status == 400 && message.contains(part), "{part}: {message}");
    }
    assert_eq!(client.get(&watchlist("none/watchlistItems", STABLE)).await.status, 404);
    assert_eq!(client.get(&watchlist("none/other/x", STABLE)).await.status, 404);
    let skipped = assets("made by hand\nHost\nsrv1\n", json!({ "numberOfLinesToSkip": 1 }));
    assert_eq!(client.put(&watchlist("Assets", STABLE), &skipped).await.status, 201);
    assert_eq!(held(&client, "Assets").await, [r#"{"Host":"srv1"}"#]);
}
