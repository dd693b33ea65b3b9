//! Desired and actual to a plan.

use std::collections::{BTreeMap, BTreeSet};

use super::ownership::{Begun, Owner, Ownership};
use super::{Action, Actual, Change, Desired, FieldChange, Orphan, Plan, PlanOptions, Seen, Target};
use super::{cause, codes, diff, quota};
use serde::Deserialize;
use serde_json::Value;

use crate::arm::detection_rule::Mark;
use crate::arm::metadata::{self, Metadata};
use crate::arm::{ResourceKey, ResourceKind, digest, saved_search};
use crate::diag::{self, Diagnostic};
use crate::text::Span;

/// What has to be done so that the workspace, which holds `actual`, holds `desired`.
///
/// Content is created, or updated where it is this project's. Content that exists under a rule's id and is
/// nobody's is taken over when it is identical and left alone otherwise, unless `options` adopt it. Content
/// of this project whose rule is gone is deleted only when `options` prune.
pub fn plan(desired: &[Desired], actual: &[Actual], target: &Target, options: PlanOptions) -> Plan {
    plan_part(desired, actual, target, options, &Begun::new(), &|_| true)
}

/// Content that a plan is about, for whoever selects a part of it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Which resource.
    pub key: &'a ResourceKey,
    /// The name people see.
    pub display_name: &'a str,
    /// The rule's place; nowhere where the rule is gone.
    pub origin: Option<Span>,
}

