//! Tests as a part of a comment on a pull request.

use super::{TestRun, told};
use crate::report::markdown_text::{append, code, escape};
use crate::testing::{Status, TestOutcome};
use crate::text::SourceMap;

/// The most bytes that tests take, which leaves room for a plan beside them.
const LIMIT: usize = 20_000;

/// How many tests went how, and what those that failed say.
pub fn tests_markdown(sources: &SourceMap, run: &TestRun) -> String {
    let count = |status| run.count(status);
    let (passed, failed, broken) = (count(Status::Passed), count(Status::Failed), count(Status::Broken));
    let mut parts = vec![format!("{passed} passed")];
    if failed > 0 {
        parts.push(format!("{failed} failed"));
    }
    if broken > 0 {
        parts.push(format!("{broken} could not be run"));
    }
    let mut out = format!("### picket test: {}\n", parts.join(", "));
    let tests = run.tests();
    let mut items: Vec<String> = tests
        .into_iter()
        .filter(|test| test.status != Status::Passed)
        .map(|test| item(sources, test))
        .collect();
    items.extend(
        run.findings.iter().map(|finding| format!("- {}: {}\n", finding.code, escape(&finding.message))),
    );
    if !items.is_empty() {
        out.push('\n');
        append(&mut out, LIMIT, "test", items.into_iter());
    }
    out
}

fn item(sources: &SourceMap, test: &TestOutcome) -> String {
    let mut text = format!("- ❌ {} of {}\n", code(&test.name), code(&test.rule));
    for failure in &test.failures {
        text.push_str(&format!("  - {}\n", escape(&told(sources, test, failure))));
    }
    for finding in &test.findings {
        text.push_str(&format!("  - {}: {}\n", finding.code, escape(&finding.message)));
    }
    text
}
