//! `picket coverage` over a small project.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use common::{git, run, write};
use picket::report;
use serde_json::{Value, json};

fn rule(number: u32, more: &str) -> String {
    format!(
        "id: 00000000-0000-4000-8000-00000000000{number}\nname: 'Rule <{number}> & \"more\"'\nquery: X | where a == 1\n{more}"
    )
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "picket.toml", "rules = [\"rules\"]\n[project]\nname = \"soc\"\n");
    let scheduled = "kind: Scheduled\nseverity: High\nqueryFrequency: 1h\nqueryPeriod: 1h\ntriggerOperator: gt\ntriggerThreshold: 0\n";
    write(
        at,
        "rules/a.yaml",
        rule(1, &format!("{scheduled}tactics: [CommandAndControl]\nrelevantTechniques: [T1219.002]\n")),
    );
    write(
        at,
        "rules/b.yaml",
        rule(2, "kind: Hunting\ntactics: [Persistence]\nrelevantTechniques: [T1078]\n"),
    );
    write(at, "rules/c.yaml", rule(3, &format!("{scheduled}enabled: false\nrelevantTechniques: [T1059]\n")));
    write(at, "rules/d.yaml", rule(4, "kind: Hunting\n"));
    let fires = "tests:\n  - name: it fires\n    tables: {X: [{a: 1}]}\n    expect: fires\n";
    write(at, "rules/a.test.yaml", fires);
    // Tests of silence do not show that a rule finds anything, nor does one that expects nothing yet.
    let silent = "tests:\n  - {name: quiet, expect: none}\n  - {name: no row, expect: {rows: 0}}\n  - {name: open, expect: }\n";
    write(at, "rules/b.test.yaml", silent);
    folder
}

