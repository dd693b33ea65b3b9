//! From a request's path to the resource it names.
//!
//! Resource Manager compares every fixed segment, and names too, without case.

use super::encoding::{decode, encode};
use super::reply::Refusal;
use crate::arm::Operation;

const OPERATIONAL_INSIGHTS: &str = "Microsoft.OperationalInsights";
const SECURITY_INSIGHTS: &str = "Microsoft.SecurityInsights";
const AUTHORIZATION: &str = "Microsoft.Authorization";
/// Versions of `Microsoft.SecurityInsights`, newest stable first.
const SECURITY_VERSIONS: [&str; 2] = [crate::arm::SECURITY_INSIGHTS, crate::arm::SECURITY_INSIGHTS_PREVIEW];
/// Versions of `Microsoft.OperationalInsights`; the elder is what the published clients speak.
const LOG_ANALYTICS_VERSIONS: [&str; 2] = [crate::arm::OPERATIONAL_INSIGHTS, "2025-07-01"];

/// A resource type that the local workspace serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResourceType {
    Workspace,
    AlertRule,
    SavedSearch,
    Table,
    Metadata,
    OnboardingState,
    AutomationRule,
    Watchlist,
    /// What the caller may do with the workspace.
    Permission,
    /// Below a watchlist.
    WatchlistItem,
    /// How a long-running operation on a watchlist ended; below it.
    WatchlistOperation,
}

impl ResourceType {
    const IN_WORKSPACE: [Self; 8] = [
        Self::AlertRule,
        Self::AutomationRule,
        Self::SavedSearch,
        Self::Table,
        Self::Metadata,
        Self::OnboardingState,
        Self::Watchlist,
        Self::Permission,
    ];
    const IN_WATCHLIST: [Self; 2] = [Self::WatchlistItem, Self::WatchlistOperation];

    /// The namespace of the provider.
    pub(super) fn provider(self) -> &'static str {
        match self {
            Self::Workspace | Self::SavedSearch | Self::Table => OPERATIONAL_INSIGHTS,
            Self::Permission => AUTHORIZATION,
            _ => SECURITY_INSIGHTS,
        }
    }

    /// The segment that names the type.
    pub(super) fn segment(self) -> &'static str {
        match self {
            Self::Workspace => "workspaces",
            Self::AlertRule => "alertRules",
            Self::SavedSearch => "savedSearches",
            Self::Table => "tables",
            Self::Metadata => "metadata",
            Self::OnboardingState => "onboardingStates",
            Self::AutomationRule => "automationRules",
            Self::Watchlist => "watchlists",
            Self::Permission => "permissions",
            Self::WatchlistItem => crate::arm::watchlist::ITEMS,
            Self::WatchlistOperation => "operationStatuses",
        }
    }

    /// `type` of an answer.
    pub(super) fn full_name(self) -> String {
        match self {
            Self::Table => format!("{}/{}", Self::Workspace.full_name(), self.segment()),
            Self::WatchlistItem | Self::WatchlistOperation => {
                format!("{}/{}", Self::Watchlist.full_name(), self.segment())
            }
            _ => format!("{}/{}", self.provider(), self.segment()),
        }
    }

    /// Whether it exists only where Sentinel is turned on. Whether it is, onboarding states say.
    pub(super) fn needs_sentinel(self) -> bool {
        self.provider() == SECURITY_INSIGHTS && self != Self::OnboardingState
    }

    /// The action of a request with this method, as roles grant it.
    pub(super) fn action(self, method: &str) -> String {
        let types = match self {
            Self::Workspace => "workspaces".to_owned(),
            Self::SavedSearch | Self::Table => format!("workspaces/{}", self.segment()),
            // Watchlists have the actions for their items and operations, too.
            Self::WatchlistItem | Self::WatchlistOperation => Self::Watchlist.segment().to_owned(),
            _ => self.segment().to_owned(),
        };
        let verb = match Operation::of(method) {
            Operation::Read => "read",
            Operation::Write => "write",
            Operation::Delete => "delete",
        };
        format!("{}/{types}/{verb}", self.provider())
    }

    /// The API versions that know the type.
    pub(super) fn api_versions(self) -> &'static [&'static str] {
        match self.provider() {
            SECURITY_INSIGHTS => &SECURITY_VERSIONS,
            AUTHORIZATION => &[crate::arm::permission::PERMISSIONS_VERSION],
            _ => &LOG_ANALYTICS_VERSIONS,
        }
    }
}

/// A workspace, its names as the request spells them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WorkspacePath {
    pub(super) subscription: String,
    pub(super) resource_group: String,
    pub(super) name: String,
}

impl WorkspacePath {
    /// `/subscriptions/…/workspaces/NAME`
    pub(super) fn id(&self) -> String {
        format!(
            "/subscriptions/{}/resourceGroups/{}/providers/{OPERATIONAL_INSIGHTS}/workspaces/{}",
            self.subscription, self.resource_group, self.name
        )
    }

