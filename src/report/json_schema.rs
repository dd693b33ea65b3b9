//! The JSON Schema of findings as JSON.

use serde_json::{Value, json};

use super::JSON_VERSION;

/// What [`super::json`] writes, as a JSON Schema (draft 2020-12). It allows for keys that later versions add.
pub fn json_schema() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let located = |properties: Value, required: &[&str]| {
        let mut properties = properties;
        for (key, reference, description) in [
            (
                "file",
                json!({ "type": ["string", "null"] }),
                "Path relative to where picket ran, with forward slashes.",
            ),
            (
                "start",
                json!({ "anyOf": [{ "$ref": "#/$defs/point" }, { "type": "null" }] }),
                "First byte of the place.",
            ),
            (
                "end",
                json!({ "anyOf": [{ "$ref": "#/$defs/point" }, { "type": "null" }] }),
                "One past its last byte.",
            ),
        ] {
            properties[key] = reference;
            properties[key]["description"] = description.into();
        }
        let mut required: Vec<&str> = required.to_vec();
        required.extend(["file", "start", "end"]);
        json!({ "type": "object", "properties": properties, "required": required })
    };
    let count = || json!({ "type": "integer", "minimum": 0 });
    let number = |minimum: u32, description: &str| json!({ "type": "integer", "minimum": minimum, "description": description });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Findings of picket as JSON",
        "type": "object",
        "properties": {
            "version": { "const": JSON_VERSION, "description": "Changes only when a key is removed or changes its meaning." },
            "diagnostics": {
                "type": "array",
                "items": { "$ref": "#/$defs/finding" },
                "description": "By file, place, code and message.",
            },
            "summary": {
                "type": "object",
                "properties": { "errors": count(), "warnings": count(), "infos": count() },
                "required": ["errors", "warnings", "infos"],
            },
        },
        "required": ["version", "diagnostics", "summary"],
        "$defs": {
            "point": {
                "type": "object",
                "properties": {
                    "line": number(1, "Counts from one."),
                    "column": number(1, "In characters, from one."),
                    "byte": number(0, "In the file, from zero."),
                },
                "required": ["line", "column", "byte"],
            },
            "finding": located(json!({
                "code": text("Stable code, such as PK501."),
                "name": { "type": ["string", "null"], "description": "Name of the code, such as unknown-tactic." },
                "severity": { "enum": ["error", "warning", "info"] },
                "confidence": {
                    "enum": ["high", "medium", "low", null],
                    "description": "How sure findings of this code are, whatever their severity.",
                },
                "fingerprint": text("Names the finding, and stays when lines move."),
                "message": text("What is wrong, one sentence."),
                "label": text("Short text for the place; may be empty."),
                "labels": {
                    "type": "array",
                    "items": located(json!({ "message": text("May be empty.") }), &["message"]),
                    "description": "Other places that explain the finding.",
                },
                "help": { "type": "array", "items": { "type": "string" }, "description": "Remedies." },
                "fix": { "anyOf": [{ "$ref": "#/$defs/fix" }, { "type": "null" }] },
            }), &["code", "name", "severity", "confidence", "fingerprint", "message", "label", "labels", "help", "fix"]),
            "fix": {
                "type": "object",
                "properties": {
                    "title": text("What it does, as an imperative."),
                    "applicability": {
                        "enum": ["safe", "unsafe", "display"],
                        "description": "Carried out by --fix, by --unsafe-fixes, or never.",
                    },
                    "edits": {
                        "type": "array",
                        "items": located(json!({ "replacement": text("The new text.") }), &["replacement"]),
                    },
                },
                "required": ["title", "applicability", "edits"],
            },
        },
    })
}
