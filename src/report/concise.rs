//! One line a finding: `path:line:column: level CODE message`.

use super::{Place, one_line};
use crate::diag::Diagnostic;
use crate::text::SourceMap;

/// All findings, each on a line of its own. One that stands in no file has no path.
pub fn concise(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for finding in diagnostics {
        if let Some(Place { file, start, .. }) = Place::of(sources, finding.primary.span) {
            out.push_str(&format!("{}:{}:{}: ", one_line(file), start.line, start.column));
        }
        let message = one_line(&finding.message);
        out.push_str(&format!("{} {} {message}\n", finding.severity.as_str(), finding.code));
    }
    out
}
