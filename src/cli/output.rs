//! Findings in the format that was asked for.

use crate::diag::{Diagnostic, LintMeta, Subjects};
use crate::report::{self, CHECK_COMMENT_LENGTH, HumanOptions};
use crate::text::{SourceId, SourceMap};

#[cfg(all(feature = "azure", feature = "emulator"))]
use super::several::Style;
use super::{Shell, codes};

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// For a person, with the lines at fault.
    #[default]
    Human,
    /// One line a finding: `path:line:column: level CODE message`.
    Concise,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands of GitHub Actions, shown as annotations.
    Github,
    /// The code quality report of GitLab.
    Gitlab,
    /// JUnit XML: a test that failed for each error.
    Junit,
    /// A summary for a pull request.
    Markdown,
}

/// What a report is about beside its findings.
#[derive(Debug, Default)]
pub(crate) struct About {
    /// The rules, by which fingerprints name findings.
    pub(crate) subjects: Subjects,
    /// The files that were checked.
    pub(crate) checked: Vec<SourceId>,
}

/// The findings as text for standard output.
pub(crate) fn render(
    format: Format,
    sources: &SourceMap,
    findings: &[Diagnostic],
    about: &About,
    shell: &Shell,
) -> String {
    let lints: Vec<&LintMeta> = codes::reported();
    let About { subjects, checked } = about;
    match format {
        Format::Human => human(sources, findings, shell.colors_out()),
        Format::Concise => report::concise(sources, findings),
        Format::Json => report::json(sources, findings, &lints, subjects),
        Format::Sarif => report::sarif(sources, findings, &lints, subjects),
        Format::Github => report::github(sources, findings, &lints),
        Format::Gitlab => report::gitlab(sources, findings, &lints, subjects),
        Format::Junit => report::junit(sources, findings, &lints, checked),
        Format::Markdown => report::markdown(sources, findings, &lints, CHECK_COMMENT_LENGTH),
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

/// How what a command found out of a workspace is written.
#[cfg(all(feature = "azure", feature = "emulator"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum ShownFormat {
    /// For a person.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// For an issue or a comment.
    Markdown,
}

#[cfg(all(feature = "azure", feature = "emulator"))]
impl ShownFormat {
    /// How several runs write it.
    pub(crate) fn style(self) -> Style {
        match self {
            Self::Text => Style::Text,
            Self::Json => Style::Json,
            Self::Markdown => Style::Markdown,
        }
    }
}
