//! How content fares in a workspace, for a person, a program or a comment.

use std::fmt::Write as _;

use serde_json::json;

use super::markdown_text::{append, code};
use super::plan_markdown::PLAN_COMMENT_LENGTH;
use super::plan_text::printable;
use crate::plan::{ResourceStatus, SinceApply, State, Status};

/// The format that [`status_json`] writes.
pub const STATUS_JSON_FORMAT: u64 = 1;

/// A table, a line each, then a line of how many there are in each state.
pub fn status_text(status: &Status) -> String {
    let heads = ["STATE", "KIND", "NAME", "LAST CHANGED", "SINCE THE LAST APPLY"].map(str::to_owned);
    let rows: Vec<[String; 5]> = std::iter::once(heads).chain(status.resources.iter().map(cells)).collect();
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: [usize; 5] = std::array::from_fn(width);
    let mut out = String::new();
    for row in rows.iter().filter(|_| !status.resources.is_empty()) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            let _ = write!(line, "{cell:width$}  ");
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    if !out.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "{}", summary(status));
    out
}

/// The status as one JSON document with a line end: `resources` is a list of `key`, `displayName`, `state` (`enabled`,
/// `disabled`, `disabled-by-azure`, `present` or `deleted`), `changedAt`, `changedBy`, `sinceApply` (`unchanged`,
/// `drifted` or `unknown`) and `commit`.
pub fn status_json(status: &Status) -> String {
    let document = json!({
        "format": STATUS_JSON_FORMAT,
        "picket": env!("CARGO_PKG_VERSION"),
        "target": status.target,
        "resources": status.resources,
    });
    format!("{document:#}\n")
}

/// The status as Markdown, short enough for a comment or an issue. What needs a look comes first.
pub fn status_markdown(status: &Status) -> String {
    let name = code(&status.target.workspace.name);
    let mut out = format!("### picket status of {name}\n\n**{}**\n", summary(status));
    if !status.resources.is_empty() {
        out.push_str("\n| state | kind | name | last changed | since the last apply |\n|-|-|-|-|-|\n");
    }
    let mut ordered: Vec<&ResourceStatus> = status.resources.iter().collect();
    ordered.sort_by_key(|it| (it.since_apply != SinceApply::Drifted, std::cmp::Reverse(it.state)));
    let row = |it: &ResourceStatus| {
        let cells: Vec<String> = cells(it).iter().map(|cell| cell_of(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    append(&mut out, PLAN_COMMENT_LENGTH, "row", ordered.into_iter().map(row));
    out
}

/// A cell of a Markdown table.
fn cell_of(text: &str) -> String {
    if text.is_empty() { String::new() } else { code(&text.replace('|', "/")) }
}

fn cells(it: &ResourceStatus) -> [String; 5] {
    let when = it.changed_at.as_deref().map(|at| at.split('.').next().unwrap_or(at).trim_end_matches('Z'));
    let changed = match (when, &it.changed_by) {
        (Some(when), Some(who)) => format!("{when} by {who}"),
        (Some(when), None) => when.to_owned(),
        (None, who) => who.clone().unwrap_or_default(),
    };
    let since = match it.since_apply {
        SinceApply::Unchanged => "",
        SinceApply::Drifted => "changed",
        SinceApply::Unknown => "not on record",
    };
    [state(it.state), it.key.kind.noun(), &it.display_name, &changed, since].map(printable)
}

fn state(state: State) -> &'static str {
    match state {
        State::Enabled => "enabled",
        State::Disabled => "disabled",
        State::DisabledByAzure => "disabled by Azure",
        State::Present => "present",
        State::Deleted => "deleted",
    }
}

fn summary(status: &Status) -> String {
    let states = [State::Enabled, State::Disabled, State::DisabledByAzure, State::Present, State::Deleted];
    let count = |wanted| status.resources.iter().filter(|it| it.state == wanted).count();
    let counts = states.map(|it| (count(it), it)).into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, it)| format!("{count} {}", state(it))).collect();
    let drifted = status.resources.iter().filter(|it| it.since_apply == SinceApply::Drifted).count();
    match counts.is_empty() {
        true => "Status: nothing of the project is in the workspace".to_owned(),
        false => format!("Status: {}; {drifted} changed since the last apply", counts.join(", ")),
    }
}
