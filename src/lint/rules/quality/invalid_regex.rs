//! PK738: a regular expression that the service cannot read.

use regex_syntax::ast::ErrorKind;

use crate::diag::{Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::{Relation, constant_text};

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports a constant regular expression with an error, or with look-around or back-references, which the
    /// service does not have.
    ///
    /// ## Why is this bad
    /// The query fails each time it runs.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: PowerShell
    /// query: DeviceProcessEvents | where ProcessCommandLine matches regex 'powershell(?!_ise)'
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: PowerShell
    /// query: DeviceProcessEvents | where ProcessCommandLine matches regex 'powershell[^_]'
    /// ```
    pub(in crate::lint) static INVALID_REGEX: "PK738", "invalid-regex", Severity::Error, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    let compared =
        walk.comparisons.iter().filter(|comparison| comparison.operator.relation == Relation::Regex);
    let compared = compared.filter_map(|comparison| comparison.right.first().map(|operand| operand.node));
    let called = walk.calls.iter().filter(|call| FUNCTIONS.contains(&call.name));
    let called = called.filter_map(|call| {
        let at = usize::from(call.name == "replace_regex");
        call.arguments.get(at).copied()
    });
    for node in compared.chain(called) {
        let Some(pattern) = constant_text(node, analysis.bound) else { continue };
        if let Some(reason) = refused(pattern) {
            let finding = INVALID_REGEX.at(
                analysis.span(node.range()),
                format!("the service cannot read the regular expression: {reason}"),
            );
            found.push(finding.with_help("write it in the syntax of RE2"));
        }
    }
}

/// Functions that take a regular expression.
const FUNCTIONS: [&str; 4] = ["extract", "extract_all", "replace_regex", "count_distinct_regex"];

/// Why `pattern` is refused, where that is certain.
fn refused(pattern: &str) -> Option<&'static str> {
    // What sets of characters may hold, this parser and the service do not agree on.
    if ["&&", "~~", "--", r"\Q", r"\C"].iter().any(|part| pattern.contains(part)) || has_nested_class(pattern)
    {
        return None;
    }
    let Err(regex_syntax::Error::Parse(error)) = regex_syntax::parse(pattern) else { return None };
    Some(match error.kind() {
        ErrorKind::UnsupportedLookAround => "it has no look-around",
        ErrorKind::UnsupportedBackreference => "it has no back-references",
        ErrorKind::GroupUnclosed => "a parenthesis is not closed",
        ErrorKind::GroupUnopened => "a parenthesis is closed that was not opened",
        ErrorKind::RepetitionMissing => "there is nothing to repeat",
        ErrorKind::ClassRangeInvalid => "a range of characters runs backwards",
        _ => return None,
    })
}

/// Whether a set of characters holds an opening bracket.
fn has_nested_class(pattern: &str) -> bool {
    let mut inside = false;
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '[' if inside => return true,
            '[' => inside = true,
            ']' => inside = false,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_certain_alone() {
        for pattern in [r"a(?=b)", r"(?<!a)b", r"(a)\1", "(a", "a)", "*a", "[z-a]"] {
            assert!(refused(pattern).is_some(), "{pattern}");
        }
        for pattern in [r"^a{1,2}$", r"(?i)a|b", r"[[]", r"a{", r"\d+[\w-]", r"(?P<n>a)", r"[^\]]+", r"\p{L}"]
        {
            assert_eq!(refused(pattern), None, "{pattern}");
        }
    }
}