    /// The workspace in the store.
    pub(super) fn key(&self) -> String {
        format!("{}/{}/{}", self.subscription, self.resource_group, self.name).to_lowercase()
    }

    /// `customerId`: the same for the same workspace, for ever.
    pub(super) fn customer_id(&self) -> String {
        uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, self.id().to_lowercase().as_bytes()).to_string()
    }
}

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) workspace: WorkspacePath,
    pub(super) kind: ResourceType,
    /// The watchlist that the resource is below.
    pub(super) parent: Option<String>,
    /// `None` is the whole collection.
    pub(super) name: Option<String>,
}

impl Address {
    /// Reads `path`, which is still percent-encoded.
    pub(super) fn parse(path: &str, api_version: &str) -> Result<Self, Refusal> {
        let segments: Vec<String> =
            path.split('/').filter(|segment| !segment.is_empty()).map(decode).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let [subscriptions, subscription, rest @ ..] = segments.as_slice() else {
            return Err(Refusal::no_route(path));
        };
        if !subscriptions.eq_ignore_ascii_case("subscriptions") {
            return Err(Refusal::no_route(path));
        }
        if uuid::Uuid::try_parse(subscription).is_err() {
            return Err(Refusal::malformed_subscription(subscription));
        }
        let [groups, group, providers, provider, workspaces, workspace, rest @ ..] = rest else {
            return Err(Refusal::no_route(path));
        };
        if !groups.eq_ignore_ascii_case("resourceGroups") || !providers.eq_ignore_ascii_case("providers") {
            return Err(Refusal::no_route(path));
        }
        if !provider.eq_ignore_ascii_case(OPERATIONAL_INSIGHTS) {
            return Err(Refusal::unknown_namespace(provider));
        }
        if !workspaces.eq_ignore_ascii_case("workspaces") {
            return Err(Refusal::unknown_type(workspaces, OPERATIONAL_INSIGHTS, api_version));
        }
        let workspace = WorkspacePath {
            subscription: (*subscription).to_owned(),
            resource_group: (*group).to_owned(),
            name: (*workspace).to_owned(),
        };
        let (kind, rest) = within_workspace(rest, api_version)?;
        match rest {
            [] => Ok(Self { workspace, kind, parent: None, name: None }),
            [name] => Ok(Self { workspace, kind, parent: None, name: Some((*name).to_owned()) }),
            [parent, below, rest @ ..] => {
                let mut types = ResourceType::IN_WATCHLIST.into_iter();
                let known = types.find(|it| it.segment().eq_ignore_ascii_case(below));
                if let (ResourceType::Watchlist, Some(kind), [] | [_]) = (kind, known, rest) {
                    let name = rest.first().map(|name| (*name).to_owned());
                    return Ok(Self { workspace, kind, parent: Some((*parent).to_owned()), name });
                }
                let nested = format!("{}/{below}", kind.segment());
                Err(Refusal::unknown_type(&nested, kind.provider(), api_version))
            }
        }
    }

    /// `id` of an answer about `name`.
    pub(super) fn id(&self, name: &str) -> String {
        let workspace = self.workspace.id();
        match self.kind {
            ResourceType::Workspace => workspace,
            ResourceType::SavedSearch | ResourceType::Table => {
                format!("{workspace}/{}/{name}", self.kind.segment())
            }
            _ => {
                let parent = self.parent.iter().map(|parent| format!("watchlists/{parent}/"));
                let parent: String = parent.collect();
                format!(
                    "{workspace}/providers/{}/{parent}{}/{name}",
                    self.kind.provider(),
                    self.kind.segment()
                )
            }
        }
    }

    /// The path of the collection, encoded.
    pub(super) fn collection_path(&self) -> String {
        let id = self.id("");
        id.trim_end_matches('/').split('/').map(encode).collect::<Vec<_>>().join("/")
    }
}

fn within_workspace<'a, 'b>(
    rest: &'a [&'b str],
    api_version: &str,
) -> Result<(ResourceType, &'a [&'b str]), Refusal> {
    let (provider, rest) = match rest {
        [] => return Ok((ResourceType::Workspace, rest)),
        [providers, provider, rest @ ..] if providers.eq_ignore_ascii_case("providers") => {
            let mut known = [SECURITY_INSIGHTS, AUTHORIZATION].into_iter();
            let Some(provider) = known.find(|known| known.eq_ignore_ascii_case(provider)) else {
                return Err(Refusal::unknown_namespace(provider));
            };
            (provider, rest)
        }
        rest => (OPERATIONAL_INSIGHTS, rest),
    };
    let Some((segment, rest)) = rest.split_first() else {
        return Err(Refusal::unknown_type("", provider, api_version));
    };
    let known = ResourceType::IN_WORKSPACE
        .into_iter()
        .find(|kind| kind.provider() == provider && kind.segment().eq_ignore_ascii_case(segment));
    match known {
        Some(kind) => Ok((kind, rest)),
        None => Err(Refusal::unknown_type(segment, provider, api_version)),
    }
}
