//! Columns that a query of the catalog names wrongly, where the right one is certain.
//!
//! Defender's tables name the account behind an event in two ways: in `DeviceProcessEvents` the started process's is
//! `AccountUpn`, and in tables of what a process does, such as `DeviceNetworkEvents`, that of the acting process is
//! `InitiatingProcessAccountUpn`. A query that was copied from one table to another names a column that is not there.

use std::collections::BTreeSet;

use crate::catalog::kql::KqlCatalog;
use crate::diag::{Applicability, Diagnostic, Fix, Severity, apply_edits};
use crate::import::codes::COLUMN_OF_ACTING_PROCESS;
use crate::kql::bind::{Arena, bind};
use crate::kql::syntax::parse;
use crate::text::{SourceId, Span, TextRange};

/// The code of a name that stands for nothing.
const UNKNOWN_NAME: &str = "KQ142";

/// How Defender's tables begin the names of what the acting process is.
const ACTING: &str = "InitiatingProcess";

/// What is wrong with the query `text`, at places in it: what is repaired, each with its fix, and what is not. A name is
/// replaced only where every error that it makes is gone then, and no other has come.
pub(super) fn check(source: SourceId, text: &str) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let (mut repairs, mut rest) = (Vec::new(), errors(text));
    let unknown = rest.iter().filter(|finding| finding.code == UNKNOWN_NAME);
    let names: BTreeSet<&str> = unknown.map(|finding| finding.range().slice(text)).collect();
    for name in names {
        let makes =
            |finding: &Diagnostic| finding.code == UNKNOWN_NAME && finding.range().slice(text) == name;
        let places: Vec<TextRange> = rest.iter().filter(|it| makes(it)).map(Diagnostic::range).collect();
        let right = format!("{ACTING}{name}");
        let edits: Vec<_> = places.iter().map(|range| (*range, right.as_str())).collect();
        let before = errors(text).len();
        let mended = apply_edits(text, &edits).ok();
        if mended.is_none_or(|mended| errors(&mended).len() + places.len() != before) {
            continue;
        }
        rest.retain(|finding| !makes(finding));
        let meta = &COLUMN_OF_ACTING_PROCESS;
        repairs.extend(places.into_iter().map(|range| {
            let span = Span::new(source, range);
            let fix = Fix::replace(format!("write `{right}`"), Applicability::Safe, span, right.clone());
            Diagnostic::new(meta.code, meta.level, span, format!("`{name}` is no column here")).with_fix(fix)
        }));
    }
    (repairs, rest)
}

/// The errors of a query, at places in it.
fn errors(text: &str) -> Vec<Diagnostic> {
    let (tree, syntax) = parse(text);
    let arena = Arena::new();
    let bound = bind(&tree, KqlCatalog::builtin(), &arena);
    let all = syntax.into_iter().chain(bound.diagnostics().iter().cloned());
    all.filter(|finding| finding.severity == Severity::Error).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> (Vec<String>, usize) {
        let (repairs, rest) = check(SourceId(0), text);
        let fixes = repairs.iter().filter_map(|repair| repair.fix.as_ref());
        (fixes.flat_map(|fix| &fix.edits).map(|edit| edit.replacement.clone()).collect(), rest.len())
    }

    #[test]
    fn names_the_column_of_the_acting_process() {
        let (fixes, rest) = checked("DeviceNetworkEvents | summarize count() by DeviceId, AccountUpn");
        assert_eq!((fixes, rest), (vec!["InitiatingProcessAccountUpn".to_owned()], 0));
        assert_eq!(checked("DeviceProcessEvents | summarize count() by AccountUpn"), (vec![], 0));
    }

    #[test]
    fn leaves_what_is_not_certain() {
        assert_eq!(checked("DeviceNetworkEvents | where Nothing == 1"), (vec![], 1));
        let (fixes, rest) = checked("DeviceNetworkEvents | where isempty(AccountUpn) and Nothing == 1");
        assert_eq!((fixes.len(), rest), (1, 1));
    }
}
