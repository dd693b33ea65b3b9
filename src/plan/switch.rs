//! Rules switched on or off as the workspace holds them, whatever else differs from their files.

use serde_json::{Value, json};

use super::compare::{Planner, display_name, order, unowned};
use super::ownership::Owner;
use super::{Action, Actual, Desired, Plan, PlanOptions, Target, diff, quota};
use crate::arm::detection_rule::{self, Mark};
use crate::arm::{Applied, ResourceKey, ResourceKind, digest, metadata};
use crate::text::{SourceId, Span, TextRange};

/// What has to be written so that the rules under `keys` run, or do not: the switch and nothing else. A rule that is not
/// there, or not this project's, is left alone; the latter is reported.
///
/// The record of a rule that was as it was applied says the switch, too, so that it counts as no change of the portal. A
/// rule that somebody changed there keeps its record: that change is for others to see.
pub fn switch(keys: &[ResourceKey], enabled: bool, actual: &[Actual], target: &Target) -> Plan {
    let planner = Planner::new(actual, target, PlanOptions::default(), &|_| true);
    // No rule file is looked at, so there is no place to point at.
    let origin = Span::new(SourceId(u32::MAX), TextRange::default());
    let (mut changes, mut warnings) = (Vec::new(), Vec::new());
    for (key, held) in keys.iter().filter_map(|key| planner.held.get_key_value(key)) {
        let as_applied =
            planner.ownership.base(key).is_some_and(|base| base.digest == digest(key.kind, &held.body));
        let (mut body, after) = switched(held, enabled);
        let applied = Applied { digest: digest(key.kind, &after), commit: None };
        let name = display_name(held);
        let desired = |key: &ResourceKey, body: Value| Desired {
            key: key.clone(),
            display_name: name.clone(),
            api_version: key.kind.api_version(&body).version,
            body,
            origin,
            own: None,
        };
        let fields = diff::differences(key.kind, &held.body, &after);
        let action = match planner.ownership.of(key) {
            _ if fields.is_empty() => Action::NoOp,
            Owner::Mine => Action::Update { fields },
            Owner::Nobody(owner) => Action::Unowned { owner, fields },
            Owner::Other(owner) => Action::Unowned { owner: Some(owner), fields },
        };
        if let Action::Unowned { owner, .. } = &action {
            warnings.push(unowned(&desired(key, after.clone()), owner.as_deref()));
        }
        let writes = matches!(action, Action::Update { .. }) && as_applied;
        if writes
            && let Some(mark) = Mark::of(&held.body).filter(|_| key.kind == ResourceKind::CustomDetection)
        {
            body["description"] = held.body["description"].clone();
            Mark { applied: Some(applied.clone()), ..mark }.put(&mut body);
        }
        changes.push(planner.write(&desired(key, body), action, None));
        let record = metadata::key_for(key);
        if let Some(held) = planner.held.get(&record).filter(|_| writes) {
            let mut body = record.kind.request_body(&held.body);
            body["properties"]["customVersion"] = applied.text().into();
            let fields = diff::differences(record.kind, &held.body, &body);
            let change =
                planner.write(&desired(&record, body), Action::Update { fields }, Some((*key).clone()));
            changes.push(change);
        }
    }
    changes.iter_mut().for_each(|change| change.origin = None);
    planner.note_seen(&mut changes);
    order(&mut changes);
    warnings.extend(quota::check(&changes, &planner.held));
    let owned = planner.owned();
    Plan { target: target.clone(), changes, orphans: Vec::new(), owned, warnings }
}

/// What is to be sent, and what the rule is then.
fn switched(held: &Actual, enabled: bool) -> (Value, Value) {
    let kind = held.key.kind;
    if kind == ResourceKind::CustomDetection {
        let status = detection_rule::STATUSES[usize::from(!enabled)];
        let mut after = held.body.clone();
        after["status"] = status.into();
        return (json!({ "status": status }), after);
    }
    let mut body = kind.request_body(&held.body);
    body["properties"]["enabled"] = enabled.into();
    (body.clone(), body)
}
