//! SARIF 2.1.0, for code scanning.

use std::collections::HashMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Place;
use crate::diag::{Diagnostic, Fix, Label, LintMeta, Severity};
use crate::text::{SourceMap, Span};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The name under which fingerprints are kept; a change of what they are made of changes it.
const FINGERPRINT: &str = "picket/v1";

/// All findings as one SARIF log of one run, with a line end. `lints` are the rules of the log.
pub fn sarif(sources: &SourceMap, diagnostics: &[Diagnostic], lints: &[&LintMeta]) -> String {
    let mut fingerprints = Fingerprints::default();
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

fn rule(lint: &LintMeta) -> Value {
    let summary = lint.summary();
    json!({
        "id": lint.code,
        "name": lint.name,
        "shortDescription": { "text": summary },
        "help": { "text": summary, "markdown": lint.markdown() },
        "defaultConfiguration": { "level": level(lint.level) },
    })
}

fn result(
    sources: &SourceMap,
    finding: &Diagnostic,
    lints: &[&LintMeta],
    fingerprints: &mut Fingerprints,
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
        "partialFingerprints": { FINGERPRINT: fingerprints.next(sources, finding) },
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

/// Names for findings that stay when lines move: made of the code, the file, the text at fault and its
/// line, and a number where all of these are equal.
#[derive(Default)]
struct Fingerprints {
    seen: HashMap<[u8; 32], usize>,
}

impl Fingerprints {
    fn next(&mut self, sources: &SourceMap, finding: &Diagnostic) -> String {
        let span = finding.primary.span;
        let file = sources.get(span.source).map_or("", |source| &source.name);
        let mut hash = Sha256::new();
        for part in [finding.code, file, sources.slice(span), line(sources, span).trim()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let hash: [u8; 32] = hash.finalize().into();
        let number = self.seen.entry(hash).or_default();
        *number += 1;
        let hex: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{hex}:{number}")
    }
}

/// The line on which `span` starts.
fn line(sources: &SourceMap, span: Span) -> &str {
    let Some(source) = sources.get(span.source) else { return "" };
    let number = source.lines().line_col(&source.text, span.range.start).line;
    let start = source.lines().line_start(number).unwrap_or_default() as usize;
    source.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("rules/Hunting Queries/ü#1.yaml"), "rules/Hunting%20Queries/%C3%BC%231.yaml");
    }
}
