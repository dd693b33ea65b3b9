//! What writing a watchlist takes beyond one request.
//!
//! The service only ever adds items, and does so after it has answered; deletions take their time, too.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::arm::watchlist;
use crate::azure::{Answer, AzureError, Client, Request, Verb};
use crate::text::csv;

/// How long is waited between two looks at what the service does, and how often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
const LOOKS: u32 = 60;
/// The states in which the service still works on a watchlist.
const UNFINISHED: [&str; 4] = ["New", "InProgress", "Uploading", "Deleting"];

/// Deletes the items that `body` no longer holds, and answers the etag to write it with. This comes before the upload,
/// which also changes the label by which a plan knows the items: a run that dies between the two is done again.
///
/// Where the watchlist is no longer that of `etag`, nothing is deleted, and the service refuses the write.
pub(super) async fn remove_leftovers(
    client: &Client,
    path: &str,
    api_version: &str,
    body: &Value,
    etag: &str,
) -> Result<Option<String>, AzureError> {
    let read = || async {
        let answer = client.send(Request { verb: Verb::Get, path, api_version, body: None }).await?;
        let answered = answer.body.as_ref().and_then(|body| body["etag"].as_str());
        Ok::<_, AzureError>(answered.map(str::to_owned))
    };
    if read().await?.is_none_or(|now| now != etag) {
        return Ok(None);
    }
    let items_path = format!("{path}/{}", watchlist::ITEMS);
    let held = client.list(&items_path, api_version).await?;
    let wanted = items(body);
    let left = watchlist::leftovers(&wanted, &held);
    if left.is_empty() {
        return Ok(None);
    }
    for name in left {
        let path = format!("{items_path}/{name}");
        let request = Request { verb: Verb::Delete, path: &path, api_version, body: None };
        match client.send(request).await {
            Err(error) if error.status() != Some(404) => return Err(error),
            _ => {}
        }
    }
    read().await
}

/// The items that a body carries.
fn items(body: &Value) -> Vec<Map<String, Value>> {
    let content = body["properties"]["rawContent"].as_str().unwrap_or_default();
    watchlist::items(csv::rows(content).into_iter().map(|(_, values)| values))
}

/// Waits until the items are taken in, and answers the watchlist then.
pub(super) async fn uploaded(
    client: &Client,
    path: &str,
    api_version: &str,
    mut answer: Answer,
) -> Result<Answer, AzureError> {
    for look in 0..LOOKS {
        let state = answer.body.as_ref().and_then(|body| body["properties"]["provisioningState"].as_str());
        if !state.is_some_and(|state| UNFINISHED.contains(&state)) {
            break;
        }
        if look > 0 {
            client.pause(LOOK_EVERY).await?;
        }
        answer = client.send(Request { verb: Verb::Get, path, api_version, body: None }).await?;
    }
    let body = answer.body.as_ref();
    match body.and_then(|body| body["properties"]["provisioningState"].as_str()) {
        Some(state @ ("Failed" | "Canceled")) => Err(AzureError::Decode {
            method: Verb::Put.as_str(),
            path: path.to_owned(),
            message: format!("the service could not take in the items: {state}"),
        }),
        _ => Ok(answer),
    }
}

/// Waits until the watchlist is gone.
pub(super) async fn deleted(client: &Client, path: &str, api_version: &str) -> Result<(), AzureError> {
    for look in 0..LOOKS {
        if look > 0 {
            client.pause(LOOK_EVERY).await?;
        }
        match client.send(Request { verb: Verb::Get, path, api_version, body: None }).await {
            Err(error) if error.status() == Some(404) => return Ok(()),
            Err(error) => return Err(error),
            Ok(_) => {}
        }
    }
    Ok(())
}
