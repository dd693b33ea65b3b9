//! The tests of one rule, run one after the other.

use super::coverage::{Recorder, surviving};
use super::document::Test;
use super::judge::{Failure, judge};
use super::lints::BAD_TEST;
use super::simulate::{Material, Probe, Shared, Simulated, material, simulate};
use super::subject::Subject;
use crate::catalog::kql::KqlCatalog;
use crate::diag::{Diagnostic, nearest};
use crate::rule::{FalsePositive, Rule};
use crate::text::{SourceId, Span, Spanned, TextRange};

/// What is looked at beside whether tests pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Looks {
    /// Which conditions no test decides both ways.
    pub coverage: bool,
    /// Which conditions can be turned over without a test that fails.
    pub mutants: bool,
}

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// As expected.
    Passed,
    /// Not as expected.
    Failed,
    /// It could not be run: its rows, or the query, cannot be used.
    Broken,
}

impl Status {
    /// The word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Broken => "broken",
        }
    }
}

/// What came of a test for one rule.
#[derive(Debug, Clone)]
pub struct TestOutcome {
    /// The file of the test.
    pub source: SourceId,
    /// Where its name stands.
    pub range: TextRange,
    /// Its number in the file, from 0.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// The false-positive scenario that it covers.
    pub scenario: Option<String>,
    /// The display name of the rule.
    pub rule: String,
    /// The id of the rule.
    pub rule_id: Option<String>,
    /// The file of the rule.
    pub rule_source: SourceId,
    /// How it ended.
    pub status: Status,
    /// Whether it was run with the exclusion of its scenario, as the rule without it does not do what is expected.
    pub excludes: bool,
    /// What was not as expected.
    pub failures: Vec<Failure>,
    /// What it is broken by.
    pub findings: Vec<Diagnostic>,
    /// What was noticed.
    pub notes: Vec<Diagnostic>,
    /// What the rule made of the rows, where it could be run.
    pub simulated: Option<Simulated>,
}

/// What came of the tests of a rule.
#[derive(Debug, Clone, Default)]
pub struct RuleOutcome {
    /// The tests, in their order.
    pub tests: Vec<TestOutcome>,
    /// Conditions without a test that decides them, and those that survive being turned over.
    pub findings: Vec<Diagnostic>,
    /// How many conditions the query has, where they were looked at.
    pub conditions: usize,
    /// The scenarios of the rule that no test covers.
    pub open_scenarios: Vec<String>,
}

/// Runs the tests of a rule.
pub fn run_rule(
    rule: &Rule,
    tests: &[&Test],
    catalog: &KqlCatalog,
    shared: &Shared,
    looks: Looks,
) -> RuleOutcome {
    let mut out = RuleOutcome::default();
    let subject = match Subject::prepare(rule, catalog) {
        Ok(subject) => subject,
        Err(findings) => {
            out.tests = tests.iter().map(|test| broken(rule, test, findings.clone())).collect();
            return out;
        }
    };
    let recorder = Recorder::default();
    let mut passed: Vec<(&Test, Material)> = Vec::new();
    for test in tests {
        let material = match material(test, &subject, shared) {
            Ok(material) => material,
            Err(findings) => {
                out.tests.push(broken(rule, test, findings));
                continue;
            }
        };
        let probe = Probe { observer: looks.coverage.then_some(&recorder), flipped: None };
        match simulate(test, &subject, &material, probe) {
            Ok(simulated) => {
                let failures = judge(test, rule.kind, &simulated);
                let status = if failures.is_empty() { Status::Passed } else { Status::Failed };
                let notes = simulated.notes.iter().cloned().chain(unknown_scenario(rule, test)).collect();
                let ran = TestOutcome {
                    failures,
                    notes,
                    simulated: Some(simulated),
                    ..outcome(rule, test, status)
                };
                if status == Status::Passed {
                    passed.push((test, material));
                    out.tests.push(ran);
                } else if let Some(exclusion) = exclusion(rule, test) {
                    out.tests.push(excluded(ran, rule, test, exclusion, catalog, shared));
                } else {
                    out.tests.push(ran);
                }
            }
            Err(finding) => out.tests.push(broken(rule, test, vec![*finding])),
        }
    }
    if looks.coverage || looks.mutants {
        out.conditions = subject.program.conditions().len();
        out.open_scenarios = open_scenarios(rule, tests);
    }
    if looks.coverage {
        out.findings.extend(recorder.untested(&subject));
    }
    // Where a test does not pass, that one fails tells nothing.
    let all_pass = out.tests.iter().all(|test| test.status == Status::Passed);
    if looks.mutants && all_pass {
        let passed: Vec<(&Test, &Material)> =
            passed.iter().map(|(test, material)| (*test, material)).collect();
        out.findings.extend(surviving(&subject, &passed));
    }
    out
}

