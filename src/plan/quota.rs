//! The quotas of a workspace.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Action, Actual, Change, codes};
use crate::arm::{ResourceKey, ResourceKind, limits};
use crate::diag::Diagnostic;

/// The kinds with a limit of their own.
const LIMITS: [(&str, &str, usize); 2] =
    [("Scheduled", "scheduled", limits::ENABLED_SCHEDULED_RULES), ("NRT", "NRT", limits::ENABLED_NRT_RULES)];

/// The most rules beyond a limit that are named.
const MAX_NAMED: usize = 10;

/// Errors for limits that carrying out `changes` would break. What is over the limit without this plan's
/// doing is not reported.
pub(super) fn check(changes: &[Change], actual: &BTreeMap<&ResourceKey, &Actual>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (kind, word, limit) in LIMITS {
        let counts = |body: &Value| body["kind"] == kind && body["properties"]["enabled"] == true;
        let held = actual.values().filter(|it| it.key.kind == ResourceKind::AlertRule && counts(&it.body));
        let before = held.count();
        let mut removed = 0;
        let mut added = Vec::new();
        for change in changes.iter().filter(|change| change.is_pending()) {
            let was = actual.get(&change.key).is_some_and(|it| counts(&it.body));
            let will = change.action != Action::Delete && change.body.as_ref().is_some_and(counts);
            match (was, will) {
                (true, false) => removed += 1,
                (false, true) => added.push(change),
                _ => {}
            }
        }
        let after = before - removed + added.len();
        let excess = after.saturating_sub(limit);
        let first_over = added.len().saturating_sub(excess);
        if let (true, Some(span)) =
            (excess > 0, added.get(first_over).map(|change| change.origin.unwrap_or_default()))
        {
            let message = format!("the plan would make {after} of {limit} enabled {word} rules");
            let over = &added[first_over..];
            let mut names: Vec<String> =
                over.iter().take(MAX_NAMED).map(|change| format!("'{}'", change.display_name)).collect();
            if over.len() > names.len() {
                names.push(format!("{} more", over.len() - names.len()));
            }
            let finding = Diagnostic::error(codes::QUOTA.code, span, message)
                .with_label("the first rule beyond the limit")
                .with_help(format!("beyond the limit: {}", names.join(", ")))
                .with_help(format!(
                    "disable or remove {excess} of them, or of the {before} that are enabled there now, whoever owns those"
                ));
            findings.push(finding);
        }
    }
    findings
}
