//! The examples in the documentation of every code hold: what is said to fire fires, what is said to be clean
//! is.

#![allow(clippy::expect_used, reason = "a test fails this way")]

#[path = "common/examples.rs"]
mod examples;

use std::collections::BTreeSet;

use picket::catalog::kql::Overlay;
use picket::catalog::{Attack, Catalog};
use picket::diag::{Diagnostic, LintMeta, Severity};
use picket::lint::{self, Facts, Policy, Settings};
use picket::rule;
use picket::text::SourceMap;

use examples::examples;

/// What is found in an example. Its first line may say what it is checked with: another version of ATT&CK, a table of
/// the project as an export of the workspace has it, or the name of the file.
fn check(text: &str, meta: &LintMeta) -> Vec<Diagnostic> {
    let mut sources = SourceMap::new();
    let first = text.lines().next().unwrap_or_default();
    let id = sources.add(first.strip_prefix("# in the file ").unwrap_or("example.yaml"), text);
    let (rules, found) = rule::read(id, text);
    let is_older = first.starts_with("# with ATT&CK 18.1");
    let catalog =
        if is_older { Catalog::with_attack(Attack::previous_release()) } else { Catalog::default() };
    let mut overlay = Overlay::default();
    if let Some(export) = first.strip_prefix("# with the table ") {
        assert_eq!(overlay.read(id, "tables.json", export), []);
    }
    let before: Vec<_> =
        examples(meta, "yaml before").iter().flat_map(|text| rule::read(id, text).0).collect();
    let mut settings = Settings::default();
    settings.set_policy(policy(meta));
    let facts = Facts { catalog: &catalog, kql: &overlay.into_catalog(), before: &before };
    lint::check(&sources, &rules, found, facts, &settings)
}

/// What the block of settings among the examples of `meta` asks for.
fn policy(meta: &LintMeta) -> Policy {
    let mut policy = Policy::default();
    for block in examples(meta, "toml policy") {
        for (key, value) in block.lines().filter_map(|line| line.split_once(" = ")) {
            let items = || value.trim_matches(['[', ']']).split(", ").map(|item| item.trim_matches('\''));
            let pattern = || Some(regex::Regex::new(value.trim_matches('\'')).expect("a regular expression"));
            match key {
                "name_pattern" => policy.name_pattern = pattern(),
                "file_pattern" => policy.file_pattern = pattern(),
                "description_min_length" => policy.description_min_length = value.parse().ok(),
                "required" => policy.required = items().map(str::to_owned).collect(),
                "required_tags" => policy.required_tags = items().map(str::to_owned).collect(),
                "severities" => {
                    let named = |name: &&rule::Severity| items().any(|item| item == name.as_str());
                    policy.severities = rule::Severity::ALL.iter().filter(named).copied().collect();
                }
                other => assert_eq!(other, "", "{} has an unknown setting", meta.code),
            }
        }
    }
    policy
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
            let codes = codes(&check(&text, meta), meta);
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
            let codes = codes(&check(&text, meta), meta);
            if is_lint(meta) {
                assert_eq!(codes, BTreeSet::new(), "{}:\n{text}", meta.code);
            } else {
                assert!(!codes.contains(meta.code), "{}:\n{text}", meta.code);
            }
        }
    }
}