#[test]
fn says_what_is_covered_and_what_is_not() {
    let folder = project();
    let ran = run(folder.path(), &["coverage"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!("coverage_text", ran.out);
    let ran = run(folder.path(), &["coverage", "--gaps", "--platform", "containers", "--format", "text"]);
    assert!(ran.out.contains("without a rule in Execution:\n  T1609 "), "{}", ran.out);
    insta::assert_snapshot!(
        "coverage_markdown",
        run(folder.path(), &["coverage", "--format", "markdown"]).out
    );
    let json = run(folder.path(), &["coverage", "--format", "json"]).out;
    let json = common::valid(report::coverage_json_schema(), &json);
    assert_eq!((&json["covered"], &json["tested"]), (&json!(3), &json!(1)));
    let tested: Vec<_> =
        json["rules"].as_array().unwrap().iter().map(|rule| rule["tested"] == true).collect();
    assert_eq!(tested, [true, false, false, false]);
    assert_eq!(json["withoutTechnique"], json!(["00000000-0000-4000-8000-000000000004"]));
    let c2 = json["tactics"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["shortname"] == "command-and-control")
        .unwrap();
    let remote = c2["techniques"].as_array().unwrap().iter().find(|it| it["id"] == "T1219").unwrap();
    assert_eq!((&remote["severity"], &remote["rules"]), (&json!("High"), &json!([])));
    assert_eq!(remote["tested"], 1);
}

#[test]
fn a_platform_that_is_none_is_refused() {
    let folder = project();
    let ran = run(folder.path(), &["coverage", "--platform", "Amiga"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no platform `Amiga`") && ran.err.contains("Windows"), "{}", ran.err);
}

#[test]
fn the_layer_keeps_to_the_format_of_the_navigator() {
    let folder = project();
    let ran = run(folder.path(), &["coverage", "--format", "navigator"]);
    let layer: Value = serde_json::from_str(&ran.out).unwrap();
    // The fields of layer format 4.5, read off its published description.
    let schema = json!({
        "type": "object",
        "required": ["versions", "name", "domain"],
        "additionalProperties": false,
        "properties": {
            "versions": {
                "type": "object",
                "required": ["layer", "navigator"],
                "additionalProperties": false,
                "properties": {
                    "attack": {"type": "string", "pattern": "^[0-9]+$"},
                    "navigator": {"type": "string"},
                    "layer": {"const": "4.5"},
                },
            },
            "name": {"type": "string"},
            "description": {"type": "string"},
            "domain": {"enum": ["enterprise-attack", "mobile-attack", "ics-attack"]},
            "sorting": {"enum": [0, 1, 2, 3]},
            "layout": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "layout": {"enum": ["side", "flat", "mini"]},
                    "aggregateFunction": {"enum": ["average", "min", "max", "sum"]},
                    "showAggregateScores": {"type": "boolean"},
                    "countUnscored": {"type": "boolean"},
                    "expandedSubtechniques": {"enum": ["all", "annotated", "none"]},
                    "showID": {"type": "boolean"},
                    "showName": {"type": "boolean"},
                },
            },
            "hideDisabled": {"type": "boolean"},
            "techniques": {"type": "array", "items": {
                "type": "object",
                "required": ["techniqueID"],
                "additionalProperties": false,
                "properties": {
                    "techniqueID": {"type": "string", "pattern": "^T[0-9]{4}(\\.[0-9]{3})?$"},
                    "tactic": {"type": "string"},
                    "comment": {"type": "string"},
                    "showSubtechniques": {"type": "boolean"},
                    "score": {"type": "number"},
                    "color": {"type": "string"},
                    "enabled": {"type": "boolean"},
                    "metadata": {"type": "array", "items": {
                        "type": "object", "required": ["name", "value"], "additionalProperties": false,
                        "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
                    }},
                    "links": {"type": "array"},
                },
            }},
            "gradient": {
                "type": "object",
                "required": ["colors", "minValue", "maxValue"],
                "properties": {"colors": {"type": "array", "minItems": 2}},
            },
            "legendItems": {"type": "array"},
            "metadata": {"type": "array"},
            "links": {"type": "array"},
            "showTacticRowBackground": {"type": "boolean"},
            "tacticRowBackground": {"type": "string"},
            "selectTechniquesAcrossTactics": {"type": "boolean"},
            "selectSubtechniquesWithParent": {"type": "boolean"},
            "selectVisibleTechniques": {"type": "boolean"},
            "filters": {"type": "object"},
        },
    });
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<_> = validator.iter_errors(&layer).map(|fault| fault.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new());
    let scored =
        layer["techniques"].as_array().unwrap().iter().find(|it| it["techniqueID"] == "T1219.002").unwrap();
    assert_eq!((&scored["score"], &scored["tactic"]), (&json!(1), &json!("command-and-control")));
    let metadata = scored["metadata"].as_array().unwrap();
    assert!(metadata.contains(&json!({"name": "tested rules", "value": "1"})), "{metadata:?}");
}

#[test]
fn the_picture_is_whole_and_escapes_what_it_shows() {
    let folder = project();
    let ran = run(folder.path(), &["coverage", "--format", "svg"]);
    assert!(ran.out.starts_with("<svg ") && ran.out.ends_with("</svg>\n"));
    assert_eq!(ran.out.matches("<rect").count(), ran.out.matches("</rect>").count() + 7);
    assert!(!ran.out.contains("http:") || ran.out.matches("http:").count() == 1, "only the namespace");
    assert!(ran.out.contains("T1219 Remote Access Tools: 1 rules, 1 enabled, 1 tested"), "{}", ran.out);
    assert_eq!(ran.out.matches("class=\"dot\"").count(), 2, "a mark in the legend and one in a square");
}

#[test]
fn a_difference_names_what_was_gained_and_lost() {
    let folder = project();
    let at = folder.path();
    git(at, &["init", "--quiet"]);
    git(at, &["add", "--all"]);
    git(at, &["commit", "--quiet", "--message", "first"]);
    std::fs::remove_file(at.join("rules/b.yaml")).unwrap();
    write(at, "rules/e.yaml", rule(5, "kind: Hunting\nrelevantTechniques: [T1059, T1566.001]\n"));
    std::fs::remove_file(at.join("rules/b.test.yaml")).unwrap();
    std::fs::remove_file(at.join("rules/a.test.yaml")).unwrap();
    write(
        at,
        "rules/e.test.yaml",
        "tests:\n  - {name: it fires, tables: {X: [{a: 1}]}, expect: {rows: 1}}\n",
    );
    let ran = run(at, &["coverage", "--diff", "HEAD"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    insta::assert_snapshot!("coverage_diff", ran.out);
    insta::assert_snapshot!(
        "coverage_diff_markdown",
        run(at, &["coverage", "--diff", "HEAD", "--format", "markdown"]).out
    );
    let json = run(at, &["coverage", "--diff", "HEAD", "--format", "json"]).out;
    let json = common::valid(report::coverage_json_schema(), &json);
    assert_eq!(json["tested"], json!({"before": 1, "after": 2}));
    assert_eq!(run(at, &["coverage", "--diff", "HEAD", "--format", "svg"]).code, 2);
    assert_eq!(run(at, &["coverage", "--diff", "nowhere"]).code, 2);
}
