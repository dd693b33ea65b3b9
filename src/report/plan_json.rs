//! A plan as JSON, which can be kept and read back.
//!
//! ```json
//! {
//!   "format": 1,
//!   "picket": "0.1.0",
//!   "summary": {"create": 1, "update": 0, "delete": 0, "unchanged": 0, "unowned": 0, "records": 1},
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
//!   "warnings": [{"code": "PK803", "severity": "error", "message": "…", "help": [], "origin": {}}]
//! }
//! ```
//!
//! `kind` is `alertRule`, `savedSearch` or `metadata`; `action` is `create`, `update` (with `fields`, each of
//! `path`, `before`, `after`), `delete`, `no-op` or `unowned` (with `owner` and `fields`). `etag`,
//! `previewReasons` and `dependsOn` (a key) stand where there are any. A reader ignores fields it does not
//! know; `format` changes when one of these changes its meaning.

use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

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
}

/// The plan, pretty-printed, with a line end.
pub fn plan_json(plan: &Plan, sources: &SourceMap) -> String {
    let changes: Vec<Value> = plan.changes.iter().map(|change| change_json(change, sources)).collect();
    let warnings: Vec<Value> = plan.warnings.iter().map(|warning| warning_json(warning, sources)).collect();
    let document = json!({
        "format": PLAN_JSON_FORMAT,
        "picket": env!("CARGO_PKG_VERSION"),
        "summary": plan.summary(),
        "target": plan.target,
        "changes": changes,
        "orphans": plan.orphans,
        "warnings": warnings,
    });
    format!("{document:#}\n")
}

/// Reads what [`plan_json`] wrote. Places and warnings do not come back: they speak of sources of that run.
///
/// # Errors
/// When `text` is not JSON of that shape, or of another format.
pub fn read_plan_json(text: &str) -> Result<Plan, PlanJsonError> {
    #[derive(Deserialize)]
    struct Head {
        format: u64,
    }
    let document: Value = serde_json::from_str(text)?;
    let head = Head::deserialize(&document)?;
    if head.format != PLAN_JSON_FORMAT {
        return Err(PlanJsonError::Format(head.format));
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
