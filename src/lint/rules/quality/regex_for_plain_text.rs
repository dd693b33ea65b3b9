//! PK703: a regular expression that is plain text.

use crate::diag::{Applicability, Diagnostic, Severity, declare_lint};
use crate::lint::analysis::Analysis;
use crate::lint::context::Context;
use crate::lint::query_walk::{Operand, Relation};
use crate::text::TextRange;

use super::sound;

declare_lint! {
    /// ## What it does
    /// Reports `matches regex` with a pattern that means plain text, at most anchored.
    ///
    /// ## Why is this bad
    /// A string operator says the same, is read at a glance and costs the service much less than a regular
    /// expression.
    ///
    /// ## Example
    /// ```yaml fires
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Tool in a command line
    /// query: DeviceProcessEvents | where ProcessCommandLine matches regex 'vssadmin'
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Tool in a command line
    /// query: DeviceProcessEvents | where ProcessCommandLine contains_cs 'vssadmin'
    /// ```
    ///
    /// ```yaml clean
    /// id: 3f0c8a52-6c1d-4b7e-9a3f-5d2e7c1b8f40
    /// name: Tool in a command line
    /// query: DeviceProcessEvents | where ProcessCommandLine matches regex 'vssadmin(.exe)?'
    /// ```
    pub(in crate::lint) static REGEX_FOR_PLAIN_TEXT: "PK703", "regex-for-plain-text", Severity::Warning, since "0.1.0"
}

pub(in crate::lint) fn check(analysis: &Analysis<'_>, _: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let Some(walk) = sound(analysis) else { return };
    for comparison in &walk.comparisons {
        let operator = &comparison.operator;
        let Some((node, pattern)) = comparison.constant() else { continue };
        if operator.relation != Relation::Regex || operator.negated {
            continue;
        }
        let Some(plain) = Plain::of(pattern) else { continue };
        let name = plain.operator();
        let title = format!("compare with `{name}`");
        let finding = REGEX_FOR_PLAIN_TEXT
            .at(analysis.span(comparison.node.range()), "the regular expression is plain text");
        let written = comparison.right.iter().all(Operand::is_literal);
        // Letters that only a regular expression takes for the same make it differ where case does not count.
        let applicability = if plain.any_case { Applicability::Unsafe } else { Applicability::Safe };
        let place = TextRange::new(operator.token.range().start, node.range().end);
        let fix = written
            .then(|| format!("{name} {}", literal(&plain.text)))
            .and_then(|text| analysis.replacement(title.clone(), applicability, place, &text));
        found.push(finding.with_help(title).with_fix_if(fix));
    }
}

/// A pattern that means plain text.
struct Plain {
    text: String,
    any_case: bool,
    at_start: bool,
    at_end: bool,
}

impl Plain {
    fn of(pattern: &str) -> Option<Self> {
        let (any_case, rest) = match pattern.strip_prefix("(?i)") {
            Some(rest) => (true, rest),
            None => (false, pattern),
        };
        let (at_start, rest) = match rest.strip_prefix('^') {
            Some(rest) => (true, rest),
            None => (false, rest.strip_prefix(".*").unwrap_or(rest)),
        };
        let (at_end, rest) = match rest.strip_suffix('$').filter(|rest| !rest.ends_with('\\')) {
            Some(rest) => (true, rest),
            None => (false, rest.strip_suffix(".*").unwrap_or(rest)),
        };
        let mut text = String::new();
        let mut letters = rest.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => text.push(letters.next().filter(|next| next.is_ascii_punctuation())?),
                '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => return None,
                _ => text.push(letter),
            }
        }
        (!text.is_empty()).then_some(Self { text, any_case, at_start, at_end })
    }

    fn operator(&self) -> &'static str {
        match (self.at_start, self.at_end, self.any_case) {
            (true, true, false) => "==",
            (true, true, true) => "=~",
            (true, false, false) => "startswith_cs",
            (true, false, true) => "startswith",
            (false, true, false) => "endswith_cs",
            (false, true, true) => "endswith",
            (false, false, false) => "contains_cs",
            (false, false, true) => "contains",
        }
    }
}

/// `text` as a literal of KQL.
fn literal(text: &str) -> String {
    if text.contains('\\') && !text.contains('"') {
        return format!("@\"{text}\"");
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_plain_text_from_patterns() {
        let plain = |pattern| Plain::of(pattern).map(|plain| (plain.text.clone(), plain.operator()));
        assert_eq!(plain(r"^a\.b"), Some(("a.b".into(), "startswith_cs")));
        assert_eq!(plain("(?i).*evil.*"), Some(("evil".into(), "contains")));
        assert_eq!(plain("^evil$"), Some(("evil".into(), "==")));
        assert_eq!(plain(r"evil\.exe$"), Some(("evil.exe".into(), "endswith_cs")));
        for pattern in [r"\d", "a.b", "a|b", "(?s)a", r"a\", "", ".*", r"\bword\b", r"cost\$"] {
            let expected = (pattern == r"cost\$").then(|| ("cost$".to_owned(), "contains_cs"));
            assert_eq!(plain(pattern), expected, "{pattern}");
        }
        assert_eq!(literal(r#"a\"b"#), r#""a\\\"b""#);
    }
}
