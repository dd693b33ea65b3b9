//! What safe fixes do to real rules: a finding is gone and none is new, no comment is lost, and nothing of the rule
//! changes but the values that the fix touches.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests fail and speak this way")]

mod common;

use std::collections::BTreeMap;

use picket::diag::{Applicability, Code, Diagnostic, Fix, apply_edits};
use picket::kql::syntax::lex;
use picket::lint::{self, Facts, Settings};
use picket::rule;
use picket::text::{SourceId, SourceMap, TextRange};
use picket::yaml::{self, Node, NodeKind};

#[test]
fn safe_fixes_change_only_what_they_name() {
    let mut seen: BTreeMap<Code, usize> = BTreeMap::new();
    for text in examples() {
        for (code, fix) in safe_fixes(&text) {
            *seen.entry(code).or_default() += 1;
            assert_change(&text, code, &fix);
        }
    }
    if let Some(shared) = common::shared() {
        for path in common::yaml_files(&shared.join("rules")) {
            let text = std::fs::read_to_string(&path).unwrap();
            for text in [worn(&text), text] {
                for (code, fix) in safe_fixes(&text) {
                    // Enough of each code, and all of the codes that are rare.
                    let seen = seen.entry(code).or_default();
                    *seen += 1;
                    if *seen < 40 || seen.is_multiple_of(20) {
                        assert_change(&text, code, &fix);
                    }
                }
            }
        }
    }
    println!("{seen:?}");
    assert!(seen.len() > 5, "too few kinds of fixes were seen: {seen:?}");
}

/// The examples of every code.
fn examples() -> Vec<String> {
    let blocks = lint::registry().iter().flat_map(|meta| {
        let docs = meta.markdown();
        let blocks =
            docs.split("```yaml fires\n").skip(1).map(|block| block.split("```").next().unwrap().to_owned());
        blocks.collect::<Vec<_>>()
    });
    blocks.collect()
}

/// A rule as it looks after years of editing by many.
fn worn(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let line = match line.trim_end() {
            "tactics:" => line.replace("tactics", "Tactics"),
            "severity: Medium" => line.replace("Medium", "medium   # for now"),
            "severity: High" => line.replace("High", "'high'"),
            "  - InitialAccess" => line.replace("InitialAccess", "initialaccess # the first"),
            "  - Persistence" => line.replace("Persistence", "persistence"),
            "queryFrequency: 1d" => line.replace("1d", "1D"),
            _ => line.to_owned(),
        };
        out.push_str(&line);
    }
    out
}

fn check(text: &str) -> Vec<Diagnostic> {
    let mut sources = SourceMap::new();
    let id = sources.add("a.yaml", text);
    let (rules, found) = rule::read(id, text);
    lint::check(&sources, &rules, found, Facts::builtin(), &Settings::default())
}

fn safe_fixes(text: &str) -> Vec<(Code, Fix)> {
    let fixes = check(text).into_iter().filter_map(|finding| Some((finding.code, finding.fix?)));
    fixes.filter(|(_, fix)| fix.applicability == Applicability::Safe).collect()
}

#[track_caller]
fn assert_change(text: &str, code: Code, fix: &Fix) {
    let edits: Vec<(TextRange, &str)> =
        fix.edits.iter().map(|edit| (edit.span.range, edit.replacement.as_str())).collect();
    let fixed = apply_edits(text, &edits).unwrap();
    let told = || format!("{code} {}\n--- before\n{text}\n--- after\n{fixed}", fix.title);

    let (before, after) = (counts(&check(text)), counts(&check(&fixed)));
    for (other, count) in &after {
        let was = before.get(other).copied().unwrap_or_default();
        assert!(*count <= was, "{other} is new: {}", told());
    }
    let left = after.get(code).copied().unwrap_or_default();
    assert!(left < before.get(code).copied().unwrap_or_default(), "{code} is still there: {}", told());

    // Of text that could not be read there is nothing to compare.
    if code.starts_with("PK0") {
        return;
    }
    assert_eq!(comments(text), comments(&fixed), "{}", told());

    // Where each edit ends up in the new text.
    let mut moved: Vec<TextRange> = Vec::new();
    let mut sorted = edits.clone();
    sorted.sort_by_key(|(range, _)| *range);
    let mut shift = 0_i64;
    for (range, replacement) in sorted {
        let start = u32::try_from(i64::from(range.start) + shift).unwrap();
        let length = u32::try_from(replacement.len()).unwrap();
        moved.push(TextRange::new(start, start + length));
        shift += i64::from(length) - i64::from(range.len());
    }
    let old_ranges: Vec<TextRange> = edits.iter().map(|(range, _)| *range).collect();
    assert_eq!(untouched(text, &old_ranges), untouched(&fixed, &moved), "{}", told());
}

fn counts(found: &[Diagnostic]) -> BTreeMap<Code, usize> {
    let mut counts = BTreeMap::new();
    for finding in found {
        *counts.entry(finding.code).or_default() += 1;
    }
    counts
}

/// The texts of a file's scalars, in order, but for those that `edits` touch.
fn untouched(text: &str, edits: &[TextRange]) -> Vec<String> {
    let scalars = scalars(text).into_iter();
    let is_free =
        |range: TextRange| edits.iter().all(|edit| edit.end < range.start || range.end < edit.start);
    scalars.filter(|(range, _)| is_free(*range)).map(|(_, text)| text).collect()
}

fn scalars(text: &str) -> Vec<(TextRange, String)> {
    fn walk(node: &Node, out: &mut Vec<(TextRange, String)>) {
        match &node.kind {
            NodeKind::Scalar(scalar) => out.push((node.range, scalar.text.clone())),
            NodeKind::Sequence(items) => items.iter().for_each(|item| walk(item, out)),
            NodeKind::Mapping(mapping) => {
                for entry in &mapping.entries {
                    walk(&entry.key, out);
                    walk(&entry.value, out);
                }
            }
        }
    }
    let mut out = Vec::new();
    for document in yaml::parse(SourceId::default(), text).0 {
        if let Some(root) = &document.root {
            walk(root, &mut out);
        }
    }
    out
}

/// The comments of a file and of the queries in it.
fn comments(text: &str) -> Vec<String> {
    let scalars = scalars(text);
    let mut comments = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let signs = line.match_indices('#').map(|(at, _)| at);
        let outside = signs.filter(|at| {
            let place = u32::try_from(offset + at).unwrap();
            let is_apart = line[..*at].chars().next_back().is_none_or(char::is_whitespace);
            is_apart && !scalars.iter().any(|(range, _)| range.contains(place))
        });
        comments.extend(outside.take(1).map(|at| line[at..].trim_end().to_owned()));
        offset += line.len();
    }
    for (_, query) in scalars.iter().filter(|(_, text)| text.contains('|')) {
        let lines = lex(query).0.into_iter().flat_map(|token| {
            let trivia = token.trivia().slice(query).lines();
            trivia.filter_map(|line| line.find("//").map(|at| line[at..].to_owned())).collect::<Vec<_>>()
        });
        comments.extend(lines);
    }
    comments
}
