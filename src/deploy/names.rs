//! The order in which custom detections change their names.
//!
//! Defender takes no two rules of one name, and no two of one title of their alerts. Who gets a name that another rule has
//! comes after that one has given it up; where rules pass names round in a circle, one of them steps aside first, under a
//! name of its own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::arm::ResourceKind;
use crate::plan::{Action, Change, Plan};

/// Where names stand that are there once.
const NAMES: [&str; 2] = ["displayName", "detectionAction.alertTemplate.title"];

/// A step of detections that pass names on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The change of this index is made.
    Make(usize),
    /// The rule that the change of this index is about takes a name of its own, for the time being.
    Aside(usize),
}

impl Step {
    /// The change that it is about, by its index in the plan.
    pub(super) fn index(self) -> usize {
        match self {
            Self::Make(index) | Self::Aside(index) => index,
        }
    }
}

/// The steps of detections that pass names on to each other, in groups that do not depend on each other.
pub(super) fn passed_on(plan: &Plan) -> Vec<Vec<Step>> {
    let detections: Vec<usize> = plan
        .changes
        .iter()
        .enumerate()
        .filter(|(_, it)| it.key.kind == ResourceKind::CustomDetection && it.is_pending())
        .map(|(index, _)| index)
        .collect();
    let mut given_up: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for index in &detections {
        given_up.extend(moved(&plan.changes[*index]).map(|(path, before, _)| ((path, before), *index)));
    }
    // Whom each has to wait for.
    let mut waits: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for index in &detections {
        let change = &plan.changes[*index];
        let before = names(change).filter_map(|name| given_up.get(&name).copied());
        for other in before.filter(|other| other != index) {
            waits.entry(*index).or_default().insert(other);
            waits.entry(other).or_default();
        }
    }
    let mut groups = Vec::new();
    while let Some(first) = waits.keys().next().copied() {
        let group = group_of(first, &waits);
        let mut open: BTreeMap<usize, BTreeSet<usize>> =
            group.iter().filter_map(|index| Some((*index, waits.remove(index)?))).collect();
        groups.push(steps(&mut open));
    }
    groups
}

/// All that `first` has to do with, over whatever steps.
fn group_of(first: usize, waits: &BTreeMap<usize, BTreeSet<usize>>) -> BTreeSet<usize> {
    let mut group = BTreeSet::from([first]);
    loop {
        let before = group.len();
        for (index, others) in waits {
            if group.contains(index) || others.iter().any(|other| group.contains(other)) {
                group.insert(*index);
                group.extend(others);
            }
        }
        if group.len() == before {
            return group;
        }
    }
}

/// The order of a group.
fn steps(open: &mut BTreeMap<usize, BTreeSet<usize>>) -> Vec<Step> {
    let mut steps = Vec::new();
    while let Some(first) = open.keys().next().copied() {
        let free = open.iter().find(|(_, others)| others.is_empty()).map(|(index, _)| *index);
        let index = match free {
            Some(index) => {
                open.remove(&index);
                steps.push(Step::Make(index));
                index
            }
            None => {
                let index = in_circle(first, open);
                steps.push(Step::Aside(index));
                index
            }
        };
        // Whoever waits for its name need not any more.
        for others in open.values_mut() {
            others.remove(&index);
        }
    }
    steps
}

/// One of those who wait for each other, from `first` on, who waits as all do.
fn in_circle(first: usize, open: &BTreeMap<usize, BTreeSet<usize>>) -> usize {
    let mut met = BTreeSet::new();
    let mut index = first;
    while met.insert(index) {
        index = open.get(&index).and_then(|others| others.first()).copied().unwrap_or(index);
    }
    index
}

/// The names that an update changes: where each stands, what it was, and what it becomes.
fn moved(change: &Change) -> impl Iterator<Item = (&'static str, &str, &str)> {
    let fields = match &change.action {
        Action::Update { fields } => fields.as_slice(),
        _ => &[],
    };
    fields.iter().filter_map(|field| {
        let path = NAMES.into_iter().find(|path| *path == field.path)?;
        Some((path, field.before.as_ref()?.as_str()?, field.after.as_ref()?.as_str()?))
    })
}

/// The names that a change gives its rule, and that it did not have.
fn names(change: &Change) -> Box<dyn Iterator<Item = (&'static str, &str)> + '_> {
    match (&change.action, &change.body) {
        (Action::Create, Some(body)) => {
            Box::new(NAMES.into_iter().filter_map(|path| Some((path, at(body, path)?.as_str()?))))
        }
        _ => Box::new(moved(change).map(|(path, _, after)| (path, after))),
    }
}

fn at<'b>(body: &'b Value, path: &str) -> Option<&'b Value> {
    body.pointer(&format!("/{}", path.replace('.', "/")))
}

/// The change with names that no other rule has.
pub(super) fn aside(change: &Change) -> Change {
    let mut change = change.clone();
    for path in NAMES {
        let place = format!("/{}", path.replace('.', "/"));
        if let Some(name) = change.body.as_mut().and_then(|body| body.pointer_mut(&place))
            && let Some(text) = name.as_str()
        {
            *name = format!("{text} ({})", change.key.name).into();
        }
    }
    change
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The steps of a group in which each waits for the `others`.
    fn of(waits: &[(usize, &[usize])]) -> Vec<Step> {
        steps(&mut waits.iter().map(|(index, others)| (*index, others.iter().copied().collect())).collect())
    }

    #[test]
    fn who_gives_a_name_up_comes_first_and_a_circle_is_broken_once() {
        use Step::{Aside, Make};
        assert_eq!(of(&[(0, &[1]), (1, &[2]), (2, &[])]), [Make(2), Make(1), Make(0)]);
        assert_eq!(of(&[(0, &[1]), (1, &[0])]), [Aside(0), Make(1), Make(0)]);
        assert_eq!(
            of(&[(0, &[1]), (1, &[2]), (2, &[0]), (3, &[0])]),
            [Aside(0), Make(2), Make(1), Make(0), Make(3)]
        );
        assert_eq!(
            of(&[(0, &[1]), (1, &[2]), (2, &[1])]),
            [Aside(1), Make(0), Make(2), Make(1)],
            "who only waits need not step aside"
        );
    }
}
