//! Taking over what exists, without changing it.

use std::collections::BTreeMap;

use serde_json::json;

use super::compare::{Candidate, Planner, order, wanted};
use super::ownership::Owner;
use super::{Action, Actual, Change, Desired, Plan, PlanOptions, Target, diff};
use crate::arm::detection_rule::Mark;
use crate::arm::{Applied, ResourceKey, ResourceKind, digest, metadata};

/// What exists under the id of a rule and is nobody's, to be made this project's as it is: only its record is
/// written, or where it carries a mark of its own, that. The record notes what is there as the last apply, so that the next plan shows what differs as a change
/// of git. Content of other projects and content that is not `kept` is left out.
pub fn adoption(
    desired: &[Desired],
    actual: &[Actual],
    target: &Target,
    kept: &dyn Fn(Candidate<'_>) -> bool,
) -> Plan {
    let planner = Planner::new(actual, target, PlanOptions::default(), kept);
    let wanted = wanted(desired);
    let records: BTreeMap<&ResourceKey, &Desired> =
        wanted.iter().filter(|it| it.key.kind == ResourceKind::Metadata).map(|it| (&it.key, *it)).collect();
    let mut changes: Vec<Change> = Vec::new();
    for resource in wanted.iter().filter(|it| it.key.kind != ResourceKind::Metadata) {
        if !planner.keeps(&resource.key, &resource.display_name, Some(resource.origin)) {
            continue;
        }
        let key = &resource.key;
        let (Some(held), Owner::Nobody(owner)) = (planner.held.get(key), planner.ownership.of(key)) else {
            continue;
        };
        let fields = diff::differences(key.kind, &held.body, &resource.body);
        let applied = Applied { digest: digest(key.kind, &held.body), commit: None };
        if key.kind == ResourceKind::CustomDetection {
            let mut change = planner.write(resource, Action::Adopt { owner, fields }, None);
            let mut body = json!({ "description": held.body["description"] });
            Mark { project: target.project.clone(), applied: Some(applied) }.put(&mut body);
            (change.body, change.etag) = (Some(body), held.etag.clone());
            changes.push(change);
            continue;
        }
        let Some(record) = records.get(&metadata::key_for(key)) else { continue };
        let mut record = (*record).clone();
        record.body["properties"]["customVersion"] = applied.text().into();
        changes.push(planner.write(resource, Action::Adopt { owner, fields }, None));
        changes.push(planner.write(&record, Action::Create, Some(key.clone())));
    }
    planner.note_seen(&mut changes);
    order(&mut changes);
    let owned = planner.owned();
    Plan { target: target.clone(), changes, orphans: Vec::new(), owned, warnings: Vec::new() }
}
