//! The JSON Schema of files of tests. What a row may hold depends on the table: reading says that.

use serde_json::{Value, json};

use super::document::{EXPECT_KEYS, FILE_KEYS, FIRES, NOTHING, TEST_KEYS};
use crate::rule::Severity;

/// What files of tests may hold, as a JSON Schema (draft 2020-12).
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tests of rules",
        "type": "object",
        "properties": properties(&FILE_KEYS, &file_key),
        "required": ["tests"],
        "additionalProperties": false,
        "$defs": {
            "rows": {
                "description": "Rows with the columns that matter, or a file of them: JSON lines, CSV or YAML.",
                "anyOf": [
                    { "type": "array", "items": { "type": "object" } },
                    {
                        "type": "object",
                        "properties": { "file": { "type": "string", "description": "Relative to this file." } },
                        "required": ["file"],
                        "additionalProperties": false,
                    },
                    { "type": "null" },
                ],
            },
            "sources": { "type": "object", "additionalProperties": { "$ref": "#/$defs/rows" } },
            "duration": { "type": "string", "description": "Such as 90m, 6h or P1D." },
            "time": { "type": "string", "description": "Such as 2026-01-31T12:00:00Z." },
            "texts": { "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] },
            "test": {
                "type": "object",
                "properties": properties(&TEST_KEYS, &file_key),
                "required": ["name", "expect"],
                "additionalProperties": false,
            },
            "expect": {
                "anyOf": [
                    { "enum": [FIRES, NOTHING, null] },
                    {
                        "type": "object",
                        "properties": properties(&EXPECT_KEYS, &expect_key),
                        "additionalProperties": false,
                    },
                ],
            },
        },
    })
}

fn properties(keys: &[&str], of: &dyn Fn(&str) -> Value) -> Value {
    Value::Object(keys.iter().map(|key| ((*key).to_owned(), of(key))).collect())
}

/// A reference with what is said about it here.
fn refer(name: &str, description: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}"), "description": description })
}

fn file_key(key: &str) -> Value {
    match key {
        "rule" => {
            refer("texts", "The file of the rule relative to this one, or its id; several for several rules.")
        }
        "at" => refer("time", "The test's clock: when the rule runs."),
        "from" => refer("time", "The beginning of a stretch of time over which the rule runs as scheduled."),
        "to" => refer("time", "The end of that stretch."),
        "over" => refer("duration", "How long before `at` that stretch begins."),
        "delay" => refer("duration", "How long after its event a row is ingested."),
        "tables" => refer("sources", "Rows by table."),
        "watchlists" => refer("sources", "Items by the alias of the watchlist."),
        "functions" => refer("sources", "Rows that functions of products return, by their names."),
        "external" => refer("sources", "Rows behind `externaldata`, by address."),
        "tests" => json!({ "type": "array", "items": { "$ref": "#/$defs/test" } }),
        "name" => json!({ "type": "string", "description": "What the test shows, in a few words." }),
        "scenario" => {
            json!({ "type": "string", "description": "The false-positive scenario of the rule that it covers. Where the rule as it stands does not do what is expected, the exclusion of the scenario is put into the query." })
        }
        "once" => {
            json!({ "type": "boolean", "description": "Whether it fails where rows are alerted on twice." })
        }
        _ => refer("expect", "What the rule has to make of the rows."),
    }
}

fn expect_key(key: &str) -> Value {
    let number = |description: &str| json!({ "type": "integer", "minimum": 0, "description": description });
    match key {
        "alerts" => number("How many alerts there are."),
        "incidents" => number("How many incidents they make."),
        "rows" => json!({
            "description": "The rows that the query returns, in any order, with the columns that matter; or how many.",
            "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "array", "items": { "type": "object" } }],
        }),
        "entities" => json!({
            "description": "The entities of the alerts, in any order, with the identifiers that matter.",
            "type": "array",
            "items": { "type": "object", "properties": { "type": { "type": "string" } }, "required": ["type"] },
        }),
        "severity" => json!({
            "description": "The severity of all alerts, or of each.",
            "anyOf": [
                { "enum": Severity::ALL.map(Severity::as_str) },
                { "type": "array", "items": { "enum": Severity::ALL.map(Severity::as_str) } },
            ],
        }),
        "title" => refer("texts", "The title of all alerts, or of each."),
        "description" => refer("texts", "The description of all alerts, or of each."),
        _ => refer("texts", "The tactics of the alerts."),
    }
}
