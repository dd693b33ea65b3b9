//! Kinds of resources, their keys, and the API versions that bodies need.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{OPERATIONAL_INSIGHTS, SECURITY_INSIGHTS, SECURITY_INSIGHTS_PREVIEW};
use super::{
    alert_rule, automation_rule, canonical, detection_rule, metadata, saved_search, service_rule, watchlist,
};

/// A kind of resource that picket writes. The order is the order in which a plan lists and writes them:
/// rules name watchlists, and metadata names all content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ResourceKind {
    /// A watchlist with its items.
    Watchlist,
    /// A function, which is a saved search with an alias.
    Function,
    /// An analytics rule.
    AlertRule,
    /// An automation rule.
    AutomationRule,
    /// A custom detection of Defender XDR, which belongs to the tenant, not to the workspace.
    CustomDetection,
    /// A saved search; hunting queries are saved searches.
    SavedSearch,
    /// Sentinel's metadata about one piece of content, where picket keeps ownership.
    Metadata,
}

impl ResourceKind {
    /// The kinds that have a collection of their own, in writing order. Functions are listed among saved searches.
    pub const LISTED: [Self; 6] = [
        Self::Watchlist,
        Self::AlertRule,
        Self::AutomationRule,
        Self::CustomDetection,
        Self::SavedSearch,
        Self::Metadata,
    ];

    /// The kind of `body`, which the collection of this kind holds.
    pub fn of(self, body: &Value) -> Self {
        match self {
            Self::Function | Self::SavedSearch if saved_search::is_function(body) => Self::Function,
            Self::Function => Self::SavedSearch,
            other => other,
        }
    }

    /// The path of the collection below the workspace, or below the version of Microsoft Graph, without slashes at its
    /// ends.
    pub fn collection(self) -> &'static str {
        match self {
            Self::Watchlist => "providers/Microsoft.SecurityInsights/watchlists",
            Self::AutomationRule => "providers/Microsoft.SecurityInsights/automationRules",
            Self::AlertRule => "providers/Microsoft.SecurityInsights/alertRules",
            Self::CustomDetection => detection_rule::COLLECTION,
            Self::Function | Self::SavedSearch => "savedSearches",
            Self::Metadata => "providers/Microsoft.SecurityInsights/metadata",
        }
    }

    /// The type as the service writes it in `type`.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Watchlist => "Microsoft.SecurityInsights/watchlists",
            Self::AutomationRule => "Microsoft.SecurityInsights/automationRules",
            Self::AlertRule => "Microsoft.SecurityInsights/alertRules",
            Self::CustomDetection => "microsoft.graph.security.detectionRule",
            Self::Function | Self::SavedSearch => "Microsoft.OperationalInsights/savedSearches",
            Self::Metadata => "Microsoft.SecurityInsights/metadata",
        }
    }

    /// What a person calls one resource of this kind.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Watchlist => "watchlist",
            Self::AutomationRule => "automation rule",
            Self::AlertRule => "analytics rule",
            Self::CustomDetection => "custom detection",
            Self::Function => "function",
            Self::SavedSearch => "hunting query",
            Self::Metadata => "ownership record",
        }
    }

    /// The newest stable API version.
    pub fn stable_version(self) -> &'static str {
        match self {
            Self::Watchlist | Self::AlertRule | Self::AutomationRule | Self::Metadata => SECURITY_INSIGHTS,
            Self::CustomDetection => detection_rule::GRAPH,
            Self::Function | Self::SavedSearch => OPERATIONAL_INSIGHTS,
        }
    }

    /// The API versions picket speaks for this kind, stable first.
    pub fn api_versions(self) -> &'static [&'static str] {
        match self {
            Self::AlertRule => &[SECURITY_INSIGHTS, SECURITY_INSIGHTS_PREVIEW],
            Self::CustomDetection => &[detection_rule::GRAPH],
            Self::Function | Self::SavedSearch => &[OPERATIONAL_INSIGHTS],
            Self::Watchlist | Self::AutomationRule | Self::Metadata => &[SECURITY_INSIGHTS],
        }
    }

    /// The API version of the list call. Alert rules are listed with the preview version: a stable one
    /// shows neither NRT rules nor sub-techniques, and a comparison needs both.
    pub fn list_version(self) -> &'static str {
        match self {
            Self::AlertRule => SECURITY_INSIGHTS_PREVIEW,
            Self::Watchlist
            | Self::Function
            | Self::AutomationRule
            | Self::CustomDetection
            | Self::SavedSearch
            | Self::Metadata => self.stable_version(),
        }
    }

    /// The API version that writing `body` needs.
    pub fn api_version(self, body: &Value) -> ApiVersion {
        match self {
            Self::Watchlist => watchlist::api_version(body),
            Self::AlertRule => alert_rule::api_version(body),
            Self::AutomationRule => automation_rule::api_version(body),
            Self::CustomDetection => detection_rule::api_version(body),
            Self::Function | Self::SavedSearch => saved_search::api_version(body),
            Self::Metadata => metadata::api_version(body),
        }
    }

    /// The one form in which bodies of this kind are compared.
    pub fn normalise(self, body: &Value) -> Value {
        match self {
            Self::Watchlist => watchlist::normalise(body),
            Self::AlertRule => alert_rule::normalise(body),
            Self::AutomationRule => automation_rule::normalise(body),
            Self::CustomDetection => detection_rule::normalise(body),
            Self::Function | Self::SavedSearch => saved_search::normalise(body),
            Self::Metadata => metadata::normalise(body),
        }
    }

    /// The body of an answer as that of a request: without what is read-only, and without nulls.
    pub fn request_body(self, answered: &Value) -> Value {
        if let (Self::AlertRule, Some(body)) = (self, service_rule::normalise(answered)) {
            return body;
        }
        let mut body = canonical::request(answered, self.read_only());
        if self == Self::Watchlist {
            watchlist::forget_items(&mut body);
        }
        body
    }

    /// Paths that answers carry and requests must not, such as `properties.lastModifiedUtc`.
    pub fn read_only(self) -> &'static [&'static str] {
        match self {
            Self::Watchlist => &watchlist::READ_ONLY,
            Self::AlertRule => &alert_rule::READ_ONLY,
            Self::AutomationRule => &automation_rule::READ_ONLY,
            Self::CustomDetection => &detection_rule::READ_ONLY,
            Self::Function | Self::SavedSearch => &saved_search::READ_ONLY,
            Self::Metadata => &metadata::READ_ONLY,
        }
    }
}

