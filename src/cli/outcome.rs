//! How an apply ended, for a person or a program.

use serde_json::{Value, json};

use crate::arm::ResourceKind;
use crate::deploy::{Failure, Operation, Outcome};

use super::output::{count, human};
use super::refusals::{self, Placed};
use super::{CliError, Shell};

/// How an outcome is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum OutcomeFormat {
    /// The plan, then a line of what was done.
    #[default]
    Human,
    /// One JSON document of what was done, what failed and what was not begun; the plan goes to standard error.
    Json,
}

/// The format of [`write_json`].
const FORMAT: u64 = 1;

/// Writes an outcome as one JSON document of the schema [`json_schema`].
pub(crate) fn write_json(outcome: &Outcome, shell: &mut Shell) -> Result<(), CliError> {
    Ok(shell.out().write_all(json_text(outcome).as_bytes())?)
}

/// An outcome as one JSON document of the schema [`json_schema`].
pub(crate) fn json_text(outcome: &Outcome) -> String {
    let document = json!({
        "format": FORMAT,
        "picket": env!("CARGO_PKG_VERSION"),
        "workspace": outcome.workspace,
        "complete": outcome.is_complete(),
        "interrupted": outcome.interrupted,
        "done": outcome.done,
        "failed": outcome.failed,
        "pending": outcome.pending,
        "skipped": outcome.skipped,
        "disabled": outcome.disabled,
    });
    format!("{document:#}\n")
}

/// What [`write_json`] writes, as a JSON Schema (draft 2020-12). It allows for keys that later versions add.
pub(crate) fn json_schema() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let item = |extra: Value| {
        let mut properties = json!({
            "key": {
                "type": "object",
                "properties": {
                    "kind": { "enum": ["watchlist", "function", "alertRule", "automationRule", "customDetection", "savedSearch", "metadata"] },
                    "name": text("The last segment of the resource's path."),
                },
                "required": ["kind", "name"],
            },
            "displayName": text("The name people see; of metadata, that of its content."),
            "operation": { "enum": ["create", "update", "delete", "refuse"] },
        });
        let mut required = vec!["key".to_owned(), "displayName".to_owned(), "operation".to_owned()];
        for (name, schema) in extra.as_object().into_iter().flatten() {
            properties[name] = schema.clone();
            required.push(name.clone());
        }
        json!({ "type": "object", "properties": properties, "required": required })
    };
    let list = |description: &str, item: Value| json!({ "type": "array", "description": description, "items": item });
    let error = json!({
        "type": "object",
        "properties": {
            "message": text("What happened, in one sentence."),
            "help": { "type": "array", "items": { "type": "string" }, "description": "Remedies." },
            "status": { "type": "integer", "description": "The status of the service's answer." },
            "code": text("The service's code."),
            "requestId": text("By which Microsoft's support finds the request."),
            "correlationId": text("By which the activity log finds it."),
            "refusal": {
                "type": "object",
                "description": "What it is about, where the change was refused.",
                "properties": {
                    "code": text("The code of picket for it, such as `PK811`; `picket explain` says more."),
                    "part": text("The part of the rule, such as `query`."),
                    "subject": text("What the service names: a table, an identifier, a technique."),
                    "at": {
                        "type": "array",
                        "items": { "type": "integer" },
                        "description": "Line and column in the query, from 1.",
                    },
                    "absent": { "enum": ["table", "column", "function", "id"] },
                },
                "required": ["code", "part"],
            },
        },
        "required": ["message", "help"],
    });
    let waiting = json!({
        "type": "object",
        "properties": {
            "kind": { "enum": ["table", "column", "function", "id"] },
            "names": {
                "type": "array",
                "items": { "type": "string" },
                "description": "Its name; where the service does not say which it is, the names that it may be.",
            },
        },
        "required": ["kind", "names"],
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "How an apply ended, as picket writes it",
        "type": "object",
        "properties": {
            "format": { "const": FORMAT },
            "picket": text("The version of picket."),
            "workspace": text("The workspace, in a few words."),
            "complete": { "type": "boolean", "description": "Whether the workspace is now as planned." },
            "interrupted": { "type": "boolean", "description": "Whether somebody ended it early." },
            "done": list("What is now as planned.", item(json!({ "how": { "enum": ["confirmed", "found"] } }))),
            "failed": list("What went wrong.", item(json!({ "error": &error }))),
            "pending": list(
                "What the service takes as soon as the workspace has the data, or the id of a deleted rule is free; records of such content included.",
                item(json!({ "waitingFor": waiting, "error": error })),
            ),
            "skipped": list("What was not begun.", item(json!({ "reason": text("Why not.") }))),
            "disabled": list("What is to be enabled, and is disabled in the workspace.", item(json!({}))),
        },
        "required": ["format", "picket", "workspace", "complete", "interrupted", "done", "failed", "pending", "skipped", "disabled"],
    })
}

