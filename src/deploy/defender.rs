//! The custom detections of a tenant's Defender XDR, reached through Microsoft Graph.
//!
//! Graph knows no etags of rules. The time of the last change stands in for one: a rule is read once more before it is
//! written, and left alone where somebody changed it since.

use serde_json::Value;

use crate::arm::detection_rule::{collection_path, path as path_of};
use crate::arm::{ResourceKey, ResourceKind};
use crate::azure::{AzureError, Client, HttpFailure, Request, Verb};
use crate::plan::Actual;

/// The status of a conflict.
const CONFLICT: u16 = 409;

/// Microsoft Graph of a tenant.
#[derive(Debug)]
pub(super) struct Defender {
    client: Client,
}

impl Defender {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    pub(super) async fn list(&self) -> Result<Vec<Actual>, AzureError> {
        let path = collection_path();
        let items = self.client.list(&path, "").await?;
        items.into_iter().map(|item| actual(item, Verb::Get, &path)).collect()
    }

    pub(super) async fn get(&self, name: &str) -> Result<Option<Actual>, AzureError> {
        let path = path_of(name);
        match self.send(Verb::Get, &path, None).await {
            Ok(body) => actual(body, Verb::Get, &path).map(Some),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Creates the rule `name`, or changes the one that was last changed at `etag`.
    pub(super) async fn put(
        &self,
        name: &str,
        body: &Value,
        etag: Option<&str>,
    ) -> Result<Actual, AzureError> {
        let Some(etag) = etag else {
            let path = collection_path();
            let mut body = body.clone();
            body["id"] = name.into();
            return actual(self.send(Verb::Post, &path, Some(&body)).await?, Verb::Post, &path);
        };
        let path = path_of(name);
        let held = self.get(name).await?;
        if held.and_then(|held| held.etag).as_deref() != Some(etag) {
            return Err(AzureError::Http(Box::new(HttpFailure {
                method: Verb::Patch.as_str(),
                path,
                status: CONFLICT,
                code: None,
                message: "the rule was changed meanwhile".to_owned(),
                request_id: None,
                correlation_id: None,
            })));
        }
        actual(self.send(Verb::Patch, &path, Some(body)).await?, Verb::Patch, &path)
    }

    /// Deletes the rule `name`. That it does not exist is no error.
    pub(super) async fn delete(&self, name: &str) -> Result<(), AzureError> {
        match self.send(Verb::Delete, &path_of(name), None).await {
            Err(error) if error.status() != Some(404) => Err(error),
            _ => Ok(()),
        }
    }

    async fn send(&self, verb: Verb, path: &str, body: Option<&Value>) -> Result<Value, AzureError> {
        let answer = self.client.send(Request { verb, path, api_version: "", body }).await?;
        Ok(answer.body.unwrap_or_default())
    }
}

/// Reads a rule from an answer.
fn actual(body: Value, verb: Verb, path: &str) -> Result<Actual, AzureError> {
    let Some(id) = body["id"].as_str().filter(|id| !id.is_empty()) else {
        let message = "the answer holds a custom detection without an id".to_owned();
        return Err(AzureError::Decode { method: verb.as_str(), path: path.to_owned(), message });
    };
    let key = ResourceKey::new(ResourceKind::CustomDetection, id);
    let etag = body["lastModifiedDateTime"].as_str().map(str::to_owned);
    Ok(Actual { key, etag, body })
}
