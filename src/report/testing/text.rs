//! Tests for a person: a line a file, what failed with the difference, a line of how many went how.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::{TestRun, told};
use crate::report::plan_text::printable;
use crate::testing::{DiffLine, Status, TestOutcome};
use crate::text::SourceMap;

const RED: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));
const GREEN: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
const BOLD: Style = Style::new().bold();

/// The most lines of a difference that are shown.
const MAX_DIFF: usize = 40;

/// The tests as text; with `each` a line for every test. Coloured: the shell strips that where it is not wanted. Findings are
/// not in it.
pub fn tests_text(sources: &SourceMap, run: &TestRun, each: bool) -> String {
    let mut out = String::new();
    let tests = run.tests();
    for file in tests.chunk_by(|a, b| a.source == b.source) {
        let name = file.first().and_then(|test| sources.get(test.source)).map_or("", |source| &source.name);
        let failed = file.iter().filter(|test| test.status != Status::Passed).count();
        let style = if failed == 0 { GREEN } else { RED };
        let words = match failed {
            0 => format!("{} passed", file.len()),
            _ => format!("{} passed, {failed} not", file.len() - failed),
        };
        let _ = writeln!(out, "{}: {style}{words}{style:#}", printable(name));
        for test in file {
            if each || test.status != Status::Passed {
                write_test(&mut out, sources, test);
            }
        }
    }
    let _ = writeln!(out, "{}", summary(run));
    out
}

fn write_test(out: &mut String, sources: &SourceMap, test: &TestOutcome) {
    let (style, word) = match test.status {
        Status::Passed => (GREEN, "ok    "),
        Status::Failed => (RED, "FAILED"),
        Status::Broken => (RED, "BROKEN"),
    };
    let (name, rule) = (printable(&test.name), printable(&test.rule));
    let with = if test.excludes { ", with the exclusion of the scenario" } else { "" };
    let _ = writeln!(out, "  {style}{word}{style:#} {BOLD}{name}{BOLD:#} ({rule}{with})");
    for failure in &test.failures {
        let _ = writeln!(out, "         {}", told(sources, test, failure));
        for line in failure.diff.iter().take(MAX_DIFF) {
            let (style, mark, text) = match line {
                DiffLine::Same(text) => (Style::new(), ' ', text),
                DiffLine::Missing(text) => (RED, '-', text),
                DiffLine::Unexpected(text) => (GREEN, '+', text),
            };
            let _ = writeln!(out, "         {style}{mark} {}{style:#}", printable(text));
        }
        let more = failure.diff.len().saturating_sub(MAX_DIFF);
        if more > 0 {
            let _ = writeln!(out, "         and {more} more");
        }
    }
}

/// `12 passed, 1 failed of 4 rules in 0.03 s`, and what is left open.
fn summary(run: &TestRun) -> String {
    let (passed, failed, broken) =
        (run.count(Status::Passed), run.count(Status::Failed), run.count(Status::Broken));
    let style = if failed + broken == 0 { GREEN } else { RED };
    let mut parts = vec![format!("{passed} passed")];
    if failed > 0 {
        parts.push(format!("{failed} failed"));
    }
    if broken > 0 {
        parts.push(format!("{broken} broken"));
    }
    let rules = run.rules.len();
    let noun = if rules == 1 { "rule" } else { "rules" };
    let mut out = format!("{style}{}{style:#} of {rules} {noun} in {:.2} s", parts.join(", "), run.seconds);
    if run.looked {
        let conditions: usize = run.rules.iter().map(|rule| rule.conditions).sum();
        let open: usize = run.rules.iter().map(|rule| rule.findings.len()).sum();
        let scenarios: usize = run.rules.iter().map(|rule| rule.open_scenarios.len()).sum();
        let noun = if scenarios == 1 { "scenario" } else { "scenarios" };
        let _ = write!(out, "; {open} of {conditions} conditions open, {scenarios} {noun} without a test");
    }
    out
}
