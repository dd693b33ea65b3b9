//! The quotas of a workspace.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Action, Actual, Change, codes};
use crate::arm::{ResourceKey, ResourceKind, limits, watchlist};
use crate::diag::Diagnostic;

/// What there may be only so many of.
struct Limit {
    /// Names it for programs.
    id: &'static str,
    kind: ResourceKind,
    /// How it is called in a message.
    noun: &'static str,
    /// How much a resource of the kind counts.
    counts: fn(&Value) -> usize,
    most: usize,
    /// How to get below it.
    remedy: &'static str,
}

fn enabled(body: &Value, kind: &str) -> usize {
    usize::from(body["kind"] == kind && body["properties"]["enabled"] == true)
}

const DISABLE: &str = "disable or remove";

const LIMITS: [Limit; 4] = [
    Limit {
        id: "limit-scheduled-rules",
        kind: ResourceKind::AlertRule,
        noun: "enabled scheduled rules",
        counts: |body| enabled(body, "Scheduled"),
        most: limits::ENABLED_SCHEDULED_RULES,
        remedy: DISABLE,
    },
    Limit {
        id: "limit-nrt-rules",
        kind: ResourceKind::AlertRule,
        noun: "enabled NRT rules",
        counts: |body| enabled(body, "NRT"),
        most: limits::ENABLED_NRT_RULES,
        remedy: DISABLE,
    },
    Limit {
        id: "limit-automation-rules",
        kind: ResourceKind::AutomationRule,
        noun: "automation rules",
        counts: |_| 1,
        most: limits::AUTOMATION_RULES,
        remedy: "remove",
    },
    Limit {
        id: "limit-watchlist-items",
        kind: ResourceKind::Watchlist,
        noun: "items of watchlists",
        // Those of others count once they are read.
        counts: |body| watchlist::labelled_items(body).unwrap_or_default(),
        most: limits::WATCHLIST_ITEMS,
        remedy: "remove",
    },
];

/// How much of a limit of the workspace is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaUse {
    /// Names the limit for programs.
    pub id: &'static str,
    /// How what counts is called, such as `enabled scheduled rules`.
    pub noun: &'static str,
    /// How many there are, whoever owns them.
    pub used: usize,
    /// How many there may be.
    pub most: usize,
    /// What makes room, such as `disable or remove`.
    pub remedy: &'static str,
}

/// How much of each limit `actual` uses.
pub fn quotas(actual: &[Actual]) -> Vec<QuotaUse> {
    let used = |limit: &Limit| {
        let Limit { id, noun, most, remedy, kind, counts } = *limit;
        let used = actual.iter().filter(|it| it.key.kind == kind).map(|it| counts(&it.body)).sum();
        QuotaUse { id, noun, used, most, remedy }
    };
    LIMITS.iter().map(used).collect()
}

/// The most rules beyond a limit that are named.
const MAX_NAMED: usize = 10;

/// Errors for limits that carrying out `changes` would break. What is over the limit without this plan's
/// doing is not reported.
pub(super) fn check(changes: &[Change], actual: &BTreeMap<&ResourceKey, &Actual>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for Limit { kind, noun, counts, most, remedy, .. } in LIMITS {
        let before: usize = actual.values().filter(|it| it.key.kind == kind).map(|it| counts(&it.body)).sum();
        let (mut removed, mut more) = (0, 0);
        let mut added = Vec::new();
        for change in changes.iter().filter(|change| change.is_pending() && change.key.kind == kind) {
            let was = actual.get(&change.key).map_or(0, |it| counts(&it.body));
            let wanted = change.body.as_ref().filter(|_| change.action != Action::Delete);
            let will = wanted.map_or(0, counts);
            removed += was.saturating_sub(will);
            if will > was {
                more += will - was;
                added.push((change, more));
            }
        }
        let after = before - removed + more;
        let excess = after.saturating_sub(most);
        let first_over = added.partition_point(|(_, upto)| *upto <= more.saturating_sub(excess));
        if let (true, Some(span)) =
            (excess > 0, added.get(first_over).map(|(change, _)| change.origin.unwrap_or_default()))
        {
            let message = format!("the plan would make {after} of {most} {noun}");
            let over = &added[first_over..];
            let mut names: Vec<String> =
                over.iter().take(MAX_NAMED).map(|(change, _)| format!("'{}'", change.display_name)).collect();
            if over.len() > names.len() {
                names.push(format!("{} more", over.len() - names.len()));
            }
            let finding = Diagnostic::error(codes::QUOTA.code, span, message)
                .with_label("the first beyond the limit")
                .with_help(format!("beyond the limit: {}", names.join(", ")))
                .with_help(format!(
                    "{remedy} {excess} of them, or of the {before} that count there now, whoever owns those"
                ));
            findings.push(finding);
        }
    }
    findings
}
