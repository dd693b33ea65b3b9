//! What must hold of a workspace after a run, and at any moment of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::run::Before;
use super::world::{Held, OURS};
use crate::arm::detection_rule::Mark;
use crate::arm::{ResourceKey, ResourceKind, watchlist};
use crate::plan::{self, Action, Actual, Desired, PlanOptions, Target};
use crate::text::csv;

/// Fields of a request that no answer repeats.
const SENT_ONLY: [&str; 3] = ["rawContent", "contentType", "numberOfLinesToSkip"];

/// The resources that were there and are to stay.
pub(super) fn stays(before: &Before, wanted: &[Desired]) -> BTreeSet<ResourceKey> {
    let wanted: BTreeSet<&ResourceKey> = wanted.iter().map(|it| &it.key).collect();
    before.resources.iter().map(|it| &it.key).filter(|key| wanted.contains(key)).cloned().collect()
}

/// What is gone that was to stay.
pub(super) fn lost(stays: &BTreeSet<ResourceKey>, held: &Held) -> Vec<String> {
    let held: BTreeSet<&ResourceKey> = held.resources.iter().map(|it| &it.key).collect();
    stays.iter().filter(|key| !held.contains(key)).map(|key| format!("{key} is lost")).collect()
}

/// What others have that is not as it was, to the etag.
pub(super) fn foreign(before: &Before, held: &Held) -> Vec<String> {
    let now: BTreeMap<&ResourceKey, &Actual> = held.resources.iter().map(|it| (&it.key, it)).collect();
    let mut wrong = Vec::new();
    for was in before.resources.iter().filter(|it| is_foreign(&it.key)) {
        if now.get(&was.key).is_none_or(|is| *is != was) {
            wrong.push(format!("{} of somebody else was touched", was.key));
        }
        if was.key.kind == ResourceKind::Watchlist
            && before.items.get(&was.key.name) != held.items.get(&was.key.name)
        {
            wrong.push(format!("the items of {} of somebody else were touched", was.key));
        }
    }
    wrong
}

/// Numbers of content of others have six digits; in ids they are hexadecimal.
fn is_foreign(key: &ResourceKey) -> bool {
    let digits = |text: &str| text.trim_start_matches(|c: char| !c.is_ascii_digit()).to_owned();
    let name = key.name.rsplit('-').next().unwrap_or(&key.name);
    let number = match key.name.contains("5b0f0c3e") {
        true => usize::from_str_radix(name, 16).unwrap_or(0),
        false => digits(name).parse().unwrap_or(0),
    };
    number >= 100_000
}

/// Whatever of the workspace is not exactly what the project wants beside what others have.
pub(super) fn exactly(wanted: &[Desired], before: &Before, held: &Held, target: &Target) -> Vec<String> {
    let mut wrong = foreign(before, held);
    let mut now: BTreeMap<&ResourceKey, &Actual> = BTreeMap::new();
    for resource in &held.resources {
        if now.insert(&resource.key, resource).is_some() {
            wrong.push(format!("{} is there twice", resource.key));
        }
    }
    for desired in wanted {
        match now.remove(&desired.key) {
            None => wrong.push(format!("{} is missing", desired.key)),
            Some(is) => wrong.extend(differences(desired, is, held)),
        }
    }
    wrong.extend(now.keys().filter(|key| !is_foreign(key)).map(|key| format!("{key} is too much")));
    let plan = plan::plan(wanted, &held.resources, target, PlanOptions { prune: true, adopt: false });
    let left = plan.changes.iter().filter(|change| change.action != Action::NoOp);
    wrong.extend(left.map(|change| format!("the next plan would change {}", change.key)));
    wrong
}

fn differences(desired: &Desired, is: &Actual, held: &Held) -> Vec<String> {
    let mut wrong = Vec::new();
    let key = &desired.key;
    let mut missing = Vec::new();
    subset(&desired.body, &is.body, "", &mut missing);
    wrong.extend(missing.into_iter().map(|path| format!("{key} differs in {path}")));
    let enabled = |body: &Value| body["properties"]["enabled"].clone();
    if enabled(&desired.body) == Value::Bool(true) && enabled(&is.body) != Value::Bool(true) {
        wrong.push(format!("{key} is left disabled"));
    }
    match key.kind {
        ResourceKind::Watchlist => {
            let content = desired.body["properties"]["rawContent"].as_str().unwrap_or_default();
            let rows = csv::rows(content).into_iter().map(|(_, values)| values);
            let of_item = |item: Map<String, Value>| Value::Object(item).to_string();
            let mut items: Vec<String> = watchlist::items(rows).into_iter().map(of_item).collect();
            items.sort();
            if held.items.get(&key.name) != Some(&items) {
                wrong.push(format!("{key} has other items"));
            }
        }
        ResourceKind::CustomDetection if Mark::of(&is.body).is_none_or(|mark| mark.project != OURS) => {
            wrong.push(format!("{key} is nobody's"));
        }
        _ => {}
    }
    wrong
}

/// Notes the paths of all that `wanted` says and `is` does not.
fn subset(wanted: &Value, is: &Value, path: &str, missing: &mut Vec<String>) {
    match (wanted, is) {
        (Value::Object(wanted), Value::Object(is)) => {
            for (name, value) in wanted.iter().filter(|(name, _)| !SENT_ONLY.contains(&name.as_str())) {
                let path = format!("{path}/{name}");
                subset(value, is.get(name).unwrap_or(&Value::Null), &path, missing);
            }
        }
        _ if wanted == is => {}
        _ => missing.push(path.to_owned()),
    }
}
