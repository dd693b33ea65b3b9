//! PK708: an item that a shorter item covers.

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::Relation;

use super::{sound, without_item};

declare_lint! {
    /// ## What it does
    /// Reports an item of `has_any` that contains another item of the list as whole words.
    ///
    /// ## Why is this bad
    /// Whatever has the longer item has the shorter one as well, so the longer one has no effect: the list is wider
    /// than it looks, or longer than it needs to be.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Domains
    /// query: DeviceNetworkEvents | where RemoteUrl has_any ("contoso.com", "login.contoso.com")
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Domains
    /// query: DeviceNetworkEvents | where RemoteUrl has_any ("contoso.com", "login.fabrikam.com")
    /// ```
    pub(in crate::lint) static COVERED_ITEM: "PK708", "covered-item", Severity::Info, since "0.1.0"
}

/// Longer lists than this are not compared item by item.
const LONGEST: usize = 2000;

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in &walk.comparisons {
        let Some(list) = comparison.list else { continue };
        if comparison.operator.relation != Relation::HasAny || comparison.right.len() > LONGEST {
            continue;
        }
        let items: Vec<_> =
            comparison.constants().map(|(node, text)| (node, text.to_ascii_lowercase())).collect();
        for (index, operand) in comparison.right.iter().enumerate() {
            let Some(text) = operand.text.map(str::to_ascii_lowercase) else { continue };
            let Some((shorter, words)) = items.iter().find(|(_, words)| covers(words, &text)) else {
                continue;
            };
            let message = format!("whatever has this item has `{words}` as well");
            let finding = COVERED_ITEM.at(analysis.span(operand.node.range()), message);
            let finding = finding.with_secondary(analysis.span(shorter.range()), "the shorter item");
            let fix = without_item(analysis, list, index, Applicability::Safe);
            let help = "take the longer item out, or the shorter one where it finds too much";
            found.push(finding.with_help(help).with_fix_if(fix));
        }
    }
}

/// Whether `words` stand in `text`, which is longer, between characters that part words for certain.
fn covers(words: &str, text: &str) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric();
    let parts =
        |byte: Option<&u8>| byte.is_none_or(|byte| byte.is_ascii() && !is_word(byte) && *byte != b'_');
    let whole = words.as_bytes().first().is_some_and(is_word) && words.as_bytes().last().is_some_and(is_word);
    let mut places = text.match_indices(words).map(|(start, _)| (start, start + words.len()));
    let bytes = text.as_bytes();
    words.len() < text.len()
        && whole
        && places.any(|(start, end)| {
            parts(start.checked_sub(1).and_then(|before| bytes.get(before))) && parts(bytes.get(end))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_at_the_ends_of_words() {
        assert!(covers("evil.com", "www.evil.com"));
        assert!(covers("evil", "evil-tool.exe"));
        assert!(!covers("evil.com", "devil.com"));
        assert!(!covers("evil", "evil_tool"));
        assert!(!covers(".com", "evil.com"));
        assert!(!covers("evil", "evil"));
        assert!(!covers("evil", "evil\u{e9}"));
    }
}
