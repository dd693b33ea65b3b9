//! What in a workspace is no longer as the last apply left it, whatever the rules say by now.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::compare::{Candidate, Planner, known_name};
use super::ownership::Owner;
use super::{Actual, Base, Desired, FieldChange, PlanOptions, Target, diff};
use crate::arm::{ResourceKey, ResourceKind, alert_rule, detection_rule, digest};

/// How the content of a project differs from what was last applied.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// Where, and whose content.
    pub target: Target,
    /// What is no longer as it was applied, by kind, name and key.
    pub drifted: Vec<Drifted>,
    /// How much is as it was applied.
    pub unchanged: usize,
    /// Content whose record does not say what was applied, so that nothing can be said of it.
    pub unrecorded: Vec<ResourceKey>,
}

/// Content that is no longer as it was applied.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drifted {
    /// Which resource.
    pub key: ResourceKey,
    /// The name of the rule, or where that is gone, the name in the workspace.
    pub display_name: String,
    /// What became of it.
    pub how: DriftKind,
    /// What was last applied, as the record says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
    /// Every difference, from what was applied to what is there. Absent where the record's digest is all that is known
    /// of what was applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<FieldChange>>,
    #[serde(skip)]
    now: Option<Value>,
}

/// What became of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DriftKind {
    /// Somebody changed it.
    Changed,
    /// Somebody deleted it.
    Deleted,
    /// The service disabled it because it failed again and again.
    AutoDisabled,
}

/// Compares the content of the project that is to be `kept` with what its records say of the last apply. `desired`
/// gives names and places, and the fields of content that the rules still want as it was applied.
pub fn drift(
    desired: &[Desired],
    actual: &[Actual],
    target: &Target,
    kept: &dyn Fn(Candidate<'_>) -> bool,
) -> Drift {
    let planner = Planner::new(actual, target, PlanOptions::default(), kept);
    let wanted: BTreeMap<&ResourceKey, &Desired> = desired.iter().map(|it| (&it.key, it)).collect();
    let is_content =
        |key: &&ResourceKey| key.kind != ResourceKind::Metadata && planner.ownership.of(key) == Owner::Mine;
    let contents: BTreeSet<&ResourceKey> =
        planner.ownership.mine().filter_map(|(_, content)| content).filter(is_content).collect();
    let (mut drifted, mut unchanged, mut unrecorded) = (Vec::new(), 0, Vec::new());
    for key in contents {
        let held = planner.held.get(key).copied();
        let rule = wanted.get(key).copied();
        let name = known_name(key, rule, held);
        if !planner.keeps(key, &name, rule.map(|rule| rule.origin)) {
            continue;
        }
        let base = planner.ownership.base(key);
        let how = match (held, &base) {
            (None, _) => DriftKind::Deleted,
            (Some(held), Some(base)) if digest(key.kind, &held.body) == base.digest => {
                unchanged += 1;
                continue;
            }
            (Some(held), _) if is_auto_disabled(held) => DriftKind::AutoDisabled,
            (Some(_), Some(_)) => DriftKind::Changed,
            (Some(_), None) => {
                unrecorded.push(key.clone());
                continue;
            }
        };
        let now = held.map(|held| held.body.clone());
        drifted.push(Drifted { key: key.clone(), display_name: name, how, base, fields: None, now });
    }
    drifted.sort_by_cached_key(|it| (it.key.kind, it.display_name.to_lowercase(), it.key.clone()));
    let mut drift = Drift { target: target.clone(), drifted, unchanged, unrecorded };
    drift.explain(desired);
    drift
}

/// Whether the service disabled what is `held` because it failed again and again.
pub(super) fn is_auto_disabled(held: &Actual) -> bool {
    match held.key.kind {
        ResourceKind::CustomDetection => detection_rule::is_auto_disabled(&held.body),
        _ => alert_rule::is_auto_disabled(&held.body),
    }
}

impl Drift {
    /// Whether anything is no longer as it was applied.
    pub fn is_any(&self) -> bool {
        !self.drifted.is_empty()
    }

    /// The content whose differences are not known yet, with the commit of the last apply: [`Drift::explain`] can say
    /// them, given the rules of that commit.
    pub fn unexplained(&self) -> impl Iterator<Item = (&ResourceKey, &str)> {
        self.drifted.iter().filter(|it| it.fields.is_none() && it.now.is_some()).filter_map(|it| {
            let commit = it.base.as_ref()?.commit.as_deref()?;
            Some((&it.key, commit))
        })
    }

    /// Says field by field what changed, where `candidates` hold what was applied. A body with another digest than the
    /// record's is not that content, and says nothing.
    pub fn explain(&mut self, candidates: &[Desired]) {
        let bodies: BTreeMap<&ResourceKey, &Value> =
            candidates.iter().map(|it| (&it.key, &it.body)).collect();
        for it in self.drifted.iter_mut().filter(|it| it.fields.is_none()) {
            let (Some(base), Some(now), Some(body)) = (&it.base, &it.now, bodies.get(&it.key)) else {
                continue;
            };
            if base.digest == digest(it.key.kind, body) {
                it.fields = Some(diff::differences(it.key.kind, body, now));
            }
        }
    }
}
