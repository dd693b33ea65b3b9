//! The examples in the documentation of every code hold: what is said to fire fires, what is said to be clean
//! is.

#![allow(clippy::expect_used, reason = "a test fails this way")]

#[path = "common/examples.rs"]
mod examples;

use std::collections::BTreeSet;

use picket::catalog::kql::Overlay;
use picket::catalog::{Attack, Catalog};
use picket::diag::{Diagnostic, LintMeta, Severity};
use picket::lint::{self, Facts, Settings};
use picket::rule;
use picket::text::SourceMap;

use examples::examples;

/// What is found in an example. Its first line may say what it is checked with: another version of ATT&CK, or a table of
/// the project as an export of the workspace has it.
fn check(text: &str) -> Vec<Diagnostic> {
    let mut sources = SourceMap::new();
    let id = sources.add("example.yaml", text);
    let (rules, found) = rule::read(id, text);
    let first = text.lines().next().unwrap_or_default();
    let is_older = first.starts_with("# with ATT&CK 18.1");
    let catalog =
        if is_older { Catalog::with_attack(Attack::previous_release()) } else { Catalog::default() };
    let mut overlay = Overlay::default();
    if let Some(export) = first.strip_prefix("# with the table ") {
        assert_eq!(overlay.read(id, "tables.json", export), []);
    }
    let facts = Facts { catalog: &catalog, kql: &overlay.into_catalog() };
    lint::check(&sources, &rules, found, facts, &Settings::default())
}

/// Whether the code belongs to a lint, not to a reader. Examples of readers may be fragments of rules.
fn is_lint(meta: &LintMeta) -> bool {
    meta.file.replace('\\', "/").contains("src/lint/")
}

/// What an example of `meta` shows. Examples are no models in all that is worth knowing of a rule, so of that only what
/// `meta` itself reports counts.
fn codes(found: &[Diagnostic], meta: &LintMeta) -> BTreeSet<&'static str> {
    let counts = |finding: &&Diagnostic| finding.severity > Severity::Info || finding.code == meta.code;
    found.iter().filter(counts).map(|finding| finding.code).collect()
}

#[test]
fn examples_that_fire_do_fire() {
    for meta in lint::registry() {
        for text in examples(meta, "yaml fires") {
            let codes = codes(&check(&text), meta);
            if is_lint(meta) {
                assert_eq!(codes, BTreeSet::from([meta.code]), "{}:\n{text}", meta.code);
            } else {
                assert!(codes.contains(meta.code), "{} is not in {codes:?}:\n{text}", meta.code);
            }
        }
    }
}

#[test]
fn examples_that_are_clean_are_clean() {
    for meta in lint::registry() {
        for text in examples(meta, "yaml clean") {
            let codes = codes(&check(&text), meta);
            if is_lint(meta) {
                assert_eq!(codes, BTreeSet::new(), "{}:\n{text}", meta.code);
            } else {
                assert!(!codes.contains(meta.code), "{}:\n{text}", meta.code);
            }
        }
    }
}
