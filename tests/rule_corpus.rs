//! Reads every published rule of the reference corpora, and keeps how many findings of each code that gives.

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

use picket::rule::{self, RuleKind};
use picket::text::SourceMap;

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

/// Kinds, codes with their counts, and the distinct messages with the count of each.
fn summary(folder: &Path) -> String {
    let mut sources = SourceMap::new();
    let mut kinds: BTreeMap<RuleKind, usize> = BTreeMap::new();
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut messages: BTreeMap<String, usize> = BTreeMap::new();
    let files = common::yaml_files(folder);
    for path in &files {
        let text = std::fs::read_to_string(path).expect("the corpus is UTF-8");
        let id = sources.add(path.display().to_string(), text.as_str());
        let (rules, diagnostics) = rule::read(id, &text);
        for rule in rules {
            *kinds.entry(rule.kind).or_default() += 1;
            let query = rule.query.expect("every rule of the corpora has a query");
            assert!(query.range.slice(&text).len() >= query.text().trim().len() / 2, "{}", path.display());
        }
        for finding in diagnostics {
            let (name, place) = sources.locate(finding.primary.span).expect("findings point into the file");
            println!(
                "{name}:{}:{}: {} {} {:?}",
                place.line, place.column, finding.code, finding.message, finding.help
            );
            *codes.entry(finding.code).or_default() += 1;
            let fix = finding.fix.map(|fix| format!(" [{:?}: {}]", fix.applicability, fix.title));
            *messages
                .entry(format!("{} {}{}", finding.code, finding.message, fix.unwrap_or_default()))
                .or_default() += 1;
        }
    }
    let mut out = format!("{} files\n", files.len());
    for (kind, count) in kinds {
        let _ = writeln!(out, "{count} {}", kind.as_str());
    }
    for (code, count) in codes {
        let _ = writeln!(out, "{count} {code}");
    }
    for (message, count) in messages {
        let _ = writeln!(out, "  {count} {message}");
    }
    out
}
