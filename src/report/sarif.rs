//! SARIF 2.1.0, for code scanning.

use serde_json::{Value, json};

use super::Place;
use crate::diag::{Confidence, Diagnostic, Fingerprints, Fix, Label, LintMeta, Severity, Subjects};
use crate::text::SourceMap;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The name under which fingerprints are kept; a change of what they are made of changes it.
const FINGERPRINT: &str = "picket/v1";

/// All findings as one SARIF log of one run, with a line end. `lints` are the rules of the log.
pub fn sarif(
    sources: &SourceMap,
    diagnostics: &[Diagnostic],
    lints: &[&LintMeta],
    subjects: &Subjects,
) -> String {
    let mut fingerprints = Fingerprints::new(sources, subjects);
    let results: Vec<Value> =
        diagnostics.iter().map(|finding| result(sources, finding, lints, &mut fingerprints)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "picket",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": lints.iter().map(|lint| rule(lint)).collect::<Vec<_>>(),
            }},
            // Columns count characters, as everywhere in picket.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// How code scanning calls a confidence.
fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "very-high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

/// How code scanning calls a severity.
fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "recommendation",
    }
}

fn rule(lint: &LintMeta) -> Value {
    let summary = lint.summary();
    json!({
        "id": lint.code,
        "name": lint.name,
        "shortDescription": { "text": summary },
        "help": { "text": summary, "markdown": lint.markdown() },
        "defaultConfiguration": { "level": level(lint.level) },
        "properties": {
            "precision": precision(lint.confidence),
            "problem.severity": problem_severity(lint.level),
            "tags": [lint.family()],
        },
    })
}

fn result(
    sources: &SourceMap,
    finding: &Diagnostic,
    lints: &[&LintMeta],
    fingerprints: &mut Fingerprints<'_>,
) -> Value {
    let mut text = finding.message.clone();
    for help in &finding.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    let mut result = json!({
        "ruleId": finding.code,
        "level": level(finding.severity),
        "message": { "text": text },
        "locations": location(sources, &finding.primary, None).into_iter().collect::<Vec<_>>(),
        "partialFingerprints": { FINGERPRINT: fingerprints.next(finding).to_string() },
    });
    if let Some(index) = lints.iter().position(|lint| lint.code == finding.code) {
        result["ruleIndex"] = index.into();
    }
    let related: Vec<Value> = finding
        .secondary
        .iter()
        .enumerate()
        .filter_map(|(index, label)| location(sources, label, Some(index)))
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    if let Some(fix) = finding.fix.as_ref().and_then(|fix| changes(sources, fix)) {
        result["fixes"] = json!([fix]);
    }
    result
}

fn location(sources: &SourceMap, label: &Label, id: Option<usize>) -> Option<Value> {
    let place = Place::of(sources, label.span)?;
    let mut location = json!({
        "physicalLocation": { "artifactLocation": artifact(place.file), "region": region(&place) },
    });
    if !label.message.is_empty() {
        location["message"] = json!({ "text": label.message });
    }
    if let Some(id) = id {
        location["id"] = id.into();
    }
    Some(location)
}

fn artifact(file: &str) -> Value {
    json!({ "uri": uri(file), "uriBaseId": "%SRCROOT%" })
}

fn region(place: &Place<'_>) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
        "byteOffset": place.range.start,
        "byteLength": place.range.len(),
    })
}

/// A fix with its replacements file by file; `None` when a file is not known.
fn changes(sources: &SourceMap, fix: &Fix) -> Option<Value> {
    let mut files: Vec<(&str, Vec<Value>)> = Vec::new();
    for edit in &fix.edits {
        let place = Place::of(sources, edit.span)?;
        let replacement = json!({
            "deletedRegion": region(&place),
            "insertedContent": { "text": edit.replacement },
        });
        match files.iter_mut().find(|(file, _)| *file == place.file) {
            Some((_, replacements)) => replacements.push(replacement),
            None => files.push((place.file, vec![replacement])),
        }
    }
    let change = |(file, replacements): (&str, Vec<Value>)| json!({ "artifactLocation": artifact(file), "replacements": replacements });
    let changes: Vec<Value> = files.into_iter().map(change).collect();
    Some(json!({ "description": { "text": fix.title }, "artifactChanges": changes }))
}

/// `file`, a path with forward slashes, as a relative URI.
fn uri(file: &str) -> String {
    let mut out = String::with_capacity(file.len());
    for byte in file.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("rules/Hunting Queries/ü#1.yaml"), "rules/Hunting%20Queries/%C3%BC%231.yaml");
    }
}
