//! What the files of a project would have to say to be as the workspace is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::compare::{Candidate, Planner, known_name};
use super::content_entries::opened;
use super::drift::is_auto_disabled;
use super::entries::{Entries, content_of};
use super::ownership::Owner;
use super::{Actual, Base, Desired, PlanOptions, Target};
use crate::arm::{ResourceKey, ResourceKind, digest, metadata, watchlist};
use crate::content::keys;
use crate::rule::keys::Table;
use crate::text::{Span, csv};
use crate::yaml::emit::Value;

/// The items of a watchlist, each as values by column.
pub type Items = Vec<Map<String, Json>>;

/// Content of a workspace, and that of the project under the same key.
#[derive(Debug, Clone)]
pub struct Pulled {
    /// Which resource.
    pub key: ResourceKey,
    /// The name in the project, or else that in the workspace.
    pub display_name: String,
    /// The place in the project, where it has one.
    pub origin: Option<Span>,
    /// What a new file would say.
    pub entries: Entries,
    /// Whether the service disabled it, and so changed its name and description.
    pub auto_disabled: bool,
    /// The items, of a watchlist whose items were read.
    pub items: Option<Items>,
    base: Option<Base>,
    held: Json,
    wanted: Option<Json>,
    own: Option<Json>,
    applied: Option<Json>,
}

/// A change to an entry of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryChange {
    /// The canonical name of the entry; a path, such as `schedule.frequency`, where only a part of it changes.
    pub key: String,
    /// What the workspace says; nothing where it says nothing.
    pub value: Option<Value>,
    /// Why it is not to be taken over unseen.
    pub conflict: Option<Conflict>,
    /// What an environment makes of it, where it changes the entry: the workspace then has no value for the file.
    pub given: Option<Given>,
}

/// An entry that an environment changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// What the file says.
    pub own: Option<Value>,
    /// What the environment makes of that.
    pub made: Option<Value>,
}

/// Why a difference cannot be told to be a change of the workspace alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// The project changed it since the last apply as well, and to something else.
    Both,
    /// What was last applied is not known, and the project changed something since.
    Unknown,
}

