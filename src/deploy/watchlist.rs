//! What writing a watchlist takes beyond one request.
//!
//! The service only ever adds items, and does so after it has answered; deletions take their time, too.

use std::time::Duration;

use serde_json::{Map, Value};

use super::arm_workspace::with_etag;
use crate::arm::{ResourceKind, watchlist};
use crate::azure::{Answer, AzureError, Client, Request, Verb};
use crate::text::csv;

/// How long is waited between two looks at what the service does, and how often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
const LOOKS: u32 = 60;
/// The states in which the service still works on a watchlist.
const UNFINISHED: [&str; 4] = ["New", "InProgress", "Uploading", "Deleting"];

/// How often a request is repeated that the service refuses for what else happens to the watchlist.
const CONFLICTS: u32 = 5;

/// A watchlist in the service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The client that reaches it.
    pub(super) client: &'a Client,
    /// Its path.
    pub(super) path: &'a str,
    /// The version to speak.
    pub(super) api_version: &'a str,
}

impl Place<'_> {
    /// Creates a watchlist, or replaces that of `etag` with all of its items.
    ///
    /// # Errors
    /// Those of its requests; a conflict where somebody else changed the watchlist meanwhile.
    pub(super) async fn put(self, body: &Value, etag: Option<&str>) -> Result<Answer, AzureError> {
        let cleared = match etag {
            Some(etag) => self.remove_leftovers(body, etag).await?,
            None => None,
        };
        let mut etag = cleared.as_ref().map_or(etag, |it| it["etag"].as_str()).map(str::to_owned);
        let mut conflicts = 0;
        loop {
            let error = match self.write(body, etag.as_deref()).await {
                Ok(answer) => return uploaded(self.client, self.path, self.api_version, answer).await,
                Err(error) => error,
            };
            let Some(left) = cleared.as_ref().filter(|_| error.is_conflict()) else { return Err(error) };
            let now = self.read().await?;
            // What a plan read is no longer there, so only here it is known that the watchlist is as it was left.
            if form(&now) != form(left) || !self.may_go_on(&mut conflicts).await? {
                return Err(error);
            }
            etag = now["etag"].as_str().map(str::to_owned);
        }
    }

    /// Deletes the items that `body` no longer holds, and answers the watchlist as it is then. This comes before the
    /// upload.
    ///
    /// The label by which a plan knows the items goes first: a run that dies after it leaves a watchlist whose items
    /// nobody knows, which the next plan uploads again whatever they are to be by then.
    ///
    /// Where the watchlist is no longer that of `etag`, nothing is deleted, and the service refuses the write.
    async fn remove_leftovers(self, body: &Value, etag: &str) -> Result<Option<Value>, AzureError> {
        let there = self.read().await?;
        if there["etag"].as_str() != Some(etag) {
            return Ok(None);
        }
        let items_path = format!("{}/{}", self.path, watchlist::ITEMS);
        let held = self.client.list(&items_path, self.api_version).await?;
        let wanted = items(body);
        let left = watchlist::leftovers(&wanted, &held);
        if left.is_empty() {
            return Ok(None);
        }
        if watchlist::has_items_label(&there) {
            self.forget_items(&there).await?;
        }
        for name in left {
            self.remove_item(&format!("{items_path}/{name}")).await?;
        }
        self.read().await.map(Some)
    }

    /// Takes out the label that says which items `there` has.
    async fn forget_items(self, there: &Value) -> Result<(), AzureError> {
        let unknown = ResourceKind::Watchlist.request_body(there);
        let mut etag = there["etag"].as_str().map(str::to_owned);
        let mut conflicts = 0;
        loop {
            let Err(error) = self.write(&unknown, etag.as_deref()).await else { return Ok(()) };
            let now = self.read().await?;
            if form(&now) == form(&unknown) {
                return Ok(());
            }
            let as_it_was = form(&now) == form(there) && error.is_conflict();
            if !as_it_was || !self.may_go_on(&mut conflicts).await? {
                return Err(error);
            }
            etag = now["etag"].as_str().map(str::to_owned);
        }
    }

    async fn remove_item(self, path: &str) -> Result<(), AzureError> {
        let request = Request { verb: Verb::Delete, path, api_version: self.api_version, body: None };
        let mut conflicts = 0;
        loop {
            match self.client.send(request).await {
                Err(error) if error.status() == Some(404) => return Ok(()),
                Err(error) if !error.is_conflict() || !self.may_go_on(&mut conflicts).await? => {
                    return Err(error);
                }
                Err(_) => {}
                Ok(_) => return Ok(()),
            }
        }
    }

    /// Waits before a request is repeated, unless that was often enough.
    async fn may_go_on(self, conflicts: &mut u32) -> Result<bool, AzureError> {
        *conflicts += 1;
        self.client.pause(LOOK_EVERY).await?;
        Ok(*conflicts < CONFLICTS)
    }

    async fn read(self) -> Result<Value, AzureError> {
        let Self { client, path, api_version } = self;
        let answer = client.send(Request { verb: Verb::Get, path, api_version, body: None }).await?;
        Ok(answer.body.unwrap_or_default())
    }

    async fn write(self, body: &Value, etag: Option<&str>) -> Result<Answer, AzureError> {
        let Self { client, path, api_version } = self;
        let body = with_etag(body, etag);
        client.send(Request { verb: Verb::Put, path, api_version, body: Some(&body) }).await
    }
}

fn form(body: &Value) -> Value {
    ResourceKind::Watchlist.normalise(body)
}

/// The items that are there, each as values by column.
pub(super) async fn listed_items(
    client: &Client,
    path: &str,
    api_version: &str,
) -> Result<Vec<Map<String, Value>>, AzureError> {
    let held = client.list(&format!("{path}/{}", watchlist::ITEMS), api_version).await?;
    let values = |item: Value| item["properties"]["itemsKeyValue"].as_object().cloned();
    Ok(held.into_iter().filter_map(values).collect())
}

/// The items that a body carries.
fn items(body: &Value) -> Vec<Map<String, Value>> {
    let content = body["properties"]["rawContent"].as_str().unwrap_or_default();
    watchlist::items(csv::rows(content).into_iter().map(|(_, values)| values))
}

/// Waits until the items are taken in, and answers the watchlist then.
async fn uploaded(
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
        Some(state) if watchlist::FAILED.contains(&state) => Err(AzureError::Decode {
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
