//! JUnit XML, which most build servers show as test results.
//!
//! A file is a test suite and each of its errors a test that failed. What does not fail a run fails no test: warnings
//! and notes are output of tests that passed, and a file without findings is a test that passed.

use std::collections::BTreeMap;

use super::{Place, meta, plan_text::printable};
use crate::diag::{Diagnostic, LintMeta, Severity};
use crate::text::{SourceId, SourceMap};

/// The findings as one XML document, with a line end. Each of `checked` is a suite, findings or none.
pub fn junit(
    sources: &SourceMap,
    diagnostics: &[Diagnostic],
    lints: &[&LintMeta],
    checked: &[SourceId],
) -> String {
    let mut suites: BTreeMap<SourceId, Vec<&Diagnostic>> =
        checked.iter().map(|id| (*id, Vec::new())).collect();
    for finding in diagnostics {
        suites.entry(finding.primary.span.source).or_default().push(finding);
    }
    let is_error = |finding: &&&Diagnostic| finding.severity == Severity::Error;
    let tests: usize = suites.values().map(|found| found.len().max(1)).sum();
    let failures: usize = suites.values().map(|found| found.iter().filter(is_error).count()).sum();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!("<testsuites name=\"picket\" tests=\"{tests}\" failures=\"{failures}\">\n"));
    for (id, found) in suites {
        let name = escape(sources.get(id).map_or("picket", |source| &source.name));
        let failures = found.iter().filter(is_error).count();
        let tests = found.len().max(1);
        out.push_str(&format!(
            "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">\n"
        ));
        if found.is_empty() {
            out.push_str(&format!("    <testcase name=\"no findings\" classname=\"{name}\"/>\n"));
        }
        for finding in found {
            out.push_str(&case(sources, finding, lints, &name));
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn case(sources: &SourceMap, finding: &Diagnostic, lints: &[&LintMeta], suite: &str) -> String {
    let at = Place::of(sources, finding.primary.span)
        .map(|place| format!("{}:{}:{}", place.file, place.start.line, place.start.column))
        .unwrap_or_default();
    let name = meta(lints, finding.code).map(|lint| format!(" {}", lint.name)).unwrap_or_default();
    let title = format!("{}{name} {at}", finding.code);
    let mut text = format!("{at}: {}", finding.message);
    for help in &finding.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    let (title, text, level) = (escape(title.trim_end()), escape(&text), finding.severity.as_str());
    let body = match finding.severity {
        Severity::Error => {
            let message = escape(&finding.message);
            format!("<failure type=\"{}\" message=\"{message}\">{text}</failure>", finding.code)
        }
        Severity::Warning | Severity::Info => format!("<system-out>{level}: {text}</system-out>"),
    };
    format!("    <testcase name=\"{title}\" classname=\"{suite}\">{body}</testcase>\n")
}

/// `text` for an element or an attribute. XML has no way to write most control characters, so they are shown.
pub(super) fn escape(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(printable).collect();
    let mut out = String::with_capacity(text.len());
    for c in lines.join("\n").chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
