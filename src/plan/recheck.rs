//! A plan that was kept, held against the workspace as it is now.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::{Action, Actual, Change, Plan, Seen, quota};
use crate::arm::detection_rule::Mark;
use crate::arm::{ResourceKey, ResourceKind, saved_search};

/// A resource that is not as the plan read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Which resource.
    pub key: ResourceKey,
    /// The name people see.
    pub display_name: String,
    /// How it moved.
    pub how: How,
}

/// How a resource moved since a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It did not exist.
    Made,
    /// It is another now, or was written again.
    Changed,
    /// It is gone.
    Deleted,
}

/// What a change comes to when its resource is read again while the plan is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// The workspace is as the change makes it.
    Done,
    /// The resource is as the plan read it, or gone: the change is to be made, of the version with this etag.
    Write(Option<String>),
    /// The resource is another than the plan read.
    Moved,
}

impl Change {
    /// The same change to the resource as it is `now`, after a step of the apply itself.
    pub fn after(&self, now: &Actual) -> Self {
        Self { etag: now.etag.clone(), seen: Some(Seen::of(now)), ..self.clone() }
    }

    /// What the change comes to where its resource is `now`.
    ///
    /// A resource that was written again and is what it was has not moved; a rule that goes must be the very one.
    pub fn again(&self, now: Option<&Actual>) -> Again {
        if is_done(self, now) {
            return Again::Done;
        }
        let Some(held) = now else { return Again::Write(None) };
        let Some(seen) = &self.seen else {
            // Plans without what was read are made by hand, and say nothing of what may be deleted.
            return if self.action == Action::Delete {
                Again::Write(held.etag.clone())
            } else {
                Again::Moved
            };
        };
        let is = Seen::of(held);
        let has_etags = matches!(self.key.kind, ResourceKind::AlertRule | ResourceKind::CustomDetection);
        let is_another = self.action == Action::Delete && has_etags && seen.etag != is.etag;
        if seen.digest != is.digest || is_another {
            return Again::Moved;
        }
        let is_search = matches!(self.key.kind, ResourceKind::Function | ResourceKind::SavedSearch);
        Again::Write(if is_search { Some(saved_search::REWRITE_ETAG.to_owned()) } else { is.etag })
    }
}

/// The plan as it can be carried out in the workspace that now holds `actual`: what is there already as the plan
/// wants it, from an earlier run that was interrupted, needs nothing done.
///
/// # Errors
/// Names everything that the plan writes or deletes, or whose content it does, and that is not as the plan read it.
pub fn recheck(plan: &Plan, actual: &[Actual]) -> Result<Plan, Vec<Moved>> {
    let held: BTreeMap<&ResourceKey, &Actual> = actual.iter().map(|it| (&it.key, it)).collect();
    let written: HashSet<&ResourceKey> = plan.pending().map(|change| &change.key).collect();
    let mut now = plan.clone();
    let mut moved = Vec::new();
    for change in &mut now.changes {
        let belongs = change.depends_on.as_ref().is_some_and(|key| written.contains(key));
        if !change.is_pending() && !belongs {
            continue;
        }
        let there = held.get(&change.key).copied();
        if is_done(change, there) {
            change.action = Action::NoOp;
            (change.body, change.etag) = (None, None);
            continue;
        }
        if let Some(how) = how_it_moved(change, there) {
            let (key, display_name) = (change.key.clone(), change.display_name.clone());
            moved.push(Moved { key, display_name, how });
        }
    }
    if !moved.is_empty() {
        return Err(moved);
    }
    now.warnings = quota::check(&now.changes, &held);
    Ok(now)
}

/// Whether the workspace is as the change makes it.
fn is_done(change: &Change, there: Option<&Actual>) -> bool {
    let kind = change.key.kind;
    match (&change.action, &change.body, there) {
        (Action::Delete, _, there) => there.is_none(),
        (Action::Create | Action::Update { .. } | Action::Adopt { .. }, Some(body), Some(there)) => {
            let is_marked = kind != ResourceKind::CustomDetection || Mark::of(body) == Mark::of(&there.body);
            is_marked && kind.normalise(&after(kind, body, &there.body)) == kind.normalise(&there.body)
        }
        _ => false,
    }
}

/// What a write of `body` makes of what is `there`. What a change of a custom detection does not name stays as it is.
fn after(kind: ResourceKind, body: &Value, there: &Value) -> Value {
    let (ResourceKind::CustomDetection, Some(written)) = (kind, body.as_object()) else {
        return body.clone();
    };
    let mut after = there.clone();
    for (name, value) in written {
        after[name] = value.clone();
    }
    after
}

fn how_it_moved(change: &Change, there: Option<&Actual>) -> Option<How> {
    match (&change.seen, there.map(Seen::of)) {
        (None, None) => None,
        (None, Some(_)) => Some(How::Made),
        (Some(_), None) => Some(How::Deleted),
        (Some(was), Some(is)) => {
            // A saved search that nobody wrote may come with another etag.
            let is_search = matches!(change.key.kind, ResourceKind::Function | ResourceKind::SavedSearch);
            let written = !is_search && was.etag != is.etag;
            (was.digest != is.digest || written).then_some(How::Changed)
        }
    }
}