fn outcome(rule: &Rule, test: &Test, status: Status) -> TestOutcome {
    TestOutcome {
        source: test.source,
        range: test.name.range,
        index: test.index,
        name: test.name.value.clone(),
        scenario: test.scenario.as_ref().map(|scenario| scenario.value.clone()),
        rule: rule.display_name().to_owned(),
        rule_id: rule.id.as_ref().map(|id| id.value.clone()),
        rule_source: rule.source,
        status,
        excludes: false,
        failures: Vec::new(),
        findings: Vec::new(),
        notes: Vec::new(),
        simulated: None,
    }
}

fn broken(rule: &Rule, test: &Test, findings: Vec<Diagnostic>) -> TestOutcome {
    TestOutcome { findings, ..outcome(rule, test, Status::Broken) }
}

/// The exclusion of the scenario that a test is about.
fn exclusion<'r>(rule: &'r Rule, test: &Test) -> Option<&'r Spanned<String>> {
    let wanted = test.scenario.as_ref()?;
    let named = |case: &&FalsePositive| {
        case.scenario.as_ref().is_some_and(|it| it.value.eq_ignore_ascii_case(&wanted.value))
    };
    rule.false_positives.iter().find(named)?.exclusion.as_ref()
}

/// What comes of a test that fails for the rule as it stands, where the exclusion of its scenario is put into the query.
fn excluded(
    ran: TestOutcome,
    rule: &Rule,
    test: &Test,
    exclusion: &Spanned<String>,
    catalog: &KqlCatalog,
    shared: &Shared,
) -> TestOutcome {
    let simulated = Subject::excluding(rule, exclusion, catalog).and_then(|subject| {
        let material = material(test, &subject, shared)?;
        simulate(test, &subject, &material, Probe::default()).map_err(|finding| vec![*finding])
    });
    let ran = TestOutcome { excludes: true, ..ran };
    match simulated {
        Ok(simulated) => {
            let failures = judge(test, rule.kind, &simulated);
            let status = if failures.is_empty() { Status::Passed } else { Status::Failed };
            TestOutcome { status, failures, simulated: Some(simulated), ..ran }
        }
        Err(findings) => TestOutcome { status: Status::Broken, failures: Vec::new(), findings, ..ran },
    }
}

fn scenarios(rule: &Rule) -> impl Iterator<Item = &str> {
    rule.false_positives.iter().filter_map(|it| it.scenario.as_ref()).map(|scenario| scenario.value.as_str())
}

/// A scenario of a test that its rule does not have. A test of several rules may name that of any.
fn unknown_scenario(rule: &Rule, test: &Test) -> Option<Diagnostic> {
    let scenario = test.scenario.as_ref().filter(|_| test.rules.len() < 2)?;
    let is_it = |known: &str| known.eq_ignore_ascii_case(&scenario.value);
    if scenarios(rule).any(is_it) {
        return None;
    }
    let message = format!("the rule has no false-positive scenario `{}`", scenario.value);
    let mut finding = BAD_TEST.at(Span::new(test.source, scenario.range), message);
    finding.severity = crate::diag::Severity::Warning;
    Some(match nearest(&scenario.value, scenarios(rule)) {
        Some(meant) => finding.with_help(format!("the nearest is `{meant}`")),
        None => finding.with_help("name one of `falsePositives` of the rule"),
    })
}

fn open_scenarios(rule: &Rule, tests: &[&Test]) -> Vec<String> {
    let covered = |scenario: &str| {
        tests
            .iter()
            .any(|test| test.scenario.as_ref().is_some_and(|it| it.value.eq_ignore_ascii_case(scenario)))
    };
    scenarios(rule).filter(|scenario| !covered(scenario)).map(str::to_owned).collect()
}
