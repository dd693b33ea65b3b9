//! Reports of real findings against the schemas of their formats: SARIF's own, and the one that picket publishes for its
//! JSON.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails this way")]

mod common;

use std::path::Path;
use std::process::Command;

use picket::diag::{Applicability, Diagnostic, Edit, Fix, LintMeta, Subjects};
use picket::lint::{self, Facts, Settings};
use picket::text::{SourceMap, Span, TextRange};
use picket::{report, rule};
use serde_json::Value;

/// What is found in the examples of every code, and in a file that could not be read.
fn examples() -> (SourceMap, Vec<Diagnostic>, Subjects) {
    let mut sources = SourceMap::new();
    let (mut rules, mut found) = (Vec::new(), Vec::new());
    for meta in lint::registry() {
        for (index, block) in meta.markdown().split("```yaml fires\n").skip(1).enumerate() {
            let (text, _) = block.split_once("```").unwrap();
            let id = sources.add(format!("rules/{} {index}.yaml", meta.name), text);
            let (some, diagnostics) = rule::read(id, text);
            rules.extend(some);
            found.extend(diagnostics);
        }
    }
    let mut found = lint::check(&sources, &rules, found, Facts::builtin(), &Settings::default());
    let first = found[0].primary.span;
    let other = sources.add("rules/ü, \u{1F600} #1.yaml", "a: \u{1F600}\r\n");
    let wide = Span::new(other, TextRange::new(3, 7));
    let edits = vec![
        Edit { span: first, replacement: String::new() },
        Edit { span: wide, replacement: "b\n".to_owned() },
    ];
    let fix = Fix { title: "mend both".to_owned(), applicability: Applicability::Unsafe, edits };
    found.push(
        Diagnostic::error("PK903", wide, "two files").with_secondary(first, "").with_label("x").with_fix(fix),
    );
    let empty = sources.add("empty.yaml", "");
    found.push(Diagnostic::error("PK906", Span::new(empty, TextRange::default()), "the file is empty"));
    found.push(Diagnostic::error(
        "PK906",
        Span::new(picket::text::SourceId(9999), TextRange::default()),
        "nowhere",
    ));
    let subjects = lint::subjects(&sources, &rules);
    (sources, found, subjects)
}

fn lints() -> Vec<&'static LintMeta> {
    lint::registry().to_vec()
}

/// Where the sources of the development dependency `name` are.
fn dependency(name: &str) -> std::path::PathBuf {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(common::root())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo describes the dependencies");
    let package = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == name);
    let manifest = package.expect("it is a dependency")["manifest_path"].as_str().unwrap();
    Path::new(manifest).parent().unwrap().to_owned()
}

#[track_caller]
fn assert_valid(schema: &Value, instance: &str) {
    let instance: Value = serde_json::from_str(instance).unwrap();
    let validator = jsonschema::validator_for(schema).expect("the schema is one");
    let faults: Vec<String> =
        validator.iter_errors(&instance).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The schema of OASIS, as the crate `serde-sarif` carries it.
#[test]
fn sarif_is_valid() {
    let text = std::fs::read_to_string(dependency("serde-sarif").join("src/schema.json")).unwrap();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    // A pattern of the schema has a bracket too many and is no regular expression; picket names no language.
    for definition in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][definition]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern").expect("the pattern is still there");
    }
    assert!(schema["$id"].as_str().unwrap().contains("oasis-tcs/sarif-spec"), "{}", schema["$id"]);
    let (sources, found, subjects) = examples();
    let log = report::sarif(&sources, &found, &lints(), &subjects);
    assert_valid(&schema, &log);
    assert_valid(&schema, &report::sarif(&sources, &[], &[], &subjects));
    let typed: serde_sarif::sarif::Sarif = serde_json::from_str(&log).expect("it has the types of SARIF");
    assert_eq!(typed.runs[0].results.as_ref().unwrap().len(), found.len());
    let broken = log.replacen("\"version\": \"2.1.0\"", "\"version\": \"2.0\"", 1);
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(!validator.is_valid(&serde_json::from_str(&broken).unwrap()), "the schema refuses what is wrong");
}

#[test]
fn json_is_valid_and_holds_no_key_that_the_schema_does_not_name() {
    let mut schema = report::json_schema();
    common::close(&mut schema);
    let (sources, found, subjects) = examples();
    assert_valid(&schema, &report::json(&sources, &found, &lints(), &subjects));
    assert_valid(&schema, &report::json(&sources, &found, &[], &subjects));
    assert_valid(&schema, &report::json(&sources, &[], &[], &subjects));
}

#[cfg(all(feature = "cli", feature = "azure", feature = "emulator"))]
#[test]
fn the_published_schemas_are_current() {
    use picket::cli::rule_schema;
    for (path, text) in [
        (rule_schema::REPORT_PATH, rule_schema::report_text()),
        (rule_schema::PLAN_PATH, rule_schema::plan_text()),
        (rule_schema::DRIFT_PATH, rule_schema::drift_text()),
        (rule_schema::PULL_PATH, rule_schema::pull_text()),
        (rule_schema::ROWS_PATH, rule_schema::rows_text()),
        (rule_schema::BACKTEST_PATH, rule_schema::backtest_text()),
        (rule_schema::STATUS_PATH, rule_schema::status_text()),
        (rule_schema::TEST_PATH, rule_schema::test_text()),
        (rule_schema::TESTED_PATH, rule_schema::tested_text()),
        (rule_schema::IMPORTED_PATH, rule_schema::imported_text()),
        (rule_schema::COVERAGE_PATH, rule_schema::coverage_text()),
        (rule_schema::DOCTOR_PATH, rule_schema::doctor_text()),
        (rule_schema::RUNS_PATH, rule_schema::runs_text()),
        (rule_schema::OUTCOME_PATH, rule_schema::outcome_text()),
    ] {
        let kept = std::fs::read_to_string(common::root().join(path)).unwrap_or_default();
        assert!(kept == text, "run `cargo dev schema`");
    }
}
