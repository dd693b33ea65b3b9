//! What drifted in a workspace, for a person, a program or a comment.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::markdown_text::{append, code, fence};
use super::plan_markdown::{PLAN_COMMENT_LENGTH, diff};
use super::plan_text::{plural, printable};
use super::schema::{key, object, target, text};
use crate::plan::{Drift, DriftKind, Drifted};

/// The format that [`drift_json`] writes.
pub const DRIFT_JSON_FORMAT: u64 = 1;

/// Each drifted rule with its differences, then a line of how much there is.
pub fn drift_text(drift: &Drift) -> String {
    let mut out = String::new();
    for it in &drift.drifted {
        let (name, id) = (printable(&it.display_name), printable(&it.key.name));
        let _ = writeln!(out, "{} \"{name}\" ({id}): {}", it.key.kind.noun(), what(it));
        for line in lines(it) {
            let _ = writeln!(out, "    {line}");
        }
        out.push('\n');
    }
    let _ = writeln!(out, "{}", summary(drift));
    out
}

/// The drift as one JSON document with a line end, as [`drift_json_schema`] describes it.
pub fn drift_json(drift: &Drift) -> String {
    let document = json!({
        "format": DRIFT_JSON_FORMAT,
        "picket": env!("CARGO_PKG_VERSION"),
        "target": drift.target,
        "drifted": drift.drifted,
        "unchanged": drift.unchanged,
        "unrecorded": drift.unrecorded,
    });
    format!("{document:#}\n")
}

/// The JSON Schema of what [`drift_json`] writes.
pub fn drift_json_schema() -> Value {
    let field = object(
        json!({
            "path": text("Such as `properties.query`."),
            "before": { "description": "What was applied, if anything." },
            "after": { "description": "What is there, if anything." },
        }),
        &["path"],
    );
    let base = object(
        json!({
            "digest": { "type": "string", "pattern": "^[0-9a-f]{64}$", "description": "A SHA-256 of what was applied." },
            "commit": text("The git commit that it came from, where that is on record."),
        }),
        &["digest"],
    );
    let drifted = object(
        json!({
            "key": key(),
            "displayName": text("The name of the rule, or where that is gone, the name in the workspace."),
            "how": {
                "enum": ["changed", "deleted", "auto-disabled"],
                "description": "`auto-disabled` is what the service did because the rule failed again and again.",
            },
            "base": base,
            "fields": {
                "type": "array",
                "items": field,
                "description": "Every difference; absent where no more than the digest of what was applied is known.",
            },
        }),
        &["key", "displayName", "how"],
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What is no longer as it was applied, as `picket drift` writes it",
        "type": "object",
        "properties": {
            "format": { "const": DRIFT_JSON_FORMAT },
            "picket": text("The version of picket."),
            "target": target(),
            "drifted": { "type": "array", "items": drifted, "description": "By kind, name and key." },
            "unchanged": { "type": "integer", "minimum": 0, "description": "How much is as it was applied." },
            "unrecorded": {
                "type": "array",
                "items": key(),
                "description": "Content of which it is not on record what was applied.",
            },
        },
        "required": ["format", "picket", "target", "drifted", "unchanged", "unrecorded"],
    })
}

/// The drift as Markdown, short enough for a comment or an issue.
pub fn drift_markdown(drift: &Drift) -> String {
    let name = code(&drift.target.workspace.name);
    let mut out = format!("### picket drift in {name}\n\n**{}**\n", summary(drift));
    let piece = |it: &Drifted| {
        let mut piece =
            format!("\n- {} {}: {}\n", it.key.kind.noun(), code(&it.display_name), code(&what(it)));
        let text = lines(it).join("\n");
        if !text.is_empty() {
            let fence = fence(&text);
            let _ = write!(piece, "\n{fence}diff\n{text}\n{fence}\n");
        }
        piece
    };
    append(&mut out, PLAN_COMMENT_LENGTH, "rule", drift.drifted.iter().map(piece));
    out
}

fn summary(drift: &Drift) -> String {
    let (drifted, unrecorded) = (drift.drifted.len(), drift.unrecorded.len());
    let mut line = format!("Drift: {drifted} drifted, {} as applied", drift.unchanged);
    if unrecorded > 0 {
        let noun = plural(unrecorded, "resource");
        let _ = write!(line, "; of {unrecorded} {noun} it is not on record what was applied");
    }
    line
}

fn what(it: &Drifted) -> String {
    let mut what = match it.how {
        DriftKind::Changed => "changed",
        DriftKind::Deleted => "deleted",
        DriftKind::AutoDisabled => "disabled by Azure",
    }
    .to_owned();
    let commit = it.base.as_ref().and_then(|base| base.commit.as_deref());
    match commit.and_then(|commit| commit.get(..12)) {
        Some(commit) => {
            let _ = write!(what, " since {commit} was applied");
        }
        None => what.push_str(" since the last apply"),
    }
    if it.how == DriftKind::AutoDisabled {
        what.push_str(", because it failed again and again");
    }
    what
}

/// The differences of one rule, from what was applied to what is there.
fn lines(it: &Drifted) -> Vec<String> {
    let mut lines = Vec::new();
    match &it.fields {
        Some(fields) => fields.iter().for_each(|field| diff("", field, &mut lines)),
        None if it.how == DriftKind::Deleted => {}
        None => lines.push(
            "# on record is a digest of what was applied, and the rule is no longer at hand".to_owned(),
        ),
    }
    lines
}
