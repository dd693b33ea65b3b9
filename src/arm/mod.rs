//! The Azure resources that picket writes: paths, API versions, wire types and normal forms.
//!
//! | module | resource | API versions |
//! |-|-|-|
//! | [`alert_rule`] | `Microsoft.SecurityInsights/alertRules` | stable, preview where it must be |
//! | [`saved_search`] | `Microsoft.OperationalInsights/…/savedSearches` | stable |
//! | [`service_rule`] | the same, of kinds without a query of one's own | stable, preview where it must be |
//! | [`automation_rule`] | `Microsoft.SecurityInsights/automationRules` | stable |
//! | [`watchlist`] | `Microsoft.SecurityInsights/watchlists` | stable |
//! | [`detection_rule`] | `security/rules/detectionRules` of Microsoft Graph | v1.0 |
//! | [`metadata`] | `Microsoft.SecurityInsights/metadata` | stable |
//! | [`permission`] | `Microsoft.Authorization/permissions`, which are only read | stable |
//!
//! Each has the same shape: the wire type that serde writes and reads, `api_version` (which
//! version a body needs and why), `normalise` (the one form in which two bodies are compared) and
//! `READ_ONLY` (what an answer carries and a request must not).

pub mod alert;
pub mod alert_rule;
mod allowance;
mod applied;
pub mod automation_rule;
mod canonical;
pub mod detection_rule;
pub mod limits;
pub mod metadata;
pub mod permission;
mod resource;
pub mod saved_search;
pub mod service_rule;
pub mod watchlist;
mod workspace;

pub use allowance::Operation;
pub(crate) use applied::sha256;
pub use applied::{Applied, digest, digest_of_json};
pub use canonical::iso_duration;
pub use resource::{ApiVersion, ResourceKey, ResourceKind};
#[cfg(feature = "azure")]
pub(crate) use workspace::segment as path_segment;
pub use workspace::{WorkspaceId, WorkspaceIdError};

/// The newest stable version of the provider `Microsoft.SecurityInsights`.
pub const SECURITY_INSIGHTS: &str = "2025-09-01";
/// The preview version of `Microsoft.SecurityInsights`, for what no stable version knows.
pub const SECURITY_INSIGHTS_PREVIEW: &str = "2025-10-01-preview";
/// The newest stable version of saved searches in `Microsoft.OperationalInsights`.
pub const OPERATIONAL_INSIGHTS: &str = "2026-03-01";
/// The version in which a subscription is read.
pub const SUBSCRIPTIONS: &str = "2022-12-01";
/// The version in which a resource group is read.
pub const RESOURCE_GROUPS: &str = "2021-04-01";