/// An API version with the reasons for a preview one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiVersion {
    /// The version as it stands in the query of a request.
    pub version: &'static str,
    /// What no stable version knows; empty for a stable version.
    pub reasons: Vec<&'static str>,
}

impl ApiVersion {
    /// A stable version, which needs no reason.
    pub fn stable(version: &'static str) -> Self {
        Self { version, reasons: Vec::new() }
    }
}

/// Names one resource of a workspace. Names compare without regard to the case of ASCII letters, as the
/// service compares them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResourceKey {
    /// The kind.
    pub kind: ResourceKind,
    /// The last segment of the path.
    pub name: String,
}

impl ResourceKey {
    /// A key.
    pub fn new(kind: ResourceKind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }

    /// The key that a full resource id ends in, if it is of a kind that picket writes. That of a function is the key of
    /// a saved search: the id does not tell them apart.
    pub fn from_resource_id(id: &str) -> Option<Self> {
        let (parent, name) = id.trim_end_matches('/').rsplit_once('/')?;
        let parent = parent.to_ascii_lowercase();
        let kind = ResourceKind::LISTED.into_iter().find(|kind| {
            let end = format!("/{}", kind.collection().to_ascii_lowercase());
            parent.ends_with(&end)
        })?;
        (!name.is_empty()).then(|| Self::new(kind, name))
    }

    /// The name as it is compared.
    fn folded(&self) -> String {
        self.name.to_ascii_lowercase()
    }
}

impl PartialEq for ResourceKey {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.name.eq_ignore_ascii_case(&other.name)
    }
}

impl Eq for ResourceKey {}

impl Hash for ResourceKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
        self.folded().hash(state);
    }
}

impl PartialOrd for ResourceKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ResourceKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.kind.cmp(&other.kind).then_with(|| self.folded().cmp(&other.folded()))
    }
}

/// `watchlists/<name>`, `alertRules/<name>`, `savedSearches/<name>`, `metadata/<name>`.
impl fmt::Display for ResourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let collection = self.kind.collection();
        let last = collection.rsplit('/').next().unwrap_or(collection);
        write!(f, "{last}/{}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_without_case_and_kinds_order_content_first() {
        let upper = ResourceKey::new(ResourceKind::AlertRule, "ABC");
        assert_eq!(upper, ResourceKey::new(ResourceKind::AlertRule, "abc"));
        assert_ne!(upper, ResourceKey::new(ResourceKind::SavedSearch, "abc"));
        assert!(upper < ResourceKey::new(ResourceKind::Metadata, "a"));
        assert_eq!(upper.to_string(), "alertRules/ABC");
    }

    #[test]
    fn a_resource_id_gives_its_key_whatever_the_case() {
        let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/w/\
                  providers/microsoft.securityinsights/AlertRules/Rule-1";
        assert_eq!(
            ResourceKey::from_resource_id(id),
            Some(ResourceKey::new(ResourceKind::AlertRule, "Rule-1"))
        );
        let saved = "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/w/\
                     savedSearches/h1";
        assert_eq!(
            ResourceKey::from_resource_id(saved),
            Some(ResourceKey::new(ResourceKind::SavedSearch, "h1"))
        );
        assert_eq!(ResourceKey::from_resource_id("/subscriptions/s/tables/x"), None);
        assert_eq!(ResourceKey::from_resource_id("savedSearches"), None);
    }
}
