//! Each format of findings, over findings of real reading and a few made by hand.

#![allow(clippy::unwrap_used, reason = "a test fails this way")]

use std::collections::BTreeSet;

use picket::diag::{Applicability, Diagnostic, Edit, Fix, LintMeta, Subjects};
use picket::report::{self, CHECK_COMMENT_LENGTH, Counts};
use picket::text::{SourceMap, Span, TextRange};
use picket::{lint, rule};

const RULE: &str = "\u{feff}id: 7b9f3c52-1c4e-4d0a-9f59-3a8f0f5f1f11
name: Zugriff auf Schlüssel über TLS
queryFrequency: 1 hour\t# jede Stunde
queryPeriod: P5M
severity: Info
kind: NRT
tatcics: [Impact]
displayName: second name
query: |
  SecurityEvent
";

fn lints() -> Vec<&'static LintMeta> {
    rule::lints::ALL.to_vec()
}

/// A source and the findings of reading it.
fn sample() -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::new();
    let id = sources.add("rules/Hunting Queries/schlüssel,1.yaml", RULE);
    let (_, diagnostics) = rule::read(id, RULE);
    (sources, diagnostics)
}

/// A finding at `needle` of `text`.
fn at(sources: &mut SourceMap, name: &str, text: &str, needle: &str) -> Diagnostic {
    let id = sources.add(name, text);
    let start = text.find(needle).unwrap();
    let range = TextRange::from_usize(start, start + needle.len());
    Diagnostic::warning("PK101", Span::new(id, range), "a rule has no key of this name").with_label("here")
}

#[test]
fn json() {
    let (sources, diagnostics) = sample();
    insta::assert_snapshot!(report::json(&sources, &diagnostics[..3], &lints(), &Subjects::default()));
}

