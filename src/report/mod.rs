//! What was found, as text: one file a format.
//!
//! Every format shows findings in the order given; callers sort them with [`crate::diag::sort`].

mod aligned;
mod backtest;
mod comment;
mod concise;
mod coverage;
mod coverage_json;
mod coverage_svg;
mod doctor;
mod drift;
mod github;
mod gitlab;
#[cfg(feature = "report")]
mod human;
mod json;
mod json_schema;
mod junit;
mod markdown;
pub(crate) mod markdown_text;
#[cfg(feature = "report")]
mod plan_human;
mod plan_json;
mod plan_markdown;
mod plan_schema;
pub(crate) mod plan_text;
mod pull;
mod rows;
mod sarif;
pub(crate) mod schema;
mod status;
mod testing;

pub use backtest::{BACKTEST_FORMAT, BacktestReport, backtest_json, backtest_schema, backtest_text};
pub use comment::{COMMENT_LENGTH, COMMENT_MARK, comment, comment_failure};
pub use concise::concise;
pub use coverage::{coverage_diff_markdown, coverage_diff_text, coverage_markdown, coverage_text};
pub use coverage_json::{COVERAGE_JSON_FORMAT, coverage_diff_json, coverage_json, coverage_json_schema};
pub use coverage_svg::coverage_svg;
pub use doctor::{DOCTOR_JSON_FORMAT, doctor_json, doctor_json_schema, doctor_text};
pub use drift::{DRIFT_JSON_FORMAT, drift_json, drift_json_schema, drift_markdown, drift_text};
pub use github::github;
pub use gitlab::gitlab;
#[cfg(feature = "report")]
pub use human::{HumanOptions, human};
pub use json::{JSON_VERSION, json};
pub use json_schema::json_schema;
pub use junit::junit;
pub use markdown::{CHECK_COMMENT_LENGTH, CHECK_COMMENT_MARK, markdown};
#[cfg(feature = "report")]
pub use plan_human::{PlanHumanOptions, plan_human};
pub use plan_json::{PLAN_JSON_FORMAT, PlanJsonError, kept_plan_json, plan_json, read_plan_json};
pub use plan_markdown::{PLAN_COMMENT_LENGTH, PLAN_COMMENT_MARK, plan_markdown};
pub use plan_schema::plan_json_schema;
pub use pull::{PULL_JSON_FORMAT, PullOutcome, PulledFile, pull_json, pull_json_schema};
pub use rows::{ROWS_JSON_FORMAT, rows_csv, rows_json, rows_json_schema, rows_text};
pub use sarif::sarif;
pub use status::{STATUS_JSON_FORMAT, status_json, status_json_schema, status_markdown, status_text};
#[cfg(feature = "report")]
pub use testing::tests_text;
pub use testing::{TESTS_JSON_FORMAT, TestRun, tests_json, tests_json_schema, tests_junit, tests_markdown};

use crate::diag::{Code, Diagnostic, LintMeta, Severity};
use crate::text::{LineCol, SourceMap, Span, TextRange};

/// How many findings of each severity there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Findings that never fail a run.
    pub infos: usize,
}

impl Counts {
    /// Counts `diagnostics`.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let count = |severity| diagnostics.iter().filter(|finding| finding.severity == severity).count();
        Self {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            infos: count(Severity::Info),
        }
    }
}

/// `2 errors, 1 warning`, or `no findings`.
impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [(self.errors, "error"), (self.warnings, "warning"), (self.infos, "note")];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, noun)| format!("{count} {noun}{}", if *count == 1 { "" } else { "s" }))
            .collect();
        if parts.is_empty() { f.write_str("no findings") } else { f.write_str(&parts.join(", ")) }
    }
}

/// A span as the formats write it.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    file: &'a str,
    start: LineCol,
    /// One past the last character.
    end: LineCol,
    range: TextRange,
}

impl<'a> Place<'a> {
    /// Where `span` is, unless its source is not in `sources`.
    fn of(sources: &'a SourceMap, span: Span) -> Option<Self> {
        let source = sources.get(span.source)?;
        let at = |offset| source.lines().line_col(&source.text, offset);
        let range = span.range;
        Some(Self { file: &source.name, start: at(range.start), end: at(range.end), range })
    }
}

/// The metadata of `code`.
fn meta<'a>(lints: &[&'a LintMeta], code: Code) -> Option<&'a LintMeta> {
    lints.iter().copied().find(|lint| lint.code == code)
}

/// `text` without anything that steers a terminal, and without line ends.
fn one_line(text: &str) -> String {
    plan_text::printable(text)
}
