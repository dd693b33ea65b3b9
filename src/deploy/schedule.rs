//! From a plan to units of work that do not depend on each other.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::names::{Step, passed_on};
use crate::arm::{ResourceKey, ResourceKind};
use crate::plan::{Action, Change, Plan};

/// Changes to be made one after the other: content, then its record.
pub(super) type Unit = Vec<Step>;

/// The work of a plan.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Schedule {
    /// Creates and updates, in the order they are started.
    pub(super) writes: Vec<Unit>,
    /// Deletions, to be started when all writes are made.
    pub(super) deletions: Vec<Unit>,
}

impl Schedule {
    /// The work of `plan`. Every pending change is in one unit, at its first place.
    pub(super) fn new(plan: &Plan) -> Self {
        let mut schedule = Self::default();
        let room = room_makers(plan);
        let makes_room: HashSet<usize> = room.values().copied().collect();
        // Where the unit of each pending change is, by key; a plan names each key once.
        let mut places: HashMap<&ResourceKey, (bool, usize)> = HashMap::new();
        for (index, change) in plan.changes.iter().enumerate().filter(|(_, change)| change.is_pending()) {
            if makes_room.contains(&index) {
                continue;
            }
            let deletes = change.action == Action::Delete;
            let units = if deletes { &mut schedule.deletions } else { &mut schedule.writes };
            let before = change.depends_on.as_ref().and_then(|key| places.get(key)).copied();
            let place = match before {
                Some((in_deletions, unit)) if in_deletions == deletes => {
                    units[unit].push(Step::Make(index));
                    (deletes, unit)
                }
                _ => {
                    let steps = room.get(&index).copied().into_iter().chain([index]);
                    units.push(steps.map(Step::Make).collect());
                    (deletes, units.len() - 1)
                }
            };
            places.insert(&change.key, place);
        }
        for group in passed_on(plan) {
            schedule.join(&group);
        }
        schedule
    }

    /// Makes one unit of those with changes of `group`, in its order.
    fn join(&mut self, group: &[Step]) {
        let (mut of_group, rest): (Vec<Unit>, Vec<Unit>) = std::mem::take(&mut self.writes)
            .into_iter()
            .partition(|unit| unit.iter().any(|step| group.contains(step)));
        let mut joined = Unit::new();
        for step in group {
            match of_group.iter_mut().find(|unit| unit.contains(step)) {
                Some(unit) => joined.append(unit),
                None => joined.push(*step),
            }
        }
        self.writes = rest;
        self.writes.push(joined);
    }
}

/// For each custom detection that is new, the one of the same name that goes. Defender takes no two of one name, so the
/// one has to go before the other comes: the only content that is deleted before its successor is there.
fn room_makers(plan: &Plan) -> HashMap<usize, usize> {
    let of = |wanted: fn(&Action) -> bool| {
        let changes = plan.changes.iter().enumerate();
        changes.filter(move |(_, it)| it.key.kind == ResourceKind::CustomDetection && wanted(&it.action))
    };
    let going: HashMap<&str, usize> =
        of(|it| *it == Action::Delete).map(|(index, change)| (change.display_name.as_str(), index)).collect();
    let coming = of(|it| *it == Action::Create);
    coming.filter_map(|(index, it)| Some((index, *going.get(it.display_name.as_str())?))).collect()
}

/// `units` in stages, each to be begun when the one before is done: watchlists and functions come before the rules
/// whose queries name them, and functions before those that call them.
pub(super) fn stages(plan: &Plan, units: Vec<Unit>) -> Vec<Vec<Unit>> {
    let ranks = plan.ranks();
    let mut stages: BTreeMap<(u8, usize), Vec<Unit>> = BTreeMap::new();
    for unit in units {
        let key = unit.first().map(|step| &plan.changes[step.index()].key);
        let stage = match key.map(|key| (key.kind, key)) {
            Some((ResourceKind::Watchlist, _)) => (0, 0),
            Some((ResourceKind::Function, key)) => (1, ranks.get(key).copied().unwrap_or_default()),
            _ => (2, 0),
        };
        stages.entry(stage).or_default().push(unit);
    }
    stages.into_values().collect()
}

/// The change that `change` waits for, if it is one that the plan refuses to make.
pub(super) fn refused_dependency<'a>(plan: &'a Plan, change: &Change) -> Option<&'a Change> {
    let key = change.depends_on.as_ref()?;
    plan.unowned().find(|refused| refused.key == *key)
}