/// The content of the workspace that is to be `kept`: that of this project, or with `all` everyone's; and how much there
/// is that no file of a project holds. `items` are those of watchlists.
pub fn pull(
    desired: &[Desired],
    actual: &[Actual],
    mut items: BTreeMap<ResourceKey, Items>,
    target: &Target,
    all: bool,
    kept: &dyn Fn(Candidate<'_>) -> bool,
) -> (Vec<Pulled>, usize) {
    let planner = Planner::new(actual, target, PlanOptions::default(), kept);
    let wanted: BTreeMap<&ResourceKey, &Desired> = desired.iter().map(|it| (&it.key, it)).collect();
    let (mut pulled, mut others) = (Vec::new(), 0);
    for (key, held) in &planner.held {
        let mine = planner.ownership.of(key) == Owner::Mine;
        if key.kind == ResourceKind::Metadata || !(all || mine) {
            continue;
        }
        let rule = wanted.get(key).copied();
        let name = known_name(key, rule, Some(held));
        if !planner.keeps(key, &name, rule.map(|rule| rule.origin)) {
            continue;
        }
        let record = planner.held.get(&metadata::key_for(key)).map(|record| &record.body);
        let Some(entries) = content_of(key, &held.body, record) else {
            others += 1;
            continue;
        };
        pulled.push(Pulled {
            key: (*key).clone(),
            display_name: name,
            origin: rule.map(|rule| rule.origin),
            entries,
            auto_disabled: is_auto_disabled(held),
            items: items.remove(key),
            base: planner.ownership.base(key),
            held: held.body.clone(),
            wanted: rule.map(|rule| rule.body.clone()),
            own: rule.and_then(|rule| rule.own.clone()),
            applied: None,
        });
    }
    pulled.sort_by_cached_key(|it| (it.key.kind, it.display_name.to_lowercase(), it.key.clone()));
    (pulled, others)
}

impl Pulled {
    fn digest_of(&self, body: &Json) -> String {
        digest(self.key.kind, body)
    }

    /// The commit that says what was last applied, where both sides changed since and it is not known yet.
    pub fn unexplained(&self) -> Option<&str> {
        let (base, wanted) = (self.base.as_ref()?, self.wanted.as_ref()?);
        let both = self.digest_of(wanted) != base.digest && self.digest_of(&self.held) != base.digest;
        base.commit.as_deref().filter(|_| both && self.applied.is_none())
    }

    /// Says what was last applied, where `candidates` hold it.
    pub fn explain(&mut self, candidates: &[Desired]) {
        let Some(base) = &self.base else { return };
        let same = |it: &&Desired| it.key == self.key && self.digest_of(&it.body) == base.digest;
        if let Some(applied) = candidates.iter().find(same).map(|it| it.body.clone()) {
            self.applied = Some(applied);
        }
    }

    /// What differs between the rule of the project and the workspace because the workspace changed. What only the
    /// project changed since the last apply is left out: the next apply takes it there.
    pub fn changes(&self) -> Vec<EntryChange> {
        let Some(wanted) = &self.wanted else { return Vec::new() };
        let (mine, theirs) = (self.digest_of(wanted), self.digest_of(&self.held));
        let base = self.base.as_ref().map(|base| base.digest.as_str());
        if mine == theirs || base == Some(theirs.as_str()) {
            return Vec::new();
        }
        let applied = if base == Some(mine.as_str()) { Some(wanted) } else { self.applied.as_ref() };
        // Order of sets, spellings and defaults are no differences.
        let normal = |body: &Json| {
            let entries = content_of(&self.key, &self.key.kind.normalise(body), None);
            opened(&entries.unwrap_or_default())
        };
        let (ours, theirs) = (normal(wanted), normal(&self.held));
        let applied = applied.map(normal);
        let own = self.own.as_ref().map(normal);
        let value = |entries: &[(String, Value)], key: &str| -> Option<Value> {
            entries.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone())
        };
        let mut names: Vec<&String> = theirs.iter().chain(&ours).map(|(name, _)| name).collect();
        // A stable order: paths below one entry stay as they come.
        names.sort_by_key(|name| self.rank(name));
        let mut met = BTreeSet::new();
        names.retain(|name| met.insert(*name));
        let written = opened(&self.entries);
        let change = |key: &String| {
            let (our, their) = (value(&ours, key), value(&theirs, key));
            if our == their {
                return None;
            }
            let conflict = match &applied {
                Some(applied) if value(applied, key) == their => return None,
                Some(applied) => (value(applied, key) != our).then_some(Conflict::Both),
                None => Some(Conflict::Unknown),
            };
            let given = own.as_ref().map(|own| value(own, key)).filter(|own| *own != our);
            let given = given.map(|own| Given { own, made: our });
            Some(EntryChange { key: key.clone(), value: value(&written, key), conflict, given })
        };
        let mut changes: Vec<EntryChange> = names.into_iter().filter_map(change).collect();
        if self.key.kind == ResourceKind::CustomDetection
            && changes.iter().any(|change| change.key == "displayName")
        {
            // A file without an id is known by the name it had.
            let id = Some(Value::text(&self.key.name));
            changes.insert(0, EntryChange { key: "id".to_owned(), value: id, conflict: None, given: None });
        }
        changes
    }

    /// Whether `body` says of the entry `key` what the workspace says.
    pub fn is_said(&self, key: &str, body: &Json) -> bool {
        let said = |body: &Json| {
            let entries = content_of(&self.key, &self.key.kind.normalise(body), None).unwrap_or_default();
            opened(&entries).into_iter().find(|(name, _)| name == key).map(|(_, value)| value)
        };
        said(body) == said(&self.held)
    }

    /// The place of an entry in a file.
    fn rank(&self, name: &str) -> usize {
        let first = name.split('.').next().unwrap_or(name);
        self.table().rank(first)
    }

    /// The keys of the file where it stands.
    pub fn table(&self) -> &'static Table {
        let of_content = keys::table_of(self.key.kind).filter(|_| !self.has_query());
        of_content.unwrap_or(&crate::rule::keys::RULE)
    }

    /// Whether this is a rule with a query, which stands in a rule file.
    pub fn has_query(&self) -> bool {
        self.entries.iter().any(|(name, _)| *name == "query")
    }

    /// The items of a watchlist as they were last applied, where that is known.
    pub fn applied_items(&self) -> Option<Items> {
        let base = self.base.as_ref()?;
        let bodies = [self.applied.as_ref(), self.wanted.as_ref()];
        let body = bodies.into_iter().flatten().find(|body| self.digest_of(body) == base.digest)?;
        let text = body["properties"]["rawContent"].as_str()?;
        Some(watchlist::items(csv::rows(text).into_iter().map(|(_, values)| values)))
    }
}
