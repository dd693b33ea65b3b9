//! How content fares in a workspace, for a person, a program or a comment.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::aligned::aligned;
use super::markdown_text::{append, code};
use super::plan_markdown::PLAN_COMMENT_LENGTH;
use super::plan_text::printable;
use super::schema::{key, object, target, text};
use crate::plan::{ResourceStatus, SinceApply, State, Status};

/// The format that [`status_json`] writes.
pub const STATUS_JSON_FORMAT: u64 = 1;

/// A table, a line each, then what is not known, and a line of how many there are in each state.
pub fn status_text(status: &Status) -> String {
    let heads = heads(status).map(|head| head.to_uppercase());
    let rows: Vec<Vec<String>> =
        std::iter::once(heads.collect()).chain(status.resources.iter().map(|it| cells(it, status))).collect();
    let mut out = if status.resources.is_empty() { String::new() } else { aligned(&rows) };
    if !out.is_empty() {
        out.push('\n');
    }
    if let Some((problem, help)) = problem(status) {
        let _ = writeln!(out, "note: {problem}");
        for help in help {
            let _ = writeln!(out, "  help: {}", printable(help));
        }
        out.push('\n');
    }
    let _ = writeln!(out, "{}", summary(status));
    out
}

/// The status as one JSON document with a line end, as [`status_json_schema`] describes it.
pub fn status_json(status: &Status) -> String {
    let mut document =
        json!({ "format": STATUS_JSON_FORMAT, "picket": env!("CARGO_PKG_VERSION"), "target": status.target });
    if let Some(activity) = &status.activity {
        document["activity"] = json!(activity);
    }
    document["resources"] = json!(status.resources);
    format!("{document:#}\n")
}

/// The JSON Schema of what [`status_json`] writes.
pub fn status_json_schema() -> Value {
    let resource = object(
        json!({
            "key": key(),
            "displayName": text("The name of the rule, or where that is gone, the name in the workspace."),
            "state": {
                "enum": ["enabled", "disabled", "disabled-by-azure", "present", "deleted"],
                "description": "`present` is content that does not run by itself, such as a hunting query.",
            },
            "changedAt": text("When it was last changed in the workspace, as the service says it."),
            "changedBy": text("Who changed it, where the service says so."),
            "sinceApply": {
                "enum": ["unchanged", "drifted", "unknown"],
                "description": "Whether it is as the last apply left it; `unknown` where that is not on record.",
            },
            "commit": text("The git commit of the last apply."),
            "alerts": {
                "type": "integer",
                "minimum": 0,
                "description": "How many alerts the rule made in the days of `activity`; absent where that is not known.",
            },
            "lastFired": text("When it made the last of them."),
            "silent": { "const": true, "description": "The rule runs and made none." },
        }),
        &["key", "displayName", "state", "sinceApply"],
    );
    let activity = object(
        json!({
            "days": { "type": "integer", "minimum": 1, "description": "Over how many days up to now." },
            "problem": text("Why it is not known, or not all of it."),
            "help": { "type": "array", "items": { "type": "string" } },
        }),
        &["days"],
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "How what was deployed fares, as `picket status` writes it",
        "type": "object",
        "properties": {
            "format": { "const": STATUS_JSON_FORMAT },
            "picket": text("The version of picket."),
            "target": target(),
            "activity": activity,
            "resources": { "type": "array", "items": resource, "description": "By kind, name and key." },
        },
        "required": ["format", "picket", "target", "resources"],
    })
}

/// The status as Markdown, short enough for a comment or an issue. What needs a look comes first.
pub fn status_markdown(status: &Status) -> String {
    let name = code(&status.target.workspace.name);
    let mut out = format!("### picket status of {name}\n\n**{}**\n", summary(status));
    if let Some((problem, help)) = problem(status) {
        let help: Vec<String> = help.iter().map(|help| code(&printable(help))).collect();
        let help = if help.is_empty() { String::new() } else { format!(" ({})", help.join("; ")) };
        let _ = write!(out, "\n{}{help}\n", code(&problem));
    }
    if !status.resources.is_empty() {
        let heads: Vec<String> = heads(status).collect();
        let _ = write!(out, "\n| {} |\n|{}\n", heads.join(" | "), "-|".repeat(heads.len()));
    }
    let mut ordered: Vec<&ResourceStatus> = status.resources.iter().collect();
    ordered.sort_by_key(|it| {
        let is_fine = it.since_apply != SinceApply::Drifted;
        let runs = matches!(it.state, State::Enabled | State::Present);
        (is_fine, runs, !it.silent, std::cmp::Reverse(it.state))
    });
    let row = |it: &ResourceStatus| {
        let cells: Vec<String> = cells(it, status).iter().map(|cell| cell_of(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    append(&mut out, PLAN_COMMENT_LENGTH, "row", ordered.into_iter().map(row));
    out
}

/// A cell of a Markdown table.
fn cell_of(text: &str) -> String {
    if text.is_empty() { String::new() } else { code(&text.replace('|', "/")) }
}

/// The heads of the columns; those of activity only where it is known.
fn heads(status: &Status) -> impl Iterator<Item = String> {
    let always = ["state", "kind", "name", "last changed", "since the last apply"].map(str::to_owned);
    let activity = status.activity.as_ref().filter(|_| status.knows_activity());
    let fired = activity.map(|it| ["last fired".to_owned(), format!("alerts in {} d", it.days)]);
    always.into_iter().chain(fired.into_iter().flatten())
}

fn cells(it: &ResourceStatus, status: &Status) -> Vec<String> {
    let changed = match (it.changed_at.as_deref().map(to_the_second), &it.changed_by) {
        (Some(when), Some(who)) => format!("{when} by {who}"),
        (Some(when), None) => when.to_owned(),
        (None, who) => who.clone().unwrap_or_default(),
    };
    let since = match it.since_apply {
        SinceApply::Unchanged => "",
        SinceApply::Drifted => "changed",
        SinceApply::Unknown => "not on record",
    };
    let mut cells =
        [state(it.state), it.key.kind.noun(), &it.display_name, &changed, since].map(printable).to_vec();
    if status.knows_activity() {
        let last = match &it.last_fired {
            Some(last) => printable(to_the_second(last)),
            None if it.silent => "silent".to_owned(),
            None => String::new(),
        };
        cells.extend([last, it.alerts.map(|alerts| alerts.to_string()).unwrap_or_default()]);
    }
    cells
}

/// A time without what is smaller than seconds, and without the mark of UTC.
fn to_the_second(time: &str) -> &str {
    time.split('.').next().unwrap_or(time).trim_end_matches('Z')
}

/// What is not known of how often rules fired, and what to do about it.
fn problem(status: &Status) -> Option<(String, &[String])> {
    let activity = status.activity.as_ref()?;
    let what = if status.knows_activity() { "not all" } else { "nothing" };
    let problem = activity.problem.as_deref()?;
    Some((format!("{what} is known of how often rules fired: {}", printable(problem)), &activity.help))
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
    let silent = status.resources.iter().filter(|it| it.silent).count();
    let silent = match &status.activity {
        Some(activity) if silent > 0 => format!("; {silent} silent for {} days", activity.days),
        _ => String::new(),
    };
    match counts.is_empty() {
        true => "Status: nothing of the project is in the workspace".to_owned(),
        false => format!("Status: {}; {drifted} changed since the last apply{silent}", counts.join(", ")),
    }
}
