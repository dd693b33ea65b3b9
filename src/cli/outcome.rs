//! How an apply ended, for a person or a program.

use serde_json::{Value, json};

use crate::arm::ResourceKind;
use crate::deploy::{ErrorReport, Operation, Outcome, Workspace};

use super::output::count;
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

/// Nothing had to be done.
pub(crate) fn nothing(workspace: &impl Workspace) -> Outcome {
    let workspace = workspace.describe();
    Outcome { workspace, done: Vec::new(), failed: Vec::new(), skipped: Vec::new(), interrupted: false }
}

/// Writes an outcome as one JSON document of the schema [`json_schema`].
pub(crate) fn write_json(outcome: &Outcome, shell: &mut Shell) -> Result<(), CliError> {
    let document = json!({
        "format": FORMAT,
        "picket": env!("CARGO_PKG_VERSION"),
        "workspace": outcome.workspace,
        "complete": outcome.is_complete(),
        "interrupted": outcome.interrupted,
        "done": outcome.done,
        "failed": outcome.failed,
        "skipped": outcome.skipped,
    });
    Ok(writeln!(shell.out(), "{document:#}")?)
}

/// What [`write_json`] writes, as a JSON Schema (draft 2020-12). It allows for keys that later versions add.
pub(crate) fn json_schema() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let item = |extra: Value| {
        let mut properties = json!({
            "key": {
                "type": "object",
                "properties": {
                    "kind": { "enum": ["alertRule", "savedSearch", "metadata"] },
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
        },
        "required": ["message", "help"],
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
            "failed": list("What went wrong.", item(json!({ "error": error }))),
            "skipped": list("What was not begun.", item(json!({ "reason": text("Why not.") }))),
        },
        "required": ["format", "picket", "workspace", "complete", "interrupted", "done", "failed", "skipped"],
    })
}

/// The most failures that are shown; the rest are counted.
const MAX_SHOWN: usize = 10;

/// Writes an outcome for a person: failures to standard error, a line of what was done to standard output.
pub(crate) fn write(outcome: &Outcome, name: &str, shell: &mut Shell) -> Result<(), CliError> {
    for failure in outcome.failed.iter().take(MAX_SHOWN) {
        let verb = match failure.item.operation {
            Operation::Create => "create",
            Operation::Update => "update",
            Operation::Delete => "delete",
            Operation::Refuse => "take over",
        };
        let noun = failure.item.key.kind.noun();
        let what = format!("cannot {verb} the {noun} '{}'", failure.item.display_name);
        let ErrorReport { message, help, request_id, .. } = &failure.error;
        let mut error = CliError::new(what).cause(message).helps(help.iter().cloned());
        if let Some(id) = request_id {
            error = error.help(format!("Microsoft's support finds it as request {id}"));
        }
        shell.error(&error);
    }
    if outcome.failed.len() > MAX_SHOWN {
        writeln!(shell.err(), "and {} more", outcome.failed.len() - MAX_SHOWN)?;
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
    if parts.is_empty() {
        parts.push(count(outcome.done.len(), "ownership record"));
    }
    let mut line = format!("applied to {name}: {}", parts.join(", "));
    if !outcome.is_complete() {
        let failed = outcome.failed.len();
        let skipped = outcome.skipped.len();
        line.push_str(&format!("; {} failed, {skipped} not begun", failed));
    }
    writeln!(shell.out(), "{line}")?;
    if outcome.interrupted {
        writeln!(shell.err(), "interrupted; `picket apply` again completes it")?;
    }
    Ok(())
}
