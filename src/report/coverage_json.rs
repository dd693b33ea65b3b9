//! Coverage of ATT&CK as one JSON document, and what changed of it.

use serde_json::{Value, json};

use super::schema::{object, refer, text};
use crate::coverage::{Change, Column, Coverage, CoverageDiff, Covered, CoveringRule};

/// The format that [`coverage_json`] and [`coverage_diff_json`] write.
pub const COVERAGE_JSON_FORMAT: u64 = 1;

/// The coverage as one JSON document with a line end, as [`coverage_json_schema`] describes it.
pub fn coverage_json(coverage: &Coverage) -> String {
    let id = |at: &usize| &coverage.rules[*at].id;
    let covered = |technique: &Covered| {
        let part = |part: &Covered| json!({"id": part.id, "name": part.name, "rules": part.rules.iter().map(id).collect::<Vec<_>>()});
        let all = technique.all();
        json!({
            "id": technique.id,
            "name": technique.name,
            "rules": technique.rules.iter().map(id).collect::<Vec<_>>(),
            "severity": coverage.gravest(&all).map(|severity| severity.as_str()),
            "tested": coverage.tested(&all),
            "subtechniques": technique.parts.iter().map(part).collect::<Vec<_>>(),
        })
    };
    let column = |column: &Column| {
        json!({
            "shortname": column.shortname,
            "name": column.name,
            "covered": column.covered(),
            "techniques": column.techniques.iter().map(covered).collect::<Vec<_>>(),
        })
    };
    let rule = |rule: &CoveringRule| {
        json!({
            "id": rule.id,
            "name": rule.name,
            "kind": rule.kind.as_str(),
            "severity": rule.severity.map(|severity| severity.as_str()),
            "enabled": rule.alerts,
            "tested": rule.tested,
        })
    };
    let (all, with_rules) = coverage.total();
    let platforms: Vec<Value> = coverage
        .platforms
        .iter()
        .map(|(name, (all, covered))| json!({"name": name, "techniques": all, "covered": covered}))
        .collect();
    let document = json!({
        "format": COVERAGE_JSON_FORMAT,
        "picket": env!("CARGO_PKG_VERSION"),
        "attack": coverage.version,
        "techniques": all,
        "covered": with_rules,
        "tested": coverage.tested_techniques(),
        "tactics": coverage.columns.iter().map(column).collect::<Vec<_>>(),
        "platforms": platforms,
        "rules": coverage.rules.iter().map(rule).collect::<Vec<_>>(),
        "withoutTechnique": coverage.elsewhere.iter().map(id).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

/// The differences as one JSON document with a line end, as [`coverage_json_schema`] describes it.
pub fn coverage_diff_json(diff: &CoverageDiff, since: &str) -> String {
    let change = |change: &Change| {
        json!({
            "id": change.id,
            "name": change.name,
            "before": change.before,
            "after": change.after,
            "tested": {"before": change.tested.0, "after": change.tested.1},
        })
    };
    let all = |changes: &[Change]| changes.iter().map(change).collect::<Vec<_>>();
    let document = json!({
        "format": COVERAGE_JSON_FORMAT,
        "picket": env!("CARGO_PKG_VERSION"),
        "since": since,
        "covered": {"before": diff.covered.0, "after": diff.covered.1},
        "tested": {"before": diff.tested.0, "after": diff.tested.1},
        "gained": all(&diff.gained),
        "lost": all(&diff.lost),
        "changed": all(&diff.changed),
    });
    format!("{document:#}\n")
}

/// The JSON Schema of what [`coverage_json`] and [`coverage_diff_json`] write. It allows for keys that later versions add.
pub fn coverage_json_schema() -> Value {
    let number = |what: &str| json!({ "type": "integer", "minimum": 0, "description": what });
    let list = |of: &str, what: &str| json!({ "type": "array", "items": refer(of), "description": what });
    let ids = |what: &str| json!({ "type": "array", "items": { "type": "string" }, "description": what });
    let severity = json!({ "enum": ["High", "Medium", "Low", "Informational", null] });
    let format = json!({ "const": COVERAGE_JSON_FORMAT });
    let matrix = object(
        json!({
            "format": format,
            "picket": text("The version of picket."),
            "attack": text("The version of ATT&CK."),
            "techniques": number("How many techniques the matrix has."),
            "covered": number("How many of them some rule names, itself or a part of it."),
            "tested": number("How many of them some tested rule names: one that a test expects to find something."),
            "tactics": list("tactic", "The columns of the matrix, in its order."),
            "platforms": list("platform", "By name."),
            "rules": list("rule", "Every rule."),
            "withoutTechnique": ids("The ids of rules that name no technique of the matrix."),
        }),
        &[
            "format",
            "picket",
            "attack",
            "techniques",
            "covered",
            "tested",
            "tactics",
            "platforms",
            "rules",
            "withoutTechnique",
        ],
    );
    let difference = object(
        json!({
            "format": format,
            "picket": text("The version of picket."),
            "since": text("The revision of git that it is compared with."),
            "covered": refer("twice"),
            "tested": refer("twice"),
            "gained": list("change", "What no rule named before."),
            "lost": list("change", "What no rule names any more."),
            "changed": list("change", "What more or fewer rules name, or more or fewer tested ones."),
        }),
        &["format", "picket", "since", "covered", "tested", "gained", "lost", "changed"],
    );
    let technique = object(
        json!({
            "id": { "type": "string" },
            "name": { "type": "string" },
            "rules": ids("The ids of the rules that name the technique itself."),
            "severity": severity,
            "tested": number("How many tested rules name it or a part of it."),
            "subtechniques": list("part", "Its parts."),
        }),
        &["id", "name", "rules", "severity", "tested", "subtechniques"],
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Coverage of ATT&CK by rules, or what changed of it, as picket writes it",
        "oneOf": [matrix, difference],
        "$defs": {
            "tactic": object(
                json!({
                    "shortname": { "type": "string" },
                    "name": { "type": "string" },
                    "covered": number("How many of its techniques some rule names."),
                    "techniques": list("technique", "Its techniques."),
                }),
                &["shortname", "name", "covered", "techniques"],
            ),
            "technique": technique,
            "part": object(
                json!({ "id": { "type": "string" }, "name": { "type": "string" }, "rules": ids("The ids of its rules.") }),
                &["id", "name", "rules"],
            ),
            "platform": object(
                json!({
                    "name": { "type": "string" },
                    "techniques": number("How many techniques can be seen on it."),
                    "covered": number("How many of them some rule names."),
                }),
                &["name", "techniques", "covered"],
            ),
            "rule": object(
                json!({
                    "id": text("Its id, empty without one."),
                    "name": { "type": "string" },
                    "kind": { "enum": ["Scheduled", "NRT", "Hunting"] },
                    "severity": severity,
                    "enabled": { "type": "boolean", "description": "Whether it is an analytics rule that is enabled." },
                    "tested": { "type": "boolean", "description": "Whether a test expects it to find something. `picket test` says whether it does." },
                }),
                &["id", "name", "kind", "severity", "enabled", "tested"],
            ),
            "twice": object(
                json!({ "before": number("In that revision."), "after": number("Now.") }),
                &["before", "after"],
            ),
            "change": object(
                json!({
                    "id": text("A technique, or a part of one."),
                    "name": { "type": "string" },
                    "before": number("How many rules named it."),
                    "after": number("How many rules name it."),
                    "tested": refer("twice"),
                }),
                &["id", "name", "before", "after", "tested"],
            ),
        },
    })
}
