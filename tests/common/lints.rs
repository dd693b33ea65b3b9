//! Small rules, and what checking finds in them.

use picket::diag::{Diagnostic, apply_edits};
use picket::lint::{self, Facts, Settings};
use picket::rule;
use picket::text::SourceMap;

/// The identity of a rule.
pub const HEAD: &str = "id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40\nname: Test\n";
/// The schedule of a rule.
pub const SCHEDULE: &str =
    "severity: Low\nqueryFrequency: 1h\nqueryPeriod: 1h\ntriggerOperator: gt\ntriggerThreshold: 0\n";

/// A hunting query with `body` from line 3 on.
pub fn hunting(body: &str) -> String {
    format!("{HEAD}{body}\nquery: SigninLogs\n")
}

/// A scheduled rule with `body` from line 3 on.
pub fn scheduled(body: &str) -> String {
    format!("{HEAD}{body}\n{SCHEDULE}query: SigninLogs\n")
}

/// What is found in rules of these texts, with the texts.
pub fn check_with(texts: &[&str], settings: &Settings) -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::new();
    let (mut rules, mut found) = (Vec::new(), Vec::new());
    for (index, text) in texts.iter().enumerate() {
        let id = sources.add(format!("{index}.yaml"), *text);
        let (some, diagnostics) = rule::read(id, text);
        rules.extend(some);
        found.extend(diagnostics);
    }
    let found = lint::check(&sources, &rules, found, Facts::builtin(), settings);
    (sources, found)
}

/// `CODE level line: what it points at`, one an item.
pub fn places(text: &str) -> Vec<String> {
    let (sources, found) = check_with(&[text], &Settings::default());
    let show = |finding: &Diagnostic| {
        let (_, at) = sources.locate(finding.primary.span).unwrap();
        let slice = sources.slice(finding.primary.span);
        format!("{} {} {}: {slice}", finding.code, finding.severity.as_str(), at.line)
    };
    found.iter().map(show).collect()
}

/// The text with every fix of `code` applied.
pub fn fixed(text: &str, code: &str) -> String {
    let (_, found) = check_with(&[text], &Settings::default());
    let fixes =
        found.iter().filter(|finding| finding.code == code).filter_map(|finding| finding.fix.as_ref());
    let edits: Vec<_> = fixes
        .flat_map(|fix| fix.edits.iter().map(|edit| (edit.span.range, edit.replacement.as_str())))
        .collect();
    assert!(!edits.is_empty(), "{code} has no fix: {found:?}");
    apply_edits(text, &edits).unwrap()
}
