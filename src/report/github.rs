//! Workflow commands of GitHub Actions, which become annotations on a pull request.

use super::{Place, meta};
use crate::diag::{Diagnostic, LintMeta, Severity};
use crate::text::SourceMap;

/// One command a finding, each on its own line.
pub fn github(sources: &SourceMap, diagnostics: &[Diagnostic], lints: &[&LintMeta]) -> String {
    let mut out = String::new();
    for finding in diagnostics {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let mut properties = Vec::new();
        if let Some(place) = Place::of(sources, finding.primary.span) {
            properties.push(format!("file={}", property(place.file)));
            properties.push(format!("line={}", place.start.line));
            properties.push(format!("endLine={}", place.end.line));
            // Columns are understood only within one line.
            if place.start.line == place.end.line {
                properties.push(format!("col={}", place.start.column));
                properties.push(format!("endColumn={}", place.end.column));
            }
        }
        let name = meta(lints, finding.code).map(|lint| format!(" {}", lint.name)).unwrap_or_default();
        properties.push(format!("title={}", property(&format!("{}{name}", finding.code))));
        let mut message = finding.message.clone();
        for help in &finding.help {
            message.push_str("\nhelp: ");
            message.push_str(help);
        }
        out.push_str(&format!("::{command} {}::{}\n", properties.join(","), data(&message)));
    }
    out
}

/// Escapes the text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
