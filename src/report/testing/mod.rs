//! What came of tests of rules: for a person, a program, a build server.

mod json;
mod junit;
mod markdown;
#[cfg(feature = "report")]
mod text;

pub use json::{TESTS_JSON_FORMAT, tests_json, tests_json_schema};
pub use junit::tests_junit;
pub use markdown::tests_markdown;
#[cfg(feature = "report")]
pub use text::tests_text;

use super::{Place, plan_text::printable};
use crate::diag::Diagnostic;
use crate::testing::{Failure, RuleOutcome, Status, TestOutcome};
use crate::text::{SourceMap, Span};

/// The tests of a run.
#[derive(Debug, Clone, Default)]
pub struct TestRun {
    /// What came of them, by rule.
    pub rules: Vec<RuleOutcome>,
    /// What is wrong with files of tests.
    pub findings: Vec<Diagnostic>,
    /// Whether conditions were looked at.
    pub looked: bool,
    /// How long it took, in seconds.
    pub seconds: f64,
}

impl TestRun {
    /// The tests in the order of their files.
    pub fn tests(&self) -> Vec<&TestOutcome> {
        let mut tests: Vec<&TestOutcome> = self.rules.iter().flat_map(|rule| &rule.tests).collect();
        tests.sort_by_key(|test| (test.source, test.index, test.rule_source));
        tests
    }

    /// How many tests ended so.
    pub fn count(&self, status: Status) -> usize {
        self.rules.iter().flat_map(|rule| &rule.tests).filter(|test| test.status == status).count()
    }

    /// Findings, notes and open conditions, in the order of reports.
    pub fn all_findings(&self) -> Vec<Diagnostic> {
        let of_tests = self.rules.iter().flat_map(|rule| &rule.tests);
        let of_tests = of_tests.flat_map(|test| test.findings.iter().chain(&test.notes));
        let of_rules = self.rules.iter().flat_map(|rule| &rule.findings);
        let mut all: Vec<Diagnostic> =
            self.findings.iter().chain(of_tests).chain(of_rules).cloned().collect();
        crate::diag::sort(&mut all);
        all.dedup();
        all
    }
}

/// `rules/a.test.yaml:12:7: expected 1 alert, got 2`
fn told(sources: &SourceMap, test: &TestOutcome, failure: &Failure) -> String {
    let message = printable(&failure.message);
    match Place::of(sources, Span::new(test.source, failure.range)) {
        Some(place) => format!("{}:{}:{}: {message}", place.file, place.start.line, place.start.column),
        None => message,
    }
}
