//! What a deployment needs of a workspace, for a person or a program.

use std::collections::HashSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::plan_text::printable;
use super::schema::{object, text};
use crate::doctor::{Check, Checkup, State};

/// The format that [`doctor_json`] writes.
pub const DOCTOR_JSON_FORMAT: u64 = 1;

/// A line for each check, its remedies below the first that has them, then a line of how many went how.
pub fn doctor_text(checkup: &Checkup) -> String {
    let width = |of: fn(&Check) -> &str| checkup.checks.iter().map(|it| of(it).chars().count()).max();
    let title = width(|check| &check.title).unwrap_or(0);
    let state = State::ALL.map(|state| state.as_str().len()).into_iter().max().unwrap_or(0);
    let (mut out, mut said) = (String::new(), HashSet::new());
    for check in &checkup.checks {
        let word = check.state.as_str();
        let line = format!("{word:state$}  {:title$}  {}", printable(&check.title), printable(&check.found));
        let _ = writeln!(out, "{}", line.trim_end());
        // Many checks may have one remedy; to say it once is enough.
        for help in check.help.iter().filter(|help| said.insert(help.as_str())) {
            let _ = writeln!(out, "{:state$}  help: {}", "", printable(help));
        }
    }
    let counts = State::ALL.map(|state| (checkup.count(state), state.as_str()));
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let _ = writeln!(out, "\nDoctor: {}: {}", printable(&checkup.workspace), counts.join(", "));
    out
}

/// The checks as one JSON document with a line end, as [`doctor_json_schema`] describes it.
pub fn doctor_json(checkup: &Checkup) -> String {
    let summary: serde_json::Map<String, Value> =
        State::ALL.iter().map(|state| (state.as_str().to_owned(), checkup.count(*state).into())).collect();
    let document = json!({
        "format": DOCTOR_JSON_FORMAT,
        "picket": env!("CARGO_PKG_VERSION"),
        "workspace": checkup.workspace,
        "summary": summary,
        "checks": checkup.checks,
    });
    format!("{document:#}\n")
}

/// The JSON Schema of what [`doctor_json`] writes.
pub fn doctor_json_schema() -> Value {
    let states = State::ALL.map(State::as_str);
    let counts: serde_json::Map<String, Value> =
        states.iter().map(|word| ((*word).to_owned(), json!({ "type": "integer", "minimum": 0 }))).collect();
    let number = json!({ "type": "integer", "minimum": 0 });
    let texts = |what: &str| json!({ "type": "array", "items": { "type": "string" }, "description": what });
    let check = object(
        json!({
            "id": text("Names the check, and does not change, such as `token` or `permission-watchlists`."),
            "title": text("Names it for people."),
            "state": { "enum": states },
            "found": text("What was found, or why it was skipped."),
            "help": texts("What to do."),
            "missing": texts("Actions that no role of the caller grants."),
            "usage": object(json!({ "used": number, "limit": number }), &["used", "limit"]),
        }),
        &["id", "title", "state"],
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What a workspace lacks, as `picket doctor` writes it",
        "type": "object",
        "properties": {
            "format": { "const": DOCTOR_JSON_FORMAT },
            "picket": text("The version of picket."),
            "workspace": text("The name by which picket.toml knows the workspace."),
            "summary": object(Value::Object(counts), &states),
            "checks": { "type": "array", "items": check, "description": "In the order in which they were made." },
        },
        "required": ["format", "picket", "workspace", "summary", "checks"],
    })
}
