//! What differs between the coverage of two states of a repository.

use std::collections::BTreeSet;

use super::{Coverage, Covered};

/// How the coverage of a technique, or of a part of one, changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `T1219` or `T1219.002`.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// How many rules named it before.
    pub before: usize,
    /// How many name it now.
    pub after: usize,
    /// How many of these were tested before, and are now.
    pub tested: (usize, usize),
}

/// All that differs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CoverageDiff {
    /// What no rule named before and some rule does now.
    pub gained: Vec<Change>,
    /// What some rule named before and none does now.
    pub lost: Vec<Change>,
    /// What more or fewer rules name, or more or fewer tested ones.
    pub changed: Vec<Change>,
    /// Techniques that some rule covers, before and now.
    pub covered: (usize, usize),
    /// Techniques that some tested rule covers, before and now.
    pub tested: (usize, usize),
}

/// What changed from `before` to `after`, by id.
pub fn diff(before: &Coverage, after: &Coverage) -> CoverageDiff {
    let mut found = CoverageDiff {
        covered: (before.total().1, after.total().1),
        tested: (before.tested_techniques(), after.tested_techniques()),
        ..CoverageDiff::default()
    };
    let (old, new) = (counts(before), counts(after));
    let ids: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for id in ids {
        let (was, is) = (old.get(id), new.get(id));
        let name = is.or(was).map(|(name, _)| *name).unwrap_or_default();
        let rules = |side: Option<&(&'static str, BTreeSet<usize>)>| side.map_or(0, |(_, rules)| rules.len());
        let tested = |of: &Coverage, side: Option<&(&'static str, BTreeSet<usize>)>| {
            side.map_or(0, |(_, rules)| of.tested(rules))
        };
        let tested = (tested(before, was), tested(after, is));
        let change = Change { id, name, before: rules(was), after: rules(is), tested };
        match (change.before, change.after) {
            (same, other) if same == other && tested.0 == tested.1 => {}
            (0, _) => found.gained.push(change),
            (_, 0) => found.lost.push(change),
            _ => found.changed.push(change),
        }
    }
    found
}

/// The rules that name each technique and part, whatever the tactic.
fn counts(coverage: &Coverage) -> std::collections::BTreeMap<&'static str, (&'static str, BTreeSet<usize>)> {
    let mut counts = std::collections::BTreeMap::new();
    let mut count = |it: &Covered| {
        let (_, rules) = counts.entry(it.id).or_insert_with(|| (it.name, BTreeSet::new()));
        rules.extend(it.rules.iter().copied());
    };
    for technique in coverage.columns.iter().flat_map(|column| &column.techniques) {
        count(technique);
        technique.parts.iter().for_each(&mut count);
    }
    counts
}
