//! Tests as JUnit XML: a file is a suite, each test of it a case.

use super::{TestRun, told};
use crate::report::junit::escape;
use crate::testing::{DiffLine, Status, TestOutcome};
use crate::text::SourceMap;

/// The tests as one XML document, with a line end.
pub fn tests_junit(sources: &SourceMap, run: &TestRun) -> String {
    let tests = run.tests();
    let count = |tests: &[&TestOutcome], status| tests.iter().filter(|test| test.status == status).count();
    let counts = |tests: &[&TestOutcome]| {
        let (failures, errors) = (count(tests, Status::Failed), count(tests, Status::Broken));
        format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\"", tests.len())
    };
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!("<testsuites name=\"picket\" {} time=\"{:.3}\">\n", counts(&tests), run.seconds));
    for file in tests.chunk_by(|a, b| a.source == b.source) {
        let name = file.first().and_then(|test| sources.get(test.source)).map_or("", |source| &source.name);
        out.push_str(&format!("  <testsuite name=\"{}\" {} skipped=\"0\">\n", escape(name), counts(file)));
        for test in file {
            out.push_str(&case(sources, test));
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn case(sources: &SourceMap, test: &TestOutcome) -> String {
    let head = format!("    <testcase name=\"{}\" classname=\"{}\"", escape(&test.name), escape(&test.rule));
    let element = match test.status {
        Status::Passed => return format!("{head}/>\n"),
        Status::Failed => "failure",
        Status::Broken => "error",
    };
    let mut text = String::new();
    for failure in &test.failures {
        text.push_str(&told(sources, test, failure));
        text.push('\n');
        for line in &failure.diff {
            let (mark, line) = match line {
                DiffLine::Same(line) => (' ', line),
                DiffLine::Missing(line) => ('-', line),
                DiffLine::Unexpected(line) => ('+', line),
            };
            text.push_str(&format!("{mark} {line}\n"));
        }
    }
    for finding in &test.findings {
        let at = sources.locate(finding.primary.span);
        let at = at.map(|(file, at)| format!("{file}:{}:{}: ", at.line, at.column)).unwrap_or_default();
        text.push_str(&format!("{at}{} {}\n", finding.code, finding.message));
    }
    let first = test.failures.first().map(|failure| failure.message.as_str());
    let first = first.or(test.findings.first().map(|finding| finding.message.as_str())).unwrap_or_default();
    let (first, text) = (escape(first), escape(text.trim_end()));
    format!("{head}><{element} message=\"{first}\">{text}</{element}></testcase>\n")
}