/// The part of [`plan`] whose content is to be `kept`, with its records. `desired` is that of the whole project:
/// what is not among it counts as gone. Content that is nobody's and to the letter what an apply of the project had `begun` to create
/// is the project's: that apply died before it wrote the record.
pub fn plan_part(
    desired: &[Desired],
    actual: &[Actual],
    target: &Target,
    options: PlanOptions,
    begun: &Begun,
    kept: &dyn Fn(Candidate<'_>) -> bool,
) -> Plan {
    let wanted = wanted(desired);
    let planner = Planner::with_begun(actual, target, options, begun, kept);
    let mut changes: Vec<Change> = Vec::with_capacity(wanted.len());
    let mut refused: BTreeSet<ResourceKey> = BTreeSet::new();
    let mut warnings = Vec::new();
    for resource in wanted.iter().filter(|it| it.key.kind != ResourceKind::Metadata) {
        if !planner.keeps(&resource.key, &resource.display_name, Some(resource.origin)) {
            refused.insert(metadata::key_for(&resource.key));
            continue;
        }
        let change = planner.content(resource);
        if let Action::Unowned { owner, .. } = &change.action {
            warnings.push(unowned(resource, owner.as_deref()));
            refused.insert(metadata::key_for(&resource.key));
        }
        changes.push(change);
    }
    for resource in wanted.iter().filter(|it| it.key.kind == ResourceKind::Metadata) {
        if !refused.contains(&resource.key) {
            changes.push(planner.record(resource));
        }
    }
    let keys: BTreeSet<&ResourceKey> = wanted.iter().map(|it| &it.key).collect();
    let (deletions, orphans) = planner.gone(&keys);
    changes.extend(deletions);
    planner.note_seen(&mut changes);
    order(&mut changes);
    let owned = planner.owned();
    warnings.extend(quota::check(&changes, &planner.held));
    diag::sort(&mut warnings);
    Plan { target: target.clone(), changes, orphans, owned, warnings }
}

/// The resources by key, each once, whatever the order of the input.
pub(super) fn wanted(desired: &[Desired]) -> Vec<&Desired> {
    let mut wanted: Vec<&Desired> = desired.iter().collect();
    wanted.sort_by(|a, b| (&a.key, a.origin).cmp(&(&b.key, b.origin)));
    wanted.dedup_by(|a, b| a.key == b.key);
    wanted
}

/// Content by kind, name and key, then metadata in the same way.
pub(super) fn order(changes: &mut [Change]) {
    changes.sort_by_cached_key(|change| {
        (change.key.kind, change.display_name.to_lowercase(), change.display_name.clone(), change.key.clone())
    });
}

pub(super) fn unowned(resource: &Desired, owner: Option<&str>) -> Diagnostic {
    let whose =
        owner.map_or_else(|| "was not deployed by picket".to_owned(), |it| format!("belongs to {it}"));
    let noun = resource.key.kind.noun();
    let message = format!("the {noun} '{}' exists in the workspace and {whose}", resource.display_name);
    let mut finding = Diagnostic::error(codes::UNOWNED.code, resource.origin, message);
    if owner.is_none() {
        finding = finding.with_help("`picket adopt` takes it over as it is");
    }
    finding
        .with_help("plan with `--adopt` to take it over and overwrite it")
        .with_help("or give the rule a new id")
}

pub(super) struct Planner<'a> {
    pub(super) held: BTreeMap<&'a ResourceKey, &'a Actual>,
    pub(super) ownership: Ownership<'a>,
    options: PlanOptions,
    kept: &'a dyn Fn(Candidate<'_>) -> bool,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        actual: &'a [Actual],
        target: &'a Target,
        options: PlanOptions,
        kept: &'a dyn Fn(Candidate<'_>) -> bool,
    ) -> Self {
        Self::with_begun(actual, target, options, &Begun::new(), kept)
    }

    fn with_begun(
        actual: &'a [Actual],
        target: &'a Target,
        options: PlanOptions,
        begun: &Begun,
        kept: &'a dyn Fn(Candidate<'_>) -> bool,
    ) -> Self {
        let mut sorted: Vec<&Actual> = actual.iter().collect();
        sorted.sort_by(|a, b| (&a.key, &a.key.name, &a.etag).cmp(&(&b.key, &b.key.name, &b.etag)));
        sorted.dedup_by(|a, b| a.key == b.key);
        let held = sorted.iter().map(|it| (&it.key, *it)).collect();
        let ownership = Ownership::new(&sorted, &target.project, begun);
        Self { held, ownership, options, kept }
    }

    pub(super) fn keeps(&self, key: &ResourceKey, display_name: &str, origin: Option<Span>) -> bool {
        (self.kept)(Candidate { key, display_name, origin })
    }

    /// How much content of this project there is.
    pub(super) fn owned(&self) -> usize {
        let contents = self.ownership.mine().filter_map(|(_, content)| content);
        let recorded = contents.filter(|key| self.held.contains_key(key)).collect::<BTreeSet<_>>().len();
        recorded + self.ownership.unrecorded().count()
    }

    /// Notes what was read of all that is written or deleted, and of the records of that content.
    pub(super) fn note_seen(&self, changes: &mut [Change]) {
        let pending: BTreeSet<ResourceKey> =
            changes.iter().filter(|change| change.is_pending()).map(|change| change.key.clone()).collect();
        let belongs = |change: &Change| {
            change.is_pending() || change.depends_on.as_ref().is_some_and(|key| pending.contains(key))
        };
        for change in changes.iter_mut().filter(|change| belongs(change)) {
            change.seen = self.held.get(&change.key).map(|held| Seen::of(held));
        }
    }

    fn content(&self, resource: &Desired) -> Change {
        let held = self.held.get(&resource.key).copied();
        let owner = self.ownership.of(&resource.key);
        let fields = held
            .map(|held| diff::differences(resource.key.kind, &held.body, &resource.body))
            .unwrap_or_default();
        let mine = owner == Owner::Mine || self.options.adopt;
        // What carries its own mark is claimed by writing it, and so is what a pull made the base of the next apply.
        let is_stale = || {
            let base = self.ownership.base(&resource.key);
            base.is_none_or(|base| base.digest != digest(resource.key.kind, &resource.body))
        };
        let carries = held.is_some() && resource.key.kind == ResourceKind::CustomDetection;
        let mark = (carries && (owner != Owner::Mine || is_stale())).then(|| mark_of(resource)).flatten();
        let action = match (held.is_some(), owner) {
            // An identical rule of nobody is claimed: only its record will be written.
            (true, Owner::Nobody(_)) if fields.is_empty() => mark.map_or(Action::NoOp, claim),
            (true, Owner::Nobody(owner)) if !mine => Action::Unowned { owner, fields },
            (_, Owner::Other(owner)) if !mine => Action::Unowned { owner: Some(owner), fields },
            (false, _) => Action::Create,
            (true, _) if fields.is_empty() => mark.map_or(Action::NoOp, claim),
            (true, _) => Action::Update { fields },
        };
        let mut change = self.write(resource, action, None);
        change.from_environment = from_environment(resource, &change.action);
        if change.is_pending() {
            change.base = self.ownership.base(&resource.key);
            cause::attribute(&mut change, held.map(|held| &held.body), Some(&resource.body));
        }
        change
    }

    fn record(&self, resource: &Desired) -> Change {
        let content = Metadata::deserialize(&resource.body)
            .ok()
            .and_then(|metadata| metadata::content_key(&metadata.properties));
        let action = match self.held.get(&resource.key) {
            None => Action::Create,
            Some(held) => {
                let fields = diff::differences(resource.key.kind, &held.body, &resource.body);
                match fields.is_empty() {
                    true => Action::NoOp,
                    false if self.options.adopt || self.ownership.is_my_record(&resource.key) => {
                        Action::Update { fields }
                    }
                    false => Action::Unowned { owner: None, fields },
                }
            }
        };
        self.write(resource, action, content)
    }

    pub(super) fn write(
        &self,
        resource: &Desired,
        action: Action,
        depends_on: Option<ResourceKey>,
    ) -> Change {
        let held = self.held.get(&resource.key).copied();
        let mut version = resource.key.kind.api_version(&resource.body);
        if let (true, Some(held)) = (version.reasons.is_empty(), held) {
            let there = resource.key.kind.api_version(&held.body);
            if !there.reasons.is_empty() {
                version = there;
            }
        }
        let etag = match (&action, resource.key.kind) {
            (Action::Update { .. }, ResourceKind::Function | ResourceKind::SavedSearch) => {
                Some(saved_search::REWRITE_ETAG.to_owned())
            }
            (Action::Update { .. }, _) => held.and_then(|held| held.etag.clone()),
            _ => None,
        };
        let writes = matches!(action, Action::Create | Action::Update { .. });
        Change {
            key: resource.key.clone(),
            display_name: resource.display_name.clone(),
            body: writes.then(|| resource.body.clone()),
            action,
            api_version: version.version.to_owned(),
            preview_reasons: version.reasons.into_iter().map(str::to_owned).collect(),
            from_environment: Vec::new(),
            etag,
            cause: None,
            base: None,
            seen: None,
            depends_on,
            reads: Vec::new(),
            origin: Some(resource.origin),
        }
    }

    /// What is this project's and no longer wanted: deletions when pruning, else the content left behind.
    fn gone(&self, wanted: &BTreeSet<&ResourceKey>) -> (Vec<Change>, Vec<Orphan>) {
        let (mut deletions, mut orphans) = (BTreeMap::new(), BTreeMap::new());
        for (record, content) in self.ownership.mine() {
            if wanted.contains(record) {
                continue;
            }
            let content = content
                .filter(|key| key.kind != ResourceKind::Metadata && !wanted.contains(key))
                .and_then(|key| self.held.get(key).copied())
                .filter(|held| !self.ownership.is_shared(&held.key));
            let display_name = content.map_or_else(|| record.name.clone(), display_name);
            if !self.keeps(content.map_or(record, |content| &content.key), &display_name, None) {
                continue;
            }
            if !self.options.prune {
                if let Some(content) = content {
                    let orphan = Orphan { key: content.key.clone(), display_name };
                    orphans.insert((orphan.display_name.clone(), content.key.clone()), orphan);
                }
                continue;
            }
            if let Some(content) = content {
                let mut change = deletion(content, display_name.clone(), None);
                change.base = self.ownership.base(&content.key);
                cause::attribute(&mut change, Some(&content.body), None);
                deletions.insert(content.key.clone(), change);
            }
            if let Some(held) = self.held.get(record).filter(|held| held.key.kind == ResourceKind::Metadata) {
                let after = content.map(|content| content.key.clone());
                deletions.insert(record.clone(), deletion(held, display_name, after));
            }
        }
        let unrecorded = self.ownership.unrecorded().filter(|key| !wanted.contains(key));
        for held in unrecorded.filter_map(|key| self.held.get(key)) {
            let display_name = display_name(held);
            if !self.keeps(&held.key, &display_name, None) {
                continue;
            }
            if self.options.prune {
                deletions.insert(held.key.clone(), deletion(held, display_name, None));
            } else {
                let orphan = Orphan { key: held.key.clone(), display_name };
                orphans.insert((orphan.display_name.clone(), held.key.clone()), orphan);
            }
        }
        (deletions.into_values().collect(), orphans.into_values().collect())
    }
}

