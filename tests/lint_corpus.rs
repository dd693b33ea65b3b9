//! Checks every published rule of the reference corpora: keeps what is found, and proves that safe fixes add no
//! finding.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests fail and speak this way"
)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use picket::diag::{Applicability, Diagnostic, apply_edits};
use picket::lint::{self, Facts, Settings};
use picket::rule;
use picket::text::{SourceMap, TextRange};

#[test]
fn azure_sentinel() {
    let Some(shared) = common::shared() else { return };
    insta::assert_snapshot!(summary(&shared.join("rules/azure-sentinel")));
}

#[test]
fn sentinel_as_code() {
    let Some(shared) = common::shared() else { return };
    insta::assert_snapshot!(summary(&shared.join("rules/sentinel-as-code")));
}

#[test]
fn safe_fixes_add_no_finding_to_real_rules() {
    let Some(shared) = common::shared() else { return };
    let mut fixed = 0;
    for path in common::yaml_files(&shared.join("rules")) {
        let text = std::fs::read_to_string(&path).expect("the corpus is UTF-8");
        fixed += fix_to_the_end(text, &path.display().to_string());
    }
    assert!(fixed > 0, "no rule of the corpora has a safe fix, so nothing was proved");
}

#[test]
fn safe_fixes_add_no_finding_to_examples() {
    let mut fixed = 0;
    for meta in lint::registry() {
        for block in meta.markdown().split("```yaml fires\n").skip(1) {
            let (text, _) = block.split_once("```").unwrap();
            fixed += fix_to_the_end(text.to_owned(), meta.code);
        }
    }
    assert!(fixed > 0, "no example has a safe fix, so nothing was proved");
}

fn check(texts: &[(String, String)]) -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::new();
    let (mut rules, mut found) = (Vec::new(), Vec::new());
    for (name, text) in texts {
        let id = sources.add(name.as_str(), text.as_str());
        let (some, diagnostics) = rule::read(id, text);
        rules.extend(some);
        found.extend(diagnostics);
    }
    let found = lint::check(&sources, &rules, found, Facts::builtin(), &Settings::default());
    (sources, found)
}

/// How many findings of each code and level, and the distinct messages of the lints with the count of each.
fn summary(folder: &Path) -> String {
    let files = common::yaml_files(folder).into_iter().map(|path| {
        let name = path.strip_prefix(folder).unwrap().display().to_string();
        (name, std::fs::read_to_string(&path).expect("the corpus is UTF-8"))
    });
    let (sources, found) = check(&files.collect::<Vec<_>>());
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    let mut messages: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &found {
        let (name, place) = sources.locate(finding.primary.span).expect("findings point into the file");
        let Diagnostic { code, severity, message, help, .. } = finding;
        println!("{name}:{}:{}: {} {code} {message} {help:?}", place.line, place.column, severity.as_str());
        *codes.entry(format!("{code} {}", severity.as_str())).or_default() += 1;
        // Readers have a record of their own; ids and names of rules are not for the record.
        let meta = lint::find(code).expect("every code is registered");
        if meta.file.contains("lint") && *code != "PK111" && !meta.file.contains("lints.rs") {
            let fix = finding.fix.as_ref().map(|fix| format!(" [{:?}: {}]", fix.applicability, fix.title));
            *messages.entry(format!("{code} {message}{}", fix.unwrap_or_default())).or_default() += 1;
        }
    }
    let mut out = String::new();
    for (code, count) in codes {
        let _ = writeln!(out, "{count} {code}");
    }
    for (message, count) in messages {
        let _ = writeln!(out, "  {count} {message}");
    }
    out
}

/// Applies safe fixes until there is none, holding that no code is found more often than before. Answers how
/// many fixes were applied.
fn fix_to_the_end(mut text: String, name: &str) -> usize {
    let mut applied = 0;
    let mut before = check(&[(name.to_owned(), text.clone())]).1;
    // Every round removes at least one finding or the test fails.
    while before.iter().any(is_safe) {
        let mut edits: Vec<(TextRange, &str)> = Vec::new();
        for fix in before.iter().filter(|finding| is_safe(finding)).filter_map(|finding| finding.fix.as_ref())
        {
            let touches = |range: TextRange| {
                edits.iter().any(|(other, _)| range.start <= other.end && other.start <= range.end)
            };
            if !fix.edits.iter().any(|edit| touches(edit.span.range)) {
                edits.extend(fix.edits.iter().map(|edit| (edit.span.range, edit.replacement.as_str())));
                applied += 1;
            }
        }
        let fixed = apply_edits(&text, &edits).expect("edits of different findings do not overlap");
        let after = check(&[(name.to_owned(), fixed.clone())]).1;
        let (was, is) = (counts(&before), counts(&after));
        for (code, count) in &is {
            assert!(*count <= was.get(code).copied().unwrap_or(0), "{name}: a fix added {code}:\n{fixed}");
        }
        assert!(after.len() < before.len(), "{name}: fixes removed nothing:\n{fixed}");
        assert_eq!(text.matches(" #").count(), fixed.matches(" #").count(), "{name}: a comment was lost");
        (text, before) = (fixed, after);
    }
    applied
}

fn is_safe(finding: &Diagnostic) -> bool {
    finding.fix.as_ref().is_some_and(|fix| fix.applicability == Applicability::Safe)
}

fn counts(found: &[Diagnostic]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for finding in found {
        *counts.entry(finding.code).or_default() += 1;
    }
    counts
}
