//! Findings in the format that was asked for.

use crate::diag::{Diagnostic, LintMeta};
use crate::report::{self, HumanOptions};
use crate::text::SourceMap;

use super::{Shell, codes};

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// For a person, with the lines at fault.
    #[default]
    Human,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands of GitHub Actions, shown as annotations.
    Github,
}

/// The findings as text for standard output.
pub(crate) fn render(format: Format, sources: &SourceMap, findings: &[Diagnostic], shell: &Shell) -> String {
    let lints: Vec<&LintMeta> = codes::reported();
    match format {
        Format::Human => human(sources, findings, shell.colors_out()),
        Format::Json => report::json(sources, findings, &lints),
        Format::Sarif => report::sarif(sources, findings, &lints),
        Format::Github => report::github(sources, findings, &lints),
    }
}

/// The findings for a person.
pub(crate) fn human(sources: &SourceMap, findings: &[Diagnostic], color: bool) -> String {
    report::human(sources, findings, HumanOptions { color, ..HumanOptions::default() })
}

/// A number with its noun: `1 rule`, `2 rules`, `2 queries`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    match (number, noun.strip_suffix("ry")) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ries"),
        (_, None) => format!("{number} {noun}s"),
    }
}
