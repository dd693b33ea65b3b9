//! The examples in the documentation of every code hold: what is said to fire fires, what is said to be clean
//! is.

#![allow(clippy::expect_used, reason = "a test fails this way")]

#[path = "common/examples.rs"]
mod examples;

use std::collections::BTreeSet;

use picket::diag::{Diagnostic, LintMeta};
use picket::lint::{self, Facts, Settings};
use picket::rule;
use picket::text::SourceMap;

use examples::examples;

fn check(text: &str) -> Vec<Diagnostic> {
    let mut sources = SourceMap::new();
    let id = sources.add("example.yaml", text);
    let (rules, found) = rule::read(id, text);
    lint::check(&sources, &rules, found, Facts::builtin(), &Settings::default())
}

/// Whether the code belongs to a lint, not to a reader. Examples of readers may be fragments of rules.
fn is_lint(meta: &LintMeta) -> bool {
    meta.file.replace('\\', "/").contains("src/lint/")
}

fn codes(found: &[Diagnostic]) -> BTreeSet<&'static str> {
    found.iter().map(|finding| finding.code).collect()
}

#[test]
fn examples_that_fire_do_fire() {
    for meta in lint::registry() {
        for text in examples(meta, "yaml fires") {
            let codes = codes(&check(&text));
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
            let codes = codes(&check(&text));
            if is_lint(meta) {
                assert_eq!(codes, BTreeSet::new(), "{}:\n{text}", meta.code);
            } else {
                assert!(!codes.contains(meta.code), "{}:\n{text}", meta.code);
            }
        }
    }
}