/// The name of the rule of the project, or where that is gone, the name in the workspace.
pub(super) fn known_name(key: &ResourceKey, rule: Option<&Desired>, held: Option<&Actual>) -> String {
    match (rule, held) {
        (Some(rule), _) => rule.display_name.clone(),
        (None, Some(held)) => display_name(held),
        (None, None) => key.name.clone(),
    }
}

pub(super) fn display_name(held: &Actual) -> String {
    let name = [&held.body["properties"]["displayName"], &held.body["displayName"]];
    name.into_iter().find_map(Value::as_str).unwrap_or(&held.key.name).to_owned()
}

/// Which fields of what is created, or of what differs, have their values from the environment.
fn from_environment(resource: &Desired, action: &Action) -> Vec<String> {
    let Some(own) = &resource.own else { return Vec::new() };
    let shown = |path: &String| match action {
        Action::Create => true,
        Action::Update { fields } | Action::Unowned { fields, .. } => {
            fields.iter().any(|field| field.path == *path)
        }
        _ => false,
    };
    let given = diff::differences(resource.key.kind, own, &resource.body);
    given.into_iter().map(|field| field.path).filter(shown).collect()
}

/// The mark that `resource` carries itself.
fn mark_of(resource: &Desired) -> Option<String> {
    Mark::of(&resource.body).map(|mark| mark.text())
}

/// The update that changes nothing but whose it is.
fn claim(mark: String) -> Action {
    let field =
        FieldChange { path: "description".to_owned(), before: None, after: Some(mark.into()), cause: None };
    Action::Update { fields: vec![field] }
}

fn deletion(held: &Actual, display_name: String, depends_on: Option<ResourceKey>) -> Change {
    let version = held.key.kind.api_version(&held.body);
    Change {
        key: held.key.clone(),
        display_name,
        action: Action::Delete,
        api_version: version.version.to_owned(),
        preview_reasons: version.reasons.into_iter().map(str::to_owned).collect(),
        body: None,
        from_environment: Vec::new(),
        etag: held.etag.clone(),
        cause: None,
        base: None,
        seen: None,
        depends_on,
        reads: Vec::new(),
        origin: None,
    }
}
