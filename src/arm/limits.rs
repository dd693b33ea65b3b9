//! What a workspace can hold.

/// Enabled scheduled rules in one workspace.
pub const ENABLED_SCHEDULED_RULES: usize = 512;
/// Enabled NRT rules in one workspace.
pub const ENABLED_NRT_RULES: usize = 50;
/// Automation rules in one workspace, enabled or not.
pub const AUTOMATION_RULES: usize = 512;
/// Items of all watchlists of one workspace together. Source: the page of limits of Microsoft Sentinel.
pub const WATCHLIST_ITEMS: usize = 10_000_000;
/// Longest name of a resource that picket writes; Azure allows 260 in a segment.
pub const NAME_LENGTH: usize = 240;
/// The most bytes of items that one request takes for a watchlist; more has to come from a storage account.
pub const WATCHLIST_BYTES: usize = 3_800_000;
/// The most resources that one deployment of a template takes.
pub const TEMPLATE_RESOURCES: usize = 800;
/// The most bytes of a template.
pub const TEMPLATE_BYTES: usize = 4 * 1024 * 1024;
