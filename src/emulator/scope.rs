//! What stands above a workspace: its subscription and its resource group, both there as soon as they are named.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::address::WorkspacePath;
use super::encoding::decode;
use super::reply::{Refusal, Reply};
use super::withheld::{Absent, Withheld};
use crate::arm::{RESOURCE_GROUPS, SUBSCRIPTIONS};

/// The tenant of every subscription here.
const TENANT: &str = "11111111-1111-4111-8111-111111111111";

/// A subscription, or a resource group in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    subscription: String,
    group: Option<String>,
}

impl Scope {
    /// What `path`, which is still percent-encoded, names, if it ends above a workspace.
    pub(super) fn parse(path: &str) -> Option<Self> {
        let segments: Vec<String> =
            path.split('/').filter(|segment| !segment.is_empty()).map(decode).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let is = |segment: &str, name: &str| segment.eq_ignore_ascii_case(name);
        match segments.as_slice() {
            [first, subscription] if is(first, "subscriptions") => {
                Some(Self { subscription: (*subscription).to_owned(), group: None })
            }
            [first, subscription, third, group]
                if is(first, "subscriptions") && is(third, "resourceGroups") =>
            {
                let group = Some((*group).to_owned());
                Some(Self { subscription: (*subscription).to_owned(), group })
            }
            _ => None,
        }
    }

    /// Answers a request.
    pub(super) fn handle(
        &self,
        method: &Method,
        api_version: &str,
        withheld: &Withheld,
    ) -> Result<Reply, Refusal> {
        if uuid::Uuid::try_parse(&self.subscription).is_err() {
            return Err(Refusal::malformed_subscription(&self.subscription));
        }
        exists(withheld, &self.subscription, self.group.as_deref())?;
        let (kind, version, action, id) = match &self.group {
            Some(group) => (
                "resourceGroups",
                RESOURCE_GROUPS,
                "Microsoft.Resources/subscriptions/resourceGroups/read",
                format!("/subscriptions/{}/resourceGroups/{group}", self.subscription),
            ),
            None => (
                "subscriptions",
                SUBSCRIPTIONS,
                "Microsoft.Resources/subscriptions/read",
                format!("/subscriptions/{}", self.subscription),
            ),
        };
        if api_version != version {
            let message = format!(
                "No registered resource provider found for location 'local' and API version '{api_version}' for \
                 type '{kind}'. The supported api-versions are '{version}'. The supported locations are 'local'."
            );
            return Err(Refusal::bad("NoRegisteredProviderFound", message));
        }
        if method != Method::GET {
            return Err(Refusal::method(method.as_str(), "GET"));
        }
        if !withheld.allows(action) {
            return Err(Refusal::forbidden(action, &id));
        }
        let body = match &self.group {
            Some(group) => json!({
                "id": id,
                "name": group,
                "type": "Microsoft.Resources/resourceGroups",
                "location": "local",
                "properties": { "provisioningState": "Succeeded" },
            }),
            None => json!({
                "id": id,
                "subscriptionId": self.subscription,
                "tenantId": TENANT,
                "displayName": "Local subscription",
                "state": "Enabled",
                "authorizationSource": "RoleBased",
            }),
        };
        Ok(Reply::with(StatusCode::OK, body))
    }
}

/// Refuses what lies below something that is absent.
pub(super) fn exists(withheld: &Withheld, subscription: &str, group: Option<&str>) -> Result<(), Refusal> {
    if !withheld.has(Absent::Subscription) {
        let message = format!("The subscription '{subscription}' could not be found.");
        return Err(Refusal::new(StatusCode::NOT_FOUND, "SubscriptionNotFound", message));
    }
    match group {
        Some(group) if !withheld.has(Absent::ResourceGroup) => {
            let message = format!("Resource group '{group}' could not be found.");
            Err(Refusal::new(StatusCode::NOT_FOUND, "ResourceGroupNotFound", message))
        }
        _ => Ok(()),
    }
}

/// Refuses a workspace that is absent, and what lies below it.
pub(super) fn workspace_exists(withheld: &Withheld, workspace: &WorkspacePath) -> Result<(), Refusal> {
    exists(withheld, &workspace.subscription, Some(&workspace.resource_group))?;
    if withheld.has(Absent::Workspace) { Ok(()) } else { Err(Refusal::no_workspace(workspace)) }
}
