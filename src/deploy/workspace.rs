//! What a deployment needs of a workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};

use serde_json::Value;

use super::{ArmWorkspace, DEFAULT_CONCURRENCY};
use crate::arm::{ResourceKey, ResourceKind, watchlist};
use crate::azure::AzureError;
use crate::plan::{Actual, Items};

/// A workspace that can be read and written.
pub trait Workspace: Sync {
    /// All resources of a kind.
    fn list(&self, kind: ResourceKind) -> impl Future<Output = Result<Vec<Actual>, AzureError>> + Send;

    /// One resource; none when it does not exist.
    fn get(
        &self,
        key: &ResourceKey,
        api_version: &str,
    ) -> impl Future<Output = Result<Option<Actual>, AzureError>> + Send;

    /// Creates or replaces a resource. `etag` is that of the version to be replaced.
    fn put(
        &self,
        key: &ResourceKey,
        api_version: &str,
        body: &Value,
        etag: Option<&str>,
    ) -> impl Future<Output = Result<Actual, AzureError>> + Send;

    /// Deletes a resource. That it does not exist is no error.
    fn delete(
        &self,
        key: &ResourceKey,
        api_version: &str,
    ) -> impl Future<Output = Result<(), AzureError>> + Send;

    /// Waits until what else happens in the workspace is worth another look. An error when the run is interrupted
    /// meanwhile.
    fn pause(&self, length: Duration) -> impl Future<Output = Result<(), AzureError>> + Send;

    /// The workspace in a few words, for messages.
    fn describe(&self) -> String;
}

/// Reads the items of the watchlists `of`, a list call each, and has `actual` say which are really there.
///
/// # Errors
/// The first list call that fails.
pub async fn read_items(
    workspace: &ArmWorkspace,
    actual: &mut [Actual],
    of: &BTreeSet<ResourceKey>,
) -> Result<BTreeMap<ResourceKey, Items>, AzureError> {
    let held: Vec<&mut Actual> = actual
        .iter_mut()
        .filter(|it| it.key.kind == ResourceKind::Watchlist && of.contains(&it.key))
        .collect();
    let read = futures_util::stream::iter(held).map(|it| async move {
        let items = workspace.watchlist_items(&it.key.name).await?;
        watchlist::say_items(&mut it.body, &items);
        Ok((it.key.clone(), items))
    });
    read.buffer_unordered(DEFAULT_CONCURRENCY).try_collect().await
}

/// Everything in the workspace that a plan compares with: list calls only, not a call a rule.
///
/// # Errors
/// The first list call that fails.
pub async fn read(workspace: &impl Workspace) -> Result<Vec<Actual>, AzureError> {
    let lists = ResourceKind::LISTED.map(|kind| workspace.list(kind));
    let lists = futures_util::future::try_join_all(lists).await?;
    Ok(lists.into_iter().flatten().collect())
}
