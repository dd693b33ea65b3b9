//! Carries fixes out.

use std::collections::BTreeMap;

use super::{Applicability, Diagnostic, Edit, apply_edits};
use crate::text::{SourceId, SourceMap, TextRange};

/// The texts that change when the fixes of `findings` are carried out, and how many fixes that were.
///
/// A fix is carried out whole or not at all. One that touches what an earlier fix touched waits for the next
/// round, when the text is read again.
pub fn carry_out(
    sources: &SourceMap,
    findings: &[Diagnostic],
    allow_unsafe: bool,
) -> (BTreeMap<SourceId, String>, usize) {
    let mut accepted: BTreeMap<SourceId, Vec<&Edit>> = BTreeMap::new();
    let mut carried_out = 0;
    for fix in findings.iter().filter_map(|finding| finding.fix.as_ref()) {
        let allowed = match fix.applicability {
            Applicability::Safe => true,
            Applicability::Unsafe => allow_unsafe,
            Applicability::Display => false,
        };
        let free = |edit: &Edit| {
            let taken = accepted.get(&edit.span.source).into_iter().flatten();
            taken.into_iter().all(|other| !touch(edit.span.range, other.span.range))
        };
        if !allowed || fix.edits.is_empty() || !fix.edits.iter().all(free) {
            continue;
        }
        carried_out += 1;
        for edit in &fix.edits {
            accepted.entry(edit.span.source).or_default().push(edit);
        }
    }
    let mut texts = BTreeMap::new();
    for (id, edits) in accepted {
        let Some(source) = sources.get(id) else { continue };
        let edits: Vec<(TextRange, &str)> =
            edits.iter().map(|edit| (edit.span.range, edit.replacement.as_str())).collect();
        // Edits that do not fit their text are a defect of the lint; the text is then left alone.
        if let Ok(text) = apply_edits(&source.text, &edits) {
            texts.insert(id, text);
        }
    }
    (texts, carried_out)
}

/// Whether two ranges share a byte or a border: edits side by side may depend on each other.
fn touch(a: TextRange, b: TextRange) -> bool {
    a.start <= b.end && b.start <= a.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Fix;
    use crate::text::Span;

    fn finding(range: (u32, u32), applicability: Applicability, new: &str) -> Diagnostic {
        let span = Span::new(SourceId(0), TextRange::new(range.0, range.1));
        Diagnostic::warning("PK000", span, "x").with_fix(Fix::replace("x", applicability, span, new))
    }

    #[test]
    fn takes_what_is_allowed_and_does_not_touch() {
        let mut sources = SourceMap::new();
        sources.add("a", "one two three");
        let findings = [
            finding((0, 3), Applicability::Safe, "1"),
            finding((2, 5), Applicability::Safe, "-"),
            finding((4, 7), Applicability::Unsafe, "2"),
            finding((8, 13), Applicability::Display, "3"),
        ];
        let (texts, number) = carry_out(&sources, &findings, false);
        assert_eq!((texts[&SourceId(0)].as_str(), number), ("1 two three", 1));
        let (texts, number) = carry_out(&sources, &findings, true);
        assert_eq!((texts[&SourceId(0)].as_str(), number), ("1 2 three", 2));
        assert_eq!(carry_out(&sources, &[], true), (BTreeMap::new(), 0));
    }
}
