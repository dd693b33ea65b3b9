//! How the content of a project fares in a workspace.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::compare::{Candidate, Planner, known_name};
use super::drift::is_auto_disabled;
use super::ownership::Owner;
use super::{Actual, Desired, Drift, DriftKind, PlanOptions, Target};
use crate::arm::{ResourceKey, ResourceKind};

/// How the content of a project fares.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Where, and whose content.
    pub target: Target,
    /// What is known of how often rules fired; nothing where nobody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<Activity>,
    /// Each piece, by kind, name and key.
    pub resources: Vec<ResourceStatus>,
}

/// What is known of how often rules fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// Over how many days up to now.
    pub days: u32,
    /// Why it is not known, or not all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What to do about that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub help: Vec<String>,
}

/// How often a rule fired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// The name of the rule, as the path of its resource has it.
    pub rule: String,
    /// How many alerts it made.
    pub alerts: u64,
    /// When it made the last.
    pub last: String,
}

/// How one piece of content fares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceStatus {
    /// Which resource.
    pub key: ResourceKey,
    /// The name of the rule, or where that is gone, the name in the workspace.
    pub display_name: String,
    /// Whether it is there and runs.
    pub state: State,
    /// When it was last changed in the workspace, as the service says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<String>,
    /// Who changed it, where the service says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<String>,
    /// Whether it is as the last apply left it.
    pub since_apply: SinceApply,
    /// The git commit of the last apply, where that is on record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// How many alerts it made in the days of [`Activity`], where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alerts: Option<u64>,
    /// When it made the last of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_fired: Option<String>,
    /// Whether it runs and made none.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
    /// Whether it is a rule whose alerts name it.
    #[serde(skip)]
    is_named_by_alerts: bool,
}

impl Status {
    /// Adds how often rules fired: `fired` has each rule that did, all of them unless `activity` names a problem; nothing
    /// where that is not known.
    pub fn add_activity(&mut self, activity: Activity, fired: Option<Vec<Fired>>) {
        let is_whole = activity.problem.is_none();
        self.activity = Some(activity);
        let Some(fired) = fired else { return };
        let fired: BTreeMap<String, Fired> =
            fired.into_iter().map(|it| (it.rule.to_ascii_lowercase(), it)).collect();
        for it in self.resources.iter_mut().filter(|it| it.is_named_by_alerts) {
            match fired.get(&it.key.name.to_ascii_lowercase()) {
                Some(Fired { alerts, last, .. }) => {
                    it.alerts = Some(*alerts);
                    it.last_fired = Some(last.clone());
                }
                // What an incomplete answer leaves out may have fired.
                None if is_whole => {
                    it.alerts = Some(0);
                    it.silent = it.state == State::Enabled;
                }
                None => {}
            }
        }
    }

    /// Whether there is an answer to how often rules fired.
    pub fn knows_activity(&self) -> bool {
        self.resources.iter().any(|it| it.alerts.is_some())
    }
}

/// Whether the alerts of `key` name it: alone those of rules with a query do.
fn is_named_by_alerts(key: &ResourceKey, held: Option<&Actual>) -> bool {
    let has_query = |held: &Actual| matches!(held.body["kind"].as_str(), Some("Scheduled" | "NRT"));
    key.kind == ResourceKind::AlertRule && held.is_none_or(has_query)
}

/// Whether content is there and runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// A rule that runs.
    Enabled,
    /// A rule that does not run because somebody said so.
    Disabled,
    /// A rule that the service disabled because it failed again and again.
    DisabledByAzure,
    /// Content that does not run by itself, such as a hunting query.
    Present,
    /// Somebody deleted it.
    Deleted,
}

/// Whether content is as the last apply left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SinceApply {
    /// It is.
    Unchanged,
    /// Somebody changed or deleted it.
    Drifted,
    /// It is not on record what was applied.
    Unknown,
}

/// How the content of the project that is to be `kept` fares, given its `drift`.
pub fn status(
    desired: &[Desired],
    actual: &[Actual],
    drift: &Drift,
    kept: &dyn Fn(Candidate<'_>) -> bool,
) -> Status {
    let target = &drift.target;
    let planner = Planner::new(actual, target, PlanOptions::default(), kept);
    let wanted: BTreeMap<&ResourceKey, &Desired> = desired.iter().map(|it| (&it.key, it)).collect();
    let drifted: BTreeMap<&ResourceKey, DriftKind> =
        drift.drifted.iter().map(|it| (&it.key, it.how)).collect();
    let is_content =
        |key: &&ResourceKey| key.kind != ResourceKind::Metadata && planner.ownership.of(key) == Owner::Mine;
    let contents: BTreeSet<&ResourceKey> =
        planner.ownership.mine().filter_map(|(_, content)| content).filter(is_content).collect();
    let mut resources: Vec<ResourceStatus> = Vec::new();
    for key in contents {
        let held = planner.held.get(key).copied();
        let rule = wanted.get(key).copied();
        let name = known_name(key, rule, held);
        if !planner.keeps(key, &name, rule.map(|rule| rule.origin)) {
            continue;
        }
        let body = held.map(|held| &held.body);
        let state = held.map_or(State::Deleted, state);
        let base = planner.ownership.base(key);
        let since_apply = match (drifted.contains_key(key), &base) {
            (true, _) => SinceApply::Drifted,
            (false, Some(_)) => SinceApply::Unchanged,
            (false, None) => SinceApply::Unknown,
        };
        resources.push(ResourceStatus {
            key: key.clone(),
            display_name: name,
            state,
            changed_at: body.and_then(changed_at),
            changed_by: body.and_then(changed_by),
            since_apply,
            commit: base.and_then(|base| base.commit),
            alerts: None,
            last_fired: None,
            silent: false,
            is_named_by_alerts: is_named_by_alerts(key, held),
        });
    }
    resources.sort_by_cached_key(|it| (it.key.kind, it.display_name.to_lowercase(), it.key.clone()));
    Status { target: target.clone(), activity: None, resources }
}

fn state(held: &Actual) -> State {
    let (status, properties) = (held.body["status"].as_str(), &held.body["properties"]);
    let said = [&properties["enabled"], &properties["triggeringLogic"]["isEnabled"]];
    // Custom detections of Defender say it in a word, all else as a truth value.
    let enabled = said.into_iter().find_map(Value::as_bool).or_else(|| status.map(|word| word == "enabled"));
    match enabled {
        _ if is_auto_disabled(held) => State::DisabledByAzure,
        Some(true) => State::Enabled,
        Some(false) => State::Disabled,
        None => State::Present,
    }
}

fn first_text(body: &Value, paths: &[&str]) -> Option<String> {
    let text = |path: &&str| body.pointer(path).and_then(Value::as_str).filter(|text| !text.is_empty());
    paths.iter().find_map(text).map(str::to_owned)
}

fn changed_at(body: &Value) -> Option<String> {
    let paths = [
        "/systemData/lastModifiedAt",
        "/lastModifiedDateTime",
        "/properties/lastModifiedUtc",
        "/properties/lastModifiedTimeUtc",
        "/properties/updated",
    ];
    first_text(body, &paths)
}

fn changed_by(body: &Value) -> Option<String> {
    let paths = [
        "/systemData/lastModifiedBy",
        "/lastModifiedBy",
        "/properties/lastModifiedBy/userPrincipalName",
        "/properties/lastModifiedBy/name",
        "/properties/updatedBy/name",
    ];
    first_text(body, &paths)
}
