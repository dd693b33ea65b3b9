//! The order in which queries find what they name.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Change, Plan, codes};
use crate::arm::{ResourceKey, ResourceKind};
use crate::diag::{self, Diagnostic};
use crate::text::Span;

/// What the queries of resources name of other resources.
pub type Reads = BTreeMap<ResourceKey, BTreeSet<ResourceKey>>;

impl Plan {
    /// Notes what the query of each pending change names of what else is pending, and puts functions in that order:
    /// one that is written comes after those it calls, one that is deleted before them. Reports functions that come to
    /// themselves.
    pub fn put_in_order(&mut self, reads: &Reads) {
        let pending: BTreeMap<ResourceKey, bool> =
            self.pending().map(|change| (change.key.clone(), change.action == Action::Delete)).collect();
        for change in &mut self.changes {
            let Some(deletes) = pending.get(&change.key) else { continue };
            // What is deleted names nothing that is written for it, and what is written nothing that goes.
            let named = reads.get(&change.key).into_iter().flatten();
            change.reads = named.filter(|key| pending.get(*key) == Some(deletes)).cloned().collect();
        }
        let circles = circles(&self.changes, reads);
        self.warnings.extend(circles);
        diag::sort(&mut self.warnings);
        let ranks = self.ranks();
        self.changes.sort_by_key(|change| {
            let rank = ranks.get(&change.key).copied().unwrap_or_default();
            let rank = match change.key.kind {
                ResourceKind::Function if change.action == Action::Delete => usize::MAX - rank,
                ResourceKind::Function => rank,
                _ => 0,
            };
            (change.key.kind, rank)
        });
    }

    /// How many steps of [`Change::reads`] lead on from each pending change. A change in a circle counts as if it named
    /// nothing of the circle.
    pub fn ranks(&self) -> BTreeMap<ResourceKey, usize> {
        let named: BTreeMap<&ResourceKey, &[ResourceKey]> =
            self.pending().map(|change| (&change.key, change.reads.as_slice())).collect();
        let mut ranks = BTreeMap::new();
        for key in named.keys() {
            rank(key, &named, &mut BTreeSet::new(), &mut ranks);
        }
        ranks
    }
}

fn rank(
    key: &ResourceKey,
    named: &BTreeMap<&ResourceKey, &[ResourceKey]>,
    above: &mut BTreeSet<ResourceKey>,
    ranks: &mut BTreeMap<ResourceKey, usize>,
) -> usize {
    if let Some(rank) = ranks.get(key) {
        return *rank;
    }
    let Some(next) = named.get(key) else { return 0 };
    above.insert(key.clone());
    let mut highest = 0;
    for key in *next {
        if !above.contains(key) {
            highest = highest.max(1 + rank(key, named, above, ranks));
        }
    }
    above.remove(key);
    ranks.insert(key.clone(), highest);
    highest
}

/// A finding for each circle among the functions of `changes`, at the first of them.
fn circles(changes: &[Change], reads: &Reads) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut told: BTreeSet<&ResourceKey> = BTreeSet::new();
    for change in changes.iter().filter(|change| change.action != Action::Delete) {
        let key = &change.key;
        if told.contains(key) {
            continue;
        }
        let Some(circle) = way_back(key, reads) else { continue };
        let names: Vec<String> = circle.iter().chain([&key]).map(|key| format!("`{}`", key.name)).collect();
        told.extend(circle);
        let message = match names.as_slice() {
            [name, _] => format!("the function {name} calls itself"),
            names => format!("functions call each other in a circle: {}", names.join(" calls ")),
        };
        let span = change.origin.unwrap_or_else(Span::default);
        let finding = Diagnostic::error(codes::CIRCLE.code, span, message);
        findings.push(finding.with_help("put what both need into a function of its own"));
    }
    findings
}

/// The shortest way over what queries name from `start` to itself, if there is one.
fn way_back<'a>(start: &'a ResourceKey, reads: &'a Reads) -> Option<Vec<&'a ResourceKey>> {
    let mut from: BTreeMap<&ResourceKey, &ResourceKey> = BTreeMap::new();
    let mut open = std::collections::VecDeque::from([start]);
    while let Some(at) = open.pop_front() {
        for next in reads.get(at).into_iter().flatten() {
            if next == start {
                let mut way = vec![at];
                while let Some(before) = way.last().filter(|key| **key != start).and_then(|key| from.get(key))
                {
                    way.push(before);
                }
                way.reverse();
                return Some(way);
            }
            if !from.contains_key(next) {
                from.insert(next, at);
                open.push_back(next);
            }
        }
    }
    None
}
