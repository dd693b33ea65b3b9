//! What lints of policy find.

#![allow(clippy::unwrap_used, reason = "tests fail this way")]

use picket::lint::{self, Facts, Settings};
use picket::rule;
use picket::text::SourceMap;

/// A rule of this version and query.
fn versioned(version: &str, query: &str) -> String {
    let head = "id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40\nname: Test\nseverity: Low\nqueryFrequency: 1h\n";
    let rest = "queryPeriod: 1h\ntriggerOperator: gt\ntriggerThreshold: 0\n";
    format!("{head}{rest}version: {version}\nquery: {query}\n")
}

#[test]
fn a_changed_rule_needs_a_higher_version() {
    let old = versioned("1.2.9", "SigninLogs");
    for (new, expected) in [
        (old.clone(), None),
        (format!("# a comment\n{}", old.replace("queryPeriod: 1h", "queryPeriod: PT1H")), None),
        (versioned("1.2.10", "SigninLogs | take 5"), None),
        (versioned("1.2.9", "SigninLogs | take 5"), Some("still `1.2.9`")),
        (versioned("1.2.8", "SigninLogs | take 5"), Some("back from `1.2.9` to `1.2.8`")),
        (old.replace("version: 1.2.9\n", "").replace("SigninLogs", "AuditLogs"), Some("lost its version")),
        (old.replace("severity: Low", "severity: High"), Some("still `1.2.9`")),
    ] {
        let mut sources = SourceMap::new();
        let id = sources.add("rule.yaml", new.as_str());
        let (rules, found) = rule::read(id, &new);
        let (before, _) = rule::read(id, &old);
        let facts = Facts { before: &before, ..Facts::builtin() };
        let found = lint::check(&sources, &rules, found, facts, &Settings::default());
        let found: Vec<_> = found.iter().filter(|finding| finding.code == "PK190").collect();
        assert_eq!(found.len(), usize::from(expected.is_some()), "{new}");
        assert!(found.iter().all(|finding| finding.message.contains(expected.unwrap())), "{found:?}");
    }
}
