//! Findings as JSON, for other programs.
//!
//! ```json
//! {
//!   "version": 1,
//!   "diagnostics": [{
//!     "code": "PK106", "name": "malformed-duration", "severity": "error", "confidence": "high",
//!     "fingerprint": "7d4c…:1",
//!     "message": "…", "label": "",
//!     "file": "rules/a.yaml",
//!     "start": {"line": 5, "column": 17, "byte": 93}, "end": {"line": 5, "column": 23, "byte": 99},
//!     "labels": [{"message": "…", "file": "…", "start": {}, "end": {}}],
//!     "help": ["…"],
//!     "fix": {"title": "…", "applicability": "safe",
//!             "edits": [{"file": "…", "start": {}, "end": {}, "replacement": "1h"}]}
//!   }],
//!   "summary": {"errors": 1, "warnings": 0, "infos": 0}
//! }
//! ```
//!
//! `schemas/report.schema.json` describes it in full. Lines and columns count from one, columns in characters, bytes from zero; ends are exclusive. `name`,
//! `confidence` and `fix` may be null, and so may `file`, `start` and `end` of a finding that stands in no file. Fields are
//! added without a new version; none is removed or changes its meaning.

use serde::Serialize;

use super::{Counts, Place, meta};
use crate::diag::{Applicability, Confidence, Diagnostic, Fingerprints, LintMeta, Severity, Subjects};
use crate::text::{LineCol, SourceMap, Span};

/// The version of the shape.
pub const JSON_VERSION: u32 = 1;

/// All findings as one JSON document, with a line end.
pub fn json(
    sources: &SourceMap,
    diagnostics: &[Diagnostic],
    lints: &[&LintMeta],
    subjects: &Subjects,
) -> String {
    let counts = Counts::of(diagnostics);
    let mut fingerprints = Fingerprints::new(sources, subjects);
    let finding = |finding| Finding::new(sources, finding, lints, fingerprints.next(finding).to_string());
    let report = Report {
        version: JSON_VERSION,
        diagnostics: diagnostics.iter().map(finding).collect(),
        summary: Summary { errors: counts.errors, warnings: counts.warnings, infos: counts.infos },
    };
    // Only texts, numbers and lists of them are serialised, which cannot fail.
    let mut out = serde_json::to_string_pretty(&report).unwrap_or_default();
    out.push('\n');
    out
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    diagnostics: Vec<Finding<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    infos: usize,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    name: Option<&'a str>,
    severity: Severity,
    confidence: Option<Confidence>,
    fingerprint: String,
    message: &'a str,
    label: &'a str,
    #[serde(flatten)]
    at: Location<'a>,
    labels: Vec<Labelled<'a>>,
    help: &'a [String],
    fix: Option<FixOut<'a>>,
}

#[derive(Serialize)]
struct Labelled<'a> {
    message: &'a str,
    #[serde(flatten)]
    at: Location<'a>,
}

#[derive(Serialize)]
struct FixOut<'a> {
    title: &'a str,
    applicability: Applicability,
    edits: Vec<EditOut<'a>>,
}

#[derive(Serialize)]
struct EditOut<'a> {
    #[serde(flatten)]
    at: Location<'a>,
    replacement: &'a str,
}

#[derive(Serialize)]
struct Location<'a> {
    file: Option<&'a str>,
    start: Option<Point>,
    end: Option<Point>,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
    byte: u32,
}

impl<'a> Finding<'a> {
    fn new(
        sources: &'a SourceMap,
        finding: &'a Diagnostic,
        lints: &[&'a LintMeta],
        fingerprint: String,
    ) -> Self {
        let meta = meta(lints, finding.code);
        let label = |label: &'a crate::diag::Label| Labelled {
            message: &label.message,
            at: Location::new(sources, label.span),
        };
        let edit = |edit: &'a crate::diag::Edit| EditOut {
            at: Location::new(sources, edit.span),
            replacement: &edit.replacement,
        };
        Self {
            code: finding.code,
            name: meta.map(|lint| lint.name),
            severity: finding.severity,
            confidence: meta.map(|lint| lint.confidence),
            fingerprint,
            message: &finding.message,
            label: &finding.primary.message,
            at: Location::new(sources, finding.primary.span),
            labels: finding.secondary.iter().map(label).collect(),
            help: &finding.help,
            fix: finding.fix.as_ref().map(|fix| FixOut {
                title: &fix.title,
                applicability: fix.applicability,
                edits: fix.edits.iter().map(edit).collect(),
            }),
        }
    }
}

impl<'a> Location<'a> {
    fn new(sources: &'a SourceMap, span: Span) -> Self {
        let place = Place::of(sources, span);
        let point = |at: LineCol, byte| Point { line: at.line, column: at.column, byte };
        Self {
            file: place.map(|place| place.file),
            start: place.map(|place| point(place.start, place.range.start)),
            end: place.map(|place| point(place.end, place.range.end)),
        }
    }
}
