//! Findings as a comment on a pull request: how many, where, and each behind a fold.

use std::collections::BTreeMap;

use super::markdown_text::{append, code, escape};
use super::{Counts, Place, meta};
use crate::diag::{Diagnostic, LintMeta, Severity};
use crate::text::{SourceId, SourceMap};

/// The first line, by which a workflow finds the comment it wrote before.
pub const CHECK_COMMENT_MARK: &str = "<!-- picket check -->";

/// A length that fits a comment on GitHub, which holds 65,536 characters.
pub const CHECK_COMMENT_LENGTH: usize = 60_000;

/// The findings in at most about `limit` bytes: a summary, a table of the files, the worst first, and the findings of
/// each behind a fold. What does not fit is left out, and how much is said.
pub fn markdown(
    sources: &SourceMap,
    diagnostics: &[Diagnostic],
    lints: &[&LintMeta],
    limit: usize,
) -> String {
    let mut out = format!("{CHECK_COMMENT_MARK}\n### picket check: {}\n", Counts::of(diagnostics));
    if diagnostics.is_empty() {
        return out;
    }
    let mut files: BTreeMap<SourceId, Vec<Diagnostic>> = BTreeMap::new();
    for finding in diagnostics {
        files.entry(finding.primary.span.source).or_default().push(finding.clone());
    }
    let mut files: Vec<(Counts, SourceId, Vec<Diagnostic>)> =
        files.into_iter().map(|(id, found)| (Counts::of(&found), id, found)).collect();
    files.sort_by_key(|(counts, id, _)| {
        (std::cmp::Reverse((counts.errors, counts.warnings, counts.infos)), *id)
    });
    let name = |id: SourceId| code(sources.get(id).map_or("no file", |source| &source.name));
    out.push_str("\n| file | errors | warnings | notes |\n|-|-:|-:|-:|\n");
    let row = |(counts, id, _): &(Counts, SourceId, Vec<Diagnostic>)| {
        format!("| {} | {} | {} | {} |\n", name(*id), counts.errors, counts.warnings, counts.infos)
    };
    // The findings themselves get at least half of the room.
    append(&mut out, limit / 2, "file", files.iter().map(row));
    let details = |(counts, id, found): &(Counts, SourceId, Vec<Diagnostic>)| {
        let mut text = format!("\n<details><summary>{}: {counts}</summary>\n\n", name(*id));
        for finding in found {
            text.push_str(&item(sources, finding, lints));
        }
        text.push_str("\n</details>\n");
        text
    };
    append(&mut out, limit, "file", files.iter().map(details));
    out
}

fn item(sources: &SourceMap, finding: &Diagnostic, lints: &[&LintMeta]) -> String {
    let sign = match finding.severity {
        Severity::Error => "❌",
        Severity::Warning => "⚠️",
        Severity::Info => "ℹ️",
    };
    let line = Place::of(sources, finding.primary.span).map_or(0, |place| place.start.line);
    let name = meta(lints, finding.code).map(|lint| format!(" {}", lint.name)).unwrap_or_default();
    let mut text =
        format!("- {sign} line {line}, {}{}: {}\n", finding.code, escape(&name), escape(&finding.message));
    for help in &finding.help {
        text.push_str(&format!("  - {}\n", escape(help)));
    }
    text
}
