//! Tests as one JSON document.

use serde_json::{Value, json};

use super::TestRun;
use crate::diag::Diagnostic;
use crate::report::schema::{object, text};
use crate::testing::{DiffLine, Status, TestOutcome};
use crate::text::{SourceMap, Span};

/// The format that [`tests_json`] writes.
pub const TESTS_JSON_FORMAT: u64 = 1;

/// The tests as one JSON document with a line end, as [`tests_json_schema`] describes it.
pub fn tests_json(sources: &SourceMap, run: &TestRun) -> String {
    let rules = run.rules.iter().filter(|rule| run.looked && !rule.tests.is_empty());
    let rules = rules.map(|rule| {
        let first = rule.tests.first();
        json!({
            "rule": first.map(|test| rule_of(sources, test)),
            "conditions": rule.conditions,
            "open": rule.findings.iter().map(|finding| shown(sources, finding)).collect::<Vec<_>>(),
            "openScenarios": rule.open_scenarios,
        })
    });
    let document = json!({
        "format": TESTS_JSON_FORMAT,
        "picket": env!("CARGO_PKG_VERSION"),
        "summary": {
            "passed": run.count(Status::Passed),
            "failed": run.count(Status::Failed),
            "broken": run.count(Status::Broken),
            "rules": run.rules.len(),
            "seconds": (run.seconds * 1000.0).round() / 1000.0,
        },
        "tests": run.tests().into_iter().map(|test| test_of(sources, test)).collect::<Vec<_>>(),
        "coverage": rules.collect::<Vec<_>>(),
        "findings": run.findings.iter().map(|finding| shown(sources, finding)).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn rule_of(sources: &SourceMap, test: &TestOutcome) -> Value {
    let file = sources.get(test.rule_source).map(|source| &*source.name);
    json!({ "file": file, "id": test.rule_id, "name": test.rule })
}

/// The keys of a place, and what more there is.
fn placed(sources: &SourceMap, span: Span, mut more: Value) -> Value {
    let place = sources.locate(span);
    more["file"] = json!(place.map(|(file, _)| file));
    more["line"] = json!(place.map(|(_, at)| at.line));
    more["column"] = json!(place.map(|(_, at)| at.column));
    more
}

fn shown(sources: &SourceMap, finding: &Diagnostic) -> Value {
    let more = json!({
        "code": finding.code,
        "severity": finding.severity.as_str(),
        "message": finding.message,
        "help": finding.help,
    });
    placed(sources, finding.primary.span, more)
}

fn test_of(sources: &SourceMap, test: &TestOutcome) -> Value {
    let failures = test.failures.iter().map(|failure| {
        let diff = failure.diff.iter().map(|line| match line {
            DiffLine::Same(text) => json!({ "kind": "same", "text": text }),
            DiffLine::Missing(text) => json!({ "kind": "missing", "text": text }),
            DiffLine::Unexpected(text) => json!({ "kind": "unexpected", "text": text }),
        });
        let more = json!({ "message": failure.message, "diff": diff.collect::<Vec<_>>() });
        placed(sources, Span::new(test.source, failure.range), more)
    });
    let findings = test.findings.iter().chain(&test.notes).map(|finding| shown(sources, finding));
    let simulated = test.simulated.as_ref();
    let alerts = simulated.map(|it| it.alerts.len());
    let more = json!({
        "name": test.name,
        "rule": rule_of(sources, test),
        "scenario": test.scenario,
        "excludes": test.excludes,
        "status": test.status.as_str(),
        "rows": simulated.map(|it| it.rows().rows.len()),
        "alerts": alerts,
        "incidents": simulated.map(|it| it.incidents.len()),
        "failures": failures.collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
    });
    placed(sources, Span::new(test.source, test.range), more)
}

/// The JSON Schema of what [`tests_json`] writes. It allows for keys that later versions add.
pub fn tests_json_schema() -> Value {
    let number = json!({ "type": "integer", "minimum": 0 });
    let maybe = json!({ "type": ["integer", "null"], "minimum": 0 });
    let list = |items: &Value, what: &str| json!({ "type": "array", "items": items, "description": what });
    let texts = |what: &str| json!({ "type": "array", "items": { "type": "string" }, "description": what });
    let with_place = |mut keys: Value| {
        keys["file"] = json!({ "type": ["string", "null"] });
        keys["line"] = json!({ "type": ["integer", "null"], "minimum": 1 });
        keys["column"] = json!({ "type": ["integer", "null"], "minimum": 1 });
        all_of(keys)
    };
    let rule = all_of(json!({
        "file": { "type": ["string", "null"], "description": "The file of the rule." },
        "id": { "type": ["string", "null"] },
        "name": text("The display name of the rule."),
    }));
    let finding = with_place(json!({
        "code": text("The code; `picket explain` says more."),
        "severity": { "enum": ["error", "warning", "info"] },
        "message": text("What is wrong, in one sentence."),
        "help": texts("Remedies."),
    }));
    let line = all_of(json!({
        "kind": { "enum": ["same", "missing", "unexpected"] },
        "text": text("A row, an entity, a text of an alert."),
    }));
    let failure = with_place(json!({
        "message": text("What is not as expected."),
        "diff": list(&line, "Expected against got."),
    }));
    let test = with_place(json!({
        "name": text("The name of the test."),
        "rule": rule,
        "scenario": { "type": ["string", "null"], "description": "The false-positive scenario that it covers." },
        "excludes": { "type": "boolean", "description": "Whether it was run with the exclusion of that scenario, as the rule without it does not do what is expected." },
        "status": { "enum": [Status::Passed.as_str(), Status::Failed.as_str(), Status::Broken.as_str()] },
        "rows": maybe,
        "alerts": maybe,
        "incidents": maybe,
        "failures": list(&failure, "What was not as expected."),
        "findings": list(&finding, "What the test is broken by, and what was noticed."),
    }));
    let coverage = all_of(json!({
        "rule": rule,
        "conditions": number,
        "open": list(&finding, "Conditions that no test decides, or that can be turned over without one that fails."),
        "openScenarios": texts("False-positive scenarios without a test."),
    }));
    let mut schema = all_of(json!({
        "format": { "const": TESTS_JSON_FORMAT },
        "picket": text("The version of picket."),
        "summary": all_of(json!({
            "passed": number,
            "failed": number,
            "broken": number,
            "rules": number,
            "seconds": { "type": "number" },
        })),
        "tests": list(&test, "The tests, each for every rule that it is about."),
        "coverage": list(&coverage, "The conditions by rule, with `--coverage` and `--mutate`."),
        "findings": list(&finding, "What is wrong with files of tests."),
    }));
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("What came of tests of rules, as picket writes it");
    schema
}

/// An object with these properties, none of which is left out.
fn all_of(properties: Value) -> Value {
    let names: Vec<String> = properties.as_object().into_iter().flat_map(|it| it.keys().cloned()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    object(properties, &names)
}