/// The most failures that are shown; the rest are counted.
const MAX_SHOWN: usize = 10;

/// Writes an outcome for a person: failures to standard error, a line of what was done to standard output.
pub(crate) fn write(
    outcome: &Outcome,
    placed: &Placed<'_>,
    name: &str,
    shell: &mut Shell,
) -> Result<(), CliError> {
    let unplaced =
        outcome.failed.iter().filter(|failure| !refusals::is_placed(&failure.item, &failure.error));
    for failure in unplaced.clone().take(MAX_SHOWN) {
        let Failure { item, error } = failure;
        let what = format!("cannot {} the {}", refusals::verb(item.operation), refusals::name_of(item));
        let mut shown = CliError::new(what).cause(&error.message).helps(error.help.iter().cloned());
        if let Some(id) = &error.request_id {
            shown = shown.help(format!("Microsoft's support finds it as request {id}"));
        }
        shell.error(&shown);
    }
    let findings = placed.findings(outcome);
    let shown = &findings[..findings.len().min(MAX_SHOWN)];
    let text = human(placed.sources, shown, shell.colors_err());
    shell.err().write_all(text.as_bytes())?;
    let more = unplaced.count().saturating_sub(MAX_SHOWN) + findings.len() - shown.len();
    if more > 0 {
        writeln!(shell.err(), "and {more} more")?;
    }
    for pending in
        outcome.pending.iter().filter(|it| refusals::is_content(&it.item) && it.item.origin.is_none())
    {
        writeln!(
            shell.err(),
            "the {} is {}",
            refusals::name_of(&pending.item),
            pending.waiting_for.sentence()
        )?;
    }
    for item in outcome.disabled.iter().filter(|item| item.origin.is_none()) {
        writeln!(shell.err(), "the {} is disabled in the workspace", refusals::name_of(item))?;
    }
    let done = |operation| {
        outcome
            .done
            .iter()
            .filter(|done| done.item.operation == operation && done.item.key.kind != ResourceKind::Metadata)
            .count()
    };
    let mut parts = Vec::new();
    for (number, verb) in [
        (done(Operation::Create), "created"),
        (done(Operation::Update), "updated"),
        (done(Operation::Delete), "deleted"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {verb}"));
        }
    }
    if outcome.done.is_empty() {
        parts.push("nothing".to_owned());
    } else if parts.is_empty() {
        parts.push(count(outcome.done.len(), "ownership record"));
    }
    let mut line = format!("applied to {name}: {}", parts.join(", "));
    let failed = outcome.failed.len();
    let skipped = outcome.skipped.len();
    if failed + skipped > 0 {
        line.push_str(&format!("; {failed} failed, {skipped} not begun"));
    }
    let pending = outcome.pending.iter().filter(|pending| refusals::is_content(&pending.item)).count();
    if pending > 0 {
        line.push_str(&format!("; {pending} pending"));
    }
    if !outcome.disabled.is_empty() {
        line.push_str(&format!("; {} left disabled", outcome.disabled.len()));
    }
    writeln!(shell.out(), "{line}")?;
    if outcome.interrupted {
        writeln!(shell.err(), "interrupted; `picket retry` completes it")?;
    }
    Ok(())
}
