//! What became of imported files, as one JSON document.

use std::path::Path;

use serde_json::{Value, json};

use super::folder::action_word;
use crate::import::batch::Batch;
use crate::import::{Action, Decisions, Planned};
use crate::report::schema::{object, text};

/// The format that [`json`] writes.
const FORMAT: u64 = 1;

/// One folder of output.
pub(super) struct Written<'b> {
    pub(super) folder: &'b Path,
    pub(super) planned: &'b [Planned],
    pub(super) decisions: Decisions,
}

/// The report, as [`json_schema`] describes it.
pub(super) fn json(batch: &Batch, written: &[Written<'_>], dry_run: bool) -> Value {
    let sources = batch.files.iter().map(|file| {
        json!({
            "path": file.path,
            "imported": file.imported,
            "changed": file.changed,
            "leftOut": file.left_out,
            "fault": file.fault,
        })
    });
    let files = written.iter().flat_map(|part| {
        part.decisions.files.iter().map(|file| {
            let planned = &part.planned[file.planned];
            json!({
                "path": part.folder.join(&file.path).display().to_string().replace('\\', "/"),
                "id": planned.id,
                "action": action_word(file.action),
                "source": planned.source,
            })
        })
    });
    json!({
        "format": FORMAT,
        "picket": env!("CARGO_PKG_VERSION"),
        "dryRun": dry_run,
        "sources": sources.collect::<Vec<_>>(),
        "files": files.collect::<Vec<_>>(),
    })
}

/// The JSON Schema of what [`json`] writes. It allows for keys that later versions add.
pub(crate) fn json_schema() -> Value {
    let texts = |what: &str| json!({ "type": "array", "items": { "type": "string" }, "description": what });
    let actions = Action::ALL.map(action_word);
    let source = object(
        json!({
            "path": text("The file that was read."),
            "imported": texts("The ids of its rules, and the names of its other content."),
            "changed": texts("What of them was changed, and why."),
            "leftOut": texts("What of it was left out, and why."),
            "fault": { "type": ["string", "null"], "description": "Why it could not be read at all." },
        }),
        &["path", "imported", "changed", "leftOut", "fault"],
    );
    let file = object(
        json!({
            "path": text("The file that it is written to."),
            "id": text("The id of the rule, or the kind and the name of other content."),
            "action": {
                "enum": actions,
                "description": "What became of it: written (create, update, forced, merged), unchanged, or left alone.",
            },
            "source": text("The file that it was read from, below the path that was named."),
        }),
        &["path", "id", "action", "source"],
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What became of imported files, as `picket import files` writes it",
        "type": "object",
        "properties": {
            "format": { "const": FORMAT },
            "picket": text("The version of picket."),
            "dryRun": { "type": "boolean", "description": "Whether no file was written." },
            "sources": { "type": "array", "items": source, "description": "Every file that was read." },
            "files": { "type": "array", "items": file, "description": "Every file of rules and of other content that comes of them." },
        },
        "required": ["format", "picket", "dryRun", "sources", "files"],
    })
}
