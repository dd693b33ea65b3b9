//! The address of a workspace, and the paths below it.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{ResourceKey, ResourceKind};

/// A Log Analytics workspace with Sentinel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceId {
    /// The subscription's UUID.
    pub subscription: String,
    /// The resource group.
    pub resource_group: String,
    /// The workspace.
    pub name: String,
}

/// Why the three names cannot be those of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WorkspaceIdError {
    /// The subscription is no UUID.
    #[error("the subscription '{0}' is not a UUID")]
    Subscription(String),
    /// The resource group breaks Azure's naming rules.
    #[error("the resource group '{0}' is not a valid name")]
    ResourceGroup(String),
    /// The workspace breaks Azure's naming rules.
    #[error("the workspace '{0}' is not a valid name")]
    Name(String),
}

impl WorkspaceId {
    /// Checks the names by Azure's rules: a UUID; 1 to 90 letters, digits, `-._()` that do not end in a full
    /// stop; 4 to 63 letters, digits and inner hyphens.
    ///
    /// # Errors
    /// Names the first part that breaks its rule.
    pub fn check(&self) -> Result<(), WorkspaceIdError> {
        if uuid::Uuid::try_parse(&self.subscription).is_err() || self.subscription.len() != 36 {
            return Err(WorkspaceIdError::Subscription(self.subscription.clone()));
        }
        let group = &self.resource_group;
        let group_letter = |c: char| c.is_alphanumeric() || "-._()".contains(c);
        let group_length = group.chars().count();
        if !(1..=90).contains(&group_length) || group.ends_with('.') || !group.chars().all(group_letter) {
            return Err(WorkspaceIdError::ResourceGroup(group.clone()));
        }
        let name = &self.name;
        let inner = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !(4..=63).contains(&name.len()) || !inner || name.starts_with('-') || name.ends_with('-') {
            return Err(WorkspaceIdError::Name(name.clone()));
        }
        Ok(())
    }

    /// Whether `other` names the same workspace; Azure compares names without case.
    pub fn is_same(&self, other: &Self) -> bool {
        self.resource_id().eq_ignore_ascii_case(&other.resource_id())
    }

    /// The resource id of the workspace, as other resources quote it.
    pub fn resource_id(&self) -> String {
        format!(
            "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.OperationalInsights/workspaces/{}",
            self.subscription, self.resource_group, self.name
        )
    }

    /// The resource id of `key` in this workspace, as `parentId` quotes it.
    pub fn id_of(&self, key: &ResourceKey) -> String {
        format!("{}/{}/{}", self.resource_id(), key.kind.collection(), key.name)
    }

    /// The path of the subscription in a request URL.
    pub fn subscription_path(&self) -> String {
        format!("/subscriptions/{}", segment(&self.subscription))
    }

    /// The path of the resource group in a request URL.
    pub fn resource_group_path(&self) -> String {
        format!("{}/resourceGroups/{}", self.subscription_path(), segment(&self.resource_group))
    }

    /// The path of the workspace itself in a request URL.
    pub fn path(&self) -> String {
        let group = self.resource_group_path();
        format!("{group}/providers/Microsoft.OperationalInsights/workspaces/{}", segment(&self.name))
    }

    /// The path of `below`, which is encoded already, in a request URL.
    pub fn path_below(&self, below: &str) -> String {
        format!("{}/{below}", self.path())
    }

    /// The path of a collection in a request URL.
    pub fn collection_path(&self, kind: ResourceKind) -> String {
        self.path_below(kind.collection())
    }

    /// The path of `key` in a request URL: every name is one segment, whatever it holds.
    pub fn resource_path(&self, key: &ResourceKey) -> String {
        format!("{}/{}", self.collection_path(key.kind), segment(&key.name))
    }
}

/// Percent-encodes all but the characters that RFC 3986 calls unreserved. A name of dots alone would be
/// read as a step in the path, so its dots are encoded too.
pub(crate) fn segment(name: &str) -> String {
    let only_dots = name.bytes().all(|byte| byte == b'.');
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-_~".contains(&byte) || (byte == b'.' && !only_dots);
        if plain {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> WorkspaceId {
        WorkspaceId {
            subscription: "d0cfe6b2-9ac0-4464-9919-dccaee2e48c0".into(),
            resource_group: "soc-rg".into(),
            name: "soc-logs".into(),
        }
    }

    #[test]
    fn paths_keep_every_name_one_segment() {
        let id = workspace();
        let rule = ResourceKey::new(ResourceKind::AlertRule, "a/../b c?");
        assert!(id.resource_path(&rule).ends_with(
            "/workspaces/soc-logs/providers/Microsoft.SecurityInsights/alertRules/a%2F..%2Fb%20c%3F"
        ));
        assert_eq!(segment(".."), "%2E%2E");
        let search = ResourceKey::new(ResourceKind::SavedSearch, "h1");
        assert_eq!(id.id_of(&search), format!("{}/savedSearches/h1", id.resource_id()));
        assert_eq!(id.id_of(&search), id.resource_path(&search));
    }

    #[test]
    fn names_follow_azure_rules() {
        assert_eq!(workspace().check(), Ok(()));
        let wrong = |change: fn(&mut WorkspaceId)| {
            let mut id = workspace();
            change(&mut id);
            id.check().is_err()
        };
        assert!(wrong(|id| id.subscription = "prod".into()));
        assert!(wrong(|id| id.subscription = "d0cfe6b29ac044649919dccaee2e48c0".into()));
        assert!(wrong(|id| id.resource_group = "soc/rg".into()));
        assert!(wrong(|id| id.resource_group = "soc.".into()));
        assert!(wrong(|id| id.name = "-soc".into()));
        assert!(wrong(|id| id.name = "soc_logs".into()));
    }
}
