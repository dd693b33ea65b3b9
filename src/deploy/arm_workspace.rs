//! A workspace behind Resource Manager, in Azure or on this machine.

use std::time::Duration;

use serde_json::{Map, Value};

use super::defender::Defender;
use super::{Workspace, watchlist};
use crate::arm::watchlist::say_items;
use crate::arm::{OPERATIONAL_INSIGHTS, ResourceKey, ResourceKind, WorkspaceId};
use crate::azure::{Answer, AzureError, Client, Request, Verb};
use crate::plan::Actual;

/// The status of an answer that says that the work has only begun.
const ACCEPTED: u16 = 202;

/// The collection of tables, below the workspace.
const TABLES: &str = "tables";

/// A Sentinel workspace, reached through a [`Client`].
#[derive(Debug)]
pub struct ArmWorkspace {
    id: WorkspaceId,
    client: Client,
    defender: Option<Defender>,
}

impl ArmWorkspace {
    /// The workspace `id` as `client` reaches it.
    ///
    /// # Errors
    /// A name that Azure does not allow: it could not exist, and would make a path that means something else.
    pub fn new(id: WorkspaceId, client: Client) -> Result<Self, AzureError> {
        id.check().map_err(|error| AzureError::Configuration {
            message: error.to_string(),
            help: vec!["check `subscription`, `resource_group` and `name` in picket.toml".to_owned()],
        })?;
        Ok(Self { id, client, defender: None })
    }

    /// The same with the custom detections of the tenant's Defender, as `client` reaches Microsoft Graph.
    #[must_use]
    pub fn with_defender(self, client: Client) -> Self {
        Self { defender: Some(Defender::new(client)), ..self }
    }

    /// Whether custom detections can be read and written.
    pub fn has_defender(&self) -> bool {
        self.defender.is_some()
    }

    fn defender(&self) -> Result<&Defender, AzureError> {
        self.defender.as_ref().ok_or_else(|| AzureError::Configuration {
            message: "the workspace goes without Defender".to_owned(),
            help: vec!["add `defender = true` to the workspace in picket.toml".to_owned()],
        })
    }

    /// The items of the watchlist `alias`, each as values by column.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub async fn watchlist_items(&self, alias: &str) -> Result<Vec<Map<String, Value>>, AzureError> {
        let path = self.id.resource_path(&ResourceKey::new(ResourceKind::Watchlist, alias));
        let version = ResourceKind::Watchlist.list_version();
        watchlist::listed_items(&self.client, &path, version).await
    }

    /// Which workspace it is.
    pub fn id(&self) -> &WorkspaceId {
        &self.id
    }

    /// The names of the tables that the workspace has, by one list call; none where it does not tell. A workspace of Azure
    /// always has some.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub async fn tables(&self) -> Result<Vec<String>, AzureError> {
        let items = self.client.list(&self.id.path_below(TABLES), OPERATIONAL_INSIGHTS).await?;
        let name = |item: &Value| item["name"].as_str().map(str::to_owned);
        Ok(items.iter().filter_map(name).collect())
    }

    async fn send(
        &self,
        verb: Verb,
        path: &str,
        api_version: &str,
        body: Option<&Value>,
    ) -> Result<Answer, AzureError> {
        self.client.send(Request { verb, path, api_version, body }).await
    }
}

impl Workspace for ArmWorkspace {
    async fn list(&self, kind: ResourceKind) -> Result<Vec<Actual>, AzureError> {
        if kind == ResourceKind::CustomDetection {
            return match &self.defender {
                Some(defender) => defender.list().await,
                None => Ok(Vec::new()),
            };
        }
        let path = self.id.collection_path(kind);
        let items = self.client.list(&path, kind.list_version()).await?;
        items.into_iter().map(|item| actual(kind, item, Verb::Get, &path)).collect()
    }

    async fn get(&self, key: &ResourceKey, api_version: &str) -> Result<Option<Actual>, AzureError> {
        if key.kind == ResourceKind::CustomDetection {
            return self.defender()?.get(&key.name).await;
        }
        let path = self.id.resource_path(key);
        match self.send(Verb::Get, &path, api_version, None).await {
            Ok(answer) => {
                let mut body = answer.body.unwrap_or_default();
                if key.kind == ResourceKind::Watchlist {
                    // Whether it is as it was, or as wanted, is decided by what it really holds.
                    let items = watchlist::listed_items(&self.client, &path, api_version).await?;
                    say_items(&mut body, &items);
                }
                actual(key.kind, body, Verb::Get, &path).map(Some)
            }
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn put(
        &self,
        key: &ResourceKey,
        api_version: &str,
        body: &Value,
        etag: Option<&str>,
    ) -> Result<Actual, AzureError> {
        if key.kind == ResourceKind::CustomDetection {
            return self.defender()?.put(&key.name, body, etag).await;
        }
        let path = self.id.resource_path(key);
        let answer = if key.kind == ResourceKind::Watchlist {
            watchlist::Place { client: &self.client, path: &path, api_version }.put(body, etag).await?
        } else {
            self.send(Verb::Put, &path, api_version, Some(&with_etag(body, etag))).await?
        };
        actual(key.kind, answer.body.unwrap_or_default(), Verb::Put, &path)
    }

    async fn delete(&self, key: &ResourceKey, api_version: &str) -> Result<(), AzureError> {
        if key.kind == ResourceKind::CustomDetection {
            return self.defender()?.delete(&key.name).await;
        }
        let path = self.id.resource_path(key);
        match self.send(Verb::Delete, &path, api_version, None).await {
            Ok(answer) if answer.status == ACCEPTED => {
                watchlist::deleted(&self.client, &path, api_version).await
            }
            Ok(_) => Ok(()),
            Err(error) if error.status() == Some(404) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn pause(&self, length: Duration) -> Result<(), AzureError> {
        self.client.pause(length).await
    }

    fn describe(&self) -> String {
        let WorkspaceId { name, resource_group, .. } = &self.id;
        format!("{name} in {resource_group} at {}", self.client.host())
    }
}

/// The body of a write. The service looks for the etag there, not in `If-Match`.
pub(super) fn with_etag(body: &Value, etag: Option<&str>) -> Value {
    let mut body = body.clone();
    if let (Some(etag), Some(fields)) = (etag, body.as_object_mut()) {
        fields.insert("etag".to_owned(), Value::from(etag));
    }
    body
}

/// Reads a resource from an answer.
fn actual(kind: ResourceKind, body: Value, verb: Verb, path: &str) -> Result<Actual, AzureError> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let name = text("name").or_else(|| text("id")?.rsplit('/').next()).filter(|name| !name.is_empty());
    let Some(name) = name else {
        let message = "the answer holds a resource without a name".to_owned();
        return Err(AzureError::Decode { method: verb.as_str(), path: path.to_owned(), message });
    };
    Ok(Actual { key: ResourceKey::new(kind.of(&body), name), etag: text("etag").map(str::to_owned), body })
}