#[test]
fn sarif() {
    let (sources, diagnostics) = sample();
    let rules: Vec<_> = lints().into_iter().filter(|lint| ["PK106", "PK108"].contains(&lint.code)).collect();
    let text = report::sarif(&sources, &diagnostics, &rules, &Subjects::default());
    let version = format!("\"semanticVersion\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(text.contains(&version));
    insta::assert_snapshot!(text.replace(&version, "\"semanticVersion\": \"[VERSION]\""));
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let prints_in = |file: &str, text: &str| {
        let mut sources = SourceMap::new();
        let id = sources.add(file, text);
        let (rules, diagnostics) = rule::read(id, text);
        let subjects = lint::subjects(&sources, &rules);
        let log: serde_json::Value =
            serde_json::from_str(&report::sarif(&sources, &diagnostics, &lints(), &subjects)).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        results.iter().map(|result| result["partialFingerprints"].to_string()).collect::<Vec<_>>()
    };
    let prints = |text: &str| prints_in("a.yaml", text);
    let text = "name: n\nquery: T\ntags: [a, ~, ~]\n";
    let before = prints(text);
    assert_eq!(before.len(), 2);
    assert_ne!(before[0], before[1], "two findings on one line");
    assert_eq!(prints(&format!("# comment\n{text}")), before);
    assert_eq!(
        prints(&text.replace("[a, ~", "[a,   ~").replace('\n', "\r\n")),
        before,
        "blanks do not count"
    );
    assert_eq!(prints_in("moved/b.yaml", text), before, "a rule is known by its name");
    assert_ne!(prints(&text.replace("[a", "[b")), before);
    assert_ne!(prints(&text.replace("name: n", "name: m")), before);
}

#[test]
fn github() {
    let (sources, mut diagnostics) = sample();
    diagnostics[0].message = "100% of it\r\nis wrong: a, b".to_owned();
    insta::assert_snapshot!(report::github(&sources, &diagnostics, &lints()));
}

#[test]
fn concise() {
    let (sources, mut diagnostics) = sample();
    diagnostics[0].message = "a \u{1b}[2J message\nof two lines".to_owned();
    insta::assert_snapshot!(report::concise(&sources, &diagnostics));
}

#[test]
fn gitlab() {
    let (sources, diagnostics) = sample();
    let text = report::gitlab(&sources, &diagnostics, &lints(), &Subjects::default());
    let issues: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let prints: BTreeSet<_> = issues.iter().map(|issue| issue["fingerprint"].to_string()).collect();
    assert_eq!(
        prints.len(),
        diagnostics.len(),
        "GitLab shows only the first of findings with one fingerprint"
    );
    insta::assert_snapshot!(text);
}

#[test]
fn junit() {
    let (mut sources, mut diagnostics) = sample();
    diagnostics[0].message = "<b> & \"quoted\" \u{1b} text".to_owned();
    let clean = sources.add("rules/clean.yaml", "id: x\n");
    insta::assert_snapshot!(report::junit(&sources, &diagnostics, &lints(), &[clean]));
}

#[test]
fn markdown() {
    let (mut sources, mut diagnostics) = sample();
    diagnostics.push(at(&mut sources, "rules/b|c.yaml", "name: n\nnome: x\n", "nome"));
    diagnostics[0].message = "<script> | `code` @team".to_owned();
    insta::assert_snapshot!(report::markdown(&sources, &diagnostics, &lints(), CHECK_COMMENT_LENGTH));
    let short = report::markdown(&sources, &diagnostics, &lints(), 400);
    assert!(short.len() < 500 && short.contains("left out for length"), "{short}");
    assert!(report::markdown(&sources, &[], &[], 400).ends_with("### picket check: no findings\n"));
}

#[test]
fn a_finding_in_no_known_file_is_still_reported() {
    let sources = SourceMap::new();
    let finding = [Diagnostic::error("PK001", Span::default(), "nothing to point at")
        .with_fix(Fix::replace("write `x`", Applicability::Safe, Span::default(), "x"))];
    assert_eq!(report::github(&sources, &finding, &[]), "::error title=PK001::nothing to point at\n");
    assert!(report::json(&sources, &finding, &[], &Subjects::default()).contains("\"file\": null"));
    assert!(report::sarif(&sources, &finding, &[], &Subjects::default()).contains("\"locations\": []"));
}

#[test]
fn counts_are_said_in_words() {
    let (_, diagnostics) = sample();
    assert_eq!(Counts::of(&diagnostics).to_string(), "3 errors, 2 warnings, 2 notes");
    assert_eq!(Counts::default().to_string(), "no findings");
}

#[cfg(feature = "report")]
mod human {
    use super::*;
    use picket::report::{HumanOptions, human};

    fn render(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
        human(sources, diagnostics, HumanOptions { color: false, width: 100 })
    }

    #[test]
    fn findings_of_a_rule() {
        let (sources, diagnostics) = sample();
        insta::assert_snapshot!(render(&sources, &diagnostics));
    }

    #[test]
    fn colour_only_when_asked() {
        let (sources, diagnostics) = sample();
        let plain = render(&sources, &diagnostics);
        let colored = human(&sources, &diagnostics, HumanOptions { color: true, width: 100 });
        assert!(!plain.contains('\u{1b}') && colored.contains("\u{1b}["));
    }

    #[test]
    fn places_far_apart_and_in_other_files() {
        let mut sources = SourceMap::new();
        let filler = "- x\n".repeat(5000);
        let text = format!("first: 1\n{filler}second: 2\r\nthird: 3\r\n");
        let start = text.find("second").unwrap();
        let mut finding = at(&mut sources, "long.yaml", &text, "second");
        let source = finding.primary.span.source;
        let other = at(&mut sources, "other.yaml", "name: n\nid: x\n", "id: x").primary.span;
        finding = finding
            .with_secondary(Span::new(source, TextRange::new(0, 5)), "the first")
            .with_secondary(other, "the other")
            .with_fix(Fix {
                title: "use both".to_owned(),
                applicability: Applicability::Unsafe,
                edits: vec![
                    Edit { span: other, replacement: "id: y".to_owned() },
                    Edit {
                        span: Span::new(source, TextRange::from_usize(start, start + 6)),
                        replacement: "zweite".to_owned(),
                    },
                    Edit { span: Span::new(source, TextRange::new(0, 9)), replacement: String::new() },
                ],
            });
        insta::assert_snapshot!(render(&sources, &[finding]));
    }

    #[test]
    fn a_label_of_many_lines_is_its_first_line() {
        let mut sources = SourceMap::new();
        let text = format!("query:\n{}name: n\n", "- line\n".repeat(40));
        let needle = text.strip_suffix("name: n\n").unwrap().to_owned();
        let finding = at(&mut sources, "a.yaml", &text, &needle);
        let three = at(&mut sources, "b.yaml", "a:\n- b\n- c\nd: e\n", "- b\n- c");
        insta::assert_snapshot!(render(&sources, &[finding, three]));
    }

    #[test]
    fn the_end_of_a_file_and_an_empty_file_can_be_at_fault() {
        let mut sources = SourceMap::new();
        let text = "name: n\nquery:";
        let mut finding = at(&mut sources, "a.yaml", text, "query:");
        finding.primary.span.range = TextRange::empty(14);
        let empty = sources.add("empty.yaml", "");
        let (_, nothing) = rule::read(empty, "");
        insta::assert_snapshot!(render(&sources, &[finding, nothing[0].clone()]));
    }

    #[test]
    fn a_line_of_megabytes_is_cut_to_what_is_at_fault() {
        let mut sources = SourceMap::new();
        let text = format!("a: b\nkey: [{}needle{}]\n", "ü, ".repeat(400_000), ", x".repeat(400_000));
        let finding = at(&mut sources, "wide.yaml", &text, "needle");
        let shown = render(&sources, std::slice::from_ref(&finding));
        assert!(shown.len() < 1000, "{}", shown.len());
        let colored = human(&sources, &[finding], HumanOptions { color: true, ..HumanOptions::default() });
        assert!(colored.contains('\u{1b}') && !colored.contains(":::"), "{colored}");
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let mut sources = SourceMap::new();
        let mut finding = at(&mut sources, "a.yaml", "name: \u{1b}[31mred\u{7}\n", "name");
        finding.message = "a \u{1b}[2J message".to_owned();
        finding.help = vec!["a \u{1b}[2J help".to_owned()];
        let span = finding.primary.span;
        finding.fix = Some(Fix::replace("a \u{1b}[2J title", Applicability::Safe, span, "\u{1b}[2J"));
        let shown = render(&sources, &[finding]);
        assert!(!shown.contains(['\u{1b}', '\u{7}']), "{shown:?}");
    }
}
