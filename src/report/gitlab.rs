//! The code quality report of GitLab.

use serde_json::{Value, json};

use super::{Place, meta};
use crate::diag::{Diagnostic, Fingerprints, LintMeta, Severity, Subjects};
use crate::text::SourceMap;

/// All findings as one JSON document, with a line end. A finding that stands in no file is left out, since the format
/// has no room for it.
pub fn gitlab(
    sources: &SourceMap,
    diagnostics: &[Diagnostic],
    lints: &[&LintMeta],
    subjects: &Subjects,
) -> String {
    let mut fingerprints = Fingerprints::new(sources, subjects);
    let issues: Vec<Value> = diagnostics
        .iter()
        .filter_map(|finding| {
            let place = Place::of(sources, finding.primary.span)?;
            let severity = match finding.severity {
                Severity::Error => "critical",
                Severity::Warning => "minor",
                Severity::Info => "info",
            };
            let name = meta(lints, finding.code).map(|lint| format!(" {}", lint.name)).unwrap_or_default();
            Some(json!({
                "description": finding.message,
                "check_name": format!("{}{name}", finding.code),
                "fingerprint": fingerprints.next(finding).to_string(),
                "severity": severity,
                "location": {
                    "path": place.file,
                    "lines": { "begin": place.start.line, "end": place.end.line },
                },
            }))
        })
        .collect();
    format!("{:#}\n", Value::from(issues))
}
