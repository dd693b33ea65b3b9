//! The JSON Schema of plans as JSON.

use serde_json::{Value, json};

use super::PLAN_JSON_FORMAT;
use super::schema::{key, object, refer, target, text};

/// What [`super::plan_json`] writes, as a JSON Schema (draft 2020-12). It allows for keys that later versions add.
pub fn plan_json_schema() -> Value {
    let count = || json!({ "type": "integer", "minimum": 0 });
    let counts = ["create", "update", "delete", "unchanged", "unowned", "adopt", "records"];
    let numbers: serde_json::Map<String, Value> =
        counts.iter().map(|name| ((*name).to_owned(), count())).collect();
    let target = target();
    let change = object(
        json!({
            "key": refer("key"),
            "displayName": text("The name people see; of metadata, that of its content."),
            "action": { "enum": ["create", "update", "delete", "no-op", "adopt", "unowned"] },
            "owner": text("Whose it is, where it is not this project's."),
            "fields": { "type": "array", "items": refer("field"), "description": "Every difference." },
            "apiVersion": { "type": "string" },
            "previewReasons": {
                "type": "array",
                "items": { "type": "string" },
                "description": "Why the API version must be a preview.",
            },
            "fromEnvironment": {
                "type": "array",
                "items": { "type": "string" },
                "description": "The paths of the fields whose values the environment gives.",
            },
            "body": { "type": "object", "description": "The body of the request, without etag." },
            "etag": text("The etag of the request."),
            "cause": refer("cause"),
            "base": object(
                json!({ "digest": refer("digest"), "commit": text("The commit it came from.") }),
                &["digest"],
            ),
            "seen": object(json!({ "digest": refer("digest"), "etag": { "type": "string" } }), &["digest"]),
            "dependsOn": refer("key"),
            "reads": {
                "type": "array",
                "items": refer("key"),
                "description": "Watchlists and functions that its query names and that the plan changes as well.",
            },
            "origin": refer("place"),
        }),
        &["key", "displayName", "action", "apiVersion"],
    );
    let mut change = change;
    change["properties"]["base"]["description"] = "What was last applied, as the record says it.".into();
    change["properties"]["seen"]["description"] =
        "What the plan read; absent where the resource does not exist.".into();
    let orphan =
        object(json!({ "key": refer("key"), "displayName": { "type": "string" } }), &["key", "displayName"]);
    let warning = object(
        json!({
            "code": { "type": "string" },
            "severity": { "enum": ["error", "warning", "info"] },
            "message": { "type": "string" },
            "help": { "type": "array", "items": { "type": "string" } },
            "origin": { "anyOf": [refer("place"), { "type": "null" }] },
        }),
        &["code", "severity", "message", "help", "origin"],
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A plan of picket as JSON",
        "type": "object",
        "properties": {
            "format": { "const": PLAN_JSON_FORMAT },
            "picket": text("The version of picket; no other carries the plan out."),
            "summary": object(Value::Object(numbers), &counts),
            "target": target,
            "changes": { "type": "array", "items": refer("change") },
            "orphans": {
                "type": "array",
                "items": orphan,
                "description": "What this project deployed and whose rule is gone, left in place.",
            },
            "owned": { "type": "integer", "minimum": 0, "description": "How much content of the project is there." },
            "warnings": { "type": "array", "items": warning },
            "digest": refer("digest"),
        },
        "required": [
            "format", "picket", "summary", "target", "changes", "orphans", "owned", "warnings", "digest",
        ],
        "$defs": {
            "key": key(),
            "digest": { "type": "string", "pattern": "^[0-9a-f]{64}$", "description": "A SHA-256." },
            "cause": {
                "enum": ["git", "portal", "both"],
                "description": "Which side moved since the last apply, where that is known.",
            },
            "field": object(
                json!({
                    "path": text("Such as `properties.query`."),
                    "before": { "description": "What is there, if anything." },
                    "after": { "description": "What is wanted, if anything." },
                    "cause": refer("cause"),
                }),
                &["path"],
            ),
            "place": object(
                json!({
                    "file": { "type": "string" },
                    "line": { "type": "integer", "minimum": 1 },
                    "column": { "type": "integer", "minimum": 1 },
                }),
                &["file", "line", "column"],
            ),
            "change": change,
        },
    })
}
