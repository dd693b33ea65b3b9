//! What a code is: name, level, documentation, and where it is declared.

use super::{Code, Confidence, Diagnostic, Severity};
use crate::text::Span;

/// The metadata of one code. Declared with `declare_lint!`, gathered by the lint
/// registry, and from there the source of `picket explain`, the pages in `docs/lints` and SARIF's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LintMeta {
    /// The stable code.
    pub code: Code,
    /// The name in kebab-case, which reads as "allow …".
    pub name: &'static str,
    /// The level unless a project sets another.
    pub level: Severity,
    /// How sure its findings are.
    pub confidence: Confidence,
    /// The version of picket that first knew it.
    pub since: &'static str,
    /// The doc comment as the compiler hands it over, a space before each line; see [`LintMeta::markdown`].
    pub docs: &'static str,
    /// The source file of the declaration.
    pub file: &'static str,
    /// Its line there.
    pub line: u32,
}

impl LintMeta {
    /// A finding of this code at its own level.
    pub fn at(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.code, self.level, span, message)
    }

    /// What the code is about: the folder of a lint, or the part of picket that reports the code.
    pub fn family(&self) -> &'static str {
        let mut parts = self.file.split(['/', '\\']).skip_while(|part| *part != "src").skip(1);
        match (parts.next(), parts.next()) {
            (Some("lint"), Some("rules")) => parts.next().unwrap_or("lint"),
            (Some("lint"), _) => "suppression",
            (Some("catalog"), _) => "declarations",
            (Some("rule"), _) => "schema",
            (Some(module), _) => module,
            (None, _) => "lint",
        }
    }

    /// The documentation as markdown: the headings `What it does`, `Why is this bad` and `Example`, with
    /// blocks ```` ```yaml fires ```` that trigger the code and ```` ```yaml clean ```` that do not.
    pub fn markdown(&self) -> String {
        let mut out = String::with_capacity(self.docs.len());
        for line in self.docs.lines() {
            out.push_str(line.strip_prefix(' ').unwrap_or(line));
            out.push('\n');
        }
        out
    }

    /// The first sentence or paragraph of the section `What it does`, on one line.
    pub fn summary(&self) -> String {
        let markdown = self.markdown();
        let lines =
            markdown.lines().map(str::trim).skip_while(|line| line.is_empty() || line.starts_with('#'));
        lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// Declares a code as a [`LintMeta`] static.
///
/// The doc comment is the code's documentation: it is rendered to a page and its examples run as tests. Findings are of
/// high confidence unless `confidence Medium` or `confidence Low` follows the version.
macro_rules! declare_lint {
    (
        $(#[doc = $doc:expr])+
        $vis:vis static $ident:ident: $code:literal, $name:literal, $level:expr, since $since:literal
        $(, confidence $confidence:ident)? $(,)?
    ) => {
        $(#[doc = $doc])+
        $vis static $ident: $crate::diag::LintMeta = $crate::diag::LintMeta {
            code: $code,
            name: $name,
            level: $level,
            confidence: $crate::diag::lint_confidence!($($confidence)?),
            since: $since,
            docs: concat!($($doc, "\n"),+),
            file: file!(),
            line: line!(),
        };
    };
}

/// The confidence that a declaration names, high without a name.
macro_rules! lint_confidence {
    () => {
        $crate::diag::Confidence::High
    };
    ($confidence:ident) => {
        $crate::diag::Confidence::$confidence
    };
}

pub(crate) use declare_lint;
pub(crate) use lint_confidence;

#[cfg(test)]
mod tests {
    use super::*;

    declare_lint! {
        /// ## What it does
        /// Finds nothing, in
        /// two lines.
        ///
        /// ```yaml clean
        /// a:
        ///   b: 1
        /// ```
        static EXAMPLE: "PK000", "example", Severity::Info, since "0.1.0", confidence Low
    }

    #[test]
    fn captures_docs_and_place() {
        assert_eq!((EXAMPLE.code, EXAMPLE.name, EXAMPLE.level), ("PK000", "example", Severity::Info));
        assert_eq!((EXAMPLE.confidence, EXAMPLE.family()), (Confidence::Low, "diag"));
        assert_eq!(EXAMPLE.summary(), "Finds nothing, in two lines.");
        assert!(EXAMPLE.markdown().contains("\na:\n  b: 1\n"));
        assert!(EXAMPLE.file.ends_with("lint_meta.rs") && EXAMPLE.line > 1);
    }
}
