//! A plan as JSON, which can be kept and read back.
//!
//! ```json
//! {
//!   "format": 1,
//!   "picket": "0.1.0",
//!   "summary": {"create": 1, "update": 0, "delete": 0, "unchanged": 0, "unowned": 0, "adopt": 0, "records": 1},
//!   "target": {"workspace": {"subscription": "…", "resourceGroup": "…", "name": "…"}, "project": "…"},
//!   "changes": [{
//!     "key": {"kind": "alertRule", "name": "…"},
//!     "displayName": "…",
//!     "action": "create",
//!     "apiVersion": "2025-09-01",
//!     "body": {},
//!     "origin": {"file": "rules/a.yaml", "line": 2, "column": 7}
//!   }],
//!   "orphans": [],
//!   "owned": 12,
//!   "warnings": [{"code": "PK803", "severity": "error", "message": "…", "help": [], "origin": {}}],
//!   "digest": "…"
//! }
//! ```
//!
//! `kind` is `alertRule`, `savedSearch` or `metadata`; `action` is `create`, `update` (with `fields`, each of
//! `path`, `before`, `after`), `delete`, `no-op`, `adopt` or `unowned` (both with `owner` and `fields`). `etag`,
//! `previewReasons`, `dependsOn` (a key), `reads` (keys), `seen` (what was read), `base` (what was last applied) and `cause` (which
//! side moved since: `git`, `portal` or `both`) stand where there are any. `digest` is one of the document without
//! itself: a plan that was edited or cut off is not carried out. A reader ignores fields it does not
//! know; `format` changes when one of these changes its meaning.

use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

use crate::arm::digest_of_json;
use crate::diag::Diagnostic;
use crate::plan::{Change, Plan};
use crate::text::{SourceMap, Span};

/// The format that [`plan_json`] writes and [`read_plan_json`] reads.
pub const PLAN_JSON_FORMAT: u64 = 1;

/// Why a text is not a plan.
#[derive(Debug, Error)]
pub enum PlanJsonError {
    /// Not JSON, or not of the shape of a plan.
    #[error("not a plan: {0}")]
    Shape(#[from] serde_json::Error),
    /// A plan of another format.
    #[error("the plan has format {0}, and this version of picket reads format {PLAN_JSON_FORMAT}")]
    Format(u64),
    /// A plan of another version of picket, whose requests may be others.
    #[error("the plan is of picket {0}, and this is picket {version}", version = env!("CARGO_PKG_VERSION"))]
    Version(String),
    /// A plan that is not as it was written.
    #[error("the plan was changed or cut off since picket wrote it")]
    Altered,
}

/// The plan, pretty-printed, with a line end.
pub fn plan_json(plan: &Plan, sources: &SourceMap) -> String {
    format!("{:#}\n", document(plan, sources))
}

/// The same to be kept: with one line for each change, since white space is a quarter of a large plan otherwise.
pub fn kept_plan_json(plan: &Plan, sources: &SourceMap) -> String {
    let mut text = String::from("{");
    let document = document(plan, sources);
    for (at, (name, value)) in document.as_object().into_iter().flatten().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        text.push_str(&format!("{comma}\n{}: ", Value::from(name.as_str())));
        match value {
            Value::Array(items) if !items.is_empty() => {
                let lines: Vec<String> = items.iter().map(Value::to_string).collect();
                text.push_str(&format!("[\n{}\n]", lines.join(",\n")));
            }
            value => text.push_str(&value.to_string()),
        }
    }
    text.push_str("\n}\n");
    text
}

fn document(plan: &Plan, sources: &SourceMap) -> Value {
    let changes: Vec<Value> = plan.changes.iter().map(|change| change_json(change, sources)).collect();
    let warnings: Vec<Value> = plan.warnings.iter().map(|warning| warning_json(warning, sources)).collect();
    let mut document = json!({
        "format": PLAN_JSON_FORMAT,
        "picket": env!("CARGO_PKG_VERSION"),
        "summary": plan.summary(),
        "target": plan.target,
        "changes": changes,
        "orphans": plan.orphans,
        "owned": plan.owned,
        "warnings": warnings,
    });
    document["digest"] = digest_of_json(&document).into();
    document
}

/// Reads what [`plan_json`] or [`kept_plan_json`] wrote. Places and warnings do not come back: they speak of sources of that run.
///
/// # Errors
/// When `text` is not JSON of that shape, of another format or version, or not as it was written.
pub fn read_plan_json(text: &str) -> Result<Plan, PlanJsonError> {
    #[derive(Deserialize)]
    struct Head {
        format: u64,
        picket: String,
        digest: String,
    }
    let mut document: Value = serde_json::from_str(text)?;
    let head = Head::deserialize(&document)?;
    if head.format != PLAN_JSON_FORMAT {
        return Err(PlanJsonError::Format(head.format));
    }
    if head.picket != env!("CARGO_PKG_VERSION") {
        return Err(PlanJsonError::Version(head.picket));
    }
    if let Some(fields) = document.as_object_mut() {
        fields.shift_remove("digest");
    }
    if head.digest != digest_of_json(&document) {
        return Err(PlanJsonError::Altered);
    }
    Ok(Plan::deserialize(document)?)
}

fn change_json(change: &Change, sources: &SourceMap) -> Value {
    let mut value = json!(change);
    if let (Some(place), Some(fields)) =
        (change.origin.and_then(|span| place(span, sources)), value.as_object_mut())
    {
        fields.insert("origin".to_owned(), place);
    }
    value
}

fn warning_json(warning: &Diagnostic, sources: &SourceMap) -> Value {
    json!({
        "code": warning.code,
        "severity": warning.severity,
        "message": warning.message,
        "help": warning.help,
        "origin": place(warning.primary.span, sources),
    })
}

fn place(span: Span, sources: &SourceMap) -> Option<Value> {
    let (file, place) = sources.locate(span)?;
    Some(json!({"file": file, "line": place.line, "column": place.column}))
}
